"""Yarn and fabric for a work order: issued, returned, above the quota, taken back; the hub is away while it happens."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from domain.barcode import ControlCommand
from domain.barcodes.house import control_code
from domain.events.documents import LineReversed, PlanLeft
from domain.events.labels import LabelRequested
from kiosk.screen import ApprovalView, HomeView, Tone
from tests.fillings.ll import REQUISITION
from tests.floor import Floor, FloorKiosk, document_code
from tests.stock import STOCK
from tests.world import COTTON, KEEPER, LEADER, YARN, badge_code, order_code, place_code, unit_code

DONE, UNDO = control_code(ControlCommand.DONE), control_code(ControlCommand.UNDO)
RACK, LINE, BAD = "RM-A-01", "LINE-1", "RM-Q"


@pytest.fixture
def floor(tmp_path: Path) -> Iterator[Floor]:
    made = Floor(tmp_path, stock=STOCK, plans=[REQUISITION])
    yield made
    assert [one for kiosk in made.kiosks for one in kiosk.unspoken()] == []
    made.close()


@pytest.fixture
def store(floor: Floor) -> FloorKiosk:
    """The kiosk of the warehouse, its keeper signed on and the hub away."""
    made = floor.kiosk("K1", "LL", "TL")
    floor.is_away = True
    assert made.syncs().state == "offline"
    made.scans(badge_code(KEEPER))
    return made


def yarn(grams: int, lot: str = "L7") -> str:
    return f"(240)Y-3201(10){lot}(3103){grams:06d}"


def test_goods_are_issued_within_the_quota_and_what_is_left_over_comes_back(
    floor: Floor, store: FloorKiosk
) -> None:
    store.scans(order_code(REQUISITION), place_code(RACK), yarn(30_000))
    assert store.tone is Tone.STORED
    store.scans(yarn(5_000))
    assert (store.at(RACK, YARN.id), store.at(LINE)) == (Decimal(50), Decimal(0))
    store.scans(UNDO)
    assert len(store.events(LineReversed)) == 1
    store.scans(unit_code("R0001"), unit_code("R0001"))
    store.picks("reason", "other")
    assert (store.tone, store.says) == (Tone.REFUSED, "problem.already_scanned")
    store.touches("clear_line")
    store.scans(DONE)
    assert store.shows(HomeView)
    assert (store.at(LINE, YARN.id), store.at(LINE, COTTON.id)) == (Decimal(30), Decimal("21.4"))
    floor.syncs()
    assert (floor.held(LINE, YARN.id), floor.held(RACK, YARN.id)) == (Decimal(30), Decimal(20))
    [left] = store.events(PlanLeft)
    assert (left.plan.kind, left.plan.partner) == ("issue", LINE)

    # The shift after: another kiosk hears of the issue from the hub, and takes back what was not used.
    other = floor.kiosk("K2", "TL")
    floor.is_away = True
    other.scans(badge_code(KEEPER))
    other.scans(document_code(left.plan.number))
    other.scans(yarn(4_000), place_code(RACK))
    other.picks("reason", "surplus")
    assert other.tone is Tone.STORED
    other.enters("quantity", "6")
    other.enters("second_quantity", "27")
    other.scans(unit_code("R0001"), place_code(BAD))
    other.picks("reason", "torn")
    assert other.tone is Tone.STORED
    [label] = other.events(LabelRequested)
    assert (label.serial, label.data["quantity"]) == ("R0001", "6")
    other.scans(DONE)
    floor.syncs()
    assert (floor.held(LINE, YARN.id), floor.held(LINE, COTTON.id)) == (Decimal(26), Decimal("15.4"))
    assert (floor.held(RACK, YARN.id), floor.held(BAD, COTTON.id)) == (Decimal(24), Decimal(6))
    assert store.at(LINE) == floor.held(LINE), "the first kiosk knows it too"
    assert store.takes_back(left.plan.number, LEADER) == "problem.built_upon"
    assert other.takes_back(other.number(), LEADER) == "said.document_unapproved"
    floor.syncs()
    assert store.takes_back(left.plan.number, LEADER) == "said.document_unapproved"
    floor.syncs()
    assert (floor.held(LINE), floor.held(RACK, YARN.id)) == (Decimal(0), Decimal(50))
    assert floor.discrepancies() == []


def test_no_more_comes_back_than_went_out_and_nothing_torn_goes_on_the_rack(
    floor: Floor, store: FloorKiosk
) -> None:
    store.scans(order_code(REQUISITION), place_code(RACK), yarn(30_000), DONE)
    store.scans(document_code(store.number()))
    store.scans(yarn(31_000), place_code(RACK))
    store.picks("reason", "surplus")
    assert (store.tone, store.says) == (Tone.REFUSED, "problem.over_ceiling")
    store.touches("clear_line")
    store.scans(yarn(3_000), place_code(RACK))
    store.picks("reason", "wet")
    assert (store.tone, store.says) == (Tone.REFUSED, "problem.defect_in_storage")
    store.picks("reason", "surplus")
    assert store.tone is Tone.STORED
    floor.syncs()
    assert floor.held(LINE) == Decimal(27)


def test_above_the_quota_it_needs_a_reason_and_an_approval_before_anything_moves(
    floor: Floor, store: FloorKiosk
) -> None:
    store.scans(order_code(REQUISITION), place_code(RACK), yarn(45_000))
    store.picks("reason", "waste")
    assert store.asked() == ["over_ordered"]
    store.touches("yes")
    assert store.tone is Tone.STORED
    store.scans(DONE)
    assert store.shows(ApprovalView)
    floor.syncs()
    assert floor.held(LINE) == Decimal(0), "nothing moves before the approval"
    floor.is_away = True
    store.scans(badge_code(KEEPER))
    assert store.says == "problem.no_right"
    store.scans(badge_code(LEADER))
    assert store.tone is Tone.STORED
    floor.syncs()
    assert (floor.held(LINE), floor.held(RACK, YARN.id)) == (Decimal(45), Decimal(5))
    assert floor.discrepancies("over_plan") == []


def test_a_second_lot_for_the_same_cut_is_asked_about(floor: Floor, store: FloorKiosk) -> None:
    store.scans(order_code(REQUISITION), place_code(RACK), yarn(10_000), yarn(1_000, "L9"))
    assert sorted(store.asked()) == ["more_than_on_hand", "second_lot"]
    store.touches("no")
    store.touches("clear_line")
    store.scans(DONE)
    floor.syncs()
    assert floor.held(LINE) == Decimal(10)


def test_what_came_first_goes_first_unless_somebody_says_otherwise(floor: Floor) -> None:
    store = floor.kiosk("K1", "CS", "LL")
    floor.is_away = True
    store.clock.advance(86_400)
    store.scans(badge_code(KEEPER))
    store.touches("open_document", "CS")
    store.scans(badge_code(LEADER), place_code("S-HENGLI"), yarn(20_000, "L9"), place_code(RACK), DONE)
    assert store.at(RACK, YARN.id) == Decimal(70)
    store.scans(order_code(REQUISITION), place_code(RACK), yarn(20_000, "L9"))
    assert store.asked() == ["older_lot"]
    store.touches("no")
    store.touches("clear_line")
    store.scans(place_code(RACK), yarn(20_000))
    assert store.tone is Tone.STORED
    store.scans(DONE)
    floor.syncs()
    assert floor.held(LINE, YARN.id) == Decimal(20)
