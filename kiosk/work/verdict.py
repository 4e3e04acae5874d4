"""The customer's verdict at a station: on the job just checked in, or on a bundle scanned before that. Pure."""

from dataclasses import dataclass

from msgspec.structs import replace

from domain.bundle import split
from domain.check_in import MayStart, route_of, start
from domain.document import Happened
from domain.events.production import BundlesRemade, HandoffJudged
from domain.handoff import Handoff, Verdict, why_not
from domain.job import Job
from domain.problem import Problem, refusal
from domain.progress import Progress
from domain.progress_fold import Told, after
from domain.route import OperationCode
from kiosk.activity import Desk, Scanned, Turn
from kiosk.answers import answered, refused
from kiosk.parts import Words
from kiosk.screen import Tone
from kiosk.state import State
from kiosk.work.jobs import begin, begun_job, operator_of, resumed
from kiosk.work.operations import at_desk, operation_here, operation_name, person_name
from kiosk.work.remake import fresh_serials, why_not_remade
from kiosk.work.state import Draft
from kiosk.work.tickets import print_tickets


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What a verdict is on. `job` is the check-in it belongs to, `may` what begins one; `expected` is what comes."""

    progress: Progress
    befores: tuple[OperationCode, ...]
    before: OperationCode
    expected: int
    job: Job | None = None
    may: MayStart | None = None


def case_of(state: State, desk: Desk) -> Case | Problem:
    """Return what the ticket in hand makes of a verdict; or why there can be none."""
    draft, operation, operator = state.work.draft, operation_here(state, desk), operator_of(desk)
    if not operation:
        return refusal("operation_first")
    progress = desk.floor.progress(draft.bundle)
    if progress is None:
        return refusal("unknown_bundle", bundle=draft.bundle)
    at_work = (one for one in progress.at(operation) if one.is_at_work)
    job = next((one for one in at_work if operator.number in one.people), None)
    may = None if job else start(draft.bundle, draft.copy, at_desk(operation, operator, desk), desk.floor)
    if isinstance(may, Problem):
        return may
    route = route_of(progress.bundle, desk.floor)
    step = route.by_operation.get(operation) if route else None
    befores = step.after if step else ()
    if not befores:
        return refusal("nobody_before", operation=operation_name(operation, desk))
    return Case(
        progress=progress,
        befores=befores,
        before=draft.before if draft.before in befores else befores[0],
        expected=job.tally.received if job else may.pieces if may else 0,
        job=job,
        may=may,
    )


def received_of(state: State, case: Case) -> int:
    """Return how many pieces came."""
    return state.work.draft.counts.get("received", case.expected)


def accepted_of(state: State, case: Case) -> int:
    """Return how many pieces are taken where only a part is: what was typed, or those without a defect."""
    draft = state.work.draft
    bad = sum(one.pieces for one in draft.defects)
    return draft.counts.get("accepted", max(0, received_of(state, case) - bad))


def judge(state: State, verdict: Verdict, desk: Desk, scan: Scanned | None = None) -> Turn:
    """Say the verdict; what it still lacks is a refusal, and everything typed so far stays."""
    match case_of(state, desk):
        case Problem() as problem:
            return refused(state, (problem,), scan)
        case case:
            pass
    handoff = _handoff(state, case, verdict, desk)
    senders = case.progress.senders(case.before)
    if problem := why_not(handoff, state.operator, senders):
        return refused(state, (_named(problem, desk),), scan)
    match verdict:
        case Verdict.ACCEPT | Verdict.CONCESSION:
            return _accept(state, case, handoff, scan, desk)
        case Verdict.REJECT:
            return _reject(state, case, handoff, scan, desk)
        case Verdict.PART:
            return _take_part(state, case, handoff, scan, desk)


def _handoff(state: State, case: Case, verdict: Verdict, desk: Desk) -> Handoff:
    draft, operation = state.work.draft, operation_here(state, desk)
    received = received_of(state, case)
    accepted = received
    if verdict is Verdict.REJECT:
        accepted = 0
    elif verdict is Verdict.PART:
        accepted = accepted_of(state, case)
    lists = [one for one in desk.floor.requirements_of(operation) if one.before == case.before]
    return Handoff(
        bundle=draft.bundle,
        before=case.before,
        operation=operation,
        verdict=verdict,
        declared=case.expected,
        received=received,
        accepted=accepted,
        rating=draft.rating,
        reason=draft.reason,
        defects=draft.defects,
        leg=draft.leg,
        conceded_by=draft.conceded_by if verdict is Verdict.CONCESSION else "",
        requirements_version=lists[0].version if lists else 0,
        photos=draft.photos,
    )


def _named(problem: Problem, desk: Desk) -> Problem:
    """Say a person's name where the rule said the employee number."""
    known = dict(problem.parameters)
    if "name" in known:
        known["name"] = person_name(known["name"], desk)
    return replace(problem, parameters=known)


