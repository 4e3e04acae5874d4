"""Since when each lot is here, as the hub works it out and lets the kiosks know."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import msgspec
import pytest

from domain.events.documents import LineRecorded
from domain.item import Lot
from domain.place import Station
from hub.feed import changes
from hub.slices import of_station
from hub.store import tables
from tests.hub.plant import START, Kiosk, Plant, moved
from tests.world import STATION


@pytest.fixture
def plant(database_url: str) -> Iterator[Plant]:
    made = Plant(database_url)
    yield made
    made.close()


def told(plant: Plant) -> list[Lot]:
    page = changes(plant.engine, plant.device("K1"), "", 1000, START + timedelta(days=1)).changes
    return [msgspec.convert(one.body, Lot) for one in page if one.kind == "lot"]


def receives(kiosk: Kiosk, days_ago: int) -> None:
    one = moved("SUP", "A1", "10")
    line = LineRecorded(
        document=f"CS-{kiosk.name}",
        document_type="CS",
        line=1,
        values={"item": one.goods.item, "quantity": one.quantity},
        movements=(one,),
    )
    kiosk.says(line, event_time=START - timedelta(days=days_ago))


@pytest.mark.parametrize("order", [("K1", "K2"), ("K2", "K1")])
def test_the_first_receipt_of_a_lot_counts_in_whatever_order_the_logs_arrive(
    plant: Plant, order: tuple[str, str]
) -> None:
    kiosks = {name: plant.kiosk(name) for name in ("K1", "K2")}
    receives(kiosks["K1"], days_ago=2)
    receives(kiosks["K2"], days_ago=9)
    for name in order:
        plant.takes(kiosks[name])
        plant.books()
    [lot] = told(plant)
    assert (lot.item, lot.number, lot.since) == ("I1", "L1", START - timedelta(days=9))
    before = plant.rows(tables.lots)
    plant.rebuilds()
    assert plant.rows(tables.lots) == before


def of(*codes: str) -> Station:
    return msgspec.structs.replace(STATION, document_types=codes)


def test_only_kiosks_that_take_goods_from_a_store_hear_of_it() -> None:
    assert not of_station(of("CS", "PD")).lots
    assert of_station(of("CS", "YC")).lots
    assert of_station(of()).lots
