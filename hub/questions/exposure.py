"""Exposure 曝光: whose turn it is at how many quality tickets, and who is how late."""

from collections.abc import Callable

from hub.question import Column, Kind, Question
from hub.views.ticket_list import ExposurePage, ExposureQuery, ExposureRow, exposure_page


def _tickets(state: str) -> Callable[[ExposureRow, ExposureQuery], dict[str, str]]:
    return lambda row, _query: {"turn": row.owner, "state": state}


def _path(_row: ExposureRow) -> str:
    return "/reports/quality_tickets"


_COLUMNS = (
    Column(name="owner", kind=Kind.WORK_UNIT, heading="quality.turn"),
    Column(name="head", kind=Kind.PERSON, is_spare=True),
    Column(name="open", kind=Kind.COUNT, leads=_path, opens=_tickets("not_closed"), heading="quality.open"),
    Column(name="exposed", kind=Kind.COUNT, leads=_path, opens=_tickets("exposed")),
    Column(name="late_days", kind=Kind.COUNT, is_spare=True),
)

QUESTION = Question(
    name="exposure",
    order=17,
    summary="List who has to act on how many quality tickets, how many of them are late, and by how long.",
    query=ExposureQuery,
    answer=ExposurePage,
    read=exposure_page,
    columns=lambda _query, _page: _COLUMNS,
)
