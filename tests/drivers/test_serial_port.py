"""A scanner on a pseudo-terminal: every byte arrives, pulled plugs are noticed, and it comes back by itself."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.settings import SettingsError
from drivers.code_buffer import Code, Framing, Lost
from drivers.scanner import CODE_CHARS_MAX, open_scanner
from drivers.scanners.serial_port import SerialDecoder
from tests.drivers.listening import ScannerListener
from tests.scanners.guns import SerialGun

CORPUS = [b"ZPA01C\r", b"]C10109506000134352\x1d10LOT-7\r\n", "布料 A-1\n".encode()]


@pytest.fixture
def line(tmp_path):
    return SerialGun(tmp_path, "scanner")


@pytest.fixture
def listener():
    return ScannerListener()


@pytest.fixture
def scanner(line, listener):
    made = open_scanner({"kind": "serial_port", "name": "door", "path": str(line.path), "rescan_ms": 20})
    made.start(listener)
    yield made
    made.stop()


@pytest.mark.parametrize("terminator", [b"\r", b"\n", b"\r\n", b"\t"])
@pytest.mark.fault("S5")
def test_each_usual_terminator_closes_a_code(terminator):
    decoder = SerialDecoder()
    ended = "tab" if terminator == b"\t" else "enter"
    assert decoder.feed(b"A1" + terminator + b"B2" + terminator) == [
        Code(text="A1", ended=ended),
        Code(text="B2", ended=ended),
    ]


def test_bytes_that_are_no_text_stay_visible():
    assert SerialDecoder().feed(b"A\xff\xfe1\r") == [Code(text="A\ufffd\ufffd1")]


def test_chinese_arrives_in_the_encoding_the_settings_name():
    assert SerialDecoder(encoding="gb18030").feed("布料\r".encode("gb18030")) == [Code(text="布料")]


@pytest.mark.fault("S8")
def test_a_code_over_the_limit_is_reported_and_the_next_is_whole():
    decoder = SerialDecoder()
    assert decoder.feed(b"7" * (CODE_CHARS_MAX + 9) + b"\rA1\r") == [Lost(reason="too_long"), Code(text="A1")]


@given(st.binary(max_size=300), st.sampled_from(["any", "enter", "tab", "none"]))
@pytest.mark.fault("S8")
def test_no_bytes_make_the_decoder_raise(noise, terminator):
    decoder = SerialDecoder(Framing(terminator=terminator))
    for each in decoder.feed(noise) + decoder.quiet() + decoder.unplugged():
        assert isinstance(each, Code | Lost)


def test_a_scan_arrives_with_name_and_aware_time(scanner, line, listener):
    listener.waits_for_state("searching")
    line.plug_in()
    listener.waits_for_state("ready")
    line.sends(b"ZPA01C\r")
    listener.waits_for_texts("ZPA01C")
    scan = listener.heard[-1]
    assert scan.device == "door"
    assert scan.event_time.utcoffset().total_seconds() == 0
    line.unplug()


@pytest.mark.fault("S5")
def test_without_a_terminator_the_gap_closes_the_code(scanner, line, listener):
    line.plug_in()
    listener.waits_for_state("ready")
    line.sends(b"ZPA01C")
    listener.waits_for_texts("ZPA01C")
    line.unplug()


@pytest.mark.fault("S2")
def test_the_plug_pulled_at_each_byte_never_makes_a_false_code(scanner, line, listener):
    cuts = [(code, cut) for code in CORPUS for cut in range(len(code))]
    for number, (code, cut) in enumerate(cuts, start=1):
        line.plug_in()
        listener.waits_for_state("ready", number)
        line.sends(code[:cut])
        line.unplug()
        listener.waits_for_state("lost", number)
    whole = {code.decode().strip() for code in CORPUS}
    assert set(listener.texts()) <= whole


@pytest.mark.fault("S1")
def test_unplugged_and_plugged_in_again_100_times_it_reads_every_time(scanner, line, listener):
    slowest_s = 0.0
    for number in range(1, 101):
        line.plug_in()
        plugged_in_s = time.monotonic()
        listener.waits_for_state("ready", number)
        slowest_s = max(slowest_s, time.monotonic() - plugged_in_s)
        line.sends(f"CODE{number}\r".encode())
        listener.waits_for(lambda _, n=number: len(listener.texts()) == n, f"scan {number}")
        line.unplug()
        listener.waits_for_state("lost", number)
    assert listener.texts() == [f"CODE{number}" for number in range(1, 101)]
    assert slowest_s < 3.0


@pytest.mark.fault("S10")
def test_a_flood_of_codes_arrives_complete_and_in_order(scanner, line, listener):
    line.plug_in()
    listener.waits_for_state("ready")
    expected = [f"FLOOD{number:05d}" for number in range(2_000)]
    for start in range(0, len(expected), 100):
        line.sends("".join(code + "\r" for code in expected[start : start + 100]).encode())
        listener.waits_for(lambda heard, n=start: len(heard) > n, "flood")
    listener.waits_for_texts(*expected)
    line.unplug()


@pytest.mark.fault("S3")
def test_two_scanners_on_two_lines_do_not_mix(tmp_path, listener):
    lines = {}
    scanners = []
    for name in ("left", "right"):
        lines[name] = SerialGun(tmp_path, name)
        lines[name].plug_in()
        made = open_scanner(
            {"kind": "serial_port", "name": name, "path": str(lines[name].path), "rescan_ms": 20}
        )
        made.start(listener)
        scanners.append(made)
    listener.waits_for_state("ready", 2)
    for left, right in zip(b"LEFT\r", b"RITE\r", strict=True):
        lines["left"].sends(bytes([left]))
        lines["right"].sends(bytes([right]))
    listener.waits_for_texts("LEFT", device="left")
    listener.waits_for_texts("RITE", device="right")
    for made in scanners:
        made.stop()


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({}, "path"),
        ({"path": "/dev/x", "encoding": "utf-9"}, "utf-9"),
        ({"path": "/dev/x", "boud": 9600}, "baud"),
        ({"path": "/dev/x", "quiet_gap_ms": 1}, "quiet_gap_ms"),
    ],
)
def test_wrong_settings_are_refused_by_name(settings, named):
    with pytest.raises(SettingsError, match=named):
        open_scanner({"kind": "serial_port", "name": "door", **settings})
