"""How a kiosk takes up its work again: what it says of the time before, and who is still signed on."""

from collections.abc import Sequence
from datetime import datetime

from msgspec.structs import replace

from domain.document import Happened
from domain.event import Event
from domain.events.terminal import KioskStarted, ReleaseChanged, SignedOff
from kiosk.activity import Turn
from kiosk.line_view import clock_time
from kiosk.screen import Answer, Tone, Words
from kiosk.state import LabelPick, PayLook, State


def remembered(state: State) -> State:
    """Return the state with what was stored last as its answer: whoever was interrupted sees whether it happened."""
    stored = state.stored
    if stored is None:
        return state
    says = Words(key="said.restarted", parameters={"time": clock_time(stored.at)})
    return replace(state, answer=Answer(tone=Tone.LOOK, says=says, way_out=stored.says))


def begun(
    state: State,
    started: KioskStarted,
    earlier: Sequence[Happened],
    now: datetime,
    *,
    idle_lock_ms: int,
    kept: int,
    change: Event | None = None,
) -> Turn:
    """Return the first turn. `earlier` was not recorded yet when work ended; `kept` scans came in from safe mode.

    `change`: another release runs here since the last start.
    """
    events = [Happened(event=started), *earlier]
    taken_up = remembered(state)
    if state.at == "pay":  # whoever stands here now may be somebody else
        taken_up = replace(taken_up, at="home", question=None, overlay=None, pay=PayLook())
    if state.operator and _was_idle(state, now, idle_lock_ms):
        left = SignedOff(person=state.operator, reason="restart", idle_s=state.idle_s(now))
        events.append(Happened(event=left))
        taken_up = replace(
            taken_up, at="sign_on", operator="", session="", question=None, overlay=None, picked=LabelPick()
        )
    if isinstance(change, ReleaseChanged):
        taken_up = replace(taken_up, answer=_said_of(change, taken_up.answer))
    if kept:
        says = Words(key="said.kept_taken", parameters={"count": str(kept)})
        answer = Answer(tone=Tone.LOOK, says=says, needs_acknowledgement=True)
        taken_up = replace(taken_up, answer=answer)
    return Turn(state=taken_up, events=tuple(events))


def _said_of(change: ReleaseChanged, before: Answer | None) -> Answer:
    """Say that another release runs here, and what was stored last: whoever stood here was interrupted by it."""
    says = Words(
        key=f"said.release.{change.reason}", parameters={"after": change.after, "before": change.before}
    )
    return Answer(tone=Tone.LOOK, says=says, way_out=before.way_out if before else None)


def _was_idle(state: State, now: datetime, idle_lock_ms: int) -> bool:
    """Tell whether nobody was here for long, or how long cannot be told: a clock that went back proves nothing."""
    idle_ms = (now - state.touched).total_seconds() * 1000 if state.touched else 0
    return not 0 <= idle_ms <= idle_lock_ms
