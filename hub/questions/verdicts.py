"""Verdicts: what each unit said of another's goods in a month, added up."""

from hub.question import Column, Kind, Question
from hub.views.handoffs import UNRATED, VerdictPage, VerdictQuery, VerdictRow, verdict_page


def _handoffs(row: VerdictRow, query: VerdictQuery) -> dict[str, str]:
    return {
        "month": query.month,
        "unit_judged": row.unit_judged,
        "unit_judging": row.unit_judging,
        "verdict": row.verdict,
        "rating": row.rating or UNRATED,
    }


def _verdict(row: VerdictRow) -> tuple[str, ...]:
    return (f"verdict.{row.verdict}",)


def _tone(row: VerdictRow) -> str:
    return {"accept": "good", "reject": "bad"}.get(row.verdict, "attention")


def _path(_row: VerdictRow) -> str:
    return "/reports/handoffs"


_COLUMNS = (
    Column(name="unit_judging", kind=Kind.WORK_UNIT),
    Column(name="unit_judged", kind=Kind.WORK_UNIT),
    Column(name="verdict", kind=Kind.WORDS, value=_verdict, tone=_tone),
    Column(name="rating", is_spare=True),
    Column(name="handoffs", kind=Kind.COUNT, leads=_path, opens=_handoffs),
    Column(name="received", kind=Kind.COUNT, leads=_path, opens=_handoffs, heading="report.column.came"),
    *(Column(name=name, kind=Kind.COUNT, leads=_path, opens=_handoffs) for name in ("refused", "miscounted")),
)

QUESTION = Question(
    name="verdicts",
    order=11,
    summary="List what each unit said of another's goods in a month: handoffs, pieces, those sent back.",
    query=VerdictQuery,
    answer=VerdictPage,
    read=verdict_page,
    columns=lambda _query, _page: _COLUMNS,
)
