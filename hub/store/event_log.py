"""The ledger: every plant's events in one order, with dense positions, appended set-wise and never changed."""

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, bindparam, insert, select, text, update

from domain.log import Envelope, Head, envelope_of
from hub.store.bulk import bulk_for
from hub.store.tables import events, heads, plants

DeviceKey = tuple[str, str]
"""Plant and device."""


class Arrival(msgspec.Struct, frozen=True, gc=False):
    """An entry about to be appended: what `events` holds, but for its position."""

    device: str
    epoch: int
    sequence: int
    digest: str
    body: bytes
    flaw: str
    envelope: Envelope | None

    @property
    def event_id(self) -> str:
        """Return the event's name; nothing where it cannot be read."""
        return self.envelope.event_id if self.envelope and not self.flaw else ""


class Stored(msgspec.Struct, frozen=True, gc=False):
    """An entry of the ledger. `envelope` is None where the bytes cannot be read."""

    position: int
    device: str
    epoch: int
    sequence: int
    digest: str
    body: bytes
    flaw: str
    envelope: Envelope | None
    received_at: str

    @property
    def event_id(self) -> str:
        """Return the event's name; nothing where it cannot be read."""
        return self.envelope.event_id if self.envelope and not self.flaw else ""


EventRow = Sequence[Any]
"""An entry as the driver gives it."""


class EventLog:
    """The ledger in one database. Appending happens inside the caller's transaction."""

    def lock(self, connection: Connection, plant: str) -> int:
        """Keep every other appender of this plant out until the transaction ends; return its last position."""
        if connection.dialect.name == "postgresql":
            key = {"plant": plant}
            connection.execute(text("SELECT pg_advisory_xact_lock(727270, hashtext(:plant))"), key)
        row = connection.execute(select(plants.c.position).where(plants.c.plant == plant)).scalar()
        if row is None:
            connection.execute(insert(plants).values(plant=plant, position=0, revision=0))
            return 0
        return int(row)

    def append(
        self, connection: Connection, plant: str, position: int, arrivals: Sequence[Arrival], received_at: str
    ) -> int:
        """Write entries at the positions after `position` (as `lock` gave it); return the last position."""
        rows = [
            (
                plant,
                number,
                one.device,
                one.epoch,
                one.sequence,
                one.event_id,
                one.digest,
                one.envelope.type if one.envelope and not one.flaw else "",
                one.flaw,
                one.body,
                received_at,
            )
            for number, one in enumerate(arrivals, position + 1)
        ]
        bulk_for(connection).insert(connection, events, rows)
        last = position + len(rows)
        connection.execute(update(plants).where(plants.c.plant == plant).values(position=last))
        return last


_READ = text(
    "SELECT position, device, epoch, sequence, digest, body, flaw, received_at FROM events"
    " WHERE plant = :plant AND position > :after AND position <= :through ORDER BY position"
)
"""Positions are dense, so a range holds as many as it is long: with a mere limit PostgreSQL, while it knows little of
the table, sorts all that follows."""


def read_events(connection: Connection, plant: str, after: int, limit: int) -> list[Stored]:
    """Return entries after a position as the database holds them."""
    return list(open_rows(read_rows(connection, plant, after, limit)))


def last_before(connection: Connection, plant: str, moment: str, through: int) -> int:
    """Return the last position up to `through` that was received before a moment; 0: none was.

    Positions are dense and, but for a clock that was put back, rise with time: it takes a few looks in however long a
    ledger.
    """
    column = events.c
    query = select(column.received_at).where(column.plant == plant, column.position == bindparam("at"))

    def is_before(position: int) -> bool:
        return (connection.execute(query, {"at": position}).scalar() or "") < moment

    return bisect_left(range(1, through + 1), x=True, key=lambda position: not is_before(position))


def read_rows(connection: Connection, plant: str, after: int, limit: int) -> Sequence[EventRow]:
    """Return entries after a position unopened, position first: `open_rows` tells what they say."""
    rows = connection.execute(_READ, {"plant": plant, "after": after, "through": after + limit})
    return rows.cursor.fetchall() if rows.cursor else ()


def open_rows(rows: Sequence[EventRow]) -> Iterator[Stored]:
    """Open rows as the driver gives them: a thousand at a time, often, so nothing stands between."""
    for position, device, epoch, sequence, digest, held, flaw, received_at in rows:
        body = held if type(held) is bytes else bytes(held)
        yield Stored(position, device, epoch, sequence, digest, body, flaw, _envelope_of(body), received_at)


def head_of(connection: Connection, plant: str, device: str, epoch: int) -> Head:
    """Return where our copy of a device's log ends."""
    column = heads.c
    row = connection.execute(
        select(column.sequence, column.digest).where(
            column.plant == plant, column.device == device, column.epoch == epoch
        )
    ).first()
    return Head(sequence=row.sequence, digest=row.digest) if row else Head()


def digests_of(
    connection: Connection, plant: str, device: str, epoch: int, *, first: int, last: int
) -> Mapping[int, str]:
    """Return what we hold under the sequences `first` to `last`, both included."""
    column = events.c
    rows = connection.execute(
        select(column.sequence, column.digest).where(
            column.plant == plant,
            column.device == device,
            column.epoch == epoch,
            column.sequence.between(first, last),
        )
    )
    return {row.sequence: row.digest for row in rows}


def end_of(connection: Connection, plant: str) -> int:
    """Return the last position given."""
    return connection.execute(select(plants.c.position).where(plants.c.plant == plant)).scalar() or 0


def _envelope_of(body: bytes) -> Envelope | None:
    try:
        return envelope_of(body)
    except ValueError:
        return None
