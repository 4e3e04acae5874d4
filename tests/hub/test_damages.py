"""A kiosk that found its own log spoilt says so, and the hub shows it until somebody has looked."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
import pytest

from domain.events.terminal import DamageFound, KioskStarted, RecordsNotUnderstood
from hub.store.tables import discrepancies
from tests.hub.plant import Plant


@pytest.fixture
def plant(database_url: str) -> Iterator[Plant]:
    plant = Plant(database_url)
    yield plant
    plant.close()


@pytest.mark.fault("D4")
def test_a_damage_names_the_kiosk_and_how_many_entries_once(plant: Plant) -> None:
    kiosk = plant.kiosk("K1")
    found = DamageFound(reason="damaged", epoch=1, first=7, last=9, count=3)
    kiosk.says(found)
    kiosk.says(found)
    kiosk.says(DamageFound(reason="missing", epoch=1, first=7, last=7, count=1, at_hub=True))
    kiosk.says(RecordsNotUnderstood(kind="shift", key="S-1"))
    kiosk.says(KioskStarted(software="1.0"))
    plant.takes(kiosk)
    plant.books()
    rows = sorted(plant.rows(discrepancies, kind="damage"), key=lambda row: row["key"])
    assert [row["key"] for row in rows] == ["K1/1/7/damaged", "K1/1/7/missing"]
    about = [msgspec.json.decode(row["detail_json"]) for row in rows]
    assert [(one["device"], one["count"], one["at_hub"]) for one in about] == [
        ("K1", "3", "no"),
        ("K1", "1", "yes"),
    ]
    assert plant.rows(discrepancies, kind="parked") == []
