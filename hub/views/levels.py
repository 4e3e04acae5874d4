"""Stock that is too low, too high, or was not counted for too long: by what each item's own record asks for."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, Literal

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, func, select

from domain.quantity import Quantity
from hub.registers import extent_of
from hub.store.tables import item_counts, reference
from hub.store.values import instant_of
from hub.views.flows import ITEMS_MAX, FlowQuery, flow_page
from hub.views.page import Asked, Word, decode_key, encode_key
from hub.views.stock import Plant

Trouble = Literal["below", "above", "overdue"]


class LevelQuery(Asked, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which items are asked for; `trouble` empty: all that ask for a level or a count and do not have it."""

    plant: Plant = ""
    trouble: Literal["", "below", "above", "overdue"] = ""
    item: Word = ""
    category: Word = ""


class LevelRow(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One item that is not as its record asks. `overdue_days`: since when it should have been counted.

    `counted_at` is None where it never was.
    """

    item: str
    on_hand: Quantity
    troubles: tuple[Trouble, ...]
    safety_stock: Quantity | None = None
    maximum_stock: Quantity | None = None
    counted_at: datetime | None = None
    overdue_days: int | None = None


class LevelPage(Struct, frozen=True, kw_only=True):
    """A page of items as of `position`."""

    plant: str
    position: int
    rows: tuple[LevelRow, ...]
    next: str = ""


Level = Quantity | Decimal | None


class _Asks(Struct, frozen=True):
    """As much of an item as says what it asks for."""

    unit: str = ""
    category: str = ""
    disabled: bool = False
    safety_stock: Level = None
    maximum_stock: Level = None
    stocktake_cycle: int | None = None


def level_page(connection: Connection, plant: str, query: LevelQuery, now: datetime) -> LevelPage:
    """Return a page of items whose stock or whose last count is not as it should be. Raises CursorError."""
    after = decode_key(query.after, tuple[str])[0] if query.after else ""
    asking = _asking(connection, plant, query)
    held = _on_hand(connection, plant, query) if asking else {}
    counted = _counted(connection, plant) if asking else {}
    rows: list[LevelRow] = []
    for item in sorted(one for one in asking if one > after):
        row = _row(item, asking[item], held.get(item, {}), counted.get(item, ""), now)
        if row.troubles and query.trouble in ("", *row.troubles):
            rows.append(row)
        if len(rows) > query.limit:
            break
    shown = rows[: query.limit]
    return LevelPage(
        plant=plant,
        position=extent_of(connection, plant).through,
        rows=tuple(shown),
        next=encode_key([shown[-1].item]) if len(rows) > query.limit else "",
    )


def _asking(connection: Connection, plant: str, query: LevelQuery) -> dict[str, _Asks]:
    """Return the items that ask for a level or a count."""
    held = reference.c
    asked = select(held.key, held.body_json).where(
        held.plant == plant, held.kind == "item", held.body_json.is_not(None)
    )
    if query.item:
        asked = asked.where(held.key == query.item)
    decoder = msgspec.json.Decoder(_Asks)
    found = {row.key: decoder.decode(row.body_json) for row in connection.execute(asked)}
    return {
        key: one
        for key, one in found.items()
        if (one.safety_stock, one.maximum_stock, one.stocktake_cycle) != (None, None, None)
        and not one.disabled
        and query.category in ("", one.category)
    }


def _on_hand(connection: Connection, plant: str, query: LevelQuery) -> dict[str, dict[str, Decimal]]:
    """Return how much of each item lies under our own roof, by unit: what its newest month closes at."""
    found: dict[str, dict[str, Decimal]] = {}
    asked = FlowQuery(by="item", item=query.item, category=query.category, limit=ITEMS_MAX)
    while True:
        page = flow_page(connection, plant, asked)
        for row in page.rows:
            found.setdefault(row.item, {})[row.closing.unit] = row.closing.value
        if not page.next:
            return found
        asked = msgspec.structs.replace(asked, after=page.next)


def _counted(connection: Connection, plant: str) -> dict[str, str]:
    held = item_counts.c
    asked = select(held.item, func.max(held.counted_at)).where(held.plant == plant).group_by(held.item)
    return {row[0]: row[1] for row in connection.execute(asked)}


def _row(item: str, asks: _Asks, held: dict[str, Decimal], counted: str, now: datetime) -> LevelRow:
    on_hand = Quantity(held.get(asks.unit, Decimal(0)), asks.unit)
    low, high = _quantity(asks.safety_stock, asks.unit), _quantity(asks.maximum_stock, asks.unit)
    last = instant_of(counted)
    due_days = asks.stocktake_cycle
    overdue: int | None = None
    if due_days is not None and last and now - last > timedelta(days=due_days):
        overdue = (now.astimezone(UTC) - last).days - due_days
    never = due_days is not None and last is None and not on_hand.is_zero
    troubles: list[Trouble] = []
    if low and low.unit == on_hand.unit and on_hand < low:
        troubles.append("below")
    if high and high.unit == on_hand.unit and on_hand > high:
        troubles.append("above")
    if overdue is not None or never:
        troubles.append("overdue")
    return LevelRow(
        item=item,
        on_hand=on_hand,
        troubles=tuple(troubles),
        safety_stock=low,
        maximum_stock=high,
        counted_at=last,
        overdue_days=overdue,
    )


def _quantity(level: Any, unit: str) -> Quantity | None:
    return Quantity(level, unit) if isinstance(level, Decimal) else level
