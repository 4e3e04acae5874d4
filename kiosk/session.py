"""The session: takes every input, lets the top-most thing answer first, and hands the rest to the activity at hand."""

from dataclasses import dataclass
from typing import Literal, assert_never

from msgspec.structs import replace

from domain.barcode import ControlCommand
from domain.document import Happened
from domain.events.terminal import ScanRefused, SignedOff, SignedOn
from domain.problem import fault, refusal
from domain.staff import Person
from kiosk.activities import reprint
from kiosk.activity import AS_SENT, OPEN_TO_ALL, Desk, Scanned, Turn, activity
from kiosk.answers import answered, problem_answer, refused
from kiosk.duty import by_duty
from kiosk.first_label import gated, proven
from kiosk.page import Touch
from kiosk.proof import prove
from kiosk.screen import Tone, Words
from kiosk.state import At, LabelPick, PayLook, Question, State

TYPING = frozenset({"pad_key", "text_key", "pad_mode", "tick", "acknowledge"})
"""Touches that are taken also when the screen has moved on: fast fingers must not lose keys."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Garbage:
    """A scan that did not arrive whole."""

    device: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Idle:
    """Nobody has done anything for as long as the settings allow."""


SessionInput = Scanned | Touch | Garbage | Idle


def handle(state: State, given: SessionInput, desk: Desk) -> Turn:
    """Take one input. Whoever is signed on is looked up anew each time, so a person struck off is out at once."""
    return gated(_handle(state, given, desk), desk)


def _handle(state: State, given: SessionInput, desk: Desk) -> Turn:
    match given:
        case Scanned():
            seen = activity(state.at).on_scan(state, given, desk) if state.at in AS_SENT else None
            return seen or by_duty(state, given, desk, _scan)
        case Touch():
            return _touch(state, given, desk)
        case Garbage():
            problem = fault("scan_garbled", device=given.device, reason=f"garbled.{given.reason}")
            event = ScanRefused(problem=problem.code, parameters=dict(problem.parameters))
            return Turn(state=replace(state, answer=problem_answer(problem)), events=(Happened(event=event),))
        case Idle():
            return sign_off(state, desk, "idle") if state.operator else Turn(state=state)
        case _:
            assert_never(given)


def _scan(state: State, scan: Scanned, desk: Desk) -> Turn:
    if desk.operator is None:
        return _without_operator(state, scan, desk)
    if state.question:
        return _scan_on_question(state, state.question, scan, desk)
    return _route(state, scan, desk)


def _without_operator(state: State, scan: Scanned, desk: Desk) -> Turn:
    """Only a badge is of use; everything else is known or unknown, but not now."""
    if scan.badge is not None:
        return _show_badge(state, scan, desk)
    if scan.reading.problem:
        return refused(state, (scan.reading.problem,), scan)
    return refused(state, (refusal("badge_first"),), scan)


def _scan_on_question(state: State, question: Question, scan: Scanned, desk: Desk) -> Turn:
    """The same code again or the YES card says yes, NO or UNDO says no; any other code says no and is then taken."""
    command = scan.control.command if scan.control else None
    if question.proves and command is ControlCommand.YES:
        return refused(state, (refusal("pin_not_yes"),), scan)
    if command is ControlCommand.YES or (question.scanned and scan.text == question.scanned):
        return _yes(state, question, scan, desk)
    if command in (ControlCommand.NO, ControlCommand.UNDO):
        return _no(state, scan)
    if command in (ControlCommand.BREAK, ControlCommand.HOME, ControlCommand.HELP):
        return _route(replace(state, question=None), scan, desk)
    if command in (ControlCommand.DONE, ControlCommand.PRINT):
        return refused(state, (refusal("question_open"),), scan)
    return _route(replace(state, question=None, answer=None), scan, desk)


def _yes(state: State, question: Question, scan: Scanned | None, desk: Desk) -> Turn:
    asking = replace(state, question=None, answer=None)
    if question.ask == "change_operator":
        if desk.is_lease_over:
            return refused(asking, (refusal("lease_over_sign_on"),), scan)
        person = desk.knowledge.person_by_badge(question.target)
        return (
            _sign_on(asking, person, scan, desk)
            if person
            else refused(asking, (refusal("unknown_badge"),), scan)
        )
    return activity(state.at).on_yes(asking, question, desk)


def _no(state: State, scan: Scanned | None) -> Turn:
    said_no = answered(replace(state, question=None), Tone.NEUTRAL, Words(key="said.not_done"), scan)
    return Turn(state=said_no)


def _route(state: State, scan: Scanned, desk: Desk) -> Turn:
    if scan.reading.problem:
        return refused(state, (scan.reading.problem,), scan)
    turn = proven(state, scan, desk) or activity(state.at).on_scan(state, scan, desk)
    if turn is not None:
        return turn
    if scan.badge is not None:
        return _show_badge(state, scan, desk)
    if scan.control is not None:
        return _command(state, scan.control.command, scan, desk)
    return refused(state, (refusal("unknown_code", code=scan.text[:40]),), scan)


def _command(state: State, command: ControlCommand, scan: Scanned, desk: Desk) -> Turn:
    """The commands that mean the same everywhere; the others had their chance in the activity."""
    match command:
        case ControlCommand.BREAK:
            return sign_off(state, desk, "asked", scan)
        case ControlCommand.HOME:
            return Turn(state=go_home(state))
        case ControlCommand.HELP:
            return Turn(state=_help(state, desk, scan))
        case ControlCommand.PRINT:
            return reprint.reprint_last(state, desk, scan)
        case ControlCommand.YES | ControlCommand.NO:
            return refused(state, (refusal("nothing_asked"),), scan)
        case _:
            problem = refusal("command_not_here", command=f"command.{command.name}")
            return refused(state, (problem,), scan)


def _help(state: State, desk: Desk, scan: Scanned | None = None) -> State:
    words = Words(key="said.help", parameters={"ask": activity(state.at).asks(state, desk)})
    return answered(state, Tone.LOOK, words, scan, way_out=Words(key=f"help.{state.at}"))


def go_home(state: State) -> State:
    """Leave the screen; what is open stays open, what is empty leaves nothing behind."""
    left = state.without_empty_drafts().without_draft()
    return replace(
        left,
        at="home",
        current="",
        question=None,
        overlay=None,
        answer=None,
        unticked=(),
        picked=LabelPick(),
        paper=False,
        pay=PayLook(),
    )


def _show_badge(state: State, scan: Scanned, desk: Desk) -> Turn:
    person = desk.knowledge.person_by_badge(scan.badge or "")
    if person is None:
        return refused(state, (refusal("unknown_badge"),), scan)
    if person.disabled:
        return refused(state, (refusal("person_disabled", name=person.names.of(desk.language)),), scan)
    if person.number == state.operator:
        words = Words(key="said.signed_on", parameters={"name": person.names.of(person.language)})
        return Turn(state=answered(state, Tone.NEUTRAL, words, scan))
    if desk.is_lease_over:
        return refused(state, (refusal("lease_over_sign_on"),), scan)
    return _sign_on(state, person, scan, desk)


def _sign_on(state: State, person: Person, scan: Scanned | None, desk: Desk) -> Turn:
    """Take the new person in; documents stay as they are."""
    events: list[Happened] = []
    if state.operator:
        events.append(Happened(event=SignedOff(person=state.operator, reason="other_badge")))
    events.append(Happened(event=SignedOn(person=person.number)))
    # Nobody takes over a screen of somebody's own.
    at = state.at if state.at not in ("sign_on", "pay") else _where_left(state, person, desk)
    if state.at == "sign_on" and at != state.work.draft.at:
        state = state.without_draft()
    words = Words(key="said.signed_on", parameters={"name": person.names.of(person.language)})
    signed_on = replace(
        state, at=at, operator=person.number, session="", question=None, overlay=None, pay=PayLook()
    )
    return Turn(state=answered(signed_on, Tone.NEUTRAL, words, scan), events=tuple(events))


def _where_left(state: State, person: Person, desk: Desk) -> At:
    """Return the screen of what is in hand; the production station's, or home, where nothing is."""
    document, draft = state.document, state.work.draft
    if draft.at and draft.by == person.number:
        return draft.at
    if document is None:
        return "station" if desk.station.operations else "home"
    return "approval" if document.status == "submitted" else "document"


