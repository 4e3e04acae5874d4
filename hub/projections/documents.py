"""Documents and their lines, as the floor wrote them."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import count
from typing import TYPE_CHECKING

import msgspec
from msgspec.structs import replace
from sqlalchemy import bindparam, select

from domain.event import Event
from domain.events.documents import (
    DocumentApproved,
    DocumentCompleted,
    DocumentJoined,
    DocumentOpened,
    DocumentSentBack,
    DocumentUnapproved,
    DocumentVoided,
    LineRecorded,
    LineReversed,
    Value,
)
from domain.log import Envelope, event_of
from domain.quantity import Quantity
from domain.stock import Movement
from hub.early_reversals import LINE_PARKED
from hub.overlay import Overlay
from hub.projection import Fact, Handler, NotBookableError, Projection
from hub.store.tables import document_joins, document_lines, documents
from hub.store.values import HOUR_CHARS, micros

if TYPE_CHECKING:  # the desk builds projections
    from hub.desk import Desk


class DocumentRow(msgspec.Struct, frozen=True, gc=False):
    """A row of `documents`."""

    plant: str
    number: str
    device: str
    type: str
    status: str
    header_json: str
    partner: str
    plan: str
    lines: int
    operator: str
    approver: str
    opened_at: str
    last_at: str
    opened_position: int
    position: int
    effect_position: int = 0
    state_position: int = 0
    joined_json: str = "[]"

    @property
    def devices(self) -> Sequence[str]:
        """Return every device that records lines for it, the one that opened it first."""
        return (self.device, *msgspec.json.decode(self.joined_json, type=tuple[str, ...]))


class DocumentJoinRow(msgspec.Struct, frozen=True, gc=False):
    """A row of `document_joins`."""

    plant: str
    number: str
    device: str
    opened_on: str
    position: int


class DocumentLineRow(msgspec.Struct, frozen=True, gc=False):
    """A row of `document_lines`."""

    plant: str
    number: str
    device: str
    line: int
    item: str
    lot: str
    handling_unit: str
    unit: str
    value: int
    values_json: str
    plan: str
    plan_line: int
    event_id: str
    operator: str
    event_time: str
    position: int
    reversed_position: int
    hour: str


class ReversalError(ValueError):
    """A reversal is not the exact opposite of the line it names: the event is parked."""


def is_taken_back_by(fact: Fact, line: DocumentLineRow | None) -> bool:
    """Tell whether it is this event that takes the line back: the first, of a line that was booked (law L10).

    `Documents` books before whoever asks this: projections book in the order of their names.
    """
    return line is not None and line.reversed_position == fact.position


def document_of(desk: "Desk", fact: Fact, number: str) -> DocumentRow | None:
    """Return the document a fact is about: the one its device opened, else the one it joined."""
    rows, device = desk.rows(documents, DocumentRow), fact.envelope.device
    held = rows.get((fact.plant, number, device))
    if held is not None:
        return held
    joined = desk.rows(document_joins, DocumentJoinRow).get((fact.plant, number, device))
    return rows.get((fact.plant, number, joined.opened_on)) if joined else None


def lines_of(desk: "Desk", fact: Fact, number: str) -> Iterator[DocumentLineRow]:
    """Yield the lines of the document a fact is about, of all devices that record for it."""
    document, rows = document_of(desk, fact, number), desk.rows(document_lines, DocumentLineRow)
    for device in document.devices if document else (fact.envelope.device,):
        for place in count(1):
            line = rows.get((fact.plant, number, device, place))
            if line is None:
                break
            yield line


def lines_in_effect(desk: "Desk", fact: Fact, number: str) -> Iterator[DocumentLineRow]:
    """Yield those that nobody took back."""
    return (line for line in lines_of(desk, fact, number) if not line.reversed_position)


def see_that_it_took_effect(desk: "Desk", fact: Fact, number: str) -> None:
    """Raise NotBookableError for what follows from an approval of this device, where another's came first."""
    document = document_of(desk, fact, number)
    if document is not None and document.approver:
        stated = desk.releases.entry(document.state_position)
        if stated is not None and stated.device != fact.envelope.device:
            raise NotBookableError("approved_twice", f"{number}: {document.approver}")


