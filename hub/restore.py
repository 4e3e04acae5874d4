"""Bringing a plant's books back from files: every row is checked before it is believed; all of it is written, or none.

The same code restores a backup on trial, to prove it, and in earnest.
"""

import base64
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import Connection, Table, insert, select

from domain.log import Envelope, Head
from hub.chained import BrokenFileError, is_intact, read_chained
from hub.export import HeadKey, Heads
from hub.judge import Line, named_before, read_line
from hub.manifest import Manifest
from hub.store.bulk import Row, bulk_for
from hub.store.tables import (
    devices,
    discrepancies,
    events,
    heads,
    plants,
    reference,
    reference_history,
    safe_heads,
)

ROWS_AT_ONCE = 2_000


class LedgerRow(msgspec.Struct, frozen=True, kw_only=True):
    """One entry as a file holds it."""

    position: int
    device: str
    epoch: int
    sequence: int
    digest: str
    flaw: str
    received_at: str
    body: str | None = None
    body_base64: str | None = None

    def data(self) -> bytes:
        """Return the entry's exact bytes."""
        if self.body is not None:
            return self.body.encode()
        return base64.b64decode(self.body_base64 or "", validate=True)


class HeadRow(msgspec.Struct, frozen=True, kw_only=True):
    """Where one log ends, as a file holds it."""

    device: str
    epoch: int
    sequence: int
    digest: str


class ReferenceRow(msgspec.Struct, frozen=True, kw_only=True):
    """One version of a record, as a file holds it."""

    kind: str
    key: str
    body: msgspec.Raw
    revision: int
    position: int


def check_bytes(folder: Path, manifest: Manifest, *, known: Collection[str] = ()) -> None:
    """See that every file but the `known` ones still has the bytes that were written. Raises BrokenFileError."""
    for name, note in sorted(manifest.files.items()):
        if name not in known and not is_intact(folder / name, note):
            raise BrokenFileError(name, 0, "its bytes are not those that were written")


def read_heads(folder: Path, manifest: Manifest) -> Heads:
    """Return where every log ended. Raises BrokenFileError."""
    return {
        (row.device, row.epoch): Head(sequence=row.sequence, digest=row.digest)
        for name in manifest.named("heads")
        for row in read_chained(folder / name, manifest.files[name], HeadRow)
    }


def load_plant(
    connection: Connection, folder: Path, manifest: Manifest, *, base: Manifest | None = None
) -> None:
    """Write a plant's books into an empty database. Raises BrokenFileError at the first row that is not right.

    `base`: a manifest proven before, whose files are the beginning of this one's and are known to be intact: their rows
    are passed over, and what follows is checked on from there.
    """
    known: Heads = read_heads(folder, base) if base else {}
    position = base.position if base else 0
    digest = base.last if base else ""
    for name in _newer(manifest, base, "ledger"):
        rows = read_chained(folder / name, manifest.files[name], LedgerRow)
        for batch in _batches(_checked(name, rows, known, position)):
            _append(connection, manifest.plant, batch)
            position, digest = batch[-1][0].position, batch[-1][0].digest
    if position != manifest.position or (position and digest != manifest.last):
        raise BrokenFileError(
            "manifest", 0, f"the ledger ends at position {position}, not {manifest.position}"
        )
    if known != read_heads(folder, manifest):
        raise BrokenFileError("heads", 0, "the logs do not end where the backup says they do")
    revision = _load_reference(connection, folder, manifest, base)
    for table, stem in ((discrepancies, "discrepancies"), (devices, "private/devices")):
        _load_table(connection, folder, manifest, table, stem)
    at = [
        (manifest.plant, device, epoch, head.sequence, head.digest) for (device, epoch), head in known.items()
    ]
    for table in (heads, safe_heads):
        bulk_for(connection).insert(connection, table, at)
    connection.execute(insert(plants).values(plant=manifest.plant, position=position, revision=revision))


def is_empty(connection: Connection) -> bool:
    """Tell whether a database holds no fact and no device yet."""
    return not any(connection.execute(select(table).limit(1)).first() for table in (events, devices))


