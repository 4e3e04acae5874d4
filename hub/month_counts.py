"""What a month came to for each unit, counted from scans: goods handed over, tickets, escapes, pieces made, targets.

A unit does not judge itself: what goes from one of its stations to another is not counted here, and neither is what was
taken for accepted by time alone. What broke on the way is the carrier's and not the sender's.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import ColumnElement, Connection, func, select

from domain.handoff import Handoff, Rating, Verdict
from domain.liability import Answerable, LiabilityRule, Role
from domain.month import month_after
from domain.quality_ticket import TicketState
from domain.route import OperationCode, Route, route_key
from domain.score import Counted, Portion
from domain.work_order import WorkOrder
from hub.calendar import zone_of
from hub.escapes import chains
from hub.store.production_tables import handoffs, unit_hours
from hub.store.quality_tables import quality_tickets, ticket_acts, unit_ratings, unit_verdicts
from hub.store.reference import KEYS_ASKED_MAX
from hub.store.tables import reference
from hub.store.values import HOUR_CHARS, instant_text
from hub.verdict_tally import refused_of

_SETTLED = (TicketState.AGREED, TicketState.EXPLAINED, TicketState.MENDED, TicketState.CLOSED)
"""From here on it is said whose a ticket is."""
_handoff = msgspec.json.Decoder(Handoff)


class _LinePlan(msgspec.Struct, frozen=True):
    """What is asked of a line's day plan."""

    line: str
    day: str
    target: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """A month of a plant: its days, and the instants it begins and ends at."""

    plant: str
    period: str
    zone: ZoneInfo

    @property
    def first(self) -> date:
        """Return its first day."""
        return date.fromisoformat(f"{self.period}-01")

    @property
    def last(self) -> date:
        """Return its last day."""
        return date.fromisoformat(f"{month_after(self.period)}-01") - timedelta(days=1)

    def begins_at(self, day: date) -> str:
        """Return the instant a day begins at in the plant."""
        return instant_text(datetime(day.year, day.month, day.day, tzinfo=self.zone).astimezone(UTC))


@dataclass(slots=True)
class Counts:
    """What was counted so far, by unit."""

    handoffs: Counter[str] = field(default_factory=Counter[str])
    received: Counter[str] = field(default_factory=Counter[str])
    refused: Counter[str] = field(default_factory=Counter[str])
    miscounted: Counter[str] = field(default_factory=Counter[str])
    late: Counter[str] = field(default_factory=Counter[str])
    closed: Counter[str] = field(default_factory=Counter[str])
    closing_days: Counter[str] = field(default_factory=Counter[str])
    overdue: Counter[str] = field(default_factory=Counter[str])
    escapes: Counter[str] = field(default_factory=Counter[str])
    made: Counter[str] = field(default_factory=Counter[str])
    target: Counter[str] = field(default_factory=Counter[str])
    ratings: dict[str, Counter[Rating]] = field(default_factory=lambda: defaultdict(Counter[Rating]))

    @property
    def units(self) -> tuple[str, ...]:
        """Return every unit of which anything was counted."""
        counters = (self.handoffs, self.closed, self.overdue, self.escapes, self.made, self.target)
        return tuple(sorted({unit for one in (*counters, self.ratings) for unit in one if unit}))

    def of(self, unit: str) -> Counted:
        """Return one unit's month."""
        return Counted(
            rejected=Portion(count=self.refused[unit], of=self.received[unit]),
            miscounted=Portion(count=self.miscounted[unit], of=self.handoffs[unit]),
            late=Portion(count=self.late[unit], of=self.handoffs[unit]),
            closed=self.closed[unit],
            closing_days=Decimal(self.closing_days[unit]),
            overdue=self.overdue[unit],
            escapes=self.escapes[unit],
            made=self.made[unit],
            target=self.target[unit],
        )


def month_of_plant(connection: Connection, plant: str, period: str) -> Month:
    """Return a month on a plant's calendar."""
    return Month(plant=plant, period=period, zone=ZoneInfo(zone_of(connection, plant)))


