"""The buddy copy: what the hub lacks lies sealed at a neighbour, and reaches the hub when the card is gone."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
import requests
from uuid_utils import uuid7

from domain.events.terminal import KioskStarted
from domain.log import Head, open_entry
from domain.parcel import (
    ParcelError,
    ParcelLabel,
    ParcelTaken,
    label_of,
)
from domain.seal import neighbour_key, open_parcel, seal_parcel
from domain.wire import MAC_HEADER, decode_upload, request_mac
from kiosk.app import Kiosk
from kiosk.boot import StartError
from kiosk.buddy import BUDDY_TARGET, Buddy
from kiosk.buddy_door import BuddyDoor
from kiosk.settings import identity_of, read_settings
from kiosk.shelf import Shelf, ShelfFullError
from kiosk.store.log import Fact, Origin
from kiosk.store.store import Store
from tests.kiosk.process import free_port, write_settings
from tests.world import NOW

KEY, OTHER_KEY = bytes(range(32)), bytes(range(1, 33))
SHARED = neighbour_key(KEY, OTHER_KEY)
LABEL = ParcelLabel(plant="P1", device="K1", epoch=1, first=1, last=2)


class ParcelHub:
    """Opens what it gets with the device's key, and keeps the log it is of."""

    def __init__(self) -> None:
        self.log: list[bytes] = []
        self.handed_in = 0

    def parcel(self, parcel: bytes) -> ParcelTaken:
        self.handed_in += 1
        try:
            upload = decode_upload(open_parcel(KEY, parcel))
        except ParcelError:
            return ParcelTaken(code="not_a_parcel")
        if upload.header.first_sequence <= len(self.log) + 1:
            self.log += upload.bodies[len(self.log) + 1 - upload.header.first_sequence :]
        return ParcelTaken(accepted=open_entry(self.log[-1]).head if self.log else Head())

    def neighbour_key(self, device: str) -> bytes:
        return SHARED


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    origin = Origin(plant="P1", device="K1", boot_id="b", software="test")
    with contextlib.closing(Store(tmp_path / "K1", origin)) as opened:
        yield opened


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path / "K2", 1_000_000)


@pytest.fixture
def door(shelf: Shelf) -> Iterator[BuddyDoor]:
    opened = BuddyDoor(shelf, plant="P1", neighbour="K1", shared_key=lambda: SHARED)
    opened.start("127.0.0.1", 0)
    yield opened
    opened.stop()


def record(store: Store, count: int) -> None:
    facts = [
        Fact(event=KioskStarted(software=f"v{n}"), event_id=uuid7().hex, event_time=NOW) for n in range(count)
    ]
    store.record(facts, None, "20261122")


def buddy(store: Store, hub: ParcelHub, shelf: Shelf, port: int = 0) -> Buddy:
    address = f"http://127.0.0.1:{port}" if port else ""
    return Buddy(
        store,
        hub,
        shelf,
        plant="P1",
        neighbour="K2",
        address=address,
        key=KEY,
        monotonic_s=lambda: 100.0,
    )


@pytest.mark.fault("D6")
def test_a_card_that_dies_takes_nothing_with_it_that_the_neighbour_holds(store, shelf, door, tmp_path):
    ours = buddy(store, ParcelHub(), Shelf(tmp_path / "K1", 1_000_000), door.port)
    ours.hub_is_here()
    record(store, 10)
    store.acknowledge(4)
    assert ours.hub_is_away() == 1
    record(store, 250)
    ours.hub_is_away()
    assert ours.hub_is_away() == 0, "each entry goes once"
    lost = store.log.bodies_after(0, 1_000)
    hub = ParcelHub()
    hub.log = list(lost[:4])
    theirs = buddy(store, hub, shelf)
    theirs.hub_is_here()
    assert hub.log == lost
    assert list(shelf.parcels()) == []
    ours.close()
    theirs.close()


@pytest.mark.fault("D6")
def test_a_parcel_whose_forerunners_are_missing_stays_on_the_shelf(store, shelf, door, tmp_path):
    ours = buddy(store, ParcelHub(), Shelf(tmp_path / "K1", 1_000_000), door.port)
    ours.hub_is_here()
    record(store, 6)
    store.acknowledge(4)
    ours.hub_is_away()
    hub = ParcelHub()
    theirs = buddy(store, hub, shelf)
    theirs.hub_is_here()
    assert (hub.log, len(list(shelf.parcels()))) == ([], 1)
    theirs.hub_is_here()
    assert hub.handed_in == 1, "and is not tried again at once"
    ours.close()
    theirs.close()


