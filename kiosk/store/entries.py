"""The rows of the log: read in order, added at the end. What they mean stands in `log.py`."""

from domain.log import Recorded
from kiosk.store.chain import EntryRow
from kiosk.store.connection import Connection


def entry_rows(connection: Connection, epoch: int, after: int, limit: int) -> list[EntryRow]:
    """Return the next entries of an epoch. A row whose very number is spoilt is passed over, and seen as a gap."""
    rows = connection.rows(
        "SELECT sequence, digest, body FROM entry WHERE epoch = ? AND sequence > ? AND typeof(sequence) = 'integer'"
        " ORDER BY sequence LIMIT ?",
        (epoch, after, limit),
    )
    return [EntryRow(sequence=row[0], digest=str(row[1]), body=_as_bytes(row[2])) for row in rows]


def add_entry(connection: Connection, entry: Recorded) -> None:
    """Add an entry at the end of its epoch. Only inside a transaction."""
    connection.change(
        "INSERT INTO entry (epoch, sequence, digest, body) VALUES (?, ?, ?, ?)",
        (entry.envelope.epoch, entry.envelope.sequence, entry.digest, entry.body),
    )


def _as_bytes(value: object) -> bytes:
    """Return what a row holds; in a damaged one it may be anything."""
    return value if isinstance(value, bytes) else str(value).encode(errors="replace")
