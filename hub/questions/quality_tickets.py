"""Quality tickets 质量问题处理单: by state, age and whose turn it is."""

from urllib.parse import quote

from hub.question import Column, Kind, Question
from hub.views.ticket_list import TicketPage, TicketQuery, TicketRow, ticket_page


def _path(row: TicketRow) -> str:
    return f"/tickets/{quote(row.number, safe='')}"


def _state(row: TicketRow) -> tuple[str, ...]:
    return (f"ticket_state.{row.state}",)


def _tone(row: TicketRow) -> str:
    return "bad" if row.late_days else "good" if row.state == "closed" else "attention"


_COLUMNS = (
    Column(name="number", leads=_path, heading="report.column.ticket"),
    Column(name="state", kind=Kind.WORDS, value=_state, tone=_tone),
    Column(name="owner", kind=Kind.WORK_UNIT, heading="quality.turn", is_spare=True),
    Column(name="unit", kind=Kind.WORK_UNIT, heading="quality.answers", is_spare=True),
    Column(name="finder", kind=Kind.WORK_UNIT, heading="quality.finder"),
    Column(name="origin", kind=Kind.OPERATION, is_spare=True),
    Column(name="operation", kind=Kind.OPERATION),
    Column(name="bundle", kind=Kind.LOT, is_spare=True),
    Column(name="pieces", kind=Kind.COUNT),
    Column(name="due"),
    Column(name="late_days", kind=Kind.COUNT, is_spare=True),
    Column(name="age_days", kind=Kind.COUNT),
    Column(name="closed_on", is_spare=True),
    Column(name="position", kind=Kind.EVENT),
)

QUESTION = Question(
    name="quality_tickets",
    order=16,
    summary="List quality tickets by state, age and whose turn it is.",
    query=TicketQuery,
    answer=TicketPage,
    read=ticket_page,
    columns=lambda _query, _page: _COLUMNS,
)
