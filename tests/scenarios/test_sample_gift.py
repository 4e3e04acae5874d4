"""Samples go to a customer once somebody approved it; those that are to come back are remembered with their day."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from domain.barcode import ControlCommand
from domain.barcodes.house import control_code
from domain.events.documents import DocumentApproved, PlanLeft
from hub.api.openapi import PREFIX
from kiosk.screen import ApprovalView, Tone
from tests.floor import Floor, FloorKiosk, document_code
from tests.stock import shirts
from tests.world import KEEPER, LEADER, badge_code, place_code

DONE, UNDO = control_code(ControlCommand.DONE), control_code(ControlCommand.UNDO)
STORE, CUSTOMER = "FG-B-02", "C-NORDIC"
PIECES = "(240)TS-2611-NV-M(30){}"


@pytest.fixture
def floor(tmp_path: Path) -> Iterator[Floor]:
    made = Floor(tmp_path, stock=shirts(STORE, 20, 0))
    yield made
    assert [one for kiosk in made.kiosks for one in kiosk.unspoken()] == []
    made.close()


@pytest.fixture
def store(floor: Floor) -> FloorKiosk:
    """The store's kiosk; the hub is away from now on."""
    made = floor.kiosk("K1", "YP", warehouse="FG")
    floor.is_away = True
    made.scans(badge_code(KEEPER))
    made.touches("open_document", "YP")
    made.scans(place_code(CUSTOMER))
    made.enters("receiver", "BERG")
    made.picks("purpose", "fitting")
    made.enters("asked_by", "CHEN")
    return made


def gives(store: FloorKiosk, count: int) -> None:
    store.scans(place_code(STORE), PIECES.format(count))


def test_samples_to_come_back_leave_with_an_approval_and_are_remembered(
    floor: Floor, store: FloorKiosk
) -> None:
    store.picks("returnable", "yes")
    assert store.asks_for("due")
    store.enters("due", "TOMORROW")
    assert (store.tone, store.says) == (Tone.REFUSED, "problem.due_day_unreadable")
    store.enters("due", "20261224")
    gives(store, 15)
    store.scans(PIECES.format(6))
    assert store.asked() == ["more_than_on_hand"], "both lines together are more than lies there"
    store.touches("no")
    store.touches("clear_line")
    store.scans(UNDO)
    gives(store, 2)
    store.scans(DONE)
    assert store.shows(ApprovalView)
    assert store.at(STORE) == Decimal(20)
    store.scans(badge_code(LEADER))
    [approved] = store.events(DocumentApproved)
    assert approved.approver == LEADER.number
    [left] = store.events(PlanLeft)
    assert (left.plan.kind, left.plan.partner, left.plan.due) == ("sample_gift", CUSTOMER, "2026-12-24")
    floor.syncs()
    assert (floor.held(STORE), floor.held(CUSTOMER)) == (Decimal(18), Decimal(2))
    assert store.takes_back(store.number(), LEADER) == "said.document_unapproved"
    floor.syncs()
    assert (floor.held(STORE), floor.held(CUSTOMER)) == (Decimal(20), Decimal(0))


def test_samples_come_back_in_parts_and_the_office_sees_what_is_still_out(
    floor: Floor, store: FloorKiosk
) -> None:
    store.picks("returnable", "yes")
    store.enters("due", "20261121")
    gives(store, 3)
    store.scans(DONE, badge_code(LEADER))
    given = store.number()
    back = floor.kiosk("K2", "YPI", warehouse="FG")
    floor.syncs()
    office = floor.office().test_client()

    def out() -> list[tuple[str, str]]:
        rows = office.get(f"{PREFIX}/plans?kind=sample_gift&state=overdue").get_json()["rows"]
        return [(row["number"], row["open"]["value"]) for row in rows]

    assert out() == [(given, "3")]
    back.scans(badge_code(KEEPER), document_code(given), PIECES.format(2), place_code(STORE))
    assert back.tone is Tone.STORED
    back.scans(PIECES.format(2))
    assert (back.tone, back.says) == (Tone.REFUSED, "problem.over_ceiling"), "no more than was given"
    back.touches("clear_line")
    back.scans(DONE)
    floor.syncs()
    assert out() == [(given, "1")]
    assert (floor.held(STORE), floor.held(CUSTOMER)) == (Decimal(19), Decimal(1))
    back.scans(document_code(given), PIECES.format(1), place_code(STORE), DONE)
    floor.syncs()
    assert out() == []
    assert floor.held(CUSTOMER) == Decimal(0)
    floor.is_away = True
    assert back.takes_back(back.number(), LEADER) == "said.document_unapproved"
    floor.is_away = False
    floor.syncs()
    assert out() == [(given, "1")]
    assert (floor.held(STORE), floor.held(CUSTOMER)) == (Decimal(19), Decimal(1))


def test_samples_given_away_leave_nothing_to_come_back(floor: Floor, store: FloorKiosk) -> None:
    store.picks("returnable", "no")
    gives(store, 2)
    store.scans(DONE, badge_code(LEADER))
    assert store.events(PlanLeft) == []
    floor.syncs()
    assert floor.held(CUSTOMER) == Decimal(2)
