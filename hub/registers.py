"""Registers of the journal: a month's receipts and issues for each kind of goods, and where each history begins.

They are made from `movements` by the database itself, in rounds that go along behind the booking: a register kept line
by line would cost every scan, one kept in thousands costs next to nothing. Nobody has to wait for them: whoever asks
reads the registers as far as they are, and the rest of the journal beside them (`Extent`).
"""

import logging
import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import Connection, Engine, TextClause, delete, func, select, text

from domain.month import month_after, months_between
from hub.plan_register import is_behind
from hub.plan_register import take_in as take_in_plans
from hub.store.bulk import bulk_for
from hub.store.database import StoreBusyError, reading, writing
from hub.store.tables import JOURNAL_REGISTERS, cursors, item_periods, plants, registered

ROUND_EVENTS_MAX = 5_000
"""Events taken in with one transaction: writers wait for it."""
ROUND_EVENTS_MIN = 1_000
"""Fewer are left for later: whoever asks reads so many from the journal at once."""
REST_EVENTS_MAX = 100_000
"""What an answer reads from the journal itself at most; further behind, it tells an older position."""
BACKLOG_MAX = 500
"""While more than this waits to be booked the registers rest: booking comes first."""
LOOK_S = 2.0
PAUSE_MAX_S = 30.0
"""However little is new, it is taken in after so long."""
PLANS_PAUSE_S = 5.0
"""Between two rounds of the register of plans, unless more waits than one takes."""
COST_SHARE = 3
"""A round that took long is followed by a rest this many times as long."""
STOP_WAIT_S = 10.0

_log = logging.getLogger(__name__)

_GOODS = "item, {place} AS place, lot, grade, owner, unit"
_KEY = "item, place, lot, grade, owner, unit"
_RANGE = "FROM movements WHERE plant = :plant AND position > :after AND position <= :through"
_MONTHS = text(f"SELECT DISTINCT period {_RANGE} AND inside <> 0 ORDER BY period")


def both_sides(kind: str, where: str) -> str:
    """Return what movements brought to and took from places under our own roof, as SQL with the columns of the key.

    `kind` is what stands as `document_type`, `where` narrows the movements down.
    """
    gets = f"SELECT {_GOODS.format(place='target')}, {kind} AS document_type, value {_RANGE} AND inside >= 2 {where}"
    gives = f"SELECT {_GOODS.format(place='source')}, {kind} AS document_type, -value AS value {_RANGE}"
    return f"{gets} UNION ALL {gives} AND inside IN (1, 3) {where}"


def _adding(kind: str) -> str:
    return (
        f"INSERT INTO item_periods (plant, period, {_KEY}, document_type, value) "  # noqa: S608 (our own words)
        f"SELECT :plant, CAST(:into AS VARCHAR(7)), {_KEY}, document_type, CAST(sum(value) AS BIGINT) "
        f"FROM ({both_sides(kind, 'AND period = :period')}) AS moved WHERE true "
        f"GROUP BY {_KEY}, document_type HAVING sum(value) <> 0 "
        f"ON CONFLICT (plant, period, {_KEY}, document_type) "
        "DO UPDATE SET value = item_periods.value + excluded.value"
    )


_ADD_FLOWS, _ADD_OPENING = text(_adding("document_type")), text(_adding("''"))
_CARRY = text(
    f"INSERT INTO item_periods (plant, period, {_KEY}, document_type, value) "  # noqa: S608 (our own words)
    f"SELECT plant, CAST(:into AS VARCHAR(7)), {_KEY}, '', CAST(sum(value) AS BIGINT) FROM item_periods "
    f"WHERE plant = :plant AND period = :period GROUP BY plant, {_KEY} HAVING sum(value) <> 0"
)

TRAILS: Mapping[str, Sequence[str]] = {
    "item": ("item",),
    "lot": ("lot",),
    "unit": ("handling_unit",),
    "place": ("source", "target"),
    "document": ("document",),
    "person": ("operator",),
    "period": ("period",),
    "type": ("document_type",),
}
"""By what a history can be asked for: the columns of `movements` that name it."""


def _adding_trails(kinds: Iterable[str]) -> TextClause:
    """Return what marks each event once under each of its keys, however many of its movements name it."""
    named = [(kind, column) for kind in kinds for column in TRAILS[kind]]
    once = "" if len(named) > 1 else "DISTINCT "  # a union is of unlike rows anyway
    marks = [
        f"SELECT {once}plant, '{kind}', {column}, position {_RANGE} AND {column} <> ''"
        for kind, column in named
    ]
    return text(f"INSERT INTO trails (plant, kind, key, position) {' UNION '.join(marks)} ORDER BY 2, 3, 4")


_ADD_TRAILS = _adding_trails(TRAILS)


class Extent(NamedTuple):
    """How far an answer reaches: what the registers hold, and through where the journal itself is read beside them."""

    registered: int
    through: int


def extent_of(connection: Connection, plant: str) -> Extent:
    """Return how far an answer of this moment reaches."""
    held = _position(connection, plant)
    booked = int(connection.execute(select(cursors.c.position).where(cursors.c.plant == plant)).scalar() or 0)
    if held > booked:  # the ledger was folded anew; the registers will be too
        return Extent(0, min(booked, REST_EVENTS_MAX))
    return Extent(held, min(booked, held + REST_EVENTS_MAX))


