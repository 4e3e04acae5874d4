"""What is on hand, and where."""

from datetime import datetime

from sqlalchemy import Connection

from hub.question import Column, Kind, Question
from hub.views.stock import StockPage, StockQuery, StockRow, stock_page


def _read(connection: Connection, plant: str, query: StockQuery, _now: datetime) -> StockPage:
    return stock_page(connection, plant, query)


def _movements(row: StockRow, _query: StockQuery) -> dict[str, str]:
    return {"item": row.item, "place": row.place, "lot": row.lot, "handling_unit": row.handling_unit}


_COLUMNS = (
    Column(name="place", kind=Kind.PLACE),
    Column(name="item", kind=Kind.ITEM),
    Column(name="lot", kind=Kind.LOT, is_spare=True),
    Column(name="handling_unit", kind=Kind.UNIT, is_spare=True),
    Column(name="grade", is_spare=True),
    Column(name="owner", is_spare=True),
    Column(name="quantity", kind=Kind.QUANTITY, opens=_movements, has_unit=True),
    Column(name="second", kind=Kind.QUANTITY, has_unit=True, is_spare=True),
    Column(name="position", kind=Kind.EVENT, heading="report.column.last_movement"),
)

QUESTION = Question(
    name="stock",
    order=1,
    summary="List stock by place, item, lot, handling unit, grade and owner.",
    query=StockQuery,
    answer=StockPage,
    read=_read,
    columns=lambda _query, _page: _COLUMNS,
)
