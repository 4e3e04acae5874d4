"""Work in process: which bundles stand where, and since when."""

from hub.question import Column, Kind, Question
from hub.views.work import StandingPage, StandingQuery, standing_page

_COLUMNS = (
    Column(name="line", heading="floor.line"),
    Column(name="operation"),
    Column(name="bundle", kind=Kind.LOT),
    Column(name="work_order"),
    Column(name="colour", is_spare=True),
    Column(name="size", is_spare=True),
    Column(name="component", is_spare=True),
    Column(name="waiting", kind=Kind.COUNT),
    Column(name="at_work", kind=Kind.COUNT),
    Column(name="since", kind=Kind.INSTANT),
    Column(name="position", kind=Kind.EVENT),
)

QUESTION = Question(
    name="work_in_process",
    order=8,
    summary="List the bundles that stand at operations: pieces that wait and pieces at work, since when.",
    query=StandingQuery,
    answer=StandingPage,
    read=standing_page,
    columns=lambda _query, _page: _COLUMNS,
)
