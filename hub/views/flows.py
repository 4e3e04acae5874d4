"""Receipts, issues and balance 收发存 of a month: opening + receipts − issues ± adjustments = closing, in every row.

Receipts are what documents of a type brought into a row's goods and places, less what the same type took out: a line
taken back lessens the receipts, and goods that only went from one place of a row to another move nothing in it.
Adjustments are the types by which the books follow what was found.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import groupby
from operator import itemgetter
from typing import Annotated, Any, Literal

from msgspec import Meta, Struct
from sqlalchemy import Connection, func, select, text

from domain.document import document_types
from domain.month import month_after
from domain.quantity import Quantity
from hub.registers import Extent, both_sides, extent_of, newest_period
from hub.store.tables import item_periods, periods
from hub.store.values import amount
from hub.views.journal import Period
from hub.views.page import Asked, Word, decode_key, encode_key
from hub.views.selection import among, as_list, items_of, places_of, warehouses
from hub.views.stock import Plant

ADJUSTING_STEPS = frozenset({"cycle_counting", "inventory_check", "stock_taking"})
"""EPCIS business steps by which the books follow what was found."""

By = Annotated[
    Literal["item", "warehouse", "place", "lot"],
    Meta(description="One row for each item; item and warehouse; item and place; or all that names goods."),
]
ITEMS_MAX = 10_000
ItemsLimit = Annotated[
    int, Meta(ge=1, le=ITEMS_MAX, description="Items on one page, each with all its rows.")
]


class FlowQuery(Asked, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which month is asked for (empty: the newest), and which goods in it; empty: all."""

    plant: Plant = ""
    period: Period = ""
    by: By = "place"
    item: Word = ""
    lot: Word = ""
    place: Word = ""
    warehouse: Word = ""
    category: Word = ""
    grade: Word = ""
    owner: Word = ""
    limit: ItemsLimit = 100


