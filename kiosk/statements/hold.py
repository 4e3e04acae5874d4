"""Work must stand still: on a bundle, its dye lot or its order, a roll, or an operation; here at once, hub or not."""

from collections.abc import Mapping, Sequence

from domain.events.quality import HoldPlaced, HoldScope
from domain.inspection import spoken_reason
from domain.problem import Problem, refusal
from domain.quality_saying import QUALITY_ACTS
from domain.route import OperationCode
from kiosk.activity import Desk
from kiosk.parts import Choice, Words
from kiosk.state import State
from kiosk.statement import Blank, Said, Statement, chosen
from kiosk.work.operations import operation_name, reason_choices


def _blanks(state: State, desk: Desk) -> Sequence[Blank]:
    """Ask for the thing, for how much of its kind, and why."""
    draft = state.work.draft
    operations = (OperationCode(one) for one in desk.station.operations)
    held = chosen(
        "held",
        [Choice(value=one, title=operation_name(one, desk), icon="station") for one in operations],
        draft,
    )
    thing = held.code or draft.bundle or draft.told.get("roll", "")
    is_bundle = bool(draft.bundle) and not held.code
    reasons = chosen("hold_reason", reason_choices("hold", desk), draft, can_type=True)
    return (
        Blank(
            name="held",
            code=thing,
            reads=held.reads or thing,
            scans=frozenset({"ticket", "roll"}),
            choices=held.choices,
        ),
        *((chosen("held_scope", _scopes(state, desk), draft),) if is_bundle else ()),
        reasons,
    )


def _scopes(state: State, desk: Desk) -> list[Choice]:
    return [
        Choice(value=scope, title=f"hold_scope.{scope}", badge=key)
        for scope, key in _keys(state, desk).items()
    ]


def _keys(state: State, desk: Desk) -> Mapping[HoldScope, str]:
    """Return what the ticket in hand can stand for, each with its name."""
    progress = desk.floor.progress(state.work.draft.bundle)
    if progress is None:
        return {}
    bundle = progress.bundle
    keys: dict[HoldScope, str] = {"bundle": bundle.serial, "shade": bundle.shade, "order": bundle.order}
    return {scope: key for scope, key in keys.items() if key}


def _said(state: State, filled: Mapping[str, Blank], desk: Desk) -> Said | Problem:
    """Place the hold, unless the thing is held already."""
    scope, key = _what(state, filled, desk)
    if standing := desk.floor.held(scope, key):
        return refusal("held_already", key=key, reason=spoken_reason(standing.reason))
    numbers, name = state.numbers.next_name("hold", desk.station, desk.epoch)
    event = HoldPlaced(hold=name, scope=scope, key=key, reason=filled["hold_reason"].spoken(desk))
    told = {"scope": f"hold_scope.{scope}", "key": key}
    return Said(event=event, numbers=numbers, says=Words(key="said.held", parameters=told))


def _what(state: State, filled: Mapping[str, Blank], desk: Desk) -> tuple[HoldScope, str]:
    if told := filled.get("held_scope"):
        return next(one for one in _keys(state, desk).items() if one[0] == told.code)
    roll = state.work.draft.told.get("roll", "")
    key = filled["held"].code
    return ("roll" if key == roll else "operation"), key


STATEMENT = Statement(rank=2, icon="lock", blanks=_blanks, said=_said, right=QUALITY_ACTS["hold"])
