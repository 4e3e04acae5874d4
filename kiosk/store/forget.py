"""Forgetting old entries: only those a proven backup of the hub holds, that are old as well, and a few at a time."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
from msgspec import Struct

from domain.log import Head, open_entry
from kiosk.store.chain import EntryRow
from kiosk.store.connection import Connection
from kiosk.store.entries import entry_rows
from kiosk.store.photos import entry_forgotten
from kiosk.store.schema import UNSETTLED

MARK_EVERY = timedelta(days=1)
_ENDS_DOCUMENT = frozenset({"DocumentCompleted", "DocumentApproved", "DocumentUnapproved", "DocumentVoided"})


class _Names(Struct, frozen=True):
    """As much of a fact as names what was worked out from it."""

    job: str = ""
    line: int = 0
    values: dict[str, Any] = {}


_names = msgspec.json.Decoder(_Names)


def mark(connection: Connection, end: Head, epoch: int, hub_time: datetime) -> None:
    """Note once a day where the log ends, by the hub's clock: how old an entry is must not hang on our own clock."""
    found = connection.row("SELECT max(hub_time), max(sequence) FROM mark WHERE epoch = ?", (epoch,))
    newest = datetime.fromisoformat(found[0]) if found and found[0] else None
    is_ahead = newest is not None and newest - MARK_EVERY >= hub_time
    if found and newest and not is_ahead and (hub_time < newest + MARK_EVERY or found[1] == end.sequence):
        return
    with connection.transaction():
        # A mark of a day that has not come yet was set by a hub whose clock was wrong.
        connection.change("DELETE FROM mark WHERE hub_time > ?", (hub_time.astimezone(UTC).isoformat(),))
        connection.change(
            "INSERT OR REPLACE INTO mark (epoch, sequence, hub_time) VALUES (?, ?, ?)",
            (epoch, end.sequence, hub_time.astimezone(UTC).isoformat()),
        )


def old_enough(connection: Connection, epoch: int, before: datetime) -> int:
    """Return through which entry of an epoch all were there before a moment of the hub's clock; 0: none."""
    found = connection.row(
        "SELECT max(sequence) FROM mark WHERE epoch = ? AND hub_time <= ?",
        (epoch, before.astimezone(UTC).isoformat()),
    )
    return found[0] if found and found[0] else 0


def forget_some(connection: Connection, epoch: int, base: Head, through: int, limit: int) -> Head:
    """Forget the oldest entries of an epoch, none after `through`; returns where what is kept begins now.

    Inside a transaction. The digest of the last one forgotten is kept, so that the chain can still be checked.
    """
    rows = [
        row for row in entry_rows(connection, epoch, base.sequence, limit + 1) if row.sequence <= through
    ][:limit]
    if not rows:
        return base
    last = rows[-1].sequence
    kept = Head(sequence=last, digest=_named_after(connection, epoch, last) or rows[-1].digest)
    connection.change(
        "INSERT OR REPLACE INTO base (epoch, sequence, digest) VALUES (?, ?, ?)",
        (epoch, kept.sequence, kept.digest),
    )
    connection.change("DELETE FROM entry WHERE epoch = ? AND sequence <= ?", (epoch, last))
    connection.change("DELETE FROM mark WHERE epoch = ? AND sequence < ?", (epoch, last))
    _forget_derived(connection, rows)
    return kept


def oldest_epoch(connection: Connection) -> int:
    """Return the first epoch of which entries are kept; 0 if there are none."""
    found = connection.row("SELECT min(epoch) FROM entry")
    return found[0] if found and found[0] else 0


def _named_after(connection: Connection, epoch: int, sequence: int) -> str:
    for row in entry_rows(connection, epoch, sequence, 1):
        try:
            return open_entry(row.body).envelope.previous_digest
        except ValueError:
            return ""
    return ""


def _forget_derived(connection: Connection, rows: Sequence[EntryRow]) -> None:
    """Forget also what was worked out from those entries and serves nobody any more."""
    for row in rows:
        try:
            envelope = open_entry(row.body).envelope
            names = _names.decode(envelope.fact)
        except ValueError:
            continue  # a damaged entry, kept apart: what was worked out from it may stay
        connection.change(
            "DELETE FROM disposition WHERE event_id = ? AND state <> 'parked'", (envelope.event_id,)
        )
        entry_forgotten(connection, envelope.event_id)
        if envelope.type in _ENDS_DOCUMENT:
            _forget_document(connection, envelope.document)
        elif envelope.type == "LineRecorded":
            connection.change(
                "DELETE FROM line WHERE document = ? AND line = ?"
                " AND EXISTS (SELECT 1 FROM document WHERE number = ? AND status = 'elsewhere')",
                (envelope.document, names.line, envelope.document),
            )
        elif envelope.type == "LabelReported":
            connection.change(
                f"DELETE FROM job WHERE job_id = ? AND reported = state AND state NOT IN {UNSETTLED}",  # noqa: S608 our own names
                (names.job,),
            )
        serial = names.values.get("handling_unit")
        if isinstance(serial, str) and serial:
            connection.change(
                "DELETE FROM unit_origin WHERE serial = ? AND document = ?"
                " AND NOT EXISTS (SELECT 1 FROM hub_balance WHERE handling_unit = unit_origin.serial"
                " AND handling_unit <> '')",
                (serial, envelope.document),
            )


def _forget_document(connection: Connection, number: str) -> None:
    if connection.row(
        "SELECT 1 FROM document WHERE number = ? AND status IN ('closed', 'unapproved', 'void')", (number,)
    ):
        connection.change("DELETE FROM line WHERE document = ?", (number,))
        connection.change("DELETE FROM shared_line WHERE document = ?", (number,))
        connection.change("DELETE FROM document_total WHERE document = ?", (number,))
        connection.change("DELETE FROM document_effect WHERE document = ?", (number,))
        connection.change("DELETE FROM submission WHERE document = ?", (number,))
        connection.change("DELETE FROM document WHERE number = ?", (number,))
