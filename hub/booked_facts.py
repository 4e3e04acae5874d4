"""What is known at the hub, as rules ask for it: from what is booked, and for the station at which a document was made.

The same questions a kiosk answers from its own file: so the office decides by the kiosks' rules, and by no others.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

import msgspec
from sqlalchemy import ColumnElement, Connection, Row, func, select

from domain.barcodes.house import house_body
from domain.document import DocumentType
from domain.event import Event
from domain.events.desk import EventReleased
from domain.events.documents import DocumentApproved, DocumentCompleted, DocumentOpened
from domain.facts import ANSWERS_MAX, CodedItem, HandlingUnit, RecordedLine, SlipUse
from domain.item import Item, ItemId
from domain.log import Envelope, event_of, open_entry
from domain.override import TypeOverride, in_force
from domain.place import PHYSICAL_ROLES, Place, PlaceId, Station
from domain.plan import Plan, PlanRef
from domain.quantity import Quantity
from domain.staff import Person
from domain.stock import Balance, Goods, Movement
from hub.known import read_plan
from hub.reference import ReferenceData
from hub.rights.grants import people_of, person_of
from hub.shared_documents import recorded_line
from hub.slices import station_of
from hub.store.tables import (
    balances,
    document_lines,
    documents,
    events,
    left_plans,
    lots,
    periods,
    plan_progress,
    reference,
    slips,
)
from hub.store.values import amount, body_bytes

Record = TypeVar("Record", bound=msgspec.Struct)


class BookedFacts:
    """Fulfils `domain.facts.Facts` for one document of the hub's books; it lives as long as its `connection` reads."""

    def __init__(self, connection: Connection, plant: str, document: Row[Any]) -> None:
        self._connection, self._plant, self._document = connection, plant, document
        self._known = ReferenceData(connection, plant)
        self._types: Mapping[str, DocumentType] | None = None

    def station(self) -> Station:
        return station_of(self._connection, self._plant, self._document.device)

    def document_types(self) -> Mapping[str, DocumentType]:
        if self._types is None:
            self._types = document_types_of(self._connection, self._plant)
        return self._types

    def item(self, item: ItemId) -> Item | None:
        return self._record("item", item, Item)

    def items_by_code(self, code: str) -> Sequence[CodedItem]:
        found: list[CodedItem] = []
        for item in self._known.records("item").values():
            assert isinstance(item, Item)  # noqa: S101 (its kind's form)
            coded = next((one for one in item.codes if one.code == code), None)
            if coded or item.number == code:
                found.append(CodedItem(item=item, code=coded))
        return found

    def place(self, code: str) -> Place | None:
        return self._record("place", code, Place)

    def person(self, number: str) -> Person | None:
        return person_of(self._connection, self._plant, number)

    def person_by_badge(self, badge: str) -> Person | None:
        people = people_of(self._connection, self._plant).values()
        wanted = house_body(badge)
        return next((one for one in people if one.badge and house_body(one.badge) == wanted), None)

    def plan(self, kind: str, number: str) -> Plan | None:
        found = self._record("plan", number, Plan) or self._left_plan(number)
        return found if found and found.kind == kind else None

    def _left_plan(self, number: str) -> Plan | None:
        held = left_plans.c
        body = self._scalar(select(held.body_json).where(held.plant == self._plant, held.number == number))
        return read_plan(body) if body else None

    def plan_done(self, ref: PlanRef, unit: str) -> Quantity:
        held = plan_progress.c
        asked = select(held.done).where(
            held.plant == self._plant, held.number == ref.number, held.line == ref.line, held.unit == unit
        )
        return Quantity(amount(self._scalar(asked) or 0), unit)

    def balances(
        self, place: PlaceId, goods: Goods | None = None, item: ItemId | None = None
    ) -> Sequence[Balance]:
        held = balances.c
        where = [held.place == place]
        if goods:
            where += [getattr(held, name) == value for name, value in msgspec.structs.asdict(goods).items()]
        if item:
            where.append(held.item == item)
        return self._stock(*where)

    def where_is(self, item: ItemId, limit: int) -> Sequence[Balance]:
        found = self._stock(balances.c.item == item)
        return [one for one in found if one.quantity.value > 0 and self._is_physical(one.place)][:limit]

    def lot_since(self, item: ItemId, lot: str) -> datetime | None:
        held = lots.c
        asked = select(held.since).where(held.plant == self._plant, held.item == item, held.lot == lot)
        since = self._scalar(asked)
        return datetime.fromisoformat(since) if since else None

    def handling_unit(self, serial: str) -> HandlingUnit | None:
        found = self._stock(balances.c.handling_unit == serial) if serial else ()
        held = [one for one in found if one.quantity.value > 0 and self._is_physical(one.place)]
        if not held:
            return None
        line = document_lines.c
        asked = (
            select(line.number, line.operator, line.event_time)
            .where(line.plant == self._plant, line.handling_unit == serial)
            .order_by(line.position)
        )
        origin = self._connection.execute(asked.limit(1)).first()
        return HandlingUnit(
            serial=serial,
            place=held[0].place,
            contents=tuple(one for one in held if one.place == held[0].place),
            document=origin.number if origin else "",
            operator=origin.operator if origin else "",
            event_time=datetime.fromisoformat(origin.event_time) if origin else None,
        )

    def lines(self, document: str) -> Sequence[RecordedLine]:
        row = self._row(document)
        if row is None:
            return ()
        line = document_lines.c
        devices = (row.device, *msgspec.json.decode(row.joined_json, type=tuple[str, ...]))
        asked = (
            select(line.device, line.reversed_position, events.c.body)
            .join(events, (events.c.plant == line.plant) & (events.c.position == line.position))
            .where(line.plant == self._plant, line.number == document, line.device.in_(devices))
            .order_by(line.position)
        )
        found = (self._line(one) for one in self._connection.execute(asked))
        return [one for one in found if one is not None]

    def _line(self, row: Row[*tuple[Any, ...]]) -> RecordedLine | None:
        """Return a line; one that was parked first stands where its release was booked, and is read where it parked."""
        envelope = open_entry(body_bytes(row.body)).envelope
        said = event_of(envelope)
        if isinstance(said, EventReleased):
            envelope = entry_at(self._connection, self._plant, said.position) or envelope
        return recorded_line(envelope, device=row.device, is_reversed=row.reversed_position > 0)

    def document_status(self, document: str) -> str:
        row = self._row(document)
        return str(row.status) if row else ""

    def book(self, document: str) -> Sequence[Balance]:
        row = self._row(document)
        opened = self._said_at(row.opened_position) if row else None
        return opened.book if isinstance(opened, DocumentOpened) else ()

    def effect(self, document: str) -> Sequence[Movement]:
        row = self._row(document)
        said = self._said_at(row.effect_position) if row and row.effect_position else None
        return said.movements if isinstance(said, DocumentCompleted | DocumentApproved) else ()

    def locked_period(self) -> str:
        asked = select(func.max(periods.c.period)).where(periods.c.plant == self._plant)
        return self._scalar(asked) or ""

    def slip(self, number: str) -> SlipUse | None:
        held = slips.c
        asked = select(held.document).where(held.plant == self._plant, held.slip == number, held.lines > 0)
        document = self._scalar(asked)
        used = self.lines(document) if document else ()
        line = next((one for one in used if one.values.get("slip") == number and not one.is_reversed), None)
        if line is None:
            return None
        return SlipUse(document=line.document, operator=line.operator, event_time=line.event_time)

    def _said_at(self, position: int) -> Event | None:
        return said_at(self._connection, self._plant, position)

    def _row(self, number: str) -> Row[Any] | None:
        """Return a document's row: the one in hand, else the first of that number."""
        if number == self._document.number:
            return self._document
        held = documents.c
        asked = select(documents).where(held.plant == self._plant, held.number == number)
        return self._connection.execute(asked.order_by(held.opened_position)).first()

    def _record(self, kind: str, key: str, form: type[Record]) -> Record | None:
        held = reference.c
        asked = select(held.body_json).where(held.plant == self._plant, held.kind == kind, held.key == key)
        body = self._scalar(asked)
        return msgspec.json.decode(body, type=form) if body else None

    def _stock(self, *where: ColumnElement[bool]) -> Sequence[Balance]:
        held = balances.c
        asked = select(balances).where(held.plant == self._plant, *where).order_by(held.place, held.item)
        return [
            _balance(row)
            for row in self._connection.execute(asked.limit(ANSWERS_MAX))
            if row.value or row.second
        ]

    def _is_physical(self, code: PlaceId) -> bool:
        place = self.place(code)
        return place is not None and place.role in PHYSICAL_ROLES

    def _scalar(self, asked: Any) -> Any:
        return self._connection.execute(asked).scalar()


