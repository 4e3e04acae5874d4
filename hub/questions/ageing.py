"""How old the stock is."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Connection

from domain.quantity import Quantity
from hub.question import Column, Kind, Question
from hub.views.ageing import BANDS, AgePage, AgeQuery, AgeRow, age_page

_LOT = (
    Column(name="place", kind=Kind.PLACE),
    Column(name="lot", kind=Kind.LOT, is_spare=True),
    Column(name="grade", is_spare=True),
    Column(name="owner", is_spare=True),
)


def _read(connection: Connection, plant: str, query: AgeQuery, _now: datetime) -> AgePage:
    return age_page(connection, plant, query)


def _band(number: int) -> Callable[[AgeRow], Quantity | None]:
    return lambda row: None if row.bands[number].is_zero else row.bands[number]


def _movements(row: AgeRow, _query: AgeQuery) -> dict[str, str]:
    return {"item": row.item, "place": row.place, "lot": row.lot}


def _columns(query: AgeQuery, _page: AgePage) -> tuple[Column, ...]:
    return (
        Column(name="item", kind=Kind.ITEM),
        *(_LOT if query.by == "lot" else ()),
        Column(name="on_hand", kind=Kind.QUANTITY, opens=_movements, has_unit=True),
        *(
            Column(name=f"band_{number}", kind=Kind.QUANTITY, value=_band(number))
            for number in range(len(BANDS) + 1)
        ),
    )


QUESTION = Question(
    name="ageing",
    order=5,
    summary="Tell how old the stock is: how much of it came in which months, first in, first out.",
    query=AgeQuery,
    answer=AgePage,
    read=_read,
    columns=_columns,
)
