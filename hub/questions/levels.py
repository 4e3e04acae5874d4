"""Stock below its safety level or above its maximum, and items whose count is overdue."""

from datetime import datetime

from sqlalchemy import Connection

from hub.question import Column, Kind, Question
from hub.views.levels import LevelPage, LevelQuery, LevelRow, level_page


def _read(connection: Connection, plant: str, query: LevelQuery, now: datetime) -> LevelPage:
    return level_page(connection, plant, query, now)


def _movements(row: LevelRow, _query: LevelQuery) -> dict[str, str]:
    return {"item": row.item}


def _troubles(row: LevelRow) -> tuple[str, ...]:
    return tuple(f"report.trouble.{one}" for one in row.troubles)


_COLUMNS = (
    Column(name="item", kind=Kind.ITEM),
    Column(name="troubles", kind=Kind.WORDS, value=_troubles),
    Column(name="on_hand", kind=Kind.QUANTITY, opens=_movements, has_unit=True),
    Column(name="safety_stock", kind=Kind.QUANTITY),
    Column(name="maximum_stock", kind=Kind.QUANTITY),
    Column(name="counted_at", kind=Kind.INSTANT, is_spare=True),
    Column(name="overdue_days", kind=Kind.COUNT, is_spare=True),
)

QUESTION = Question(
    name="levels",
    order=4,
    summary="List items below their safety stock, above their maximum, or overdue for a stocktake.",
    query=LevelQuery,
    answer=LevelPage,
    read=_read,
    columns=lambda _query, _page: _COLUMNS,
)
