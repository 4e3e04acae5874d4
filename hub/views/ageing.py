"""How old the stock is: what lies there now is taken to be what came last (first in, first out), month by month."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Literal

from msgspec import Struct
from sqlalchemy import Connection

from domain.month import month_after
from domain.quantity import Quantity
from hub.views.flows import FlowQuery, FlowRow, flow_page, month_rows
from hub.views.page import Asked, Word
from hub.views.stock import Plant

BANDS = (1, 3, 6, 12)
"""Before how many months each band ends, the present one included; what is older stands in the last."""
_KINDS = ("item", "place", "lot", "grade", "owner")


class AgeQuery(Asked, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which stock is asked for; empty: all. A page holds `limit` items."""

    plant: Plant = ""
    by: Literal["item", "lot"] = "item"
    item: Word = ""
    lot: Word = ""
    warehouse: Word = ""
    category: Word = ""


class AgeRow(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is on hand, and how much of it came this month, 1 to 2, 3 to 5, 6 to 11 months back, and before."""

    item: str
    on_hand: Quantity
    bands: tuple[Quantity, ...]
    place: str = ""
    lot: str = ""
    grade: str = ""
    owner: str = ""


class AgePage(Struct, frozen=True, kw_only=True):
    """A page of stock by age as of `position`; the newest band is `period`."""

    plant: str
    position: int
    period: str
    rows: tuple[AgeRow, ...]
    next: str = ""


Key = tuple[str, ...]


def age_page(connection: Connection, plant: str, query: AgeQuery) -> AgePage:
    """Return a page of stock by age. Raises CursorError."""
    asked = FlowQuery(
        by=query.by,
        item=query.item,
        lot=query.lot,
        warehouse=query.warehouse,
        category=query.category,
        after=query.after,
        limit=query.limit,
    )
    page = flow_page(connection, plant, asked)
    held = {_key(row): row.closing for row in page.rows if row.closing.value > 0}
    left = {key: quantity.value for key, quantity in held.items()}
    bands = {key: [Decimal(0)] * (len(BANDS) + 1) for key in held}
    items = sorted({row.item for row in page.rows})
    months, rows = 0, page.rows
    while months < BANDS[-1] and any(left.values()):
        band = sum(months >= end for end in BANDS)
        for row in rows:
            key = _key(row)
            if left.get(key):
                came = min(left[key], row.receipts.value + max(row.adjustments.value, Decimal(0)))
                bands[key][band] += came
                left[key] -= came
        months += 1
        rows = month_rows(connection, plant, asked, month_after(page.period, -months), items)
    for key, rest in left.items():
        bands[key][-1] += rest
    return AgePage(
        plant=plant,
        position=page.position,
        period=page.period,
        rows=tuple(_row(key, quantity, bands[key]) for key, quantity in held.items()),
        next=page.next,
    )


def _key(row: FlowRow) -> Key:
    return (row.item, row.place, row.lot, row.grade, row.owner, row.closing.unit)


def _row(key: Key, on_hand: Quantity, bands: Sequence[Decimal]) -> AgeRow:
    named = dict(zip(_KINDS, key, strict=False))
    return AgeRow(**named, on_hand=on_hand, bands=tuple(Quantity(one, on_hand.unit) for one in bands))