def _accept(state: State, case: Case, handoff: Handoff, scan: Scanned | None, desk: Desk) -> Turn:
    """Accept, beginning the job where none was; the check-in alone says it, unless there is more to say."""
    says_more = (
        handoff.verdict is Verdict.CONCESSION
        or handoff.rating is not None
        or handoff.leg is not None
        or handoff.short
        or handoff.defects
        or handoff.photos
    )
    if case.job:
        begun, events, job = _back(state, case.job), (), case.job.name
        people = case.job.people
    elif case.may and not says_more:
        return begin(state, case.may, state.work.draft.copy, scan, desk)
    elif case.may:
        begun, started = begun_job(state, case.may, state.work.draft.copy, desk)
        events, job, people = (*resumed(state), Happened(event=started)), started.job, started.people
    else:
        return refused(state, (refusal("nothing_left", bundle=handoff.bundle),), scan)
    judged = HandoffJudged(handoff=handoff, job=job, people=people)
    words = Words(
        key=f"said.handoff.{handoff.verdict}",
        parameters={"bundle": handoff.bundle, "pieces": str(handoff.accepted)},
    )
    told = (*events, *((Happened(event=judged),) if says_more else ()))
    return Turn(state=answered(begun, Tone.STORED, words, scan), events=told)


def _reject(state: State, case: Case, handoff: Handoff, scan: Scanned | None, desk: Desk) -> Turn:
    """Send everything back: no work begins, and what was begun is withdrawn."""
    judged = _judged(state, case, handoff)
    words = Words(
        key="said.handoff.reject",
        parameters={"bundle": handoff.bundle, "operation": operation_name(handoff.before, desk)},
    )
    left = _may_open(_back(state, None), handoff)
    return Turn(state=answered(left, Tone.STORED, words, scan), events=(Happened(event=judged),))


def _may_open(state: State, handoff: Handoff) -> State:
    """Return the state with a verdict of which a quality ticket can be opened by one touch."""
    return replace(state, work=replace(state.work, draft=Draft(rejected=handoff)))


def _judged(state: State, case: Case, handoff: Handoff) -> HandoffJudged:
    people = case.job.people if case.job else (state.operator,)
    return HandoffJudged(handoff=handoff, job=case.job.name if case.job else "", people=people)


def _take_part(state: State, case: Case, handoff: Handoff, scan: Scanned | None, desk: Desk) -> Turn:
    """Take a part: it becomes a bundle of its own, begun at once; the rest is another, which goes back."""
    judged = _judged(state, case, handoff)
    route = route_of(case.progress.bundle, desk.floor)
    told = Told(event_id="", at=desk.now, operator=state.operator, station=desk.station.place)
    left = after(case.progress, judged, told, route).progress
    if problem := why_not_remade(left, route, desk):
        return refused(state, (problem,), scan)
    besides = left.live() - handoff.received
    counts = [handoff.accepted, handoff.refused, *([besides] if besides > 0 else [])]
    numbers, serials = fresh_serials(state, len(counts), desk)
    made = split(replace(left.bundle, pieces=sum(counts)), list(zip(serials, counts, strict=True)))
    if isinstance(made, Problem):
        return refused(state, (made,), scan)
    taken, back, *others = made
    bundles = (taken, replace(back, sent_back_to=handoff.before), *others)
    remade = BundlesRemade(
        act="split",
        parents=(handoff.bundle,),
        bundles=bundles,
        operation=handoff.operation,
        reason=handoff.reason,
    )
    may = MayStart(bundle=taken, pieces=taken.pieces, accepts=())
    begun, started = begun_job(replace(state, numbers=numbers), may, taken.copy, desk)
    printed, labels = print_tickets(_may_open(begun, handoff), bundles, desk)
    words = Words(
        key="said.handoff.part",
        parameters={
            "pieces": str(handoff.accepted),
            "back": str(handoff.refused),
            "operation": operation_name(handoff.before, desk),
        },
    )
    said = answered(printed, Tone.STORED, words, scan, way_out=Words(key="said.new_tickets"))
    events = (judged, remade, started)
    return Turn(state=said, events=(*resumed(state), *(Happened(event=one) for one in events), *labels))


def _back(state: State, job: Job | None) -> State:
    left = replace(state.without_draft(), at="station", overlay=None)
    return replace(left, work=replace(left.work, job=job.name if job else ""))
