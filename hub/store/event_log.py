"""The ledger: every plant's events in one order, with dense positions, appended set-wise and never changed."""

import threading
from collections import deque
from collections.abc import Mapping, Sequence
from itertools import islice

import msgspec
from sqlalchemy import Connection, Engine, insert, select, text, update

from domain.log import Envelope, Head, open_entry
from hub.store.bulk import bulk_for
from hub.store.database import reading
from hub.store.tables import events, heads, plants

TAIL_EVENTS_MAX = 20_000
"""How many of the newest events stay decoded in memory for the projector; older ones are read back."""

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


class EventLog:
    """The ledger in one database. Appending happens inside the caller's transaction."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._tails: dict[str, deque[Stored]] = {}
        self._lock = threading.Lock()

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
    ) -> list[Stored]:
        """Write entries at the positions after `position` (as `lock` gave it). Call `remember` once it is committed."""
        stored = [
            Stored(
                number,
                one.device,
                one.epoch,
                one.sequence,
                one.digest,
                one.body,
                one.flaw,
                one.envelope,
                received_at,
            )
            for number, one in enumerate(arrivals, position + 1)
        ]
        rows = [
            (
                plant,
                one.position,
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
            for one in stored
        ]
        bulk_for(connection).insert(connection, events, rows)
        last = position + len(stored)
        connection.execute(update(plants).where(plants.c.plant == plant).values(position=last))
        return stored

    def remember(self, plant: str, stored: Sequence[Stored]) -> None:
        """Keep committed entries at hand for the projector."""
        with self._lock:
            tail = self._tails.setdefault(plant, deque(maxlen=TAIL_EVENTS_MAX))
            if tail and tail[-1].position + 1 != stored[0].position:
                tail.clear()  # another process appended in between
            tail.extend(stored)

    def end(self, plant: str) -> int:
        """Return the last position this process appended; 0 if it appended none."""
        with self._lock:
            tail = self._tails.get(plant)
            return tail[-1].position if tail else 0

    def read(self, plant: str, after: int, limit: int) -> list[Stored]:
        """Return at most `limit` entries after a position, in order."""
        with self._lock:
            tail = self._tails.get(plant)
            if tail and tail[0].position <= after + 1:
                skip = after + 1 - tail[0].position
                return list(islice(tail, skip, skip + limit))
        with reading(self._engine) as connection:
            return read_events(connection, plant, after, limit)

    def forget(self, plant: str, through: int) -> None:
        """Let go of entries at hand through a position: they are booked."""
        with self._lock:
            tail = self._tails.get(plant)
            while tail and tail[0].position <= through:
                tail.popleft()


def read_events(connection: Connection, plant: str, after: int, limit: int) -> list[Stored]:
    """Return entries after a position as the database holds them."""
    column = events.c
    rows = connection.execute(
        select(
            column.position,
            column.device,
            column.epoch,
            column.sequence,
            column.digest,
            column.body,
            column.flaw,
            column.received_at,
        )
        .where(column.plant == plant, column.position > after)
        .order_by(column.position)
        .limit(limit)
    )
    return [
        Stored(
            row.position,
            row.device,
            row.epoch,
            row.sequence,
            row.digest,
            bytes(row.body),
            row.flaw,
            _envelope_of(bytes(row.body)),
            row.received_at,
        )
        for row in rows
    ]


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
        return open_entry(body).envelope
    except ValueError:
        return None
