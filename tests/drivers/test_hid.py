"""A keyboard scanner end to end: reader process, FIFO of recorded events, unplug and re-plug."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from domain.settings import SettingsError
from drivers.scanner import open_scanner
from drivers.scanners import hid_records
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
