"""First-pass yield 一次合格率: what inspections come to by unit, operation or day, as RFT and DHU."""

from collections.abc import Sequence

from hub.question import Column, Kind, Question
from hub.views.inspected import FirstPassPage, FirstPassQuery, FirstPassRow, first_pass_page


def _looks(row: FirstPassRow, query: FirstPassQuery) -> dict[str, str]:
    return {
        "unit": row.unit or query.unit,
        "operation": row.operation or query.operation,
        "since": row.day or query.since,
        "until": row.day or query.until,
    }


def _path(_row: FirstPassRow) -> str:
    return "/reports/inspections"


_BY = {
    "unit": Column(name="unit", kind=Kind.WORK_UNIT),
    "operation": Column(name="operation", kind=Kind.OPERATION),
    "day": Column(name="day"),
}
_COUNTED = (
    *(
        Column(name=name, kind=Kind.COUNT, leads=_path, opens=_looks)
        for name in ("looks", "checked", "defective", "defects")
    ),
    *(Column(name=name, kind=Kind.COUNT, leads=_path, opens=_looks) for name in ("rft", "dhu")),
)


def _columns(query: FirstPassQuery, _page: FirstPassPage | None) -> Sequence[Column]:
    return (_BY[query.by], *_COUNTED)


QUESTION = Question(
    name="first_pass",
    order=13,
    summary="Add inspections up by unit, operation or day: pieces checked, right first time (RFT), defects (DHU).",
    query=FirstPassQuery,
    answer=FirstPassPage,
    read=first_pass_page,
    columns=_columns,
)
