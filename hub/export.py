"""An export: a plant's books as plain files that anyone can check with nothing but a program of their own.

All of it is of one moment: everything through the position the projections have reached. Rows stream from the database
to the disk, so memory stays flat however long the ledger is. `docs/export.md` describes the folder for strangers.
"""

import base64
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import Connection, Engine, Executable, Select, Table, select

from domain.log import GENESIS_DIGEST, Head
from hub.chained import FileNote, write_chained
from hub.manifest import MANIFEST_NAME, Manifest, software, write_manifest
from hub.projector import cursor_of
from hub.store.database import generation_of, reading
from hub.store.tables import (
    balances,
    discrepancies,
    dispositions,
    events,
    labels,
    movements,
    reference_acts,
    reference_history,
)
from hub.store.values import amount, body_bytes

SEGMENT_EVENTS_MAX = 100_000
"""Entries in one file of the ledger."""
ROWS_AT_ONCE = 2_000

JsonRow = dict[str, Any]
HeadKey = tuple[str, int]
"""Device and epoch."""
Heads = dict[HeadKey, Head]


class ExportError(Exception):
    """The export cannot be made like this; says what to do instead."""


def export_plant(engine: Engine, plant: str, folder: Path, now: datetime) -> Manifest:
    """Write a plant's books into an empty or new folder. Raises ExportError, StoreError, OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise ExportError(f"{folder} is not empty; name a new folder")
    with reading(engine) as connection:
        position = cursor_of(connection, plant)
        heads: Heads = {}
        files: dict[str, FileNote] = {}
        segments = ledger_segments(connection, plant, 0, position, heads)
        for number, rows in enumerate(segments, 1):
            name = ledger_name(number)
            files[name] = write_chained(folder / name, rows)
        for stem, rows in _others(connection, plant, position, heads).items():
            name = f"{stem}.ndjson.gz"
            files[name] = write_chained(folder / name, rows)
        manifest = Manifest(
            plant=plant,
            generation=generation_of(connection),
            position=position,
            made_at=now,
            software=software(),
            files=files,
            last=digest_at(connection, plant, position),
        )
    write_manifest(folder / MANIFEST_NAME, manifest)
    return manifest


def ledger_name(number: int) -> str:
    """Return what a file of the ledger is called."""
    return f"ledger-{number:06d}.ndjson.gz"


def ledger_segments(
    connection: Connection, plant: str, after: int, through: int, heads: Heads
) -> Iterator[Iterator[JsonRow]]:
    """Yield the rows of each file of the ledger after a position; `heads` follows what was yielded."""
    for start in range(after, through, SEGMENT_EVENTS_MAX):
        end = min(start + SEGMENT_EVENTS_MAX, through)
        yield _ledger(connection, plant, start, end, heads)


def digest_at(connection: Connection, plant: str, position: int) -> str:
    """Return the digest of the entry at a position; zeros where there is none."""
    column = events.c
    query = select(column.digest).where(column.plant == plant, column.position == position)
    return connection.execute(query).scalar() or GENESIS_DIGEST


def head_rows(heads: Mapping[HeadKey, Head]) -> Iterator[JsonRow]:
    """Yield where each log ends."""
    for (device, epoch), head in sorted(heads.items()):
        yield {"device": device, "epoch": epoch, "sequence": head.sequence, "digest": head.digest}


def reference_rows(connection: Connection, plant: str, after_revision: int = 0) -> Iterator[JsonRow]:
    """Yield every version of reference data after a revision, in order."""
    column = reference_history.c
    query = (
        select(reference_history)
        .where(column.plant == plant, column.revision > after_revision)
        .order_by(column.revision)
    )
    for row in _stream(connection, query):
        yield {
            "kind": row.kind,
            "key": row.key,
            "body": msgspec.Raw(row.body_json.encode()) if row.body_json else None,
            "revision": row.revision,
            "position": row.at_position,
        }


def discrepancy_rows(connection: Connection, plant: str, *, projected: bool = True) -> Iterator[JsonRow]:
    """Yield the register of discrepancies; without `projected` only those the ledger does not say by itself."""
    column = discrepancies.c
    query = select(discrepancies).where(column.plant == plant).order_by(column.opened_position, column.id)
    if not projected:
        query = query.where(column.is_projected.is_(False))
    for row in _stream(connection, query):
        yield {
            "id": row.id,
            "kind": row.kind,
            "key": row.key,
            "owner": row.owner,
            "opened_position": row.opened_position,
            "opened_at": row.opened_at,
            "closed_at": row.closed_at,
            "amount": _text(row.amount),
            "unit": row.unit,
            "detail": msgspec.Raw(row.detail_json.encode()),
            "position": row.position,
        }


def _ledger(connection: Connection, plant: str, after: int, through: int, heads: Heads) -> Iterator[JsonRow]:
    column = events.c
    query = (
        select(
            column.position,
            column.device,
            column.epoch,
            column.sequence,
            column.digest,
            column.flaw,
            column.received_at,
            column.body,
        )
        .where(column.plant == plant, column.position > after, column.position <= through)
        .order_by(column.position)
    )
    for row in _stream(connection, query):
        heads[row.device, row.epoch] = Head(sequence=row.sequence, digest=row.digest)
        yield {
            "position": row.position,
            "device": row.device,
            "epoch": row.epoch,
            "sequence": row.sequence,
            "digest": row.digest,
            "flaw": row.flaw,
            "received_at": row.received_at,
            **_body(body_bytes(row.body)),
        }


def _body(body: bytes) -> JsonRow:
    """Return an entry's exact text; where its bytes are no text, the bytes in base 64."""
    try:
        return {"body": body.decode()}
    except UnicodeDecodeError:
        return {"body_base64": base64.b64encode(body).decode()}


