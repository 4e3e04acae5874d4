"""Lines of pay, added up by whatever is asked: by person and day, by operation, by job.

A line keeps the price it was booked at. Pieces nobody had priced then come to what the price of their day says now.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from msgspec import Struct
from sqlalchemy import BigInteger, ColumnElement, Connection, case, cast, func, select, tuple_

from domain.pay import PiecePrice, price_for
from hub.reference import ReferenceData
from hub.store.production_tables import pay_lines
from hub.store.values import amount

_Key = tuple[str, ...]


class PieceSum(Struct, frozen=True, kw_only=True):
    """What lines with the same key add up to, exactly. `came`: pieces paid; `back`: those of them taken back since.

    `unpriced`: pieces without a price. `position`: of the newest line.
    """

    key: _Key
    came: int
    back: int
    unpriced: int
    amount: Decimal
    position: int

    @property
    def pieces(self) -> int:
        """Return the pieces that are paid in the end."""
        return self.came - self.back


class _Price(PiecePrice, frozen=True, kw_only=True):
    """As much of a price's record as is needed here."""

    disabled: bool = False


def piece_sums(
    connection: Connection,
    plant: str,
    key: Sequence[ColumnElement[str]],
    where: Sequence[ColumnElement[bool]],
    limit: int | None = None,
) -> list[PieceSum]:
    """Add lines up, in the order of the key."""
    line = pay_lines.c
    asked = (
        select(
            *key,
            func.sum(case((line.pieces > 0, line.pieces), else_=0)).label("came"),
            func.sum(case((line.pieces < 0, -line.pieces), else_=0)).label("back"),
            func.sum(cast(line.pieces, BigInteger) * func.coalesce(line.price, 0)).label("micros"),
            func.sum(case((line.price.is_(None), line.pieces), else_=0)).label("unpriced"),
            func.max(line.position).label("newest"),
        )
        .where(*where)
        .group_by(*key)
        .order_by(*key)
        .limit(limit)
    )
    rows = connection.execute(asked).all()
    lacking: list[_Key] = [tuple(row[: len(key)]) for row in rows if row.unpriced]
    of_page = [tuple_(*key).in_(lacking)] if limit else []
    later: Mapping[_Key, tuple[int, Decimal]] = {}
    if lacking:
        later = _priced_later(connection, plant, key, [*where, *of_page])
    return [_sum(row, tuple(row[: len(key)]), later) for row in rows]


def _sum(row: Any, key: _Key, later: Mapping[_Key, tuple[int, Decimal]]) -> PieceSum:
    pieces, more = later.get(key, (0, Decimal(0)))
    return PieceSum(
        key=key,
        came=int(row.came),
        back=int(row.back),
        unpriced=int(row.unpriced) - pieces,
        amount=amount(int(row.micros)) + more,
        position=row.newest,
    )


def _priced_later(
    connection: Connection,
    plant: str,
    key: Sequence[ColumnElement[str]],
    where: Sequence[ColumnElement[bool]],
) -> Mapping[_Key, tuple[int, Decimal]]:
    """Return, for keys with pieces that had no price, how many have one now and what these come to."""
    line, prices = pay_lines.c, _prices(connection, plant)
    priced_by = (line.day, line.operation, line.work_order, line.style)
    asked = (
        select(*(one.label(f"key_{n}") for n, one in enumerate(key)), *priced_by)
        .add_columns(func.sum(line.pieces).label("pieces"))
        .where(*where, line.price.is_(None))
        .group_by(*key, *priced_by)
    )
    found: dict[_Key, tuple[int, Decimal]] = {}
    for row in connection.execute(asked):
        price = price_for(prices, row.work_order, row.style, row.operation, date.fromisoformat(row.day))
        if price:
            named = tuple(row[: len(key)])
            pieces, total = found.get(named, (0, Decimal(0)))
            found[named] = (pieces + int(row.pieces), total + int(row.pieces) * price.price)
    return found


def _prices(connection: Connection, plant: str) -> Sequence[PiecePrice]:
    known = ReferenceData(connection, plant).all_of("piece_price", _Price)
    return [one for one in known.values() if not one.disabled]
