"""Goods wait in receiving until they are inspected: accepted to the rack, rejected to quarantine, never both twice."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from msgspec.structs import replace

from domain.barcode import ControlCommand
from domain.barcodes.house import control_code
from domain.events.documents import LineRecorded
from domain.place import PlaceId
from hub.store.reference import Record
from kiosk.screen import HomeView, Tone
from tests.floor import Floor, FloorKiosk, document_code
from tests.world import COTTON, KEEPER, LEADER, ORDER, YARN, badge_code, order_code, place_code, unit_code

DONE, UNDO = control_code(ControlCommand.DONE), control_code(ControlCommand.UNDO)
WAITING, RACK, BAD, STANDARD = "RM-RCV", "RM-A-01", "RM-Q", "FZ/T 72008"
INSPECTED = [
    Record(kind="item", key=one.id, body=replace(one, inspection_standard=STANDARD)) for one in (COTTON, YARN)
]
ROLL = "(240)F-2041(10)D-118(3101)000214(3110)000095"


@pytest.fixture
def floor(tmp_path: Path) -> Iterator[Floor]:
    made = Floor(tmp_path, plans=[ORDER], plants={"P1": INSPECTED})
    yield made
    assert [one for kiosk in made.kiosks for one in kiosk.unspoken()] == []
    made.close()


@pytest.fixture
def door(floor: Floor) -> FloorKiosk:
    """The door's kiosk: a roll and 50 kg of yarn arrived while the hub was away, and wait in receiving."""
    made = floor.kiosk("K1", "CS", "YW", "YC")
    floor.is_away = True
    made.scans(badge_code(KEEPER), order_code(ORDER))
    made.scans(ROLL, place_code(WAITING), "(240)Y-3201(10)L7(3100)000050", DONE)
    assert made.shows(HomeView)
    return made


def roll(kiosk: FloorKiosk, place: str) -> str:
    [held] = kiosk.store.facts.balances(PlaceId(place), item=COTTON.id)
    return held.goods.handling_unit


def test_what_arrived_is_accepted_or_rejected_and_cannot_be_used_before(
    floor: Floor, door: FloorKiosk
) -> None:
    receipt = door.number()
    door.touches("open_document", "YC")
    door.scans(place_code("FG-B-01"), unit_code(roll(door, WAITING)))
    assert (door.tone, door.says) == (Tone.REFUSED, "problem.not_accepted")
    door.touches("home")
    door.touches("open_document", "YW")
    door.scans(unit_code(roll(door, WAITING)), place_code(RACK))
    assert (door.tone, door.says) == (Tone.REFUSED, "problem.not_inspected")
    door.touches("clear_line")
    door.touches("home")
    floor.syncs()
    assert (floor.held(WAITING, COTTON.id), floor.held(WAITING, YARN.id)) == (Decimal("21.4"), Decimal(50))

    inspector = floor.kiosk("K2", "JY")
    floor.is_away = True
    inspector.scans(badge_code(KEEPER), document_code(receipt))
    inspector.scans("(240)Y-3201(10)L7(3100)000040", place_code(RACK))
    assert inspector.tone is Tone.STORED
    assert inspector.events(LineRecorded)[-1].values["standard"] == STANDARD
    inspector.scans("(240)Y-3201(10)L7(3100)000011", place_code(BAD))
    inspector.picks("reason", "wet")
    assert (inspector.tone, inspector.says) == (Tone.REFUSED, "problem.more_than_arrived")
    inspector.enters("quantity", "10")
    inspector.picks("reason", "wet")
    assert inspector.tone is Tone.STORED
    inspector.scans(UNDO)
    assert inspector.at(WAITING, YARN.id) == Decimal(10)
    inspector.scans("(240)Y-3201(10)L7(3100)000010", place_code(BAD))
    inspector.picks("reason", "wet")
    inspector.scans(unit_code(roll(inspector, WAITING)), place_code(RACK), DONE)
    assert inspector.shows(HomeView)
    floor.syncs()
    assert floor.held(WAITING) == Decimal(0)
    assert (floor.held(RACK, COTTON.id), floor.held(RACK, YARN.id)) == (Decimal("21.4"), Decimal(40))
    assert floor.held(BAD, YARN.id) == Decimal(10)
    assert door.takes_back(receipt, LEADER) == "problem.goods_went_on"
    assert inspector.takes_back(inspector.number(), LEADER) == "said.document_unapproved"
    floor.syncs()
    assert floor.held(WAITING, YARN.id) == Decimal(50)
    assert door.takes_back(receipt, LEADER) == "said.document_unapproved"
    floor.syncs()
    assert (floor.held(WAITING), floor.discrepancies()) == (Decimal(0), [])


def test_inspected_at_the_door_it_goes_straight_to_the_rack(floor: Floor) -> None:
    door = floor.kiosk("K1", "CS", "JY")
    floor.is_away = True
    door.scans(badge_code(KEEPER), order_code(ORDER), ROLL, place_code(RACK))
    assert door.asked() == ["inspection_due"]
    door.touches("yes")
    assert door.tone is Tone.STORED
    assert "inspection_due" in door.events(LineRecorded)[-1].confirmed
    door.scans(DONE)
    receipt = door.number()
    door.scans(document_code(receipt), unit_code(roll(door, RACK)), place_code(BAD))
    door.picks("reason", "shade")
    assert (door.tone, door.says) == (Tone.REFUSED, "problem.not_waiting")
    floor.syncs()
    assert floor.held(RACK, COTTON.id) == Decimal("21.4")


def test_without_an_order_a_second_person_signs_and_it_waits_all_the_same(floor: Floor) -> None:
    door = floor.kiosk("K1", "CS", "JY")
    floor.is_away = True
    door.scans(badge_code(KEEPER))
    door.touches("open_document", "CS")
    door.scans(badge_code(LEADER))
    if door.screen.question:
        door.touches("no")
    door.scans(place_code("S-HENGLI"), ROLL, place_code(WAITING))
    assert door.tone is Tone.STORED
    door.scans(DONE)
    door.scans(document_code(door.number()), unit_code(roll(door, WAITING)), place_code(RACK))
    assert door.tone is Tone.STORED
    floor.syncs()
    assert floor.held(RACK, COTTON.id) == Decimal("21.4")
