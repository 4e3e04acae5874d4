"""Layout: whole dots, texts that stay in their place, codes with their white around them, and honest problems."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labels import typeface
from labels.elements.barcode import Barcode
from labels.elements.box import Box
from labels.elements.text import Text
from labels.fit import fit
from labels.label import Element, Label
from labels.layout import Layout, lay_out
from labels.placement import Area, Grid, PlacedText
from labels.symbology import symbology
from labels.template import bind, load_template, template_names
from labels.words import Languages


def laid_out(*elements: Element, dots_per_mm: int = 8) -> Layout:
    return lay_out(Label(width_mm=100, height_mm=60, elements=elements), dots_per_mm)


def text(words: str, **keys) -> Text:
    return Text(
        **{"x_mm": 10, "y_mm": 10, "width_mm": 40, "height_mm": 6, "size_mm": 5, "text": words, **keys}
    )


def barcode(content: str, **keys) -> Barcode:
    place = {"x_mm": 5, "y_mm": 20, "width_mm": 60, "height_mm": 15}
    return Barcode(**{**place, "symbology": "code128", "content": content, **keys})


def codes(layout: Layout) -> list[str]:
    return [problem.code for problem in layout.problems]


def test_edges_that_meet_in_millimetres_meet_in_dots():
    grid = Grid(8)
    for tenths in range(1, 200):
        left, right = grid.area(0, 0, tenths / 10, 1), grid.area(tenths / 10, 0, 3.3, 1)
        assert left.right == right.left


@pytest.mark.parametrize(("dots_per_mm", "size"), [(6, (600, 360)), (8, (800, 480)), (12, (1200, 720))])
def test_the_label_has_its_size_in_the_printers_dots(dots_per_mm: int, size: tuple[int, int]):
    layout = laid_out(dots_per_mm=dots_per_mm)
    assert (layout.width_dots, layout.height_dots, layout.gap_dots) == (*size, 3 * dots_per_mm)


@pytest.mark.parametrize("dots_per_mm", [0, -8, 5, 25, 203])
def test_a_resolution_no_printer_has_is_an_error(dots_per_mm: int):
    with pytest.raises(ValueError, match="dots per mm"):
        laid_out(dots_per_mm=dots_per_mm)


def test_a_label_without_size_is_an_error():
    with pytest.raises(ValueError, match="mm"):
        lay_out(Label(width_mm=0, height_mm=60, elements=()), 8)


def test_a_text_keeps_its_size_when_it_fits_and_shrinks_when_it_does_not():
    [short] = laid_out(text("纱 Yarn")).items
    [long] = laid_out(text("精梳棉纱精梳棉纱精梳棉纱")).items
    assert isinstance(short, PlacedText)
    assert isinstance(long, PlacedText)
    assert short.size_dots == 40
    assert 14 <= long.size_dots < 40
    assert long.text == "精梳棉纱精梳棉纱精梳棉纱"


def test_a_text_too_long_even_when_small_ends_in_an_ellipsis_and_is_reported_in_full():
    layout = laid_out(text("很长的名字" * 20))
    [line] = layout.items
    assert isinstance(line, PlacedText)
    assert line.text.endswith("…")
    assert line.size_dots == 14
    assert layout.overflows == ("很长的名字" * 20,)
    assert layout.is_printable


def test_lines_break_at_words_and_between_chinese_characters_but_never_before_a_comma():
    grid_width = int(typeface.width_dots("Combed cotton", 20)) + 1
    fitted = fit(
        "Combed cotton yarn",
        width_dots=grid_width,
        height_dots=100,
        size_dots=20,
        size_min_dots=20,
        lines_max=2,
    )
    assert fitted.lines == ("Combed cotton", "yarn")
    chinese = fit(
        "一二三四，五六", width_dots=81, height_dots=100, size_dots=20, size_min_dots=20, lines_max=2
    )
    assert chinese.lines == ("一二三", "四，五六")


def test_a_word_longer_than_the_line_is_broken_rather_than_lost():
    fitted = fit("X" * 30, width_dots=200, height_dots=100, size_dots=20, size_min_dots=20, lines_max=3)
    assert "".join(fitted.lines) == "X" * 30


@pytest.mark.parametrize("align", ["left", "center", "right"])
@pytest.mark.parametrize("valign", ["top", "middle", "bottom"])
def test_text_lies_where_it_is_aligned(align: str, valign: str):
    place = Area(80, 80, 400, 240)
    [line] = laid_out(text("国H", height_mm=20, align=align, valign=valign)).items
    assert place.contains(line.area)
    spare_left, spare_right = line.area.left - place.left, place.right - line.area.right
    spare_top, spare_bottom = line.area.top - place.top, place.bottom - line.area.bottom
    assert {"left": spare_left == 0, "center": abs(spare_left - spare_right) <= 1, "right": spare_right == 0}[
        align
    ]
    assert {
        "top": spare_top < spare_bottom,
        "middle": abs(spare_top - spare_bottom) <= 4,
        "bottom": spare_bottom < spare_top,
    }[valign]


def test_missing_characters_are_drawn_as_hatched_boxes_and_reported():
    layout = laid_out(text("纱🧶 🐑"))
    [line] = layout.items
    assert isinstance(line, PlacedText)
    assert line.text == "纱▨ ▨"
    assert layout.missing_characters == "🧶🐑"


def test_bars_are_whole_dots_as_wide_as_fits_with_ten_modules_of_white():
    [code] = laid_out(barcode("ZPA0302K", module_mm=1)).codes
    assert code.modules.width + 20 <= 480 / code.module_dots
    assert code.modules.width + 20 > 480 / (code.module_dots + 1)
    assert code.area.width == code.modules.width * code.module_dots
    assert (
        code.area.left - code.quiet_area.left
        == 10 * code.module_dots
        == code.quiet_area.right - code.area.right
    )
    assert Area(40, 160, 520, 280).contains(code.quiet_area)


def test_a_matrix_code_has_white_on_all_sides():
    [code] = laid_out(barcode("ZPA0302K", symbology="qr")).codes
    quiet = 4 * code.module_dots
    area = code.area
    assert code.quiet_area == Area(
        area.left - quiet, area.top - quiet, area.right + quiet, area.bottom + quiet
    )


def test_a_code_that_does_not_fit_makes_way_for_the_shorter_one():
    layout = laid_out(barcode("X" * 60, shorter=("Y" * 55, "Z1")))
    assert [code.content for code in layout.codes] == ["Z1"]
    assert codes(layout) == ["code_shortened"]
    assert layout.is_printable


def test_a_code_that_cannot_be_carried_makes_way_for_the_next():
    layout = laid_out(barcode("(10)缸3(21)7", symbology="gs1_128", shorter=("(21)7",)))
    assert [code.content for code in layout.codes] == ["(21)7"]
    assert layout.problems[0].detail == "(21)7"


def test_without_a_code_that_fits_the_label_is_not_printable():
    layout = laid_out(barcode("X" * 60, shorter=("缸",)))
    assert not layout.codes
    assert codes(layout) == ["code_does_not_fit", "code_not_encodable"]
    assert "has 60.0 mm" in layout.problems[0].detail
    assert not layout.is_printable


def test_bars_too_low_to_be_hit_are_a_problem():
    assert codes(laid_out(barcode("A1", height_mm=4))) == ["code_does_not_fit"]


def test_ink_in_a_quiet_zone_is_a_problem():
    code = barcode("X" * 14)
    [placed] = laid_out(code).codes
    edge_mm = placed.quiet_area.left / 8

    def line(x_mm: float) -> Box:
        return Box(x_mm=x_mm, y_mm=10, width_mm=1, height_mm=40)

    assert laid_out(code, line(edge_mm - 1)).is_printable
    layout = laid_out(code, line(edge_mm - 0.8))
    assert codes(layout) == ["quiet_zone_disturbed"]
    assert not layout.is_printable
    assert codes(laid_out(code, text("X", x_mm=edge_mm, y_mm=22))) == ["quiet_zone_disturbed"]


def test_a_frame_around_a_code_does_not_disturb_it_but_its_line_may():
    def frame(line_mm: float) -> Box:
        return Box(x_mm=2, y_mm=17, width_mm=66, height_mm=21, line_mm=line_mm)

    assert laid_out(barcode("A1"), frame(0.5)).is_printable
    tight = barcode("X" * 14)
    [code] = laid_out(tight).codes
    line_mm = (code.quiet_area.left - 16) / 8 + 0.5
    assert codes(laid_out(tight, frame(line_mm))) == ["quiet_zone_disturbed"]


def test_what_reaches_over_the_edge_is_a_problem():
    layout = laid_out(Box(x_mm=95, y_mm=0, width_mm=6, height_mm=1), text("X", x_mm=-1))
    assert codes(layout) == ["outside_label", "outside_label"]
    assert not layout.is_printable


def test_a_thin_line_is_never_less_than_a_dot():
    [line] = laid_out(Box(x_mm=1, y_mm=1, width_mm=50, height_mm=0.01)).items
    assert line.area.height == 1


HOSTILE = [
    "^XZ~JA",
    "\\",
    "\x00",
    "4" * 4000,
    "长" * 4000,
    "{lot}",
    "(01)",
    "\u202e🧶\ud800",
    " " * 30 + "x",
    "ÅÇĝjy" * 9,
]


@pytest.mark.parametrize("hostile", HOSTILE, ids=ascii)
@pytest.mark.parametrize("name", template_names())
def test_hostile_texts_stay_on_the_label(name: str, hostile: str):
    template = load_template(name)
    data = {
        field.name: hostile if field.kind in {"text", "words"} and not field.choices else field.sample
        for field in template.fields
    }
    layout = lay_out(bind(template, data), 8)
    assert "outside_label" not in codes(layout)
    assert "quiet_zone_disturbed" not in codes(layout)


@settings(max_examples=40)
@given(st.data())
def test_any_text_lays_out_without_leaving_its_place(data: st.DataObject):
    words = data.draw(st.text(st.characters(codec="utf-8"), min_size=1, max_size=80))
    element = text(
        words,
        lines_max=data.draw(st.integers(1, 3)),
        height_mm=data.draw(st.integers(3, 15)),
        bold=data.draw(st.booleans()),
        align=data.draw(st.sampled_from(["left", "center", "right"])),
    )
    place = Area(80, 80, 400, 80 + round(element.height_mm * 8))
    overhang = 8  # a slanted or accented letter may lean out of its em by a millimetre
    wide = Area(place.left - overhang, place.top - overhang, place.right + overhang, place.bottom + overhang)
    for line in laid_out(element).items:
        assert isinstance(line, PlacedText)
        assert wide.contains(line.area)


@pytest.mark.parametrize("languages", ["both", "zh-CN", "en"])
@pytest.mark.parametrize("dots_per_mm", [8, 12])
@pytest.mark.parametrize("name", template_names())
def test_every_template_lays_out_from_its_samples_and_has_a_linear_code(
    name: str, dots_per_mm: int, languages: Languages
):
    template = load_template(name)
    layout = lay_out(bind(template, template.samples, languages), dots_per_mm)
    assert layout.problems == ()
    assert any(symbology(code.symbology).is_linear for code in layout.codes)
