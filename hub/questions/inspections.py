"""Inspections: every look at goods, and what was found."""

from hub.question import Column, Kind, Question
from hub.views.inspected import InspectionPage, InspectionQuery, InspectionRow, inspection_page

_GOOD = frozenset({"green", "passed"})


def _kind(row: InspectionRow) -> tuple[str, ...]:
    return (f"quality.inspection.{row.kind}",)


def _result(row: InspectionRow) -> tuple[str, ...]:
    return (f"quality.result.{row.result}",)


def _tone(row: InspectionRow) -> str:
    return "good" if row.result in _GOOD else "attention" if row.result == "yellow" else "bad"


def _found(row: InspectionRow) -> str:
    return ", ".join(f"{one.code} × {one.pieces}" for one in row.found)


_COLUMNS = (
    Column(name="kind", kind=Kind.WORDS, value=_kind, tone=lambda _row: ""),
    Column(name="unit", kind=Kind.WORK_UNIT, is_spare=True),
    Column(name="operation", kind=Kind.OPERATION),
    Column(name="bundle", kind=Kind.LOT, is_spare=True),
    Column(name="subject", is_spare=True),
    *(Column(name=name, kind=Kind.COUNT) for name in ("checked", "defective", "defects")),
    Column(name="result", kind=Kind.WORDS, value=_result, tone=_tone),
    Column(name="found", value=_found, is_spare=True),
    Column(name="person", kind=Kind.PERSON),
    Column(name="at", kind=Kind.INSTANT),
    Column(name="position", kind=Kind.EVENT),
)

QUESTION = Question(
    name="inspections",
    order=14,
    summary="List inspections: what was looked at where, how many pieces, and which defects were found.",
    query=InspectionQuery,
    answer=InspectionPage,
    read=inspection_page,
    columns=lambda _query, _page: _COLUMNS,
)
