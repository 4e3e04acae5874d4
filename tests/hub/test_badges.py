"""A badge that works at two far kiosks at one time comes to the desk, whichever kiosk sends its log first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import permutations

import msgspec
import pytest

from domain.events.pins import PinRefused
from domain.events.terminal import SignedOff, SignedOn
from domain.names import Names
from domain.pin import QUICK_TRIES
from domain.place import PlaceId, Station
from hub.overlay import fits
from hub.projections.badges import BadgeDayRow, BadgeDoorRow
from hub.store import tables
from hub.store.database import writing
from hub.store.reference import Record, write_records
from tests.hub.plant import START, Kiosk, P, Plant

ANNA = "1007"


@pytest.fixture
def plant(database_url: str) -> Iterator[Plant]:
    plant = Plant(database_url)
    yield plant
    plant.close()


def stands(plant: Plant, kiosk: Kiosk, warehouse: str) -> Kiosk:
    """Say in which warehouse a kiosk stands."""
    station = Station(
        place=PlaceId("RCV"),
        names=Names(zh=kiosk.name, en=kiosk.name),
        plant=P,
        warehouse=warehouse,
        number_code=kiosk.name,
        receiving=PlaceId("RCV"),
        quarantine=PlaceId("QUA"),
        lost_and_found=PlaceId("LF"),
    )
    with writing(plant.engine) as connection:
        write_records(connection, plant.log, P, [Record(kind="station", key=kiosk.name, body=station)])
    return kiosk


def stays(  # noqa: PLR0917 (who, where, from when to when)
    kiosk: Kiosk,
    begin_min: float,
    end_min: float,
    idle_min: float = 0,
    person: str = ANNA,
    clock: str = "synced",
) -> None:
    """Somebody shows a badge, works, and is gone; `idle_min` before the kiosk locks nobody is there any more."""
    at = {one: START + timedelta(minutes=one) for one in (begin_min, end_min)}
    kiosk.says(SignedOn(person=person), event_time=at[begin_min], clock=clock, operator=person)
    left = SignedOff(person=person, reason="idle" if idle_min else "asked", idle_s=int(idle_min * 60))
    kiosk.says(left, event_time=at[end_min], clock=clock, operator=person, schema=2)


def told(plant: Plant) -> list[tuple[str, dict[str, str]]]:
    rows = plant.rows(tables.discrepancies, kind="badge_twice")
    assert all((row["owner"], row["closed_at"]) == ("role:supervisor", None) for row in rows)
    return sorted((row["key"], msgspec.json.decode(row["detail_json"], type=dict[str, str])) for row in rows)


def two(plant: Plant, *warehouses: str) -> list[Kiosk]:
    return [stands(plant, plant.kiosk(f"K{n}"), one) for n, one in enumerate(warehouses, 1)]


def test_row_types_are_the_tables_columns() -> None:
    assert fits(tables.badge_doors, BadgeDoorRow)
    assert fits(tables.badge_days, BadgeDayRow)


@pytest.mark.fault("A4")
def test_a_badge_at_two_far_kiosks_at_one_time_is_told_with_where_and_how_long(plant: Plant) -> None:
    one, other = two(plant, "RM", "FG")
    stays(one, 0, 30)
    stays(other, 10, 25)
    for kiosk in (one, other):
        plant.takes(kiosk)
    plant.books()
    [(_, about)] = told(plant)
    assert {name: about[name] for name in ("person", "one", "other", "minutes")} == {
        "person": ANNA,
        "one": "K1",
        "other": "K2",
        "minutes": "15",
    }


@pytest.mark.fault("A4")
@pytest.mark.parametrize("order", [*permutations(range(3))], ids=str)
def test_the_same_stays_are_found_in_whatever_order_the_kiosks_send_and_after_a_rebuild(
    plant: Plant, order: Sequence[int]
) -> None:
    kiosks = two(plant, "RM", "FG", "RT")
    stays(kiosks[0], 0, 60)
    stays(kiosks[0], 900, 1_000)  # over midnight
    stays(kiosks[1], 20, 40)
    stays(kiosks[1], 910, 960)
    stays(kiosks[2], 30, 45)
    stays(kiosks[2], 935, 990)
    for number in order:
        plant.takes(kiosks[number])
        plant.books()
    found = told(plant)
    assert sorted((about["one"], about["other"], about["minutes"]) for _, about in found) == [
        ("K1", "K2", "20"),
        ("K1", "K2", "50"),
        ("K1", "K3", "15"),
        ("K1", "K3", "55"),
        ("K2", "K3", "10"),
        ("K2", "K3", "25"),
    ]
    assert len({key for key, _ in found}) == len(found)
    plant.rebuilds()
    assert told(plant) == found


@pytest.mark.parametrize(
    ("warehouses", "second", "clock"),
    [
        (("RM", "RM"), (10, 25, 0), "synced"),
        (("RM", ""), (10, 25, 0), "synced"),
        (("RM", "FG"), (10, 25, 0), "unsure"),
        (("RM", "FG"), (30.5, 45, 0), "synced"),
        (("RM", "FG"), (29, 45, 0), "synced"),
    ],
    ids=[
        "same_warehouse",
        "unknown_warehouse",
        "unsure_clock",
        "one_after_the_other",
        "clocks_differ_a_little",
    ],
)
def test_what_an_honest_person_can_do_is_not_told(
    plant: Plant, warehouses: Sequence[str], second: tuple[float, float, float], clock: str
) -> None:
    one, other = two(plant, *warehouses)
    stays(one, 0, 30)
    stays(other, *second, clock=clock)
    for kiosk in (one, other):
        plant.takes(kiosk)
    plant.books()
    assert told(plant) == []


def test_a_screen_left_open_counts_for_nothing(plant: Plant) -> None:
    one, other = two(plant, "RM", "FG")
    stays(one, 0, 30, idle_min=25)
    stays(other, 10, 25)
    for kiosk in (one, other):
        plant.takes(kiosk)
    plant.books()
    assert told(plant) == []


def test_two_people_at_two_doors_are_two_people(plant: Plant) -> None:
    one, other = two(plant, "RM", "FG")
    stays(one, 0, 30)
    stays(other, 10, 25, person="1008")
    for kiosk in (one, other):
        plant.takes(kiosk)
    plant.books()
    assert told(plant) == []


@pytest.mark.fault("A5")
def test_one_wrong_pin_after_the_other_comes_to_the_desk_with_whose_it_is(plant: Plant) -> None:
    kiosk = plant.kiosk("K1")
    for failures in range(1, QUICK_TRIES + 3):
        kiosk.says(PinRefused(person="1007", act="approve", failures=failures, issue="00"))
    plant.takes(kiosk)
    plant.books()
    [row] = plant.rows(tables.discrepancies, kind="pin_guessed")
    assert (row["key"], row["amount"], row["owner"]) == ("1007", 3 * 10**6, "role:supervisor")
