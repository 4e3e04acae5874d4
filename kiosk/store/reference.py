"""What the hub lets the kiosk know: items, places, people, orders, stock; applied page by page, found by every code."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
from msgspec import Struct

from domain.barcodes.house import house_body
from domain.item import Item
from domain.place import Place, Station
from domain.plan import Plan
from domain.quantity import Quantity
from domain.staff import Person
from domain.stock import Balance
from domain.wire import Change, Changes
from kiosk.store.amounts import balance_row, to_millionths
from kiosk.store.connection import Connection
from kiosk.store.schema import GOODS_COLUMNS

GTIN_DIGITS = 14
_SHORT_GTINS = (8, 12, 13)

Lookups = list[tuple[str, str]]
"""(name of the look-up, code) pairs a record is found by."""


class PlanDone(Struct, frozen=True, kw_only=True):
    """How much of an order's line the whole plant has done, as the hub says."""

    number: str
    line: int
    done: Quantity


class Disposition(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What the hub made of one of our events."""

    sequence: int
    epoch: int
    event_id: str
    state: str
    code: str = ""
    detail: str = ""


class Progress(Struct, frozen=True, kw_only=True):
    """How far the reference data are: generation, opaque cursor, and when the hub said so (None: never)."""

    generation: int = 0
    cursor: str = ""
    hub_time: datetime | None = None


def _item_lookups(item: Item) -> Lookups:
    found = [("item_id", item.id), ("item", item.number)]
    for one in item.codes:
        found.append(("item", one.code))
        if one.code.isdecimal() and len(one.code) in _SHORT_GTINS:
            found.append(("item", one.code.zfill(GTIN_DIGITS)))
    return found


def _place_lookups(place: Place) -> Lookups:
    body = place.barcode or house_body(place.code)
    return [("place", place.code), ("place_body", body), ("role", place.role)]


def _person_lookups(person: Person) -> Lookups:
    badge = [("badge", person.badge), ("badge", house_body(person.badge))] if person.badge else []
    return [("person", person.number), *badge]


def _plan_lookups(plan: Plan) -> Lookups:
    still_open = [] if plan.closed else [(f"open_plan.{plan.kind}", plan.number)]
    return [
        (f"plan.{plan.kind}", plan.number),
        (f"plan_body.{plan.kind}", house_body(plan.number)),
        *still_open,
    ]


def _station_lookups(_station: Station) -> Lookups:
    return []


_RECORDS: Mapping[str, tuple[Any, Callable[[Any], Lookups]]] = {
    "item": (Item, _item_lookups),
    "place": (Place, _place_lookups),
    "person": (Person, _person_lookups),
    "plan": (Plan, _plan_lookups),
    "station": (Station, _station_lookups),
}
_encoder = msgspec.json.Encoder()


class Reference:
    """The reference data and the hub's part of the stock picture."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def progress(self) -> Progress:
        """Return how far we are."""
        body = self._connection.meta("progress")
        return msgspec.json.decode(body, type=Progress) if body else Progress()

    def apply(self, changes: Changes, own_epoch: int) -> None:
        """Take a page of changes, all of it or nothing; a higher generation begins anew.

        Raises ValueError (msgspec.ValidationError) for a record that is not of its kind's shape.
        """
        with self._connection.transaction():
            if changes.generation != self.progress().generation:
                self.begin_anew()
            self.take(changes.changes)
            if changes.epoch == own_epoch:
                self._drop_own_through(own_epoch, changes.complete_through)
            done = Progress(generation=changes.generation, cursor=changes.cursor, hub_time=changes.hub_time)
            self._connection.remember("progress", _encoder.encode(done).decode())
            if not changes.more:
                self._connection.remember("is_complete", "1")

    def is_complete(self) -> bool:
        """Tell whether all reference data have been here at least once."""
        return self._connection.meta("is_complete") == "1"

    def provisioned(self, progress: Progress) -> None:
        """Remember that the data came complete from a file. Inside the caller's transaction."""
        self._connection.remember("progress", _encoder.encode(progress).decode())
        self._connection.remember("is_complete", "1")

    def begin_anew(self) -> None:
        """Forget what another generation of the hub said; our own log stays. Inside the caller's transaction."""
        self._connection.reference_changes()
        for table in ("hub_balance", "hub_plan_done", "reference", "lookup"):
            self._connection.change(f"DELETE FROM {table}")  # noqa: S608 our own names
        self._connection.remember("is_complete", "0")

    def take(self, changes: Iterable[Change]) -> None:
        """Write changes as they come. Inside the caller's transaction."""
        batches: dict[str, list[Change]] = {}
        for change in changes:
            batches.setdefault(change.kind, []).append(change)
        for kind, batch in batches.items():
            match kind:
                case "balance":
                    self._take_balances(batch)
                case "plan_done":
                    self._take_plan_done(batch)
                case "disposition":
                    self._take_dispositions(batch)
                case _ if kind in _RECORDS:
                    self._take_records(kind, batch)
                case _:
                    pass  # a newer hub may know more kinds than we do; what we do not know we do not need

    def _take_records(self, kind: str, batch: Sequence[Change]) -> None:
        record_type, lookups_of = _RECORDS[kind]
        newest = {change.key: change.body for change in batch}
        bodies: list[tuple[str, str, bytes]] = []
        lookups: list[tuple[str, str, str, str]] = []
        for key, body in newest.items():
            if body is not None:
                record = msgspec.convert(body, record_type)
                bodies.append((kind, key, _encoder.encode(record)))
                lookups += [(name, code, kind, key) for name, code in lookups_of(record)]
        self._connection.reference_changes()
        change_many = self._connection.change_many
        keys = [(kind, key) for key in newest]
        change_many("DELETE FROM lookup WHERE kind = ? AND key = ?", keys)
        change_many("DELETE FROM reference WHERE kind = ? AND key = ?", keys)
        change_many("INSERT INTO reference (kind, key, body) VALUES (?, ?, ?)", bodies)
        change_many("INSERT OR IGNORE INTO lookup (name, code, kind, key) VALUES (?, ?, ?, ?)", lookups)

    def _take_balances(self, batch: Sequence[Change]) -> None:
        newest = {change.key: change.body for change in batch}
        rows = [
            (key, *balance_row(msgspec.convert(body, Balance)))
            for key, body in newest.items()
            if body is not None
        ]
        self._connection.change_many("DELETE FROM hub_balance WHERE key = ?", [(key,) for key in newest])
        self._connection.change_many(
            f"INSERT INTO hub_balance (key, {GOODS_COLUMNS}, value, second)"  # noqa: S608 our own names
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            rows,
        )

    def _take_plan_done(self, batch: Sequence[Change]) -> None:
        newest = {change.key: change.body for change in batch}
        rows: list[tuple[str, str, int, str, int]] = []
        for key, body in newest.items():
            if body is not None:
                record = msgspec.convert(body, PlanDone)
                done = record.done
                rows.append((key, record.number, record.line, done.unit, to_millionths(done.value)))
        self._connection.change_many("DELETE FROM hub_plan_done WHERE key = ?", [(key,) for key in newest])
        self._connection.change_many(
            "INSERT INTO hub_plan_done (key, number, line, unit, value) VALUES (?, ?, ?, ?, ?)", rows
        )

    def _take_dispositions(self, batch: Sequence[Change]) -> None:
        told = [msgspec.convert(change.body, Disposition) for change in batch if change.body is not None]
        self._connection.change_many(
            "INSERT OR REPLACE INTO disposition (event_id, state, code, detail) VALUES (?, ?, ?, ?)",
            [(one.event_id, one.state, one.code, one.detail) for one in told],
        )

    def _drop_own_through(self, epoch: int, sequence: int) -> None:
        """Leave out what the hub's figures already contain: our own events up to here."""
        for table in ("own_balance", "own_plan_done"):
            self._connection.change(
                f"DELETE FROM {table} WHERE epoch = ? AND sequence <= ?",  # noqa: S608 our own names
                (epoch, sequence),
            )
