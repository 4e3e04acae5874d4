"""Defects: which there are most of, and how few of them make most of the trouble (Pareto)."""

from hub.question import Column, Kind, Question
from hub.views.inspected import DefectPage, DefectQuery, DefectRow, defect_page


def _looks(row: DefectRow, query: DefectQuery) -> dict[str, str]:
    return {"unit": query.unit, "operation": query.operation, **_days(row, query)}


def _handoffs(row: DefectRow, query: DefectQuery) -> dict[str, str]:
    return {"unit_judging": query.unit, "before": query.operation, **_days(row, query)}


def _days(row: DefectRow, query: DefectQuery) -> dict[str, str]:
    return {"defect": row.defect, "since": query.since, "until": query.until}


_COLUMNS = (
    Column(name="defect", kind=Kind.DEFECT),
    Column(name="pieces", kind=Kind.COUNT),
    Column(name="inspected", kind=Kind.COUNT, leads=lambda _row: "/reports/inspections", opens=_looks),
    Column(name="sent_back", kind=Kind.COUNT, leads=lambda _row: "/reports/handoffs", opens=_handoffs),
    Column(name="share", kind=Kind.COUNT),
    Column(name="up_to_here", kind=Kind.COUNT),
)

QUESTION = Question(
    name="defects",
    order=15,
    summary="List defects by how many pieces had them, with their share of all and the share up to there.",
    query=DefectQuery,
    answer=DefectPage,
    read=defect_page,
    columns=lambda _query, _page: _COLUMNS,
)
