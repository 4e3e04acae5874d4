"""What people made by the piece, and what it comes to: for the wage slip and the payroll's file."""

from hub.question import Column, Kind, Question
from hub.views.piece_rate import PieceRatePage, PieceRateQuery, piece_rate_page

_COLUMNS = (
    Column(name="person", kind=Kind.PERSON),
    Column(name="day"),
    Column(name="operation"),
    Column(name="pieces", kind=Kind.COUNT),
    Column(name="unpriced", kind=Kind.COUNT, is_spare=True),
    Column(name="amount", kind=Kind.MONEY),
)

QUESTION = Question(
    name="piece_rate",
    order=8,
    summary="List what each person made by the piece, per day and operation, and what it comes to.",
    query=PieceRateQuery,
    answer=PieceRatePage,
    read=piece_rate_page,
    columns=lambda _query, _page: _COLUMNS,
    hides={"amount": "piece_prices.prices"},
)
