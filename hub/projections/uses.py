"""Which document named a thing first: whoever wants to delete it is told, without a search through the ledger."""

from collections.abc import Iterator, Mapping
from functools import cache

import msgspec

from domain.document import document_types
from domain.event import Event
from domain.events.documents import (
    DocumentApproved,
    DocumentCompleted,
    DocumentOpened,
    LineRecorded,
    LineReversed,
    Value,
)
from domain.field import FieldKind
from domain.stock import Movement
from hub.projection import Fact, Handler, Projection
from hub.store.tables import uses

_KINDS: Mapping[FieldKind, str] = {
    FieldKind.ITEM: "item",
    FieldKind.PLACE: "place",
    FieldKind.PARTNER: "place",
    FieldKind.PERSON: "person",
    FieldKind.PLAN: "plan",
}
"""Which reference data the fields of documents name."""


class UseRow(msgspec.Struct, frozen=True, gc=False):
    """A row of `uses`."""

    plant: str
    kind: str
    key: str
    document: str
    position: int


class Uses(Projection):
    """Remembers of each item, place, person and order the first document that named it."""

    name = "uses"

    def handlers(self) -> Mapping[type[Event], Handler]:
        self._uses = self.desk.rows(uses, UseRow)
        return {
            DocumentOpened: self._opened,
            LineRecorded: self._recorded,
            LineReversed: self._moved,
            DocumentCompleted: self._moved,
            DocumentApproved: self._approved,
        }

    def _opened(self, fact: Fact, event: DocumentOpened) -> None:
        self._note_values(fact, event.document, event.document_type, event.header)
        self._note(fact, event.document, "person", fact.envelope.operator)

    def _recorded(self, fact: Fact, event: LineRecorded) -> None:
        self._note_values(fact, event.document, event.document_type, event.values)
        self._moved(fact, event)
        if event.plan is not None:
            self._note(fact, event.document, "plan", event.plan.number)

    def _approved(self, fact: Fact, event: DocumentApproved) -> None:
        self._moved(fact, event)
        self._note(fact, event.document, "person", event.approver)

    def _moved(
        self, fact: Fact, event: LineRecorded | LineReversed | DocumentCompleted | DocumentApproved
    ) -> None:
        self._note(fact, event.document, "person", fact.envelope.operator)
        for kind, key in _named(event.movements):
            self._note(fact, event.document, kind, key)

    def _note_values(self, fact: Fact, document: str, code: str, values: Mapping[str, Value]) -> None:
        kinds = _fields(code)
        for name, value in values.items():
            kind = kinds.get(name)
            if kind is not None and isinstance(value, str):
                self._note(fact, document, kind, value)

    def _note(self, fact: Fact, document: str, kind: str, key: str) -> None:
        if key and self._uses.get((fact.plant, kind, key)) is None:
            self._uses.save(UseRow(fact.plant, kind, key, document, fact.position))


def _named(movements: tuple[Movement, ...]) -> Iterator[tuple[str, str]]:
    for one in movements:
        yield "item", one.goods.item
        yield "place", one.source
        yield "place", one.target


@cache
def _fields(code: str) -> Mapping[str, str]:
    """Return what kind of thing each field of a document type names."""
    declared = document_types().get(code)
    if declared is None:
        return {}
    return {one.name: _KINDS[one.kind] for one in (*declared.header, *declared.line) if one.kind in _KINDS}


PROJECTION = Uses