def check_link(name: str, line: int, entry: Line, stated: LedgerRow, before: Head) -> Head:
    """Return the log's head after an entry that follows from the one before it. Raises BrokenFileError."""
    if entry.digest != stated.digest:
        raise BrokenFileError(name, line, f"position {stated.position}: its bytes do not give its digest")
    if stated.sequence != before.sequence + 1:
        told = f"position {stated.position}: number {stated.sequence} follows {before.sequence}"
        raise BrokenFileError(name, line, told)
    names = named_before(entry)
    if stated.flaw != "unreadable" and names != before.digest:
        raise BrokenFileError(name, line, f"position {stated.position}: it names another entry before it")
    return Head(sequence=stated.sequence, digest=stated.digest)


def _newer(manifest: Manifest, base: Manifest | None, stem: str) -> list[str]:
    held = base.files if base else {}
    return [name for name in manifest.named(stem) if name not in held]


_Checked = tuple[LedgerRow, Line]


def _checked(name: str, rows: Iterable[LedgerRow], known: Heads, position: int) -> Iterator[_Checked]:
    """Yield entries that continue the ledger and their own logs; `known` follows them."""
    for number, row in enumerate(rows, 1):
        if row.position != position + number:
            raise BrokenFileError(name, number, f"position {row.position} follows {position + number - 1}")
        try:
            data = row.data()
        except ValueError as error:
            raise BrokenFileError(name, number, "its body is no base 64") from error
        entry = read_line(data)
        key: HeadKey = (row.device, row.epoch)
        known[key] = check_link(name, number, entry, row, known.get(key, Head()))
        yield row, entry


def _batches(rows: Iterable[_Checked]) -> Iterator[list[_Checked]]:
    batch: list[_Checked] = []
    for row in rows:
        batch.append(row)
        if len(batch) == ROWS_AT_ONCE:
            yield batch
            batch = []
    if batch:
        yield batch


def _append(connection: Connection, plant: str, batch: list[_Checked]) -> None:
    rows: list[Row] = [
        (
            plant,
            row.position,
            row.device,
            row.epoch,
            row.sequence,
            envelope.event_id if envelope else "",
            row.digest,
            envelope.type if envelope else "",
            row.flaw,
            entry.body,
            row.received_at,
        )
        for row, entry in batch
        for envelope in (_believed(row, entry),)
    ]
    bulk_for(connection).insert(connection, events, rows)


def _believed(row: LedgerRow, entry: Line) -> Envelope | None:
    """Return what an entry says of itself; nothing where it was found at fault on arrival."""
    return None if row.flaw else entry.envelope


def _load_reference(connection: Connection, folder: Path, manifest: Manifest, base: Manifest | None) -> int:
    """Write every version of reference data, and the newest of each; return the last revision."""
    revision = base.revision if base else 0
    newest: dict[tuple[str, str], Row] = {}
    for name in _newer(manifest, base, "reference"):
        past: list[Row] = []
        for row in read_chained(folder / name, manifest.files[name], ReferenceRow):
            if row.revision != revision + 1:
                raise BrokenFileError(name, 0, f"revision {row.revision} follows {revision}")
            revision = row.revision
            body = None if bytes(row.body) == b"null" else bytes(row.body).decode()
            past.append((manifest.plant, revision, row.kind, row.key, body, row.position))
            newest[row.kind, row.key] = (manifest.plant, row.kind, row.key, body, revision)
        bulk_for(connection).insert(connection, reference_history, past)
    if revision != manifest.revision:
        raise BrokenFileError("reference", 0, f"it ends at revision {revision}, not {manifest.revision}")
    bulk_for(connection).insert(connection, reference, list(newest.values()))
    return revision


def _load_table(connection: Connection, folder: Path, manifest: Manifest, table: Table, stem: str) -> None:
    """Write a register's rows as they were; a column younger than the file takes its default."""
    for name in manifest.named(stem):
        rows: list[dict[str, Any]] = list(read_chained(folder / name, manifest.files[name]))
        if rows:
            connection.execute(insert(table), [{"plant": manifest.plant, **row} for row in rows])
