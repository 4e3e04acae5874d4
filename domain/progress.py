"""How far a bundle is: the fold of what happened to it, with the same answer at the kiosk and at the hub. Pure.

No event is refused here, for all of them have happened: what cannot be is a `Clash` beside the fold, and what counts
stays true. A bundle's operation is claimed once (law L5), each piece is told of once (law L6).
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Literal, assert_never

from msgspec import Struct, field
from msgspec.structs import replace

from domain.bundle import Bundle, BundleSerial, Tally
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
from domain.handoff import Rating, Verdict
from domain.job import Job, JobState, Share, evenly, shared
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


class Behind(Struct, frozen=True, kw_only=True):
    """An operation that a bundle's pieces had all gone through when it was made from others, and whose work it was."""

    operation: OperationCode
    shares: tuple[Share, ...]


class Taken(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A verdict: what `operation` took over from `before`. `people` answer for having let it through."""

    before: OperationCode
    operation: OperationCode
    job: str
    verdict: Verdict
    pieces: int
    people: tuple[str, ...]
    at: datetime
    rating: Rating | None = None


class Progress(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Everything that counts of one bundle.

    `behind`: what its parents had gone through. `returned`: pieces sent back to an operation; `missed`: pieces an
    operation declared that did not reach the next one; `replaced`: pieces cut anew for it. `became`: it is closed, and
    these live instead.
    """

    bundle: Bundle
    jobs: tuple[Job, ...] = ()
    behind: tuple[Behind, ...] = ()
    taken: tuple[Taken, ...] = ()
    returned: Mapping[OperationCode, int] = field(default_factory=dict[OperationCode, int])
    missed: Mapping[OperationCode, int] = field(default_factory=dict[OperationCode, int])
    replaced: Mapping[OperationCode, int] = field(default_factory=dict[OperationCode, int])
    became: tuple[BundleSerial, ...] = ()

    def job(self, name: str) -> Job | None:
        """Return a job by its name."""
        return next((one for one in self.jobs if one.name == name), None)

    def at(self, operation: OperationCode) -> Sequence[Job]:
        """Return the jobs at an operation that were not withdrawn, the oldest first."""
        return [
            one for one in self.jobs if one.operation == operation and one.state is not JobState.WITHDRAWN
        ]

    def is_behind(self, operation: OperationCode) -> bool:
        """Tell whether its parents had gone through an operation."""
        return any(one.operation == operation for one in self.behind)

    def senders(self, operation: OperationCode) -> tuple[str, ...]:
        """Return everybody who worked on it at an operation, here or on its parents."""
        inherited = (
            share.person for one in self.behind if one.operation == operation for share in one.shares
        )
        own = (person for job in self.at(operation) for person in job.people)
        return tuple(dict.fromkeys((*inherited, *own)))

    def lost(self, operation: OperationCode) -> int:
        """Return how many pieces an operation made seconds or scrap, or lost on the way to the next one."""
        told = sum(one.tally.seconds + one.tally.scrap + one.tally.missing for one in self.at(operation))
        return told + self.missed.get(operation, 0) - self.replaced.get(operation, 0)

    def live(self) -> int:
        """Return how many of its pieces are still good, or not told of yet."""
        told = {one.operation for one in self.jobs} | set(self.missed)
        return self.bundle.pieces - sum(self.lost(one) for one in told)

    def left_for(self, operation: OperationCode, route: Route | None) -> int:
        """Return how many pieces are still to be begun at an operation: those that come, less those taken up.

        What was second choice, scrap or missing before does not come any more (law L6).
        """
        before = route.all_before(operation) if route else ()
        claimed = sum(one.tally.received for one in self.at(operation))
        if self.is_behind(operation):
            claimed += self.bundle.pieces
        again = self.returned.get(operation, 0) + self.replaced.get(operation, 0)
        return self.bundle.pieces - sum(self.lost(one) for one in before) - claimed + again

    def has_passed(self, operation: OperationCode, route: Route | None) -> bool:
        """Tell whether every piece that came to an operation was finished there."""
        jobs = self.at(operation)
        if not (jobs or self.is_behind(operation)) or any(
            one.is_at_work and one.tally.received for one in jobs
        ):
            return False
        return self.left_for(operation, route) <= 0

    def lacks(self, operation: OperationCode, route: Route) -> tuple[OperationCode, ...]:
        """Return what it has still to go through before it may come to an operation, in the route's order."""
        step = route.by_operation.get(operation)
        passed = [one for one in (step.after if step else ()) if self.has_passed(one, route)]
        return route.lacks(operation, self.bundle.component, passed)

    def awaits(self, route: Route) -> tuple[OperationCode, ...]:
        """Return the operations it may come to now, in the route's order; none for a bundle that is closed."""
        if self.became:
            return ()
        return tuple(
            step.operation
            for step in route.steps
            if route.takes_part(step.operation, self.bundle.component)
            and self.left_for(step.operation, route) > 0
            and not self.lacks(step.operation, route)
        )

    def whose(self, operation: OperationCode) -> tuple[Share, ...]:
        """Return whose the good pieces of an operation are, in the order people came; parents' pieces first."""
        inherited = [share for one in self.behind if one.operation == operation for share in one.shares]
        own = [share for job in self.at(operation) for share in job.shares]
        people = dict.fromkeys(share.person for share in (*inherited, *own))
        return tuple(
            Share(person=person, pieces=sum(one.pieces for one in (*inherited, *own) if one.person == person))
            for person in people
        )


class Folded(Struct, frozen=True, kw_only=True):
    """A bundle's progress after an event, and what of the event cannot be."""

    progress: Progress
    clashes: tuple[Clash, ...] = ()


def born(bundle: Bundle, parents: Sequence[Progress] = (), route: Route | None = None) -> Progress:
    """Return the progress of a bundle just cut, or just made from others.

    It has behind it what each of its parents has that goes through that operation at all.
    """
    seen = dict.fromkeys(one.operation for parent in parents for one in (*parent.behind, *parent.jobs))
    behind: list[Behind] = []
    for operation in seen:
        concerned = [
            one for one in parents if route is None or route.takes_part(operation, one.bundle.component)
        ]
        if concerned and all(one.has_passed(operation, route) for one in concerned):
            shares = tuple(share for one in concerned for share in one.whose(operation))
            behind.append(Behind(operation=operation, shares=shared(bundle.pieces, shares)))
    returned = {bundle.sent_back_to: bundle.pieces} if bundle.sent_back_to else {}
    return Progress(bundle=bundle, behind=tuple(behind), returned=returned)


def after(progress: Progress, event: WorkEvent, told: Told, route: Route | None) -> Folded:
    """Return a bundle's progress after an event."""
    match event:
        case JobStarted():
            return _started(progress, event, told, route)
        case JobCrewChanged() | JobPaused() | JobResumed() | JobFinished() | JobUndone():
            return _worked(progress, event, told, route)
        case HandoffJudged():
            return _judged(progress, event, told)
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
        clashes = [replace(_clash("claimed_twice", event, event.pieces - counted), other=other)]
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
    shares = event.shares or evenly(event.told.good, job.people)
    done = replace(
        job,
        state=JobState.FINISHED,
        tally=tally,
        shares=shared(tally.good, shares),
        finished_at=told.at,
        reason="",
    )
    folded = _with(progress, done)
    met = _met(folded.progress, route)
    if tally.in_hand:
        return Folded(progress=met, clashes=(_clash("not_all_told", event, tally.in_hand),))
    return Folded(progress=met)


def _fitted(told: Tally, received: int) -> Tally:
    """Count no more than came: what is too much is taken from the good ones first, for these would be paid."""
    over = max(0, told.accounted - received)
    counts: dict[str, int] = {}
    for name in ("good", "seconds", "scrap", "missing"):
        count: int = getattr(told, name)
        less = min(over, count)
        counts[name] = count - less
        over -= less
    return Tally(received=received, **counts)


def _undone(progress: Progress, job: Job, event: JobUndone, route: Route | None) -> Folded:
    later = [one for one in (route.all_after(job.operation) if route else ()) if progress.at(one)]
    if progress.became or later or job.state is JobState.WITHDRAWN:
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


def _judged(progress: Progress, event: HandoffJudged, told: Told) -> Folded:
    handoff = event.handoff
    people = event.people or (told.operator,)
    job = progress.job(event.job) if event.job else None
    if set(people) <= set(progress.senders(handoff.before)) and not handoff.is_silent:
        return Folded(progress=progress, clashes=(_clash("own_handoff", event),))
    if event.job and (job is None or not job.is_at_work):
        code: ClashCode = "unknown_job" if job is None else "not_at_work"
        return Folded(progress=progress, clashes=(_clash(code, event),))
    taken = Taken(
        before=handoff.before,
        operation=handoff.operation,
        job=event.job,
        verdict=handoff.verdict,
        pieces=handoff.accepted,
        people=people,
        at=told.at,
        rating=handoff.rating,
    )
    judged = progress
    if handoff.short > 0:
        judged = replace(judged, missed=_more(judged.missed, handoff.before, handoff.short))
    if job and handoff.verdict in (Verdict.REJECT, Verdict.PART):
        judged = _withdrawn(judged, job)
    elif job:
        judged = _with(
            judged, replace(job, tally=Tally(received=min(job.tally.received, handoff.accepted)))
        ).progress
    if handoff.verdict is Verdict.REJECT:
        judged = replace(judged, returned=_more(judged.returned, handoff.before, handoff.received))
    others = (
        one
        for one in judged.taken
        if (one.before, one.operation, one.job) != (taken.before, taken.operation, taken.job)
    )
    return Folded(progress=replace(judged, taken=(*others, taken)))


def _remade(progress: Progress, event: BundlesRemade) -> Folded:
    if progress.became:
        return Folded(progress=progress, clashes=(_clash("bundle_closed", event),))
    clashes = (_clash("closed_at_work", event),) if any(one.is_at_work for one in progress.jobs) else ()
    became = tuple(one.serial for one in event.bundles)
    return Folded(progress=replace(progress, became=became), clashes=clashes)


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
