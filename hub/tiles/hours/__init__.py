"""Today by hour: how many lines came in from outside, a bar for each hour of the site's day."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any

from sqlalchemy import select

from domain.quantity import Quantity
from hub.store import tables
from hub.store.values import amount
from hub.tile import Scope, Tile

FIRST_HOUR, LAST_HOUR = 6, 18
"""The day that is always drawn; earlier and later hours when something came in then."""
WIDTH, HEIGHT = 700, 190
"""Of the drawing, in its own units; a bar of the best hour is HEIGHT high."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One hour: its lines, and where its bar stands."""

    hour: int
    lines: int
    left: float
    width: float
    height: float
    is_now: bool


def _query(scope: Scope) -> Mapping[str, Any]:
    now = scope.now.astimezone(scope.zone)
    morning = datetime.combine(now.date(), time(), tzinfo=scope.zone)
    lines, totals = _arrivals(scope, morning, morning + timedelta(days=1))
    hours = range(min([FIRST_HOUR, now.hour, *lines]), max([LAST_HOUR, now.hour, *lines]) + 1)
    top = max([1, *lines.values()])
    step = WIDTH / len(hours)
    bars = [
        Bar(
            hour=hour,
            lines=lines.get(hour, 0),
            left=round(place * step, 1),
            width=round(step, 1),
            height=max(0.0, round(lines.get(hour, 0) / top * HEIGHT, 1)),
            is_now=hour == now.hour,
        )
        for place, hour in enumerate(hours)
    ]
    quantities = [Quantity(amount(value), unit) for unit, value in sorted(totals.items()) if value]
    return {
        "bars": bars,
        "lines": sum(lines.values()),
        "quantities": quantities,
        "floor": HEIGHT + 30,
    }


def _arrivals(scope: Scope, start: datetime, end: datetime) -> tuple[dict[int, int], dict[str, int]]:
    """Return lines by local hour and amounts by unit. Zones off by half an hour count an hour where it begins."""
    held = tables.arrivals.c
    asked = select(held.hour, held.unit, held.lines, held.value).where(
        held.plant == scope.plant, held.hour >= _hour(start), held.hour < _hour(end)
    )
    lines: dict[int, int] = {}
    totals: dict[str, int] = {}
    for row in scope.connection.execute(asked):
        local = datetime.fromisoformat(row.hour + ":00:00+00:00").astimezone(scope.zone).hour
        lines[local] = lines.get(local, 0) + row.lines
        totals[row.unit] = totals.get(row.unit, 0) + row.value
    return lines, totals


def _hour(instant: datetime) -> str:
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H")


TILE = Tile(name="hours", order=20, span=5, query=_query)
