"""What bonuses look at, for each person and month, in percent to the hundredth: all of it follows from scans.

A unit's coefficient and attainment count as they were published (`hub.scores`): what is still being worked out pays
nobody yet. A person's unit is the one they made most pieces for that month.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal

import msgspec
from sqlalchemy import ColumnElement, Connection, and_, func, select

from domain.events.quality import ScorePublished
from domain.pay import HUNDRED, BonusRule, Measure
from hub.month_counts import Month, month_of_plant
from hub.store.production_tables import job_shares, jobs, pay_lines
from hub.store.quality_tables import published_scores

_HUNDREDTH = Decimal("0.01")
_score = msgspec.json.Decoder(ScorePublished)
Percents = Mapping[str, Decimal]
"""By person."""


def measured(
    connection: Connection, plant: str, period: str, people: Sequence[str], rules: Iterable[BonusRule]
) -> Mapping[str, Mapping[Measure, Decimal]]:
    """Return what the rules look at, of each of these people."""
    month = month_of_plant(connection, plant, period)
    wanted = {rule.measure for rule in rules}
    found = {one: _WAYS[one](connection, month, people) for one in sorted(wanted)}
    return {
        person: {one: percents[person] for one, percents in found.items() if person in percents}
        for person in people
    }


def _right_first_time(connection: Connection, month: Month, people: Sequence[str]) -> Percents:
    """Good pieces of jobs finished in the month that did not come back, of all of them."""
    share = job_shares.c
    asked = (
        select(
            share.person, func.sum(share.pieces).label("pieces"), func.sum(share.returned).label("returned")
        )
        .where(*_finished(month, people), share.pieces > 0)
        .group_by(share.person)
    )
    return {
        row.person: _percent(int(row.pieces) - int(row.returned), int(row.pieces))
        for row in connection.execute(asked)
    }


def _presence(connection: Connection, month: Month, people: Sequence[str]) -> Percents:
    """Days on which somebody made good pieces, of the days on which the plant did."""
    line = pay_lines.c
    days = func.count(line.day.distinct()).label("days")
    within = (
        line.plant == month.plant,
        line.pieces > 0,
        line.day.between(month.first.isoformat(), month.last.isoformat()),
    )
    worked = int(connection.execute(select(days).where(*within)).scalar() or 0)
    asked = select(line.person, days).where(*within, line.person.in_(people)).group_by(line.person)
    return {row.person: _percent(int(row.days), worked) for row in connection.execute(asked)}


def _attainment(connection: Connection, month: Month, people: Sequence[str]) -> Percents:
    return _of_units(connection, month, people, lambda said: said.attainment)


def _coefficient(connection: Connection, month: Month, people: Sequence[str]) -> Percents:
    return _of_units(connection, month, people, lambda said: said.coefficient)


def _of_units(
    connection: Connection,
    month: Month,
    people: Sequence[str],
    figure: Callable[[ScorePublished], Decimal | None],
) -> Percents:
    held = published_scores.c
    asked = select(held.unit, held.score_json).where(held.plant == month.plant, held.period == month.period)
    worth: dict[str, Decimal] = {}
    for row in connection.execute(asked):
        told = figure(_score.decode(row.score_json))
        if told is not None:  # of whom nothing was seen, there is no figure
            worth[row.unit] = (told * HUNDRED).quantize(_HUNDREDTH, ROUND_HALF_UP)
    units = _units(connection, month, people)
    return {person: worth[unit] for person, unit in units.items() if unit in worth}


def _units(connection: Connection, month: Month, people: Sequence[str]) -> Mapping[str, str]:
    """Return for which unit each person made most pieces."""
    share, job = job_shares.c, jobs.c
    asked = (
        select(share.person, job.unit, func.sum(share.pieces).label("pieces"))
        .join(jobs, and_(job.plant == share.plant, job.job == share.job))
        .where(*_finished(month, people), job.unit != "")
        .group_by(share.person, job.unit)
        .order_by(func.sum(share.pieces), job.unit.desc())
    )
    return {row.person: row.unit for row in connection.execute(asked)}


def _finished(month: Month, people: Sequence[str]) -> tuple[ColumnElement[bool], ...]:
    share = job_shares.c
    return (
        share.plant == month.plant,
        share.person.in_(people),
        share.finished_at >= month.begins_at(month.first),
        share.finished_at < month.begins_at(month.last + timedelta(days=1)),
    )


def _percent(part: int, whole: int) -> Decimal:
    return (part * HUNDRED / whole).quantize(_HUNDREDTH, ROUND_HALF_UP)


_WAYS: Mapping[Measure, Callable[[Connection, Month, Sequence[str]], Percents]] = {
    Measure.RFT: _right_first_time,
    Measure.ATTAINMENT: _attainment,
    Measure.COEFFICIENT: _coefficient,
    Measure.PRESENCE: _presence,
}
