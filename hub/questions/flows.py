"""Receipts, issues and balance 收发存 of a month."""

from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy import Connection

from domain.quantity import Quantity
from domain.words import has_words
from hub.question import Column, Kind, Question
from hub.views.flows import FlowPage, FlowQuery, FlowRow, flow_page

_NAMES = {
    "item": (),
    "warehouse": (Column(name="warehouse"),),
    "place": (Column(name="place", kind=Kind.PLACE),),
    "lot": (
        Column(name="place", kind=Kind.PLACE),
        Column(name="lot", kind=Kind.LOT, is_spare=True),
        Column(name="grade", is_spare=True),
        Column(name="owner", is_spare=True),
    ),
}


def _read(connection: Connection, plant: str, query: FlowQuery, _now: datetime) -> FlowPage:
    return flow_page(connection, plant, query)


def _of_type(kind: str) -> Callable[[FlowRow], Quantity | None]:
    return lambda row: row.types.get(kind)


def _columns(query: FlowQuery, page: FlowPage) -> Sequence[Column]:
    def movements(row: FlowRow, _query: FlowQuery) -> dict[str, str]:
        return {"item": row.item, "place": row.place, "lot": row.lot, "period": page.period}

    def of_type(kind: str) -> Callable[[FlowRow, FlowQuery], dict[str, str]]:
        return lambda row, asked: movements(row, asked) | {"type": kind}

    return (
        Column(name="item", kind=Kind.ITEM),
        *_NAMES[query.by],
        Column(name="opening", kind=Kind.QUANTITY, has_unit=True),
        Column(name="receipts", kind=Kind.QUANTITY, opens=movements),
        Column(name="issues", kind=Kind.QUANTITY, opens=movements),
        Column(name="adjustments", kind=Kind.QUANTITY, opens=movements),
        Column(name="closing", kind=Kind.QUANTITY),
        *(
            Column(
                name=f"type_{kind}",
                kind=Kind.QUANTITY,
                heading=f"document.{kind}" if has_words(f"document.{kind}") else "report.column.other_type",
                value=_of_type(kind),
                opens=of_type(kind),
            )
            for kind in page.types
        ),
    )


QUESTION = Question(
    name="flows",
    order=3,
    summary="Tell a month's receipts, issues and balance: opening, what came and went by type of document, closing.",
    query=FlowQuery,
    answer=FlowPage,
    read=_read,
    columns=_columns,
)
