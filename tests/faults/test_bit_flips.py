"""Bits that flip in files at rest: a kiosk's and a hub's. What was altered is seen; what is believed was written so."""

from __future__ import annotations

import contextlib
import logging
import random
import sqlite3
from pathlib import Path

import pytest
from sqlalchemy.exc import DBAPIError

from hub.audit import Auditor
from hub.store.database import StoreBusyError, reading
from hub.store.event_log import read_events
from hub.store.tables import discrepancies
from kiosk.store.errors import StoreError, StoreRefusedError
from kiosk.store.log import Origin
from kiosk.store.store import Store
from tests.faults.disk import Disk
from tests.faults.powercut import roll
from tests.faults.sqlite_disk import under_sqlite
from tests.hub.plant import P, Plant
from tests.terminal import Terminal
from tests.world import KEEPER, NOW, ORDER, badge_code, order_code, place_code

pytestmark = [pytest.mark.slow, pytest.mark.needs("shared-sqlite")]
SEED = 20261122
FLIPS = 500
ORIGIN = Origin(plant="P1", device="K1", boot_id="boot-1", software="noac test")


def flipped(image: dict[str, bytes], name: str, chance: random.Random, within: range) -> dict[str, bytes]:
    """Turn one bit of a file, in a part of it."""
    spoilt = bytearray(image[name])
    spoilt[chance.choice(within)] ^= 1 << chance.randrange(8)
    return {**image, name: bytes(spoilt)}


def places(content: bytes, bodies: list[bytes]) -> list[int]:
    """Where the first bytes of entries lie in a file; long ones go on elsewhere."""
    found = [content.find(body[:300]) for body in bodies]
    return [one for one in found if one >= 0]


@pytest.mark.fault("D4")
def test_no_flipped_bit_of_a_kiosks_file_is_taken_for_what_was_recorded(tmp_path: Path) -> None:
    logging.disable(logging.CRITICAL)
    disk = Disk()
    (tmp_path / "kiosk.db").touch()
    with under_sqlite(disk), contextlib.closing(Terminal(tmp_path)) as terminal:
        terminal.scans(badge_code(KEEPER), order_code(ORDER), roll("L0"), place_code("RM-A-01"))
        terminal.scans(*(roll(f"L{number}") for number in range(1, 20)))
        written = terminal.store.log.bodies_after(0, 1000)
    image = disk.image()
    [name] = [one for one in image if one.endswith("kiosk.db")]
    spots = places(image[name], written)
    assert len(spots) > len(written) / 2
    chance = random.Random(SEED)
    seen = unchanged = 0
    for number in range(FLIPS):
        spot = chance.choice(spots)
        within = range(spot, spot + 300) if number % 2 else range(len(image[name]))
        with under_sqlite(Disk(flipped(image, name, chance, within))):
            try:
                store = Store(tmp_path, ORIGIN)
            except (StoreError, StoreRefusedError, ValueError):
                seen += 1
                continue
            with contextlib.closing(store):
                try:
                    is_damaged = bool(store.inspect(NOW, everything=True)) or store.log.damages() != []
                    sound = store.log.bodies_after(0, 1000)
                except (StoreError, ValueError):
                    seen += 1
                    continue
        if is_damaged:
            seen += 1
            # What is issued again are the same facts; not one of them is the spoilt one.
            assert len(sound) <= len(written) + 2
        else:
            unchanged += 1
            assert sound == written, "altered, and nobody noticed"
    logging.disable(logging.NOTSET)
    assert seen > FLIPS / 3
    assert unchanged > 0, "also pages that hold no log were hit"


@pytest.mark.fault("B4")
def test_no_flipped_bit_of_a_hubs_file_is_taken_for_what_was_received(tmp_path: Path) -> None:
    logging.disable(logging.CRITICAL)
    url = f"sqlite:///{tmp_path / 'hub.sqlite'}"
    disk = Disk()
    with under_sqlite(disk):
        plant = Plant(url)
        kiosk = plant.kiosk("K1")
        for number in range(40):
            kiosk.receives(str(1 + number % 9))
        plant.takes(kiosk)
        plant.books()
        plant.close()
    image = disk.image()
    [name] = [one for one in image if one.endswith("hub.sqlite")]
    written = [entry.body for entry in kiosk.entries]
    spots = places(image[name], written)
    assert len(spots) > len(written) / 2
    chance = random.Random(SEED)
    seen = 0
    for number in range(FLIPS // 4):
        spot = chance.choice(spots)
        within = range(spot, spot + 300) if number % 2 else range(len(image[name]))
        with under_sqlite(Disk(flipped(image, name, chance, within))):
            try:
                plant = Plant(url)
            except (Exception, DBAPIError):  # noqa: BLE001 - however it says so, it does not begin on such a file
                seen += 1
                continue
            try:
                with reading(plant.engine) as connection:
                    is_whole = connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
                    held = read_events(connection, P, 0, 1000)
                Auditor(plant.engine, [P], plant.clock).round(P)
                if is_whole and not plant.rows(discrepancies, kind="books"):
                    assert [one.body for one in held] == written, "altered, and nobody noticed"
                else:
                    seen += 1
            except (sqlite3.Error, DBAPIError, StoreBusyError, ValueError):
                seen += 1
            finally:
                plant.close()
    logging.disable(logging.NOTSET)
    assert seen > FLIPS / 16


@pytest.mark.fault("B4", "B6")
def test_projections_that_were_spoilt_come_out_of_the_ledger_again(tmp_path: Path) -> None:
    plant = Plant(f"sqlite:///{tmp_path / 'hub.sqlite'}")
    kiosk = plant.kiosk("K1")
    for number in range(20):
        kiosk.receives(str(1 + number))
    plant.takes(kiosk)
    plant.books()
    live = plant.everything()
    with contextlib.closing(sqlite3.connect(tmp_path / "hub.sqlite", isolation_level=None)) as hand:
        hand.execute("UPDATE balances SET value = value + 1")
        hand.execute("DELETE FROM movements WHERE position % 3 = 0")
        hand.execute("UPDATE document_lines SET line = line + 100")
        hand.execute("REINDEX")
    assert plant.everything() != live
    plant.rebuilds()
    assert plant.everything() == live
    plant.close()
