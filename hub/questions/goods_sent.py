"""Goods on the way: bundles that set out for another workshop or plant, and whether they have come."""

from hub.question import Column, Kind, Question
from hub.views.goods_sent import SentPage, SentQuery, SentRow, sent_page


def _arrival(row: SentRow) -> tuple[str, ...]:
    return ("report.choice.arrival.arrived" if row.arrived_at else "report.choice.arrival.on_the_way",)


def _tone(row: SentRow) -> str:
    return "good" if row.arrived_at else "attention"


_COLUMNS = (
    Column(name="bundle", kind=Kind.LOT),
    Column(name="operation", kind=Kind.OPERATION, heading="report.column.before"),
    Column(name="destination", kind=Kind.WORK_UNIT),
    Column(name="arrival", kind=Kind.WORDS, value=_arrival, tone=_tone),
    Column(name="carrier"),
    Column(name="container", is_spare=True),
    Column(name="protection"),
    Column(name="condition"),
    Column(name="person", kind=Kind.PERSON),
    Column(name="at", kind=Kind.INSTANT),
    Column(name="arrived_at", kind=Kind.INSTANT, is_spare=True),
    Column(name="position", kind=Kind.EVENT),
)

QUESTION = Question(
    name="goods_sent",
    order=18,
    summary="List bundles that set out for another workshop or plant: with whom, how protected, whether they came.",
    query=SentQuery,
    answer=SentPage,
    read=sent_page,
    columns=lambda _query, _page: _COLUMNS,
)
