"""What one plant sends to another is carried over: once, again after a restart, and not for a hub of one plant."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from domain.barcode import ControlCommand
from domain.barcodes.house import control_code
from domain.place import PHYSICAL_ROLES, Place
from domain.plan import Plan
from hub.allocations import Allocations
from hub.store.database import StoreBusyError, reading
from hub.store.reference import revision_of
from hub.store.tables import reference
from tests.floor import Floor, FloorKiosk
from tests.stock import STOCK
from tests.world import KEEPER, LEADER, badge_code, place_code, unit_code

DONE = control_code(ControlCommand.DONE)
PLANTS = ("P1", "P2", "P3")
PATIENCE_S = 20.0


@pytest.fixture
def floor(database_url: str, tmp_path: Path) -> Iterator[Floor]:
    made = Floor(tmp_path, stock=STOCK, plants=dict.fromkeys(PLANTS, ()), url=database_url)
    yield made
    made.close()


@pytest.fixture
def sender(floor: Floor) -> FloorKiosk:
    """A roll of the first plant is on its way to the second."""
    made = floor.kiosk("K1", "DB", plant="P1")
    made.scans(badge_code(KEEPER))
    made.touches("open_document", "DB")
    made.scans(place_code("P2"), unit_code("R0001"), DONE)
    floor.syncs()
    return made


def known(floor: Floor, plant: str, kind: str, key: str) -> str | None:
    column = reference.c
    query = reference.select().where(column.plant == plant, column.kind == kind, column.key == key)
    with reading(floor.engine) as connection:
        row = connection.execute(query).first()
    return row.body_json if row else None


def revisions(floor: Floor) -> list[int]:
    with reading(floor.engine) as connection:
        return [revision_of(connection, plant) for plant in PLANTS]


def test_every_plant_knows_the_others_as_places_on_the_road(floor: Floor) -> None:
    body = known(floor, "P3", "place", "P1")
    assert body is not None
    place = msgspec.json.decode(body, type=Place)
    assert (place.plant, place.role in PHYSICAL_ROLES) == ("P1", True)
    assert known(floor, "P1", "place", "P1") is None


def test_only_the_plant_it_goes_to_hears_of_it_in_its_own_terms(floor: Floor, sender: FloorKiosk) -> None:
    number = sender.number()
    body = known(floor, "P2", "plan", number)
    assert body is not None
    plan = msgspec.json.decode(body, type=Plan)
    [line] = plan.lines
    assert (plan.partner, line.place, line.handling_unit) == ("P1", "P1", "R0001")
    assert known(floor, "P3", "plan", number) is None
    assert known(floor, "P1", "plan", number) is None, "it is left there, not reference data"


def test_a_hub_that_starts_again_carries_again_and_changes_nothing(floor: Floor, sender: FloorKiosk) -> None:
    before = revisions(floor)
    again = Allocations(floor.engine, floor.log, PLANTS)
    again.introduce()
    again.carry()
    again.carry()
    assert revisions(floor) == before


def test_what_was_taken_back_while_the_hub_was_down_is_gone_when_it_starts(
    floor: Floor, sender: FloorKiosk
) -> None:
    number = sender.number()
    assert sender.takes_back(number, LEADER) == "said.document_unapproved"
    sender.syncs()
    while floor.projector.book_waiting("P1"):
        pass
    assert known(floor, "P2", "plan", number) is not None
    Allocations(floor.engine, floor.log, PLANTS).carry()
    assert known(floor, "P2", "plan", number) is None


def test_what_left_the_road_from_another_plant_is_no_shortage(floor: Floor, sender: FloorKiosk) -> None:
    receiver = floor.kiosk("K2", "DBI", plant="P2")
    receiver.scans(badge_code(KEEPER))
    receiver.touches("open_document", "DBI")
    receiver.picks("plan", sender.number())
    receiver.scans(unit_code("R0001"), place_code("RM-A-02"), DONE)
    floor.syncs()
    assert floor.held("P1", plant="P2") < 0
    assert floor.discrepancies(plant="P2") == []


def test_it_carries_by_itself_once_it_hears_that_something_was_booked(
    floor: Floor, sender: FloorKiosk
) -> None:
    number = sender.number()
    assert sender.takes_back(number, LEADER) == "said.document_unapproved"
    sender.syncs()
    while floor.projector.book_waiting("P1"):
        pass
    running = Allocations(floor.engine, floor.log, PLANTS)
    running.start()
    running.booked("P1", floor.projector.position("P1"))
    deadline = time.monotonic() + PATIENCE_S
    while known(floor, "P2", "plan", number) is not None:
        assert time.monotonic() < deadline, "it was not carried"
        time.sleep(0.05)
    running.stop()


def test_what_could_not_be_carried_is_tried_again_by_itself_though_nothing_more_is_booked(
    floor: Floor, sender: FloorKiosk, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = sender.number()
    assert sender.takes_back(number, LEADER) == "said.document_unapproved"
    sender.syncs()
    while floor.projector.book_waiting("P1"):
        pass
    monkeypatch.setattr("hub.allocations.LOOK_EVERY_S", 0.05)
    monkeypatch.setattr("hub.allocations.REST_S", 0.0)
    running = Unlucky(floor.engine, floor.log, PLANTS)
    running.start()
    deadline = time.monotonic() + PATIENCE_S
    while known(floor, "P2", "plan", number) is not None:
        assert time.monotonic() < deadline, "nobody looked again"
        time.sleep(0.05)
    running.stop()
    assert running.refused == Unlucky.TIMES


class Unlucky(Allocations):
    """Finds the database busy the first few times."""

    TIMES = 2
    refused = 0

    def carry(self) -> None:
        if self.refused < self.TIMES:
            self.refused += 1
            raise StoreBusyError("somebody else writes")
        super().carry()
