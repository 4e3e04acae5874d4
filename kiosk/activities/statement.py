"""Something is said at the station: what it is about by a scan, the rest by cards and touches, then it is recorded."""

from collections.abc import Sequence

from msgspec.structs import replace

from domain.barcode import BundleCode, ControlCommand
from domain.document import Happened
from domain.field import Clue, Input
from domain.fields.handling_unit import serial_of
from domain.problem import Problem, refusal
from kiosk.activities import station
from kiosk.activity import Desk, Scanned, Turn
from kiosk.answers import answered, refused
from kiosk.page import Touch
from kiosk.parts import Button, Choice, Words
from kiosk.screen import Tone
from kiosk.state import Question, State
from kiosk.statement import Blank, Statement, may_say, statements
from kiosk.work import overlays
from kiosk.work.cards import bundle_card
from kiosk.work.jobs import job_in_hand
from kiosk.work.photos import on_photo, photos_view
from kiosk.work.state import Draft
from kiosk.work.tickets import ticket_of, why_not_live
from kiosk.work.views import BlankView, StatementView

TICKETS_MAX = 200
"""Bundles one statement is about."""


def on_scan(state: State, scan: Scanned, desk: Desk) -> Turn | None:
    """Fill a blank with what is scanned; DONE records what is said. Before one is chosen, a ticket begins work."""
    if scan.badge is not None:
        return None
    closed, statement = replace(state, overlay=None), _statement(state)
    if scan.control is not None:
        match scan.control.command:
            case ControlCommand.DONE | ControlCommand.YES if statement:
                return _say(closed, statement, desk, scan)
            case ControlCommand.UNDO | ControlCommand.NO:
                return station.back_to_station(closed)
            case _:
                return None
    if statement is None:
        return station.on_scan(station.back_to_station(closed).state, scan, desk)
    is_ticket = any(isinstance(one, BundleCode) for one in scan.reading.elements)
    blank = _scanned_into(statement.blanks(closed, desk), is_ticket=is_ticket)
    if blank is None:
        return refused(closed, (refusal("scan_not_asked"),), scan)
    return _take_ticket(closed, blank, scan, desk) if is_ticket else _take_roll(closed, blank, scan, desk)


def _scanned_into(blanks: Sequence[Blank], *, is_ticket: bool) -> Blank | None:
    """Return the blank that a scan fills."""
    wanted = {"ticket", "tickets"} if is_ticket else {"roll"}
    return next((one for one in blanks if one.scans & wanted), None)


def _take_ticket(state: State, blank: Blank, scan: Scanned, desk: Desk) -> Turn:
    match ticket_of(scan):
        case Problem() as problem:
            return refused(state, (problem,), scan)
        case serial, copy:
            pass
    if problem := why_not_live(desk.floor.progress(serial), serial, copy):
        return refused(state, (problem,), scan)
    draft = state.work.draft
    if "tickets" in blank.scans:
        if serial in draft.others or len(draft.others) >= TICKETS_MAX:
            return refused(state, (refusal("ticket_in_hand", bundle=serial, most=TICKETS_MAX),), scan)
        draft = replace(draft, others=(*draft.others, serial))
    else:
        gone = {blank.name: "", **({"roll": ""} if "roll" in blank.scans else {})}
        draft = replace(draft.telling(gone), bundle=serial, copy=copy)
    words = Words(key="said.ticket_taken", parameters={"bundle": serial})
    return Turn(state=answered(_with(state, draft), Tone.NEUTRAL, words, scan))


def _take_roll(state: State, blank: Blank, scan: Scanned, desk: Desk) -> Turn:
    given = Input(text=scan.text, symbology=scan.raw.symbology)
    serial = serial_of(Clue(index=0, given=given, reading=scan.reading))
    unit = desk.knowledge.handling_unit(serial) if serial else None
    if unit is None:
        return refused(state, (refusal("unknown_unit", unit=serial or scan.text[:40]),), scan)
    draft = state.work.draft.telling({blank.name: "", "roll": unit.serial})
    if "ticket" in blank.scans:
        draft = replace(draft, bundle=Draft().bundle)
    words = Words(key="said.roll_in_hand", parameters={"roll": unit.serial})
    return Turn(state=answered(_with(state, draft), Tone.NEUTRAL, words, scan))


def on_touch(state: State, touch: Touch, desk: Desk) -> Turn | None:
    """Choose what to say, fill a blank, or record it."""
    match overlays.on_overlay(state, touch):
        case overlays.Given() as given:
            name = given.field.removesuffix(overlays.TYPED)
            is_typed = given.field.endswith(overlays.TYPED)
            told = {name: "" if is_typed else given.value, f"{name}{overlays.TYPED}": given.value * is_typed}
            return Turn(state=_with(state, state.work.draft.telling(told)))
        case State() as typed:
            return Turn(state=typed)
        case None:
            pass
    if touch.action == "leave_draft":
        return station.back_to_station(state)
    statement = _statement(state)
    if statement and statement.has_photos and (photographed := on_photo(state, touch, desk)):
        return photographed
    return _touch(state, statement, touch, desk) if statement else _choose(state, touch, desk)


def _choose(state: State, touch: Touch, desk: Desk) -> Turn | None:
    """Begin a statement; the bundle in work here is what it is about, until another ticket is scanned."""
    statement = statements().get(touch.value)
    if touch.action != "statement" or statement is None or not may_say(statement, desk):
        return None
    job = job_in_hand(state, desk)
    begun = _with(state, Draft(statement=touch.value))
    if job and any("ticket" in one.scans for one in statement.blanks(begun, desk)):
        begun = _with(begun, replace(begun.work.draft, bundle=job.bundle))
    return Turn(state=begun)


