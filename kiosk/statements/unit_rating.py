"""A customer rates a unit for a month, A to E; D and E say why."""

from collections.abc import Mapping, Sequence

from domain.events.quality import UnitRated
from domain.handoff import BAD, Rating
from domain.problem import Problem
from domain.quality_saying import QUALITY_ACTS
from kiosk.activity import Desk
from kiosk.parts import Choice, Words
from kiosk.state import State
from kiosk.statement import Blank, Said, Statement, chosen
from kiosk.work.judging import judging
from kiosk.work.operations import reason_choices


def _blanks(state: State, desk: Desk) -> Sequence[Blank]:
    """Ask who is rated, for which month, how, and why."""
    draft = state.work.draft
    rating = chosen("rating", [Choice(value=one, title=f"rating.{one}") for one in Rating], draft)
    reason = chosen(
        "rating_reason", reason_choices("rating", desk), draft, can_type=True, is_needed=rating.code in BAD
    )
    return (*judging(state, desk), rating, reason)


def _said(state: State, filled: Mapping[str, Blank], desk: Desk) -> Said | Problem:
    """Rate it."""
    event = UnitRated(
        judge=filled["judge"].code,
        judged=filled["judged"].code,
        period=filled["period"].code,
        rating=Rating(filled["rating"].code),
        reason=filled["rating_reason"].spoken(desk),
    )
    told = {"unit": filled["judged"].reads, "rating": event.rating, "period": event.period}
    return Said(event=event, numbers=state.numbers, says=Words(key="said.rated", parameters=told))


STATEMENT = Statement(rank=6, icon="count", blanks=_blanks, said=_said, right=QUALITY_ACTS["rate"])
