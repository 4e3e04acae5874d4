"""Check-in at a station: who may begin on what, and that finishing accounts for every piece."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from domain.bundle import Bundle, BundleSerial, Tally
from domain.check_in import At, MayStart, finish, start
from domain.job import Job, JobState
from domain.names import Names
from domain.problem import Problem
from domain.progress import Progress
from domain.route import Flow, Operation, OperationCode, Route, Step
from domain.shop import Hold
from domain.staff import Person
from domain.work_order import OrderLine, OrderState, WorkOrder

NOW = datetime(2026, 11, 28, 9, 30, tzinfo=UTC)
OVERLOCK, HEM, BUTTON = map(OperationCode, ("OVERLOCK", "HEM", "BUTTON"))
ROUTE = Route(
    code="R",
    version=2,
    flow=Flow.GARMENT,
    steps=(
        Step(operation=OVERLOCK),
        Step(operation=HEM, after=(OVERLOCK,)),
        Step(operation=BUTTON, after=(HEM,)),
    ),
)
ORDER = WorkOrder(
    number="WO1",
    style="P2601",
    lines=(OrderLine(colour="navy", size="L", pieces=200),),
    route="R",
    route_version=2,
    state=OrderState.RUNNING,
)
BUNDLE = Bundle(
    serial=BundleSerial("B1"), order="WO1", style="P2601", colour="navy", size="L", pieces=20, copy=2
)
LI = Person(number="1012", names=Names(zh="李建国"), qualifications=("buttonhole",))
WANG = Person(number="1007", names=Names(zh="王秀兰"))


@dataclass
class Floor:
    """A shop floor of one bundle."""

    order_state: OrderState = OrderState.RUNNING
    done: list[Job] = field(default_factory=list[Job])
    held: Hold | None = None
    children: tuple[BundleSerial, ...] = ()
    locked: str = ""

    def progress(self, serial: BundleSerial) -> Progress | None:
        known = Progress(bundle=BUNDLE, jobs=tuple(self.done), became=self.children)
        return known if serial == BUNDLE.serial else None

    def order(self, number: str) -> WorkOrder | None:
        return replace(ORDER, state=self.order_state) if number == ORDER.number else None

    def route(self, code: str, version: int) -> Route | None:
        return ROUTE if (code, version) == ("R", 2) else None

    def operation(self, code: OperationCode) -> Operation | None:
        needed = "buttonhole" if code == BUTTON else ""
        return Operation(code=code, names=Names(zh=code), flow=Flow.GARMENT, qualification=needed)

    def hold(self, bundle: Bundle, operation: OperationCode) -> Hold | None:
        return self.held

    def person(self, number: str) -> Person | None:
        return {one.number: one for one in (LI, WANG)}.get(number)

    def locked_period(self) -> str:
        return self.locked

    def starts(
        self, operation: OperationCode, person: Person = WANG, copy: int = 2, **more: Any
    ) -> MayStart | Problem:
        at = At(operation=operation, person=person, now=NOW, zone=UTC, **more)
        return start(BUNDLE.serial, copy, at, self)


def job(operation: OperationCode, **more: Any) -> Job:
    counted = {"received": 20, "good": 20}
    known = {
        "state": JobState.FINISHED,
        "people": (LI.number,),
        "started_at": NOW,
        "started_by": "e1",
        "finished_at": NOW,
        "tally": Tally(**counted),
    }
    return Job(name=f"J-{operation}", bundle=BUNDLE.serial, operation=operation, **{**known, **more})


def test_a_bundle_goes_through_its_stations_and_each_takes_over_from_the_one_before() -> None:
    floor = Floor()
    first = floor.starts(OVERLOCK)
    assert isinstance(first, MayStart)
    assert (first.pieces, first.accepts) == (20, ())
    floor.done = [job(OVERLOCK, tally=Tally(received=20, good=18, scrap=1, missing=1))]
    second = floor.starts(HEM)
    assert isinstance(second, MayStart)
    assert (second.pieces, second.accepts) == (18, (OVERLOCK,))


@pytest.mark.parametrize(
    ("floor", "operation", "code", "says"),
    [
        (Floor(), HEM, "out_of_sequence", {"operations": "OVERLOCK"}),
        (Floor(done=[job(OVERLOCK)]), OVERLOCK, "done_already", {"name": "李建国", "time": "11-28 09:30"}),
        (
            Floor(done=[job(OVERLOCK, state=JobState.RUNNING, finished_at=None)]),
            OVERLOCK,
            "begun_already",
            {"name": "李建国"},
        ),
        (Floor(done=[job(OVERLOCK), job(HEM)]), BUTTON, "not_qualified", {"qualification": "buttonhole"}),
        (
            Floor(order_state=OrderState.FINISHED),
            OVERLOCK,
            "order_stopped",
            {"state": "order_state.finished"},
        ),
        (Floor(order_state=OrderState.PAUSED), OVERLOCK, "order_stopped", {"order": "WO1"}),
        (Floor(locked="2026-11"), OVERLOCK, "work_period_locked", {"period": "2026-11"}),
        (
            Floor(held=Hold(name="H1", scope="bundle", key="B1", person="1050", since=NOW, reason="shade")),
            OVERLOCK,
            "on_hold",
            {"name": "1050", "reason": "shade"},
        ),
        (
            Floor(children=(BundleSerial("B2"), BundleSerial("B3"))),
            OVERLOCK,
            "bundle_closed",
            {"became": "B2, B3"},
        ),
        (Floor(), OperationCode("WASH"), "not_on_route", {"operation": "WASH"}),
    ],
)
def test_every_refusal_names_its_rule_and_who_was_there(
    floor: Floor, operation: OperationCode, code: str, says: dict[str, str]
) -> None:
    problem = floor.starts(operation)
    assert isinstance(problem, Problem)
    assert problem.code == code
    assert says.items() <= dict(problem.parameters).items()


def test_a_bundle_nobody_told_of_is_not_begun() -> None:
    at = At(operation=OVERLOCK, person=WANG, now=NOW, zone=UTC)
    problem = start(BundleSerial("B9"), 1, at, Floor())
    assert isinstance(problem, Problem)
    assert problem.code == "unknown_bundle"


def test_out_of_touch_a_station_takes_the_goods_before_it_and_says_what_it_has_not_heard() -> None:
    """The step before was finished at a station that cannot be heard either: the goods are here all the same."""
    begun = Floor().starts(HEM, is_in_touch=False)
    assert isinstance(begun, MayStart)
    assert (begun.pieces, begun.accepts, begun.unheard) == (20, (), (OVERLOCK,))


def test_nobody_is_the_customer_of_their_own_work() -> None:
    begun = Floor(done=[job(OVERLOCK)]).starts(HEM, LI)
    assert isinstance(begun, MayStart)
    assert begun.accepts == ()


def test_an_older_copy_of_a_ticket_is_void() -> None:
    problem = Floor().starts(OVERLOCK, copy=1)
    assert isinstance(problem, Problem)
    assert (problem.code, problem.parameters["live"]) == ("ticket_void", "2")


def test_who_has_learnt_it_may_do_it() -> None:
    assert isinstance(Floor(done=[job(OVERLOCK), job(HEM)]).starts(BUTTON, LI), MayStart)


@given(st.lists(st.integers(0, 5), min_size=6, max_size=6))
def test_never_is_more_begun_than_came_good(lost: list[int]) -> None:
    seconds, scrap, missing, *others = lost
    first = Tally(received=20, good=20 - sum(lost[:3]), seconds=seconds, scrap=scrap, missing=missing)
    second = Tally(received=first.good, good=first.good - sum(others), scrap=sum(others))
    before = Progress(bundle=BUNDLE, jobs=(job(OVERLOCK, tally=first),))
    assert before.left_for(HEM, ROUTE) == first.good
    both = replace(before, jobs=(*before.jobs, job(HEM, tally=second)))
    assert both.left_for(HEM, ROUTE) == 0
    assert both.left_for(BUTTON, ROUTE) == second.good
    assert both.live() == second.good


@pytest.mark.parametrize(
    ("told", "code"),
    [
        (Tally(good=18, scrap=2), None),
        (Tally(good=20), None),
        (Tally(good=21), "more_than_came"),
        (Tally(good=19), "not_all_told"),
        (Tally(good=21, scrap=-1), "count_below_zero"),
    ],
)
def test_a_finish_tells_of_every_piece_exactly_once(told: Tally, code: str | None) -> None:
    running = job(HEM, state=JobState.RUNNING, finished_at=None, tally=Tally(received=20))
    problem = finish(running, told, Floor())
    assert (problem.code if problem else None) == code
    again = finish(job(HEM), told, Floor())
    assert again
    assert (again.code, again.parameters["name"]) == ("finished_already", "李建国")
