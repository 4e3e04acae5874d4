"""ZPL: what is laid out is what a printer would burn, whatever the text says."""

import base64
import binascii
import contextlib
import re
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageChops
from zebrafy.zebrafy_zpl import ZebrafyZPL

from drivers.errors import LanguageError
from drivers.language import Condition, PrinterStatus
from drivers.languages import zpl
from drivers.print_data import encode
from drivers.profile import load_profile
from labels.raster import rasterise
from tests.drivers.printing import place_layout, roll_layout

PROFILE = load_profile("zebra_link_os_203")
READY = b"\x02030,0,0,0480,000,0,0,0,000,0,0,0\x03\r\n\x02000,0,0,0,1,2,6,0,00000000,1,000\x03\r\n\x021234,0\x03\r\n"


def drawn_by_another(data: bytes) -> Image.Image:
    return ZebrafyZPL(data.decode("ascii")).to_images()[0].convert("1")


def same(left: Image.Image, right: Image.Image) -> bool:
    box = (0, 0, min(left.width, right.width), min(left.height, right.height))
    return ImageChops.logical_xor(left.crop(box), right.crop(box)).getbbox() is None


@pytest.mark.parametrize("layout", [roll_layout(), place_layout()], ids=["roll", "place"])
def test_another_decoder_draws_the_same_dots(layout):
    other = drawn_by_another(encode(layout, PROFILE))
    assert other.height == layout.height_dots
    assert 0 <= other.width - layout.width_dots < 8
    assert same(other, rasterise(layout))


@given(st.integers(1, 70), st.integers(1, 40), st.randoms(use_true_random=False))
def test_any_picture_of_any_size_survives(width, height, chance):
    image = Image.new("1", (width, height))
    image.putdata([chance.choice((0, 255)) for _ in range(width * height)])
    assert same(drawn_by_another(zpl.encode_image(image)), image)


def test_the_bytes_are_as_reviewed(golden):
    image = Image.new("1", (20, 3), 1)
    image.paste(0, (1, 1, 19, 2))
    small = zpl.encode_image(image, copies=2, cutter=True, packings=("z64",))
    head, mark, packed = small.partition(b":Z64:")
    text, check, tail = (
        packed[:-17],
        packed[-17:-12],
        packed[-12:],
    )  # zlibs differ in how they pack, so unpack
    assert check == b":%04X" % binascii.crc_hqx(text, 0)
    rows = zlib.decompress(base64.b64decode(text)).hex().encode()
    golden.check("drivers/small_label.zpl", head + mark + rows + tail)


@pytest.mark.parametrize(
    "hostile", ["^XZ~JA^XA", "\\", "\0\x1b", "~HS", "{LF}", "'; DROP TABLE", "A" * 400, "^FO0,0"]
)
@pytest.mark.fault("P8", "A1")
def test_no_text_can_become_a_command(hostile):
    data = encode(roll_layout(item_name_zh=hostile), PROFILE)
    head, _, tail = data.partition(b":Z64:")
    packed, _, end = tail.rpartition(b"^FS")
    assert re.fullmatch(rb"[A-Za-z0-9+/=]+:[0-9A-F]{4}", packed)
    assert head.count(b"^XA") == 1
    assert end == b"^PQ1^XZ\r\n"


@pytest.mark.parametrize(
    ("profile", "copies", "named"),
    [("zpl_300", 1, "12"), ("zpl_203", 0, "0 copies"), ("zpl_203", 101, "101 copies")],
)
def test_what_the_printer_cannot_print_is_refused(profile, copies, named):
    with pytest.raises(LanguageError, match=named):
        encode(roll_layout(), load_profile(profile), copies)


@pytest.mark.fault("P6")
def test_a_label_wider_than_the_printer_is_refused():
    import msgspec

    narrow = msgspec.structs.replace(PROFILE, width_mm_max=50)
    with pytest.raises(LanguageError, match="wide"):
        encode(roll_layout(), narrow)


def test_a_ready_printers_status_is_ready_and_idle():
    status = zpl.parse_status(READY)
    assert status.is_ready
    assert status.is_idle
    assert status.conditions == ()


@pytest.mark.parametrize(
    ("line", "field", "value", "condition"),
    [
        (0, 1, b"1", Condition.PAPER_OUT),
        (0, 2, b"1", Condition.PAUSED),
        (0, 5, b"1", Condition.BUFFER_FULL),
        (0, 11, b"1", Condition.TOO_HOT),
        (1, 2, b"1", Condition.HEAD_OPEN),
        (1, 3, b"1", Condition.RIBBON_OUT),
    ],
)
def test_each_obstacle_is_read_from_its_own_field(line, field, value, condition):
    lines = READY.split(b"\r\n")
    fields = lines[line].strip(b"\x02\x03").split(b",")
    fields[field] = value
    lines[line] = b"\x02" + b",".join(fields) + b"\x03"
    assert zpl.parse_status(b"\r\n".join(lines)).blocked_by == (condition,)


def test_waiting_formats_and_labels_are_not_idle():
    assert not zpl.parse_status(READY.replace(b"0480,000", b"0480,003")).is_idle
    assert zpl.parse_status(READY.replace(b"00000000", b"00000042")).labels_remaining == 42


@given(st.binary(max_size=200))
def test_noise_is_never_a_status_or_a_counter(noise):
    harmless = noise.replace(b'"', b"").replace(b"\x03", b"")
    with pytest.raises(LanguageError):
        zpl.parse_status(harmless)
    with pytest.raises(LanguageError):
        zpl.parse_counter(harmless)


@given(st.binary(max_size=100), st.integers(0, len(READY) - 1))
def test_a_damaged_status_is_understood_or_refused_but_never_crashes(noise, place):
    damaged = READY[:place] + noise + READY[place:]
    with contextlib.suppress(LanguageError):
        assert isinstance(zpl.parse_status(damaged), PrinterStatus)


def test_the_label_counter_is_read_and_an_unknown_one_refused():
    assert zpl.parse_counter(b'"17"') == 17
    with pytest.raises(LanguageError):
        zpl.parse_counter(b'"?"')
