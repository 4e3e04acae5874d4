"""The months of a plant's books: which are closed, and which may be."""

from datetime import datetime

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, select

from domain.month import is_month, month_of
from hub.calendar import zone_of
from hub.store.tables import periods
from hub.store.values import instant_of, instant_text
from hub.views.flows import months


class Month(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One month; `person` closed it at `closed_at`, with every month before."""

    period: str
    closed: bool
    person: str = ""
    closed_at: datetime | None = None


class CannotCloseError(ValueError):
    """The month cannot be closed; `key` are words of the catalogue, `period` the month that was named."""

    def __init__(self, key: str, period: str) -> None:
        super().__init__(key)
        self.key, self.period = key, period


def months_of(connection: Connection, plant: str) -> tuple[Month, ...]:
    """Return the months there is anything of, the newest first."""
    held = periods.c
    rows = connection.execute(select(periods).where(held.plant == plant).order_by(held.period)).all()
    found: list[Month] = []
    for period in months(connection, plant):
        row = next((one for one in rows if one.period >= period), None)
        month = Month(period=period, closed=row is not None)
        if row is not None:
            month = msgspec.structs.replace(month, person=row.person, closed_at=instant_of(row.closed_at))
        found.append(month)
    return tuple(found)


def closable(connection: Connection, plant: str, now: datetime) -> tuple[str, ...]:
    """Return the months that may be closed now: over, and still open; the newest first."""
    return tuple(
        one.period
        for one in months_of(connection, plant)
        if not one.closed and one.period < _this_month(connection, plant, now)
    )


def see_that_it_closes(connection: Connection, plant: str, period: str, now: datetime) -> None:
    """Raise CannotCloseError for what is no month, for one that is not over, and for one that is closed."""
    if not is_month(period):
        raise CannotCloseError("month.refused.no_month", period)
    if period >= _this_month(connection, plant, now):
        raise CannotCloseError("month.refused.not_over", period)
    held = periods.c
    asked = select(held.period).where(held.plant == plant, held.period >= period).limit(1)
    if connection.execute(asked).first() is not None:
        raise CannotCloseError("month.refused.closed", period)


def _this_month(connection: Connection, plant: str, now: datetime) -> str:
    return month_of(instant_text(now), zone_of(connection, plant))
