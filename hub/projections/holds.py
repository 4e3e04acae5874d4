"""Where work must stand still: what people placed and lifted, and each bundle that an inspection found red."""

from collections.abc import Mapping

import msgspec
from msgspec.structs import replace

from domain.event import Event
from domain.events.quality import HoldLifted, HoldPlaced, InspectionUndone, PiecesInspected
from domain.inspection import hold_of
from hub.projection import Fact, Handler, NotBookableError, Projection
from hub.store.quality_tables import holds

UNDONE = "undone"
"""Why a hold was lifted whose inspection was taken back."""


class HoldRow(msgspec.Struct, frozen=True, gc=False):
    """A row of `holds`."""

    plant: str
    name: str
    scope: str
    key: str
    person: str
    since: str
    reason: str
    ticket: str
    lifted_at: str | None
    lifted_by: str
    lift_reason: str
    position: int


class Holds(Projection):
    """Keeps each hold from its placing to its lifting. That of a red inspection has the inspection's name."""

    name = "holds"

    def handlers(self) -> Mapping[type[Event], Handler]:
        self._rows = self.desk.rows(holds, HoldRow)
        return {
            HoldPlaced: self._placed,
            HoldLifted: self._lifted,
            PiecesInspected: self._inspected,
            InspectionUndone: self._undone,
        }

    def _placed(self, fact: Fact, event: HoldPlaced) -> None:
        self._place(fact, event)

    def _inspected(self, fact: Fact, event: PiecesInspected) -> None:
        if hold := hold_of(event):
            self._place(fact, hold)

    def _place(self, fact: Fact, event: HoldPlaced) -> None:
        if self._rows.get((fact.plant, event.hold)) is not None:
            raise NotBookableError("number_twice", event.hold)
        row = HoldRow(
            plant=fact.plant,
            name=event.hold,
            scope=event.scope,
            key=event.key,
            person=fact.envelope.operator,
            since=fact.happened_at,
            reason=event.reason,
            ticket=event.ticket,
            lifted_at=None,
            lifted_by="",
            lift_reason="",
            position=fact.position,
        )
        self._rows.save(row)

    def _lifted(self, fact: Fact, event: HoldLifted) -> None:
        """Lift it; a second word about it changes nothing."""
        row = self._rows.get((fact.plant, event.hold))
        if row is None:
            raise NotBookableError("unknown_number", event.hold)
        self._lift(fact, row, event.reason)

    def _undone(self, fact: Fact, event: InspectionUndone) -> None:
        """Lift what the inspection held, where it held anything."""
        row = self._rows.get((fact.plant, event.inspection))
        if row is not None:
            self._lift(fact, row, UNDONE)

    def _lift(self, fact: Fact, row: HoldRow, reason: str) -> None:
        if row.lifted_at is None:
            lifted = replace(
                row,
                lifted_at=fact.happened_at,
                lifted_by=fact.envelope.operator,
                lift_reason=reason,
                position=fact.position,
            )
            self._rows.save(lifted)


PROJECTION = Holds
