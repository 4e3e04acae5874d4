"""Every way to a printer keeps the same promises. A new scheme adds one rig to RIGS."""

import contextlib
import os
import pty
import select
import socket
import threading
import time
import tty
from abc import ABC, abstractmethod
from pathlib import Path

import pytest

from domain.settings import SettingsError
from drivers import stream_connection
from drivers.errors import AnswerTimeoutError, TransportError
from drivers.transport import ANSWER_BYTES_MAX, open_transport, transport_schemes
from drivers.transports.ipp_message import IppError, answer_of
from drivers.transports.usb import usb_printers
from drivers.usb_identity import FoundDevice, UsbIdentity
from tests.drivers.cups import Cups
from tests.drivers.listening import eventually


class Rig(ABC):
    """The far end of a way to a printer. `answers`: whether anything comes back from there."""

    answers = False

    @abstractmethod
    def __init__(self, folder: Path) -> None: ...

    @abstractmethod
    def address(self) -> str: ...

    @abstractmethod
    def absent(self) -> str:
        """An address where no printer is."""

    @abstractmethod
    def received(self) -> bytes: ...

    @abstractmethod
    def close(self) -> None: ...


class FileRig(Rig):
    def __init__(self, folder):
        self._path = folder / "lp0"

    def address(self):
        return f"file://{self._path}"

    def absent(self):
        return "file:///dev/noac-no-such-printer"

    def received(self):
        return self._path.read_bytes()

    def close(self):
        return None


class PtyRig(Rig):
    """A printer that is a device file: a pseudo-terminal whose other end keeps what was written."""

    answers = True
    SCHEME = ""

    def __init__(self, folder):
        self._folder = folder
        self._data = bytearray()
        self._master, slave = pty.openpty()
        tty.setraw(slave)
        self.path = os.ttyname(slave)
        self._slave = slave
        self._is_pulled = threading.Event()
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self):
        while not self._is_pulled.is_set():
            if select.select([self._master], [], [], 0.02)[0]:
                data = os.read(self._master, 65_536)
                self._data += data
                if data.endswith(b"?"):
                    os.write(self._master, b"fine")

    def address(self):
        return f"{self.SCHEME}://{self.path}"

    def absent(self):
        return f"{self.SCHEME}:///dev/noac-no-such-printer"

    def received(self):
        return bytes(self._data)

    def unplug(self):
        self._is_pulled.set()
        self._thread.join()  # a terminal that is still being read hangs up late
        os.close(self._slave)
        os.close(self._master)

    def close(self):
        if not self._is_pulled.is_set():
            self.unplug()


class UsbRig(PtyRig):
    SCHEME = "usb"


class SerialRig(PtyRig):
    SCHEME = "serial"


class IppRig(Rig):
    """A queue of a real CUPS."""

    def __init__(self, folder):
        self.cups = Cups()

    def address(self):
        return f"ipp://127.0.0.1:{self.cups.port}/printers/dock"

    def absent(self):
        return f"ipp://127.0.0.1:{self.cups.port}/printers/nowhere"

    def received(self):
        return self.cups.paper.read_bytes() if self.cups.paper.exists() else b""

    def close(self):
        self.cups.stop()


class TcpRig(Rig):
    answers = True

    def __init__(self, folder):
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.replies: list[bytes] = []
        self._data = bytearray()
        self._links: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        with contextlib.suppress(OSError):
            while True:
                link, _ = self._listener.accept()
                self._links.append(link)
                threading.Thread(target=self._serve, args=(link,), daemon=True).start()

    def _serve(self, link):
        with contextlib.suppress(OSError):
            while data := link.recv(65_536):
                self._data += data
                if b"?" in data and self.replies:
                    link.sendall(self.replies.pop(0))

    def hang_up(self):
        for link in self._links:
            with contextlib.suppress(OSError):
                link.shutdown(socket.SHUT_RDWR)

    def address(self):
        return f"tcp://127.0.0.1:{self._listener.getsockname()[1]}"

    def absent(self):
        with socket.create_server(("127.0.0.1", 0)) as free:
            return f"tcp://127.0.0.1:{free.getsockname()[1]}"

    def received(self):
        return bytes(self._data)

    def close(self):
        self.hang_up()
        self._listener.close()


PAIR = tuple(
    FoundDevice(
        path="/dev/noac-no-such-printer",
        name="",
        identity=UsbIdentity(vendor="0a5f", product="0166", serial=serial, phys=f"1-{serial}"),
    )
    for serial in ("A1", "B2")
)
RIGS = {"file": FileRig, "ipp": IppRig, "serial": SerialRig, "tcp": TcpRig, "usb": UsbRig}


