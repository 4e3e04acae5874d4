"""The days a question is about: from one to another, the newest where nobody says which."""

from datetime import date, datetime, timedelta
from typing import Annotated, Protocol

from msgspec import Meta
from sqlalchemy import Connection

from hub.views.plans import today_of

DAYS_ASKED = 30
"""Days that are looked at where nobody says since when."""
DAYS_MAX = 400
"""Days that are looked at once: a year and a little, so that no question costs more with the years."""

Day = Annotated[str, Meta(pattern=r"^(\d{4}-\d{2}-\d{2})?$")]


class Days(Protocol):
    """What asks for days: `since` and `until` as texts, empty where nobody said."""

    @property
    def since(self) -> str: ...

    @property
    def until(self) -> str: ...


def days_of(connection: Connection, plant: str, query: Days, now: datetime) -> tuple[date, date]:
    """Return the first and the last day that is asked for."""
    last = _day(query.until) or today_of(connection, plant, now)
    first = _day(query.since) or last - timedelta(days=DAYS_ASKED - 1)
    return max(first, last - timedelta(days=DAYS_MAX - 1)), last


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None
