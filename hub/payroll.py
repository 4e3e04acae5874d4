"""The payroll 工资表: what each person earns in a month, worked out until it is settled, and fixed from then on."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Annotated

import msgspec
from msgspec import Meta, Struct
from sqlalchemy import Connection, func, select

from domain.month import month_of
from domain.pay import Bonus, Made, Pay, earned
from hub.calendar import zone_of
from hub.pay_measures import measured
from hub.pay_rule import bonuses_of
from hub.piece_sums import piece_sums
from hub.projector import cursor_of
from hub.store.production_tables import pay_contests, pay_lines, pay_periods, pay_settled
from hub.store.values import instant_text
from hub.views.page import PAGE_ROWS_MAX, Asked, Word, cut, decode_key, encode_key
from hub.views.stock import Plant

_pay = msgspec.json.Decoder(Pay)


class PayrollQuery(Asked, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whose pay is asked for, and of which month; of this one where none is named."""

    plant: Plant = ""
    period: Annotated[str, Meta(pattern=r"^(\d{4}-(0[1-9]|1[0-2]))?$")] = ""
    person: Word = ""


class PayrollRow(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a person earns in a month. `position`: of its settlement; 0: it may still change.

    `base` and `bonus` are exact, only `total` is rounded. `contested`: lines of it that the person says are wrong and
    nobody has answered. What is money is None for whom it is not to see.
    """

    person: str
    period: str
    pieces: int
    base: Decimal | None
    bonus: Decimal | None
    total: Decimal | None
    bonuses: tuple[Bonus, ...] | None
    unpriced: int = 0
    contested: int = 0
    position: int = 0


class PayrollPage(Struct, frozen=True, kw_only=True):
    """A page as of `position`."""

    plant: str
    position: int
    rows: tuple[PayrollRow, ...]
    next: str = ""


def payroll_page(connection: Connection, plant: str, query: PayrollQuery, now: datetime) -> PayrollPage:
    """Return a page of a month's pay, person by person. Raises CursorError."""
    period = query.period or month_of(instant_text(now), zone_of(connection, plant))
    after = decode_key(query.after, tuple[str])[0] if query.after else ""
    people, more = cut(_people(connection, plant, period, query.person, after, query.limit + 1), query.limit)
    return PayrollPage(
        plant=plant,
        position=cursor_of(connection, plant),
        rows=tuple(_rows(connection, plant, period, people)),
        next=encode_key([people[-1]]) if more else "",
    )


def pay_of_month(connection: Connection, plant: str, period: str, now: datetime) -> Iterator[PayrollRow]:
    """Yield what everybody earns in a month."""
    query = PayrollQuery(period=period, limit=PAGE_ROWS_MAX)
    while True:
        page = payroll_page(connection, plant, query, now)
        yield from page.rows
        if not page.next:
            return
        query = msgspec.structs.replace(query, after=page.next)


def periods_unsettled(connection: Connection, plant: str) -> Sequence[str]:
    """Return the months that are closed, and of which nobody has fixed yet what people earned."""
    line, closed, settled = pay_lines.c, pay_periods.c, pay_settled.c
    asked = (
        select(closed.period)
        .where(
            closed.plant == plant,
            select(line.period).where(line.plant == plant, line.period == closed.period).exists(),
            ~select(settled.period).where(settled.plant == plant, settled.period == closed.period).exists(),
        )
        .order_by(closed.period)
    )
    return connection.execute(asked).scalars().all()


def _people(  # noqa: PLR0917 (whose, when, and which part of the list)
    connection: Connection, plant: str, period: str, person: str, after: str, limit: int
) -> Sequence[str]:
    line = pay_lines.c
    asked = select(line.person).where(line.plant == plant, line.period == period, line.person > after)
    if person:
        asked = asked.where(line.person == person)
    return connection.execute(asked.distinct().order_by(line.person).limit(limit)).scalars().all()


def _rows(connection: Connection, plant: str, period: str, people: Sequence[str]) -> Iterator[PayrollRow]:
    held = pay_settled.c
    asked = select(held.person, held.pay_json, held.position).where(
        held.plant == plant, held.period == period, held.person.in_(people)
    )
    settled = {row.person: row for row in connection.execute(asked)}
    open_ones = [one for one in people if one not in settled]
    worked_out = dict(_worked_out(connection, plant, period, open_ones))
    contested = _contested(connection, plant, period, people)
    for person in people:
        row = settled.get(person)
        pay = _pay.decode(row.pay_json) if row else worked_out[person]
        yield PayrollRow(
            person=person,
            period=period,
            pieces=pay.pieces,
            base=pay.base,
            bonus=sum((one.amount for one in pay.bonuses), Decimal(0)),
            total=pay.total,
            bonuses=pay.bonuses,
            unpriced=pay.unpriced,
            contested=contested.get(person, 0),
            position=row.position if row else 0,
        )


def _worked_out(
    connection: Connection, plant: str, period: str, people: Sequence[str]
) -> Iterator[tuple[str, Pay]]:
    line, rules = pay_lines.c, bonuses_of(connection, plant)
    where = [line.plant == plant, line.period == period, line.person.in_(people)]
    looked_at = measured(connection, plant, period, people, rules)
    for one in piece_sums(connection, plant, [line.person], where):
        (person,) = one.key
        made = Made(pieces=one.pieces, base=one.amount, unpriced=one.unpriced)
        yield person, earned(made, looked_at.get(person, {}), rules)


def _contested(connection: Connection, plant: str, period: str, people: Sequence[str]) -> dict[str, int]:
    line, said = pay_lines.c, pay_contests.c
    of_month = select(line.job).where(
        line.plant == plant, line.job == said.job, line.person == said.person, line.period == period
    )
    asked = (
        select(said.person, func.count())
        .where(said.plant == plant, said.answered_at == "", said.person.in_(people), of_month.exists())
        .group_by(said.person)
    )
    return {row[0]: int(row[1]) for row in connection.execute(asked)}
