"""What came in from outside, by hour: the bars of the board."""

from collections.abc import Mapping
from functools import cache

import msgspec
from msgspec.structs import replace

from domain.document import document_types
from domain.event import Event
from domain.events.documents import DocumentUnapproved, LineRecorded, LineReversed
from domain.quantity import Quantity
from hub.projection import Fact, Handler, Projection
from hub.projections.documents import DocumentLineRow, lines_in_effect
from hub.store.tables import arrivals, document_lines
from hub.store.values import HOUR_CHARS, micros


class ArrivalRow(msgspec.Struct, frozen=True, gc=False):
    """A row of `arrivals`."""

    plant: str
    hour: str
    unit: str
    lines: int
    value: int
    position: int


@cache
def is_receipt(document_type: str) -> bool:
    """Tell whether documents of this type bring goods in from outside (EPCIS business step `receiving`)."""
    declared = document_types().get(document_type)
    return declared is not None and declared.biz_step == "receiving"


class Arrivals(Projection):
    """Counts a receipt's lines in the hour they were scanned; taking one back takes it from that same hour."""

    name = "arrivals"

    def handlers(self) -> Mapping[type[Event], Handler]:
        self._rows = self.desk.rows(arrivals, ArrivalRow)
        self._lines = self.desk.rows(document_lines, DocumentLineRow)
        return {
            LineRecorded: self._recorded,
            LineReversed: self._reversed,
            DocumentUnapproved: self._unapproved,
        }

    def _recorded(self, fact: Fact, event: LineRecorded) -> None:
        quantity = event.values.get("quantity")
        if is_receipt(event.document_type) and isinstance(quantity, Quantity):
            self._count(fact, fact.happened_at[:HOUR_CHARS], quantity.unit, 1, micros(quantity.value))

    def _reversed(self, fact: Fact, event: LineReversed) -> None:
        line = self._lines.get((fact.plant, event.document, fact.envelope.device, event.line))
        if is_receipt(event.document_type) and line and line.unit and not line.reversed_position:
            self._count(fact, line.hour, line.unit, -1, -line.value)

    def _unapproved(self, fact: Fact, event: DocumentUnapproved) -> None:
        """Take every line in effect from its hour; `Documents`, which books after this, takes them back."""
        if is_receipt(event.document_type):
            for line in lines_in_effect(self.desk, fact, event.document):
                if line.unit:
                    self._count(fact, line.hour, line.unit, -1, -line.value)

    def _count(self, fact: Fact, hour: str, unit: str, lines: int, value: int) -> None:
        held = self._rows.get((fact.plant, hour, unit))
        row = held or ArrivalRow(fact.plant, hour, unit, 0, 0, 0)
        self._rows.save(
            replace(row, lines=row.lines + lines, value=row.value + value, position=fact.position)
        )


PROJECTION = Arrivals
