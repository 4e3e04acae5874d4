"""ESC/POS: slips in bands of dots, never a real-time command among them, answers as the maker's tables have them."""

import pytest
from PIL import Image

from drivers.emulator.stream import Format, Question, open_stream
from drivers.errors import LanguageError
from drivers.language import Condition, Picture
from drivers.languages import escpos
from drivers.profile import load_profile
from tests.drivers.pictures import same_dots

PROFILE = load_profile("escpos_80")
ALL_WELL = b"\x12\x12\x12\x12"


def said(image: Image.Image, copies: int = 1) -> bytes:
    return escpos.encode(Picture(image=image, dots_per_mm=8), PROFILE, copies)


def printed(data: bytes) -> list[Image.Image]:
    return [item.image for item in open_stream("escpos").feed(data) if isinstance(item, Format)]


def test_the_bytes_are_as_reviewed(golden):
    image = Image.new("1", (40, 30), 1)
    image.paste(0, (3, 4, 37, 6))
    image.paste(0, (3, 20, 9, 29))
    golden.check("drivers/small_slip.escpos", said(image, copies=2))


def test_black_is_the_bit_that_is_set():
    image = Image.new("1", (8, 1), 1)
    image.putpixel((0, 0), 0)
    image.putpixel((7, 0), 0)
    assert said(image) == b"\x1b@\x1da\x00" + b"\x1dv0\x00\x01\x00\x01\x00\x81" + b"\x1dV\x42\x00"


def test_every_copy_is_cut_off():
    image = Image.new("1", (16, 16), 0)
    slips = printed(said(image, copies=3))
    assert len(slips) == 3
    assert all(same_dots(slip, image) for slip in slips)


def test_white_costs_a_byte_for_two_rows_and_so_do_other_equal_rows():
    image = Image.new("1", (576, 400), 1)
    image.paste(0, (0, 200, 576, 204))
    assert len(said(image)) < 400 // 2 + 2 * 72 + 60
    assert same_dots(printed(said(image))[0], image)


@pytest.mark.parametrize("start", escpos.REAL_TIME_STARTS)
def test_dots_that_would_read_as_a_real_time_command_are_moved_in_their_bytes(start):
    image = Image.new("1", (576, 60), 1)
    for row in range(0, 60, 3):
        dots = bytes(255 - byte for byte in start + b"\x01\x01\x00")
        image.paste(Image.frombytes("1", (40, 1), dots), (8 * row, row))
    assert start in bytes(255 - byte for byte in image.tobytes())
    data = said(image)
    assert not any(each in data for each in escpos.REAL_TIME_STARTS)
    stream = open_stream("escpos")
    (slip,) = [item.image for item in stream.feed(data) if isinstance(item, Format)]
    assert same_dots(slip, image)
    assert set(stream.commands) == {"ESC @", "GS a", "GS v", "GS L", "GS V"}


def test_dots_that_cannot_be_moved_are_refused_and_not_sent():
    image = Image.new("1", (24, 1), 1)
    image.putpixel((0, 0), 0)
    image.paste(Image.frombytes("1", (16, 1), b"\xef\xfb"), (8, 0))
    with pytest.raises(LanguageError, match="real-time"):
        said(image)


def test_the_emulator_obeys_a_real_time_command_within_the_dots():
    items = list(open_stream("escpos").feed(b"\x1dv0\x00\x03\x00\x01\x00\x10\x04\x01\x1dV\x42\x00"))
    assert [item.about for item in items if isinstance(item, Question)] == ["real_time:1"]


@pytest.mark.parametrize(
    ("answer", "conditions"),
    [
        (ALL_WELL, ()),
        (b"\x1a\x16\x12\x12", (Condition.HEAD_OPEN,)),
        (b"\x1a\x32\x12\x7e", (Condition.PAPER_OUT,)),
        (b"\x12\x12\x12\x1e", (Condition.NEAR_END,)),
        (b"\x1a\x52\x1a\x12", (Condition.JAMMED,)),
        (b"\x1a\x52\x32\x12", (Condition.FAULTY,)),
        (b"\x1a\x52\x52\x12", (Condition.TOO_HOT,)),
        (b"\x1a\x12\x12\x12", (Condition.OFFLINE,)),
        (b"\x1a\x12\x12\x1e", (Condition.OFFLINE, Condition.NEAR_END)),
    ],
)
def test_the_four_answers_are_read_as_the_makers_tables_have_them(answer, conditions):
    assert escpos.parse_status(answer).conditions == conditions
    assert escpos.parse_long_status(answer + b"\0").conditions == conditions
    assert escpos.parse_long_status(answer + b"\0").is_idle
    assert not escpos.parse_long_status(answer).is_idle


def test_a_printer_that_is_online_is_asked_whether_all_is_printed_one_that_is_offline_is_not_waited_for():
    assert not escpos.long_status_is_complete(ALL_WELL)
    assert escpos.long_status_is_complete(ALL_WELL + b"\0")
    assert escpos.long_status_is_complete(b"\x1a\x16\x12\x12")


def test_flow_control_bytes_and_automatic_status_are_not_taken_for_answers():
    assert escpos.parse_status(b"\x11" + ALL_WELL + b"\x13").conditions == ()
    with pytest.raises(LanguageError):
        escpos.parse_status(b"\x10\x00\x00\x00")


def test_automatic_status_is_told_when_it_changes(tmp_path):
    stream = open_stream("escpos")

    class State:
        conditions = (Condition.HEAD_OPEN,)
        formats_waiting = labels_remaining = printed = 0

    assert stream.news(State()) == b""
    list(stream.feed(b"\x1da\x0f"))
    assert stream.news(State()) == b"\x38\x00\x00\x00"
    list(stream.feed(b"\x1da\x00"))
    assert stream.news(State()) == b""
