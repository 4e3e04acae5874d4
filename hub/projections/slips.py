"""Paper slips: each is entered once. A slip entered in two documents is booked, and put on the discrepancy desk."""

from collections.abc import Mapping

import msgspec
from msgspec.structs import replace

from domain.event import Event
from domain.events.documents import DocumentUnapproved, LineRecorded, LineReversed
from hub.projection import Fact, Handler, Projection
from hub.projections.documents import DocumentLineRow, lines_of
from hub.store.tables import document_lines, slips


class SlipRow(msgspec.Struct, frozen=True, gc=False):
    """A row of `slips`."""

    plant: str
    slip: str
    document: str
    device: str
    lines: int
    position: int


class _Values(msgspec.Struct, frozen=True):
    """What is asked of a line's values here."""

    slip: str = ""


class Slips(Projection):
    """Remembers in which document each slip was entered first, and how many of its lines are in effect there."""

    name = "slips"

    def handlers(self) -> Mapping[type[Event], Handler]:
        self._slips = self.desk.rows(slips, SlipRow)
        self._lines = self.desk.rows(document_lines, DocumentLineRow)
        return {
            LineRecorded: self._recorded,
            LineReversed: self._reversed,
            DocumentUnapproved: self._unapproved,
        }

    def _recorded(self, fact: Fact, event: LineRecorded) -> None:
        slip = event.values.get("slip")
        if not isinstance(slip, str) or not slip:
            return
        device = fact.envelope.device
        held = self._slips.get((fact.plant, slip))
        if held is None or not held.lines:
            self._slips.save(SlipRow(fact.plant, slip, event.document, device, 1, fact.position))
        elif (held.document, held.device) == (event.document, device):
            self._slips.save(replace(held, lines=held.lines + 1, position=fact.position))
        else:
            self.desk.note("slip_twice", slip)

    def _unapproved(self, fact: Fact, event: DocumentUnapproved) -> None:
        for line in lines_of(self.desk, fact, event.document):
            self._free(fact, event.document, line)

    def _reversed(self, fact: Fact, event: LineReversed) -> None:
        line = self._lines.get((fact.plant, event.document, fact.envelope.device, event.line))
        self._free(fact, event.document, line)

    def _free(self, fact: Fact, document: str, line: DocumentLineRow | None) -> None:
        """Let the slip of a line be entered anew, if this fact took the line back."""
        slip = msgspec.json.decode(line.values_json, type=_Values).slip if line else ""
        held = self._slips.get((fact.plant, slip)) if slip else None
        # `documents` books before this and says which event took the line back: a second one takes nothing back.
        if held is None or line is None or line.reversed_position != fact.position:
            return
        if (held.document, held.device) == (document, line.device):
            self._slips.save(replace(held, lines=held.lines - 1, position=fact.position))


PROJECTION = Slips
