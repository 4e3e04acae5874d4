"""What a neighbour hands in for a kiosk is that kiosk's own upload, and nothing else can be slipped in with it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from domain.parcel import ParcelLabel
from domain.seal import seal_parcel
from domain.wire import encode_upload
from hub.api.parcel import shared_key, take_parcel
from hub.store.tables import events
from tests.hub.plant import Kiosk, P, Plant


@dataclass
class Desk:
    """As much of a hub as parcels need."""

    engine: Any
    ingest: Any


@pytest.fixture
def plant(database_url: str) -> Iterator[Plant]:
    plant = Plant(database_url)
    yield plant
    plant.close()


def hub_of(plant: Plant) -> Any:
    return Desk(engine=plant.engine, ingest=plant.ingest)


def parcel_of(at: Plant, kiosk: Kiosk, **label: Any) -> bytes:
    upload = kiosk.upload()
    header = upload.header
    stated = {
        "plant": P,
        "device": kiosk.name,
        "epoch": header.epoch,
        "first": header.first_sequence,
        "last": header.first_sequence + header.events - 1,
    }
    key = at.device(kiosk.name).key
    return seal_parcel(key, ParcelLabel(**{**stated, **label}), encode_upload(header, upload.bodies))


@pytest.mark.fault("D6")
def test_a_parcel_counts_as_the_upload_of_the_kiosk_it_is_of_once(plant: Plant) -> None:
    kiosk, carrier = plant.kiosk("K1"), plant.kiosk("K2")
    kiosk.receives("1")
    kiosk.receives("2")
    parcel = parcel_of(plant, kiosk)
    for _ in range(2):
        taken = take_parcel(hub_of(plant), plant.device(carrier.name), parcel)
        assert (taken.accepted, taken.code) == (kiosk.head, "")
    plant.takes(kiosk)
    plant.books()
    assert [(row["device"], row["sequence"]) for row in plant.rows(events)] == [("K1", 1), ("K1", 2)]
    assert plant.balances() == {("SUP", "I1"): -3, ("A1", "I1"): 3}


@pytest.mark.fault("A8")
def test_a_parcel_that_is_not_what_it_says_is_answered_and_not_taken(plant: Plant) -> None:
    kiosk, carrier = plant.kiosk("K1"), plant.kiosk("K2")
    kiosk.receives("1")
    device = plant.device(carrier.name)
    sealed_by_another = seal_parcel(
        b"x" * 32, ParcelLabel(plant=P, device="K1", epoch=1, first=1, last=1), b"forged"
    )
    for parcel, code in (
        (b"no parcel at all", "not_a_parcel"),
        (sealed_by_another, "not_a_parcel"),
        (parcel_of(plant, kiosk, last=9), "not_a_parcel"),
        (parcel_of(plant, kiosk, device="K7"), "unknown_device"),
        (parcel_of(plant, kiosk, plant="P9"), "unknown_device"),
        (parcel_of(plant, kiosk, device="K\0"), "unknown_device"),
    ):
        assert take_parcel(hub_of(plant), device, parcel).code == code
    assert plant.rows(events) == []


def test_two_kiosks_of_a_plant_share_a_key_and_strangers_get_none(plant: Plant) -> None:
    plant.kiosk("K1")
    plant.kiosk("K2")
    one, other = plant.device("K1"), plant.device("K2")
    here, there = shared_key(hub_of(plant), one, "K2"), shared_key(hub_of(plant), other, "K1")
    assert here
    assert there
    assert here.key == there.key
    assert shared_key(hub_of(plant), one, "K1") is None
    assert shared_key(hub_of(plant), one, "K9") is None
    assert shared_key(hub_of(plant), one, "K\0") is None
