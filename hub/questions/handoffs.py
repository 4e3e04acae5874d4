"""Handoffs: every verdict of a month, down to its scan."""

from hub.question import Column, Kind, Question
from hub.views.handoffs import HandoffPage, HandoffQuery, HandoffRow, handoff_page


def _verdict(row: HandoffRow) -> tuple[str, ...]:
    return (f"verdict.{row.verdict}",)


def _tone(row: HandoffRow) -> str:
    return {"accept": "good", "reject": "bad"}.get(row.verdict, "attention")


def _defects(row: HandoffRow) -> str:
    return ", ".join(f"{one.code} × {one.pieces}" for one in row.defects)


def _photos(row: HandoffRow) -> str:
    return " ".join(row.photos)


_COLUMNS = (
    Column(name="unit_judging", kind=Kind.WORK_UNIT),
    Column(name="unit_judged", kind=Kind.WORK_UNIT),
    Column(name="before", kind=Kind.OPERATION),
    Column(name="operation", kind=Kind.OPERATION),
    Column(name="bundle", kind=Kind.LOT),
    Column(name="verdict", kind=Kind.WORDS, value=_verdict, tone=_tone),
    Column(name="rating", is_spare=True),
    Column(name="declared", kind=Kind.COUNT),
    Column(name="received", kind=Kind.COUNT, heading="report.column.came"),
    Column(name="pieces", kind=Kind.COUNT, heading="report.column.taken_over"),
    Column(name="defects", value=_defects, is_spare=True),
    Column(name="reason", is_spare=True),
    Column(name="photos", kind=Kind.PHOTOS, value=_photos, is_spare=True),
    Column(name="at", kind=Kind.INSTANT),
    Column(name="position", kind=Kind.EVENT),
)

QUESTION = Question(
    name="handoffs",
    order=12,
    summary="List a month's handoffs: who judged whose goods how, pieces declared, received and taken over.",
    query=HandoffQuery,
    answer=HandoffPage,
    read=handoff_page,
    columns=lambda _query, _page: _COLUMNS,
)
