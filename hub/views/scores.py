"""What a unit's month was worked out from, down to the scans."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from msgspec import Struct
from sqlalchemy import Connection, Row, or_, select

from domain.handoff import Verdict
from domain.liability import Role
from hub.month_counts import Month, escapes_of, is_judged, late_where, overdue_of
from hub.month_counts import refused as refused_pieces
from hub.quality_rules import QualityRules
from hub.store.production_tables import IS_REMARKED, handoffs
from hub.store.quality_tables import quality_tickets, unit_ratings, unit_verdicts

SHOWN_MAX = 40
"""Scans shown behind one figure, the newest first; the figure counts all."""


class Verdicts(Struct, frozen=True, kw_only=True):
    """Verdicts behind a part of a score: `pieces` is how many count against the unit, of those that came."""

    row: Any
    pieces: int
    at: datetime


class Evidence(Struct, frozen=True, kw_only=True):
    """The scans and tickets behind a unit's month."""

    refused: tuple[Verdicts, ...]
    miscounted: tuple[Verdicts, ...]
    late: tuple[Verdicts, ...]
    rated: tuple[Verdicts, ...]
    unit_ratings: Sequence[Row[Any]]
    closed: Sequence[Row[Any]]
    overdue: tuple[str, ...]
    escapes: tuple[tuple[str, str], ...]
    """The number of a ticket, and the operation that let it pass."""


def evidence(connection: Connection, month: Month, unit: str, today: date, rules: QualityRules) -> Evidence:
    """Return what is behind a unit's month."""
    held = handoffs.c

    def verdicts(*where: Any) -> tuple[Verdicts, ...]:
        asked = select(handoffs).where(*is_judged(month), held.unit_judged == unit, *where)
        rows = connection.execute(asked.order_by(held.position.desc()).limit(SHOWN_MAX))
        return tuple(
            Verdicts(row=row, pieces=refused_pieces(row), at=datetime.fromisoformat(row.at)) for row in rows
        )

    sums = unit_verdicts.c
    orders = connection.execute(
        select(sums.work_order)
        .where(sums.plant == month.plant, sums.month == month.period, sums.unit_judged == unit)
        .distinct()
    ).scalars()
    late = [one & two for one, two in late_where(connection, month, orders)]
    ticket, whole = quality_tickets.c, unit_ratings.c
    closed = select(quality_tickets).where(
        ticket.plant == month.plant,
        ticket.unit == unit,
        ticket.closed_on.between(month.first.isoformat(), month.last.isoformat()),
    )
    of_units = select(unit_ratings).where(
        whole.plant == month.plant, whole.period == month.period, whole.judged == unit
    )
    escapes = [
        (row.number, one.operation)
        for row, answers in escapes_of(connection, month, rules.liability)
        for one in answers
        if one.unit == unit and one.role is not Role.MAKER
    ]
    refused = verdicts(IS_REMARKED, held.verdict.in_((Verdict.PART, Verdict.REJECT)))
    return Evidence(
        refused=tuple(one for one in refused if one.pieces),
        miscounted=verdicts(IS_REMARKED, held.declared != held.received),
        late=verdicts(or_(*late)) if late else (),
        rated=verdicts(IS_REMARKED, held.rating != ""),
        unit_ratings=connection.execute(of_units.order_by(whole.judge)).all(),
        closed=connection.execute(closed.order_by(ticket.closed_on)).all(),
        overdue=tuple(
            sorted(number for owner, number in overdue_of(connection, month, today) if owner == unit)
        ),
        escapes=tuple(escapes),
    )