def test_without_a_shared_key_or_an_address_nothing_leaves_the_kiosk(store, shelf, door):
    record(store, 3)
    nowhere, unknown = buddy(store, ParcelHub(), shelf), buddy(store, ParcelHub(), shelf, door.port)
    assert unknown.hub_is_away() == 0
    nowhere.hub_is_here()
    assert nowhere.hub_is_away() == 0
    assert list(shelf.parcels()) == []


@pytest.mark.fault("A6", "A8")
@pytest.mark.parametrize(
    ("key", "label", "status"),
    [
        (KEY, LABEL, 401),
        (SHARED, ParcelLabel(plant="P1", device="K9", epoch=1, first=1, last=2), 400),
        (SHARED, ParcelLabel(plant="P2", device="K1", epoch=1, first=1, last=2), 400),
        (SHARED, ParcelLabel(plant="P1", device="K1", epoch=1, first=3, last=2), 400),
        (SHARED, ParcelLabel(plant="P1", device="K1", epoch=10**9, first=1, last=2), 400),
    ],
)
def test_only_the_neighbour_leaves_parcels_and_only_its_own(door, shelf, key, label, status):
    parcel = seal_parcel(KEY, label, b"x")
    mac = request_mac(key, "POST", BUDDY_TARGET, parcel)
    url = f"http://127.0.0.1:{door.port}{BUDDY_TARGET}"
    answer = requests.post(url, data=parcel, headers={MAC_HEADER: mac}, timeout=5)
    assert answer.status_code == status
    assert list(shelf.parcels()) == []


@pytest.mark.fault("A12")
def test_a_full_shelf_takes_no_more_and_keeps_what_it_has(tmp_path):
    parcel = seal_parcel(KEY, LABEL, b"x" * 50)
    shelf = Shelf(tmp_path, 2 * len(parcel))
    shelf.put(LABEL, parcel)
    shelf.put(ParcelLabel(plant="P1", device="K1", epoch=1, first=3, last=4), parcel)
    with pytest.raises(ShelfFullError):
        shelf.put(ParcelLabel(plant="P1", device="K1", epoch=1, first=5, last=6), parcel)
    assert [name for name, _ in shelf.parcels()] == [
        "0000001-000000000001-000000000002.parcel",
        "0000001-000000000003-000000000004.parcel",
    ]


@pytest.mark.fault("N10", "A3")
def test_nobody_but_the_hub_reads_a_parcel_and_no_flip_goes_unseen():
    parcel = seal_parcel(KEY, LABEL, b"what was scanned")
    assert open_parcel(KEY, parcel) == b"what was scanned"
    assert label_of(parcel) == LABEL
    assert b"scanned" not in parcel
    with pytest.raises(ParcelError):
        open_parcel(OTHER_KEY, parcel)
    for place in range(len(parcel)):
        spoilt = bytearray(parcel)
        spoilt[place] ^= 1 << place % 8
        with pytest.raises(ParcelError):
            open_parcel(KEY, bytes(spoilt))


def test_a_parcel_that_unpacks_without_end_is_refused():
    with pytest.raises(ParcelError, match="more than"):
        open_parcel(KEY, seal_parcel(KEY, LABEL, b"0" * 1_000_000))


def test_a_shared_key_is_the_same_from_both_sides_and_no_other():
    assert neighbour_key(KEY, OTHER_KEY) == neighbour_key(OTHER_KEY, KEY)
    assert neighbour_key(KEY, OTHER_KEY) != neighbour_key(KEY, bytes(32))


def test_a_kiosk_that_names_its_neighbour_opens_its_door_while_it_runs(tmp_path):
    port = free_port()
    (tmp_path / "hub.key").write_text(KEY.hex(), encoding="utf-8")
    table = (
        f'[hub]\nurl = "http://127.0.0.1:1"\nkey_file = "hub.key"\n[buddy]\nneighbour = "K2"\nport = {port}\n'
    )
    path = write_settings(tmp_path, table)
    settings = read_settings(path)
    kiosk = Kiosk(settings, identity_of(settings, str(path)))
    url = f"http://127.0.0.1:{port}{BUDDY_TARGET}"
    kiosk.start()
    try:
        assert requests.post(url, data=b"x", timeout=5).status_code == 401
        other = Kiosk(
            msgspec.structs.replace(settings, data=tmp_path / "other"), identity_of(settings, str(path))
        )
        with pytest.raises(StartError, match=f"{port}.*buddy"):
            other.start()
        other.stop()
    finally:
        kiosk.stop()
    with pytest.raises(requests.ConnectionError):
        requests.post(url, data=b"x", timeout=5)
