"""A customer answers a unit's questionnaire of a month, each question 1 to 5."""

from collections.abc import Mapping, Sequence

from domain.events.quality import Answer, QuestionnaireAnswered
from domain.problem import Problem
from domain.quality_saying import QUALITY_ACTS
from domain.questionnaire import POINTS_MAX, QUESTIONS
from kiosk.activity import Desk
from kiosk.parts import Choice, Words
from kiosk.state import State
from kiosk.statement import Blank, Said, Statement, chosen
from kiosk.work.judging import judging

_POINTS = tuple(Choice(value=str(one), title=f"points.{one}") for one in range(POINTS_MAX, 0, -1))


def _blanks(state: State, desk: Desk) -> Sequence[Blank]:
    """Ask who is judged, for which month, and each question."""
    draft = state.work.draft
    questions = (chosen(f"question_{one}", _POINTS, draft) for one in QUESTIONS)
    note = chosen("note", (), draft, can_type=True, is_needed=False)
    return (*judging(state, desk), *questions, note)


def _said(state: State, filled: Mapping[str, Blank], desk: Desk) -> Said | Problem:
    """Answer it."""
    event = QuestionnaireAnswered(
        judge=filled["judge"].code,
        judged=filled["judged"].code,
        period=filled["period"].code,
        answers=tuple(Answer(question=one, points=int(filled[f"question_{one}"].code)) for one in QUESTIONS),
        note=filled["note"].spoken(desk),
    )
    told = {"unit": filled["judged"].reads, "period": event.period}
    return Said(
        event=event, numbers=state.numbers, says=Words(key="said.questions_answered", parameters=told)
    )


STATEMENT = Statement(rank=7, icon="list", blanks=_blanks, said=_said, right=QUALITY_ACTS["rate"])
