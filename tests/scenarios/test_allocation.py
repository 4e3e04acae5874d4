"""A roll and some yarn go to another plant: each plant has its own ledger, the hub carries over what was sent."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from msgspec.structs import replace

from domain.barcode import ControlCommand
from domain.barcodes.house import control_code
from domain.events.documents import LineRecorded, PlanLeft
from domain.item import ItemId
from hub.allocations import Allocations
from hub.store.reference import Record
from kiosk.screen import HomeView, Tone
from tests.floor import Floor, FloorKiosk, document_code
from tests.stock import STOCK
from tests.world import COTTON, KEEPER, LEADER, YARN, badge_code, place_code, unit_code

DONE, UNDO = control_code(ControlCommand.DONE), control_code(ControlCommand.UNDO)
RACK, ROAD, NEW_RACK = "RM-A-01", "TRANSIT", "RM-A-02"
OTHER_YARN = replace(YARN, id=ItemId("y-3201-of-p2"))
"""The other plant registered its yarn by itself: the same number, an id of its own."""


@pytest.fixture
def floor(tmp_path: Path) -> Iterator[Floor]:
    own_yarn = [
        Record(kind="item", key=YARN.id, body=None),
        Record(kind="item", key=OTHER_YARN.id, body=OTHER_YARN),
    ]
    made = Floor(tmp_path, stock=STOCK, plants={"P1": (), "P2": own_yarn})
    yield made
    assert [one for kiosk in made.kiosks for one in kiosk.unspoken()] == []
    made.close()


@pytest.fixture
def sender(floor: Floor) -> FloorKiosk:
    made = floor.kiosk("K1", "DB", plant="P1")
    floor.is_away = True
    made.scans(badge_code(KEEPER))
    made.touches("open_document", "DB")
    return made


def sends(sender: FloorKiosk) -> str:
    sender.scans(place_code("P2"), unit_code("R0001"), place_code(RACK), "(240)Y-3201(10)L7(3100)000030")
    assert sender.tone is Tone.STORED
    sender.scans(DONE)
    assert sender.shows(HomeView)
    [left] = sender.events(PlanLeft)
    assert (left.plan.kind, left.plan.partner) == ("allocation", "P2")
    return left.plan.number


def on_the_road(floor: Floor, item: str = "") -> Decimal:
    """What one plant sent and the other did not take in yet: the sum over both ledgers."""
    return floor.held(ROAD, item, plant="P1") + floor.held("P1", item, plant="P2")


def test_what_one_plant_sends_the_other_takes_in_and_what_is_missing_is_somebodys_to_find(
    floor: Floor, sender: FloorKiosk
) -> None:
    number = sends(sender)
    receiver = floor.kiosk("K2", "DBI", plant="P2")
    receiver.scans(badge_code(KEEPER), document_code(number))
    assert receiver.tone is Tone.REFUSED, "nobody here has heard of it yet"
    floor.syncs()
    assert (floor.held(RACK, plant="P1"), floor.held(ROAD, plant="P1")) == (
        Decimal(20 + 288),
        Decimal("51.4"),
    )
    floor.is_away = True
    receiver.scans(document_code(number), unit_code("R0001"), place_code(NEW_RACK))
    assert receiver.tone is Tone.STORED
    receiver.scans(UNDO)
    assert receiver.at(NEW_RACK) == Decimal(0)
    receiver.scans(unit_code("R0001"))
    receiver.scans("(240)Y-3201(10)L7(3100)000031")
    assert (receiver.tone, receiver.says) == (Tone.REFUSED, "problem.over_ceiling")
    receiver.touches("clear_line")
    receiver.scans("(240)Y-3201(10)L7(3100)000028", DONE)
    assert receiver.asked() == ["below_plan"]
    receiver.touches("yes")
    assert receiver.shows(HomeView)
    floor.syncs()
    assert floor.held(NEW_RACK, COTTON.id, plant="P2") == Decimal("21.4")
    assert floor.held(NEW_RACK, OTHER_YARN.id, plant="P2") == Decimal(28)
    assert on_the_road(floor) == Decimal(2)
    assert floor.discrepancies(plant="P2") == [("transit_difference", number)]
    assert floor.discrepancies(plant="P1") == []

    # The bag is found under the lorry's tarpaulin.
    floor.is_away = True
    receiver.scans(document_code(number), "(240)Y-3201(10)L7(3100)000002", place_code(NEW_RACK), DONE)
    floor.syncs()
    assert on_the_road(floor) == Decimal(0)
    assert floor.discrepancies(plant="P2") == []
    assert receiver.takes_back(receiver.number(), LEADER) == "said.document_unapproved"
    floor.syncs()
    assert on_the_road(floor) == Decimal(2)


def test_taken_back_before_the_lorry_left_the_other_plant_hears_of_it_no_more(
    floor: Floor, sender: FloorKiosk
) -> None:
    number = sends(sender)
    receiver = floor.kiosk("K2", "DBI", plant="P2")
    floor.syncs()
    assert receiver.store.facts.plan("allocation", number) is not None
    assert sender.takes_back(number, LEADER) == "said.document_unapproved"
    floor.syncs()
    assert receiver.store.facts.plan("allocation", number) is None
    assert (floor.held(RACK, YARN.id, plant="P1"), on_the_road(floor)) == (Decimal(50), Decimal(0))


def test_taken_back_after_the_other_plant_took_it_in_is_somebodys_to_put_right(
    floor: Floor, sender: FloorKiosk
) -> None:
    number = sends(sender)
    receiver = floor.kiosk("K2", "DBI", plant="P2")
    floor.syncs()
    receiver.scans(badge_code(KEEPER), document_code(number), unit_code("R0001"), place_code(NEW_RACK))
    floor.syncs()
    assert sender.takes_back(number, LEADER) == "said.document_unapproved", "no kiosk hears of another plant"
    floor.syncs()
    assert floor.discrepancies(plant="P1") == [("taken_back_too_late", number)]
    assert floor.discrepancies(plant="P2") == []
    assert receiver.store.facts.plan("allocation", number) is not None, "what it took in stays explained"
    assert floor.held(NEW_RACK, COTTON.id, plant="P2") == Decimal("21.4")
    Allocations(floor.engine, floor.log, floor.plants).carry()
    assert len(floor.discrepancies(plant="P1")) == 1, "a hub that starts anew tells it once"


def test_the_price_is_asked_of_who_may_see_it_and_is_not_there_for_others(floor: Floor) -> None:
    sender = floor.kiosk("K1", "DB", plant="P1")
    floor.is_away = True
    sender.scans(badge_code(LEADER))
    sender.touches("open_document", "DB")
    sender.scans(place_code("P2"), unit_code("R0001"))
    assert sender.asks_for("price")
    sender.enters("price", "38.5")
    assert sender.tone is Tone.STORED
    assert str(sender.events(LineRecorded)[-1].values["price"]) == "38.5 CNY"


def test_within_the_plant_it_is_refused_by_name(sender: FloorKiosk) -> None:
    sender.scans(place_code(ROAD), unit_code("R0001"))
    assert (sender.tone, sender.says) == (Tone.REFUSED, "problem.same_plant")