class FlowRow(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What came and went in a month. `types` says by which types of document, what came in less what went out."""

    item: str
    opening: Quantity
    receipts: Quantity
    issues: Quantity
    adjustments: Quantity
    closing: Quantity
    warehouse: str = ""
    place: str = ""
    lot: str = ""
    grade: str = ""
    owner: str = ""
    types: dict[str, Quantity] = {}


class FlowPage(Struct, frozen=True, kw_only=True):
    """A page of a month as of `position`; `closed` tells whether the month is closed and stays as it is."""

    plant: str
    position: int
    period: str
    closed: bool
    types: tuple[str, ...]
    rows: tuple[FlowRow, ...]
    next: str = ""


Key = tuple[tuple[str, str], ...]
_COLUMNS: Mapping[str, Sequence[str]] = {
    "item": ("item", "unit"),
    "warehouse": ("item", "place", "unit"),
    "place": ("item", "place", "unit"),
    "lot": ("item", "place", "lot", "grade", "owner", "unit"),
}
_FILTERS = ("lot", "place", "grade", "owner")


@cache
def is_adjusting(document_type: str) -> bool:
    """Tell whether by documents of this type the books follow what was found."""
    declared = document_types().get(document_type)
    return declared is not None and declared.biz_step in ADJUSTING_STEPS


def flow_page(connection: Connection, plant: str, query: FlowQuery) -> FlowPage:
    """Return a page of a month: `limit` items, each with all its rows. Raises CursorError."""
    extent = extent_of(connection, plant)
    period = query.period or _newest(connection, plant, extent)
    given = _given(connection, plant, query, extent, period)
    items, more = _items(connection, plant, query, given)
    rows = tuple(_rows(connection, plant, query, given, items)) if items else ()
    return FlowPage(
        plant=plant,
        position=extent.through,
        period=period,
        closed=_is_closed(connection, plant, period),
        types=tuple(sorted({kind for row in rows for kind in row.types})),
        rows=rows,
        next=encode_key([items[-1]]) if more else "",
    )


def month_rows(
    connection: Connection, plant: str, query: FlowQuery, period: str, items: Sequence[str]
) -> Sequence[FlowRow]:
    """Return the rows of some items, in order, in another month."""
    given = _given(connection, plant, query, extent_of(connection, plant), period)
    return tuple(_rows(connection, plant, query, given, items)) if items else ()


def _given(
    connection: Connection, plant: str, query: FlowQuery, extent: Extent, period: str
) -> dict[str, Any]:
    """Return the parameters of a month's questions; `base` is the newest month the registers hold of it."""
    return {
        "plant": plant,
        "period": period,
        "base": min(period, newest_period(connection, plant) or period),
        "after": extent.registered,
        "through": extent.through,
        "first": decode_key(query.after, tuple[str])[0] if query.after else "",
        "limit": query.limit + 1,
    }


def _newest(connection: Connection, plant: str, extent: Extent) -> str:
    """Return the newest month in which anything moved; empty where nothing ever did."""
    given = {"plant": plant, "after": extent.registered, "through": extent.through}
    beside = connection.execute(_NEWEST_BESIDE, given).scalar() or ""
    return max(beside, newest_period(connection, plant))


_NEWEST_BESIDE = text(
    "SELECT max(period) FROM movements WHERE plant = :plant AND position > :after AND position <= :through "
    "AND inside <> 0"
)


def _is_closed(connection: Connection, plant: str, period: str) -> bool:
    held = periods.c
    asked = select(held.period).where(held.plant == plant, held.period >= period).limit(1)
    return connection.execute(asked).first() is not None


def _items(
    connection: Connection, plant: str, query: FlowQuery, given: dict[str, Any]
) -> tuple[Sequence[str], bool]:
    """Return the items of the page, in order, and whether there are more."""
    narrowed = ""
    if query.item:
        narrowed, given = "AND item = :item", given | {"item": query.item}
    if query.category:
        items = items_of(connection, plant, query.category)
        narrowed += f" AND {among(connection, 'item', 'items')}"
        given = given | {"items": as_list(connection, items)}
    asked = (
        f"SELECT item FROM (SELECT DISTINCT item FROM item_periods WHERE plant = :plant AND period = :base "  # noqa: S608 (our own words)
        f"AND item > :first {narrowed} ORDER BY item LIMIT :limit) AS held "
        f"UNION SELECT item FROM (SELECT DISTINCT item FROM movements WHERE plant = :plant AND position > :after "
        f"AND position <= :through AND inside <> 0 AND period <= :period AND item > :first {narrowed}) AS beside "
        "ORDER BY item LIMIT :limit"
    )
    found = connection.execute(text(asked), given).scalars().all()
    return found[: query.limit], len(found) > query.limit


def _rows(
    connection: Connection, plant: str, query: FlowQuery, given: dict[str, Any], items: Sequence[str]
) -> Iterator[FlowRow]:
    columns = _COLUMNS[query.by]
    given = given | {"low": items[0], "high": items[-1]}
    kind = "CASE WHEN period = :period THEN document_type ELSE '' END"
    where = ["true"]
    for name in _FILTERS:
        if wanted := getattr(query, name):
            where.append(f"{name} = :{name}")
            given = given | {name: wanted}
    if query.warehouse:
        where.append(among(connection, "place", "places"))
        given = given | {"places": as_list(connection, places_of(connection, plant, query.warehouse))}
    if query.category or query.item:  # between two items of the page there may be others
        where.append(among(connection, "item", "chosen"))
        given = given | {"chosen": as_list(connection, items)}
    beside = both_sides(kind, "AND period <= :period AND item BETWEEN :low AND :high")
    asked = (
        f"SELECT {', '.join(columns)}, document_type, CAST(sum(value) AS BIGINT) AS value FROM ("  # noqa: S608 (our own words)
        f"SELECT item, place, lot, grade, owner, unit, {kind} AS document_type, value FROM item_periods "
        f"WHERE plant = :plant AND period = :base AND item BETWEEN :low AND :high UNION ALL {beside}"
        f") AS moved WHERE {' AND '.join(where)} "
        f"GROUP BY {', '.join(columns)}, document_type HAVING sum(value) <> 0 ORDER BY {', '.join(columns)}"
    )
    lies_in = warehouses(connection, plant) if query.by == "warehouse" else dict[str, str]()
    found: Iterable[Any] = connection.execute(text(asked), given)
    for _, of_the_item in groupby(found, key=itemgetter(0)):
        groups: dict[Key, dict[str, int]] = {}
        for row in of_the_item:
            named = dict(zip(columns, row[:-2], strict=True))
            if query.by == "warehouse":
                named["warehouse"] = lies_in.get(named.pop("place"), "")
            sums = groups.setdefault(tuple(sorted(named.items())), {})
            sums[row.document_type] = sums.get(row.document_type, 0) + row.value
        yield from (_row(dict(key), sums) for key, sums in groups.items())


def _row(named: Mapping[str, str], sums: Mapping[str, int]) -> FlowRow:
    unit = named["unit"]
    types = {kind: value for kind, value in sorted(sums.items()) if kind}
    plain = [value for kind, value in types.items() if not is_adjusting(kind)]
    opening = sums.get("", 0)

    def quantity(value: int) -> Quantity:
        return Quantity(amount(value), unit)

    return FlowRow(
        **{name: value for name, value in named.items() if name != "unit"},
        opening=quantity(opening),
        receipts=quantity(sum(value for value in plain if value > 0)),
        issues=quantity(-sum(value for value in plain if value < 0)),
        adjustments=quantity(sum(value for kind, value in types.items() if is_adjusting(kind))),
        closing=quantity(opening + sum(types.values())),
        types={kind: quantity(value) for kind, value in types.items() if value},
    )


def months(connection: Connection, plant: str) -> Sequence[str]:
    """Return the months there is anything of, the newest first."""
    newest = _newest(connection, plant, extent_of(connection, plant))
    held = item_periods.c
    oldest = connection.execute(select(func.min(held.period)).where(held.plant == plant)).scalar() or newest
    found: list[str] = []
    while newest and newest >= oldest:
        found.append(newest)
        newest = month_after(newest, -1)
    return found
