"""What people made by the piece, per person, day and operation, and what it comes to."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any

from msgspec import Meta, Struct
from sqlalchemy import Connection, tuple_

from hub.piece_sums import piece_sums
from hub.projector import cursor_of
from hub.store.production_tables import pay_lines
from hub.views.days import Day
from hub.views.page import Asked, Word, decode_key, encode_key
from hub.views.stock import Plant


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


def piece_rate_page(
    connection: Connection, plant: str, query: PieceRateQuery, _now: datetime
) -> PieceRatePage:
    """Return a page of what people made. Raises CursorError."""
    line = pay_lines.c
    key = (line.person, line.day, line.operation)
    where = [*_where(plant, query)]
    if query.after:
        where.append(tuple_(*key) > tuple_(*decode_key(query.after, tuple[str, str, str])))
    found = piece_sums(connection, plant, key, where, limit=query.limit + 1)
    shown = found[: query.limit]
    return PieceRatePage(
        plant=plant,
        position=cursor_of(connection, plant),
        rows=tuple(
            PieceRateRow(
                person=one.key[0],
                day=one.key[1],
                operation=one.key[2],
                pieces=one.pieces,
                unpriced=one.unpriced,
                amount=one.amount,
            )
            for one in shown
        ),
        next=encode_key([*shown[-1].key]) if len(found) > query.limit else "",
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