def document_types_of(connection: Connection, plant: str) -> Mapping[str, DocumentType]:
    """Return the types of document as the factory has them now."""
    held = reference.c
    asked = select(held.key, held.body_json).where(
        held.plant == plant, held.kind == "document_type", held.body_json.is_not(None)
    )
    rows = connection.execute(asked)
    return in_force({row.key: msgspec.json.decode(row.body_json, type=TypeOverride) for row in rows})


def said_at(connection: Connection, plant: str, position: int) -> Event | None:
    """Return what an entry of the ledger says; None where there is none."""
    envelope = entry_at(connection, plant, position)
    return event_of(envelope) if envelope else None


def entry_at(connection: Connection, plant: str, position: int) -> Envelope | None:
    """Return an entry of the ledger; None where there is none."""
    held = events.c
    asked = select(held.body).where(held.plant == plant, held.position == position)
    body = connection.execute(asked).scalar()
    return open_entry(body_bytes(body)).envelope if body is not None else None


def _balance(row: Row[Any]) -> Balance:
    goods = Goods(
        item=ItemId(row.item),
        lot=row.lot,
        handling_unit=row.handling_unit,
        grade=row.grade,
        owner=row.owner,
    )
    return Balance(
        place=PlaceId(row.place),
        goods=goods,
        quantity=Quantity(amount(row.value), row.unit),
        second=Quantity(amount(row.second), row.second_unit) if row.second_unit else None,
    )
