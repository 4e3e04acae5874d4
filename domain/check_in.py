"""Check-in at a station: badge, then bundle. Whether work may begin, and what finishing it must account for. Pure.

Every refusal names its rule and, where somebody was there before, who and when.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from domain.bundle import Bundle, Tally
from domain.job import Job, JobState
from domain.problem import Problem, refusal
from domain.route import OperationCode, Route
from domain.shop import Shop
from domain.staff import Person
from domain.work_order import STOPPED


@dataclass(frozen=True, slots=True, kw_only=True)
class At:
    """Where and by whom: the operation a station does, who is signed on, the time, and the plant's time zone."""

    operation: OperationCode
    person: Person
    now: datetime
    zone: tzinfo


@dataclass(frozen=True, slots=True, kw_only=True)
class MayStart:
    """Work may begin: on so many pieces, which the operations `before` hand over with this very check-in."""

    bundle: Bundle
    pieces: int
    before: tuple[OperationCode, ...]


def start(bundle: Bundle, copy: int, at: At, shop: Shop) -> MayStart | Problem:
    """Say whether somebody may begin on a bundle whose ticket was scanned; `copy` is the ticket's number."""
    if problem := _is_void(bundle, copy, shop) or _stands_still(bundle, at, shop):
        return problem
    order = shop.order(bundle.order)
    route = shop.route(order.route, order.route_version) if order else None
    if order is None or route is None:
        return refusal("no_route", bundle=bundle.serial, order=bundle.order)
    if not route.takes_part(at.operation, bundle.component):
        return refusal("not_on_route", bundle=bundle.serial, operation=f"operation.{at.operation}")
    jobs = shop.jobs(bundle.serial)
    if problem := _not_yet(bundle, route, jobs, at) or _not_qualified(at, shop):
        return problem
    left = left_for(bundle, at.operation, route, jobs)
    if left <= 0:
        return _done_already(bundle, at, jobs, shop)
    before = tuple(
        step for step in route.by_operation[at.operation].after if any(job.operation == step for job in jobs)
    )
    return MayStart(bundle=bundle, pieces=left, before=before)


def left_for(bundle: Bundle, operation: OperationCode, route: Route, jobs: Sequence[Job]) -> int:
    """Return how many pieces of a bundle are still to be begun at an operation: those that came good, less those taken.

    What was second choice, scrap or missing before does not come any more (law L6).
    """
    lost = sum(
        job.tally.seconds + job.tally.scrap + job.tally.missing
        for job in jobs
        if job.operation in _all_before(route, operation)
    )
    claimed = sum(job.tally.received for job in jobs if job.operation == operation)
    return bundle.pieces - lost - claimed


def finish(job: Job, told: Tally, shop: Shop) -> Problem | None:
    """Say what is wrong with how a job's pieces are accounted for; None where each is told of exactly once."""
    if job.state is JobState.FINISHED:
        when = f"{job.finished_at or job.started_at:%m-%d %H:%M}"
        return refusal("finished_already", bundle=job.bundle, name=_names(job, shop), time=when)
    if min(told.good, told.seconds, told.scrap, told.missing) < 0:
        return refusal("count_below_zero", bundle=job.bundle)
    if told.accounted > job.tally.received:
        return refusal("more_than_came", bundle=job.bundle, told=told.accounted, received=job.tally.received)
    if told.accounted < job.tally.received:
        return refusal("not_all_told", bundle=job.bundle, told=told.accounted, received=job.tally.received)
    return None


def _all_before(route: Route, operation: OperationCode) -> frozenset[OperationCode]:
    found: set[OperationCode] = set()
    waiting = list(route.by_operation[operation].after)
    while waiting:
        one = waiting.pop()
        if one not in found:
            found.add(one)
            waiting += route.by_operation[one].after
    return frozenset(found)


def _is_void(bundle: Bundle, copy: int, shop: Shop) -> Problem | None:
    """A ticket that was printed anew is void, and so is that of a bundle that was split or joined."""
    if became := shop.became(bundle.serial):
        return refusal("bundle_closed", bundle=bundle.serial, became=", ".join(became))
    if copy != bundle.copy:
        return refusal("ticket_void", bundle=bundle.serial, copy=copy, live=bundle.copy)
    return None


def _stands_still(bundle: Bundle, at: At, shop: Shop) -> Problem | None:
    order = shop.order(bundle.order)
    if order and order.state in STOPPED:
        return refusal("order_stopped", order=order.number, state=f"order_state.{order.state}")
    if f"{at.now.astimezone(at.zone):%Y-%m}" <= shop.locked_period():
        return refusal("work_period_locked", period=shop.locked_period())
    if hold := shop.hold(bundle, at.operation):
        return refusal(
            "on_hold",
            bundle=bundle.serial,
            name=hold.person,
            time=f"{hold.since:%m-%d %H:%M}",
            reason=hold.reason,
        )
    return None


def _not_yet(bundle: Bundle, route: Route, jobs: Sequence[Job], at: At) -> Problem | None:
    finished = {job.operation for job in jobs if job.state is JobState.FINISHED}
    if lacking := route.lacks(at.operation, bundle.component, finished):
        return refusal(
            "out_of_sequence",
            bundle=bundle.serial,
            operations=", ".join(f"operation.{one}" for one in lacking),
        )
    return None


def _not_qualified(at: At, shop: Shop) -> Problem | None:
    operation = shop.operation(at.operation)
    if operation and operation.qualification and operation.qualification not in at.person.qualifications:
        return refusal("not_qualified", name=at.person.number, qualification=operation.qualification)
    return None


def _done_already(bundle: Bundle, at: At, jobs: Sequence[Job], shop: Shop) -> Problem:
    last = [job for job in jobs if job.operation == at.operation][-1]
    code = "done_already" if last.state is JobState.FINISHED else "begun_already"
    when = last.finished_at or last.started_at
    return refusal(
        code, bundle=bundle.serial, name=_names(last, shop), time=f"{when.astimezone(at.zone):%m-%d %H:%M}"
    )


def _names(job: Job, shop: Shop) -> str:
    people = (shop.person(number) for number in job.people)
    return ", ".join(one.number if one else "?" for one in people)