def sign_off(state: State, desk: Desk, reason: Literal["asked", "idle"], scan: Scanned | None = None) -> Turn:
    """Lock the screen; what is in hand stays for whoever comes next."""
    events: tuple[Happened, ...] = ()
    if state.operator:
        idle_s = state.idle_s(desk.now) if reason == "idle" else 0
        events = (Happened(event=SignedOff(person=state.operator, reason=reason, idle_s=idle_s)),)
    left = replace(
        state.with_draft_aside(),
        at="sign_on",
        operator="",
        session="",
        question=None,
        overlay=None,
        answer=None,
        picked=LabelPick(),
        pay=PayLook(),
    )
    words = Words(key="said.signed_off")
    return Turn(state=answered(left, Tone.NEUTRAL, words, scan), events=events)


def _touch(state: State, touch: Touch, desk: Desk) -> Turn:
    if touch.turn != state.turn and touch.action not in TYPING:
        return Turn(state=state)
    if touch.action == "acknowledge":
        return Turn(state=replace(state, answer=None))
    if desk.operator is None:
        seen = activity(state.at).on_touch(state, touch, desk) if state.at in OPEN_TO_ALL else None
        return seen or Turn(state=state)
    if state.question:
        match touch.action:
            case "pin" if state.question.proves:
                return prove(state, state.question, touch.value, desk)
            case "yes" if not state.question.proves:
                return _yes(state, state.question, None, desk)
            case "no":
                return _no(state, None)
            case _:
                return Turn(state=state)
    return (
        _touch_anywhere(state, touch, desk)
        or activity(state.at).on_touch(state, touch, desk)
        or Turn(state=state)
    )


def _touch_anywhere(state: State, touch: Touch, desk: Desk) -> Turn | None:
    match touch.action:
        case "home":
            return Turn(state=go_home(state))
        case "lock":
            return sign_off(state, desk, "asked")
        case "help":
            return Turn(state=_help(state, desk))
        case _:
            return None
