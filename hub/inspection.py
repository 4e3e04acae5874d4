"""Checking a hub's own books while it runs: every chain, every digest, and every projection folded a second time.

What is found is said row by row. Checking reads one moment of the database and writes only to a trial database of its
own.
"""

import tempfile
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

import msgspec
from sqlalchemy import Connection, Engine, String, Table, Text, select

from domain.log import Head
from hub.chained import BrokenFileError
from hub.export import HeadKey, Heads
from hub.judge import read_line
from hub.projector import cursor_of
from hub.rebuild import rebuild
from hub.restore import LedgerRow, check_link
from hub.store.bulk import bulk_for
from hub.store.database import open_database, reading, writing
from hub.store.event_log import end_of
from hub.store.reference import revision_of
from hub.store.tables import PROJECTED, discrepancies, events, heads, plants, reference_history, withheld
from hub.store.values import body_bytes

FINDINGS_MAX = 100
"""Findings that are named; more are cut off, for one cause often makes many."""
ROWS_AT_ONCE = 2_000
LEDGER = "ledger"


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One row that is not as it should be: of which table, which row, and why."""

    table: str
    row: str
    reason: str

    def __str__(self) -> str:
        """Write it as one line."""
        return f"{self.table} {self.row}: {self.reason}"


def inspect_books(engine: Engine, plant: str) -> list[Finding]:
    """Check a plant's books; return what is wrong with them, nothing where all is well. Raises StoreError."""
    with reading(engine) as connection:
        found = list(islice(_ledger(connection, plant), FINDINGS_MAX))
        if found:
            return found  # what is folded from it would only repeat it
        with tempfile.TemporaryDirectory(prefix="noac-inspection-") as scratch:
            trial = open_database(f"sqlite:///{scratch}/trial.sqlite")
            try:
                _copy(connection, trial, plant)
                rebuild(trial, plant)
                with reading(trial) as other:
                    return list(islice(_projections(connection, other, plant), FINDINGS_MAX))
            finally:
                trial.dispose()


def _ledger(connection: Connection, plant: str) -> Iterator[Finding]:
    """Yield entries that are not what their senders wrote, gaps in the positions, and heads that are not the ends."""
    known: Heads = {}
    position = 0
    column = events.c
    query = select(events).where(column.plant == plant).order_by(column.position)
    for row in connection.execute(query.execution_options(yield_per=ROWS_AT_ONCE)):
        if row.position != position + 1:
            yield Finding(
                table=LEDGER, row=f"position {position + 1}", reason=f"the next one is {row.position}"
            )
        position = row.position
        entry = read_line(body_bytes(row.body))
        stated = LedgerRow(
            position=position,
            device=row.device,
            epoch=row.epoch,
            sequence=row.sequence,
            digest=row.digest,
            flaw=row.flaw,
            received_at=row.received_at,
        )
        key: HeadKey = (row.device, row.epoch)
        try:
            check_link(LEDGER, 0, entry, stated, known.get(key, Head()))
        except BrokenFileError as error:
            yield Finding(table=LEDGER, row=_log_name(row), reason=error.reason)
        known[key] = Head(sequence=row.sequence, digest=row.digest)
        envelope = entry.envelope
        if not row.flaw and envelope and (envelope.event_id, envelope.type) != (row.event_id, row.type):
            yield Finding(
                table=LEDGER, row=_log_name(row), reason=f"position {position}: its bytes say another event"
            )
    if position != end_of(connection, plant):
        told = f"the last position given is {end_of(connection, plant)}"
        yield Finding(table=LEDGER, row=f"position {position}", reason=told)
    yield from _heads(connection, plant, known)


def _heads(connection: Connection, plant: str, known: Heads) -> Iterator[Finding]:
    rows = connection.execute(select(heads).where(heads.c.plant == plant))
    held = {(row.device, row.epoch): Head(sequence=row.sequence, digest=row.digest) for row in rows}
    for key in sorted({*held, *known}):
        if held.get(key, Head()) != known.get(key, Head()):
            told = (
                f"it says {held.get(key, Head()).sequence}, the log ends at {known.get(key, Head()).sequence}"
            )
            yield Finding(table="heads", row=f"{key[0]}/{key[1]}", reason=told)


def _copy(connection: Connection, trial: Engine, plant: str) -> None:
    """Give the trial database the ledger, as far as it is booked, and what was known meanwhile."""
    booked = cursor_of(connection, plant)
    with writing(trial) as other:
        for query, table in (
            (select(events).where(events.c.plant == plant, events.c.position <= booked), events),
            (select(reference_history).where(reference_history.c.plant == plant), reference_history),
            (select(withheld).where(withheld.c.plant == plant), withheld),
        ):
            streamed = connection.execute(query.execution_options(yield_per=ROWS_AT_ONCE))
            for part in streamed.partitions():
                bulk_for(other).insert(other, table, [tuple(row) for row in part])
        bulk_for(other).insert(other, plants, [(plant, booked, revision_of(connection, plant))])


def _projections(held: Connection, folded: Connection, plant: str) -> Iterator[Finding]:
    """Yield rows that a second fold of the ledger makes otherwise."""
    for table in (*PROJECTED, discrepancies):
        keys = [column.name for column in table.primary_key.columns if column.name != "plant"]
        ours, theirs = _ordered(held, table, plant), _ordered(folded, table, plant)
        for key, one, other in _merged(ours, theirs, keys):
            row = "/".join(map(str, key))
            if one is None:
                yield Finding(table=table.name, row=row, reason="it is missing; the ledger makes it")
            elif other is None:
                yield Finding(table=table.name, row=row, reason="the ledger does not make it")
            else:
                names = ", ".join(name for name in one if one[name] != other[name])
                yield Finding(table=table.name, row=row, reason=f"the ledger makes another {names}")


_Row = dict[str, Any]


def _ordered(connection: Connection, table: Table, plant: str) -> Iterator[_Row]:
    """Yield a plant's rows by key, in the order of their bytes on either database."""
    order = [
        column.collate("C")
        if connection.dialect.name == "postgresql" and isinstance(column.type, (String, Text))
        else column
        for column in table.primary_key.columns
    ]
    query = select(table).where(table.c.plant == plant).order_by(*order)
    if table is discrepancies:
        query = query.where(discrepancies.c.is_projected)
    for row in connection.execute(query.execution_options(yield_per=ROWS_AT_ONCE)).mappings():
        yield dict(row)


def _merged(
    ours: Iterator[_Row], theirs: Iterator[_Row], keys: Sequence[str]
) -> Iterator[tuple[tuple[Any, ...], _Row | None, _Row | None]]:
    """Yield what differs between two runs of rows in the order of their keys."""

    def key_of(row: _Row) -> tuple[Any, ...]:
        return tuple(value.encode() if isinstance(value, str) else value for value in map(row.get, keys))

    def named(row: _Row) -> tuple[Any, ...]:
        return tuple(row[name] for name in keys)

    one, other = next(ours, None), next(theirs, None)
    while one is not None or other is not None:
        if other is None or (one is not None and key_of(one) < key_of(other)):
            assert one is not None  # noqa: S101 (the loop's own condition)
            yield named(one), one, None
            one = next(ours, None)
        elif one is None or key_of(other) < key_of(one):
            yield named(other), None, other
            other = next(theirs, None)
        else:
            if one != other:
                yield named(one), one, other
            one, other = next(ours, None), next(theirs, None)


def _log_name(row: Any) -> str:
    return f"position {row.position} ({row.device}/{row.epoch} number {row.sequence})"
