"""The hub answers the questions rules ask as a kiosk does that has heard everything: on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from domain.barcode import ControlCommand
from domain.barcodes.house import control_code
from domain.item import ItemId
from domain.place import PlaceId
from domain.plan import PlanRef
from domain.stock import Goods
from hub.booked_facts import BookedFacts
from hub.store import tables
from hub.store.database import reading
from kiosk.store.facts import SqliteFacts
from tests.fillings.ll import REQUISITION
from tests.floor import Floor, FloorKiosk
from tests.stock import STOCK
from tests.world import BUTTON, COTTON, KEEPER, LEADER, YARN, badge_code, order_code, place_code, unit_code

DONE = control_code(ControlCommand.DONE)
RACK = "RM-A-01"


@pytest.fixture
def floor(tmp_path: Path, database_url: str) -> Iterator[Floor]:
    made = Floor(tmp_path, stock=STOCK, plans=[REQUISITION], url=database_url)
    yield made
    made.close()


def works(floor: Floor) -> FloorKiosk:
    """Material was issued against a requisition, a count is submitted, an adjustment approved."""
    kiosk = floor.kiosk("K1", "LL", "PD", "TZ")
    kiosk.scans(badge_code(KEEPER), order_code(REQUISITION), place_code(RACK))
    kiosk.scans("(240)Y-3201(10)L7(3103)020000", unit_code("R0001"), DONE)
    kiosk.touches("open_document", "TZ")
    kiosk.picks("side", "less")
    kiosk.scans("(240)Y-3201(10)L7(3103)002000", place_code(RACK))
    kiosk.picks("reason", "weighed_again")
    kiosk.scans(DONE, badge_code(LEADER))
    kiosk.scans(badge_code(KEEPER))
    kiosk.touches("open_document", "PD")
    kiosk.scans(place_code(RACK), "(240)Y-3201(10)L7(3103)027000", DONE)
    floor.syncs()
    return kiosk


def test_hub_and_kiosk_answer_alike(floor: Floor) -> None:
    kiosk = works(floor)
    here: SqliteFacts = kiosk.store.facts
    held = tables.documents.c
    with reading(floor.engine) as connection:
        rows = connection.execute(select(tables.documents).where(held.device == "K1")).all()
        assert sorted(row.type for row in rows) == ["LL", "PD", "TZ"]
        for row in rows:
            there = BookedFacts(connection, "P1", row)
            assert there.document_status(row.number) == here.document_status(row.number) == row.status
            assert there.effect(row.number) == here.effect(row.number)
            assert sorted(there.book(row.number), key=str) == sorted(here.book(row.number), key=str)
            told = [(one.line, one.values, one.movements, one.plan) for one in there.lines(row.number)]
            assert told == [(one.line, one.values, one.movements, one.plan) for one in here.lines(row.number)]
            answers_alike(there, here)


def answers_alike(there: BookedFacts, here: SqliteFacts) -> None:
    assert there.station() == here.station()
    assert there.document_types().keys() == here.document_types().keys()
    for item in (YARN, COTTON, BUTTON):
        assert there.item(item.id) == here.item(item.id) == item
        assert there.items_by_code(item.number) == here.items_by_code(item.number)
        assert {*map(str, there.where_is(item.id, 50))} == {*map(str, here.where_is(item.id, 50))}
        for code in item.codes:
            assert there.items_by_code(code.code) == here.items_by_code(code.code)
    assert there.item(ItemId("nothing")) is here.item(ItemId("nothing")) is None
    for place in (RACK, "LINE-1", "nowhere"):
        assert there.place(place) == here.place(place)
        assert {str(one) for one in there.balances(PlaceId(place))} == {
            str(one) for one in here.balances(PlaceId(place)) if one.quantity.value
        }
        goods = Goods(item=YARN.id, lot="L7")
        assert there.balances(PlaceId(place), goods) == here.balances(PlaceId(place), goods)
        assert there.balances(PlaceId(place), item=BUTTON.id) == here.balances(PlaceId(place), item=BUTTON.id)
    assert there.person(KEEPER.number) == here.person(KEEPER.number) == KEEPER
    assert there.person_by_badge(LEADER.badge) == here.person_by_badge(LEADER.badge) == LEADER
    assert there.person_by_badge("") is None
    assert there.plan("requisition", REQUISITION.number) == here.plan("requisition", REQUISITION.number)
    for line in REQUISITION.lines:
        ref, unit = PlanRef(number=REQUISITION.number, line=line.line), line.quantity.unit
        assert there.plan_done(ref, unit) == here.plan_done(ref, unit)
    assert there.lot_since(YARN.id, "L7") == here.lot_since(YARN.id, "L7")
    mine, theirs = there.handling_unit("R0001"), here.handling_unit("R0001")
    assert mine is not None
    assert theirs is not None
    assert (mine.place, mine.contents) == (theirs.place, theirs.contents)
    assert there.handling_unit("R9999") is here.handling_unit("R9999") is None
    assert there.locked_period() == here.locked_period() == ""
    assert there.slip("none") is here.slip("none") is None