def counts_of(connection: Connection, month: Month, today: date, rule: LiabilityRule) -> Counts:
    """Count a month for every unit of a plant."""
    counts = Counts()
    _count_handoffs(connection, month, counts)
    _count_work(connection, month, counts)
    _count_tickets(connection, month, today, counts)
    for ticket, answers in escapes_of(connection, month, rule):
        del ticket
        counts.escapes.update({one.unit for one in answers if one.role is not Role.MAKER})
    _count_ratings(connection, month, counts)
    return counts


def is_judged(month: Month) -> tuple[ColumnElement[bool], ...]:
    """Return what makes a verdict count: another unit's, given by somebody, and standing."""
    held = handoffs.c
    return (
        held.plant == month.plant,
        held.month == month.period,
        held.unit_judged != "",
        held.unit_judging != held.unit_judged,
        held.verdict.in_(tuple(Verdict)),
        ~held.is_silent,
    )


def _count_handoffs(connection: Connection, month: Month, counts: Counts) -> None:
    held = unit_verdicts.c
    sums = [
        func.sum(column).label(column.name)
        for column in (held.handoffs, held.received, held.refused, held.miscounted)
    ]
    asked = (
        select(held.unit_judged, held.work_order, held.day, *sums)
        .where(held.plant == month.plant, held.month == month.period)
        .group_by(held.unit_judged, held.work_order, held.day)
    )
    rows = connection.execute(asked).all()
    orders = records(connection, month.plant, "work_order", {row.work_order for row in rows}, WorkOrder)
    for row in rows:
        unit, order = row.unit_judged, orders.get(row.work_order)
        counts.handoffs[unit] += int(row.handoffs)
        counts.received[unit] += int(row.received)
        counts.refused[unit] += int(row.refused)
        counts.miscounted[unit] += int(row.miscounted)
        if order and order.due and row.day > order.due.isoformat():
            counts.late[unit] += int(row.handoffs)


def refused(row: Any) -> int:
    """Return how many pieces of a verdict (a row of `handoffs`) its sender has to answer for."""
    said = _handoff.decode(row.handoff_json) if row.handoff_json else None
    return refused_of(row, said)


def late_where(
    connection: Connection, month: Month, orders: Iterable[str]
) -> list[tuple[ColumnElement[bool], ...]]:
    """Return which handoffs were late: those of an order after the day it was due, for each order that was."""
    held = handoffs.c
    return [
        (held.work_order == order.number, held.at >= month.begins_at(order.due + timedelta(days=1)))
        for order in records(connection, month.plant, "work_order", orders, WorkOrder).values()
        if order.due is not None and order.due < month.last
    ]


def _count_work(connection: Connection, month: Month, counts: Counts) -> None:
    """Count what each unit made: of each order the good pieces of the last operation that it did."""
    held = unit_hours.c
    begin, end = (month.begins_at(day)[:HOUR_CHARS] for day in (month.first, month.last + timedelta(days=1)))
    asked = (
        select(held.unit, held.work_order, held.operation, func.sum(held.good).label("good"))
        .where(held.plant == month.plant, held.hour >= begin, held.hour < end, held.unit != "")
        .group_by(held.unit, held.work_order, held.operation)
    )
    made: dict[tuple[str, str], dict[OperationCode, int]] = defaultdict(dict)
    for row in connection.execute(asked):
        made[row.unit, row.work_order][OperationCode(row.operation)] = int(row.good)
    orders = records(connection, month.plant, "work_order", {order for _, order in made}, WorkOrder)
    named = {number: route_key(one.route, one.route_version) for number, one in orders.items()}
    routes = records(connection, month.plant, "route", named.values(), Route)
    for (unit, order), good in made.items():
        counts.made[unit] += _came_out(good, routes.get(named.get(order, "")))
    days = (month.first.isoformat(), month.last.isoformat())
    for plan in every_record(connection, month.plant, "line_plan", _LinePlan).values():
        if days[0] <= plan.day <= days[1]:
            counts.target[plan.line] += plan.target


def _came_out(good: Mapping[OperationCode, int], route: Route | None) -> int:
    """Return the good pieces of the last operation; where no route says which is the last, the most there were."""
    for step in reversed(route.steps if route else ()):
        if step.operation in good:
            return good[step.operation]
    return max(good.values())


