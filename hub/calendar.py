"""The plant's calendar: in which time zone its months begin. It stands with the reference data, so a rebuild finds it.

A setting alone would not do: changed, it would move what was booked long ago into other months at the next rebuild.
What stands here holds from the position it was written at.
"""

from collections.abc import Sequence
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, Engine, select

from hub.store.database import writing
from hub.store.event_log import EventLog
from hub.store.reference import Record, write_records
from hub.store.tables import reference
from hub.store.values import instant_text

CALENDAR = "calendar"
"""The kind of record, with one key: nothing. The hub keeps it for itself; kiosks do not get it."""


class Calendar(Struct, frozen=True, kw_only=True):
    """The record's body. `zone` is a name of the IANA time zone database."""

    zone: str


def zone_of(connection: Connection, plant: str) -> str:
    """Return in which zone a plant's months begin now."""
    held = reference.c
    asked = select(held.body_json).where(held.plant == plant, held.kind == CALENDAR, held.key == "")
    body = connection.execute(asked).scalar()
    return msgspec.json.decode(body, type=Calendar).zone if body else "UTC"


def begins_at(connection: Connection, plant: str, day: date) -> str:
    """Return the instant a day begins at in a plant, as text."""
    return instant_text(datetime.combine(day, time(), ZoneInfo(zone_of(connection, plant))))


def keep_calendar(engine: Engine, log: EventLog, plants: Sequence[str], zone: str) -> None:
    """Write down which zone the plants live in; nothing is written where it is known. Raises StoreError."""
    for plant in plants:
        with writing(engine) as connection:
            write_records(connection, log, plant, [Record(kind=CALENDAR, key="", body=Calendar(zone=zone))])
