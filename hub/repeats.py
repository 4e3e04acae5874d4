"""Which entries bear an event id that was there before: the same fact again, or another under its name."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet

import msgspec
from sqlalchemy import Connection, func, select, text

from hub.store.event_log import Stored, read_events
from hub.store.tables import events

IDS_ASKED_MAX = 1_000
"""Event ids in one question to the database."""

_TWICE_SQLITE = text(
    "SELECT event_id FROM events WHERE plant = :plant AND event_id IN (SELECT value FROM json_each(:ids))"
    " GROUP BY event_id HAVING count(*) > 1"
)
_TWICE_POSTGRESQL = text(
    "SELECT asked.id FROM unnest(CAST(:ids AS text[])) AS asked (id) CROSS JOIN LATERAL"
    " (SELECT 1 FROM events WHERE plant = :plant AND event_id = asked.id OFFSET 1 LIMIT 1) AS again"
)
"""Which of some event ids the ledger holds more than once; the ids go as one value, not as hundreds.

PostgreSQL is made to look each id up: while it knows little of the table, it would read all of it instead.
"""
_ALL_TWICE = text(
    "SELECT event_id FROM events WHERE plant = :plant AND event_id <> '' GROUP BY event_id HAVING count(*) > 1"
)


def repeated_in(connection: Connection, plant: str, batch: Sequence[Stored]) -> AbstractSet[str]:
    """Return those of a batch's event ids that the ledger holds more than once."""
    named = [one.event_id for one in batch if one.event_id]
    is_postgresql = connection.dialect.name == "postgresql"
    found: set[str] = set()
    for start in range(0, len(named), IDS_ASKED_MAX):
        ids = named[start : start + IDS_ASKED_MAX]
        given = {"plant": plant, "ids": ids if is_postgresql else msgspec.json.encode(ids).decode()}
        found.update(
            connection.execute(_TWICE_POSTGRESQL if is_postgresql else _TWICE_SQLITE, given).scalars()
        )
    return found


def all_repeated(connection: Connection, plant: str) -> AbstractSet[str]:
    """Return every event id that the ledger holds more than once: one walk instead of a question for each batch."""
    return set(connection.execute(_ALL_TWICE, {"plant": plant}).scalars())


def earlier_than(
    connection: Connection, plant: str, batch: Sequence[Stored], repeated: AbstractSet[str]
) -> Mapping[int, Stored]:
    """Return, by position, the first entry that bears an event id, for each of a batch that comes after it."""
    if not repeated:
        return {}
    named = {one.event_id for one in batch} & repeated
    first_of = {event_id: _first(connection, plant, event_id) for event_id in named}
    return {
        one.position: first_of[one.event_id]
        for one in batch
        if one.event_id in named and first_of[one.event_id].position < one.position
    }


def _first(connection: Connection, plant: str, event_id: str) -> Stored:
    where = (events.c.plant == plant, events.c.event_id == event_id)
    position = connection.execute(select(func.min(events.c.position)).where(*where)).scalar_one()
    return read_events(connection, plant, position - 1, 1)[0]
