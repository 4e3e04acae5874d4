"""What an event makes of a bundle's progress: one fold, with the same answer at the kiosk and at the hub. Pure.

No event is refused here, for all of them have happened: what cannot be is a `Clash` beside the fold, and what counts
stays true. A bundle's operation is claimed once (law L5), each piece is told of once (law L6).
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Literal, assert_never

from msgspec import Struct
from msgspec.structs import replace

from domain.bundle import Bundle, Tally
from domain.events.production import (
    BundlesRemade,
    HandoffJudged,
    JobCrewChanged,
    JobFinished,
    JobPaused,
    JobResumed,
    JobStarted,
    JobUndone,
    PanelsReplaced,
    TicketRenewed,
)
from domain.handoff import Verdict
from domain.job import Job, JobState, Share, evenly, shared
from domain.progress import Progress, Taken
from domain.route import OperationCode, Route

WorkEvent = (
    JobStarted
    | JobCrewChanged
    | JobPaused
    | JobResumed
    | JobFinished
    | JobUndone
    | HandoffJudged
    | TicketRenewed
    | BundlesRemade
    | PanelsReplaced
)
"""The events that make a bundle's progress; each concerns one bundle, `BundlesRemade` each of its parents."""

ClashCode = Literal[
    "claimed_twice",
    "ticket_void",
    "bundle_closed",
    "out_of_sequence",
    "own_handoff",
    "unknown_job",
    "not_at_work",
    "not_all_told",
    "undone_too_late",
    "closed_at_work",
    "more_than_came",
    "remade_pieces",
]


