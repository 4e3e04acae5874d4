"""An inspection: its kind, what is looked at, what was seen, and one touch that records it."""

from msgspec.structs import replace

from domain.barcode import ControlCommand
from domain.inspection import Seen, Subject, findings
from domain.problem import Problem, refusal
from domain.route import OperationCode
from kiosk.activity import Desk, Scanned, Turn
from kiosk.answers import answered, refused
from kiosk.page import Touch
from kiosk.parts import Words
from kiosk.screen import Tone
from kiosk.state import Question, State
from kiosk.work import overlays
from kiosk.work.inspection import (
    KINDS,
    InHand,
    begun,
    in_hand,
    kinds_here,
    looking,
    record,
    undo,
    undo_recorded,
    with_mark,
    with_number,
)
from kiosk.work.inspection_subject import named_by, take
from kiosk.work.inspection_view import inspection_asks, inspection_view, marks_of
from kiosk.work.operations import person_name
from kiosk.work.views import InspectionView

SUBJECT = f"subject{overlays.TYPED}"
_YES_NO = {"yes", "no"}


def on_scan(state: State, scan: Scanned, desk: Desk) -> Turn | None:
    """Take what is looked at, or a card that says something of it; what is in hand again records it."""
    hand, closed = in_hand(state), replace(state, overlay=None)
    if hand is None:
        is_ours = scan.badge is None and scan.control is None
        return refused(closed, (refusal("inspection_kind_first"),), scan) if is_ours else None
    if scan.badge is not None:
        return _maker(closed, hand, scan, desk)
    if scan.control is not None:
        return _card(closed, hand, scan, desk)
    named = named_by(scan, hand.kind, desk)
    if isinstance(named, Problem):
        return refused(closed, (named,), scan)
    return take(closed, hand, named, scan, desk)


def _maker(state: State, hand: InHand, scan: Scanned, desk: Desk) -> Turn | None:
    """Take the badge of whose work is looked at; once something is in hand, a badge is a sign-on."""
    person = desk.knowledge.person_by_badge(scan.badge or "")
    if Subject.PERSON not in hand.kind.subjects or hand.look.name or person is None or person.disabled:
        return None
    if person.number == state.operator:
        return None
    words = Words(key="said.look_at", parameters={"name": person_name(person.number, desk)})
    seen = looking(state, replace(hand.look, people=(person.number,)))
    return Turn(state=answered(seen, Tone.NEUTRAL, words, scan))


def _card(state: State, hand: InHand, scan: Scanned, desk: Desk) -> Turn | None:
    match scan.control.command if scan.control else None:
        case ControlCommand.DONE | ControlCommand.ACCEPT:
            return record(state, desk, scan)
        case ControlCommand.UNDO:
            return _undo(state, hand, desk)
        case ControlCommand.REJECT if entry := hand.kind.entry("defective"):
            count = findings(hand.kind, hand.look).count(entry.name) + 1
            return Turn(state=looking(state, with_number(hand.look, entry, count)))
        case ControlCommand.YES | ControlCommand.NO as command:
            return _answer(state, hand, command.name.lower())
        case _:
            return None


def _answer(state: State, hand: InHand, answer: str) -> Turn | None:
    """Take the YES or the NO card, where a yes or a no is asked for."""
    asked = next((one.name for one in hand.kind.options if set(one.values) == _YES_NO), None)
    if asked is None:
        return None
    return Turn(state=looking(state, replace(hand.look, chosen={**hand.look.chosen, asked: answer})))


def on_touch(state: State, touch: Touch, desk: Desk) -> Turn | None:
    """Choose the kind, say what was seen, record it, or leave it for later."""
    hand = in_hand(state)
    match overlays.on_overlay(state, touch):
        case overlays.Given() as given:
            return _given(state, hand, given)
        case State() as typed:
            return Turn(state=typed)
        case None:
            pass
    match touch.action:
        case "inspection_kind" if hand is None:
            kind = KINDS.get(touch.value)
            return Turn(state=begun(state, kind, desk)) if kind in kinds_here(desk) and kind else None
        case "leave_draft":
            return _leave(state, desk)
        case _ if hand:
            return _touch_look(state, hand, touch, desk)
        case _:
            return None


def _touch_look(state: State, hand: InHand, touch: Touch, desk: Desk) -> Turn | None:
    match touch.action:
        case "record":
            return record(state, desk)
        case "undo":
            return _undo(state, hand, desk)
        case "other_kind" if hand.look.is_begun:
            return refused(state, (refusal("inspection_in_hand", name=hand.look.name),))
        case "other_kind":
            return Turn(state=looking(state, None))
        case "tile" if hand.kind.entry(touch.value) or touch.value == SUBJECT:
            return Turn(state=overlays.opened(state, touch.value))
        case _:
            told = _told(hand, touch, desk)
            if isinstance(told, Problem):
                return refused(state, (told,))
            return Turn(state=looking(state, told)) if told else None


def _told(hand: InHand, touch: Touch, desk: Desk) -> Seen | Problem | None:
    """Return what is in hand with one thing more told of it."""
    match touch.action:
        case "defect" if touch.value in marks_of(hand.kind, hand.look, desk):
            return with_mark(hand.look, hand.kind, touch.value)
        case "option":
            name, _, value = touch.value.partition(":")
            known = any(one.name == name and value in one.values for one in hand.kind.options)
            return replace(hand.look, chosen={**hand.look.chosen, name: value}) if known else None
        case "inspection_order" if Subject.ORDER in hand.kind.subjects and desk.floor.order(touch.value):
            return replace(hand.look, order=touch.value)
        case "inspection_operation" if desk.floor.operation(OperationCode(touch.value)):
            return replace(hand.look, operation=OperationCode(touch.value))
        case "other_operation":
            return replace(hand.look, operation=OperationCode(""))
        case _:
            return None


def _given(state: State, hand: InHand | None, given: overlays.Given) -> Turn:
    """Take what was typed: a number, or what is looked at."""
    entry = hand.kind.entry(given.field) if hand else None
    if hand and entry and given.number is not None:
        return Turn(state=looking(state, with_number(hand.look, entry, given.number)))
    if hand and given.field == SUBJECT:
        return Turn(state=looking(state, replace(hand.look, subject=given.value.strip())))
    return Turn(state=replace(state, overlay=None))


def _undo(state: State, hand: InHand, desk: Desk) -> Turn:
    undone = undo(state, hand)
    if undone is None:
        return undo_recorded(state, desk) or _leave(state, desk)
    return Turn(state=answered(undone, Tone.NEUTRAL, Words(key="said.taken_back")))


def _leave(state: State, desk: Desk) -> Turn:
    """Go away; what is in hand stays there for whoever comes next."""
    at = "station" if desk.station.operations else "home"
    return Turn(state=replace(state.without_draft(), at=at, overlay=None, answer=None))


def on_yes(state: State, question: Question, desk: Desk) -> Turn:
    """Nothing is ever asked here."""
    return refused(state, (refusal("nothing_asked"),))


def asks(state: State, desk: Desk) -> str:
    """Return the one next step."""
    return inspection_asks(state)


def view(state: State, desk: Desk) -> InspectionView:
    """Show what is in hand and what it comes to so far."""
    return inspection_view(state, desk)
