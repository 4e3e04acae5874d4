"""A production station: badge, bundle, work. What is scanned decides; what takes more than a scan is one touch away."""

from msgspec.structs import replace

from domain.barcode import ControlCommand
from domain.bundle import Tally
from domain.job import Job, JobState
from domain.names import Names
from domain.problem import Problem, refusal
from domain.route import OperationCode
from kiosk.activity import Desk, Scanned, Turn
from kiosk.answers import answered, refused
from kiosk.page import Touch
from kiosk.parts import Button, Words
from kiosk.screen import Tone
from kiosk.state import At, Question, State
from kiosk.statements.quality_ticket import opened_after
from kiosk.work import crew, inspection, overlays
from kiosk.work.calls import call_words, resume_station, stopped_words
from kiosk.work.cards import bundle_card, check_lists, job_choices
from kiosk.work.jobs import (
    JOBS_HERE_MAX,
    choose,
    finish,
    job_in_hand,
    not_on,
    pause,
    resume,
    scan_ticket,
    undo,
)
from kiosk.work.operations import operation_here, operation_name
from kiosk.work.own_pay import open_pay
from kiosk.work.tickets import ticket_of
from kiosk.work.views import StationView

VOICES_COUNTED_MAX = 99


def on_scan(state: State, scan: Scanned, desk: Desk) -> Turn | None:
    """Take a ticket, or a card that finishes, takes back, or judges the job in hand."""
    if scan.badge is not None:
        return None
    closed = replace(state, overlay=None)
    if scan.control is not None:
        return _card(closed, scan.control.command, scan, desk)
    match ticket_of(scan):
        case Problem() as problem:
            return refused(closed, (problem,), scan)
        case serial, copy:
            return scan_ticket(closed, serial, copy, scan, desk)


def _card(state: State, command: ControlCommand, scan: Scanned, desk: Desk) -> Turn | None:
    job = job_in_hand(state, desk)
    match command:
        case ControlCommand.DONE if job:
            return finish(state, job, Tally(good=job.tally.received), desk, scan)
        case ControlCommand.DONE:
            return refused(state, (refusal("no_job_in_hand"),), scan)
        case ControlCommand.UNDO:
            return undo(state, desk, scan)
        case ControlCommand.REJECT | ControlCommand.ACCEPT:
            return open_verdict(state, desk)
        case _:
            return None


def on_touch(state: State, touch: Touch, desk: Desk) -> Turn | None:
    """Do what a touch asks for."""
    match overlays.on_overlay(state, touch):
        case overlays.Given() as given:
            return _given(state, given, desk)
        case State() as typed:
            return Turn(state=typed)
        case None:
            pass
    job = job_in_hand(state, desk)
    return _touch_here(state, touch, desk) or (_touch_job(state, job, touch, desk) if job else None)


def _touch_here(state: State, touch: Touch, desk: Desk) -> Turn | None:
    match touch.action:
        case "operation" if touch.value in desk.station.operations:
            chosen = replace(state.work, operation=OperationCode(touch.value), job="")
            return Turn(state=replace(state, work=chosen, answer=None))
        case "other_operation":
            return Turn(
                state=replace(
                    state, work=replace(state.work, operation=OperationCode(""), job=""), answer=None
                )
            )
        case "select_work":
            return Turn(state=choose(replace(state, answer=None), touch.value))
        case "pay":
            return open_pay(state, desk)
        case "say":
            return go(state, "statement")
        case "open_ticket" if rejected := state.work.draft.rejected:
            return opened_after(state, rejected, desk)
        case _:
            return _touch_tool(state, touch, desk)


def _touch_tool(state: State, touch: Touch, desk: Desk) -> Turn | None:
    match touch.action:
        case "undo":
            return undo(state, desk)
        case "resume_station":
            return resume_station(state)
        case "verdict":
            return open_verdict(state, desk)
        case "tickets":
            return open_tickets(state, desk)
        case "calls":
            return go(state, "call")
        case "inspection" if inspection.kinds_here(desk):
            return Turn(state=inspection.opened(state, desk))
        case "lay" if _cuts_here(state, desk):
            return go(state, "cutting")
        case _:
            return None


def _touch_job(state: State, job: Job, touch: Touch, desk: Desk) -> Turn | None:
    match touch.action:
        case "finish":
            return finish(state, job, Tally(good=job.tally.received), desk)
        case "count":
            problem = not_on(job, desk)
            return refused(state, (problem,)) if problem else go(state, "count")
        case "pause":
            problem = not_on(job, desk)
            return (
                refused(state, (problem,)) if problem else Turn(state=overlays.opened(state, "pause_reason"))
            )
        case "resume":
            return resume(state, job, desk)
        case "join":
            return crew.join(state, job, desk)
        case "leave":
            return crew.ask_done(state, job, "left", desk)
        case "take_over":
            return crew.ask_done(state, job, "taken_over", desk)
        case _:
            return None


def _given(state: State, given: overlays.Given, desk: Desk) -> Turn | None:
    job = job_in_hand(state, desk)
    if job is None:
        return Turn(state=replace(state, overlay=None))
    match given.field:
        case "pause_reason":
            return pause(state, job, given.value, desk)
        case "crew_done.left":
            return crew.change(state, job, "left", given.pieces, desk)
        case "crew_done.taken_over":
            return crew.change(state, job, "taken_over", given.pieces, desk)
        case _:
            return None


def go(state: State, at: At) -> Turn:
    """Go to one of the station's other screens, with nothing in hand there yet."""
    return Turn(state=replace(state.without_draft(), at=at, overlay=None, answer=None))


