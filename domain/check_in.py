"""Check-in at a station: badge, then bundle. Whether work may begin, and what finishing it must account for. Pure.

Every refusal names its rule and, where somebody was there before, who and when.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from domain.bundle import Bundle, BundleSerial, Tally
from domain.inspection import spoken_reason
from domain.job import Job
from domain.problem import Problem, refusal
from domain.progress import Progress
from domain.route import OperationCode, Route
from domain.shop import Shop
from domain.staff import Person
from domain.work_order import STOPPED


@dataclass(frozen=True, slots=True, kw_only=True)
class At:
    """Where and by whom: the operation a station does, who is signed on, the time, and the plant's time zone.

    `is_in_touch`: the hub was heard of lately, so what it did not tell has not happened.
    """

    operation: OperationCode
    person: Person
    now: datetime
    zone: tzinfo
    is_in_touch: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class MayStart:
    """Work may begin: on so many pieces, which the operations `accepts` hand over with this very check-in.

    `unheard`: operations that ought to be finished and are not known to be, while the hub is out of touch.
    """

    bundle: Bundle
    pieces: int
    accepts: tuple[OperationCode, ...]
    unheard: tuple[OperationCode, ...] = ()


def start(serial: BundleSerial, copy: int, at: At, shop: Shop) -> MayStart | Problem:
    """Say whether somebody may begin on the bundle whose ticket was scanned; `copy` is the ticket's number."""
    progress = shop.progress(serial)
    if progress is None:
        return refusal("unknown_bundle", bundle=serial)
    bundle = progress.bundle
    if problem := why_void(progress, copy) or _stands_still(bundle, at, shop):
        return problem
    route = route_of(bundle, shop)
    if route is None:
        return refusal("no_route", bundle=serial, order=bundle.order)
    if problem := _not_here(bundle, route, at) or _not_qualified(at, shop):
        return problem
    if problem := _taken_already(progress, route, at, shop):
        return problem
    lacking = progress.lacks(at.operation, route)
    if lacking and at.is_in_touch:
        return _out_of_sequence(bundle, lacking, at, shop)
    return MayStart(
        bundle=bundle,
        pieces=progress.left_for(at.operation, route),
        accepts=_hands_over(progress, route, at),
        unheard=lacking,
    )


def route_of(bundle: Bundle, shop: Shop) -> Route | None:
    """Return the way a bundle goes: the route its order began with."""
    order = shop.order(bundle.order)
    return shop.route(order.route, order.route_version) if order else None


def finish(job: Job, told: Tally, shop: Shop) -> Problem | None:
    """Say what is wrong with how a job's pieces are accounted for; None where each is told of exactly once."""
    if not job.is_at_work:
        when = f"{job.finished_at or job.started_at:%m-%d %H:%M}"
        return refusal("finished_already", bundle=job.bundle, name=_names(job, shop), time=when)
    if min(told.good, told.seconds, told.scrap, told.missing) < 0:
        return refusal("count_below_zero", bundle=job.bundle)
    if told.accounted > job.tally.received:
        return refusal("more_than_came", bundle=job.bundle, told=told.accounted, received=job.tally.received)
    if told.accounted < job.tally.received:
        return refusal("not_all_told", bundle=job.bundle, told=told.accounted, received=job.tally.received)
    return None


def _hands_over(progress: Progress, route: Route, at: At) -> tuple[OperationCode, ...]:
    """Return whose customer this check-in is; nobody accepts his own work, however often he scans it."""
    return tuple(
        before
        for before in route.by_operation[at.operation].after
        if progress.has_passed(before, route) and at.person.number not in progress.senders(before)
    )


def why_void(progress: Progress, copy: int) -> Problem | None:
    """A ticket that was printed anew is void, and so is that of a bundle that was split or joined."""
    bundle = progress.bundle
    if progress.became:
        return refusal("bundle_closed", bundle=bundle.serial, became=", ".join(progress.became))
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
            name=_name(hold.person, shop),
            time=f"{hold.since.astimezone(at.zone):%m-%d %H:%M}",
            reason=spoken_reason(hold.reason),
        )
    return None


def _not_here(bundle: Bundle, route: Route, at: At) -> Problem | None:
    step = route.by_operation.get(at.operation)
    if step is None or not route.takes_part(at.operation, bundle.component):
        return refusal("not_on_route", bundle=bundle.serial, operation=at.operation)
    if step.is_join and bundle.component != step.comes_out:
        return refusal("join_first", bundle=bundle.serial, components=", ".join(step.takes))
    return None


def _out_of_sequence(bundle: Bundle, lacking: Sequence[OperationCode], at: At, shop: Shop) -> Problem:
    known = [(code, shop.operation(code)) for code in lacking]
    names = [operation.names.of(at.person.language) if operation else code for code, operation in known]
    return refusal("out_of_sequence", bundle=bundle.serial, operations=", ".join(names))


def _not_qualified(at: At, shop: Shop) -> Problem | None:
    operation = shop.operation(at.operation)
    if operation and operation.qualification and operation.qualification not in at.person.qualifications:
        name = at.person.names.of(at.person.language)
        return refusal("not_qualified", name=name, qualification=operation.qualification)
    return None


def _taken_already(progress: Progress, route: Route, at: At, shop: Shop) -> Problem | None:
    if progress.left_for(at.operation, route) > 0:
        return None
    serial = progress.bundle.serial
    here = progress.at(at.operation)
    if not here:
        behind = progress.senders(at.operation)
        if not behind:
            return refusal("nothing_left", bundle=serial)
        return refusal("done_before_split", bundle=serial, name=", ".join(_name(one, shop) for one in behind))
    last = here[-1]
    code = "begun_already" if last.is_at_work else "done_already"
    when = last.finished_at or last.started_at
    return refusal(
        code, bundle=serial, name=_names(last, shop), time=f"{when.astimezone(at.zone):%m-%d %H:%M}"
    )


def _names(job: Job, shop: Shop) -> str:
    return ", ".join(_name(number, shop) for number in job.people)


def _name(number: str, shop: Shop) -> str:
    person = shop.person(number)
    return person.names.of(person.language) if person else number