@pytest.fixture(params=transport_schemes())
def rig(request, tmp_path):
    assert request.param in RIGS, f"the scheme {request.param} needs a rig in this file"
    made = RIGS[request.param](tmp_path)
    yield made
    made.close()


@pytest.fixture
def tcp_rig(tmp_path, monkeypatch):
    monkeypatch.setattr(stream_connection, "ANSWER_TIMEOUT_S", 0.2)
    made = TcpRig(tmp_path)
    yield made
    made.close()


def test_every_scheme_has_a_rig_here():
    assert set(transport_schemes()) == set(RIGS)


def test_every_byte_arrives_in_order(rig):
    data = bytes(range(256)) * 500
    connection = open_transport(rig.address()).connect()
    connection.send(data)
    connection.send(b"end")
    connection.close()
    eventually(lambda: rig.received() == data + b"end", "all bytes")


def test_two_jobs_do_not_overwrite_each_other(rig):
    for data in (b"first", b"second"):
        connection = open_transport(rig.address()).connect()
        connection.send(data)
        connection.close()
        eventually(lambda d=data: rig.received().endswith(d), "arrived")
    assert rig.received() == b"firstsecond"


def test_an_absent_printer_is_said_with_address_reason_and_advice(rig):
    with pytest.raises(TransportError) as refused:
        open_transport(rig.absent()).connect()
    assert refused.value.device == rig.absent() or rig.absent().startswith("tcp")
    assert refused.value.reason
    assert refused.value.advice
    assert refused.value.sent_bytes == 0


def test_it_keeps_its_address_and_says_whether_it_answers(rig):
    transport = open_transport(rig.address())
    assert transport.address == rig.address()
    assert transport.answers is rig.answers


def test_closing_twice_does_no_harm(rig):
    connection = open_transport(rig.address()).connect()
    connection.close()
    connection.close()


@pytest.mark.parametrize(
    "address",
    [
        *("", "127.0.0.1:9100", "tpc://127.0.0.1:9100", "tcp://", "tcp://h:99999", "tcp://h:1/x", "file://x"),
        *(
            "usb://",
            "usb://0a5f",
            "usb://0a5f:xyz0",
            "usb://a:b",
            "ipp://",
            "ipp://h",
            "ipp://h:0x/printers/d",
        ),
        *("serial://", "serial://x", "serial:///dev/ttyS0?baud=1", "serial:///dev/ttyS0?flow=up"),
        *("serial:///dev/ttyS0?speed=9600", "serial://067b:2303/dev/ttyUSB0", "ipp://h/printers/d?raw=1"),
    ],
)
def test_an_address_that_makes_no_sense_is_refused_by_name(address):
    with pytest.raises(SettingsError, match="address"):
        open_transport(address)


def test_a_misspelt_scheme_is_met_with_the_nearest():
    with pytest.raises(SettingsError, match="did you mean 'tcp'"):
        open_transport("tpc://127.0.0.1:9100")


def test_the_port_may_be_left_out():
    assert open_transport("tcp://127.0.0.1").address == "tcp://127.0.0.1"


def test_an_answer_is_collected_until_complete(tcp_rig):
    tcp_rig.replies = [b"one two"]
    connection = open_transport(tcp_rig.address()).connect()
    assert connection.query(b"?", lambda answer: answer.endswith(b"two")) == b"one two"
    connection.close()


def test_no_answer_is_a_time_out_and_the_connection_lives(tcp_rig):
    connection = open_transport(tcp_rig.address()).connect()
    started_s = time.monotonic()
    with pytest.raises(AnswerTimeoutError):
        connection.query(b"?", bool)
    assert time.monotonic() - started_s < 2
    tcp_rig.replies = [b"now"]
    assert connection.query(b"?", bool) == b"now"
    connection.close()


@pytest.mark.fault("P4")
def test_an_answer_too_late_is_not_taken_for_the_next_one(tcp_rig):
    connection = open_transport(tcp_rig.address()).connect()
    with pytest.raises(AnswerTimeoutError):
        connection.query(b"?", bool)
    tcp_rig._links[0].sendall(b"too late")
    time.sleep(0.05)
    tcp_rig.replies = [b"right"]
    assert connection.query(b"?", bool) == b"right"
    connection.close()


@pytest.mark.fault("P4")
def test_a_printer_that_hangs_up_is_gone_not_silent(tcp_rig):
    connection = open_transport(tcp_rig.address()).connect()
    eventually(lambda: bool(tcp_rig._links), "connected")
    tcp_rig.hang_up()
    with pytest.raises(TransportError) as gone:
        connection.query(b"?", bool)
    assert not isinstance(gone.value, AnswerTimeoutError)
    connection.close()


