"""Key strokes become codes, whole or not at all."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.code_buffer import Closed, Code, Framing, Lost
from drivers.scanner import CODE_CHARS_MAX
from drivers.scanners import hid_records
from drivers.scanners.hid_decoder import KEY_DOWN, KEY_UP, RECORD, HidDecoder
from drivers.scanners.hid_keys import KEY_CAPSLOCK, KEYPAD_DIGITS

PRINTABLE = "".join(c for c in string.printable if c.isprintable())
CORPUS = ["ZPA01C", "]C10109506000134352\x1d10LOT-7", "{x}~!@#$%^&*()_+|", "0"]
KEY_RIGHTALT = 100
KEY_LEFTALT, KEY_LEFTCTRL, KEY_KPENTER, KEY_RIGHTBRACE, KEY_KP0, KEY_KP2, KEY_KP9 = 56, 29, 96, 27, 82, 80, 73


def texts(closed: list[Closed]) -> list[str]:
    return [each.text for each in closed if isinstance(each, Code)]


def losses(closed: list[Closed]) -> list[str]:
    return [each.reason for each in closed if isinstance(each, Lost)]


def strokes(*edges: tuple[int, int]) -> bytes:
    return b"".join(hid_records.stroke(key, value, at_ms=0) for key, value in edges)


def press(key: int) -> bytes:
    return strokes((key, KEY_DOWN), (key, KEY_UP))


@pytest.mark.fault("S5")
def test_every_printable_ascii_character_arrives_as_it_was_printed():
    assert len(PRINTABLE) == 95
    for character in PRINTABLE:
        assert HidDecoder().feed(hid_records.records(character)) == [Code(text=character)], character
    assert texts(HidDecoder().feed(hid_records.records(PRINTABLE))) == [PRINTABLE]


@pytest.mark.parametrize("terminator", ["enter", "tab"])
@pytest.mark.fault("S5")
def test_enter_and_tab_close_a_code(terminator):
    assert texts(HidDecoder().feed(hid_records.records("A1", terminator=terminator))) == ["A1"]


def test_the_keypads_enter_closes_a_code_and_its_digits_count():
    data = b"".join(press(key) for key in (KEY_KP2, KEY_KP9, KEY_KPENTER))
    assert texts(HidDecoder().feed(data)) == ["29"]


@pytest.mark.fault("S5")
def test_without_a_terminator_the_quiet_gap_closes_a_code():
    decoder = HidDecoder()
    assert decoder.feed(hid_records.records("A1", terminator="none")) == []
    assert decoder.is_open
    assert texts(decoder.quiet()) == ["A1"]
    assert not decoder.is_open


def test_a_gap_in_the_kernels_times_closes_a_code_though_the_bytes_come_together():
    first = hid_records.records("A1", terminator="none")
    second = hid_records.records("B2", start_ms=hid_records.duration_ms("A1") + 500)
    assert texts(HidDecoder().feed(first + second)) == ["A1", "B2"]


@pytest.mark.fault("S5")
def test_an_extra_terminator_makes_no_empty_code():
    data = hid_records.records("A1") + hid_records.records("") + hid_records.records("", terminator="tab")
    assert HidDecoder().feed(data) == [Code(text="A1")]


def test_a_scanner_set_to_enter_reports_what_a_gap_cut_off():
    decoder = HidDecoder(Framing(terminator="enter"))
    assert decoder.feed(hid_records.records("A1", terminator="none")) == []
    assert losses(decoder.quiet()) == ["unterminated"]


@pytest.mark.fault("S2", "S5")
def test_the_tail_of_a_code_that_a_pause_split_is_no_code():
    decoder = HidDecoder(Framing(terminator="enter"))
    assert decoder.feed(hid_records.records("ZR12", terminator="none")) == []
    assert losses(decoder.quiet()) == ["unterminated"]
    assert losses(decoder.feed(hid_records.records("345"))) == ["unterminated"], (
        "never taken, and never silent"
    )
    assert texts(decoder.feed(hid_records.records("ZR12345"))) == ["ZR12345"]


def test_after_a_second_pause_a_scan_is_whole_again():
    decoder = HidDecoder(Framing(terminator="enter"))
    decoder.feed(hid_records.records("ZR12", terminator="none"))
    decoder.quiet()
    assert not losses(decoder.quiet())
    assert texts(decoder.feed(hid_records.records("ZR12345"))) == ["ZR12345"]


@pytest.mark.parametrize(
    "edges",
    [
        [
            (KEY_LEFTALT, 1),
            (KEY_KP0, 1),
            (KEY_KP0, 0),
            (KEY_KP2, 1),
            (KEY_KP2, 0),
            (KEY_KP9, 1),
            (KEY_KP9, 0),
            (KEY_LEFTALT, 0),
        ],
        [(KEY_LEFTCTRL, 1), (KEY_RIGHTBRACE, 1), (KEY_RIGHTBRACE, 0), (KEY_LEFTCTRL, 0)],
        [(66, 1), (66, 0)],
    ],
    ids=["Alt+029", "Ctrl+]", "F8"],
)
def test_the_ways_a_keyboard_scanner_sends_gs_are_understood(edges):
    assert texts(HidDecoder().feed(strokes(*edges) + hid_records.records("A"))) == ["\x1dA"]


def alt(digits: str) -> bytes:
    """Alt held while the keypad spells a number."""
    keypad = {digit: key for key, digit in KEYPAD_DIGITS.items()}
    return (
        strokes((KEY_LEFTALT, 1)) + b"".join(press(keypad[one]) for one in digits) + strokes((KEY_LEFTALT, 0))
    )


@pytest.mark.fault("S5")
def test_a_scanner_that_spells_every_character_with_alt_is_read_in_any_layout():
    spelt = b"".join(alt(f"{ord(character):03}") for character in PRINTABLE)
    assert texts(HidDecoder().feed(spelt + press(KEY_KPENTER))) == [PRINTABLE]
    windows, dos = alt("0228") + press(KEY_KPENTER), alt("132") + press(KEY_KPENTER)
    assert texts(HidDecoder().feed(windows)) == texts(HidDecoder().feed(dos)) == ["ä"]


@pytest.mark.parametrize(
    "unknown",
    [alt("999"), alt("00000"), strokes((KEY_RIGHTALT, 1), (16, 1), (16, 0), (KEY_RIGHTALT, 0))],
    ids=["Alt+999", "Alt+0", "AltGr+Q"],
)
@pytest.mark.fault("S5")
def test_a_character_of_another_layout_spoils_its_code_and_is_never_left_out(unknown: bytes):
    decoder = HidDecoder()
    closed = decoder.feed(
        hid_records.records("AB", terminator="none")
        + unknown
        + hid_records.records("CD")
        + hid_records.records("NEXT")
    )
    assert closed == [Lost(reason="other_layout"), Code(text="NEXT")]


@pytest.mark.fault("S5")
def test_caps_lock_pressed_by_the_scanner_is_part_of_the_code_and_ends_with_it():
    a, b, one = press(30), press(48), press(2)
    locked = press(KEY_CAPSLOCK) + a + one + strokes((42, 1)) + b + strokes((42, 0)) + press(KEY_CAPSLOCK) + b
    assert texts(HidDecoder().feed(locked + press(KEY_KPENTER) + a + press(KEY_KPENTER))) == ["A1bb", "a"]
    forgotten = HidDecoder()
    assert texts(forgotten.feed(press(KEY_CAPSLOCK) + a + press(KEY_KPENTER) + a + press(KEY_KPENTER))) == [
        "A",
        "a",
    ]


@pytest.mark.parametrize(("key", "character"), [(1, "\x1b"), (14, "\b"), (111, "\x7f")])
@pytest.mark.fault("S8")
def test_a_control_character_sent_as_a_key_is_kept_so_that_the_code_is_refused(key: int, character: str):
    data = press(30) + press(key) + press(48) + press(KEY_KPENTER)
    assert texts(HidDecoder().feed(data)) == [f"a{character}b"]


def test_the_kernels_repeats_of_a_held_key_are_not_characters():
    assert texts(HidDecoder().feed(strokes((30, 1), (30, 2), (30, 2), (30, 0), (28, 1)))) == ["a"]


@pytest.mark.fault("S5", "S9")
def test_prefix_and_suffix_are_taken_off_and_their_absence_is_reported():
    framing = Framing(prefix="<", suffix=">")
    assert texts(HidDecoder(framing).feed(hid_records.records("<A1>"))) == ["A1"]
    assert losses(HidDecoder(framing).feed(hid_records.records("A1>"))) == ["prefix_missing"]
    assert losses(HidDecoder(framing).feed(hid_records.records("<A1"))) == ["suffix_missing"]


@pytest.mark.fault("S8")
def test_a_code_over_the_limit_is_reported_once_and_the_next_one_is_whole():
    data = hid_records.records("7" * (CODE_CHARS_MAX + 500)) + hid_records.records("A1")
    assert HidDecoder().feed(data) == [Lost(reason="too_long"), Code(text="A1")]
    whole = "7" * CODE_CHARS_MAX
    assert texts(HidDecoder().feed(hid_records.records(whole))) == [whole]


@pytest.mark.parametrize("text", CORPUS)
@pytest.mark.fault("S2")
def test_dropped_events_at_any_place_lose_that_code_alone_and_say_so(text):
    data = hid_records.records(text)
    records = [data[n : n + RECORD.size] for n in range(0, len(data), RECORD.size)]
    # whole strokes only: the kernel puts SYN_DROPPED where a report would begin
    for place in range(0, len(records), 3):
        decoder = HidDecoder()
        broken = b"".join(records[:place]) + hid_records.dropped() + b"".join(records[place:])
        closed = decoder.feed(broken) + decoder.quiet()
        whole_before = place >= len(records) - 3  # only the release of Enter was still to come
        assert losses(closed) == ["events_dropped"], place
        assert texts(closed) == ([text] if whole_before else []), place
        assert texts(decoder.feed(hid_records.records("NEXT", start_ms=60_000))) == ["NEXT"], place


@pytest.mark.parametrize("text", CORPUS)
@pytest.mark.fault("S2")
def test_what_a_late_reader_still_gets_of_a_code_is_no_code(text: str) -> None:
    # The code before is long over: the kernel's times show a gap before the piece that was kept
    records = hid_records.records(text, start_ms=60_000)
    for kept in range(RECORD.size * 3, len(records), RECORD.size * 3):
        decoder = HidDecoder()
        assert texts(decoder.feed(hid_records.records("BEFORE"))) == ["BEFORE"]
        closed = decoder.feed(hid_records.dropped(at_ms=60_000) + records[kept:]) + decoder.quiet()
        assert closed == [Lost(reason="events_dropped")], kept
        assert texts(decoder.feed(hid_records.records("NEXT", start_ms=120_000))) == ["NEXT"], kept


@pytest.mark.parametrize("text", CORPUS)
@pytest.mark.fault("S2")
def test_unplugged_at_any_byte_the_code_is_dropped_and_never_completed(text):
    data = hid_records.records(text)
    for cut in range(len(data)):
        decoder = HidDecoder()
        before = decoder.feed(data[:cut])
        after = decoder.unplugged()
        assert texts(before + after) in ([], [text]), cut
        assert losses(after) in ([], ["unplugged"])
        assert texts(decoder.feed(hid_records.records("NEXT", start_ms=60_000))) == ["NEXT"], cut


@given(st.lists(st.text(PRINTABLE, min_size=1, max_size=30), max_size=6), st.data())
def test_bytes_may_be_cut_anywhere(codes, data):
    stream = b"".join(hid_records.records(code, start_ms=10_000 * n) for n, code in enumerate(codes))
    decoder, closed = HidDecoder(), []
    while stream:
        size = data.draw(st.integers(1, 400))
        closed += decoder.feed(stream[:size])
        stream = stream[size:]
    assert texts(closed) == codes
    assert losses(closed) == []


@given(
    st.lists(st.text(PRINTABLE, min_size=1, max_size=12), min_size=1, max_size=5),
    st.lists(st.tuples(st.booleans(), st.integers(1, 2_000)), max_size=60),
)
@pytest.mark.fault("S3")
def test_two_devices_interleaved_in_any_way_never_mix(codes, pieces):
    devices = {True: HidDecoder(), False: HidDecoder()}
    streams = {
        left: b"".join(
            hid_records.records(f"{left}{code}", start_ms=10_000 * n) for n, code in enumerate(codes)
        )
        for left in devices
    }
    closed: dict[bool, list[Closed]] = {True: [], False: []}
    for left, size in [*pieces, (True, 1_000_000), (False, 1_000_000)]:
        closed[left] += devices[left].feed(streams[left][:size])
        streams[left] = streams[left][size:]
    for left in devices:
        assert texts(closed[left]) == [f"{left}{code}" for code in codes]


@given(st.binary(max_size=2_000))
@pytest.mark.fault("S8")
def test_no_bytes_make_the_decoder_raise(noise):
    decoder = HidDecoder()
    for each in decoder.feed(noise) + decoder.quiet() + decoder.unplugged():
        assert isinstance(each, Code | Lost)
