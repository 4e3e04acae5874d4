"""An answer to what was said to this station's unit."""

from collections.abc import Mapping, Sequence

from domain.events.quality import VoiceAnswered
from domain.problem import Problem
from domain.quality_saying import VOICE_RIGHT
from domain.shop import Voice
from kiosk.activity import Desk
from kiosk.parts import Choice, Words
from kiosk.state import State
from kiosk.statement import Blank, Said, Statement, chosen
from kiosk.work.operations import person_name, reason_choices

VOICES_SHOWN_MAX = 50
_DONE = "yes"


def _waits(desk: Desk) -> int:
    """Count what waits for an answer."""
    return len(desk.floor.voices(VOICES_SHOWN_MAX))


def _blanks(state: State, desk: Desk) -> Sequence[Blank]:
    """Ask which word is answered, what is answered, and whether it is done already."""
    draft = state.work.draft
    done = (Choice(value=one, title=f"choice.is_done.{one}") for one in (_DONE, "not_yet"))
    return (
        chosen("voice", [_choice(one, desk) for one in desk.floor.voices(VOICES_SHOWN_MAX)], draft),
        chosen("answer", reason_choices("answer", desk), draft, can_type=True),
        chosen("is_done", list(done), draft),
    )


def _choice(voice: Voice, desk: Desk) -> Choice:
    told = {
        "kind": f"voice_kind.{voice.kind}",
        "name": person_name(voice.person, desk),
        "due": f"{voice.due:%m-%d}",
    }
    return Choice(value=voice.name, title=voice.text, detail=Words(key="voice.row", parameters=told))


def _said(state: State, filled: Mapping[str, Blank], desk: Desk) -> Said | Problem:
    """Answer it."""
    event = VoiceAnswered(
        voice=filled["voice"].code,
        text=filled["answer"].spoken(desk),
        is_done=filled["is_done"].code == _DONE,
    )
    return Said(event=event, numbers=state.numbers, says=Words(key="said.voice_answered"))


STATEMENT = Statement(rank=5, icon="back", blanks=_blanks, said=_said, right=VOICE_RIGHT, waits=_waits)
