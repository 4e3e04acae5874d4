"""A keyboard scanner end to end: reader process, FIFO of recorded events, unplug and re-plug."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from domain.settings import SettingsError
from drivers.scanner import open_scanner
from drivers.scanners import hid, hid_records
from drivers.usb_identity import FoundDevice, UsbIdentity
from tests.drivers.listening import ScannerListener, eventually


@pytest.fixture
def fifo(tmp_path):
    path = tmp_path / "event7"
    os.mkfifo(path)
    return path


@pytest.fixture
def listener():
    return ScannerListener()


@pytest.fixture
def scanner(fifo, listener):
    made = open_scanner({"kind": "hid", "name": "door", "path": str(fifo), "rescan_ms": 20})
    made.start(listener)
    yield made
    made.stop()


def reader_pid(scanner) -> int:
    return scanner._reader.pid


def test_recorded_events_through_a_pipe_become_a_scan(scanner, fifo, listener):
    listener.waits_for_state("ready")
    with fifo.open("wb") as device:
        device.write(hid_records.records("ZPA01C"))
        device.flush()
        listener.waits_for_texts("ZPA01C")


@pytest.mark.fault("S1")
def test_a_closed_pipe_is_an_unplugged_scanner_and_it_comes_back(scanner, fifo, listener):
    for number in range(1, 6):
        listener.waits_for_state("ready", number)
        with fifo.open("wb") as device:
            device.write(hid_records.records(f"CODE{number}"))
            device.flush()
            listener.waits_for(lambda _, n=number: len(listener.texts()) == n, "scan")
            device.write(hid_records.records("HALF", terminator="none"))
        listener.waits_for_state("lost", number)
    assert listener.texts() == [f"CODE{number}" for number in range(1, 6)]
    assert listener.garbled() == ["unplugged"] * 5


@pytest.mark.fault("S1")
def test_a_reader_that_dies_is_replaced(scanner, fifo, listener):
    listener.waits_for_state("ready")
    os.kill(reader_pid(scanner), signal.SIGKILL)
    listener.waits_for_state("ready", 2)
    with fifo.open("wb") as device:
        device.write(hid_records.records("ZPA01C"))
        device.flush()
        listener.waits_for_texts("ZPA01C")


def test_stopping_ends_the_reader_process(scanner, listener):
    listener.waits_for_state("ready")
    pid = reader_pid(scanner)
    scanner.stop()
    eventually(lambda: not Path(f"/proc/{pid}").exists(), "the reader is gone")


def test_a_recording_in_a_file_is_played_once(tmp_path, listener):
    recording = tmp_path / "morning.events"
    recording.write_bytes(hid_records.records("A1") + hid_records.records("B2", start_ms=5_000))
    scanner = open_scanner({"kind": "hid", "name": "door", "path": str(recording), "rescan_ms": 20})
    scanner.start(listener)
    listener.waits_for_state("lost", 2)
    scanner.stop()
    assert listener.texts() == ["A1", "B2"]


@pytest.mark.fault("S1")
def test_a_missing_device_is_searched_for_and_found(tmp_path, listener):
    path = tmp_path / "later"
    scanner = open_scanner({"kind": "hid", "name": "door", "path": str(path), "rescan_ms": 20})
    scanner.start(listener)
    listener.waits_for_state("searching")
    os.mkfifo(path)
    listener.waits_for_state("ready")
    scanner.stop()


@pytest.fixture
def keyboards(tmp_path, monkeypatch):
    """Event nodes of USB keyboards by path and socket, each a FIFO; what is plugged in can be changed."""
    plugged: dict[str, str] = {}

    def node(name: str, phys: str) -> Path:
        path = tmp_path / name
        os.mkfifo(path)
        plugged[str(path)] = phys
        return path

    def now() -> tuple[FoundDevice, ...]:
        return tuple(
            FoundDevice(
                path=path, name="scanner", identity=UsbIdentity(vendor="05e0", product="1300", phys=phys)
            )
            for path, phys in plugged.items()
        )

    monkeypatch.setattr(hid, "input_devices", now)
    return node


@pytest.mark.parametrize("by", ["identity", "path"])
def test_all_event_nodes_of_a_composite_scanner_are_read_each_by_itself(keyboards, listener, by):
    first, second = keyboards("event3", "usb-1/input0"), keyboards("event4", "usb-1/input1")
    keyboards("event5", "usb-2/input0")
    which = (
        {"vendor": "05e0", "product": "1300", "phys": "usb-1"} if by == "identity" else {"path": str(second)}
    )
    scanner = open_scanner({"kind": "hid", "name": "door", "rescan_ms": 20, **which})
    scanner.start(listener)
    listener.waits_for_state("ready")
    with first.open("wb", buffering=0) as one, second.open("wb", buffering=0) as other:
        halves = [
            (hid_records.records(text)[: 24 * 12], hid_records.records(text)[24 * 12 :])
            for text in ("LEFT", "RITE")
        ]
        for half in range(2):
            for device, parts in zip((one, other), halves, strict=True):
                device.write(parts[half])
        listener.waits_for(lambda _: sorted(listener.texts()) == ["LEFT", "RITE"], "both")
    listener.waits_for_state("lost")
    scanner.stop()


def test_two_equal_scanners_are_an_error_that_names_their_sockets(keyboards, listener):
    keyboards("event3", "usb-1/input0")
    keyboards("event4", "usb-2/input0")
    scanner = open_scanner({"kind": "hid", "name": "door", "vendor": "05e0", "rescan_ms": 20})
    scanner.start(listener)
    listener.waits_for_state("error")
    scanner.stop()
    assert "usb-1, usb-2" in str(listener.heard[-1])


def test_a_path_that_may_not_be_read_is_an_error_with_its_reason(tmp_path, listener):
    scanner = open_scanner(
        {"kind": "hid", "name": "door", "path": str(tmp_path / "a" / ".."), "rescan_ms": 20}
    )
    (tmp_path / "a").mkdir()
    scanner.start(listener)
    listener.waits_for(lambda _: bool({"error", "lost"} & set(listener.states())), "error")
    scanner.stop()
    assert listener.texts() == []


def test_a_scanner_without_path_or_identity_is_refused():
    with pytest.raises(SettingsError, match="vendor"):
        open_scanner({"kind": "hid", "name": "door"})


def test_the_reader_ends_when_its_kiosk_is_killed(fifo):
    program = (
        "import sys, threading; from drivers.scanner import open_scanner\n"
        "s = open_scanner({'kind': 'hid', 'name': 'door', 'path': sys.argv[1]})\n"
        "s.start(lambda o: print(s._reader.pid, flush=True)); threading.Event().wait()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, str(fifo)], stdout=subprocess.PIPE, text=True
    ) as kiosk:
        assert kiosk.stdout
        reader = Path("/proc") / kiosk.stdout.readline().strip()
        assert reader.exists()
        kiosk.kill()
        eventually(lambda: not reader.exists() or _is_dead(reader), "the reader is gone")


def _is_dead(process: Path) -> bool:
    return "State:\tZ" in (process / "status").read_text()
