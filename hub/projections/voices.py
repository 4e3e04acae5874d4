"""What people say to a unit, suggestions, complaints, thanks, picked faults, and what it answered."""

from collections.abc import Mapping

import msgspec
from msgspec.structs import replace

from domain.event import Event
from domain.events.quality import FaultsPicked, VoiceAnswered, VoiceRaised
from hub.projection import Fact, Handler, NotBookableError, Projection
from hub.projections.tickets import day_of_fact
from hub.store.quality_tables import fault_sessions, voices


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
    owner: str
    session: str
    raised_position: int
    position: int


class FaultSessionRow(msgspec.Struct, frozen=True, gc=False):
    """A row of `fault_sessions`."""

    plant: str
    session: str
    unit: str
    held_on: str
    present_json: str
    note: str
    person: str
    position: int


class Voices(Projection):
    """Keeps each voice with its last answer; the day of the first answer is the day it was answered."""

    name = "voices"

    def handlers(self) -> Mapping[type[Event], Handler]:
        self._rows = self.desk.rows(voices, VoiceRow)
        self._sessions = self.desk.rows(fault_sessions, FaultSessionRow)
        return {VoiceRaised: self._raised, FaultsPicked: self._picked, VoiceAnswered: self._answered}

    def _raised(self, fact: Fact, event: VoiceRaised) -> None:
        self._says(fact, event, fact.envelope.operator)

    def _picked(self, fact: Fact, event: FaultsPicked) -> None:
        """Keep the minutes; each fault is a voice with somebody whose it is to mend."""
        if self._sessions.get((fact.plant, event.session)) is not None:
            raise NotBookableError("number_twice", event.session)
        row = FaultSessionRow(
            plant=fact.plant,
            session=event.session,
            unit=event.unit,
            held_on=event.held_on.isoformat(),
            present_json=msgspec.json.encode(event.present).decode(),
            note=event.note,
            person=fact.envelope.operator,
            position=fact.position,
        )
        self._sessions.save(row)
        for one in event.faults:
            said = VoiceRaised(
                voice=one.voice, kind="fault_picking", unit=event.unit, text=one.text, due=one.due
            )
            self._says(fact, said, one.picked_by, owner=one.owner, session=event.session)

    def _says(
        self, fact: Fact, said: VoiceRaised, person: str, *, owner: str = "", session: str = ""
    ) -> None:
        if self._rows.get((fact.plant, said.voice)) is not None:
            raise NotBookableError("number_twice", said.voice)
        row = VoiceRow(
            plant=fact.plant,
            name=said.voice,
            kind=said.kind,
            unit=said.unit,
            operation=said.operation,
            text=said.text,
            person=person,
            raised_at=fact.happened_at,
            due=said.due.isoformat(),
            answer="",
            answered_by="",
            answered_on=None,
            is_done=False,
            owner=owner,
            session=session,
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
