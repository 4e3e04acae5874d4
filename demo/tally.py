"""The count that decides: what people saw turn green, held against what the hub's books show. Kept outside NOAC."""

import threading
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from demo.check import all_rows
from demo.goods import Package
from demo.lorries import JOBS
from demo.morning import DOORS, Door
from demo.site import Site

LOOK_EVERY_S = 1.0
MISSING_LOOKS = 3
"""A package is lost when so many looks in a row found everything sent and booked, and it was not there."""
JUST_NOW = timedelta(seconds=2)
"""What turned green this moment may still be on its way when everything else has arrived."""
END_TIMEOUT_S = 15.0


@dataclass(slots=True, kw_only=True)
class Confirmed:
    """A package that somebody saw turn green."""

    door: Door
    package: Package
    at: datetime
    missed: int = 0
    is_in_hub: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """The running count, in packages.

    `unseen`: in the hub, though nobody saw it turn green (yet). `proven_at`: when everything was last sent and booked
    and not one package was missing. `is_answering`: whether the hub's figures are of now. `is_quiet`: nothing waits.
    """

    confirmed: int = 0
    confirmed_at: dict[Door, int] = field(default_factory=dict[Door, int])
    in_hub: int = 0
    waiting: int = 0
    lost: int = 0
    doubled: int = 0
    unseen: int = 0
    is_answering: bool = False
    is_quiet: bool = False
    position: int = 0
    generation: int = 0
    epochs: dict[str, int] = field(default_factory=dict[str, int])
    proven_at: datetime | None = None


class Tally:
    """Takes what people saw, asks the hub what it has, and compares package by package."""

    def __init__(self, site: Site, whole_since: Callable[[], datetime | None]) -> None:
        """`whole_since`: since when nothing is broken; None while something is."""
        self.count = Count()
        self.turn = 0
        """How many looks were taken."""
        self._site, self._whole_since = site, whole_since
        self._lock = threading.Lock()
        self._confirmed: dict[str, Confirmed] = {}
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="tally", daemon=True)

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def stop(self) -> None:
        """Look no more."""
        self._stopping.set()
        self._thread.join(END_TIMEOUT_S)

    def confirm(self, door: Door, package: Package) -> None:
        """Note a package that turned green."""
        with self._lock:
            self._confirmed[package.lot] = Confirmed(door=door, package=package, at=datetime.now(UTC))

    @property
    def confirmed(self) -> int:
        """How many packages people saw turn green, up to this moment."""
        with self._lock:
            return len(self._confirmed)

    def missing_of(self, door: Door) -> list[str]:
        """Return the lots that turned green at a door and that the hub did not have at the last look."""
        with self._lock:
            return [lot for lot, one in self._confirmed.items() if one.door == door and not one.is_in_hub]

    def _watch(self) -> None:
        while not self._stopping.wait(LOOK_EVERY_S):
            self.look()

    def look(self) -> None:
        """Ask the hub and count anew; while it is away its last figures stay, and are called old."""
        began = datetime.now(UTC)
        with self._lock:
            known = dict(self._confirmed)
        try:
            kiosks = self._site.ask_hub("kiosks")["rows"]
            health = self._site.ask_hub("health")
            amounts = self._amounts()
        except (OSError, ValueError):
            kiosks = health = amounts = None
        if amounts is None or health is None or kiosks is None:
            self._count_old(known)
        else:
            self._count(known, amounts, health, kiosks, began)
        self.turn += 1

    def _amounts(self) -> dict[str, Decimal]:
        """Return what the hub's books show at the places people put things, by lot."""
        amounts: dict[str, Decimal] = defaultdict(Decimal)
        for job in JOBS.values():
            for row in all_rows(self._site, f"stock?limit=500&place={job.place}"):
                amounts[row.get("lot", "")] += Decimal(row["quantity"]["value"])
        return amounts

    def _count_old(self, known: dict[str, Confirmed]) -> None:
        old = self.count
        self.count = Count(
            confirmed=len(known),
            confirmed_at=_by_door(known),
            in_hub=old.in_hub,
            waiting=len(known) - old.in_hub - old.lost,
            lost=old.lost,
            doubled=old.doubled,
            position=old.position,
            generation=old.generation,
            epochs=old.epochs,
            proven_at=old.proven_at,
        )

    def _count(
        self,
        known: dict[str, Confirmed],
        amounts: dict[str, Decimal],
        health: dict[str, Any],
        kiosks: list[dict[str, Any]],
        began: datetime,
    ) -> None:
        [plant] = health["plants"]
        is_quiet = self._is_quiet(plant, kiosks)
        for lot, one in known.items():
            one.is_in_hub = amounts.get(lot, Decimal(0)) >= one.package.quantity
            if one.is_in_hub or (not is_quiet and one.missed < MISSING_LOOKS):
                one.missed = 0
            elif one.at < began - JUST_NOW:
                one.missed += 1
        in_hub = sum(one.is_in_hub for one in known.values())
        lost = sum(one.missed >= MISSING_LOOKS for one in known.values())
        is_proven = is_quiet and all(one.is_in_hub or one.at >= began - JUST_NOW for one in known.values())
        self.count = Count(
            confirmed=len(known),
            confirmed_at=_by_door(known),
            in_hub=in_hub,
            waiting=len(known) - in_hub - lost,
            lost=lost,
            doubled=sum(amounts.get(lot, Decimal(0)) > one.package.quantity for lot, one in known.items()),
            unseen=sum(1 for lot, amount in amounts.items() if amount and lot not in known),
            is_answering=True,
            is_quiet=is_quiet,
            position=plant["booked_position"],
            generation=health["generation"],
            epochs={one["device"]: one["epoch"] for one in kiosks},
            proven_at=began if is_proven else self.count.proven_at,
        )

    def _is_quiet(self, plant: dict[str, Any], kiosks: list[dict[str, Any]]) -> bool:
        """Tell whether everything was sent and booked: nothing broken, every kiosk heard since, nothing pending."""
        since = self._whole_since()
        if since is None or plant["ledger_position"] != plant["booked_position"]:
            return False
        heard = [
            one
            for one in kiosks
            if one["pending"] == 0
            and one.get("last_seen")
            and datetime.fromisoformat(one["last_seen"]) > since
        ]
        return len(heard) == len(DOORS)


def _by_door(known: dict[str, Confirmed]) -> dict[Door, int]:
    return Counter(one.door for one in known.values())
