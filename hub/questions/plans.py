"""Orders and what documents left: what was ordered, what is done, what is still to come."""

from urllib.parse import quote

from domain.document import plan_kinds
from hub.plan_register import State
from hub.question import Column, Kind, Question
from hub.views.plans import PlanPage, PlanQuery, PlanRow, plan_page

_TONES = {State.DONE: "good", State.CLOSED: "", State.PENDING: "attention"}


def _scans(row: PlanRow) -> str:
    return f"/plans/{quote(row.number, safe='')}"


def _states(row: PlanRow) -> tuple[str, ...]:
    return ("plan.state.overdue" if row.overdue_days else f"plan.state.{row.state}",)


def _tone(row: PlanRow) -> str:
    return "bad" if row.overdue_days else _TONES.get(row.state, "")


_COLUMNS = (
    Column(name="number", kind=Kind.PLAN, heading="report.column.plan"),
    Column(name="kind", kind=Kind.PLAN_KIND),
    Column(name="partner", kind=Kind.PLACE),
    Column(name="due", is_spare=True),
    Column(name="overdue_days", kind=Kind.COUNT, is_spare=True),
    Column(name="state", kind=Kind.WORDS, value=_states, tone=_tone),
    Column(name="line", kind=Kind.COUNT, value=lambda row: row.line or None),
    Column(name="item", kind=Kind.ITEM),
    Column(name="ordered", kind=Kind.QUANTITY, leads=_scans, has_unit=True),
    Column(name="done", kind=Kind.QUANTITY, leads=_scans),
    Column(name="open", kind=Kind.QUANTITY, leads=_scans),
)


QUESTION = Question(
    name="plans",
    order=6,
    summary="List lines of orders, and of what documents left, with what is done and what is still to come of them.",
    query=PlanQuery,
    answer=PlanPage,
    read=plan_page,
    columns=lambda _query, _page: _COLUMNS,
    choices={"kind": lambda: ("", *sorted(plan_kinds()))},
)
