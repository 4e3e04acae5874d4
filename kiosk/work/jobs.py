"""Jobs at a station: badge, ticket, work; the same ticket, the DONE card or a touch ends it. Pure."""

from collections.abc import Sequence
from datetime import timedelta

from msgspec.structs import replace

from domain import check_in
from domain.bundle import BundleSerial, Tally
from domain.check_in import MayStart, route_of
from domain.document import Happened
from domain.event import Event
from domain.events.production import JobFinished, JobPaused, JobResumed, JobStarted, JobUndone, WorkResumed
from domain.handoff import Defect
from domain.job import Job, JobState, Share, evenly, shared
from domain.problem import Problem, refusal
from domain.progress_fold import Told, after
from domain.staff import Person
from kiosk.activity import Desk, Scanned, Turn
from kiosk.answers import answered, refused
from kiosk.parts import Words
from kiosk.screen import Tone
from kiosk.state import State
from kiosk.work.operations import at_desk, clock, operation_here, operation_name, people_names
from kiosk.work.state import Draft

JOBS_HERE_MAX = 12
"""Jobs at work at one station that are listed."""
AGAIN = timedelta(seconds=5)
"""The same ticket within this time is no finish: somebody pulled the trigger twice."""


def operator_of(desk: Desk) -> Person:
    """Return who is signed on; an activity is only asked while somebody is."""
    if desk.operator is None:
        message = "nobody is signed on"
        raise LookupError(message)
    return desk.operator


def job_in_hand(state: State, desk: Desk) -> Job | None:
    """Return the job on the screen: the one chosen, unless somebody else chose it and the operator has their own."""
    work, jobs = state.work, desk.floor.jobs_here(JOBS_HERE_MAX)
    chosen = next((one for one in jobs if one.name == work.job), None)
    if chosen and state.operator in (*chosen.people, work.chosen_by):
        return chosen
    return next((one for one in jobs if state.operator in one.people), chosen)


def choose(state: State, job: str) -> State:
    """Put a job on the screen, whosever it is."""
    return replace(state, work=replace(state.work, job=job, chosen_by=state.operator))


def scan_ticket(state: State, serial: BundleSerial, copy: int, scan: Scanned | None, desk: Desk) -> Turn:
    """Take a ticket: begin on its bundle; or, where that is begun here, go on or finish."""
    operation, operator = operation_here(state, desk), operator_of(desk)
    if not operation:
        return refused(state, (refusal("operation_first"),), scan)
    progress = desk.floor.progress(serial)
    at_work = [one for one in progress.at(operation) if one.is_at_work] if progress else []
    own = next((one for one in at_work if operator.number in one.people), None)
    if own and progress and not progress.became and copy == progress.bundle.copy:
        return _again(state, own, scan, desk)
    match check_in.start(serial, copy, at_desk(operation, operator, desk), desk.floor):
        case MayStart() as may:
            return begin(state, may, copy, scan, desk)
        case Problem(code="join_first") as problem:
            return _ask_others(state, serial, copy, problem, scan)
        case problem:
            return refused(choose(state, at_work[-1].name) if at_work else state, (problem,), scan)


def _ask_others(
    state: State, serial: BundleSerial, copy: int, problem: Problem, scan: Scanned | None
) -> Turn:
    """Take a component in hand and ask for those it is joined with."""
    work = replace(state.work, draft=Draft(bundle=serial, copy=copy))
    words = Words(key="said.join_others", parameters={"components": problem.parameters.get("components", "")})
    asking = replace(state, at="remake", work=work)
    return Turn(state=answered(asking, Tone.LOOK, words, scan))


def _again(state: State, job: Job, scan: Scanned | None, desk: Desk) -> Turn:
    chosen = choose(state, job.name)
    if job.state is JobState.PAUSED:
        return resume(chosen, job, desk, scan)
    if timedelta(0) <= desk.now - job.started_at < AGAIN:
        words = Words(key="said.job_is_on", parameters={"bundle": job.bundle})
        return Turn(state=answered(chosen, Tone.LOOK, words, scan))
    return finish(chosen, job, Tally(good=job.tally.received), desk, scan)


