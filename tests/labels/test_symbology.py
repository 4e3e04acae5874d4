"""Symbologies: two independent readers agree on what was encoded; what cannot be carried is refused."""

from itertools import groupby

import pytest
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from labels.symbologies.code128_setup import set_up_code
from labels.symbology import CONTENT_CHARS_MAX, SymbologyError, encode, symbologies, symbology

SAMPLES = {
    "code128": "ZPA0302K",
    "code128_setup": "~VSUFCR.",
    "gs1_128": "(10)DL-261122-07(21)ZH0000421K",
    "qr": "ZPA0302K",
    "datamatrix": "ZPA0302K",
    "gs1_datamatrix": "(240)YN-C40-S01(10)DL-261122-07(21)ZH0000421K(3102)002540",
    "ean13": "6901234567892",
    "itf14": "16901234567899",
    "code39": "PO-4711 $/+%.",
}
# What a reader of raw bytes hands over: FNC1 between values becomes GS (ASCII 29), in front it is dropped.
RAW_BYTES = {
    "code128": b"ZPA0302K",
    "gs1_128": b"10DL-261122-07\x1d21ZH0000421K",
    "qr": b"ZPA0302K",
    "datamatrix": b"ZPA0302K",
    "gs1_datamatrix": b"240YN-C40-S01\x1d10DL-261122-07\x1d21ZH0000421K\x1d3102002540",
    "ean13": b"6901234567892",
    "itf14": b"16901234567899",
    "code39": b"PO-4711 $/+%.",
}


def picture(name: str, content: str, module_dots: int = 4, bar_dots: int = 60) -> Image.Image:
    """The code alone on white paper."""
    kind, modules = symbology(name), encode(name, content)
    quiet = max(kind.quiet_sides) * module_dots
    light = bytes(0 if dark else 255 for dark in modules.dark)
    image = Image.frombytes("L", (modules.width, modules.height), light)
    height = bar_dots if kind.is_linear else modules.height * module_dots
    size = (modules.width * module_dots, height)
    paper = Image.new("L", (size[0] + 2 * quiet, size[1] + 2 * quiet), 255)
    paper.paste(image.resize(size, Image.Resampling.NEAREST), (quiet, quiet))
    return paper


def zxing_reads(image: Image.Image, *, hri: bool) -> list[tuple[str, str]]:
    mode = zxingcpp.TextMode.HRI if hri else zxingcpp.TextMode.Plain
    return [(code.symbology_identifier, code.text) for code in zxingcpp.read_barcodes(image, text_mode=mode)]


def test_every_symbology_of_the_folder_has_a_sample_here():
    assert set(symbologies()) == set(SAMPLES)
    assert all(kind.name == name for name, kind in symbologies().items())


@pytest.mark.parametrize("name", SAMPLES)
def test_zxing_reads_the_content_and_the_symbology_identifier(name: str):
    image = picture(name, SAMPLES[name])
    assert zxing_reads(image, hri=name.startswith("gs1_")) == [(symbology(name).identifier, SAMPLES[name])]


@pytest.mark.needs("zbar")
@pytest.mark.parametrize("name", ["code128", "gs1_128", "qr", "ean13", "itf14", "code39"])
def test_zbar_reads_the_same(name: str):
    from pyzbar import pyzbar

    [found] = pyzbar.decode(picture(name, SAMPLES[name]))
    assert found.data.lstrip(b"\x1d") == RAW_BYTES[name]


@pytest.mark.needs("dmtx")
@pytest.mark.parametrize("name", ["datamatrix", "gs1_datamatrix"])
def test_libdmtx_reads_the_same(name: str):
    from pylibdmtx import pylibdmtx

    [found] = pylibdmtx.decode(picture(name, SAMPLES[name]), max_count=1, timeout=5000)
    # This reader swallows FNC1, so it cannot tell where a value ends; the property below asks the other one.
    assert found.data.replace(b"\x1d", b"") == RAW_BYTES[name].replace(b"\x1d", b"")


