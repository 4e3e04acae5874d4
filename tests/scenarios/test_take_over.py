"""A document half done by a colleague is taken over at another kiosk; two count one place; the hub is away."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from domain.barcode import ControlCommand
from domain.barcodes.house import control_code
from domain.events.documents import DocumentApproved, DocumentCompleted, DocumentJoined, LineRecorded
from kiosk.screen import ApprovalView, DocumentView, HomeView, Tone
from tests.fillings.ll import REQUISITION
from tests.floor import Floor, FloorKiosk, document_code
from tests.stock import STOCK
from tests.world import BUTTON, KEEPER, LEADER, YARN, badge_code, order_code, place_code, unit_code

DONE, UNDO = control_code(ControlCommand.DONE), control_code(ControlCommand.UNDO)
RACK, LINE, LOST = "RM-A-01", "LINE-1", "LOST"
YARN_49 = "(240)Y-3201(10)L7(3103)049000"


@pytest.fixture
def floor(tmp_path: Path) -> Iterator[Floor]:
    made = Floor(tmp_path, stock=STOCK, plans=[REQUISITION])
    yield made
    assert [one for kiosk in made.kiosks for one in kiosk.unspoken()] == []
    made.close()


def two(floor: Floor, *types: str) -> tuple[FloorKiosk, FloorKiosk]:
    """Two kiosks of one warehouse, the keeper at the first and the leader at the second."""
    first, second = floor.kiosk("K1", *types), floor.kiosk("K2", *types)
    first.scans(badge_code(KEEPER))
    second.scans(badge_code(LEADER))
    return first, second


def waits(kiosk: FloorKiosk) -> list[str]:
    """The numbers of colleagues' documents on the home screen."""
    assert isinstance(kiosk.view, HomeView)
    return [one.value for one in kiosk.view.waiting if one.action == "go_to_document"]


def yarn(grams: int) -> str:
    return f"(240)Y-3201(10)L7(3103){grams:06d}"


def test_an_issue_half_done_is_finished_by_a_colleague_while_the_hub_is_away(floor: Floor) -> None:
    first, second = two(floor, "LL")
    first.scans(order_code(REQUISITION), place_code(RACK), yarn(20_000))
    number = first.number()
    floor.syncs()
    floor.is_away = True
    second.touches("home")
    assert waits(second) == [number]
    second.touches("go_to_document", number)
    assert second.tone is Tone.STORED
    assert isinstance(second.view, DocumentView)
    assert second.view.count == 1
    second.scans(unit_code("R0001"), DONE)
    assert second.shows(HomeView)
    [done] = second.events(DocumentCompleted)
    assert (done.document, done.lines) == (number, 2)
    assert (second.at(LINE), second.at(RACK, YARN.id)) == (Decimal("41.4"), Decimal(30))
    floor.syncs()
    assert (floor.held(LINE), floor.held(RACK, YARN.id)) == (Decimal("41.4"), Decimal(30))
    assert floor.discrepancies() == []

    # The keeper comes back to it: it is done, and nothing of it can be done twice.
    first.scans(yarn(5_000))
    assert first.says == "problem.document_finished_elsewhere"
    assert first.shows(HomeView)
    assert len(first.events(LineRecorded)) == 1


def test_a_scan_of_the_documents_number_takes_it_over_and_leaving_it_loses_nothing(floor: Floor) -> None:
    first, second = two(floor, "LL")
    first.scans(order_code(REQUISITION), place_code(RACK), yarn(20_000))
    number = first.number()
    floor.syncs()
    second.scans(document_code(number), place_code(RACK), yarn(10_000))
    assert second.tone is Tone.STORED
    second.touches("void_document")
    assert second.says == "said.document_left"
    floor.syncs()
    assert waits(second) == [number]
    second.scans(document_code(number), place_code(RACK), yarn(1_000))
    assert [one.line for one in second.events(LineRecorded)] == [1, 2]
    second.scans(UNDO, UNDO, UNDO)
    assert second.says == "problem.nothing_to_undo"
    floor.syncs()
    first.scans(DONE)
    [done] = first.events(DocumentCompleted)
    assert done.lines == 1
    floor.syncs()
    assert floor.held(LINE) == Decimal(20)
    assert floor.discrepancies() == []


def test_two_count_one_place_and_a_third_approves_at_a_kiosk_of_his_own(floor: Floor) -> None:
    first, second = two(floor, "PD")
    first.touches("open_document", "PD")
    first.scans(place_code(RACK), "(240)Y-3201(10)L7(3103)049000")
    number = first.number()
    floor.syncs()
    second.scans(badge_code(KEEPER), document_code(number), unit_code("R0001"))
    assert second.tone is Tone.STORED
    floor.syncs()
    first.scans(unit_code("R0001"))
    assert first.says == "problem.already_counted"
    first.touches("acknowledge")
    first.scans("14006381333938", "14006381333938", DONE)
    assert first.shows(ApprovalView)
    [done] = first.events(DocumentCompleted)
    assert [(one.goods.item, one.quantity.value) for one in done.proposed] == [(YARN.id, Decimal(1))]
    floor.syncs()
    floor.is_away = True
    third = second
    third.touches("home")
    third.scans(badge_code(LEADER))
    assert waits(third) == [number]
    third.touches("go_to_document", number)
    assert third.shows(ApprovalView)
    third.scans(badge_code(LEADER))
    assert third.shows(HomeView)
    [approved] = third.events(DocumentApproved)
    assert len(approved.movements) == 1
    floor.syncs()
    assert (floor.held(RACK, YARN.id), floor.held(LOST, YARN.id)) == (Decimal(49), Decimal(1))
    assert floor.held(RACK, BUTTON.id) == Decimal(288)
    assert floor.discrepancies() == []
    assert len(floor.kiosks[1].events(DocumentJoined)) == 2


def test_a_line_of_a_colleague_who_was_offline_comes_late_and_is_somebodys_to_look_at(floor: Floor) -> None:
    first, second = two(floor, "LL")
    first.scans(order_code(REQUISITION), place_code(RACK), yarn(20_000))
    number = first.number()
    floor.syncs()
    second.scans(document_code(number))
    second.syncs()
    floor.books()
    first.scans(yarn(5_000))
    assert len(first.events(LineRecorded)) == 2
    second.scans(unit_code("R0001"), DONE)
    second.syncs()
    floor.books()
    floor.syncs()
    assert floor.discrepancies() == [("line_left_out", number)]
    assert floor.held(LINE) == Decimal("41.4")
