"""What people made by the piece, per person, day and operation, and what it comes to."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any

from msgspec import Meta, Struct
from sqlalchemy import BigInteger, Connection, case, cast, func, or_, select, tuple_

from domain.pay import PiecePrice, price_for
from hub.projector import cursor_of
from hub.reference import ReferenceData
from hub.store.production_tables import pay_lines
from hub.store.values import amount
from hub.views.page import Asked, Word, decode_key, encode_key
from hub.views.stock import Plant

Day = Annotated[str, Meta(pattern=r"^(\d{4}-\d{2}-\d{2})?$")]


class PieceRateQuery(Asked, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whose pieces are asked for, and when: `period` is the month of pay, `since` and `until` are days of work."""

    plant: Plant = ""
    person: Word = ""
    operation: Word = ""
    period: Annotated[str, Meta(pattern=r"^(\d{4}-\d{2})?$")] = ""
    since: Day = ""
    until: Day = ""


class PieceRateRow(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One person's pieces of an operation on a day. `unpriced`: of them, those nobody has set a price for.

    `amount` is exact; what somebody is paid for a period is rounded once. None for whom prices are not to see.
    """

    person: str
    day: str
    operation: str
    pieces: int
    unpriced: int = 0
    amount: Decimal | None = None


class PieceRatePage(Struct, frozen=True, kw_only=True):
    """A page as of `position`."""

    plant: str
    position: int
    rows: tuple[PieceRateRow, ...]
    next: str = ""


class _Price(PiecePrice, frozen=True, kw_only=True):
    """As much of a price's record as is needed here."""

    disabled: bool = False


_Key = tuple[str, str, str]
"""Person, day, operation."""


def piece_rate_page(
    connection: Connection, plant: str, query: PieceRateQuery, _now: datetime
) -> PieceRatePage:
    """Return a page of what people made. Raises CursorError."""
    line = pay_lines.c
    key = (line.person, line.day, line.operation)
    asked = (
        select(
            *key,
            func.sum(line.pieces).label("pieces"),
            func.sum(cast(line.pieces, BigInteger) * func.coalesce(line.price, 0)).label("amount"),
            func.sum(case((line.price.is_(None), line.pieces), else_=0)).label("unpriced"),
        )
        .where(*_where(plant, query))
        .group_by(*key)
        .order_by(*key)
        .limit(query.limit + 1)
    )
    if query.after:
        asked = asked.where(tuple_(*key) > tuple_(*decode_key(query.after, tuple[str, str, str])))
    rows = connection.execute(asked).all()
    shown = rows[: query.limit]
    later = _priced_later(connection, plant, query, shown)
    return PieceRatePage(
        plant=plant,
        position=cursor_of(connection, plant),
        rows=tuple(_row(row, later.get((row.person, row.day, row.operation))) for row in shown),
        next=encode_key([*shown[-1][:3]]) if len(rows) > query.limit else "",
    )


def _where(plant: str, query: PieceRateQuery) -> Sequence[Any]:
    line = pay_lines.c
    where: list[Any] = [line.plant == plant]
    if query.person:
        where.append(line.person == query.person)
    if query.operation:
        where.append(line.operation == query.operation)
    if query.period:
        where.append(line.period == query.period)
    if query.since:
        where.append(line.day >= query.since)
    if query.until:
        where.append(line.day <= query.until)
    return where


def _priced_later(
    connection: Connection, plant: str, query: PieceRateQuery, shown: Sequence[Any]
) -> Mapping[_Key, tuple[int, Decimal]]:
    """Return, for rows with pieces that had no price, how many have one now and what these come to."""
    lacking = [(row.person, row.day, row.operation) for row in shown if row.unpriced]
    if not lacking:
        return {}
    line, prices = pay_lines.c, _prices(connection, plant)
    asked = (
        select(
            line.person,
            line.day,
            line.operation,
            line.work_order,
            line.style,
            func.sum(line.pieces).label("pieces"),
        )
        .where(*_where(plant, query), line.price.is_(None), or_(*(_is(key) for key in lacking)))
        .group_by(line.person, line.day, line.operation, line.work_order, line.style)
    )
    found: dict[_Key, tuple[int, Decimal]] = {}
    for row in connection.execute(asked):
        day = date.fromisoformat(row.day)
        price = price_for(prices, row.work_order, row.style, row.operation, day)
        if price:
            key = (row.person, row.day, row.operation)
            pieces, total = found.get(key, (0, Decimal(0)))
            found[key] = (pieces + int(row.pieces), total + int(row.pieces) * price.price)
    return found


def _is(key: _Key) -> Any:
    line = pay_lines.c
    return (line.person == key[0]) & (line.day == key[1]) & (line.operation == key[2])


def _prices(connection: Connection, plant: str) -> Sequence[PiecePrice]:
    known = ReferenceData(connection, plant).all_of("piece_price", _Price)
    return [one for one in known.values() if not one.disabled]


def _row(row: Any, later: tuple[int, Decimal] | None) -> PieceRateRow:
    pieces, more = later or (0, Decimal(0))
    return PieceRateRow(
        person=row.person,
        day=row.day,
        operation=row.operation,
        pieces=int(row.pieces),
        unpriced=int(row.unpriced) - pieces,
        amount=amount(int(row.amount)) + more,
    )