def open_tickets(state: State, desk: Desk) -> Turn:
    """Go to the tickets; that of the job in hand is taken along, for it may be the ticket that is lost."""
    gone = go(state, "remake").state
    job = job_in_hand(state, desk)
    if job is None:
        return Turn(state=gone)
    return Turn(
        state=replace(gone, work=replace(gone.work, draft=replace(gone.work.draft, bundle=job.bundle)))
    )


def open_verdict(state: State, desk: Desk) -> Turn:
    """Go to the verdict on the job in hand, or on the bundle that is scanned there."""
    job = job_in_hand(state, desk)
    if job and (problem := not_on(job, desk)):
        return refused(state, (problem,))
    gone = go(state, "handoff").state
    if job is None:
        return Turn(state=gone)
    progress = desk.floor.progress(job.bundle)
    copy = progress.bundle.copy if progress else 1
    draft = replace(gone.work.draft, bundle=job.bundle, copy=copy)
    return Turn(state=replace(gone, work=replace(gone.work, draft=draft)))


def on_yes(state: State, question: Question, desk: Desk) -> Turn:
    """Nothing is ever asked here."""
    return refused(state, (refusal("nothing_asked"),))


def asks(state: State, desk: Desk) -> str:
    """Return the one next step."""
    if not operation_here(state, desk):
        return "ask.operation_here"
    job = job_in_hand(state, desk)
    if job and state.operator in job.people:
        return "ask.same_ticket"
    return "ask.lay_or_ticket" if _cuts_here(state, desk) else "ask.ticket"


def back_to_station(state: State, key: str = "said.not_done") -> Turn:
    """Go back to the station; nothing of what was begun is recorded."""
    left = replace(state.without_draft(), at="station", overlay=None)
    return Turn(state=answered(left, Tone.NEUTRAL, Words(key=key)))


def view(state: State, desk: Desk) -> StationView:
    """Show the job in hand and what can be done now."""
    operation = operation_here(state, desk)
    known = desk.floor.operation(operation) if operation else None
    jobs = desk.floor.jobs_here(JOBS_HERE_MAX)
    job = job_in_hand(state, desk)
    progress = desk.floor.progress(job.bundle) if job else None
    today = state.work.pieces if state.work.day == desk.day else {}
    return StationView(
        asks=Words(key=asks(state, desk)),
        operation=known.names if known else Names(zh=operation, en=operation),
        unit=desk.station.unit,
        card=bundle_card(progress, desk, job) if job and progress else None,
        lists=check_lists(operation, desk) if operation else (),
        jobs=job_choices(jobs, job.name if job else "", desk),
        choices=()
        if operation
        else tuple(
            Button(
                action="operation",
                value=one,
                label=Words(
                    key="station.name", parameters={"name": operation_name(OperationCode(one), desk)}
                ),
                style="primary",
            )
            for one in desk.station.operations
        ),
        pieces_today=today.get(state.operator, 0),
        stopped=stopped_words(state, desk),
        calls=call_words(state),
        tools=_tools(state, desk, has_job=job is not None),
        buttons=_buttons(job, state.operator) if job else (),
    )


def _cuts_here(state: State, desk: Desk) -> bool:
    """Tell whether lays are cut into bundles here."""
    operation = desk.floor.operation(operation_here(state, desk))
    return operation is not None and operation.makes_bundles


def _tools(state: State, desk: Desk, *, has_job: bool) -> tuple[Button, ...]:
    verdict = Button(action="verdict", label=Words(key="button.verdict_first"), icon="shield")
    change = Button(action="other_operation", label=Words(key="button.other_operation"), icon="list")
    lay = Button(action="lay", label=Words(key="button.lay"), icon="list", style="primary")
    open_ticket = Button(
        action="open_ticket", label=Words(key="button.open_ticket"), icon="warn", style="danger"
    )
    rejected = state.work.draft.rejected is not None
    look = Button(action="inspection", label=Words(key="button.inspection"), icon="shield")
    return (
        *((open_ticket,) if rejected else ()),
        *((lay,) if _cuts_here(state, desk) else ()),
        *(() if has_job or rejected else (verdict,)),
        Button(action="calls", label=Words(key="button.calls"), icon="warn"),
        Button(action="say", label=Words(key="button.say"), icon="text", badge=_unanswered(desk)),
        *((look,) if inspection.kinds_here(desk) else ()),
        Button(action="tickets", label=Words(key="button.tickets"), icon="label"),
        Button(action="undo", label=Words(key="button.undo"), icon="undo"),
        *((change,) if len(desk.station.operations) > 1 and operation_here(state, desk) else ()),
    )


def _unanswered(desk: Desk) -> str:
    """Return how many words wait for an answer of this station's unit; nothing where none does."""
    waiting = len(desk.floor.voices(VOICES_COUNTED_MAX))
    return str(waiting) if waiting else ""


def _buttons(job: Job, operator: str) -> tuple[Button, ...]:
    def button(action: str, icon: str, style: str = "plain") -> Button:
        label = Words(key=f"button.{action}")
        return Button(
            action=action, label=label, icon=icon, style="primary" if style == "primary" else "plain"
        )

    if operator not in job.people:
        return (button("join", "plus", "primary"), button("take_over", "badge"))
    leave = (button("leave", "aside"),) if len(job.people) > 1 else ()
    if job.state is JobState.PAUSED:
        return (button("resume", "next", "primary"), *leave)
    return (
        button("finish", "done", "primary"),
        button("count", "count"),
        button("verdict", "shield"),
        button("pause", "clock"),
        *leave,
    )
