"""A lay at the cutting table: order, colour, numbers, rolls; then every bundle has its ticket and can be begun."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from domain.barcode import ControlCommand
from domain.barcodes.house import control_code
from domain.events.labels import LabelRequested
from domain.events.production import BundlesCut, LaySpread
from domain.quantity import Quantity
from kiosk.screen import Tone
from kiosk.work.views import LayView, StationView
from tests.sewing import OVERLOCK, SIZES, WANG, cutting_changes, floor_changes, sewn
from tests.terminal import Terminal
from tests.world import badge_code, unit_code

DONE = control_code(ControlCommand.DONE)


@pytest.fixture
def table(tmp_path: Path) -> Iterator[Terminal]:
    made = Terminal(tmp_path, more=cutting_changes())
    yield made
    assert made.unspoken() == []
    made.close()


def lay(table: Terminal) -> LayView:
    shown = table.view
    assert isinstance(shown, LayView)
    return shown


def types_in(table: Terminal, field: str, digits: str) -> None:
    table.touches("tile", field)
    table.types(digits)


@pytest.fixture
def spread(table: Terminal) -> Terminal:
    """A lay of two dye lots, with its order, colour and numbers."""
    table.scans(badge_code(WANG))
    table.touches("lay")
    assert [one.value for one in lay(table).choices] == [SIZES.number]
    table.touches("lay_order", SIZES.number)
    table.touches("lay_colour", "navy")
    types_in(table, "lay_length", "480")
    types_in(table, "bundle_pieces", "20")
    types_in(table, "size.M", "1")
    types_in(table, "size.L", "2")
    table.scans(unit_code("R0001"))
    table.types("15")
    table.scans(unit_code("R0002"))
    table.types("10")
    return table


def test_a_lay_is_told_of_and_every_bundle_has_its_ticket(spread: Terminal) -> None:
    assert [one.pieces for one in lay(spread).sums] == [25, 75, 6]
    assert [(one.title, one.badge) for one in lay(spread).rolls] == [("R0002", "10"), ("R0001", "15")]
    spread.scans(DONE)
    assert (spread.tone, spread.says) == (Tone.STORED, "said.lay_cut")
    [told] = spread.events(LaySpread)
    assert (told.lay, told.order, told.marker) == ("C301Y000001", SIZES.number, "M×1 L×2")
    assert [(one.roll, one.shade, one.plies, one.used) for one in told.rolls] == [
        ("R0001", "D-118", 15, Quantity.of(72, "MTR")),
        ("R0002", "D-119", 10, Quantity.of(48, "MTR")),
    ]
    [cut] = spread.events(BundlesCut)
    assert [(one.size, one.pieces, one.shade, one.plies) for one in cut.bundles[:2]] == [
        ("M", 15, "D-118", (1, 15)),
        ("M", 10, "D-119", (16, 25)),
    ]
    serials = [one.serial for one in cut.bundles]
    assert serials == [f"C30100000{number}" for number in range(1, 7)]
    assert [one.serial for one in spread.events(LabelRequested)] == serials
    assert isinstance(spread.view, StationView)


def test_the_bundles_can_be_begun_here_before_the_hub_has_heard_of_them(spread: Terminal) -> None:
    spread.scans(DONE)
    [cut] = spread.events(BundlesCut)
    progress = spread.store.shop.progress(cut.bundles[0].serial)
    assert progress
    assert progress.left_for(OVERLOCK, None) == 15


def test_more_than_was_ordered_is_asked_about(spread: Terminal) -> None:
    types_in(spread, "size.L", "3")
    spread.touches("lay_cut")
    assert (spread.tone, spread.says) == (Tone.LOOK, "problem.lay_over_ordered")
    assert not spread.events(LaySpread)
    spread.touches("yes")
    assert spread.says == "said.lay_cut"


def test_what_is_not_all_there_is_not_cut(table: Terminal) -> None:
    table.scans(badge_code(WANG))
    table.touches("lay")
    table.scans(unit_code("R0001"))
    assert table.says == "problem.lay_order_first"
    table.touches("lay_order", SIZES.number)
    table.touches("lay_colour", "navy")
    table.scans(DONE)
    assert table.says == "problem.lay_empty"
    table.scans(unit_code("R9999"))
    assert table.says == "problem.unknown_unit"
    assert not table.events(LaySpread)


def test_a_roll_is_taken_off_again_and_a_typing_error_typed_anew(spread: Terminal) -> None:
    spread.scans(unit_code("R0001"))
    spread.types("14")
    assert [(one.title, one.badge) for one in lay(spread).rolls] == [("R0001", "14"), ("R0002", "10")]
    spread.touches("lay_roll", "R0002")
    assert [one.title for one in lay(spread).rolls] == ["R0001"]


def test_only_where_lays_are_cut_is_one_offered(tmp_path: Path) -> None:
    hem = Terminal(tmp_path, more=floor_changes(sewn()))
    hem.scans(badge_code(WANG))
    hem.touches("lay")
    assert isinstance(hem.view, StationView)
    assert "lay" not in [one.action for one in hem.view.tools]
    hem.close()