@pytest.mark.parametrize("name", ["qr", "datamatrix"])
def test_matrix_codes_carry_chinese(name: str):
    content = "批号 缸3 ①"
    assert zxing_reads(picture(name, content), hri=False) == [(symbology(name).identifier, content)]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("code128", ""),
        ("code128", "缸3"),
        ("code128", "A\x00B"),
        ("code128", "é"),
        ("code128", "X" * 200),
        ("qr", "A\x1dB"),
        ("qr", "X" * (CONTENT_CHARS_MAX + 1)),
        ("datamatrix", "A\nB"),
        ("gs1_128", "plain"),
        ("gs1_128", "(10)"),
        ("gs1_128", "(10"),
        ("gs1_128", "(10)A B"),
        ("gs1_128", "(10)缸3"),
        ("gs1_128", "(10)A^B"),
        ("gs1_128", "(10)A\\(21\\)B"),
        ("gs1_128", "(10)" + "A" * 21),
        ("gs1_128", "(999)A"),
        ("gs1_datamatrix", "(3102)25.40"),
        ("ean13", "690123456789"),
        ("ean13", "69012345678921"),
        ("ean13", "6901234567893"),
        ("ean13", "６９０１２３４５６７８９２"),
        ("itf14", "6901234567892"),
        ("itf14", "16901234567890"),
        ("code39", "abc"),
        ("code39", "A*B"),
        ("code39", "缸3"),
    ],
)
def test_a_content_the_symbology_cannot_carry_is_refused(name: str, content: str):
    with pytest.raises(SymbologyError, match=name):
        encode(name, content)


def test_an_unknown_symbology_is_named_with_the_nearest_one():
    with pytest.raises(SymbologyError, match="did you mean 'code128'"):
        encode("code_128", "A")


def test_a_wrong_check_digit_is_refused_with_the_right_one():
    with pytest.raises(SymbologyError, match="should be 2"):
        encode("ean13", "6901234567893")


@given(st.integers(0, 10**12 - 1))
def test_the_check_digit_we_ask_for_is_the_one_another_reader_computes(number: int):
    digits = f"{number:012}"
    accepted = [
        f"{digits}{last}" for last in range(10) if symbology("ean13").refusal(f"{digits}{last}") is None
    ]
    [content] = accepted
    assert zxing_reads(picture("ean13", content, 2), hri=False) == [("]E0", content)]


@pytest.mark.parametrize(("name", "content"), [("code39", "A1"), ("itf14", "16901234567899")])
def test_wide_bars_are_three_narrow_ones(name: str, content: str):
    runs = {len(list(run)) for _, run in groupby(encode(name, content).dark)}
    assert runs == {1, 3}


def test_every_symbology_is_for_our_own_scanners_and_says_what_else_it_is_for():
    assert all("house" in kind.limits for kind in symbologies().values())
    assert symbology("ean13").limits_for("retail").module_mm_min == pytest.approx(0.264)
    with pytest.raises(SymbologyError, match="code39 is not for 'retail': it is for house"):
        symbology("code39").limits_for("retail")


@given(st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), min_size=1, max_size=40))
def test_code_128_says_any_printable_ascii_exactly(content: str):
    assert zxing_reads(picture("code128", content, 2), hri=False) == [("]C0", content)]


@given(
    st.from_regex(r"[!\"%&'*+,\-./0-9:;<=>?A-Z_a-z]{1,20}", fullmatch=True),
    st.from_regex(r"[!\"%&'*+,\-./0-9:;<=>?A-Z_a-z]{1,20}", fullmatch=True),
)
def test_gs1_datamatrix_keeps_lot_and_serial_apart(lot: str, serial: str):
    content = f"(10){lot}(21){serial}"
    assert zxing_reads(picture("gs1_datamatrix", content), hri=True) == [("]d2", content)]


@given(st.text(max_size=60))
def test_no_content_does_anything_but_encode_or_be_refused(content: str):
    for name in symbologies():
        try:
            modules = encode(name, content)
        except SymbologyError:
            continue
        assert len(modules.dark) == modules.width * modules.height


def test_our_own_code_128_is_drawn_as_the_other_encoder_draws_it():
    """All that text in code set B can reach; the start is B in both where the text has small letters and no digits."""
    text = "".join(chr(number) for number in range(32, 127) if not chr(number).isdigit())
    own, other = set_up_code(text), encode("code128", text)
    function_and_check = 2 * 11  # FNC3 stands behind the text in ours; the check character differs with it
    stop = 13
    assert own.dark[: -(stop + function_and_check)] == other.dark[: -(stop + 11)]
    assert own.dark[-stop:] == other.dark[-stop:]


@pytest.mark.parametrize("content", ["~VSUFCR.", "A", "0123456789", "~" * 40])
def test_a_set_up_code_reads_as_its_text_and_says_that_it_is_no_data(content: str):
    [found] = zxingcpp.read_barcodes(picture("code128_setup", content))
    assert (found.text, found.extra) == (content, {"ReaderInit": True})
