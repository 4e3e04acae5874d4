"""The virtual scanner: codes from the program, a socket or a script, well behaved or not."""

import json
import socket
import threading
import time

import pytest

from domain.settings import SettingsError
from drivers.scanner import CODE_CHARS_MAX, open_scanner
from drivers.scanners import virtual
from drivers.virtual_device import LINE_BYTES_MAX
from tests.drivers.listening import ScannerListener


@pytest.fixture
def listener():
    return ScannerListener()


@pytest.fixture
def scanner(listener):
    made = open_scanner({"kind": "virtual", "name": "hand", "port": 0})
    made.start(listener)
    yield made
    made.stop()


class Line:
    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=10)
        self._file = self._socket.makefile("rb")

    def says(self, words: object) -> dict[str, object]:
        raw = words if isinstance(words, bytes) else json.dumps(words).encode()
        self._socket.sendall(raw + b"\n")
        return json.loads(self._file.readline())

    def close(self) -> None:
        self._file.close()
        self._socket.close()


@pytest.fixture
def line(scanner):
    made = Line(scanner.port)
    yield made
    made.close()


def test_a_line_on_the_socket_is_a_scan(line, listener):
    assert line.says({"scan": "ZPA01C", "symbology": "]C1"}) == {"ok": True}
    assert listener.texts() == ["ZPA01C"]
    assert listener.heard[-1].symbology == "]C1"


def test_the_real_port_stands_in_the_status(scanner, listener):
    assert f"127.0.0.1:{scanner.port}" in str(listener.heard[0])


@pytest.mark.parametrize(
    ("fault", "arrives"),
    [
        ("double", ["ZPA01Y", "ZPA01Y"]),
        ("truncated", ["ZPA01"]),
        ("inverted_case", ["zpa01y"]),
        ("qwertz", ["YPA01Z"]),
        ("azerty", ["WPQ)!Y"]),
        ("garbled", []),
        ("cut_head", ["01Y"]),
        ("garbage", ["Z\x00P\ufffdA\x1b0\u202e1\x00Y\ufffd"]),
    ],
)
def test_each_fault_delivers_what_would_really_arrive(scanner, listener, fault, arrives):
    scanner.scan("ZPA01Y", fault=fault)
    assert listener.texts() == arrives
    assert listener.garbled() == (["events_dropped"] if fault == "garbled" else [])


def test_a_missing_terminator_is_closed_by_the_gap(scanner, listener):
    scanner.scan("A1", fault="no_terminator")
    assert listener.texts() == []
    listener.waits_for_texts("A1")


def test_a_missing_terminator_glues_two_quick_codes_together(scanner, listener):
    scanner.scan("A1", fault="no_terminator")
    scanner.scan("B2")
    assert listener.texts() == ["A1B2"]


def test_unplugged_it_refuses_scans_until_replugged(line, listener):
    line.says({"do": "unplug"})
    assert line.says({"scan": "A1"}) == {"ok": False, "error": "the scanner is unplugged"}
    line.says({"do": "replug"})
    line.says({"scan": "B2"})
    assert listener.states() == ["ready", "lost", "ready"]
    assert listener.texts() == ["B2"]


@pytest.mark.fault("S2")
def test_a_code_without_terminator_is_lost_with_the_cable(scanner, listener):
    scanner.scan("A1", fault="no_terminator")
    scanner.unplug()
    assert listener.garbled() == ["unplugged"]
    assert listener.texts() == []


def test_a_lasting_fault_lasts_until_taken_back(line, listener):
    line.says({"do": "fault", "fault": "inverted_case"})
    line.says({"scan": "AB"})
    line.says({"do": "fault"})
    line.says({"scan": "AB"})
    assert listener.texts() == ["ab", "AB"]


@pytest.mark.fault("S10")
def test_a_stuck_trigger_floods_in_order(line, listener):
    line.says({"scan": "A1", "times": 1_000})
    assert listener.texts() == ["A1"] * 1_000


