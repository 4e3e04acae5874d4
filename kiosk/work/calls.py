"""Calls for somebody, and a station that stands still: for a break of its people, or because it cannot work. Pure."""

from collections.abc import Mapping
from typing import Literal, get_args

from msgspec.structs import replace

from domain.document import Happened
from domain.events.production import CallAnswered, CallKind, CallMade, WorkStopped
from domain.problem import refusal
from kiosk.activity import Desk, Turn
from kiosk.answers import answered, refused
from kiosk.parts import Words
from kiosk.screen import Tone
from kiosk.state import State
from kiosk.work.jobs import job_in_hand, resumed
from kiosk.work.operations import operation_here, reason_title
from kiosk.work.state import CALLS_OPEN_MAX, OpenCall, Stoppage

CALL_KINDS: Mapping[str, CallKind] = {one: one for one in get_args(CallKind)}


def call(state: State, kind: CallKind, desk: Desk) -> Turn:
    """Call somebody; the same call twice is one call."""
    work = state.work
    if any(one.kind == kind and not one.is_answered for one in work.calls):
        return Turn(
            state=answered(state, Tone.LOOK, Words(key="said.called_already", parameters=_kind(kind)))
        )
    if len(work.calls) >= CALLS_OPEN_MAX:
        return refused(state, (refusal("too_many_calls", most=CALLS_OPEN_MAX),))
    numbers, name = state.numbers.next_name("call", desk.station, desk.epoch)
    job = job_in_hand(state, desk)
    event = CallMade(call=name, kind=kind, operation=operation_here(state, desk))
    if job:
        event = replace(event, bundle=job.bundle)
    calls = (*work.calls, OpenCall(call=name, kind=kind, since=desk.now))
    called = replace(state, numbers=numbers, work=replace(work, calls=calls))
    said = answered(called, Tone.STORED, Words(key="said.called", parameters=_kind(kind)))
    return Turn(state=said, events=(Happened(event=event),))


def answer(state: State, name: str) -> Turn | None:
    """Say that somebody came; once more, that it is settled."""
    work = state.work
    found = next((one for one in work.calls if one.call == name), None)
    if found is None:
        return None
    is_over = found.is_answered
    event = CallAnswered(call=name, is_over=is_over)
    came = replace(found, is_answered=True)
    calls = tuple(
        came if one.call == name else one for one in work.calls if not (is_over and one.call == name)
    )
    key = "said.call_over" if is_over else "said.call_answered"
    settled = replace(state, work=replace(work, calls=calls))
    return Turn(
        state=answered(settled, Tone.STORED, Words(key=key, parameters=_kind(found.kind))),
        events=(Happened(event=event),),
    )


def stop_station(state: State, kind: Literal["break", "stoppage"], reason: str, desk: Desk) -> Turn:
    """Let the station stand still; the next check-in, or a touch, sets it going again."""
    if state.work.stoppage:
        return refused(replace(state, overlay=None), (refusal("stopped_already"),))
    numbers, name = state.numbers.next_name("stoppage", desk.station, desk.epoch)
    event = WorkStopped(stoppage=name, kind=kind, reason=reason)
    stoppage = Stoppage(name=name, kind=kind, since=desk.now, reason=reason)
    stopped = replace(
        state, at="station", overlay=None, numbers=numbers, work=replace(state.work, stoppage=stoppage)
    )
    return Turn(
        state=answered(stopped, Tone.STORED, Words(key=f"said.stopped.{kind}")),
        events=(Happened(event=event),),
    )


def resume_station(state: State) -> Turn:
    """Work again."""
    events = resumed(state)
    if not events:
        return Turn(state=state)
    going = replace(state, work=replace(state.work, stoppage=None))
    return Turn(state=answered(going, Tone.STORED, Words(key="said.station_resumed")), events=events)


def stopped_words(state: State, desk: Desk) -> Words | None:
    """Say why the station stands still, and since when."""
    stoppage = state.work.stoppage
    if stoppage is None:
        return None
    reason = reason_title(stoppage.reason, desk, "stoppage") if stoppage.reason else ""
    told = {"time": f"{stoppage.since.astimezone():%H:%M}", "reason": reason}
    return Words(key=f"station.stopped_{stoppage.kind}", parameters=told)


def call_words(state: State) -> tuple[Words, ...]:
    """Say who was called and has not come yet."""
    return tuple(
        Words(key="station.called", parameters={**_kind(one.kind), "time": f"{one.since.astimezone():%H:%M}"})
        for one in state.work.calls
        if not one.is_answered
    )


def _kind(kind: CallKind) -> dict[str, str]:
    return {"kind": f"call.{kind}"}