def _others(
    connection: Connection, plant: str, position: int, heads: Heads
) -> Mapping[str, Iterable[JsonRow]]:
    """Return the rows of every file but the ledger's, by name; each is read when it is written."""
    return {
        "dispositions": _dispositions(connection, plant, position),
        "movements": _movements(connection, plant),
        "balances": _balances(connection, plant),
        "heads": head_rows(heads),
        "discrepancies": discrepancy_rows(connection, plant),
        "reference": reference_rows(connection, plant),
        "authors": _plain(connection, plant, reference_acts),
        "labels": _plain(connection, plant, labels),
    }


def _dispositions(connection: Connection, plant: str, position: int) -> Iterator[JsonRow]:
    """Yield what became of every entry; the table holds only those that were not simply booked."""
    column = dispositions.c
    query = select(dispositions).where(column.plant == plant).order_by(column.position)
    last = 0
    for row in _stream(connection, query):
        yield from map(_booked, range(last + 1, row.position))
        yield {"position": row.position, "state": row.state, "code": row.code, "detail": row.detail}
        last = row.position
    yield from map(_booked, range(last + 1, position + 1))


def _booked(position: int) -> JsonRow:
    return {"position": position, "state": "booked", "code": "", "detail": ""}


def _movements(connection: Connection, plant: str) -> Iterator[JsonRow]:
    column = movements.c
    query = select(movements).where(column.plant == plant).order_by(column.position, column.number)
    return _rows(connection, query, movements)


def _balances(connection: Connection, plant: str) -> Iterator[JsonRow]:
    column = balances.c
    query = select(balances).where(column.plant == plant).order_by(*balances.primary_key.columns)
    return _rows(connection, query, balances, leave_out=("position",))


def _plain(connection: Connection, plant: str, table: Table) -> Iterator[JsonRow]:
    query = select(table).where(table.c.plant == plant).order_by(*table.primary_key.columns)
    return _rows(connection, query, table)


def _rows(
    connection: Connection, query: Select[Any], table: Table, *, leave_out: tuple[str, ...] = ()
) -> Iterator[JsonRow]:
    """Yield a table's rows by column name, but for the plant's own name; amounts as text."""
    names = [column.name for column in table.columns if column.name not in ("plant", *leave_out)]
    for row in _stream(connection, query):
        found = row._mapping  # noqa: SLF001 (SQLAlchemy's public name for it)
        yield {name: _text(found[name]) if name in _AMOUNTS else found[name] for name in names}


_AMOUNTS = frozenset({"value", "second"})


def _stream(connection: Connection, query: Executable) -> Iterator[Any]:
    """Yield rows as the database gives them, never all at once."""
    yield from connection.execute(query.execution_options(yield_per=ROWS_AT_ONCE))


def _text(whole: int) -> str:
    """Return an amount as text, without an exponent and without noughts at its end."""
    return f"{amount(whole).normalize():f}"
