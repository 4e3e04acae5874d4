"""Looking at one's own pay at a kiosk: whether it is open, which line is meant, and what is said against it. Pure."""

from msgspec.structs import replace

from domain.document import Happened
from domain.events.quality import PayContested
from domain.pay_sheet import PayEntry, PaySheet
from domain.pay_slip import pay_slip
from domain.problem import refusal
from kiosk.activity import Desk, Turn
from kiosk.answers import answered, refused
from kiosk.parts import Words
from kiosk.proof import ask_pin
from kiosk.screen import Tone
from kiosk.state import PayLook, Question, State


def open_pay(state: State, desk: Desk) -> Turn | None:
    """Go to one's own pay; whoever has a PIN types it first."""
    person = desk.operator
    if person is None:
        return None
    gone = replace(state.without_draft(), at="pay", overlay=None, answer=None, pay=PayLook())
    if person.pin:
        return ask_pin(gone, Question(ask="pay", problems=()), person, desk)
    return Turn(state=replace(gone, pay=PayLook(is_open=True)))


def sheet_of(state: State, desk: Desk) -> PaySheet | None:
    """Return the sheet on the screen: only that of whoever stands here, and only while they look at it."""
    seen = desk.pay
    return seen.sheet if state.pay.is_open and seen.person == state.operator else None


def entry_meant(state: State, desk: Desk) -> PayEntry | None:
    """Return the line that is chosen."""
    sheet = sheet_of(state, desk)
    entries = sheet.entries if sheet else ()
    return next((one for one in entries if one.job == state.pay.job), None)


def is_contested(entry: PayEntry, state: State) -> bool:
    """Tell whether a line waits for an answer, as the hub knows or as was said here just now."""
    said = entry.contest
    return entry.job in state.pay.contested or (said is not None and not said.is_answered)


def contest(state: State, reason: str, desk: Desk) -> Turn:
    """Say that the chosen line is wrong."""
    closed = replace(state, overlay=None)
    entry = entry_meant(state, desk)
    if entry is None:
        return refused(closed, (refusal("no_pay_line"),))
    if is_contested(entry, state):
        return Turn(state=answered(closed, Tone.LOOK, Words(key="said.contested_already")))
    event = PayContested(job=entry.job, person=state.operator, reason=reason)
    look = replace(state.pay, contested=(*state.pay.contested, entry.job))
    said = answered(replace(closed, pay=look), Tone.STORED, Words(key="said.contested"))
    return Turn(state=said, events=(Happened(event=event),))


def print_slip(state: State, desk: Desk) -> Turn:
    """Print what is on the screen, for whoever stands here to take along."""
    sheet = sheet_of(state, desk)
    if sheet is None or desk.operator is None:
        return refused(state, (refusal("no_pay_to_print"),))
    job = state.numbers.fresh(desk.station, desk.epoch).job
    used = replace(state, numbers=replace(state.numbers, jobs=state.numbers.jobs + 1))
    event = pay_slip(sheet, desk.operator.names, desk.now.astimezone(), f"{job}.1")
    said = answered(used, Tone.STORED, Words(key="said.slip_printed"))
    return Turn(state=said, events=(Happened(event=event),))
