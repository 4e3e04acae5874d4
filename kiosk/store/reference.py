"""What the hub lets the kiosk know: items, places, people, orders, stock; applied page by page, found by every code."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import Any

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from domain.events.terminal import RecordsNotUnderstood
from domain.plan import Plan
from domain.stock import Balance
from domain.wire import Change, Changes
from kiosk.store.amounts import balance_row, to_millionths
from kiosk.store.connection import Connection
from kiosk.store.records import LOOKED_INTO, RECORDS, SHAPES, Disposition, PlanDone, plan_lookups
from kiosk.store.schema import GOODS_COLUMNS, OWN_TABLES, REFERENCE_TABLES
from kiosk.store.shared import still_open


class Progress(Struct, frozen=True, kw_only=True):
    """How far the reference data are: generation, opaque cursor, and when the hub said so (None: never)."""

    generation: int = 0
    cursor: str = ""
    hub_time: datetime | None = None


_plans = msgspec.json.Decoder(Plan)
_encoder = msgspec.json.Encoder()
STRANGE_MAX = 5_000
"""Records kept apart; with more, all reference data are fetched again once a newer version runs."""
_OVERFLOW = "strange_overflow"
_REFOLD = "refold"
_THROUGH = "complete_through"


class Reference:
    """The reference data and the hub's part of the stock picture."""

    def __init__(self, connection: Connection, prefix: str = "") -> None:
        """`prefix`: of the tables, for those a snapshot is written into."""
        self._connection = connection
        self._prefix = prefix

    def progress(self) -> Progress:
        """Return how far we are."""
        body = self._connection.meta("progress")
        return msgspec.json.decode(body, type=Progress) if body else Progress()

    def apply(
        self, changes: Changes, own_epoch: int, *, is_whole: bool = False
    ) -> Sequence[RecordsNotUnderstood]:
        """Take a page of changes, all of it or nothing; a higher generation begins anew.

        `is_whole`: everything else of that generation is here already.

        A record of unknown kind or shape holds up nothing: it is kept apart. Returns what there is to tell of such.
        """
        with self._connection.transaction():
            self._begin_generation(changes.generation, is_whole=is_whole)
            told = self.take(changes.changes)
            if changes.epoch == own_epoch:
                self._drop_own_through(own_epoch, changes.complete_through)
                self._connection.remember(_THROUGH, f"{own_epoch} {changes.complete_through}")
                if not changes.more and self._connection.meta(_REFOLD) == "due":
                    self._connection.remember(_REFOLD, f"{own_epoch} {changes.complete_through}")
            done = Progress(generation=changes.generation, cursor=changes.cursor, hub_time=changes.hub_time)
            self._connection.remember("progress", _encoder.encode(done).decode())
            if not changes.more:
                self._connection.remember("is_complete", "1")
        return told

    def _begin_generation(self, generation: int, *, is_whole: bool) -> None:
        known = self.progress().generation
        if generation != known:
            if not is_whole:
                self.begin_anew()
            if known:
                self._connection.remember(_REFOLD, "due")

    def strange_kinds(self) -> frozenset[str]:
        """Return the kinds of which records were told to be strange."""
        return frozenset(
            row[0] for row in self._connection.rows(f"SELECT DISTINCT kind FROM {self._prefix}not_understood")
        )

    def refold_after(self, epoch: int) -> int | None:
        """Return after which of our own entries the picture must be made anew: the hub was put back. None: nowhere."""
        return self._noted(_REFOLD, epoch)

    def complete_through(self, epoch: int) -> int:
        """Return through which of our own entries the hub's figures are complete."""
        return self._noted(_THROUGH, epoch) or 0

    def refolded(self, epoch: int, through: int | None) -> None:
        """Note how far the picture was made anew; None: it is done. Inside the caller's transaction."""
        self._connection.remember(_REFOLD, "" if through is None else f"{epoch} {through}")

    def _noted(self, key: str, epoch: int) -> int | None:
        noted, _, sequence = (self._connection.meta(key) or "").partition(" ")
        return int(sequence) if noted == str(epoch) else None

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
        for table in REFERENCE_TABLES:
            self._connection.change(f"DELETE FROM {table}")
        self._connection.remember("is_complete", "0")

    def take(self, changes: Iterable[Change]) -> Sequence[RecordsNotUnderstood]:
        """Write changes as they come, in the caller's transaction; returns what there is to tell of strange ones."""
        batches: dict[str, list[Change]] = {}
        for change in changes:
            batches.setdefault(change.kind, []).append(change)
        told: list[RecordsNotUnderstood] = []
        planned: set[str] = set()
        for kind, batch in batches.items():
            newest = {change.key: change.body for change in batch}
            records, strange = self._read(kind, newest)
            was_quiet = not self._has_strange(kind)
            self._keep_strange(kind, newest, strange)
            if strange and was_quiet:
                key, reason = next(iter(strange.items()))
                told.append(RecordsNotUnderstood(kind=kind, key=key[:100], detail=reason[:200]))
            match kind:
                case "balance":
                    self._take_balances(records)
                case "plan_done":
                    self._take_plan_done(records)
                    planned.update(record.number for record in records.values() if record is not None)
                case "disposition":
                    self._take_dispositions(records)
                case "document":
                    self._take_records(kind, still_open(self._connection, self._prefix, records))
                case _ if kind in RECORDS:
                    self._take_records(kind, records)
                    planned.update(records if kind == "plan" else ())
                case _:
                    pass  # a kind this version does not know: kept apart, for one that does
        for number in planned:
            self._offer(number)
        return told

    def _offer(self, number: str) -> None:
        """Offer a plan for as long as less of it is done than it names; all done it is only found by its number."""
        row = self._connection.row(
            f"SELECT body FROM {self._prefix}reference WHERE kind = 'plan' AND key = ?", (number,)
        )
        done = self._connection.rows(
            f"SELECT line, unit, value FROM {self._prefix}hub_plan_done WHERE number = ?", (number,)
        )
        if row is None or not done:
            return
        plan = _plans.decode(row[0])
        so_far = {(line, unit): value for line, unit, value in done}
        is_done = all(
            so_far.get((one.line, one.quantity.unit), 0) >= to_millionths(one.quantity.value)
            for one in plan.lines
        )
        if is_done and plan.lines:
            self._connection.change(
                f"DELETE FROM {self._prefix}lookup WHERE kind = 'plan' AND key = ? AND name = ?",
                (number, f"open_plan.{plan.kind}"),
            )
        else:
            self._connection.change_many(
                f"INSERT OR IGNORE INTO {self._prefix}lookup (name, code, kind, key) VALUES (?, ?, 'plan', ?)",
                [(name, code, number) for name, code in plan_lookups(plan)],
            )

    def try_again(self) -> None:
        """Take what was kept apart, as far as this version understands it. Inside a transaction."""
        if self._connection.row("SELECT 1 FROM meta WHERE key = ? AND value = '1'", (_OVERFLOW,)):
            # More was strange than is kept: everything is fetched again.
            self._connection.remember(_OVERFLOW, "0")
            self.fetch_all_again()
        rows = self._connection.rows(
            f"SELECT kind, key, body FROM {self._prefix}not_understood ORDER BY kind, key"
        )
        self.take(Change(kind=kind, key=key, body=msgspec.json.decode(body)) for kind, key, body in rows)

    def look_again(self) -> Sequence[RecordsNotUnderstood]:
        """Keep apart what an older version could read and this one cannot; returns what there is to tell of it.

        Inside a transaction. Only kinds whose records are looked at more closely than their shape can have become so.
        """
        told: list[RecordsNotUnderstood] = []
        for kind in LOOKED_INTO:
            rows = self._connection.rows(
                f"SELECT key, body FROM {self._prefix}reference WHERE kind = ? ORDER BY key", (kind,)
            )
            bodies = {key: msgspec.json.decode(body) for key, body in rows}
            _, strange = self._read(kind, bodies)
            told += self.take(Change(kind=kind, key=key, body=bodies[key]) for key in strange)
            self._connection.change_many(
                f"DELETE FROM {self._prefix}reference WHERE kind = ? AND key = ?",
                [(kind, key) for key in strange],
            )
        return told

    def strange_keys(self, kind: str, limit: int) -> Sequence[str]:
        """Return which records of a kind this version does not understand."""
        rows = self._connection.rows(
            f"SELECT key FROM {self._prefix}not_understood WHERE kind = ? ORDER BY key LIMIT ?", (kind, limit)
        )
        return [row[0] for row in rows]

    def fetch_all_again(self) -> None:
        """Ask the hub for everything anew; what is known serves until it comes. Inside a transaction."""
        kept = self.progress()
        self._connection.remember("progress", _encoder.encode(replace(kept, cursor="")).decode())

    def strange(self) -> int:
        """Return how many records of the hub this version does not understand."""
        row = self._connection.row(f"SELECT count(*) FROM {self._prefix}not_understood")
        return row[0] if row else 0

    def _read(self, kind: str, newest: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
        """Read records as their kind's shape (None: gone); returns them, and why the others could not be read."""
        record_type = SHAPES.get(kind)
        records: dict[str, Any] = {}
        strange: dict[str, str] = {}
        for key, body in newest.items():
            if body is None:
                records[key] = None
            elif record_type is None:
                strange[key] = "a kind this version does not know"
            else:
                try:
                    records[key] = msgspec.convert(body, record_type)
                except ValueError as error:
                    strange[key] = str(error)
        return records, strange

    def _has_strange(self, kind: str) -> bool:
        return (
            self._connection.row(
                f"SELECT 1 FROM {self._prefix}not_understood WHERE kind = ? LIMIT 1", (kind,)
            )
            is not None
        )

    def _keep_strange(self, kind: str, newest: Mapping[str, Any], strange: Mapping[str, str]) -> None:
        """Keep apart what cannot be read; what can be read now, or is gone, is apart no more."""
        connection = self._connection
        if strange or self._has_strange(kind):
            connection.change_many(
                f"DELETE FROM {self._prefix}not_understood WHERE kind = ? AND key = ?",
                [(kind, key) for key in newest],
            )
        room = STRANGE_MAX - self.strange() if strange else 0
        if len(strange) > max(0, room):
            connection.remember(_OVERFLOW, "1")
        connection.change_many(
            f"INSERT INTO {self._prefix}not_understood (kind, key, body, reason) VALUES (?, ?, ?, ?)",
            [
                (kind, key, _encoder.encode(newest[key]), reason)
                for key, reason in islice(strange.items(), max(0, room))
            ],
        )

    def _take_records(self, kind: str, records: Mapping[str, Any]) -> None:
        _, lookups_of = RECORDS[kind]
        bodies: list[tuple[str, str, bytes]] = []
        lookups: list[tuple[str, str, str, str]] = []
        for key, record in records.items():
            if record is not None:
                bodies.append((kind, key, _encoder.encode(record)))
                lookups += [(name, code, kind, key) for name, code in lookups_of(record)]
        if not self._prefix:
            self._connection.reference_changes()
        change_many = self._connection.change_many
        keys = [(kind, key) for key in records]
        change_many(f"DELETE FROM {self._prefix}lookup WHERE kind = ? AND key = ?", keys)
        change_many(f"DELETE FROM {self._prefix}reference WHERE kind = ? AND key = ?", keys)
        change_many(f"INSERT INTO {self._prefix}reference (kind, key, body) VALUES (?, ?, ?)", bodies)
        change_many(
            f"INSERT OR IGNORE INTO {self._prefix}lookup (name, code, kind, key) VALUES (?, ?, ?, ?)", lookups
        )

    def _take_balances(self, records: Mapping[str, Balance | None]) -> None:
        rows = [(key, *balance_row(record)) for key, record in records.items() if record is not None]
        self._connection.change_many(
            f"DELETE FROM {self._prefix}hub_balance WHERE key = ?", [(key,) for key in records]
        )
        self._connection.change_many(
            f"INSERT INTO {self._prefix}hub_balance (key, {GOODS_COLUMNS}, value, second)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            rows,
        )

    def _take_plan_done(self, records: Mapping[str, PlanDone | None]) -> None:
        rows = [
            (key, record.number, record.line, record.done.unit, to_millionths(record.done.value))
            for key, record in records.items()
            if record is not None
        ]
        self._connection.change_many(
            f"DELETE FROM {self._prefix}hub_plan_done WHERE key = ?", [(key,) for key in records]
        )
        self._connection.change_many(
            f"INSERT INTO {self._prefix}hub_plan_done (key, number, line, unit, value) VALUES (?, ?, ?, ?, ?)",
            rows,
        )

    def _take_dispositions(self, records: Mapping[str, Disposition | None]) -> None:
        told = [one for one in records.values() if one is not None]
        self._connection.change_many(
            f"INSERT OR REPLACE INTO {self._prefix}disposition (event_id, state, code, detail) VALUES (?, ?, ?, ?)",
            [(one.event_id, one.state, one.code, one.detail) for one in told],
        )

    def _drop_own_through(self, epoch: int, sequence: int) -> None:
        """Leave out what the hub's figures already contain: our own events up to here."""
        for table in OWN_TABLES:
            self._connection.change(
                f"DELETE FROM {table} WHERE epoch = ? AND sequence <= ?",
                (epoch, sequence),
            )
