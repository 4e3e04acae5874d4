"""Every way to a printer keeps the same promises. A new scheme adds one rig to RIGS."""

import contextlib
import socket
import threading
import time
from abc import ABC, abstractmethod
from pathlib import Path

import pytest

from domain.settings import SettingsError
from drivers.errors import AnswerTimeoutError, TransportError
from drivers.transport import ANSWER_BYTES_MAX, open_transport, transport_schemes
from drivers.transports import tcp
from tests.drivers.listening import eventually


class Rig(ABC):
    """The far end of a way to a printer."""

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


class TcpRig(Rig):
    def __init__(self, folder):
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.answers: list[bytes] = []
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
                if b"?" in data and self.answers:
                    link.sendall(self.answers.pop(0))

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


RIGS = {"file": FileRig, "tcp": TcpRig}


@pytest.fixture(params=transport_schemes())
def rig(request, tmp_path):
    assert request.param in RIGS, f"the scheme {request.param} needs a rig in this file"
    made = RIGS[request.param](tmp_path)
    yield made
    made.close()


@pytest.fixture
def tcp_rig(tmp_path, monkeypatch):
    monkeypatch.setattr(tcp, "ANSWER_TIMEOUT_S", 0.2)
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
    assert transport.answers is isinstance(rig, TcpRig)


def test_closing_twice_does_no_harm(rig):
    connection = open_transport(rig.address()).connect()
    connection.close()
    if isinstance(rig, TcpRig):
        connection.close()


@pytest.mark.parametrize(
    "address",
    ["", "127.0.0.1:9100", "tpc://127.0.0.1:9100", "tcp://", "tcp://h:99999", "tcp://h:1/x", "file://x"],
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
    tcp_rig.answers = [b"one two"]
    connection = open_transport(tcp_rig.address()).connect()
    assert connection.query(b"?", lambda answer: answer.endswith(b"two")) == b"one two"
    connection.close()


def test_no_answer_is_a_time_out_and_the_connection_lives(tcp_rig):
    connection = open_transport(tcp_rig.address()).connect()
    started_s = time.monotonic()
    with pytest.raises(AnswerTimeoutError):
        connection.query(b"?", bool)
    assert time.monotonic() - started_s < 2
    tcp_rig.answers = [b"now"]
    assert connection.query(b"?", bool) == b"now"
    connection.close()


@pytest.mark.fault("P4")
def test_an_answer_too_late_is_not_taken_for_the_next_one(tcp_rig):
    connection = open_transport(tcp_rig.address()).connect()
    with pytest.raises(AnswerTimeoutError):
        connection.query(b"?", bool)
    tcp_rig._links[0].sendall(b"too late")
    time.sleep(0.05)
    tcp_rig.answers = [b"right"]
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
    tcp_rig.answers = [b"x" * (3 * ANSWER_BYTES_MAX)]
    connection = open_transport(tcp_rig.address()).connect()
    with pytest.raises(TransportError, match="too long"):
        connection.query(b"?", lambda _: False)
    connection.close()


def test_a_printer_that_takes_no_more_bytes_is_given_up_on_with_what_was_sent(monkeypatch):
    monkeypatch.setattr(tcp, "SEND_TIMEOUT_S", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        connection = open_transport(f"tcp://127.0.0.1:{deaf.getsockname()[1]}").connect()
        with pytest.raises(TransportError) as stuck:
            connection.send(bytes(50_000_000))
        assert 0 < stuck.value.sent_bytes < 50_000_000
        connection.close()