@pytest.mark.fault("S2")
def test_a_cable_pulled_in_mid_code_loses_that_code_and_the_scanner(line, listener):
    line.says({"scan": "ZPA01Y", "fault": "unplug"})
    assert line.says({"scan": "A1"})["ok"] is False
    line.says({"do": "replug"})
    line.says({"scan": "B2"})
    assert listener.garbled() == ["unplugged"]
    assert listener.states() == ["ready", "lost", "ready"]
    assert listener.texts() == ["B2"]


@pytest.mark.fault("S10")
def test_a_stuck_trigger_reads_as_often_as_it_is_told_and_each_code_may_be_another(line, listener):
    began_s = time.monotonic()
    assert line.says({"scan": "LOT{n}", "per_s": 200, "for_s": 0.2}) == {"ok": True}
    assert time.monotonic() - began_s >= 0.19
    assert listener.texts() == [f"LOT{number}" for number in range(1, 41)]


def test_a_stuck_trigger_ends_with_the_cable(scanner, line, listener):
    threading.Timer(0.1, scanner.unplug).start()
    assert line.says({"scan": "LOT", "per_s": 100, "for_s": 60}) == {
        "ok": False,
        "error": "the scanner is unplugged",
    }
    assert 0 < len(listener.texts()) < 100


@pytest.mark.parametrize(
    "words",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b"[]",
        b'{"scna": "A"}',
        b'{"scan": 7}',
        b'{"scan": "A", "times": 0}',
        b"{}",
        b'{"scan": "A", "fault": "smoke"}',
        json.dumps({"scan": "A" * (CODE_CHARS_MAX + 1)}).encode(),
    ],
)
def test_a_line_that_makes_no_sense_is_answered_with_the_reason(line, listener, words):
    answer = line.says(words)
    assert answer["ok"] is False
    assert answer["error"]
    assert listener.texts() == []
    assert line.says({"scan": "A1"}) == {"ok": True}


def test_a_line_over_the_limit_ends_that_connection_only(scanner, line, listener):
    assert line.says(b"x" * (LINE_BYTES_MAX + 1))["ok"] is False
    other = Line(scanner.port)
    assert other.says({"scan": "A1"}) == {"ok": True}
    other.close()


def test_a_script_is_played_at_start(tmp_path, listener):
    script = tmp_path / "script.jsonl"
    script.write_text('{"scan": "A1"}\n\n{"wait_ms": 20}\n{"scan": "B2", "fault": "double"}\n')
    scanner = open_scanner({"kind": "virtual", "name": "hand", "script": str(script)})
    scanner.start(listener)
    listener.waits_for_texts("A1", "B2", "B2")
    scanner.stop()


def test_a_wrong_line_in_a_script_is_named(tmp_path, listener):
    script = tmp_path / "script.jsonl"
    script.write_text('{"scna": "A1"}\n')
    scanner = open_scanner({"kind": "virtual", "name": "hand", "script": str(script)})
    scanner.start(listener)
    listener.waits_for_state("error")
    scanner.stop()


def test_a_missing_script_is_named(tmp_path, listener):
    scanner = open_scanner({"kind": "virtual", "name": "hand", "script": str(tmp_path / "none.jsonl")})
    scanner.start(listener)
    listener.waits_for_state("error")
    scanner.stop()


def test_a_port_in_use_is_an_error_status_that_names_it(scanner, listener):
    second = ScannerListener()
    other = open_scanner({"kind": "virtual", "name": "other", "port": scanner.port})
    other.start(second)
    other.stop()
    assert second.states() == ["error"]
    assert str(scanner.port) in str(second.heard[0])


def test_after_stop_nothing_is_emitted(listener):
    scanner = open_scanner({"kind": "virtual", "name": "hand"})
    assert isinstance(scanner, virtual.VirtualScanner)
    scanner.start(listener)
    scanner.stop()
    scanner.scan("A1")
    assert listener.texts() == []


def test_an_unknown_fault_or_port_in_the_settings_is_refused():
    with pytest.raises(SettingsError, match="port"):
        open_scanner({"kind": "virtual", "name": "hand", "port": 70_000})
