"""The lines of a plant today: target and done by the hour, work in process and its age, what holds each line up.

Everything is asked of sums and of what stands at an operation now, so it costs the same after years. Standard minutes
and stations are those of the reference data as they are now.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from msgspec import Struct
from sqlalchemy import Connection, func, select

from domain.inspection import dhu, right_first_time
from domain.line_balance import (
    Load,
    Waiting,
    balance,
    bottleneck,
    efficiency,
    loads,
    target_until,
)
from domain.place import Station
from domain.route import OperationCode, Route
from domain.route_layout import Layout, layout
from domain.work_unit import WorkUnit
from hub.floor_reference import FloorReference, LineDay, floor_reference
from hub.store.production_tables import IS_STANDING, bundle_at, unit_hours
from hub.store.quality_tables import inspections, quality_tickets
from hub.store.values import HOUR_CHARS, instant_of, instant_text
from hub.views.quality import Call, open_calls
from hub.views.tickets import is_exposed

HELD_UP_MINUTES = Decimal(60)
"""A queue that takes longer than this to clear is what holds a line up."""


class Hour(Struct, frozen=True, kw_only=True):
    """Pieces that came off a line in an hour, which begins at `begins`."""

    begins: datetime
    pieces: int


class Line(Struct, frozen=True, kw_only=True):
    """One line now. Percentages have one decimal; None where there is nothing to reckon with.

    `due_by_now`: the part of the target that should be made by now. `oldest`: since when the oldest work in process
    stands where it is. `late_tickets`: quality tickets it has to answer and is late with.
    """

    unit: WorkUnit
    day: LineDay
    done: int
    due_by_now: int
    hours: tuple[Hour, ...]
    efficiency: Decimal | None
    waiting: tuple[Waiting, ...]
    loads: tuple[Load, ...]
    held_up: Load | None
    balance: Decimal | None
    checked: int
    defects: int
    defective: int
    calls: tuple[Call, ...]
    late_tickets: int

    @property
    def in_process(self) -> int:
        """Return the pieces that stand on the line."""
        return sum(one.pieces for one in self.waiting)

    @property
    def oldest(self) -> datetime | None:
        """Return since when the oldest of them stands where it is."""
        return min((one.since for one in self.waiting if one.since), default=None)

    @property
    def dhu(self) -> Decimal | None:
        """Return the defects per hundred pieces looked at today."""
        return dhu(self.defects, self.checked)

    @property
    def rft(self) -> Decimal | None:
        """Return how many of a hundred pieces looked at today were right first time."""
        return right_first_time(self.defective, self.checked)

    @property
    def is_behind(self) -> bool:
        """Tell whether less is made than should be by now."""
        return self.done < self.due_by_now


class Flow(Struct, frozen=True, kw_only=True):
    """The route of what a line works on most, drawn, with what stands at each operation."""

    route: Route
    layout: Layout
    waiting: Mapping[OperationCode, Waiting]


def lines_now(connection: Connection, plant: str, now: datetime, zone: ZoneInfo) -> tuple[Line, ...]:
    """Return every line that has stations, a plan for today, or work on it, by code."""
    today = now.astimezone(zone).date()
    known = floor_reference(connection, plant, today)
    standing = _standing(connection, plant)
    days = {unit: known.day_of(unit, today, zone) for unit in known.units}
    made = _made(connection, plant, days.values())
    named = {one.unit for one in known.stations.values() if one.operations}
    shown = sorted(({*named, *known.plans, *standing, *made} & set(known.units)) - {""})
    checked = _inspected(connection, plant, today, known.stations)
    calls = open_calls(connection, plant)
    late = _late_tickets(connection, plant, today)
    found: list[Line] = []
    for unit in shown:
        day, stations = days[unit], known.stations_of(unit)
        done, hours, by_operation = _output(known, made.get(unit, ()), stations, day)
        minutes = known.standard_minutes({one.order for one in made.get(unit, ())} | _orders(standing, unit))
        waits = tuple(standing.get(unit, {}).values())
        queues = loads((one.stands for one in waits), minutes, stations)
        looks = checked.get(unit, (0, 0, 0))
        found.append(
            Line(
                unit=known.units[unit],
                day=day,
                done=done,
                due_by_now=target_until(day.target, day.begins, day.ends, now),
                hours=hours,
                efficiency=efficiency(by_operation, minutes, day.workers, day.minutes_until(now)),
                waiting=tuple(one.stands for one in waits),
                loads=queues,
                held_up=bottleneck(queues, HELD_UP_MINUTES),
                balance=balance(minutes, stations),
                checked=looks[0],
                defective=looks[1],
                defects=looks[2],
                calls=tuple(one for one in calls if known.unit_of(one.device) == unit),
                late_tickets=late.get(unit, 0),
            )
        )
    return tuple(found)


def flow_of(connection: Connection, plant: str, unit: str, now: datetime, zone: ZoneInfo) -> Flow | None:
    """Return the route most pieces on a line go, with what stands where; None where nothing stands on the line."""
    known = floor_reference(connection, plant, now.astimezone(zone).date())
    standing = _standing(connection, plant).get(unit, {})
    pieces: defaultdict[str, int] = defaultdict(int)
    for one in standing.values():
        for order, count in one.orders.items():
            pieces[order] += count
    orders = sorted((order for order in pieces if order in known.routes), key=lambda one: (-pieces[one], one))
    if not orders:
        return None
    route = known.routes[orders[0]]
    return Flow(
        route=route,
        layout=layout(route),
        waiting={code: one.stands for code, one in standing.items() if code in route.by_operation},
    )


class _Stands(Struct, frozen=True):
    """What stands at one operation of a line, and of which orders."""

    stands: Waiting
    orders: Mapping[str, int]


class _Made(Struct, frozen=True):
    """What a line finished of an order at an operation in an hour."""

    operation: OperationCode
    hour: str
    order: str
    good: int


def _standing(connection: Connection, plant: str) -> dict[str, dict[OperationCode, _Stands]]:
    """Return what stands on each line, by operation."""
    held = bundle_at.c
    asked = (
        select(
            held.line,
            held.operation,
            held.work_order,
            func.sum(held.waiting).label("waiting"),
            func.sum(held.at_work).label("at_work"),
            func.min(held.since).label("since"),
        )
        .where(held.plant == plant, IS_STANDING)
        .group_by(held.line, held.operation, held.work_order)
    )
    gathered: defaultdict[tuple[str, OperationCode], list[tuple[str, int, int, str]]] = defaultdict(list)
    for row in connection.execute(asked):
        gathered[row.line, OperationCode(row.operation)].append(
            (row.work_order, int(row.waiting), int(row.at_work), row.since)
        )
    found: dict[str, dict[OperationCode, _Stands]] = {}
    for (line, operation), rows in gathered.items():
        stands = Waiting(
            operation=operation,
            waiting=sum(waiting for _, waiting, _, _ in rows),
            at_work=sum(at_work for _, _, at_work, _ in rows),
            since=instant_of(min(since for *_, since in rows)),
        )
        orders = {order: waiting + at_work for order, waiting, at_work, _ in rows}
        found.setdefault(line, {})[operation] = _Stands(stands, orders)
    return found


def _orders(standing: Mapping[str, Mapping[OperationCode, _Stands]], unit: str) -> set[str]:
    return {order for one in standing.get(unit, {}).values() for order in one.orders}


def _made(connection: Connection, plant: str, days: Iterable[LineDay]) -> dict[str, list[_Made]]:
    """Return what each line finished since the first of the days began."""
    begins = min((one.begins for one in days), default=None)
    if begins is None:
        return {}
    held = unit_hours.c
    asked = select(held.unit, held.operation, held.hour, held.work_order, held.good).where(
        held.plant == plant, held.hour >= instant_text(begins)[:HOUR_CHARS]
    )
    found: dict[str, list[_Made]] = {}
    for row in connection.execute(asked):
        made = _Made(OperationCode(row.operation), row.hour, row.work_order, row.good)
        found.setdefault(row.unit, []).append(made)
    return found


def _output(
    known: FloorReference, made: Sequence[_Made], stations: Mapping[OperationCode, int], day: LineDay
) -> tuple[int, tuple[Hour, ...], Mapping[OperationCode, int]]:
    """Return what came off the line today, by the hour, and what each operation made.

    Pieces come off a line at the last operation of their route that it has a station for.
    """
    by_operation: defaultdict[OperationCode, int] = defaultdict(int)
    by_hour: defaultdict[str, int] = defaultdict(int)
    lasts = {
        order: _last_here(known.routes.get(order), stations, made) for order in {one.order for one in made}
    }
    for one in made:
        by_operation[one.operation] += one.good
        if one.operation == lasts[one.order]:
            by_hour[one.hour] += one.good
    first = day.begins.replace(minute=0, second=0, microsecond=0)
    count = max(1, -int((first - day.ends) // timedelta(hours=1)))
    hours = tuple(
        Hour(begins=begins, pieces=by_hour.get(instant_text(begins)[:HOUR_CHARS], 0))
        for begins in (first + timedelta(hours=number) for number in range(count))
    )
    return sum(by_hour.values()), hours, by_operation


def _last_here(
    route: Route | None, stations: Mapping[OperationCode, int], made: Sequence[_Made]
) -> OperationCode | None:
    """Return the last operation of a route that is done on a line: by its stations, else by what it made."""
    if route is None:
        return None
    done = {code for code in route.by_operation if code in stations}
    done = done or {one.operation for one in made if one.operation in route.by_operation}
    return max(done, key=lambda code: (len(route.all_before(code)), code), default=None)


def _inspected(
    connection: Connection, plant: str, today: date, stations: Mapping[str, Station]
) -> dict[str, tuple[int, int, int]]:
    """Return the pieces looked at today, those with a defect, and the defects, by the unit of the station."""
    held = inspections.c
    asked = (
        select(held.device, func.sum(held.checked), func.sum(held.defective), func.sum(held.defects))
        .where(held.plant == plant, held.on_day == today.isoformat())
        .group_by(held.device)
    )
    found: dict[str, tuple[int, int, int]] = {}
    for device, *counts in connection.execute(asked):
        station = stations.get(device)
        unit = station.unit if station else ""
        before = found.get(unit, (0, 0, 0))
        found[unit] = (before[0] + counts[0], before[1] + counts[1], before[2] + counts[2])
    return found


def _late_tickets(connection: Connection, plant: str, today: date) -> dict[str, int]:
    held = quality_tickets.c
    asked = (
        select(held.owner, func.count()).where(held.plant == plant, is_exposed(today)).group_by(held.owner)
    )
    return {row[0]: row[1] for row in connection.execute(asked)}
