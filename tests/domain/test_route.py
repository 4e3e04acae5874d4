"""Routes: what comes before what, where parts come together, and which routes nothing can go through."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from domain.route import Flow, OperationCode, Route, Step, flaws

CUT, COLLAR, SHOULDER, SLEEVE, ATTACH, HEM = map(OperationCode, ("CUT", "COL", "SHO", "SLV", "ATT", "HEM"))


def polo(*more: Step) -> Route:
    """Front and back meet at the shoulder, the collar is attached to that, the hem ends it."""
    steps = (
        Step(operation=SHOULDER, takes=("front", "back"), makes="body"),
        Step(operation=COLLAR, takes=("collar",)),
        Step(operation=ATTACH, after=(SHOULDER, COLLAR), takes=("body", "collar"), makes="body"),
        Step(operation=HEM, after=(ATTACH,), takes=("body",)),
    )
    return Route(code="POLO", version=1, flow=Flow.GARMENT, steps=(*steps, *more))


def codes(route: Route) -> list[str]:
    return [problem.code for problem in flaws(route)]


def test_a_polo_shirt_goes_its_way() -> None:
    route = polo()
    assert codes(route) == []
    assert [step.operation for step in route.next_of(SHOULDER)] == [ATTACH]
    assert route.next_of(HEM) == ()
    assert route.by_operation[ATTACH].is_join
    assert route.takes_part(COLLAR, "collar")
    assert not route.takes_part(COLLAR, "sleeve")


def test_every_flaw_of_a_route_is_named() -> None:
    assert codes(Route(code="R", version=1, flow=Flow.GARMENT, steps=())) == ["route_length"]
    assert codes(polo(Step(operation=HEM))) == ["route_twice"]
    assert codes(polo(Step(operation=SLEEVE, after=(CUT,)))) == ["route_unknown_before"]
    assert codes(polo(Step(operation=SLEEVE, after=(HEM,), takes=("sleeve",)))) == ["route_never_made"]
    round_about = polo(Step(operation=SLEEVE, after=(CUT,)), Step(operation=CUT, after=(SLEEVE,)))
    [problem] = flaws(round_about)
    assert (problem.code, problem.parameters["operations"]) == ("route_circle", "CUT → SLV → CUT")


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=30))
def test_a_route_has_a_circle_exactly_where_somebody_waits_for_himself(pairs: list[tuple[int, int]]) -> None:
    after: dict[int, set[int]] = {number: set() for number in range(10)}
    for one, before in pairs:
        after[one].add(before)
    steps = tuple(
        Step(
            operation=OperationCode(f"O{number}"), after=tuple(OperationCode(f"O{n}") for n in sorted(before))
        )
        for number, before in after.items()
    )
    reach = {number: set(before) for number, before in after.items()}
    for middle in range(10):
        for one in range(10):
            if middle in reach[one]:
                reach[one] |= reach[middle]
    waits_for_itself = any(number in reached for number, reached in reach.items())
    found = codes(Route(code="R", version=1, flow=Flow.GARMENT, steps=steps))
    assert found == (["route_circle"] if waits_for_itself else [])
