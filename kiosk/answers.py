"""How the kiosk answers: stored, look, refused, fault; each with the thing scanned, the rule and the next move."""

import re
from collections.abc import Sequence

from msgspec.structs import replace

from domain.document import Happened
from domain.events.terminal import ScanRefused
from domain.field import Input
from domain.problem import Problem, Severity
from kiosk.activity import Scanned, Turn
from kiosk.screen import Answer, Tone, Words
from kiosk.state import Ask, Question, State

SCANNED_SHOWN_CHARS_MAX = 60
_SYMBOLOGY = re.compile(r"\][A-Za-z][0-9A-Za-z](?=.)")
"""What a scanner puts before a code to say its kind (ISO/IEC 15424): nothing a person could find on the label."""

_TONES = {
    Severity.info: Tone.NEUTRAL,
    Severity.question: Tone.LOOK,
    Severity.refusal: Tone.REFUSED,
    Severity.fault: Tone.FAULT,
}


def shown(text: str) -> str:
    """Return a scanned text as it stands on the label, short enough for the screen, control characters visible."""
    start = _SYMBOLOGY.match(text)
    printed = text[start.end() :] if start else text
    visible = "".join(character if character.isprintable() else "·" for character in printed)
    return (
        visible if len(visible) <= SCANNED_SHOWN_CHARS_MAX else f"{visible[: SCANNED_SHOWN_CHARS_MAX - 1]}…"
    )


def problem_answer(problem: Problem, scanned: str = "") -> Answer:
    """Say a problem; refusals and faults stay until they are acknowledged or the right scan comes."""
    return Answer(
        tone=_TONES[problem.severity],
        says=Words(key=f"problem.{problem.code}", parameters=dict(problem.parameters)),
        way_out=Words(key=f"problem.{problem.way_out}", parameters=dict(problem.parameters)),
        scanned=shown(scanned),
        needs_acknowledgement=problem.severity in (Severity.refusal, Severity.fault),
    )


def refused(state: State, problems: Sequence[Problem], scan: Scanned | None = None) -> Turn:
    """Answer no. A refused scan is a fact too and is recorded."""
    problem = problems[0]
    answered = replace(state, answer=problem_answer(problem, scan.text if scan else ""))
    if scan is None:
        return Turn(state=answered)
    event = ScanRefused(problem=problem.code, parameters=dict(problem.parameters), document=state.current)
    return Turn(state=answered, events=(Happened(event=event),))


def answered(
    state: State, tone: Tone, says: Words, scan: Scanned | None = None, *, way_out: Words | None = None
) -> State:
    """Return the state with this answer, and perhaps what else can be done."""
    scanned = shown(scan.text) if scan else ""
    return replace(state, answer=Answer(tone=tone, says=says, scanned=scanned, way_out=way_out))


def asked(
    state: State,
    ask: Ask,
    problems: tuple[Problem, ...],
    scanned: str = "",
    *,
    target: str = "",
    given: Input | None = None,
    confirmed: tuple[str, ...] = (),
) -> State:
    """Return the state with a yes-or-no question on top."""
    question = Question(
        ask=ask, problems=problems, scanned=scanned, target=target, given=given, confirmed=confirmed
    )
    return replace(state, question=question, overlay=None, answer=problem_answer(problems[0], scanned))