def begin(state: State, may: MayStart, copy: int, scan: Scanned | None, desk: Desk) -> Turn:
    """Check in: work begins, and with it the goods are taken over."""
    begun, event = begun_job(state, may, copy, desk)
    bundle = may.bundle
    words = Words(
        key="said.job_started",
        parameters={
            "bundle": bundle.serial,
            "pieces": str(may.pieces),
            "style": bundle.style,
            "colour": bundle.colour,
            "size": bundle.size,
        },
    )
    said = answered(begun, Tone.STORED, words, scan, way_out=_taken_from(may, desk))
    return Turn(state=said, events=(*resumed(state), Happened(event=event)))


def begun_job(state: State, may: MayStart, copy: int, desk: Desk) -> tuple[State, JobStarted]:
    """Return the state with a new job in hand, and its check-in."""
    numbers, name = state.numbers.next_name("job", desk.station, desk.epoch)
    event = JobStarted(
        job=name,
        bundle=may.bundle.serial,
        operation=operation_here(state, desk),
        copy=copy,
        pieces=may.pieces,
        people=(operator_of(desk).number,),
        accepts=may.accepts,
        unheard=may.unheard,
    )
    work = replace(state.work, job=name, stoppage=None, draft=Draft())
    return replace(state, at="station", numbers=numbers, work=work, overlay=None), event


def resumed(state: State) -> tuple[Happened, ...]:
    """Return that a station which stood still works again, where it did."""
    stoppage = state.work.stoppage
    return (Happened(event=WorkResumed(stoppage=stoppage.name)),) if stoppage else ()


def _taken_from(may: MayStart, desk: Desk) -> Words | None:
    """Say whose goods were taken over, or that an earlier finish was not heard of."""
    if may.unheard:
        names = ", ".join(operation_name(one, desk) for one in may.unheard)
        return Words(key="said.unheard", parameters={"operations": names})
    progress = desk.floor.progress(may.bundle.serial)
    if progress is None or not may.accepts:
        return None
    told = (
        f"{operation_name(one, desk)} ({people_names(progress.senders(one), desk)})" for one in may.accepts
    )
    return Words(key="said.taken_over", parameters={"from": ", ".join(told)})


def not_on(job: Job, desk: Desk) -> Problem | None:
    """Refuse whoever is not on a job, and say who is."""
    if operator_of(desk).number in job.people:
        return None
    return refusal("not_on_job", bundle=job.bundle, name=people_names(job.people, desk), time=clock(job))


def finish(
    state: State,
    job: Job,
    told: Tally,
    desk: Desk,
    scan: Scanned | None = None,
    *,
    defects: tuple[Defect, ...] = (),
) -> Turn:
    """Finish a job: each of its pieces is told of once."""
    if problem := not_on(job, desk) or check_in.finish(job, told, desk.floor):
        return refused(state, (problem,), scan)
    left = state.work.done.get(job.name, ())
    shares = _shares(told.good, left, job.people)
    lists = desk.floor.requirements_after(job.operation)
    event = JobFinished(
        job=job.name,
        bundle=job.bundle,
        operation=job.operation,
        told=told,
        shares=shares if left else (),
        defects=defects,
        requirements_version=lists[0].version if len(lists) == 1 else 0,
    )
    own = (one for one in desk.floor.jobs_here(JOBS_HERE_MAX) if operator_of(desk).number in one.people)
    others = [one.name for one in own if one.name != job.name]
    done = {name: kept for name, kept in state.work.done.items() if name != job.name}
    work = state.work.counted(shares, job.operation, told, desk.day)
    work = replace(work, job=others[0] if others else "", done=done, draft=Draft())
    words = Words(key=_finished_key(told), parameters=_counts(job, told))
    shown = replace(state, at="station", work=work, overlay=None)
    said = answered(shown, Tone.STORED, words, scan, way_out=_goes_to(job, desk))
    return Turn(state=said, events=(Happened(event=event),))


