"""Power cuts under a real kiosk and a real hub: what was confirmed is there, nothing is half there, nothing is spoilt.

`run` cuts a given number of times, from a seed, and counts; `tests/faults/test_powercut.py` asks for zeros, and for
more than zero where SQLite is told not to wait for the disk, so that a blind bench would be noticed.
"""

from __future__ import annotations

import contextlib
import logging
import random
import tempfile
from collections.abc import Callable, Generator
from dataclasses import dataclass, field, fields
from datetime import timedelta
from pathlib import Path
from typing import Literal

from sqlalchemy import select

from domain.barcode import ControlCommand
from domain.barcodes.house import control_code
from domain.events.documents import LineRecorded
from domain.log import Head
from domain.wire import Change, Changes
from hub.ingest import StoreBusyError
from hub.store.database import reading
from hub.store.event_log import head_of
from hub.store.tables import events
from kiosk.screen import Tone
from kiosk.store.errors import StoreError
from tests.faults.disk import Disk
from tests.faults.sqlite_disk import under_sqlite
from tests.hub.plant import Kiosk, P, Plant
from tests.terminal import Terminal, VirtualClock
from tests.world import ITEMS, KEEPER, NOW, ORDER, badge_code, order_code, place_code

Synchronous = Literal["FULL", "NORMAL", "OFF"]
LIVES_MAX = 6
"""Cuts one file goes through before a fresh one is taken."""
KIOSK_CHANGES_MAX = 220
"""Writes and syncs after which the power goes at the latest: some five scans."""
HUB_CHANGES_MAX = 400
SYNCS_MAX = 8
ACTS_MAX = 50
"""After so much work in one life the power goes at a quiet moment."""
FINDINGS_KEPT = 10


@dataclass(kw_only=True)
class Tally:
    """What a run saw. Only the first group may be above zero."""

    cuts: int = 0
    confirmed: int = 0
    """Turns or uploads somebody was told were stored."""
    stored_unconfirmed: int = 0
    """Whole ones that survived although the power went before anybody was told."""

    lost: int = 0
    """Confirmed, and not there any more."""
    corrupt: int = 0
    """SQLite's own check complains, or the chain of digests has a hole."""
    halved: int = 0
    """A turn of which only a part is there, or a line that is there twice."""
    first: list[str] = field(default_factory=list)
    """The first findings, in words."""

    def add(self, other: Tally) -> None:
        for one in fields(self):
            setattr(self, one.name, getattr(self, one.name) + getattr(other, one.name))
        del self.first[FINDINGS_KEPT:]

    def finds(self, what: Literal["lost", "corrupt", "halved"], count: int, words: str) -> None:
        if count:
            setattr(self, what, getattr(self, what) + count)
            if len(self.first) < FINDINGS_KEPT:
                self.first.append(f"{what}: {words}")

    @property
    def faults(self) -> int:
        return self.lost + self.corrupt + self.halved


def run(
    cuts: int,
    seed: int,
    progress: Callable[[int], None] = lambda _cuts: None,
    *,
    synchronous: Synchronous = "FULL",
) -> Tally:
    """Cut a kiosk's power `cuts` times; `progress` hears how many are done. The same seed gives the same cuts."""
    chance = random.Random(seed)
    tally = Tally()
    template = kiosk_template()
    with _quiet():
        while tally.cuts < cuts:
            lives = min(chance.randint(2, LIVES_MAX), cuts - tally.cuts)
            tally.add(_kiosk_lives(template, random.Random(chance.randrange(2**32)), lives, synchronous))
            progress(tally.cuts)
    return tally


def run_hub(cuts: int, seed: int, progress: Callable[[int], None] = lambda _cuts: None) -> Tally:
    """Cut a hub's power `cuts` times while kiosks upload and events are booked."""
    chance = random.Random(seed)
    tally = Tally()
    with _quiet(), tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/hub.sqlite"  # what lies beside the database is in a folder of this machine
        template = _hub_template(url)
        while tally.cuts < cuts:
            lives = min(chance.randint(2, LIVES_MAX), cuts - tally.cuts)
            tally.add(_hub_lives(url, template, random.Random(chance.randrange(2**32)), lives))
            progress(tally.cuts)
    return tally


@contextlib.contextmanager
def _quiet() -> Generator[None]:
    """Thousands of cuts are thousands of complaints, all of them asked for."""
    logging.disable(logging.CRITICAL)
    try:
        yield
    finally:
        logging.disable(logging.NOTSET)


def _arm(disk: Disk, chance: random.Random, changes_max: int) -> None:
    """Choose when the power goes: at any write or sync, and half the time just at a sync, where promises are made."""
    if chance.random() < 0.5:
        disk.cut(chance.randint(1, SYNCS_MAX), frozenset({"sync"}))
    else:
        disk.cut(chance.randint(1, changes_max))


# --- the kiosk -------------------------------------------------------------------------------------------------------