def newest_period(connection: Connection, plant: str) -> str:
    """Return the newest month the registers know; empty where there is none."""
    held = item_periods.c
    return connection.execute(select(func.max(held.period)).where(held.plant == plant)).scalar() or ""


def take_in(connection: Connection, plant: str, after: int, through: int) -> None:
    """Add the movements of a range of positions to the registers."""
    take_in_flows(connection, plant, after, through)
    connection.execute(_ADD_TRAILS, {"plant": plant, "after": after, "through": through})


def take_in_trails(connection: Connection, plant: str, after: int, through: int, kind: str) -> None:
    """Add a range to the trails of one kind only: who writes years at once writes them in the order of the table."""
    given = {"plant": plant, "after": after, "through": through}
    connection.execute(_adding_trails((kind,)), given)


def take_in_flows(connection: Connection, plant: str, after: int, through: int) -> None:
    """Add the movements of a range of positions to the months."""
    given = {"plant": plant, "after": after, "through": through}
    newest = newest_period(connection, plant)
    for period in connection.execute(_MONTHS, given).scalars().all():
        for missing in months_between(month_after(newest), period) if newest else ():
            carried = {"plant": plant, "period": month_after(missing, -1), "into": missing}
            connection.execute(_CARRY, carried)
        newest = max(newest, period)
        connection.execute(_ADD_FLOWS, given | {"period": period, "into": period})
        for later in months_between(month_after(period), newest):
            connection.execute(_ADD_OPENING, given | {"period": period, "into": later})


def _position(connection: Connection, plant: str) -> int:
    asked = select(registered.c.position).where(registered.c.plant == plant)
    return int(connection.execute(asked).scalar() or 0)


def _ledger_end(connection: Connection, plant: str) -> int:
    held = plants.c
    return connection.execute(select(held.position).where(held.plant == plant)).scalar() or 0


class Registrar:
    """Keeps the registers of every plant, in a thread of its own."""

    def __init__(self, engine: Engine, plants_: Sequence[str]) -> None:
        self._engine, self._plants = engine, tuple(plants_)
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._taken_at = dict.fromkeys(plants_, time.monotonic())
        self._plans_after = dict.fromkeys(plants_, 0.0)

    def start(self) -> None:
        """Begin. Call it in the process that serves."""
        self._stopping.clear()
        self._thread = threading.Thread(target=self._run, name="registrar", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End after the round in hand."""
        self._stopping.set()
        if self._thread:
            self._thread.join(STOP_WAIT_S)
            self._thread = None

    def _run(self) -> None:
        while not self._stopping.is_set():
            begun = time.monotonic()
            are_behind = [self._try(plant) for plant in self._plants]
            cost_s = time.monotonic() - begun
            self._stopping.wait(max(0.0 if any(are_behind) else LOOK_S, cost_s * COST_SHARE))

    def _try(self, plant: str) -> bool:
        try:
            with reading(self._engine) as connection:
                is_due = self._is_due(connection, plant)
                are_plans_due = self._are_plans_due(connection, plant)
            are_behind = [is_due and self.round(plant), are_plans_due and self.plan_round(plant)]
            return any(are_behind)
        except StoreBusyError as error:
            _log.warning("%s: the registers wait: %s", plant, error)
        except Exception:  # noqa: BLE001 - the thread must live; answers tell what position they stand for
            _log.exception("%s: the registers could not be kept", plant)
        return False

    def _is_due(self, connection: Connection, plant: str) -> bool:
        extent = extent_of(connection, plant)
        rest = extent.through - extent.registered
        if _ledger_end(connection, plant) - extent.through > BACKLOG_MAX and rest < REST_EVENTS_MAX:
            return False
        return rest >= ROUND_EVENTS_MIN or (
            rest > 0 and time.monotonic() > self._taken_at[plant] + PAUSE_MAX_S
        )

    def _are_plans_due(self, connection: Connection, plant: str) -> bool:
        if time.monotonic() < self._plans_after[plant]:
            return False
        booked = extent_of(connection, plant).through
        return _ledger_end(connection, plant) - booked <= BACKLOG_MAX and is_behind(connection, plant)

    def plan_round(self, plant: str) -> bool:
        """Bring the register of plans on by one round; tells whether more waits."""
        with writing(self._engine) as connection:
            more = take_in_plans(connection, plant)
        self._plans_after[plant] = time.monotonic() + (0.0 if more else PLANS_PAUSE_S)
        return more

    def round(self, plant: str) -> bool:
        """Take in what is new, ROUND_EVENTS_MAX at most; tells whether more waits."""
        with writing(self._engine) as connection:
            extent = extent_of(connection, plant)
            if extent.registered == 0:
                for table in JOURNAL_REGISTERS:
                    connection.execute(delete(table).where(table.c.plant == plant))
            through = min(extent.through, extent.registered + ROUND_EVENTS_MAX)
            take_in(connection, plant, extent.registered, through)
            bulk_for(connection).upsert(connection, registered, [(plant, through)])
        self._taken_at[plant] = time.monotonic()
        return through < extent.through