def _touch(state: State, statement: Statement, touch: Touch, desk: Desk) -> Turn | None:
    draft = state.work.draft
    blanks = {one.name: one for one in statement.blanks(state, desk)}
    asked = _asked(draft, list(blanks.values()))
    match touch.action:
        case "blank" if blank := blanks.get(touch.value):
            wanted = _with(state, replace(draft, asked=blank.name))
            only_typed = blank.entry and not blank.choices
            return Turn(state=_typing(wanted, blank) if only_typed else wanted)
        case "told" if asked and touch.value in {one.value for one in asked.choices}:
            told = {asked.name: touch.value, f"{asked.name}{overlays.TYPED}": ""}
            return Turn(state=_with(state, draft.telling(told)))
        case "type_blank" if asked and asked.entry:
            return Turn(state=_typing(state, asked))
        case "defect" if asked and asked.is_marks:
            marked = replace(draft.with_defect(touch.value, 1), asked=asked.name)
            return Turn(state=_with(state, marked))
        case "clear_draft":
            return Turn(state=_with(state, replace(draft, defects=())))
        case "drop_ticket":
            others = tuple(one for one in draft.others if one != touch.value)
            return Turn(state=_with(state, replace(draft, others=others)))
        case "say_it":
            return _say(state, statement, desk)
        case _:
            return None


def _typing(state: State, blank: Blank) -> State:
    """Open the number pad or the keyboard of a blank."""
    return overlays.opened(state, blank.name if blank.entry == "pieces" else f"{blank.name}{overlays.TYPED}")


def _with(state: State, draft: Draft) -> State:
    return replace(state, work=replace(state.work, draft=draft), overlay=None, answer=None)


def _statement(state: State) -> Statement | None:
    return statements().get(state.work.draft.statement)


def _asked(draft: Draft, blanks: Sequence[Blank]) -> Blank | None:
    """Return the blank asked for now: the one touched, else the first that is needed and not filled."""
    touched = next((one for one in blanks if one.name == draft.asked), None)
    return touched or next((one for one in blanks if one.is_needed and not one.code), None)


def _say(state: State, statement: Statement, desk: Desk, scan: Scanned | None = None) -> Turn:
    """Record what is said, once no needed blank is left; whoever is signed on by now must be entitled to it."""
    if not may_say(statement, desk):
        return refused(state, (refusal("not_entitled"),), scan)
    blanks = statement.blanks(state, desk)
    if lacks := next((one for one in blanks if one.is_needed and not one.code), None):
        what = lacks.label or f"field.{lacks.name}"
        return refused(state, (refusal("blank_left", what=what),), scan)
    match statement.said(state, {one.name: one for one in blanks}, desk):
        case Problem() as problem:
            return refused(state, (problem,), scan)
        case said:
            left = station.back_to_station(replace(state, numbers=said.numbers)).state
            return Turn(
                state=answered(left, Tone.STORED, said.says, scan), events=(Happened(event=said.event),)
            )


def on_yes(state: State, question: Question, desk: Desk) -> Turn:
    """Nothing is ever asked here."""
    return refused(state, (refusal("nothing_asked"),))


def asks(state: State, desk: Desk) -> str:
    """Return the one next step."""
    statement = _statement(state)
    if statement is None:
        return "ask.say"
    asked = _asked(state.work.draft, statement.blanks(state, desk))
    if asked is None:
        return "ask.say_it"
    return asked.asks or f"ask.say.{asked.name}"


def _label(blank: Blank) -> Words:
    """Return what a blank is called: in the plant's words, where it has some of its own."""
    if blank.label:
        return Words(key="station.name", parameters={"name": blank.label})
    return Words(key=f"field.{blank.name}")


def view(state: State, desk: Desk) -> StatementView:
    """Show what can be said here, or the blanks of what is being said."""
    statement, draft = _statement(state), state.work.draft
    back = Button(action="leave_draft", label=Words(key="button.back"), icon="close")
    shown = StatementView(asks=Words(key=asks(state, desk)), buttons=(back,))
    if statement is None:
        return replace(shown, kinds=tuple(_kinds(desk)))
    blanks = statement.blanks(state, desk)
    asked = _asked(draft, blanks)
    progress = desk.floor.progress(draft.bundle) if draft.bundle else None
    is_whole = all(one.code for one in blanks if one.is_needed)
    say_it = Button(
        action="say_it",
        label=Words(key="button.say_it"),
        icon="done",
        style="primary",
        is_enabled=is_whole,
    )
    marks = any(one.is_marks for one in blanks) and draft.defects
    clear = Button(action="clear_draft", label=Words(key="button.clear_counts"), icon="clear")
    return replace(
        shown,
        title=Words(key=f"statement.{draft.statement}"),
        icon=statement.icon,
        card=bundle_card(progress, desk) if progress else None,
        blanks=tuple(
            BlankView(
                field=one.name,
                label=_label(one),
                value=one.reads,
                is_next=one is asked,
                is_needed=one.is_needed,
            )
            for one in blanks
        ),
        choosing=_label(asked) if asked else None,
        list=asked.name if asked else "",
        choices=asked.choices if asked else (),
        can_type=asked.entry if asked else "",
        photos=photos_view(draft, desk) if statement.has_photos else None,
        buttons=(say_it, *((clear,) if marks else ()), back),
    )


def _kinds(desk: Desk) -> list[Choice]:
    """Return what can be said here by whoever is signed on."""
    return [
        Choice(
            value=name,
            title=f"statement.{name}",
            icon=one.icon,
            action="statement",
            badge=str(waiting) if (waiting := one.waits(desk)) else "",
        )
        for name, one in statements().items()
        if may_say(one, desk)
    ]
