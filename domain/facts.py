"""The read-only questions rules may ask. The kiosk answers from its own file, the hub from SQL, tests from a dict."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from msgspec import Struct

from domain.events.documents import Measured, Value
from domain.item import Item, ItemCode, ItemId
from domain.place import Place, PlaceId, Station
from domain.plan import Plan, PlanRef
from domain.quantity import Quantity
from domain.staff import Person
from domain.stock import Balance, Goods, Movement

if TYPE_CHECKING:  # a type's rules ask facts, and facts say which types there are
    from domain.document import DocumentType

ANSWERS_MAX = 2000
"""The longest list a question is answered with."""


class CodedItem(Struct, frozen=True, kw_only=True):
    """An item found by a code, with the code that found it (its pack size); None when found by its number."""

    item: Item
    code: ItemCode | None = None


class HandlingUnit(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One roll, cone or carton: what it holds, where it is, and the record that put it there (empty if not known here).

    `contents`: everything in it at that place; several kinds of goods in a carton packed by ratio. They go where it
    goes.
    """

    serial: str
    place: PlaceId
    contents: tuple[Balance, ...]
    document: str = ""
    operator: str = ""
    event_time: datetime | None = None

    @property
    def is_mixed(self) -> bool:
        """Tell whether it holds several kinds of goods."""
        return len({one.goods for one in self.contents}) > 1


class SentBack(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Who did not approve a document, and why; `submission` is the event that had submitted it."""

    person: str
    reason: str
    submission: str = ""


class OpenDocument(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A document of the plant that has not ended, as the hub tells of it: anybody with the right may go on with it.

    `device` opened it. `book`: the stock a count is held against; `proposed`: what approving it would move.
    `sent_back`: it is open again because it was not approved.
    """

    number: str
    type: str
    device: str
    status: str = "open"
    header: dict[str, Value] = {}
    operator: str = ""
    opened_at: datetime | None = None
    book: tuple[Balance, ...] = ()
    proposed: tuple[Movement, ...] = ()
    sent_back: SentBack | None = None


class RecordedLine(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A line of a document as recorded; `device` is empty for one of this device, a colleague's otherwise."""

    document: str
    document_type: str
    line: int
    event_id: str
    values: dict[str, Value]
    event_time: datetime
    operator: str
    movements: tuple[Movement, ...] = ()
    plan: PlanRef | None = None
    is_reversed: bool = False
    measured: dict[str, Measured] = {}
    device: str = ""


class SlipUse(Struct, frozen=True, kw_only=True):
    """A paper slip that was entered already: in which document, by whom, when."""

    document: str
    operator: str
    event_time: datetime


class Facts(Protocol):
    """What is known here and now. Every answer is immediate, and a few rows long at most (ANSWERS_MAX)."""

    def station(self) -> Station:
        """Return where we are."""
        ...

    def document_types(self) -> "Mapping[str, DocumentType]":
        """Return every type of document by its code, as it is in force here."""
        ...

    def item(self, item: ItemId) -> Item | None:
        """Return an item by its id."""
        ...

    def items_by_code(self, code: str) -> Sequence[CodedItem]:
        """Return the items a text names: an item number, a GTIN (14 digits) or a partner's number, as they are."""
        ...

    def place(self, code: str) -> Place | None:
        """Return a place by its code."""
        ...

    def person(self, number: str) -> Person | None:
        """Return a person by employee number."""
        ...

    def person_by_badge(self, badge: str) -> Person | None:
        """Return whose badge carries this code."""
        ...

    def plan(self, kind: str, number: str) -> Plan | None:
        """Return an order by its number."""
        ...

    def plan_done(self, ref: PlanRef, unit: str) -> Quantity:
        """Return how much of an order's line is already done, our own newest events included."""
        ...

    def balances(
        self, place: PlaceId, goods: Goods | None = None, item: ItemId | None = None
    ) -> Sequence[Balance]:
        """Return what a place holds: everything, or only one kind of goods, or only one item."""
        ...

    def where_is(self, item: ItemId, limit: int) -> Sequence[Balance]:
        """Return where an item lies, under our own roof."""
        ...

    def lot_since(self, item: ItemId, lot: str) -> datetime | None:
        """Return when a lot was first moved in this plant; None where nobody here knows."""
        ...

    def handling_unit(self, serial: str) -> HandlingUnit | None:
        """Return a handling unit that is somewhere under our roof."""
        ...

    def lines(self, document: str) -> Sequence[RecordedLine]:
        """Return a document's lines, reversed ones marked: those of colleagues first, then our own in order."""
        ...

    def document_status(self, document: str) -> str:
        """Return how far a document of ours is, whoever brought it there; nothing for one that is not open yet."""
        ...

    def book(self, document: str) -> Sequence[Balance]:
        """Return the stock that was frozen when the document was opened."""
        ...

    def effect(self, document: str) -> Sequence[Movement]:
        """Return what completing or approving a document moved; what its lines moved themselves stands in the lines."""
        ...

    def locked_period(self) -> str:
        """Return the last month that is closed (2026-10), all before it included; nothing where none is."""
        ...

    def slip(self, number: str) -> SlipUse | None:
        """Return where a paper slip was entered; None if none of its lines is in effect."""
        ...