def _count_tickets(connection: Connection, month: Month, today: date, counts: Counts) -> None:
    first, last = month.first.isoformat(), month.last.isoformat()
    held = quality_tickets.c
    closed = select(held.unit, held.opened_on, held.closed_on).where(
        held.plant == month.plant, held.closed_on.between(first, last), held.unit != ""
    )
    for row in connection.execute(closed):
        counts.closed[row.unit] += 1
        days = date.fromisoformat(row.closed_on) - date.fromisoformat(row.opened_on)
        counts.closing_days[row.unit] += days.days
    for unit, _ in overdue_of(connection, month, today):
        counts.overdue[unit] += 1


def overdue_of(connection: Connection, month: Month, today: date) -> set[tuple[str, str]]:
    """Return who let which ticket stand on the exposure list in a month: whose turn it was, and its number."""
    first, last = month.first.isoformat(), month.last.isoformat()
    act, held = ticket_acts.c, quality_tickets.c
    late = select(act.owner, act.ticket).where(
        act.plant == month.plant,
        act.outcome == "done",
        act.acted_on > act.due,
        act.acted_on >= first,
        act.due < last,
    )
    still = select(held.owner, held.number).where(
        held.plant == month.plant,
        held.state != TicketState.CLOSED,
        held.due < min(today.isoformat(), last),
    )
    rows = [*connection.execute(late)]
    if today.isoformat() >= first:
        rows += connection.execute(still).all()
    return {(row[0], row[1]) for row in rows if row[0]}


def escapes_of(
    connection: Connection, month: Month, rule: LiabilityRule
) -> list[tuple[Any, tuple[Answerable, ...]]]:
    """Return the tickets opened in a month of which it is said whose they are, with everybody who answers."""
    held = quality_tickets.c
    asked = select(quality_tickets).where(
        held.plant == month.plant,
        held.opened_on.between(month.first.isoformat(), month.last.isoformat()),
        held.state.in_(_SETTLED),
        held.origin != "",
        held.bundle != "",
    )
    rows = connection.execute(asked.order_by(held.opened_position)).all()
    return list(zip(rows, chains(connection, month.plant, rows, rule), strict=True))


def _count_ratings(connection: Connection, month: Month, counts: Counts) -> None:
    held, whole = unit_verdicts.c, unit_ratings.c
    of_goods = select(held.unit_judged, held.rating, func.sum(held.handoffs)).where(
        held.plant == month.plant, held.month == month.period, held.rating != ""
    )
    for unit, rating, count in connection.execute(of_goods.group_by(held.unit_judged, held.rating)):
        if count:  # what was withdrawn leaves a row of nothing
            counts.ratings[unit][Rating(rating)] += int(count)
    of_units = select(whole.judged, whole.rating, func.count()).where(
        whole.plant == month.plant, whole.period == month.period
    )
    for unit, rating, count in connection.execute(of_units.group_by(whole.judged, whole.rating)):
        counts.ratings[unit][Rating(rating)] += count


def records(connection: Connection, plant: str, kind: str, keys: Iterable[str], form: Any) -> dict[str, Any]:
    """Return some records of reference data by key."""
    held, wanted = reference.c, sorted(set(keys))
    found: dict[str, Any] = {}
    for start in range(0, len(wanted), KEYS_ASKED_MAX):
        asked = select(held.key, held.body_json).where(
            held.plant == plant,
            held.kind == kind,
            held.key.in_(wanted[start : start + KEYS_ASKED_MAX]),
            held.body_json.is_not(None),
        )
        found.update(
            (row.key, msgspec.json.decode(row.body_json, type=form)) for row in connection.execute(asked)
        )
    return found


def every_record(connection: Connection, plant: str, kind: str, form: Any) -> dict[str, Any]:
    """Return all records of a kind of reference data by key."""
    held = reference.c
    asked = select(held.key, held.body_json).where(
        held.plant == plant, held.kind == kind, held.body_json.is_not(None)
    )
    decoder = msgspec.json.Decoder(form)
    return {row.key: decoder.decode(row.body_json) for row in connection.execute(asked)}
