"""Calling somebody to the station, saying that it stands still, and handing it over at the end of a shift."""

from domain.barcode import ControlCommand
from domain.problem import refusal
from kiosk.activities import station
from kiosk.activity import Desk, Scanned, Turn
from kiosk.answers import refused
from kiosk.page import Touch
from kiosk.parts import Button, Choice, Words
from kiosk.state import Question, State
from kiosk.work import overlays
from kiosk.work.calls import CALL_KINDS, answer, call, resume_station, stop_station, stopped_words
from kiosk.work.shift import print_shift_slip
from kiosk.work.views import CallView

_ICONS = {"help": "help", "material": "item", "mechanic": "wrench", "quality": "shield"}


def on_scan(state: State, scan: Scanned, desk: Desk) -> Turn | None:
    """Leave this for a ticket: work goes on."""
    if scan.badge is not None:
        return None
    if scan.control is not None:
        is_no = scan.control.command in (ControlCommand.UNDO, ControlCommand.NO)
        return station.back_to_station(state) if is_no else None
    return station.on_scan(station.back_to_station(state).state, scan, desk)


def on_touch(state: State, touch: Touch, desk: Desk) -> Turn | None:
    """Call, say that somebody came, stand still, or go on."""
    match overlays.on_overlay(state, touch):
        case overlays.Given(field="stop_reason", value=reason):
            return stop_station(state, "stoppage", reason, desk)
        case State() as typed:
            return Turn(state=typed)
        case _:
            pass
    return _touch(state, touch, desk)


def _touch(state: State, touch: Touch, desk: Desk) -> Turn | None:
    match touch.action:
        case "call" if touch.value in CALL_KINDS:
            return call(state, CALL_KINDS[touch.value], desk)
        case "came":
            return answer(state, touch.value)
        case "break":
            return stop_station(state, "break", "", desk)
        case "stoppage":
            return Turn(state=overlays.opened(state, "stop_reason"))
        case "resume_station":
            return resume_station(state)
        case "shift_slip" if desk.printers:
            return print_shift_slip(state, desk)
        case "leave_draft":
            return station.back_to_station(state)
        case _:
            return None


def on_yes(state: State, question: Question, desk: Desk) -> Turn:
    """Nothing is ever asked here."""
    return refused(state, (refusal("nothing_asked"),))


def asks(state: State, desk: Desk) -> str:
    """Return the one next step."""
    return "ask.call"


def view(state: State, desk: Desk) -> CallView:
    """Show whom to call, who was called, and what stands still."""
    stopped = state.work.stoppage is not None
    stops = (
        (
            Button(
                action="resume_station",
                label=Words(key="button.resume_station"),
                icon="next",
                style="primary",
            ),
        )
        if stopped
        else (
            Button(action="break", label=Words(key="button.break"), icon="clock"),
            Button(action="stoppage", label=Words(key="button.stoppage"), icon="warn", style="danger"),
        )
    )
    slip = Button(action="shift_slip", label=Words(key="button.shift_slip"), icon="printer")
    back = Button(action="leave_draft", label=Words(key="button.back"), icon="close")
    return CallView(
        asks=Words(key="ask.call"),
        kinds=tuple(
            Button(
                action="call", value=kind, label=Words(key=f"call.{kind}"), icon=_ICONS[kind], style="primary"
            )
            for kind in CALL_KINDS
        ),
        calls=tuple(
            Choice(
                value=one.call,
                title=f"call.{one.kind}",
                detail=Words(
                    key="station.came" if one.is_answered else "station.waits",
                    parameters={"time": f"{one.since.astimezone():%H:%M}"},
                ),
                action="came",
                icon="done" if one.is_answered else "clock",
            )
            for one in state.work.calls
        ),
        stops=(*stops, *((slip,) if desk.printers else ()), back),
        stopped=stopped_words(state, desk),
    )
