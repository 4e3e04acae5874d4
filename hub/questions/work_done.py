"""Work done: every bundle at every operation, by whom, and what became of its pieces."""

from hub.question import Column, Kind, Question
from hub.views.work import DonePage, DoneQuery, DoneRow, done_page


def _people(row: DoneRow) -> str:
    return ", ".join(row.people)


def _state(row: DoneRow) -> tuple[str, ...]:
    return () if row.state == "finished" else (f"job_state.{row.state}",)


_COLUMNS = (
    Column(name="unit"),
    Column(name="operation"),
    Column(name="bundle", kind=Kind.LOT),
    Column(name="work_order"),
    Column(name="people", value=_people),
    *(Column(name=name, kind=Kind.COUNT) for name in ("received", "good", "seconds", "scrap", "missing")),
    Column(name="state", kind=Kind.WORDS, value=_state, is_spare=True),
    Column(name="started_at", kind=Kind.INSTANT),
    Column(name="finished_at", kind=Kind.INSTANT, is_spare=True),
    Column(name="started_position", kind=Kind.EVENT),
    Column(name="position", kind=Kind.EVENT),
)

QUESTION = Question(
    name="work_done",
    order=9,
    summary="List jobs, each a bundle at an operation: who, when, and what became of its pieces.",
    query=DoneQuery,
    answer=DonePage,
    read=done_page,
    columns=lambda _query, _page: _COLUMNS,
)