_encoder = msgspec.json.Encoder(order="deterministic")

_MAKERS = (
    select(documents.c.number, documents.c.device)
    .where(
        documents.c.plant == bindparam("plant"), documents.c.number.in_(bindparam("numbers", expanding=True))
    )
    .order_by(documents.c.opened_position.desc())
)
"""Who made each of some documents; of several, who made it first comes last."""

NUMBERS_ASKED_MAX = 500
"""Document numbers in one question to the database."""


class Documents(Projection):
    """Follows each document from opening to its end. A number made by two devices is two documents, and is reported."""

    name = "documents"

    def handlers(self) -> Mapping[type[Event], Handler]:
        self._documents = self.desk.rows(documents, DocumentRow)
        self._joins = self.desk.rows(document_joins, DocumentJoinRow)
        self._lines = self.desk.rows(document_lines, DocumentLineRow)
        self._lines.remembers = False  # nearly every line is written once and read by no other event
        self._makers: Overlay[str, str] = Overlay(self._find_maker, self.desk.trail)
        self.desk.layers.append(self._makers)
        return {
            DocumentOpened: self._opened,
            DocumentJoined: self._joined,
            LineRecorded: self._recorded,
            LineReversed: self._reversed,
            DocumentCompleted: self._completed,
            DocumentApproved: self._approved,
            DocumentSentBack: self._sent_back,
            DocumentUnapproved: self._unapproved,
            DocumentVoided: self._voided,
        }

    def _opened(self, fact: Fact, event: DocumentOpened) -> None:
        row = self._row(fact, event.document, event.document_type)
        self._documents.save(
            replace(
                row,
                header_json=_json(event.header),
                partner=_text(event.header.get("partner")),
                plan=_text(event.header.get("plan")),
                last_at=fact.event_time,
                position=fact.position,
            )
        )

    def _joined(self, fact: Fact, event: DocumentJoined) -> None:
        """Let what this device records belong to the document of another one."""
        device = fact.envelope.device
        key = (fact.plant, event.document, event.opened_on)
        row = self._documents.get(key) or self._new(
            fact, event.document, event.document_type, event.opened_on
        )
        if device != event.opened_on:
            self._joins.save(
                DocumentJoinRow(fact.plant, event.document, device, event.opened_on, fact.position)
            )
        if device not in row.devices:
            joined = (*row.devices[1:], device)
            row = replace(row, joined_json=_encoder.encode(joined).decode(), position=fact.position)
        self._documents.save(row)

    def _recorded(self, fact: Fact, event: LineRecorded) -> None:
        envelope, values, plan = fact.envelope, event.values, event.plan
        quantity = values.get("quantity")
        has_quantity = isinstance(quantity, Quantity)
        self._lines.save(
            DocumentLineRow(
                fact.plant,
                event.document,
                envelope.device,
                event.line,
                _text(values.get("item")),
                _text(values.get("lot")),
                _text(values.get("handling_unit")),
                quantity.unit if has_quantity else "",
                micros(quantity.value) if has_quantity else 0,
                _json(values),
                plan.number if plan else "",
                plan.line if plan else 0,
                envelope.event_id,
                envelope.operator,
                fact.event_time,
                fact.position,
                0,
                fact.happened_at[:HOUR_CHARS],
            )
        )
        row = self._touch(fact, event.document, event.document_type, lines=1)
        if row.status != "open" and len(row.devices) > 1:
            self._tell_left_out(fact, row)

    def _tell_left_out(self, fact: Fact, row: DocumentRow) -> None:
        """A document of several devices was finished by one that did not know all lines of the others."""
        about = {"document": row.number, "device": fact.envelope.device, "lines": str(row.lines)}
        self.desk.discrepancies.open(fact, "line_left_out", row.number, detail=about)

    def _reversed(self, fact: Fact, event: LineReversed) -> None:
        line = self._lines.get((fact.plant, event.document, fact.envelope.device, event.line))
        if line is None:
            self._see_that_its_line_is_not_parked(fact, event)
            self.desk.note("unknown_line", f"{event.document}/{event.line}")
            return
        if line.reversed_position:
            self.desk.note("reversed_twice", f"{event.document}/{event.line}")
            return
        self._see_that_it_is_the_opposite(fact, event, line)
        self._lines.save(replace(line, reversed_position=fact.position))
        self._touch(fact, event.document, event.document_type, lines=-1)

    def _see_that_its_line_is_not_parked(self, fact: Fact, event: LineReversed) -> None:
        """Raise NotBookableError where the line may still be booked: its reversal waits with it."""
        if self.desk.is_parked(fact.envelope.corrects):
            raise NotBookableError(LINE_PARKED, f"{event.document}/{event.line}")

    def _see_that_it_is_the_opposite(self, fact: Fact, event: LineReversed, line: DocumentLineRow) -> None:
        """Raise ReversalError where a reversal would move anything but what its line moved, back (law L10)."""
        original = self._original(line)
        if original is None or fact.envelope.corrects != line.event_id:
            raise ReversalError("it does not name the line it takes back")
        if Counter(one.inverse() for one in original.movements) != Counter(event.movements):
            raise ReversalError("it moves something else than the line it takes back")
        quantity = original.values.get("quantity")
        if (event.plan, event.quantity) != (
            original.plan,
            quantity if isinstance(quantity, Quantity) else None,
        ):
            raise ReversalError("it takes another quantity from the order than the line brought")

    def _original(self, line: DocumentLineRow) -> LineRecorded | None:
        """Return the event that recorded a line."""
        entry = self.desk.releases.entry(line.position)
        if entry is None or entry.event_id != line.event_id:
            entry = self.desk.releases.released(line.event_id)  # booked after all, at a later position
        event = event_of(entry.envelope) if entry and entry.envelope else None
        return event if isinstance(event, LineRecorded) else None

    def _unapproved(self, fact: Fact, event: DocumentUnapproved) -> None:
        """Take the whole document back. Raises ReversalError where the event does not move exactly the opposite."""
        row = self._row(fact, event.document, event.document_type)
        if row.status == "unapproved":
            raise ReversalError("the document was taken back before")
        moved: Counter[Movement] = Counter()
        for line in lines_in_effect(self.desk, fact, event.document):
            original = self._original(line)
            moved.update(original.movements if original else ())
            self._lines.save(replace(line, reversed_position=fact.position))
        moved.update(self._effect(row))
        if Counter(one.inverse() for one in moved.elements()) != Counter(event.movements):
            raise ReversalError("it moves something else back than the document moved")
        self._touch(fact, event.document, event.document_type, lines=-row.lines, status="unapproved")

    def _effect(self, row: DocumentRow) -> Sequence[Movement]:
        """Return what completing or approving a document moved."""
        event = self._said_at(row.effect_position) if row.effect_position else None
        return event.movements if isinstance(event, DocumentCompleted | DocumentApproved) else ()

    def _said_at(self, position: int) -> Event | None:
        """Return what an entry of the ledger says."""
        entry = self.desk.releases.entry(position)
        return event_of(entry.envelope) if entry and entry.envelope else None

    def _completed(self, fact: Fact, event: DocumentCompleted) -> None:
        moves, held = bool(event.movements), self._row(fact, event.document, event.document_type)
        # Approved already: what is submitted comes late, or was sent back and mended while somebody else approved it.
        status = "" if held.approver and event.outcome == "submitted" else event.outcome
        row = self._touch(fact, event.document, event.document_type, status=status, is_effect=moves)
        if len(row.devices) > 1 and event.lines != row.lines:
            self._tell_left_out(fact, row)

    def _approved(self, fact: Fact, event: DocumentApproved) -> None:
        """Let the document take effect, once. Raises NotBookableError where somebody else's approval came first."""
        row = self._row(fact, event.document, event.document_type)
        if row.approver:
            raise NotBookableError("approved_twice", f"{row.number}: {row.approver}, {event.approver}")
        if self._was_sent_back(row, event):
            self._tell_decided_apart(fact, row, event.approver)
        self._touch(
            fact,
            event.document,
            event.document_type,
            status="closed",
            approver=event.approver,
            is_effect=bool(event.movements),
        )

    def _was_sent_back(self, row: DocumentRow, event: DocumentApproved) -> bool:
        """Tell whether what is approved is not what is submitted now: it was sent back, and perhaps mended since."""
        stated = self._said_at(row.state_position)
        if isinstance(stated, DocumentCompleted) and stated.outcome == "submitted":
            return bool(Counter(event.movements) - Counter(stated.proposed))
        return isinstance(stated, DocumentSentBack)

    def _sent_back(self, fact: Fact, event: DocumentSentBack) -> None:
        """Open the document again. Where it was approved meanwhile it stays so, and somebody has to look at it."""
        row = self._row(fact, event.document, event.document_type)
        if row.approver:
            self._tell_decided_apart(fact, row, event.person)
        else:
            self._touch(fact, event.document, event.document_type, status="open")

    def _tell_decided_apart(self, fact: Fact, row: DocumentRow, person: str) -> None:
        """One approved the document, another sent it back, and neither knew of the other."""
        about = {"document": row.number, "person": person}
        self.desk.discrepancies.open(fact, "decided_apart", row.number, detail=about)

    def _voided(self, fact: Fact, event: DocumentVoided) -> None:
        self._touch(fact, event.document, event.document_type, status="void")

    def _touch(
        self,
        fact: Fact,
        number: str,
        kind: str,
        *,
        lines: int = 0,
        status: str = "",
        approver: str = "",
        is_effect: bool = False,
    ) -> DocumentRow:
        row = self._row(fact, number, kind)
        row = replace(
            row,
            lines=row.lines + lines,
            status=status or row.status,
            approver=approver or row.approver,
            last_at=fact.event_time,
            position=fact.position,
            effect_position=fact.position if is_effect else row.effect_position,
            state_position=fact.position if status else row.state_position,
        )
        self._documents.save(row)
        return row

    def _row(self, fact: Fact, number: str, kind: str) -> DocumentRow:
        """Return the document's row. A number nobody made has none: that is known without asking for it."""
        if self._makers.get(number) is not None:
            held = document_of(self.desk, fact, number)
            if held:
                return held
        return self._new(fact, number, kind, fact.envelope.device)

    def _new(self, fact: Fact, number: str, kind: str, device: str) -> DocumentRow:
        maker = self._makers.get(number)
        if maker is None:
            self._makers.put(number, device)
        elif maker != device:
            about = {"document": number, "first_device": maker, "device": device}
            self.desk.discrepancies.open(fact, "document_number", f"{number}/{device}", detail=about)
        return DocumentRow(
            plant=fact.plant,
            number=number,
            device=device,
            type=kind,
            status="open",
            header_json="{}",
            partner="",
            plan="",
            lines=0,
            operator=fact.envelope.operator,
            approver="",
            opened_at=fact.event_time,
            last_at=fact.event_time,
            opened_position=fact.position,
            position=fact.position,
            state_position=fact.position,
        )

    def foresee(self, batch: Sequence[Envelope]) -> None:
        named = dict.fromkeys(envelope.document for envelope in batch)
        self._makers.foresee((one for one in named if one and "\0" not in one), self._find_makers)

    def _find_maker(self, number: str) -> str | None:
        return self._find_makers([number]).get(number)

    def _find_makers(self, numbers: Sequence[str]) -> Mapping[str, str]:
        found: dict[str, str] = {}
        for start in range(0, len(numbers), NUMBERS_ASKED_MAX):
            given = {"plant": self.desk.plant, "numbers": numbers[start : start + NUMBERS_ASKED_MAX]}
            found.update((row.number, row.device) for row in self.desk.connection().execute(_MAKERS, given))
        return found


def _json(values: Mapping[str, Value]) -> str:
    return _encoder.encode(values).decode()


def _text(value: Value | None) -> str:
    return value if isinstance(value, str) else ""


PROJECTION = Documents