def _shares(good: int, left: Sequence[Share], people: Sequence[str]) -> tuple[Share, ...]:
    """Return whose the good pieces are: those of people who left, as they told; the rest evenly."""
    before = sum(one.pieces for one in left)
    if before > good:
        return shared(good, left)
    counts: dict[str, int] = {}
    for share in (*left, *evenly(good - before, people)):
        counts[share.person] = counts.get(share.person, 0) + share.pieces
    return tuple(Share(person=person, pieces=pieces) for person, pieces in counts.items() if pieces)


def _finished_key(told: Tally) -> str:
    return "said.job_finished" if told.accounted == told.good else "said.job_finished_less"


def _counts(job: Job, told: Tally) -> dict[str, str]:
    known = {"bundle": job.bundle, "good": str(told.good)}
    if told.accounted == told.good:
        return known
    return {**known, "seconds": str(told.seconds), "scrap": str(told.scrap), "missing": str(told.missing)}


def _goes_to(job: Job, desk: Desk) -> Words | None:
    progress = desk.floor.progress(job.bundle)
    route = route_of(progress.bundle, desk.floor) if progress else None
    following = route.next_of(job.operation) if route else ()
    if not following:
        return None
    names = ", ".join(operation_name(one.operation, desk) for one in following)
    return Words(key="said.goes_to", parameters={"operations": names})


def pause(state: State, job: Job, reason: str, desk: Desk) -> Turn:
    """Let a job stand still, and say why."""
    event = JobPaused(job=job.name, bundle=job.bundle, operation=job.operation, reason=reason)
    return _noted(state, job, event, "said.job_paused", desk)


def resume(state: State, job: Job, desk: Desk, scan: Scanned | None = None) -> Turn:
    """Go on with a job."""
    event = JobResumed(job=job.name, bundle=job.bundle, operation=job.operation)
    return _noted(state, job, event, "said.job_resumed", desk, scan=scan)


def _noted(
    state: State, job: Job, event: Event, key: str, desk: Desk, *, scan: Scanned | None = None
) -> Turn:
    if problem := not_on(job, desk):
        return refused(replace(state, overlay=None), (problem,), scan)
    words = Words(key=key, parameters={"bundle": job.bundle})
    said = answered(replace(state, overlay=None), Tone.STORED, words, scan)
    return Turn(state=said, events=(Happened(event=event),))


def undo(state: State, desk: Desk, scan: Scanned | None = None) -> Turn:
    """Take back what was done last at this station: a finish, or a check-in."""
    act = desk.floor.last_act()
    progress = desk.floor.progress(act.bundle) if act else None
    job = progress.job(act.job) if act and progress else None
    if act is None or progress is None or job is None:
        return refused(state, (refusal("nothing_to_undo"),), scan)
    if problem := not_on(job, desk):
        return refused(state, (problem,), scan)
    event = JobUndone(job=job.name, bundle=job.bundle, operation=job.operation, act=act.act)
    told = Told(event_id="", at=desk.now, operator=state.operator, station=desk.station.place)
    if after(progress, event, told, route_of(progress.bundle, desk.floor)).clashes:
        return refused(state, (refusal("undo_too_late", bundle=job.bundle),), scan)
    work = state.work
    if act.act == "finish":
        work = replace(work.counted(job.shares, job.operation, job.tally, desk.day, -1), job=job.name)
    words = Words(key=f"said.{act.act}_undone", parameters={"bundle": job.bundle})
    said = answered(replace(state, work=work, overlay=None), Tone.STORED, words, scan)
    return Turn(state=said, events=(Happened(event=event, corrects=act.event_id),))
