"""A customer answers a unit's questionnaire of a month, each question 1 to 5."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from domain.events.quality import Answer, QuestionnaireAnswered
from domain.problem import Problem
from domain.quality_saying import QUALITY_ACTS
from domain.questionnaire import POINTS_MAX, QUESTIONS
from kiosk.activity import Desk
from kiosk.parts import Choice, Words
from kiosk.state import State
from kiosk.statement import Blank, Said, Statement, chosen
from kiosk.work.judging import judging

_QUESTION = "question_"
"""How the blank of a question is named, before its code."""
_POINTS = tuple(Choice(value=str(one), title=f"points.{one}") for one in range(POINTS_MAX, 0, -1))


def _blanks(state: State, desk: Desk) -> Sequence[Blank]:
    """Ask who is judged, for which month, and each question."""
    draft, who = state.work.draft, judging(state, desk)
    questions = (
        replace(
            chosen(f"{_QUESTION}{code}", _POINTS, draft),
            label=label,
            asks="ask.say.question" if label else "",
        )
        for code, label in _asked(who[1].code, desk).items()
    )
    note = chosen("note", (), draft, can_type=True, is_needed=False)
    return (*who, *questions, note)


def _asked(unit: str, desk: Desk) -> Mapping[str, str]:
    """Return the codes of the questions: the plant's, each in its words, or our own."""
    declared = desk.floor.survey(unit) if unit else ()
    return {one.code: one.names.of(desk.language) for one in declared} or dict.fromkeys(QUESTIONS, "")


def _said(state: State, filled: Mapping[str, Blank], desk: Desk) -> Said | Problem:
    """Answer it."""
    judged = filled["judged"]
    event = QuestionnaireAnswered(
        judge=filled["judge"].code,
        judged=judged.code,
        period=filled["period"].code,
        answers=tuple(
            Answer(question=one, points=int(filled[f"{_QUESTION}{one}"].code))
            for one in _asked(judged.code, desk)
        ),
        note=filled["note"].spoken(desk),
    )
    told = {"unit": judged.reads, "period": event.period}
    return Said(
        event=event, numbers=state.numbers, says=Words(key="said.questions_answered", parameters=told)
    )


STATEMENT = Statement(rank=7, icon="list", blanks=_blanks, said=_said, right=QUALITY_ACTS["rate"])
