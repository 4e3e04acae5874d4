"""What people say to a unit, suggestions, complaints, thanks, picked faults, and what it answered."""

from collections.abc import Mapping

import msgspec
from msgspec.structs import replace

from domain.event import Event
from domain.events.quality import VoiceAnswered, VoiceRaised
from hub.projection import Fact, Handler, NotBookableError, Projection
from hub.projections.tickets import day_of_fact
from hub.store.quality_tables import voices


class VoiceRow(msgspec.Struct, frozen=True, gc=False):
    """A row of `voices`."""

    plant: str
    name: str
    kind: str
    unit: str
    operation: str
    text: str
    person: str
    raised_at: str
    due: str
    answer: str
    answered_by: str
    answered_on: str | None
    is_done: bool
    raised_position: int
    position: int


class Voices(Projection):
    """Keeps each voice with its last answer; the day of the first answer is the day it was answered."""

    name = "voices"

    def handlers(self) -> Mapping[type[Event], Handler]:
        self._rows = self.desk.rows(voices, VoiceRow)
        return {VoiceRaised: self._raised, VoiceAnswered: self._answered}

    def _raised(self, fact: Fact, event: VoiceRaised) -> None:
        if self._rows.get((fact.plant, event.voice)) is not None:
            raise NotBookableError("number_twice", event.voice)
        row = VoiceRow(
            plant=fact.plant,
            name=event.voice,
            kind=event.kind,
            unit=event.unit,
            operation=event.operation,
            text=event.text,
            person=fact.envelope.operator,
            raised_at=fact.happened_at,
            due=event.due.isoformat(),
            answer="",
            answered_by="",
            answered_on=None,
            is_done=False,
            raised_position=fact.position,
            position=fact.position,
        )
        self._rows.save(row)

    def _answered(self, fact: Fact, event: VoiceAnswered) -> None:
        row = self._rows.get((fact.plant, event.voice))
        if row is None:
            raise NotBookableError("unknown_number", event.voice)
        answered = replace(
            row,
            answer=event.text,
            answered_by=fact.envelope.operator,
            answered_on=row.answered_on or day_of_fact(self, fact),
            is_done=row.is_done or event.is_done,
            position=fact.position,
        )
        self._rows.save(answered)


PROJECTION = Voices
