"""Discrepancies: what is not as it should be, each with one owner and an age, until it is closed."""

from datetime import datetime
from typing import Any

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, Row, func, select, tuple_

from domain.quantity import Quantity
from hub.store import tables
from hub.store.values import instant_of
from hub.views.page import Asked, Word, cut, decode_key, encode_key
from hub.views.stock import Plant, booked_position, quantity_of


class DiscrepancyQuery(Asked, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which discrepancies are asked for, oldest first; `closed` asks for the settled ones instead of the open."""

    plant: Plant = ""
    kind: Word = ""
    owner: Word = ""
    closed: bool = False


class DiscrepancyRow(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One discrepancy; `opened_position` is the event that showed it, `settled_position` what closed it at the desk.

    Closed without one, it closed by itself. `due`: by when whoever it was given to should settle it.
    """

    id: str
    kind: str
    key: str
    owner: str
    opened_position: int
    opened_at: datetime | None = None
    closed_at: datetime | None = None
    quantity: Quantity | None = None
    due: str = ""
    settled_position: int = 0
    detail: dict[str, Any] = {}


class DiscrepancyPage(Struct, frozen=True, kw_only=True):
    """A page of discrepancies as of `position`; `open` counts every open one."""

    plant: str
    position: int
    open: int
    rows: tuple[DiscrepancyRow, ...]
    next: str = ""


def discrepancies_page(connection: Connection, plant: str, query: DiscrepancyQuery) -> DiscrepancyPage:
    """Return a page of discrepancies. Raises CursorError."""
    held = tables.discrepancies.c
    settled = held.closed_at.is_not(None) if query.closed else held.closed_at.is_(None)
    asked = select(tables.discrepancies).where(held.plant == plant, settled)
    if query.kind:
        asked = asked.where(held.kind == query.kind)
    if query.owner:
        asked = asked.where(held.owner == query.owner)
    if query.after:
        key = decode_key(query.after, tuple[str, str])
        asked = asked.where(tuple_(held.opened_at, held.id) > tuple_(*key))
    found = connection.execute(asked.order_by(held.opened_at, held.id).limit(query.limit + 1)).all()
    rows, more = cut(found, query.limit)
    still = select(func.count()).where(held.plant == plant, held.closed_at.is_(None))
    return DiscrepancyPage(
        plant=plant,
        position=booked_position(connection, plant),
        open=connection.execute(still.select_from(tables.discrepancies)).scalar_one(),
        rows=tuple(_row(row) for row in rows),
        next=encode_key([rows[-1].opened_at, rows[-1].id]) if more else "",
    )


def _row(row: Row[Any]) -> DiscrepancyRow:
    return DiscrepancyRow(
        id=row.id,
        kind=row.kind,
        key=row.key,
        owner=row.owner,
        opened_position=row.opened_position,
        opened_at=instant_of(row.opened_at),
        closed_at=instant_of(row.closed_at or ""),
        quantity=quantity_of(row.amount, row.unit),
        due=row.due,
        settled_position=row.settled_position,
        detail=msgspec.json.decode(row.detail_json or "{}"),
    )
