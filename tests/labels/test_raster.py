"""Pictures: golden labels, no grey, true size, and every code read back by two makes of reader."""

import io
import re

import pytest
from PIL import Image, ImageChops

from labels.elements.text import Text
from labels.label import Label
from labels.layout import Layout, lay_out
from labels.raster import preview_pdf, preview_png, rasterise
from labels.symbology import symbology
from labels.template import bind, load_template, template_names
from labels.verify import verify
from labels.words import Languages
from tests.conftest import Golden
from tests.labels.readers import raw


def sample(name: str, dots_per_mm: int = 8, languages: Languages = "both", **data: str) -> Layout:
    template = load_template(name)
    return lay_out(bind(template, {**template.samples, **data}, languages), dots_per_mm)


@pytest.mark.parametrize("languages", ["both", "zh-CN", "en"])
@pytest.mark.parametrize("template", template_names())
def test_the_label_looks_as_reviewed(template: str, languages: Languages, golden: Golden):
    name = template if languages == "both" else f"{template}.{languages}"
    golden.check_picture(f"labels/{name}.png", preview_png(sample(template, languages=languages)))


@pytest.mark.parametrize("template", ["bundle_ticket", "carton", "roll"])
def test_at_300_dpi_it_looks_as_reviewed_too(template: str, golden: Golden):
    """Of every template the digests are in `golden/drivers/matrix`; these are looked at."""
    golden.check_picture(f"labels/300dpi/{template}.png", preview_png(sample(template, 12)))


def test_a_picture_has_one_bit_per_dot_and_no_grey():
    image = rasterise(sample("roll"))
    assert image.mode == "1"
    assert image.size == (800, 480)
    assert set(image.convert("L").tobytes()) == {0, 255}


@pytest.mark.parametrize("dots_per_mm", [6, 8, 12, 24])
@pytest.mark.parametrize("name", template_names())
def test_every_code_is_read_back_at_every_resolution(name: str, dots_per_mm: int):
    layout = sample(name, dots_per_mm)
    assert layout.codes
    assert verify(layout) == ()


def cut_out(layout: Layout, wanted: set[str]) -> list[tuple[str, Image.Image]]:
    picture = rasterise(layout).convert("L")
    return [
        (
            code.content,
            picture.crop(
                (code.quiet_area.left, code.quiet_area.top, code.quiet_area.right, code.quiet_area.bottom)
            ),
        )
        for code in layout.codes
        if code.symbology in wanted
    ]


@pytest.mark.needs("zbar")
@pytest.mark.parametrize("dots_per_mm", [8, 12])
@pytest.mark.parametrize("name", template_names())
def test_zbar_agrees_with_the_linear_and_qr_codes_of_every_template(name: str, dots_per_mm: int):
    from pyzbar import pyzbar

    found = cut_out(
        sample(name, dots_per_mm), {"code128", "code128_setup", "gs1_128", "ean13", "itf14", "code39", "qr"}
    )
    assert found
    for content, picture in found:
        [code] = pyzbar.decode(picture)
        assert code.data.lstrip(b"\x1d") == raw(content)


@pytest.mark.needs("dmtx")
@pytest.mark.parametrize("dots_per_mm", [8, 12])
def test_libdmtx_agrees_with_the_matrix_of_the_roll_label(dots_per_mm: int):
    from pylibdmtx import pylibdmtx

    [(content, picture)] = cut_out(sample("roll", dots_per_mm, measures=""), {"gs1_datamatrix"})
    [code] = pylibdmtx.decode(picture, max_count=1, timeout=5000)
    # This reader swallows the FNC1 between the values.
    assert code.data.replace(b"\x1d", b"") == raw(content).replace(b"\x1d", b"")


def test_the_roll_label_names_its_lot_in_both_codes():
    layout = sample("roll", lot="LOT-7")
    assert [code.symbology for code in layout.codes] == ["gs1_datamatrix", "gs1_128"]
    assert all("(10)LOT-7" in code.content for code in layout.codes)


def test_a_lot_in_chinese_is_printed_in_words_while_the_codes_carry_the_rest():
    layout = sample("roll", lot="缸3")
    assert layout.is_printable
    assert verify(layout) == ()
    assert [code.content for code in layout.codes] == [
        "(240)YN-C40-S01(21)ZH0000421K(3102)002540",
        "(21)ZH0000421K",
    ]


