"""Stock as the projections hold it: by place, item, lot and handling unit, and the movements behind it."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any, Literal

from msgspec import Meta, Struct
from sqlalchemy import Column, Connection, Row, select, text, tuple_

from domain.quantity import Quantity
from hub.store import tables
from hub.store.values import amount, instant_of
from hub.views.page import Asked, CursorError, Word, cut, decode_key, encode_key
from hub.views.selection import is_among, items_of, places_of

PLACES_MAX = 2000

Plant = Annotated[Word, Meta(description="The plant; empty: the hub's first.")]


Sort = Literal["place", "item", "newest", "oldest", "most", "least"]


class StockQuery(Asked, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which stock is asked for; empty: all of it. `newest` and `oldest` go by the last movement."""

    plant: Plant = ""
    item: Word = ""
    lot: Word = ""
    place: Word = ""
    warehouse: Word = ""
    category: Word = ""
    grade: Word = ""
    owner: Word = ""
    handling_unit: Word = ""
    sort: Sort = "place"


class StockRow(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a place holds of one kind of goods."""

    place: str
    item: str
    quantity: Quantity
    lot: str = ""
    handling_unit: str = ""
    grade: str = ""
    owner: str = ""
    second: Quantity | None = None
    position: int = 0


class StockPage(Struct, frozen=True, kw_only=True):
    """A page of stock as of `position`."""

    plant: str
    position: int
    rows: tuple[StockRow, ...]
    next: str = ""


class PlaceTotal(Struct, frozen=True, kw_only=True):
    """How much of one unit lies at a place, over everything there; `position` is its last movement."""

    place: str
    quantity: Quantity
    position: int


class MovementRow(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One movement that was booked, and the position of the event behind it."""

    position: int
    source: str
    target: str
    item: str
    quantity: Quantity
    lot: str = ""
    handling_unit: str = ""
    grade: str = ""
    owner: str = ""
    second: Quantity | None = None
    document: str = ""
    document_type: str = ""
    operator: str = ""
    happened_at: datetime | None = None
    period: str = ""


_KEY = (
    tables.balances.c.place,
    tables.balances.c.item,
    tables.balances.c.lot,
    tables.balances.c.handling_unit,
    tables.balances.c.grade,
    tables.balances.c.owner,
    tables.balances.c.unit,
    tables.balances.c.second_unit,
)


_NUMBERS = frozenset({"position", "value"})
_WHOLE = re.compile(r"-?\d{1,18}", re.ASCII)
_SORTED: Mapping[Sort, tuple[Column[Any], bool]] = {
    "place": (tables.balances.c.place, False),
    "item": (tables.balances.c.item, False),
    "newest": (tables.balances.c.position, True),
    "oldest": (tables.balances.c.position, False),
    "most": (tables.balances.c.value, True),
    "least": (tables.balances.c.value, False),
}
"""By which column, and whether it falls."""


def booked_position(connection: Connection, plant: str) -> int:
    """Return the position the projections reflect."""
    asked = select(tables.cursors.c.position).where(tables.cursors.c.plant == plant)
    return int(connection.execute(asked).scalar() or 0)


def ledger_position(connection: Connection, plant: str) -> int:
    """Return the last position the ledger gave."""
    asked = select(tables.plants.c.position).where(tables.plants.c.plant == plant)
    return int(connection.execute(asked).scalar() or 0)


def stock_page(connection: Connection, plant: str, query: StockQuery) -> StockPage:
    """Return a page of balances that are not zero. Raises CursorError."""
    held = tables.balances.c
    asked = select(tables.balances).where(held.plant == plant, tables.IS_THERE)
    for name in ("place", "item", "lot", "handling_unit", "grade", "owner"):
        if wanted := getattr(query, name):
            asked = asked.where(held[name] == wanted)
    if query.lot:
        asked = asked.where(text("lot <> ''"))  # so that the index over lots is known to serve
    if query.handling_unit:
        asked = asked.where(text("handling_unit <> ''"))  # likewise
    if query.warehouse:
        asked = asked.where(is_among(connection, held.place, places_of(connection, plant, query.warehouse)))
    if query.category:
        asked = asked.where(is_among(connection, held.item, items_of(connection, plant, query.category)))
    leading, is_falling = _SORTED[query.sort]
    key = (leading, *(column for column in _KEY if column is not leading))
    if query.after:
        last = tuple_(*_decoded(query.after, key))
        asked = asked.where(tuple_(*key) < last if is_falling else tuple_(*key) > last)
    ordered = [column.desc() for column in key] if is_falling else key
    found = connection.execute(asked.order_by(*ordered).limit(query.limit + 1)).all()
    rows, more = cut(found, query.limit)
    return StockPage(
        plant=plant,
        position=booked_position(connection, plant),
        rows=tuple(_stock_row(row) for row in rows),
        next=encode_key([str(getattr(rows[-1], column.name)) for column in key]) if more else "",
    )


def _decoded(after: str, key: Sequence[Column[Any]]) -> list[str | int]:
    """Return where a page of stock ended: texts, but for the numbers. Raises CursorError."""
    texts: tuple[str, ...] = decode_key(after, tuple[str, ...])
    numbers = [one for column, one in zip(key, texts, strict=False) if column.name in _NUMBERS]
    if len(texts) != len(key) or not all(map(_WHOLE.fullmatch, numbers)):
        raise CursorError("`after` is not the `next` of a page of this list")
    return [int(one) if column.name in _NUMBERS else one for column, one in zip(key, texts, strict=True)]


def place_totals(connection: Connection, plant: str) -> tuple[PlaceTotal, ...]:
    """Return what lies at each place, one row for each unit; outside places and accounts included."""
    held = tables.place_totals.c
    asked = (
        select(tables.place_totals)
        .where(held.plant == plant, held.value != 0)
        .order_by(held.place, held.unit)
        .limit(PLACES_MAX)
    )
    return tuple(
        PlaceTotal(place=row.place, quantity=Quantity(amount(row.value), row.unit), position=row.position)
        for row in connection.execute(asked)
    )


def movements_of_event(connection: Connection, plant: str, position: int) -> tuple[MovementRow, ...]:
    """Return what one event moved."""
    held = tables.movements.c
    asked = select(tables.movements).where(held.plant == plant, held.position == position)
    return tuple(movement_row(row) for row in connection.execute(asked.order_by(held.number)))


def quantity_of(value: int, unit: str) -> Quantity | None:
    """Return whole millionths as a quantity; None where there is no unit."""
    return Quantity(amount(value), unit) if unit else None


def _stock_row(row: Row[Any]) -> StockRow:
    return StockRow(
        place=row.place,
        item=row.item,
        quantity=Quantity(amount(row.value), row.unit),
        lot=row.lot,
        handling_unit=row.handling_unit,
        grade=row.grade,
        owner=row.owner,
        second=quantity_of(row.second, row.second_unit),
        position=row.position,
    )


def movement_row(row: Row[Any]) -> MovementRow:
    """Return a row of the journal."""
    return MovementRow(
        position=row.position,
        source=row.source,
        target=row.target,
        item=row.item,
        quantity=Quantity(amount(row.value), row.unit),
        lot=row.lot,
        handling_unit=row.handling_unit,
        grade=row.grade,
        owner=row.owner,
        second=quantity_of(row.second, row.second_unit),
        document=row.document,
        document_type=row.document_type,
        operator=row.operator,
        happened_at=instant_of(row.happened_at),
        period=row.period,
    )
