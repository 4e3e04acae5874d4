"""Months of the books: which one a moment belongs to, and which ones come before and after."""

import re
from collections.abc import Iterator
from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

MINUTE_CHARS = len("2026-11-22T08:30")
"""As much of an instant's text as decides its month: zones differ by whole minutes."""
_MONTHS = 12
_PERIOD = re.compile(r"[12]\d{3}-(0[1-9]|1[0-2])", re.ASCII)


def is_month(text: str) -> bool:
    """Tell whether a text names a month: `2026-11`."""
    return _PERIOD.fullmatch(text) is not None


@lru_cache(maxsize=4096)
def _month_at(minute: str, zone: str) -> str:
    return datetime.fromisoformat(f"{minute}:00+00:00").astimezone(ZoneInfo(zone)).strftime("%Y-%m")


def month_of(instant: str, zone: str) -> str:
    """Return the month of an instant (UTC text, `2026-11-22T08:30:00.000000Z`) on a plant's own calendar."""
    return _month_at(instant[:MINUTE_CHARS], zone)


def month_after(period: str, count: int = 1) -> str:
    """Return the month that comes `count` after another; before it, where `count` is below zero."""
    months = int(period[:4]) * _MONTHS + int(period[5:]) - 1 + count
    return f"{months // _MONTHS:04d}-{months % _MONTHS + 1:02d}"


def months_between(first: str, last: str) -> Iterator[str]:
    """Yield the months from one through another."""
    while first <= last:
        yield first
        first = month_after(first)


def day_of(instant: str, zone: str) -> str:
    """Return the day of an instant (UTC text) on a plant's own calendar: `2026-11-22`."""
    return _day_at(instant[:MINUTE_CHARS], zone)


@lru_cache(maxsize=4096)
def _day_at(minute: str, zone: str) -> str:
    return datetime.fromisoformat(f"{minute}:00+00:00").astimezone(ZoneInfo(zone)).date().isoformat()
