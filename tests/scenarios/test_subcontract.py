"""A roll goes to the dyer and comes back under a new label: what was sent is received, scrap, lost or outstanding."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from domain.barcode import ControlCommand
from domain.barcodes.house import control_code
from domain.events.documents import GoodsDerived, PlanLeft
from domain.events.labels import LabelRequested
from domain.plan import PlanRef
from kiosk.screen import ApprovalView, HomeView, Tone
from tests.floor import Floor, FloorKiosk, document_code
from tests.stock import STOCK
from tests.world import COTTON, KEEPER, LEADER, badge_code, place_code, unit_code

DONE, UNDO = control_code(ControlCommand.DONE), control_code(ControlCommand.UNDO)
RACK, OTHER_RACK, DYER, SCRAP = "RM-A-01", "RM-A-02", "D-DYER", "SCRAP"
DYED = "(240)F-2041(10)D-118(3103){:06d}(3110)000010"
SENT = Decimal("21.4")


@pytest.fixture
def floor(tmp_path: Path) -> Iterator[Floor]:
    made = Floor(tmp_path, stock=STOCK)
    yield made
    assert [one for kiosk in made.kiosks for one in kiosk.unspoken()] == []
    made.close()


@pytest.fixture
def store(floor: Floor) -> FloorKiosk:
    """The store's kiosk; the hub is away, and the roll is sent to be washed, on its card."""
    made = floor.kiosk("K1", "WF", "WS")
    floor.is_away = True
    made.scans(badge_code(KEEPER))
    made.touches("open_document", "WF")
    made.scans(place_code(DYER))
    made.picks("task", "operation")
    made.enters("operation", "WASHING")
    made.enters("card", "CARD7")
    made.scans(unit_code("R0001"))
    assert made.tone is Tone.STORED
    return made


def outstanding(store: FloorKiosk, sent: str) -> Decimal:
    """What is still with the dyer, as the kiosk has it."""
    return SENT - store.store.facts.plan_done(PlanRef(number=sent, line=1), "KGM").value


def settles(store: FloorKiosk, grams: int, result: str = "", grade: str = "", place: str = "") -> None:
    if result:
        store.picks("result", result)
    if grade:
        store.picks("grade", grade)
    store.scans(DYED.format(grams), *([place_code(place)] if place else []))


def test_a_roll_is_sent_as_its_goods_and_leaves_what_has_to_come_back(
    floor: Floor, store: FloorKiosk
) -> None:
    assert (store.at(RACK, COTTON.id), store.at(DYER)) == (Decimal(0), SENT)
    store.scans(UNDO)
    assert (store.at(RACK, COTTON.id), store.at(DYER)) == (SENT, Decimal(0))
    store.scans(unit_code("R0001"), DONE)
    [left] = store.events(PlanLeft)
    [line] = left.plan.lines
    assert (left.plan.kind, line.lot, line.handling_unit, line.place) == ("subcontract", "D-118", "", DYER)
    floor.syncs()
    assert floor.held(DYER, COTTON.id) == SENT
    assert store.takes_back(store.number(), LEADER) == "said.document_unapproved"
    floor.syncs()
    assert (floor.held(RACK, COTTON.id), floor.held(DYER)) == (SENT, Decimal(0))


def test_sent_is_good_seconds_scrap_loss_and_outstanding(floor: Floor, store: FloorKiosk) -> None:
    store.scans(DONE)
    sent = store.number()
    store.scans(document_code(sent))
    settles(store, 15_000, place=OTHER_RACK)
    assert store.tone is Tone.STORED
    settles(store, 2_000, grade="second", place=OTHER_RACK)
    settles(store, 1_000, "scrap")
    settles(store, 300, "loss")
    assert outstanding(store, sent) == SENT - Decimal("18.3")
    settles(store, 9_000, place=OTHER_RACK)
    assert (store.tone, store.says) == (Tone.REFUSED, "problem.over_ceiling"), "so much was never sent"
    store.touches("clear_line")
    store.scans(DONE)
    assert store.shows(HomeView)
    labels = store.events(LabelRequested)
    assert len({one.serial for one in labels if one.serial}) == 2, "what came back has new labels"
    floor.syncs()
    assert floor.held(OTHER_RACK) == Decimal(17)
    assert floor.held(SCRAP) == Decimal(1)
    assert floor.held(DYER) == outstanding(store, sent) == Decimal("3.1")
    children = {goods.grade for one in store.events(GoodsDerived)[-1].derivations for goods in one.children}
    assert children == {"", "second"}
    assert store.takes_back(sent, LEADER) == "problem.built_upon"
    assert store.takes_back(store.number(), LEADER) == "said.document_unapproved"
    floor.syncs()
    assert (floor.held(DYER), floor.held(OTHER_RACK), floor.held(SCRAP)) == (SENT, Decimal(0), Decimal(0))
    assert outstanding(store, sent) == SENT


@pytest.mark.parametrize(("result", "asked"), [("loss", ["large_loss"]), ("concession", [])])
def test_a_large_loss_and_a_concession_wait_for_an_approval(
    result: str, asked: list[str], floor: Floor, store: FloorKiosk
) -> None:
    store.scans(DONE)
    store.scans(document_code(store.number()))
    settles(store, 18_000, place=OTHER_RACK)
    settles(store, 2_000, result, place=OTHER_RACK if result == "concession" else "")
    store.scans(DONE)
    assert store.asked() == asked
    if asked:
        store.touches("yes")
    assert store.shows(ApprovalView)
    floor.syncs()
    assert floor.held(OTHER_RACK) == Decimal(0)
    floor.is_away = True
    store.scans(badge_code(LEADER))
    floor.syncs()
    assert floor.held(OTHER_RACK) == (Decimal(18) if asked else Decimal(20))
    assert floor.held(DYER) == Decimal("1.4")
