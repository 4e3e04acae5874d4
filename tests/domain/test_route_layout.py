"""Drawing a route: every operation once, every line from left to right, and parallel ways one above the other."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from domain.route import Flow, OperationCode, Route, Step
from domain.route_layout import layout


def route(**after: str) -> Route:
    steps = [
        Step(operation=OperationCode(code), after=tuple(map(OperationCode, before.split())))
        for code, before in after.items()
    ]
    return Route(code="R", version=1, flow=Flow.GARMENT, steps=tuple(steps))


def test_a_chain_is_one_row() -> None:
    made = layout(route(A="", B="A", C="B"))
    assert [(one.operation, one.column, one.row) for one in made.spots] == [
        ("A", 0, 0),
        ("B", 1, 0),
        ("C", 2, 0),
    ]
    assert (made.columns, made.rows, made.edges) == (3, 1, (("A", "B"), ("B", "C")))


def test_what_is_joined_later_stands_beside_what_it_is_joined_to() -> None:
    made = layout(route(FRONT="", BACK="", BODY="FRONT BACK", HEM="BODY", COLLAR="", JOIN="HEM COLLAR"))
    columns = {one.operation: one.column for one in made.spots}
    assert columns == {"FRONT": 0, "BACK": 0, "BODY": 1, "HEM": 2, "COLLAR": 2, "JOIN": 3}
    assert made.rows == 2


def test_no_route_is_no_picture() -> None:
    made = layout(route())
    assert (made.spots, made.columns, made.rows) == ((), 0, 0)


@st.composite
def routes(draw: st.DrawFn) -> Route:
    count = draw(st.integers(1, 24))
    codes = [f"O{number}" for number in range(count)]
    after = {
        code: " ".join(draw(st.lists(st.sampled_from(codes[:at]), unique=True, max_size=3))) if at else ""
        for at, code in enumerate(codes)
    }
    return route(**after)


@given(routes())
def test_every_operation_stands_once_and_right_of_all_before_it(drawn: Route) -> None:
    made = layout(drawn)
    at = {one.operation: one for one in made.spots}
    assert sorted(at) == sorted(step.operation for step in drawn.steps)
    assert len({(one.column, one.row) for one in made.spots}) == len(made.spots)
    assert all(at[before].column < at[code].column for before, code in made.edges)
    assert all(0 <= one.column < made.columns and 0 <= one.row <= made.rows - 1 for one in made.spots)
