"""Calls from stations until what was called for is settled, and stations that stand still until they work again."""

from collections.abc import Mapping

import msgspec
from msgspec.structs import replace

from domain.event import Event
from domain.events.production import CallAnswered, CallMade, WorkResumed, WorkStopped
from hub.projection import Fact, Handler, NotBookableError, Projection
from hub.store.quality_tables import calls, stoppages


class CallRow(msgspec.Struct, frozen=True, gc=False):
    """A row of `calls`."""

    plant: str
    name: str
    kind: str
    operation: str
    bundle: str
    reason: str
    device: str
    person: str
    made_at: str
    answered_by: str
    answered_at: str | None
    over_at: str | None
    position: int


class StoppageRow(msgspec.Struct, frozen=True, gc=False):
    """A row of `stoppages`."""

    plant: str
    name: str
    kind: str
    reason: str
    device: str
    person: str
    began_at: str
    ended_at: str | None
    position: int


class Calls(Projection):
    """Keeps each call and stoppage; whoever came first answered it."""

    name = "calls"

    def handlers(self) -> Mapping[type[Event], Handler]:
        self._calls = self.desk.rows(calls, CallRow)
        self._stoppages = self.desk.rows(stoppages, StoppageRow)
        return {
            CallMade: self._made,
            CallAnswered: self._answered,
            WorkStopped: self._stopped,
            WorkResumed: self._resumed,
        }

    def _made(self, fact: Fact, event: CallMade) -> None:
        if self._calls.get((fact.plant, event.call)) is not None:
            raise NotBookableError("number_twice", event.call)
        row = CallRow(
            plant=fact.plant,
            name=event.call,
            kind=event.kind,
            operation=event.operation,
            bundle=event.bundle,
            reason=event.reason,
            device=fact.envelope.device,
            person=fact.envelope.operator,
            made_at=fact.happened_at,
            answered_by="",
            answered_at=None,
            over_at=None,
            position=fact.position,
        )
        self._calls.save(row)

    def _answered(self, fact: Fact, event: CallAnswered) -> None:
        row = self._calls.get((fact.plant, event.call))
        if row is None:
            raise NotBookableError("unknown_number", event.call)
        answered = replace(
            row,
            answered_by=row.answered_by or fact.envelope.operator,
            answered_at=row.answered_at or fact.happened_at,
            over_at=row.over_at or (fact.happened_at if event.is_over else None),
            position=fact.position,
        )
        self._calls.save(answered)

    def _stopped(self, fact: Fact, event: WorkStopped) -> None:
        if self._stoppages.get((fact.plant, event.stoppage)) is not None:
            raise NotBookableError("number_twice", event.stoppage)
        row = StoppageRow(
            plant=fact.plant,
            name=event.stoppage,
            kind=event.kind,
            reason=event.reason,
            device=fact.envelope.device,
            person=fact.envelope.operator,
            began_at=fact.happened_at,
            ended_at=None,
            position=fact.position,
        )
        self._stoppages.save(row)

    def _resumed(self, fact: Fact, event: WorkResumed) -> None:
        row = self._stoppages.get((fact.plant, event.stoppage))
        if row is None:
            raise NotBookableError("unknown_number", event.stoppage)
        if row.ended_at is None:
            self._stoppages.save(replace(row, ended_at=fact.happened_at, position=fact.position))


PROJECTION = Calls
