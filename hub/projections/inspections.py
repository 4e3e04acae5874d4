"""What was looked at on the floor, and what of it was right."""

from collections.abc import Mapping

import msgspec
from msgspec.structs import replace

from domain.event import Event
from domain.events.quality import InspectionUndone, PiecesInspected
from domain.inspection import defects_of
from hub.projection import Fact, Handler, NotBookableError, Projection
from hub.projections.tickets import day_of_fact
from hub.store.quality_tables import inspections

UNDONE = "undone"
"""The result of an inspection that was taken back."""


class InspectionRow(msgspec.Struct, frozen=True, gc=False):
    """A row of `inspections`."""

    plant: str
    name: str
    kind: str
    operation: str
    bundle: str
    work_order: str
    subject: str
    checked: int
    defective: int
    defects: int
    result: str
    points: str
    people_json: str
    defects_json: str
    figures_json: str
    note: str
    person: str
    device: str
    at: str
    on_day: str
    position: int


class Inspections(Projection):
    """Keeps every inspection; one that counts more defective pieces than it looked at is parked."""

    name = "inspections"

    def handlers(self) -> Mapping[type[Event], Handler]:
        self._rows = self.desk.rows(inspections, InspectionRow)
        return {PiecesInspected: self._inspected, InspectionUndone: self._undone}

    def _inspected(self, fact: Fact, event: PiecesInspected) -> None:
        if not 0 <= event.defective <= event.checked:
            raise ValueError(f"{event.defective} of {event.checked} pieces cannot be defective")
        if self._rows.get((fact.plant, event.inspection)) is not None:
            raise NotBookableError("number_twice", event.inspection)
        row = InspectionRow(
            plant=fact.plant,
            name=event.inspection,
            kind=event.kind,
            operation=event.operation,
            bundle=event.bundle,
            work_order=event.order,
            subject=event.subject,
            checked=event.checked,
            defective=event.defective,
            defects=defects_of(event),
            result=event.result,
            points=str(event.points),
            people_json=_json(event.people),
            defects_json=_json(event.defects),
            figures_json=_json(event.figures),
            note=event.note,
            person=fact.envelope.operator,
            device=fact.envelope.device,
            at=fact.happened_at,
            on_day=day_of_fact(self, fact),
            position=fact.position,
        )
        self._rows.save(row)

    def _undone(self, fact: Fact, event: InspectionUndone) -> None:
        """Let it count nothing; it stays to be seen that it was there."""
        row = self._rows.get((fact.plant, event.inspection))
        if row is None:
            raise NotBookableError("unknown_number", event.inspection)
        self._rows.save(replace(row, checked=0, defective=0, defects=0, defects_json="[]", result=UNDONE))


def _json(value: object) -> str:
    return msgspec.json.encode(value, order="sorted").decode()


PROJECTION = Inspections