def kiosk_template() -> dict[str, bytes]:
    """Return the file of a kiosk in the middle of a receipt, by its name without the folder."""
    disk = Disk()
    with under_sqlite(disk), tempfile.TemporaryDirectory() as folder:
        terminal = Terminal(Path(folder))
        terminal.scans(badge_code(KEEPER), order_code(ORDER), roll("L-first"), place_code("RM-A-01"))
        assert terminal.tone is Tone.STORED
        terminal.close()
        return {Path(name).name: content for name, content in disk.image().items()}


def roll(lot: str) -> str:
    """Return the code of a roll of ten grams."""
    return f"]C110{lot}\x1d240F-2041\x1d3103000010" + "3111000001"


def _kiosk_lives(
    template: dict[str, bytes], chance: random.Random, lives: int, synchronous: Synchronous
) -> Tally:
    tally = Tally()
    with tempfile.TemporaryDirectory() as folder:
        story = _KioskStory(Path(folder), chance, tally, synchronous)
        disk = Disk({str(Path(folder) / name): content for name, content in template.items()})
        for life in range(lives + 1):
            if not story.looks_after(disk, is_first=life == 0):
                break
            if life < lives:
                disk = story.lives_and_dies(disk)
                tally.cuts += 1
    tally.cuts += lives - min(
        tally.cuts, lives
    )  # a file that cannot be opened any more ends the story, and is counted
    return tally


class _KioskStory:
    """One kiosk's file through several cuts, and what its operator was told."""

    def __init__(self, folder: Path, chance: random.Random, tally: Tally, synchronous: Synchronous) -> None:
        self._folder, self._chance, self._tally = folder, chance, tally
        self._synchronous = synchronous
        self._clock = VirtualClock(NOW + timedelta(seconds=30))
        self._tried: list[str] = ["L-first"]
        self._confirmed: set[str] = {"L-first"}
        self._acknowledged = (1, 0)
        (
            folder / "kiosk.db"
        ).touch()  # whoever looks for the file itself finds one; SQLite has its own on the disk

    def lives_and_dies(self, disk: Disk) -> Disk:
        """Work until the power goes; returns what is on the disk when it is back."""
        _arm(disk, self._chance, KIOSK_CHANGES_MAX)
        with under_sqlite(disk):
            try:
                terminal = Terminal(self._folder, clock=self._clock)
            except StoreError:
                return disk.after_cut(self._chance)
            with contextlib.closing(terminal):
                if self._synchronous != "FULL":
                    terminal.store.connection._sqlite.execute(f"PRAGMA synchronous={self._synchronous}")
                for _ in range(ACTS_MAX):
                    self._acts(terminal)
                    if disk.is_off:
                        break
                after = disk.after_cut(self._chance)
        return after

    def _acts(self, terminal: Terminal) -> None:
        store, chance = terminal.store, self._chance
        match chance.choices(range(7), (60, 10, 10, 8, 6, 4, 2))[0]:
            case 0:
                self._receives(terminal)
            case 1:
                terminal.scans("UNKNOWN-1")
            case 2:
                with contextlib.suppress(StoreError):
                    store.connection.tidy()
            case 3:
                self._is_acknowledged(terminal)
            case 4:
                with contextlib.suppress(StoreError):
                    store.apply(_page(chance))
            case 5:
                terminal.scans(control_code(ControlCommand.UNDO))
                terminal.touches("yes")
            case _:
                with contextlib.suppress(StoreError):
                    store.begin_epoch(store.log.epoch + 1, NOW)
                    self._acknowledged = (store.log.epoch, 0)

    def _receives(self, terminal: Terminal) -> None:
        lot = f"L{len(self._tried)}"
        self._tried.append(lot)
        terminal.scans(roll(lot))
        if terminal.tone is Tone.NEUTRAL:  # an undo may have taken the place back with the line
            terminal.scans(place_code("RM-A-01"))
        if terminal.tone is Tone.STORED and terminal.says.startswith("said.line_recorded"):
            self._confirmed.add(lot)
            self._tally.confirmed += 1

    def _is_acknowledged(self, terminal: Terminal) -> None:
        store = terminal.store
        with contextlib.suppress(StoreError):
            self._acknowledged = (store.log.epoch, store.log.head.sequence)
            store.acknowledge(store.log.head.sequence)

    def looks_after(self, disk: Disk, *, is_first: bool) -> bool:
        """Compare the file with what the operator was told; False if it cannot be used any more."""
        tally = self._tally
        try:
            with (
                under_sqlite(disk),
                contextlib.closing(Terminal(self._folder, clock=self._clock)) as terminal,
            ):
                complaint = terminal.store.connection.rows("PRAGMA integrity_check")
                tally.finds("corrupt", complaint != [("ok",)], str(complaint)[:200])
                damages = terminal.store.log.damages()
                tally.finds("corrupt", len(damages), str(damages[:1]))
                lots = [str(one.values["lot"]) for one in terminal.events(LineRecorded)]  # type: ignore[attr-defined]
                labels = terminal.store.connection.rows("SELECT count(*) FROM job")[0][0]
                epoch, acknowledged = terminal.store.log.epoch, terminal.store.log.acknowledged
        except Exception as error:  # noqa: BLE001 - however it fails, the file is of no use any more: that is the finding
            tally.finds("corrupt", 1, f"the file cannot be used: {error!r}")
            return False
        missing = self._confirmed - set(lots)
        tally.finds("lost", len(missing), f"{sorted(missing)[:5]} of {len(self._confirmed)}")
        tally.finds("halved", len(lots) - len(set(lots)), "a line is there twice")
        tally.finds("halved", abs(labels - len(lots)), f"{labels} labels were asked for {len(lots)} lines")
        told_epoch, told = self._acknowledged
        if epoch == told_epoch:
            # A cursor that lags only has the hub told again; one that runs ahead would lose events.
            tally.finds("lost", max(0, acknowledged - told), "taken for acknowledged and was not")
        if not is_first:
            tally.stored_unconfirmed += len(set(lots) - self._confirmed)
        tally.finds("halved", len(set(lots) - set(self._tried)), "a line nobody scanned")
        self._confirmed = set(lots)
        self._acknowledged = (epoch, acknowledged)
        return True


