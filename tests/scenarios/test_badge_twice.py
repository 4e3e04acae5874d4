"""A badge was copied: it works at the raw-material door and in the finished-goods store at one time."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import select

from domain.barcode import ControlCommand
from domain.barcodes.house import control_code
from hub.store import tables
from hub.store.database import reading
from kiosk.screen import SignOnView
from tests.floor import Floor, FloorKiosk
from tests.stock import STOCK
from tests.world import KEEPER, badge_code, place_code

OFF = control_code(ControlCommand.BREAK)


@pytest.fixture
def floor(tmp_path: Path) -> Iterator[Floor]:
    made = Floor(tmp_path, stock=STOCK)
    yield made
    made.close()


def doors(floor: Floor, *warehouses: str) -> list[FloorKiosk]:
    """Kiosks whose clocks the hub found right, and which are away from it from then on."""
    made = [floor.kiosk(f"K{n}", "PD", warehouse=one) for n, one in enumerate(warehouses, 1)]
    for kiosk in made:
        kiosk.store.log.clock = "synced"
    floor.is_away = True
    return made


def works(kiosk: FloorKiosk, minutes: int) -> None:
    """Somebody shows the keeper's badge and looks things up for so long."""
    kiosk.scans(badge_code(KEEPER))
    for _ in range(minutes):
        kiosk.scans(place_code("RM-A-01"), apart_s=60)


def told(floor: Floor, order: list[FloorKiosk]) -> list[dict[str, str]]:
    """What stands at the desk once the hub is there again."""
    floor.is_away = False
    for kiosk in order:
        kiosk.syncs()
        floor.books()
    with reading(floor.engine) as connection:
        rows = connection.execute(
            select(tables.discrepancies).where(tables.discrepancies.c.kind == "badge_twice")
        ).all()
    assert all(row.owner == "role:supervisor" for row in rows)
    return [msgspec.json.decode(row.detail_json, type=dict[str, str]) for row in rows]


@pytest.mark.fault("A4")
@pytest.mark.parametrize("turned", [False, True], ids=["first_first", "second_first"])
def test_a_copied_badge_in_another_warehouse_comes_to_the_supervisors_desk(
    floor: Floor, turned: bool
) -> None:
    here, there = doors(floor, "RM", "FG")
    works(here, 12)
    works(there, 8)  # the clocks of both doors began together: these are the same minutes
    here.scans(OFF)
    there.scans(OFF)
    [about] = told(floor, [there, here] if turned else [here, there])
    assert (about["person"], about["one"], about["other"]) == (KEEPER.number, "K1", "K2")
    assert int(about["minutes"]) == 8


@pytest.mark.fault("A4")
def test_who_leaves_a_screen_open_and_goes_over_to_the_other_warehouse_is_no_copy(floor: Floor) -> None:
    here, there = doors(floor, "RM", "FG")
    works(here, 3)
    here.clock.advance(600)
    here.waits(0)
    assert here.shows(SignOnView), "the screen locked itself"
    there.clock.advance(240)
    works(there, 5)
    there.scans(OFF)
    assert told(floor, [here, there]) == []


@pytest.mark.fault("A4")
def test_two_doors_of_one_warehouse_may_both_be_open_while_one_goes_to_and_fro(floor: Floor) -> None:
    here, there = doors(floor, "RM", "RM")
    works(here, 12)
    works(there, 8)
    here.scans(OFF)
    there.scans(OFF)
    assert told(floor, [here, there]) == []
