"""Stock as the projections hold it: by place, item, lot and handling unit, and the movements behind it."""

from typing import Annotated, Any

from msgspec import Meta, Struct
from sqlalchemy import Connection, Row, select, text, tuple_

from domain.quantity import Quantity
from hub.store import tables
from hub.store.values import amount
from hub.views.page import Asked, Word, cut, decode_key, encode_key

PLACES_MAX = 2000

Plant = Annotated[Word, Meta(description="The plant; empty: the hub's first.")]


class StockQuery(Asked, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which stock is asked for; empty: all of it."""

    plant: Plant = ""
    place: Word = ""
    item: Word = ""
    lot: Word = ""
    handling_unit: Word = ""


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
    second: Quantity | None = None


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
    asked = select(tables.balances).where(held.plant == plant, (held.value != 0) | (held.second != 0))
    for column, wanted in (
        (held.place, query.place),
        (held.item, query.item),
        (held.lot, query.lot),
        (held.handling_unit, query.handling_unit),
    ):
        if wanted:
            asked = asked.where(column == wanted)
    if query.handling_unit:
        asked = asked.where(
            text("handling_unit <> ''")
        )  # lets the database see that its index of units serves
    if query.after:
        asked = asked.where(tuple_(*_KEY) > tuple_(*decode_key(query.after, tuple[(str,) * len(_KEY)])))
    found = connection.execute(asked.order_by(*_KEY).limit(query.limit + 1)).all()
    rows, more = cut(found, query.limit)
    return StockPage(
        plant=plant,
        position=booked_position(connection, plant),
        rows=tuple(_stock_row(row) for row in rows),
        next=encode_key([getattr(rows[-1], column.name) for column in _KEY]) if more else "",
    )


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
    return tuple(_movement_row(row) for row in connection.execute(asked.order_by(held.number)))


def movements_at(
    connection: Connection, plant: str, place: str, *, before: int = 0, limit: int = 50
) -> tuple[MovementRow, ...]:
    """Return the newest movements into and out of a place, below position `before` unless it is 0."""
    held = tables.movements.c
    asked = select(tables.movements).where(
        held.plant == plant, (held.source == place) | (held.target == place)
    )
    if before:
        asked = asked.where(held.position < before)
    asked = asked.order_by(held.position.desc(), held.number.desc()).limit(limit)
    return tuple(_movement_row(row) for row in connection.execute(asked))


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


def _movement_row(row: Row[Any]) -> MovementRow:
    return MovementRow(
        position=row.position,
        source=row.source,
        target=row.target,
        item=row.item,
        quantity=Quantity(amount(row.value), row.unit),
        lot=row.lot,
        handling_unit=row.handling_unit,
        second=quantity_of(row.second, row.second_unit),
    )