def _page(chance: random.Random) -> Changes:
    item = chance.choice(ITEMS)
    body = {
        "id": item.id,
        "number": item.number,
        "names": {"zh": "新"},
        "unit": item.unit,
        "lot_managed": True,
    }
    if item.second_unit:
        body |= {"second_unit": item.second_unit, "unit_managed": True}
    return Changes(
        generation=1,
        cursor=f"r{chance.randrange(1000)}",
        changes=(Change(kind="item", key=item.id, body=body),),
        epoch=1,
        complete_through=0,
        position=0,
        more=False,
        hub_time=NOW,
    )


# --- the hub ---------------------------------------------------------------------------------------------------------

_KIOSKS = ("K1", "K2", "K3")


def _hub_template(url: str) -> dict[str, bytes]:
    disk = Disk()
    with under_sqlite(disk):
        plant = Plant(url)
        for name in _KIOSKS:
            plant.kiosk(name)
        plant.close()
        return disk.image()


def _hub_lives(url: str, template: dict[str, bytes], chance: random.Random, lives: int) -> Tally:
    tally = Tally()
    kiosks = [Kiosk(name=name) for name in _KIOSKS]
    promised: dict[str, Head] = dict.fromkeys(_KIOSKS, Head())
    disk = Disk(template)
    for _ in range(lives):
        _arm(disk, chance, HUB_CHANGES_MAX)
        with under_sqlite(disk):
            try:
                plant = Plant(url)
            except Exception:  # noqa: BLE001 - cut while it opened its file: nothing was promised in this life
                assert disk.is_off
            else:
                _hub_works(plant, disk, kiosks=kiosks, promised=promised, chance=chance, tally=tally)
                plant.close()
        disk = disk.after_cut(chance)
        tally.cuts += 1
        with under_sqlite(disk):
            _look_at_hub(url, kiosks, promised, tally)
    return tally


def _hub_works(
    plant: Plant,
    disk: Disk,
    *,
    kiosks: list[Kiosk],
    promised: dict[str, Head],
    chance: random.Random,
    tally: Tally,
) -> None:
    for _ in range(ACTS_MAX):
        if disk.is_off:
            return
        kiosk = chance.choice(kiosks)
        for _ in range(chance.randint(1, 5)):
            kiosk.receives(str(chance.randint(1, 9)))
        with contextlib.suppress(StoreBusyError):
            answer = plant.takes(kiosk, kiosk.upload(promised[kiosk.name].sequence + 1))
            promised[kiosk.name] = answer.accepted
            tally.confirmed += 1
        if chance.random() < 0.3:
            with contextlib.suppress(StoreBusyError):
                plant.books()


def _look_at_hub(url: str, kiosks: list[Kiosk], promised: dict[str, Head], tally: Tally) -> None:
    plant = Plant(url)
    try:
        with reading(plant.engine) as connection:
            complaint = connection.exec_driver_sql("PRAGMA integrity_check").fetchall()
            stored = connection.execute(select(events.c.body).order_by(events.c.position)).scalars().all()
            positions = (
                connection.execute(select(events.c.position).order_by(events.c.position)).scalars().all()
            )
            heads = {one.name: head_of(connection, P, one.name, 1) for one in kiosks}
        tally.finds("corrupt", [tuple(one) for one in complaint] != [("ok",)], str(complaint)[:200])
        tally.finds(
            "halved", list(positions) != list(range(1, len(positions) + 1)), "positions are not dense"
        )
        for kiosk in kiosks:
            held, told = heads[kiosk.name], promised[kiosk.name]
            tally.finds("lost", max(0, told.sequence - held.sequence), f"{kiosk.name}: {held} after {told}")
            known = [entry.body for entry in kiosk.entries[: held.sequence]]
            tally.finds(
                "halved", [one for one in stored if one in set(known)] != known, f"{kiosk.name}: other bytes"
            )
            tally.stored_unconfirmed += max(0, held.sequence - told.sequence)
            promised[kiosk.name] = held
        plant.books()
        live = plant.everything()
        plant.rebuilds()
        tally.finds("corrupt", plant.everything() != live, "the projections are not the fold of the ledger")
    finally:
        plant.close()
