"""The book is put right: less yarn after weighing again, a box of buttons more; the hub is away."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from domain.barcode import ControlCommand
from domain.barcodes.house import control_code
from domain.override import FieldOverride, TypeOverride
from domain.place import PlaceRole
from kiosk.screen import ApprovalView, HomeView, Tone
from tests.floor import Floor, FloorKiosk
from tests.stock import STOCK
from tests.world import BUTTON, KEEPER, LEADER, YARN, badge_code, place_code, unit_code

DONE, UNDO = control_code(ControlCommand.DONE), control_code(ControlCommand.UNDO)
RACK, BOX = "RM-A-01", "14006381333938"


def begins(floor: Floor) -> FloorKiosk:
    made = floor.kiosk("K1", "TZ")
    floor.is_away = True
    made.scans(badge_code(KEEPER))
    made.touches("open_document", "TZ")
    return made


def less_yarn(kiosk: FloorKiosk, grams: int = 2_000, place: str = RACK) -> None:
    kiosk.picks("side", "less")
    kiosk.scans(f"(240)Y-3201(10)L7(3103){grams:06d}", place_code(place))
    kiosk.picks("reason", "weighed_again")


@pytest.fixture
def floor(tmp_path: Path) -> Iterator[Floor]:
    made = Floor(tmp_path, stock=STOCK)
    yield made
    assert [one for kiosk in made.kiosks for one in kiosk.unspoken()] == []
    made.close()


def test_nothing_moves_before_somebody_else_approved_and_all_of_it_can_be_taken_back(floor: Floor) -> None:
    store = begins(floor)
    less_yarn(store)
    store.picks("side", "more")
    store.scans(BOX)
    assert store.tone is Tone.STORED
    store.scans(BOX, UNDO, BOX, DONE)
    view = store.view
    assert isinstance(view, ApprovalView)
    assert [row.difference[0] for row in view.proposed] == ["−", "+", "+"]
    floor.syncs()
    assert (floor.held(RACK, YARN.id), floor.held(RACK, BUTTON.id)) == (Decimal(50), Decimal(288))
    floor.is_away = True
    store.scans(badge_code(KEEPER))
    assert store.says == "problem.no_right", "who wrote it does not approve it"
    store.touches("tick", "2")
    store.scans(badge_code(LEADER))
    assert store.shows(HomeView)
    floor.syncs()
    assert (floor.held(RACK, YARN.id), floor.held(RACK, BUTTON.id)) == (Decimal(48), Decimal(432))
    assert floor.held("ADJUST", YARN.id) == Decimal(2)
    assert store.takes_back(store.number(), LEADER) == "said.document_unapproved"
    floor.syncs()
    assert (floor.held(RACK, YARN.id), floor.held(RACK, BUTTON.id)) == (Decimal(50), Decimal(288))
    assert floor.held("ADJUST") == Decimal(0)


def test_more_than_the_book_has_is_asked_about_and_earlier_lines_count(floor: Floor) -> None:
    store = begins(floor)
    less_yarn(store, 30_000)
    assert store.tone is Tone.STORED
    store.scans("(240)Y-3201(10)L7(3100)000030")
    assert store.asked() == ["more_than_on_hand"]
    [problem] = store.screen.question.problems if store.screen.question else []
    assert str(problem.parameters["known"]) == "20 KGM"


def test_the_line_side_and_the_road_are_never_adjusted_whatever_a_factory_writes(tmp_path: Path) -> None:
    anywhere = TypeOverride(
        fields={"place": FieldOverride(roles=(PlaceRole.STORAGE, PlaceRole.LINE_SIDE, PlaceRole.IN_TRANSIT))}
    )
    floor = Floor(tmp_path, stock=STOCK, overrides={"TZ": anywhere})
    store = begins(floor)
    for place in ("LINE-1", "TRANSIT"):
        less_yarn(store, place=place)
        assert (store.tone, store.says) == (Tone.REFUSED, "problem.not_adjusted_here")
        store.touches("clear_line")
    floor.close()


def test_as_declared_only_places_of_storage_fit(floor: Floor) -> None:
    store = begins(floor)
    store.picks("side", "less")
    store.scans(unit_code("R0001"), place_code("LINE-1"))
    assert (store.tone, store.says) == (Tone.REFUSED, "problem.place_not_fitting")
