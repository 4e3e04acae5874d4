"""The plant's calendar: in which time zone its months begin. It stands with the reference data, so a rebuild finds it.

A setting alone would not do: changed, it would move what was booked long ago into other months at the next rebuild.
What stands here holds from the position it was written at.
"""

from collections.abc import Sequence

from msgspec import Struct
from sqlalchemy import Engine

from hub.store.database import writing
from hub.store.event_log import EventLog
from hub.store.reference import Record, write_records

CALENDAR = "calendar"
"""The kind of record, with one key: nothing. The hub keeps it for itself; kiosks do not get it."""


class Calendar(Struct, frozen=True, kw_only=True):
    """The record's body. `zone` is a name of the IANA time zone database."""

    zone: str


def keep_calendar(engine: Engine, log: EventLog, plants: Sequence[str], zone: str) -> None:
    """Write down which zone the plants live in; nothing is written where it is known. Raises StoreError."""
    for plant in plants:
        with writing(engine) as connection:
            write_records(connection, log, plant, [Record(kind=CALENDAR, key="", body=Calendar(zone=zone))])