class Clash(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What contradicts what is known: an exception with an owner at the hub. `other`: the job that was there before."""

    code: ClashCode
    operation: OperationCode = OperationCode("")
    job: str = ""
    other: str = ""
    pieces: int = 0


class Told(Struct, frozen=True, kw_only=True):
    """Who told of an event, when and where."""

    event_id: str
    at: datetime
    operator: str
    station: str


class Folded(Struct, frozen=True, kw_only=True):
    """A bundle's progress after an event, and what of the event cannot be.

    `taken_back`: whose pieces of `taken_back_at` are theirs no longer, for a customer sent them back (law L8).
    """

    progress: Progress
    clashes: tuple[Clash, ...] = ()
    taken_back: tuple[Share, ...] = ()
    taken_back_at: OperationCode = OperationCode("")


def cut(bundle: Bundle) -> Progress:
    """Return the progress of a bundle just cut."""
    return Progress(bundle=bundle)


def after(progress: Progress, event: WorkEvent, told: Told, route: Route | None) -> Folded:
    """Return a bundle's progress after an event."""
    match event:
        case JobStarted():
            return _started(progress, event, told, route)
        case JobCrewChanged() | JobPaused() | JobResumed() | JobFinished() | JobUndone():
            return _worked(progress, event, told, route)
        case HandoffJudged():
            return _judged(progress, event, told, route)
        case TicketRenewed():
            copy = max(progress.bundle.copy, event.copy)
            return Folded(progress=replace(progress, bundle=replace(progress.bundle, copy=copy)))
        case PanelsReplaced():
            more = _more(progress.replaced, event.operation, event.pieces)
            return Folded(progress=replace(progress, replaced=more))
        case BundlesRemade():
            return _remade(progress, event)
        case _:
            assert_never(event)


def _started(progress: Progress, event: JobStarted, told: Told, route: Route | None) -> Folded:
    """Begin a job on the pieces that nobody else has; the claim of the others is a clash."""
    here = progress.at(event.operation)
    other = here[-1].name if here else ""
    counted = max(0, min(event.pieces, progress.left_for(event.operation, route)))
    clashes: list[Clash] = []
    if progress.became:
        counted, clashes = 0, [_clash("bundle_closed", event, event.pieces)]
    elif event.copy != progress.bundle.copy:
        counted, clashes = 0, [_clash("ticket_void", event, event.pieces)]
    elif counted < event.pieces:
        code: ClashCode = "claimed_twice" if other else "more_than_came"
        clashes = [replace(_clash(code, event, event.pieces - counted), other=other)]
    unmet = progress.lacks(event.operation, route) if route and counted else ()
    if unmet:
        clashes.append(_clash("out_of_sequence", event, counted))
    job = Job(
        name=event.job,
        bundle=event.bundle,
        operation=event.operation,
        state=JobState.RUNNING,
        people=event.people,
        started_at=told.at,
        started_by=told.event_id,
        station=told.station,
        claimed=event.pieces,
        tally=Tally(received=counted),
        unmet=unmet,
    )
    taken, own = _taken_over(progress, event, counted, told)
    clashes += [_clash("own_handoff", event, counted)] if own else []
    begun = replace(progress, jobs=(*progress.jobs, job), taken=(*progress.taken, *taken))
    return Folded(progress=begun, clashes=tuple(clashes))


def _taken_over(
    progress: Progress, event: JobStarted, counted: int, told: Told
) -> tuple[list[Taken], list[OperationCode]]:
    """Return the verdicts that a check-in is, and the operations whose own people they would be of."""
    taken: list[Taken] = []
    own: list[OperationCode] = []
    for before in event.accepts if counted else ():
        if set(event.people) <= set(progress.senders(before)):
            own.append(before)
            continue
        taken.append(
            Taken(
                before=before,
                operation=event.operation,
                job=event.job,
                verdict=Verdict.ACCEPT,
                pieces=counted,
                people=event.people,
                at=told.at,
            )
        )
    return taken, own


def _worked(
    progress: Progress,
    event: JobCrewChanged | JobPaused | JobResumed | JobFinished | JobUndone,
    told: Told,
    route: Route | None,
) -> Folded:
    job = progress.job(event.job)
    if job is None:
        return Folded(progress=progress, clashes=(_clash("unknown_job", event),))
    if isinstance(event, JobUndone):
        return _undone(progress, job, event, route)
    if not job.is_at_work:
        return Folded(progress=progress, clashes=(_clash("not_at_work", event),))
    match event:
        case JobCrewChanged():
            return _with(progress, replace(job, people=event.people))
        case JobPaused():
            return _with(progress, replace(job, state=JobState.PAUSED, reason=event.reason))
        case JobResumed():
            return _with(progress, replace(job, state=JobState.RUNNING, reason=""))
        case JobFinished():
            return _finished(progress, job, event, told, route)
        case _:
            assert_never(event)


def _finished(progress: Progress, job: Job, event: JobFinished, told: Told, route: Route | None) -> Folded:
    tally = _fitted(event.told, job.tally.received)
    named = [one for one in event.shares if one.pieces > 0]
    done = replace(
        job,
        state=JobState.FINISHED,
        tally=tally,
        shares=shared(tally.good, named or evenly(tally.good, job.people)),
        finished_at=told.at,
        reason="",
    )
    folded = _with(progress, done)
    settled = _settled(folded.progress, route) if tally.good < tally.received else folded
    clashes = settled.clashes
    if tally.in_hand:
        clashes = (_clash("not_all_told", event, tally.in_hand), *clashes)
    elif tally.good < min(event.told.good, job.claimed) and tally.received == job.claimed:
        clashes = (_clash("more_than_came", event, event.told.accounted - tally.received), *clashes)
    return Folded(progress=_met(settled.progress, route), clashes=clashes)


def _fitted(told: Tally, received: int) -> Tally:
    """Count no more than came.

    What is too much never came: it is taken from what was told missing, then from the good ones, for these would be
    paid.
    """
    counts = {name: max(0, getattr(told, name)) for name in ("missing", "good", "seconds", "scrap")}
    over = max(0, sum(counts.values()) - received)
    for name, count in counts.items():
        less = min(over, count)
        counts[name] = count - less
        over -= less
    return Tally(received=received, **counts)


def _settled(progress: Progress, route: Route | None) -> Folded:
    """Hear that fewer came than operations behind had begun on, being out of touch: they have the fewer (law L6).

    What is still too much was told of twice, for nobody can lose what is lost already: a piece missed on the way that
    its maker says is scrap, or one that two operations beside each other both call so.
    """
    clashes: list[Clash] = []
    for operation in [step.operation for step in route.steps] if route else []:
        over = -progress.left_for(operation, route)
        for job in reversed(progress.at(operation)):
            less = min(max(0, over), job.tally.received)
            if less:
                over -= less
                fewer = _with_fewer(job, job.tally.received - less)
                progress = _with(progress, fewer).progress
                if lost := job.tally.good - fewer.tally.good:
                    clashes.append(
                        Clash(code="more_than_came", operation=operation, job=job.name, pieces=lost)
                    )
        if route and over > 0:
            settled = _told_once(progress, route.all_before(operation), over)
            progress, clashes = settled.progress, [*clashes, *settled.clashes]
    return Folded(progress=progress, clashes=tuple(clashes))


def _told_once(progress: Progress, operations: Sequence[OperationCode], over: int) -> Folded:
    """Count `over` of what operations lost no longer: what was missed on the way, then what was told last."""
    clashes: list[Clash] = []
    for operation in operations:
        if found := min(over, progress.missed.get(operation, 0)):
            over -= found
            progress = replace(progress, missed=_more(progress.missed, operation, -found))
    jobs = [job for operation in operations for job in progress.at(operation) if job.tally.lost]
    for job in sorted(jobs, key=lambda job: job.finished_at or job.started_at, reverse=True):
        if found := min(over, job.tally.lost):
            over -= found
            progress = _with(progress, replace(job, tally=_found(job.tally, found))).progress
            clashes.append(Clash(code="more_than_came", operation=job.operation, job=job.name, pieces=found))
    return Folded(progress=progress, clashes=tuple(clashes))


def _found(tally: Tally, pieces: int) -> Tally:
    """Count so many of what was lost as not told of: what was told missing first, what was told scrap last."""
    counts = {name: getattr(tally, name) for name in ("missing", "seconds", "scrap")}
    for name, count in counts.items():
        counts[name] = count - min(pieces, count)
        pieces -= min(pieces, count)
    return replace(tally, **counts)


def _with_fewer(job: Job, received: int) -> Job:
    """Return a job on fewer pieces: those still in hand are the ones that never came, before any that was told of."""
    tally = _fitted(job.tally, received)
    return replace(job, tally=tally, shares=shared(tally.good, job.shares))


def _undone(progress: Progress, job: Job, event: JobUndone, route: Route | None) -> Folded:
    """Take a check-in or a finish back, unless somebody built on it: took the goods over, sent them back, cut anew."""
    own = job.operation
    later = [one for one in (route.all_after(own) if route else ()) if progress.at(one)]
    others = [one.tally for one in progress.at(own) if one.name != job.name]
    done = progress.had_behind(own) + sum(one.received - one.in_hand for one in others)
    counts = (progress.returned, progress.missed, progress.replaced)
    built_on = sum(count.get(own, 0) for count in counts) > done
    if progress.became or later or built_on or job.state is JobState.WITHDRAWN:
        return Folded(progress=progress, clashes=(_clash("undone_too_late", event),))
    if event.act == "finish":
        tally = Tally(received=job.tally.received)
        open_again = replace(job, state=JobState.RUNNING, tally=tally, shares=(), finished_at=None)
        return _with(progress, open_again)
    return Folded(progress=_withdrawn(progress, job))


def _withdrawn(progress: Progress, job: Job) -> Progress:
    gone = replace(job, state=JobState.WITHDRAWN, tally=Tally(), shares=())
    taken = tuple(one for one in progress.taken if one.job != job.name)
    return replace(_with(progress, gone).progress, taken=taken)


def _judged(progress: Progress, event: HandoffJudged, told: Told, route: Route | None) -> Folded:
    handoff = event.handoff
    people = event.people or (told.operator,)
    job = progress.job(event.job) if event.job else None
    if problem := _why_no_verdict(progress, event, people, job):
        return Folded(progress=progress, clashes=(_clash(problem, event),))
    # What the hub knows to have come, whatever the one who judged had heard: nothing is missed or sent back twice.
    known = job.tally.received if job else progress.waiting(handoff.before, handoff.operation, route)
    came = max(0, min(handoff.received, known))
    accepted = max(0, min(handoff.accepted, came))
    taken = Taken(
        before=handoff.before,
        operation=handoff.operation,
        job=event.job,
        verdict=handoff.verdict,
        pieces=accepted,
        people=people,
        at=told.at,
        rating=handoff.rating,
    )
    judged = progress
    if handoff.short > 0 and known > came:
        judged = replace(judged, missed=_more(judged.missed, handoff.before, known - came))
    if job and handoff.verdict in (Verdict.REJECT, Verdict.PART):
        judged = _withdrawn(judged, job)
    elif job:
        judged = _with(judged, _with_fewer(job, accepted)).progress
    others = (
        one
        for one in judged.taken
        if (one.before, one.operation, one.job) != (taken.before, taken.operation, taken.job)
    )
    folded = _settled(replace(judged, taken=(*others, taken)), route)
    if handoff.verdict is not Verdict.REJECT:
        return folded
    twice = (_clash("claimed_twice", event, handoff.received - came),) if came < handoff.received else ()
    return replace(sent_back(folded.progress, handoff.before, came), clashes=(*twice, *folded.clashes))


def _why_no_verdict(
    progress: Progress, event: HandoffJudged, people: Sequence[str], job: Job | None
) -> ClashCode | None:
    if progress.became:
        return "bundle_closed"
    if set(people) <= set(progress.senders(event.handoff.before)) and not event.handoff.is_silent:
        return "own_handoff"
    if event.job and job is None:
        return "unknown_job"
    return "not_at_work" if job and not job.is_at_work else None


def sent_back(progress: Progress, operation: OperationCode, pieces: int) -> Folded:
    """Send pieces back to an operation: they are to be done there again, and are nobody's until then."""
    theirs = shared(pieces, progress.whose(operation))
    returned = _more(progress.returned, operation, pieces)
    back = {**progress.back, operation: (*progress.back.get(operation, ()), *theirs)}
    gone = replace(progress, returned=returned, back=back)
    return Folded(progress=gone, taken_back=theirs, taken_back_at=operation)


def _remade(progress: Progress, event: BundlesRemade) -> Folded:
    """Close a parent. Whoever is still at work on it is so no longer: the pieces are the new bundles'."""
    if progress.became:
        return Folded(progress=progress, clashes=(_clash("bundle_closed", event),))
    at_work = [one for one in progress.jobs if one.is_at_work]
    closed = progress
    for job in at_work:
        closed = _withdrawn(closed, job)
    clashes = (_clash("closed_at_work", event),) if at_work else ()
    became = tuple(one.serial for one in event.bundles)
    return Folded(progress=replace(closed, became=became), clashes=clashes)


def _with(progress: Progress, job: Job) -> Folded:
    jobs = tuple(job if one.name == job.name else one for one in progress.jobs)
    return Folded(progress=replace(progress, jobs=jobs))


def _met(progress: Progress, route: Route | None) -> Progress:
    """Take off what jobs were waiting to hear of, now that it is finished."""
    if route is None or not any(one.unmet for one in progress.jobs):
        return progress
    jobs = tuple(
        replace(one, unmet=tuple(code for code in one.unmet if not progress.has_passed(code, route)))
        for one in progress.jobs
    )
    return replace(progress, jobs=jobs)


def _more(
    counts: Mapping[OperationCode, int], operation: OperationCode, pieces: int
) -> dict[OperationCode, int]:
    return {**counts, operation: counts.get(operation, 0) + pieces}


def _clash(code: ClashCode, event: WorkEvent, pieces: int = 0) -> Clash:
    match event:
        case HandoffJudged():
            return Clash(code=code, operation=event.handoff.operation, job=event.job, pieces=pieces)
        case TicketRenewed():
            return Clash(code=code)
        case BundlesRemade() | PanelsReplaced():
            return Clash(code=code, operation=event.operation, pieces=pieces)
        case _:
            return Clash(code=code, operation=event.operation, job=event.job, pieces=pieces)
