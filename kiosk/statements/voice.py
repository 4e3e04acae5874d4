"""A word to a unit: a suggestion, a complaint, thanks, or a fault picked 挑刺; it is answered by a date."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import get_args

from domain.events.quality import VoiceKind, VoiceRaised
from domain.problem import Problem
from domain.quality_saying import ANSWER_DAYS, QUALITY_ACTS
from kiosk.activity import Desk
from kiosk.parts import Choice, Words
from kiosk.state import State
from kiosk.statement import Blank, Said, Statement, chosen
from kiosk.work.operations import operation_here, reason_choices
from kiosk.work.units import unit_choices

_KINDS: Mapping[str, VoiceKind] = {one: one for one in get_args(VoiceKind)}


def _blanks(state: State, desk: Desk) -> Sequence[Blank]:
    """Ask what kind of word it is, to whom, and what is said."""
    draft = state.work.draft
    kind = chosen("voice_kind", [Choice(value=one, title=f"voice_kind.{one}") for one in _KINDS], draft)
    phrases = reason_choices(_KINDS[kind.code], desk) if kind.code else ()
    return (
        kind,
        chosen("to_unit", unit_choices(desk, desk.floor.units()), draft),
        chosen("words", phrases, draft, can_type=True),
    )


def _said(state: State, filled: Mapping[str, Blank], desk: Desk) -> Said | Problem:
    """Raise it."""
    numbers, name = state.numbers.next_name("voice", desk.station, desk.epoch)
    due = desk.now.astimezone().date() + timedelta(days=ANSWER_DAYS)
    event = VoiceRaised(
        voice=name,
        kind=_KINDS[filled["voice_kind"].code],
        unit=filled["to_unit"].code,
        text=filled["words"].spoken(desk),
        due=due,
        operation=operation_here(state, desk),
    )
    told = {"unit": filled["to_unit"].reads, "due": f"{due:%m-%d}"}
    return Said(event=event, numbers=numbers, says=Words(key="said.voice_raised", parameters=told))


STATEMENT = Statement(rank=4, icon="text", blanks=_blanks, said=_said, right=QUALITY_ACTS["raise"])