def test_an_endless_answer_is_cut_off(tcp_rig):
    tcp_rig.replies = [b"x" * (3 * ANSWER_BYTES_MAX)]
    connection = open_transport(tcp_rig.address()).connect()
    with pytest.raises(TransportError, match="too long"):
        connection.query(b"?", lambda _: False)
    connection.close()


def test_a_printer_that_takes_no_more_bytes_is_given_up_on_with_what_was_sent(monkeypatch):
    monkeypatch.setattr(stream_connection, "SEND_TIMEOUT_S", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        connection = open_transport(f"tcp://127.0.0.1:{deaf.getsockname()[1]}").connect()
        with pytest.raises(TransportError) as stuck:
            connection.send(bytes(50_000_000))
        assert 0 < stuck.value.sent_bytes < 50_000_000
        connection.close()


@pytest.fixture(params=[UsbRig, SerialRig])
def pty_rig(request, tmp_path, monkeypatch):
    monkeypatch.setattr(stream_connection, "ANSWER_TIMEOUT_S", 0.5)
    made = request.param(tmp_path)
    yield made
    made.close()


def test_a_printer_on_a_cable_is_asked_on_the_same_cable(pty_rig):
    connection = open_transport(pty_rig.address()).connect()
    connection.send(b"label")
    assert connection.query(b"?", lambda answer: answer == b"fine") == b"fine"
    with pytest.raises(AnswerTimeoutError):
        connection.query(b"well", bool)
    connection.close()


@pytest.mark.fault("P4")
def test_a_printer_pulled_out_is_gone_not_silent(pty_rig):
    connection = open_transport(pty_rig.address()).connect()
    pty_rig.unplug()
    with pytest.raises(TransportError) as gone:
        connection.query(b"?", bool)
    assert not isinstance(gone.value, AnswerTimeoutError)
    with pytest.raises(TransportError):
        connection.send(b"label")
    connection.close()
    with pytest.raises(TransportError):
        open_transport(pty_rig.address()).connect()


def test_a_usb_printer_is_found_by_who_it_is(tmp_path):
    for name, product, serial in (("lp0", "0166", "A1"), ("lp1", "0166", "B2"), ("lp2", "0199", "")):
        port = tmp_path / "devices" / f"1-{name[-1]}"
        interface = port / f"1-{name[-1]}:1.0"
        interface.mkdir(parents=True)
        for file, text in (("idVendor", "0a5f"), ("idProduct", product), ("serial", serial)):
            (port / file).write_text(text + "\n")
        node = tmp_path / "class" / name
        node.mkdir(parents=True)
        (node / "device").symlink_to(interface)
    found = usb_printers(tmp_path / "class", tmp_path / "dev")
    assert (found[0].path, found[0].identity) == (
        str(tmp_path / "dev" / "lp0"),
        UsbIdentity(vendor="0a5f", product="0166", serial="A1", phys="1-0"),
    )
    assert [one.identity.product for one in found] == ["0166", "0166", "0199"]


def test_two_equal_usb_printers_are_not_mixed_up(monkeypatch):
    monkeypatch.setattr("drivers.transports.usb.usb_printers", lambda: PAIR)
    with pytest.raises(TransportError, match="2 equal devices"):
        open_transport("usb://0a5f:0166").connect()
    with pytest.raises(TransportError, match="no device"):
        open_transport("usb://0a5f:0199").connect()
    with pytest.raises(TransportError, match="/dev/noac-no-such-printer"):
        open_transport("usb://0A5F:0166/B2").connect()


def test_a_usb_address_that_is_a_plain_file_gets_no_labels(tmp_path):
    (tmp_path / "lp0").write_bytes(b"")
    with pytest.raises(TransportError, match="no device"):
        open_transport(f"usb://{tmp_path / 'lp0'}").connect()


def test_a_queue_that_is_stopped_or_takes_nothing_says_so_before_a_byte_goes(tmp_path):
    rig = IppRig(tmp_path)
    try:
        rig.cups.tells("cupsdisable", "-r", "the paper is changed", "dock")
        with pytest.raises(TransportError, match="stopped") as stopped:
            open_transport(rig.address()).connect()
        assert stopped.value.sent_bytes == 0
        rig.cups.tells("cupsenable", "dock")
        rig.cups.tells("cupsreject", "dock")
        with pytest.raises(TransportError, match="takes no jobs"):
            open_transport(rig.address()).connect()
        assert rig.received() == b""
    finally:
        rig.close()


@pytest.mark.parametrize("answer", [b"", b"HTTP", b"\x02\x00\x00\x00\x00\x00\x00\x01\x01\x47\x00\xff"])
def test_what_is_no_print_server_is_not_taken_for_one(answer):
    with pytest.raises(IppError):
        answer_of(answer)
