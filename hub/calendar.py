"""The plant's calendar: in which time zone its months begin."""

from collections.abc import Sequence
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from msgspec import Struct
from sqlalchemy import Connection, Engine

from hub.plant_rule import keep_rule, rule_of
from hub.store.event_log import EventLog
from hub.store.values import instant_text

CALENDAR = "calendar"
"""The kind of record."""


class Calendar(Struct, frozen=True, kw_only=True):
    """The record's body. `zone` is a name of the IANA time zone database."""

    zone: str


def zone_of(connection: Connection, plant: str) -> str:
    """Return in which zone a plant's months begin now."""
    held = rule_of(connection, plant, CALENDAR, Calendar)
    return held.zone if held else "UTC"


def begins_at(connection: Connection, plant: str, day: date) -> str:
    """Return the instant a day begins at in a plant, as text."""
    return instant_text(datetime.combine(day, time(), ZoneInfo(zone_of(connection, plant))))


def keep_calendar(engine: Engine, log: EventLog, plants: Sequence[str], zone: str) -> None:
    """Write down which zone the plants live in. Raises StoreError."""
    keep_rule(engine, log, plants, CALENDAR, Calendar(zone=zone))
