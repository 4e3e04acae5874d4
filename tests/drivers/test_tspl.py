"""TSPL: bars and bitmaps that have the very dots of the label, the bytes the maker's manual wants."""

import pytest
from PIL import Image, ImageDraw

from drivers.emulator.stream import Format, open_stream
from drivers.errors import LanguageError
from drivers.language import Condition, Picture
from drivers.languages import tspl
from drivers.profile import load_profile
from tests.drivers.pictures import same_dots

PROFILE = load_profile("tspl_203")
IMMEDIATE_DOTS = bytes((0x1B, 0x21))


def said(image: Image.Image) -> bytes:
    picture = Picture(image=image, dots_per_mm=8, gap_dots=24)
    return tspl.encode(picture, PROFILE, 2)


def printed(data: bytes) -> Image.Image:
    (label,) = [item for item in open_stream("tspl").feed(data) if isinstance(item, Format)]
    return label.image


def test_the_bytes_are_as_reviewed(golden):
    image = Image.new("1", (80, 40), 1)
    ImageDraw.Draw(image).rectangle((2, 2, 77, 37), outline=0, width=3)
    for at in range(20):
        image.putpixel((20 + at, 10 + at % 7), 0)
    golden.check("drivers/small_label.tspl", said(image))


def test_black_is_the_bit_that_is_not_set():
    image = Image.new("1", (8, 2), 1)
    for at in (0, 2, 4, 6):
        image.putpixel((at, 0), 0)
        image.putpixel((at + 1, 1), 0)
    assert b"BITMAP 0,0,1,2,0,\x55\xaa\r\n" in said(image)


def test_a_line_is_a_bar_and_a_frame_is_four():
    image = Image.new("1", (300, 200), 1)
    ImageDraw.Draw(image).rectangle((10, 10, 289, 189), outline=0, width=2)
    data = said(image)
    assert data.count(b"BAR ") == 4
    assert b"BITMAP" not in data
    assert same_dots(printed(data), image)


def test_the_bars_of_a_code_are_bars():
    image = Image.new("1", (400, 100), 1)
    for at in range(0, 300, 10):
        image.paste(0, (20 + at, 10, 20 + at + 2 + at % 5, 90))
    data = said(image)
    assert data.count(b"BAR ") == 30
    assert len(data) < 1_000 < 400 * 100 // 8
    assert same_dots(printed(data), image)


def test_an_empty_label_is_an_empty_label():
    data = said(Image.new("1", (80, 40), 1))
    assert b"BAR" not in data
    assert b"BITMAP" not in data
    assert printed(data).convert("L").getextrema() == (255, 255)


def test_dots_that_would_read_as_an_immediate_command_are_moved_in_their_bytes():
    dots = bytes(255 for _ in range(40 * 8))
    image = Image.frombytes("1", (64, 40), dots)
    for row in range(0, 40, 2):
        image.paste(Image.frombytes("1", (16, 1), IMMEDIATE_DOTS), (0, row))
        image.putpixel((63 - row, row), 0)
    plain = image.tobytes()
    assert IMMEDIATE_DOTS in plain
    data = said(image)
    assert IMMEDIATE_DOTS not in data
    stream = open_stream("tspl")
    (label,) = [item for item in stream.feed(data) if isinstance(item, Format)]
    assert same_dots(label.image, image)
    assert not [name for name in stream.commands if name.startswith("<ESC>")]


def test_the_emulator_sees_an_immediate_command_within_a_bitmap():
    stream = open_stream("tspl")
    items = list(stream.feed(b"CLS\r\nBITMAP 0,0,3,1,0,\x1b!.\r\nPRINT 1\r\n"))
    assert "cancel_all" in items
    assert stream.commands["<ESC>!."] == 1


@pytest.mark.parametrize(
    ("bits", "conditions"),
    [
        (0x00, ()),
        (0x01, (Condition.HEAD_OPEN,)),
        (0x02, (Condition.JAMMED,)),
        (0x03, (Condition.HEAD_OPEN, Condition.JAMMED)),
        (0x04, (Condition.PAPER_OUT,)),
        (0x05, (Condition.HEAD_OPEN, Condition.PAPER_OUT)),
        (0x08, (Condition.RIBBON_OUT,)),
        (0x0D, (Condition.HEAD_OPEN, Condition.PAPER_OUT, Condition.RIBBON_OUT)),
        (0x10, (Condition.PAUSED,)),
        (0x20, ()),
        (0x41, (Condition.HEAD_OPEN,)),
        (0x80, (Condition.FAULTY,)),
    ],
)
def test_the_short_status_is_read_as_the_manuals_table_has_it(bits, conditions):
    status = tspl.parse_short_status(bytes((bits,)))
    assert status.conditions == conditions
    assert status.is_idle is (bits == 0)


@pytest.mark.parametrize(
    ("four", "conditions", "is_idle"),
    [
        (b"@@@@", (), True),
        (b"P@@@", (), False),
        (b"W@@@", (), False),
        (b"`@@@", (Condition.PAUSED,), False),
        (b"E@@A", (Condition.PAPER_OUT,), False),
        (b"E@@B", (Condition.JAMMED,), False),
        (b"E@@D", (Condition.RIBBON_OUT,), False),
        (b"E@@H", (Condition.JAMMED,), False),
        (b"E@@`", (Condition.HEAD_OPEN,), False),
        (b"E@A@", (Condition.TOO_HOT,), False),
        (b"E@H@", (Condition.JAMMED,), False),
        (b"E@P@", (Condition.FAULTY,), False),
        (b"E@@@", (Condition.FAULTY,), False),
        (b"@H@@", (Condition.BUFFER_FULL,), True),
        (b"@A@@", (Condition.NEAR_END,), True),
        (b"E@@a", (Condition.HEAD_OPEN, Condition.PAPER_OUT), False),
    ],
)
def test_the_long_status_is_read_as_the_manuals_table_has_it(four, conditions, is_idle):
    status = tspl.parse_long_status(b"\x02" + four + b"\x03\r\n")
    assert status.conditions == conditions
    assert status.is_idle is is_idle


@pytest.mark.parametrize(
    "answer", [b"", b"\x02@@@\x03\r\n", b"\x02@@@\x80\x03\r\n", b"\x02@@@@\x03\n\n", b"\x02@@@@\x03\r\n@"]
)
def test_a_damaged_long_status_is_refused(answer):
    with pytest.raises(LanguageError):
        tspl.parse_long_status(answer)


@pytest.mark.parametrize(
    ("line", "size"),
    [(b"SIZE 50 mm,25 mm", (400, 200)), (b"SIZE 2,1", (406, 203)), (b"SIZE 300 dot,100 dot", (300, 100))],
)
def test_the_emulator_knows_millimetres_inches_and_dots(line, size):
    assert printed(line + b"\r\nCLS\r\nPRINT 1\r\n").size == size


def test_the_emulator_draws_what_other_programs_send():
    label = printed(
        b"SIZE 5 mm,5 mm\nCLS\nREFERENCE 1,2\nBAR 0,0,10,4\nBOX 0,10,20,20,2\nREVERSE 0,0,4,4\nERASE 4,0,2,2\n"
        b"BITMAP 30,30,1,1,1,\x0f\nBITMAP 30,30,1,1,2,\x3f\nPRINT 1\n"
    )
    black = {(x, y) for x in range(40) for y in range(40) if not label.getpixel((x, y))}
    assert (1, 2) not in black
    assert (5, 5) in black
    assert (5, 2) not in black
    assert {(1, 12), (21, 22)} <= black
    assert (10, 16) not in black
    assert {x for x, y in black if y == 32} == {33, 34}
