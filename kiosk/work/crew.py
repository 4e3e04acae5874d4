"""Who works on a job: somebody joins, leaves, or takes it over. Jobs belong to people, not to the station. Pure."""

from typing import Literal

from msgspec.structs import replace

from domain.check_in import start
from domain.document import Happened
from domain.events.production import JobCrewChanged
from domain.job import Job, Share, evenly
from domain.problem import Problem, refusal
from kiosk.activity import Desk, Turn
from kiosk.answers import answered, refused
from kiosk.parts import Words
from kiosk.screen import Tone
from kiosk.state import Overlay, State
from kiosk.work.jobs import operator_of
from kiosk.work.operations import at_desk, person_name

Act = Literal["joined", "left", "taken_over"]
DONE_FIELD = "crew_done"
"""The number pad's field for the good pieces of whoever leaves; which act it is for stands behind the dot."""


def join(state: State, job: Job, desk: Desk) -> Turn:
    """Work on a job with those who began it."""
    if problem := _why_not(job, desk):
        return refused(state, (problem,))
    return _change(state, job, "joined", (*job.people, operator_of(desk).number), desk)


def ask_done(state: State, job: Job, act: Act, desk: Desk) -> Turn:
    """Ask for the pieces that are good by now, before somebody leaves or is relieved."""
    problem = _why_not(job, desk) if act == "taken_over" else _why_stay(job, desk)
    if problem:
        return refused(state, (problem,))
    return Turn(state=replace(state, overlay=Overlay(kind="pad", field=f"{DONE_FIELD}.{act}"), answer=None))


def change(state: State, job: Job, act: Act, pieces: int, desk: Desk) -> Turn:
    """Let somebody leave, or take the whole job over; `pieces` were good by then."""
    closed = replace(state, overlay=None)
    before = sum(one.pieces for one in state.work.done.get(job.name, ()))
    if pieces + before > job.tally.received:
        told = str(pieces + before)
        return refused(
            closed, (refusal("more_than_came", bundle=job.bundle, told=told, received=job.tally.received),)
        )
    operator = operator_of(desk).number
    if act == "left":
        people = tuple(one for one in job.people if one != operator)
        return _change(closed, job, act, people, desk, (Share(person=operator, pieces=pieces),))
    return _change(closed, job, act, (operator,), desk, evenly(pieces, job.people))


def _change(  # noqa: PLR0917 who, on what, which change, and what was done by then
    state: State, job: Job, act: Act, people: tuple[str, ...], desk: Desk, done: tuple[Share, ...] = ()
) -> Turn:
    told = tuple(one for one in done if one.pieces)
    event = JobCrewChanged(
        job=job.name, bundle=job.bundle, operation=job.operation, act=act, people=people, done=told
    )
    kept = {**state.work.done, job.name: (*state.work.done.get(job.name, ()), *told)}
    work = replace(state.work, done=kept if told else state.work.done)
    name = person_name(operator_of(desk).number, desk)
    words = Words(key=f"said.crew.{act}", parameters={"name": name, "bundle": job.bundle})
    said = answered(replace(state, work=work), Tone.STORED, words)
    return Turn(state=said, events=(Happened(event=event),))


def _why_not(job: Job, desk: Desk) -> Problem | None:
    """Say why somebody may not work on a job: the rules of check-in but that it is begun already."""
    operator = operator_of(desk)
    if operator.number in job.people:
        return refusal("on_job_already", bundle=job.bundle)
    progress = desk.floor.progress(job.bundle)
    copy = progress.bundle.copy if progress else 1
    found = start(job.bundle, copy, at_desk(job.operation, operator, desk), desk.floor)
    return found if isinstance(found, Problem) and found.code != "begun_already" else None


def _why_stay(job: Job, desk: Desk) -> Problem | None:
    if operator_of(desk).number not in job.people:
        return refusal("not_yours_to_leave", bundle=job.bundle)
    return refusal("last_on_job", bundle=job.bundle) if len(job.people) == 1 else None
