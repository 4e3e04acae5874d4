"""What programs of others make of our print data, and what our emulator makes of theirs."""

import io
import os
from importlib import import_module
from types import SimpleNamespace

import pytest
from PIL import Image

from drivers.emulator.stream import Format, Stream, open_stream
from drivers.language import Condition, open_language
from drivers.print_data import encode
from drivers.profile import load_profile, profile_names
from labels.raster import rasterise
from labels.template import template_names
from tests.drivers.label_data import KINDS, filled
from tests.drivers.pictures import same_dots
from tests.labels.readers import contents_read_by_others, contents_wanted
from tests.peers import Sheet, draw_zpl, write_receipt

RECEIPT = """{border:line; width:* 10 10}
^^^SHIFT SLIP
Wang | Line 3 | 128
-
{code:WO-26-0715; option:code128,2,72,hri}
{code:https://example.org/o/715; option:qrcode,5,m}
"""
RESOLUTIONS = {8: "203", 12: "300"} if os.environ.get("NOAC_MATRIX") == "full" else {8: "203"}


@pytest.mark.needs("npm-peers", "zbar", "dmtx")
@pytest.mark.parametrize("dots_per_mm", RESOLUTIONS)
@pytest.mark.parametrize("family", ["zpl", "zebra_link_os"])
def test_another_renderer_draws_the_same_dots_of_every_label_in_zpl(family: str, dots_per_mm: int):
    profile = load_profile(f"{family}_{RESOLUTIONS[dots_per_mm]}")
    kinds = KINDS if family == "zpl" else ("hostile",)
    layouts = [filled(name, kind, dots_per_mm).layout for name in template_names() for kind in kinds]
    sheets = [
        Sheet(
            encode(each, profile), each.width_dots / dots_per_mm, each.height_dots / dots_per_mm, dots_per_mm
        )
        for each in layouts
    ]
    pictures = draw_zpl(sheets)
    assert len(pictures) == len(layouts) >= len(template_names())
    for layout, picture in zip(layouts, pictures, strict=True):
        assert same_dots(picture, rasterise(layout))
        assert contents_read_by_others(layout, picture) == contents_wanted(layout)


def emupos_printer():
    """A printer of the program `emupos` for the widest paper; it has fonts, which our slips do not use."""
    profile = SimpleNamespace(
        name="112 mm",
        dpi=203,
        width_dots=832,
        font_a=SimpleNamespace(width=12, height=24),
        font_b=SimpleNamespace(width=9, height=17),
        code_pages={0: "PC437"},
        default_code_page=0,
        drawer_sensor_open_level="high",
        printer_id=None,
        serial=None,
    )
    printer = import_module("emupos.printer.printer").Printer(
        "peer", profile, sensor_open_level="high", job_idle_timeout_ms=1_000
    )
    printer.open_connection("kiosk", 0.0)
    return printer


@pytest.mark.needs("emupos")
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("template", template_names())
def test_another_printer_draws_the_same_dots_of_every_slip_in_escpos(template: str, kind: str):
    layout = filled(template, kind).layout
    done = emupos_printer().receive("kiosk", encode(layout, load_profile("escpos_112")), 0.0)
    (receipt,) = done.receipts
    assert same_dots(Image.open(io.BytesIO(receipt.png)).convert("1"), rasterise(layout))
    assert not done.writes
    assert not done.events


@pytest.mark.needs("emupos")
@pytest.mark.parametrize(
    ("fault", "conditions"),
    [
        (None, ()),
        ("paper-near-end", (Condition.NEAR_END,)),
        ("paper-out", (Condition.PAPER_OUT,)),
        ("cover-open", (Condition.HEAD_OPEN,)),
        ("offline", (Condition.OFFLINE,)),
    ],
)
def test_another_printers_answers_are_understood(fault: str | None, conditions: tuple[Condition, ...]):
    status = open_language("escpos").LONG_STATUS
    assert status is not None
    printer = emupos_printer()
    if fault is not None:
        printer.set_fault(import_module("emupos.printer.printer").PrinterFault(fault), True, 0.0)
    answer = b"".join(write.data for write in printer.receive("kiosk", status.query, 0.0).writes)
    assert status.is_complete(answer)
    assert status.parse(answer).conditions == conditions


def printed(data: bytes) -> tuple[list[Image.Image], Stream]:
    stream = open_stream("escpos")
    return [item.image for item in stream.feed(data) if isinstance(item, Format)], stream


def codes_in(picture: Image.Image) -> set[bytes]:
    from pyzbar import pyzbar

    framed = Image.new("L", (picture.width + 80, picture.height + 80), 255)
    framed.paste(picture.convert("L"), (40, 40))
    return {found.data for found in pyzbar.decode(framed)}


@pytest.mark.needs("npm-peers", "zbar")
@pytest.mark.parametrize("command", ["escpos", "epson", "generic"])
def test_a_receipt_that_another_program_wrote_comes_out_with_its_codes(command: str):
    (slip,), stream = printed(
        write_receipt(RECEIPT, cpl=48, encoding="cp437", upsideDown=False, cutting=True, command=command)
    )
    assert {b"WO-26-0715", b"https://example.org/o/715"} <= codes_in(slip)
    assert slip.convert("L").histogram()[0] > 5_000
    assert not stream.unknown


@pytest.mark.parametrize("implementation", ["bitImageRaster", "graphics"])
def test_a_picture_that_another_program_wrote_comes_out_dot_for_dot(implementation: str):
    from escpos.printer import Dummy

    picture = rasterise(filled("pay_slip", "chinese").layout)
    printer = Dummy(profile="TM-T20II")
    printer.image(picture, impl=implementation)
    printer.cut()
    (slip,), stream = printed(printer.output)
    assert same_dots(slip, picture)
    assert not stream.unknown


@pytest.mark.needs("zbar")
def test_text_and_codes_that_another_program_wrote_come_out():
    from escpos.printer import Dummy

    printer = Dummy(profile="TM-T20II")
    printer.set(align="center", bold=True, double_height=True, double_width=True)
    printer.text("SHIFT SLIP\n")
    printer.set(align="left", bold=False, normal_textsize=True)
    printer.text("Wang  Line 3  128\n")
    printer.barcode("{BWO-26-0715", "CODE128", height=80, width=2, function_type="B")
    printer.barcode("4006381333931", "EAN13", height=80, width=3, pos="OFF", function_type="B")
    printer.qr("https://example.org/o/715", size=6, native=True)
    printer.cut()
    (slip,), stream = printed(printer.output)
    assert {b"WO-26-0715", b"4006381333931", b"https://example.org/o/715"} <= codes_in(slip)
    assert not stream.unknown


def test_our_widths_are_those_another_program_knows_of_the_same_paper():
    from escpos.capabilities import get_profile

    for ours, theirs in (("escpos_80", "TM-T20II"), ("escpos_58", "POS-5890")):
        known = get_profile(theirs).profile_data["media"]["width"]["pixels"]
        profile = load_profile(ours)
        assert ours in profile_names()
        assert profile.width_mm_max * profile.dots_per_mm == known