def test_a_lot_that_imitates_another_element_does_not_become_one():
    layout = sample("roll", lot="A(21)FALSE")
    assert layout.is_printable
    assert all("FALSE" not in code.content for code in layout.codes)


@pytest.mark.parametrize(
    ("data", "linear"),
    [
        ({"lot": "L7"}, "(240)BTN-18(10)L7"),
        ({"serial": "ZH0000421K"}, "(21)ZH0000421K"),
        ({}, "(240)BTN-18"),
    ],
)
def test_goods_without_lot_or_serial_have_a_label_with_a_linear_code_too(data: dict[str, str], linear: str):
    bound = bind(load_template("roll"), {"item_number": "BTN-18", "quantity": "500", "unit": "个", **data})
    layout = lay_out(bound, 8)
    assert layout.problems == ()
    assert verify(layout) == ()
    assert [code.content for code in layout.codes if code.symbology == "gs1_128"] == [linear]


def test_chinese_text_is_really_inked_and_different_words_differ():
    def ink(words: str, **keys) -> Image.Image:
        element = Text(x_mm=1, y_mm=1, width_mm=48, height_mm=8, size_mm=6, text=words, **keys)
        return rasterise(lay_out(Label(width_mm=50, height_mm=10, elements=(element,)), 8)).convert("L")

    lot, dye, bold = ink("批号"), ink("缸号"), ink("批号", bold=True)
    black = [image.histogram()[0] for image in (lot, dye, bold)]
    assert all(400 < dots < 2304 for dots in black)
    assert black[2] > black[0] * 1.2
    assert ImageChops.difference(lot, dye).getbbox() is not None


def test_white_text_on_a_band_is_there():
    with_lot = rasterise(sample("roll")).convert("L").crop((300, 125, 590, 200))
    assert 2000 < with_lot.histogram()[255] < 12000


def test_black_and_white_swapped_is_noticed():
    for name in template_names():
        layout = sample(name)
        swapped = ImageChops.invert(rasterise(layout).convert("L")).convert("1")
        assert {problem.subject for problem in verify(layout, swapped)} == {
            code.content for code in layout.codes
        }


def test_a_dead_heating_element_through_the_matrix_or_a_smear_beside_a_code_is_noticed():
    layout = sample("place")
    linear = next(code for code in layout.codes if symbology(code.symbology).is_linear)
    smeared = rasterise(layout)
    smeared.paste(
        0, (linear.quiet_area.left, linear.area.top, linear.quiet_area.left + 2, linear.area.bottom)
    )
    assert [problem.code for problem in verify(layout, smeared)] == ["quiet_zone_disturbed"]
    blank = rasterise(layout)
    blank.paste(1, (linear.area.left + 30, 0, linear.area.left + 120, layout.height_dots))
    assert "code_unreadable" in [problem.code for problem in verify(layout, blank)]


def test_the_code_of_another_label_is_noticed():
    layout, other = sample("place"), sample("place", barcode="ZPA0303M")
    [problem, _] = verify(layout, rasterise(other))
    assert problem.code in {"code_unreadable", "quiet_zone_disturbed"}


def test_a_picture_of_another_size_is_an_error():
    with pytest.raises(ValueError, match="dots"):
        verify(sample("place"), Image.new("1", (10, 10), 1))


def test_the_png_has_its_resolution_and_the_pdf_its_true_size():
    layout = sample("roll")
    with Image.open(io.BytesIO(preview_png(layout))) as png:
        assert png.mode == "1"
        assert png.info["dpi"] == pytest.approx((203.2, 203.2), abs=0.1)
    pdf = preview_pdf(layout)
    found = re.search(rb"/MediaBox \[ 0 0 ([\d.]+) ([\d.]+)", pdf)
    assert found is not None
    points_per_mm = 72 / 25.4
    assert (float(found[1]) / points_per_mm, float(found[2]) / points_per_mm) == pytest.approx(
        (100, 60), abs=0.01
    )
    assert pdf == preview_pdf(layout)
