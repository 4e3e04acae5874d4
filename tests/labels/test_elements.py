"""Elements: retail codes with their guards and digits, bearer bars, lines, tables and pictures, to the dot."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from labels.drawing import drawing, import_picture
from labels.elements.barcode import Barcode
from labels.elements.line import Line
from labels.elements.picture import Picture
from labels.elements.table import Column, Row, Table
from labels.label import Element, Label
from labels.layout import Layout, lay_out
from labels.placement import Area, PlacedBox, PlacedPicture, PlacedText
from labels.raster import rasterise
from labels.symbology import SymbologyError, symbology
from labels.verify import verify
from tests.labels.test_drawing import png

EAN = "6901234567892"


def laid_out(*elements: Element, width: float = 100, height: float = 60, dots_per_mm: int = 8) -> Layout:
    return lay_out(Label(width_mm=width, height_mm=height, elements=elements), dots_per_mm)


def barcode(kind: str, content: str, **changed) -> Barcode:
    place = {"x_mm": 2, "y_mm": 2, "width_mm": 90, "height_mm": 40, **changed}
    return Barcode(symbology=kind, content=content, **place)


def boxes(layout: Layout) -> list[Area]:
    return [item.area for item in layout.items if isinstance(item, PlacedBox)]


def texts(layout: Layout) -> list[PlacedText]:
    return [item for item in layout.items if isinstance(item, PlacedText)]


@pytest.mark.parametrize("dots_per_mm", [8, 12, 24])
@pytest.mark.parametrize(
    ("kind", "content", "application"),
    [
        ("ean13", EAN, "retail"),
        ("ean13", EAN, "distribution"),
        ("itf14", "16901234567899", "distribution"),
        ("gs1_128", "(00)340123450000000016", "distribution"),
        ("code39", "PO-4711", "house"),
    ],
)
def test_a_module_keeps_within_what_the_application_allows_on_every_printer(
    kind: str, content: str, application, dots_per_mm: int
):
    for wanted_mm in (0.1, 0.3, 2.0):
        element = barcode(
            kind, content, application=application, module_mm=wanted_mm, module_min_mm=0.1, width_mm=96
        )
        layout = laid_out(element, dots_per_mm=dots_per_mm)
        [code] = layout.codes
        limits = symbology(kind).limits_for(application)
        assert limits.module_mm_min <= code.module_dots / dots_per_mm + 1e-6
        assert code.module_dots / dots_per_mm <= limits.module_mm_max + 1e-6
        assert verify(layout) == ()


def test_a_retail_code_that_would_need_finer_bars_than_a_till_reads_does_not_fit():
    layout = laid_out(barcode("ean13", EAN, application="retail", width_mm=30))
    assert [problem.code for problem in layout.problems] == ["code_does_not_fit"]
    assert (
        layout.problems[0].detail == "needs 42.4 mm, has 30.0 mm"
    )  # three dots a module, for two are too fine


def test_a_code_for_an_application_its_symbology_does_not_know_is_refused():
    with pytest.raises(SymbologyError, match="not for 'retail'"):
        barcode("qr", "A", application="retail").check()


def test_ean_13_has_its_digits_in_three_groups_and_guards_that_reach_between_them():
    layout = laid_out(barcode("ean13", EAN, caption_mm=3, module_mm=0.375))
    [code] = layout.codes
    assert [item.text for item in texts(layout)] == ["6", "901234", "567892"]
    first, left, right = (item.area for item in texts(layout))
    guards = boxes(layout)
    assert len(guards) == 6
    assert all(guard.top == code.area.bottom for guard in guards)
    assert {guard.width for guard in guards} == {code.module_dots}
    assert first.right < code.area.left < left.left < left.right < right.left < right.right < code.area.right
    assert not any(guard.touches(digits) for guard in guards for digits in (first, left, right))
    quiet = code.quiet_area
    assert (code.area.left - quiet.left, quiet.right - code.area.right) == (
        11 * code.module_dots,
        7 * code.module_dots,
    )
    assert layout.problems == ()


def test_itf_14_lies_between_bearer_bars_of_twice_the_narrow_bar():
    layout = laid_out(barcode("itf14", "16901234567899"))
    [code] = layout.codes
    above, below = boxes(layout)
    assert (above.bottom, below.top) == (code.area.top, code.area.bottom)
    assert {above.height, below.height} == {2 * code.module_dots}
    assert layout.problems == ()
    assert verify(layout) == ()


def test_a_line_lies_in_the_middle_of_its_place_and_is_never_thinner_than_a_dot():
    [across] = boxes(laid_out(Line(x_mm=1, y_mm=5, width_mm=50, height_mm=0, line_mm=0.01)))
    assert across == Area(8, 39, 408, 40)
    [down] = boxes(laid_out(Line(x_mm=10, y_mm=1, width_mm=2, height_mm=50, line_mm=0.5)))
    assert down == Area(86, 8, 90, 408)


def test_a_dashed_line_ends_where_its_place_ends():
    dashes = boxes(laid_out(Line(x_mm=0, y_mm=5, width_mm=10, height_mm=0, dash_mm=1.5)))
    assert [(dash.left, dash.right) for dash in dashes] == [(0, 12), (24, 36), (48, 60), (72, 80)]


def table(cells, **changed) -> Table:
    place = {"x_mm": 0, "y_mm": 0, "width_mm": 80, "height_mm": 20, **changed}
    return Table(cells=tuple(map(tuple, cells)), **place)


def test_a_table_gives_each_text_its_cell_and_each_row_one_size():
    layout = laid_out(
        table(
            [["S", "M", "X" * 30], ["2", "3", "5"]],
            columns=(Column(align="center"),),
            rows=(Row(size_mm=4), Row(size_mm=6, bold=True)),
        )
    )
    heads, counts = texts(layout)[:3], texts(layout)[3:]
    assert len({item.size_dots for item in heads}) == 1
    assert heads[0].size_dots < 32
    assert {item.size_dots for item in counts} == {48}
    third = 640 / 3
    assert [int((item.area.left + item.area.right) / 2 // third) for item in heads] == [0, 1, 2]


def test_columns_in_which_nothing_stands_leave_their_room_to_the_others():
    cells = [["S", "", "L", ""], ["2", "", "1", ""]]
    layout = laid_out(table(cells, drop="columns", columns=(Column(align="right"),), padding_mm=0))
    assert [item.text for item in texts(layout)] == ["S", "L", "2", "1"]
    assert [item.area.right for item in texts(layout)] == [320, 640, 320, 640]
    narrow = laid_out(
        table(cells, drop="columns", shares_min=4, columns=(Column(align="right"),), padding_mm=0)
    )
    assert [item.area.right for item in texts(narrow)] == [160, 320, 160, 320]


def test_rows_in_which_nothing_stands_leave_their_room_to_the_others():
    layout = laid_out(table([["a"], [" "], ["b"]], drop="rows", line_mm=0.25))
    assert [item.text for item in texts(layout)] == ["a", "b"]
    assert [area.top for area in boxes(layout)] == [79]
    assert laid_out(table([[""]], drop="rows")).items == ()


def test_a_row_in_white_lies_on_a_band():
    layout = laid_out(table([["head"], ["body"]], rows=(Row(ink="white"), Row())))
    assert boxes(layout) == [Area(0, 0, 640, 80)]
    assert [item.ink for item in texts(layout)] == ["white", "black"]


@settings(max_examples=30)
@given(st.lists(st.lists(st.text(max_size=12), min_size=1, max_size=5), min_size=1, max_size=5))
def test_no_text_of_a_table_leaves_it(cells: list[list[str]]):
    layout = laid_out(table(cells, x_mm=10, y_mm=10, width_mm=60, height_mm=40, drop="columns"))
    place = Area(72, 72, 568, 408)  # a slanted or accented letter may lean out of its em by a millimetre
    assert all(place.contains(item.area) for item in texts(layout))


def picture(source: str, **changed) -> Picture:
    place = {"x_mm": 1, "y_mm": 1, "width_mm": 20, "height_mm": 10, **changed}
    return Picture(picture="x", source=source, **place)


def placed(element: Picture, dots_per_mm: int = 8) -> PlacedPicture:
    [item] = laid_out(element, dots_per_mm=dots_per_mm).items
    assert isinstance(item, PlacedPicture)
    return item


@pytest.mark.parametrize("dots_per_mm", [8, 12])
def test_a_drawing_is_as_large_as_fits_and_keeps_its_shape(dots_per_mm: int):
    item = placed(picture(drawing("command_yes")), dots_per_mm)
    assert (item.area.width, item.area.height) == (10 * dots_per_mm, 10 * dots_per_mm)
    assert (item.area.left, item.area.top) == (6 * dots_per_mm, dots_per_mm)
    assert len(item.dots) == item.area.width * item.area.height
    assert 0.1 < sum(item.dots) / len(item.dots) < 0.5


def test_a_picture_is_aligned_in_its_place():
    source = drawing("command_yes")
    assert placed(picture(source, align="right")).area == Area(88, 8, 168, 88)
    assert placed(picture(source, height_mm=30, valign="bottom")).area == Area(8, 88, 168, 248)


def test_a_grey_is_black_or_white_by_the_threshold_and_a_pattern_when_dithered():
    source = import_picture(png(Image.new("L", (40, 20), 100)))
    assert set(placed(picture(source)).dots) == {1}
    assert set(placed(picture(source, threshold=90)).dots) == {0}
    dithered = placed(picture(source, tone="dither")).dots
    assert 0.5 < sum(dithered) / len(dithered) < 0.7


def test_a_white_picture_is_seen_on_a_band_and_touches_nothing_round_it():
    from labels.elements.box import Box

    source = drawing("command_done")
    band = Box(x_mm=0, y_mm=0, width_mm=30, height_mm=12)
    both = rasterise(laid_out(band, picture(source, ink="white"))).convert("L").crop((0, 0, 240, 96))
    alone = placed(picture(source))
    assert both.histogram()[255] == sum(alone.dots)


def test_a_picture_that_reaches_into_the_white_of_a_code_is_a_problem():
    code = barcode("code128", "ZPA0302K", width_mm=60, height_mm=10)
    layout = laid_out(code, picture(drawing("command_yes"), x_mm=0, y_mm=2, width_mm=30, height_mm=10))
    assert [problem.code for problem in layout.problems] == ["quiet_zone_disturbed"]
    assert layout.problems[0].detail == "picture"
