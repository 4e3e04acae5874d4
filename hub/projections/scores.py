"""What units said of each other for a month, and what of it was published: a published month never changes."""

from collections.abc import Mapping

import msgspec

from domain.event import Event
from domain.events.quality import QuestionnaireAnswered, ScorePublished, UnitRated
from domain.handoff import BAD
from domain.month import is_month
from domain.questionnaire import POINTS_MAX
from hub.projection import Fact, Handler, NotBookableError, Projection
from hub.projections.office import refuse_others
from hub.store.quality_tables import published_scores, questionnaire_answers, unit_ratings


class RatingRow(msgspec.Struct, frozen=True, gc=False):
    """A row of `unit_ratings`."""

    plant: str
    period: str
    judged: str
    judge: str
    rating: str
    reason: str
    person: str
    at: str
    position: int


class AnswerRow(msgspec.Struct, frozen=True, gc=False):
    """A row of `questionnaire_answers`."""

    plant: str
    judged: str
    period: str
    judge: str
    question: str
    points: int
    note: str
    person: str
    position: int


class ScoreRow(msgspec.Struct, frozen=True, gc=False):
    """A row of `published_scores`."""

    plant: str
    period: str
    unit: str
    score_json: str
    person: str
    published_at: str
    position: int


class Scores(Projection):
    """Keeps the last word of each judge, and the first publication of each unit's month."""

    name = "scores"

    def handlers(self) -> Mapping[type[Event], Handler]:
        self._ratings = self.desk.rows(unit_ratings, RatingRow)
        self._answers = self.desk.rows(questionnaire_answers, AnswerRow)
        self._scores = self.desk.rows(published_scores, ScoreRow)
        return {
            UnitRated: self._rated,
            QuestionnaireAnswered: self._answered,
            ScorePublished: self._published,
        }

    def _rated(self, fact: Fact, event: UnitRated) -> None:
        _see_that_it_counts(event.judge, event.judged, event.period)
        if event.rating in BAD and not event.reason.strip():
            raise ValueError(f"a rating of {event.rating} needs a reason")
        row = RatingRow(
            plant=fact.plant,
            period=event.period,
            judged=event.judged,
            judge=event.judge,
            rating=event.rating,
            reason=event.reason,
            person=fact.envelope.operator,
            at=fact.happened_at,
            position=fact.position,
        )
        self._ratings.save(row)

    def _answered(self, fact: Fact, event: QuestionnaireAnswered) -> None:
        _see_that_it_counts(event.judge, event.judged, event.period)
        for answer in event.answers:
            if not 1 <= answer.points <= POINTS_MAX:
                raise ValueError(f"an answer is 1 to {POINTS_MAX}, not {answer.points}")
            row = AnswerRow(
                plant=fact.plant,
                judged=event.judged,
                period=event.period,
                judge=event.judge,
                question=answer.question,
                points=answer.points,
                note=event.note,
                person=fact.envelope.operator,
                position=fact.position,
            )
            self._answers.save(row)

    def _published(self, fact: Fact, event: ScorePublished) -> None:
        refuse_others(fact)
        if not is_month(event.period):
            raise ValueError(f"{event.period!r} is no month")
        if self._scores.get((fact.plant, event.period, event.unit)) is not None:
            raise NotBookableError("published_twice", f"{event.unit} {event.period}")
        row = ScoreRow(
            plant=fact.plant,
            period=event.period,
            unit=event.unit,
            score_json=msgspec.json.encode(event, order="sorted").decode(),
            person=fact.envelope.operator,
            published_at=fact.received_at,
            position=fact.position,
        )
        self._scores.save(row)


def _see_that_it_counts(judge: str, judged: str, period: str) -> None:
    """Raise ValueError for what is no month, and for a unit that judges itself."""
    if not is_month(period):
        raise ValueError(f"{period!r} is no month")
    if judge == judged:
        raise ValueError(f"{judge} cannot judge itself")


PROJECTION = Scores
