"""The hub's disk dies at noon; yesterday's backup is put in its place, and nobody does anything else about it.

The kiosks are alive: real stores, real sync, real ingest. Afterwards the ledger holds the same facts and every place
the same stock as if nothing had happened, each fact booked once.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from domain.events.documents import LineRecorded
from domain.log import open_entry
from domain.place import PlaceId
from hub.backup import back_up
from hub.recovery import put_back
from hub.store.tables import balances, dispositions, events
from kiosk.store.log import Fact, Origin
from kiosk.store.store import Store
from kiosk.sync import Sync
from tests.hub.plant import START, P, Plant, moved
from tests.hub.wire import Wire

KIOSKS = ("K1", "K2", "K3")
ROUNDS_MAX = 12


class Site:
    """The plant's server room: a hub that can be switched off and put back."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.url = f"sqlite:///{folder / 'hub.sqlite'}"
        self.hub: Plant | None = Plant(self.url)
        for name in KIOSKS:
            self.hub.kiosk(name)

    def backs_up(self) -> None:
        assert self.hub
        assert not back_up(self.hub.engine, P, self.folder / "backup", START).problem

    def breaks(self) -> None:
        assert self.hub
        self.hub.close()
        self.hub = None

    def is_put_back(self) -> None:
        put_back(self.url, self.folder / "backup", START, replace=True)
        self.hub = Plant.again(self.url)


class Door:
    """A kiosk at a door, without its screen."""

    def __init__(self, site: Site, name: str, folder: Path) -> None:
        self.name = name
        self.store = Store(folder, Origin(plant=P, device=name, boot_id="b", software="test"))
        self._seconds = 0.0
        self.sync = Sync(
            self.store,
            Wire(lambda: site.hub, name),
            now=lambda: START + timedelta(hours=1),
            monotonic_s=self._monotonic_s,
            on_change=lambda _: None,
            seed=1,
        )
        self._lines = 0

    def receives(self, count: int) -> None:
        for _ in range(count):
            self._lines += 1
            event = LineRecorded(
                document=f"CS-{self.name}",
                document_type="CS",
                line=self._lines,
                values={},
                movements=(moved("SUP", "RCV", str(self._lines)), moved("RCV", "A1", str(self._lines))),
            )
            number = int(self.name[1:]) * 10_000 + self._lines
            fact = Fact(event=event, event_id=f"{number:032x}", event_time=START)
            self.store.record([fact], None, "20261122")

    def talks(self) -> None:
        for _ in range(ROUNDS_MAX):
            self._seconds += 60.0  # a minute between two rounds: whatever it waits for is over
            self.sync.round()

    def _monotonic_s(self) -> float:
        self._seconds += 0.001
        return self._seconds


@contextlib.contextmanager
def doors(site: Site, folder: Path) -> Iterator[list[Door]]:
    opened = [Door(site, name, folder / name) for name in KIOSKS]
    yield opened
    for door in opened:
        door.store.close()
    if site.hub:
        site.hub.close()


def lives(folder: Path, *, accident: bool) -> tuple[set[tuple[str, bytes]], dict[str, int], Plant, list[int]]:
    """A day at three doors; return the facts booked, the stock, the hub and what still waits at the doors."""
    folder.mkdir()
    site = Site(folder)
    with doors(site, folder) as kiosks:
        for door in kiosks:
            door.receives(5)
            door.talks()
        site.backs_up()
        for door in kiosks:
            door.talks()  # they hear what is safe
        for number, door in enumerate(kiosks):
            door.receives(7 + number)
        for door in kiosks[:2]:
            door.talks()
        kiosks[2].receives(1)  # the third has not reached the hub since
        if accident:
            site.breaks()
        for door in kiosks:
            door.receives(3)
            door.talks()
        if accident:
            site.is_put_back()
        for door in (*reversed(kiosks), *kiosks):
            door.talks()
        hub = site.hub
        assert hub
        hub.books()
        told = {row["position"]: row["state"] for row in hub.rows(dispositions)}
        booked = [
            open_entry(bytes(row["body"])).envelope
            for row in hub.rows(events)
            if told.get(row["position"], "booked") in ("booked", "booked_with_exception")
        ]
        facts = {(one.event_id, bytes(one.fact)) for one in booked if one.type == "LineRecorded"}
        assert len(facts) == sum(one.type == "LineRecorded" for one in booked), "each once"
        stock = {f"{row['place']} {row['item']}": row["value"] for row in hub.rows(balances)}
        held = {
            door.name: sum(one.quantity.value for one in door.store.facts.balances(place=PlaceId("A1")))
            for door in kiosks
        }
        (at_hub,) = {micros for key, micros in stock.items() if key == "A1 I1"}
        assert {name: value * 10**6 for name, value in held.items()} == dict.fromkeys(KIOSKS, at_hub)
        return facts, stock, hub, [door.store.log.pending for door in kiosks]


@pytest.mark.fault("H6")
def test_a_hub_put_back_from_an_older_backup_has_the_same_facts_and_stock_hands_off(tmp_path: Path) -> None:
    quiet, stock, _, waiting = lives(tmp_path / "quiet", accident=False)
    again, stock_again, _, waiting_again = lives(tmp_path / "accident", accident=True)
    assert waiting == waiting_again == [0, 0, 0]
    assert len(quiet) == 3 * (5 + 7 + 3) + 1 + 2 + 1
    assert again == quiet
    assert stock_again == stock
