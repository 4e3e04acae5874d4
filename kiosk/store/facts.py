"""The answers to the questions rules ask, from the kiosk's file; every one an indexed look-up."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

import msgspec

from domain.barcodes.house import house_body
from domain.document import Document, DocumentType, plan_kinds
from domain.facts import ANSWERS_MAX, CodedItem, HandlingUnit, OpenDocument, RecordedLine, SlipUse
from domain.item import Item, ItemId, Lot
from domain.names import Names
from domain.override import TypeOverride, in_force
from domain.place import PHYSICAL_ROLES, Place, PlaceId, PlaceRole, Station
from domain.plan import Plan, PlanRef
from domain.quantity import Quantity
from domain.staff import Person
from domain.stock import Balance, Goods, Movement
from kiosk.store.amounts import balance_of, from_millionths
from kiosk.store.connection import Connection
from kiosk.store.schema import GOODS_COLUMNS

T = TypeVar("T")
SAME_CODE_ITEMS_MAX = 20
RECORDS_REMEMBERED_MAX = 300
"""Look-ups whose records stay decoded in memory; beyond, it begins afresh."""

_items = msgspec.json.Decoder(Item)
_lots = msgspec.json.Decoder(Lot)
_places = msgspec.json.Decoder(Place)
_persons = msgspec.json.Decoder(Person)
_plans = msgspec.json.Decoder(Plan)
_stations = msgspec.json.Decoder(Station)
_shared = msgspec.json.Decoder(OpenDocument)
_lines = msgspec.json.Decoder(RecordedLine)
_overrides = msgspec.json.Decoder(TypeOverride)
_balances = msgspec.json.Decoder(tuple[Balance, ...])
_movements = msgspec.json.Decoder(tuple[Movement, ...])

_OF_UNIT = "handling_unit = ? AND handling_unit <> ''"
"""The second half lets SQLite see that the partial index serves."""

NO_STATION = Station(
    place=PlaceId(""),
    names=Names(),
    plant="",
    warehouse="",
    number_code="00",
    receiving=PlaceId(""),
    quarantine=PlaceId(""),
    lost_and_found=PlaceId(""),
)
"""What a kiosk answers that nobody has given a station yet; it may open no document."""


class SqliteFacts:
    """Fulfils `domain.facts.Facts` and the kiosk's own questions (`kiosk.knowledge.Knowledge`)."""

    def __init__(self, connection: Connection, device: str, station: Station | None = None) -> None:
        """`station` serves until the hub names one for this device."""
        self._connection = connection
        self._device = device
        self._station = station
        self._remembered: dict[tuple[str, str, int], Sequence[Any]] = {}
        self._remembered_turn = 0
        self._types: tuple[int, Mapping[str, DocumentType]] | None = None

    def station(self) -> Station:
        row = self._connection.row(
            "SELECT body FROM reference WHERE kind = 'station' AND key = ?", (self._device,)
        )
        return _stations.decode(row[0]) if row else self._station or NO_STATION

    def document_types(self) -> Mapping[str, DocumentType]:
        """Return the types as the hub says the factory has them; worked out once for as long as nothing changes."""
        with self._connection.lock:
            turn = self._connection.reference_turn
            if self._types is None or self._types[0] != turn:
                rows = self._connection.rows("SELECT key, body FROM reference WHERE kind = 'document_type'")
                overrides = {key: _overrides.decode(body) for key, body in rows}
                self._types = (turn, in_force(overrides))
        return self._types[1]

    def item(self, item: ItemId) -> Item | None:
        return self._first("item_id", item, _items.decode)

    def items_by_code(self, code: str) -> Sequence[CodedItem]:
        return [_coded(item, code) for item in self._found("item", code, _items.decode, SAME_CODE_ITEMS_MAX)]

    def place(self, code: str) -> Place | None:
        return self._first("place", code, _places.decode) or self._first("place_body", code, _places.decode)

    def places(self, role: PlaceRole, limit: int) -> Sequence[Place]:
        """Return places of a role, for a list to pick from."""
        return self._found("role", role, _places.decode, limit)

    def person(self, number: str) -> Person | None:
        return self._first("person", number, _persons.decode)

    def person_by_badge(self, badge: str) -> Person | None:
        return self._first("badge", badge, _persons.decode)

    def plan(self, kind: str, number: str) -> Plan | None:
        return (
            self._first(f"plan.{kind}", number, _plans.decode)
            or self._first(f"plan_body.{kind}", number, _plans.decode)
            or self._own_plan(kind, number)
        )

    def _own_plan(self, kind: str, number: str) -> Plan | None:
        """Return a plan that a document of ours left and the hub has not told of yet."""
        row = self._connection.row(
            "SELECT body FROM own_plan WHERE kind = ? AND (number = ? OR code = ?) LIMIT 1",
            (kind, number, number),
        )
        return _plans.decode(row[0]) if row else None

    def open_plans(self, kind: str, limit: int) -> Sequence[Plan]:
        """Return orders still open, for a list to pick from: by number; of what may only come back, the newest first.

        Every receipt may still be returned, so those never end: the older ones are found by scanning their number.
        """
        order = "" if plan_kinds().get(kind, True) else "DESC"
        rows = self._connection.rows(
            "SELECT * FROM (SELECT reference.body, code FROM lookup JOIN reference USING (kind, key) WHERE name = ?"  # noqa: S608 (our own words)
            f" ORDER BY code {order} LIMIT ?) UNION ALL SELECT * FROM (SELECT body, number FROM own_plan WHERE kind = ?"
            " AND NOT EXISTS (SELECT 1 FROM reference WHERE reference.kind = 'plan' AND key = number)"
            f" ORDER BY number {order} LIMIT ?) ORDER BY 2 {order} LIMIT ?",
            (f"open_plan.{kind}", limit, kind, limit, limit),
        )
        return [_plans.decode(row[0]) for row in rows]

    def plan_done(self, ref: PlanRef, unit: str) -> Quantity:
        given = (ref.number, ref.line, unit)
        row = self._connection.row(
            "SELECT (SELECT coalesce(sum(value), 0) FROM hub_plan_done WHERE number = ? AND line = ? AND unit = ?)"
            " + (SELECT coalesce(sum(value), 0) FROM own_done WHERE number = ? AND line = ? AND unit = ?)",
            (*given, *given),
        )
        return from_millionths(row[0] if row else 0, unit)

    def balances(
        self, place: PlaceId, goods: Goods | None = None, item: ItemId | None = None
    ) -> Sequence[Balance]:
        where = "place = ?"
        given: list[str] = [place]
        if goods:
            where += " AND item = ? AND lot = ? AND handling_unit = ? AND grade = ? AND owner = ?"
            given += [goods.item, goods.lot, goods.handling_unit, goods.grade, goods.owner]
        if item:
            where += " AND item = ?"
            given.append(item)
        return self._stock(where, given, ANSWERS_MAX)

    def where_is(self, item: ItemId, limit: int) -> Sequence[Balance]:
        """Return where an item lies, under our own roof."""
        found = self._stock("item = ?", [item], ANSWERS_MAX)
        return [one for one in found if one.quantity.value > 0 and self._is_physical(one.place)][:limit]

    def lot_since(self, item: ItemId, lot: str) -> datetime | None:
        told = self._first(f"lot.{item}", lot, _lots.decode)
        row = self._connection.row(
            "SELECT since FROM own_lot WHERE item = ? AND lot = ? LIMIT 1", (item, lot)
        )
        known = [told.since] if told and told.since else []
        return min((*known, *([datetime.fromisoformat(row[0])] if row else [])), default=None)

    def handling_unit(self, serial: str) -> HandlingUnit | None:
        if not serial:
            return None
        held = [
            one
            for one in self._stock(_OF_UNIT, [serial], ANSWERS_MAX)
            if one.quantity.value > 0 and self._is_physical(one.place)
        ]
        if not held:
            return None
        place = held[0].place
        origin = self._connection.row(
            "SELECT document, operator, event_time FROM unit_origin WHERE serial = ?", (serial,)
        )
        return HandlingUnit(
            serial=serial,
            place=place,
            contents=tuple(one for one in held if one.place == place),
            document=origin[0] if origin else "",
            operator=origin[1] if origin else "",
            event_time=datetime.fromisoformat(origin[2]) if origin else None,
        )

    def lines(self, document: str) -> Sequence[RecordedLine]:
        rows = self._connection.rows(
            "SELECT body, is_reversed FROM line WHERE document = ? ORDER BY line", (document,)
        )
        own = [_line(row[0], is_reversed=bool(row[1])) for row in rows]
        return [*self.colleagues_lines(document), *own]

    def colleagues_lines(self, document: str) -> Sequence[RecordedLine]:
        """Return the lines other kiosks recorded for a document: as the hub tells, or as it was finished here."""
        rows = self._connection.rows(
            "SELECT body FROM shared_line WHERE document = ? ORDER BY device, line", (document,)
        )
        told = rows or self._connection.rows(
            "SELECT reference.body FROM lookup JOIN reference USING (kind, key)"
            " WHERE name = 'line_of' AND code = ? ORDER BY key",
            (document,),
        )
        lines = [_lines.decode(row[0]) for row in told]
        return sorted(lines, key=lambda one: (one.event_time, one.device, one.line))

    def document_status(self, document: str) -> str:
        row = self._connection.row("SELECT status FROM document WHERE number = ?", (document,))
        return str(row[0]) if row else ""

    def open_document(self, number: str) -> OpenDocument | None:
        """Return a document of the plant that has not ended, by its number or the body of its code."""
        told = self._first("document", house_body(number), _shared.decode)
        return told if told and self._is_not_ended(told) else None

    def open_documents(self, status: str, limit: int) -> Sequence[OpenDocument]:
        """Return documents of the plant that are open, or submitted."""
        told = self._found("shared", status, _shared.decode, limit)
        return [one for one in told if self._is_not_ended(one)]

    def _is_not_ended(self, told: OpenDocument) -> bool:
        """Tell whether nobody here ended it: the hub may not have heard of that yet."""
        return self.document_status(told.number) in ("", told.status)

    def latest_lines(self, document: str, limit: int) -> Sequence[RecordedLine]:
        """Return the newest lines of a document, newest first."""
        rows = self._connection.rows(
            "SELECT body, is_reversed FROM line WHERE document = ? ORDER BY line DESC LIMIT ?",
            (document, limit),
        )
        return [_line(row[0], is_reversed=bool(row[1])) for row in rows]

    def last_line(self) -> RecordedLine | None:
        """Return the line this kiosk recorded last, of any document."""
        row = self._connection.row("SELECT body, is_reversed FROM line ORDER BY id DESC LIMIT 1")
        return _line(row[0], is_reversed=bool(row[1])) if row else None

    def lines_on(self, day: str) -> int:
        """Return how many lines in effect were recorded on a day."""
        row = self._connection.row("SELECT count(*) FROM line WHERE day = ? AND is_reversed = 0", (day,))
        return row[0] if row else 0

    def lines_in_effect(self, document: str) -> int:
        """Return how many of a document's lines were not taken back."""
        row = self._connection.row(
            "SELECT count(*) FROM line WHERE document = ? AND is_reversed = 0", (document,)
        )
        others = sum(not one.is_reversed for one in self.colleagues_lines(document))
        return others + (row[0] if row else 0)

    def totals(self, document: str) -> Sequence[Quantity]:
        """Return what the lines in effect add up to, one quantity for each unit."""
        rows = self._connection.rows(
            "SELECT value, unit FROM document_total WHERE document = ? AND value <> 0 ORDER BY unit",
            (document,),
        )
        sums = {row[1]: from_millionths(row[0], row[1]) for row in rows}
        for line in self.colleagues_lines(document):
            quantity = line.values.get("quantity")
            if isinstance(quantity, Quantity) and not line.is_reversed:
                sums[quantity.unit] = sums.get(quantity.unit, Quantity.zero(quantity.unit)) + quantity
        return [sums[unit] for unit in sorted(sums)]

    def slip(self, number: str) -> SlipUse | None:
        row = self._connection.row(
            "SELECT document, slip.operator, slip.event_time FROM slip JOIN line USING (document, line)"
            " WHERE number = ? AND is_reversed = 0 ORDER BY slip.event_time LIMIT 1",
            (number,),
        )
        if row is None:
            return None
        return SlipUse(document=row[0], operator=row[1], event_time=datetime.fromisoformat(row[2]))

    def book(self, document: str) -> Sequence[Balance]:
        row = self._connection.row("SELECT book FROM document WHERE number = ?", (document,))
        return _balances.decode(row[0]) if row else ()

    def proposed(self, document: str) -> Sequence[Movement]:
        """Return what approving a submitted document would move."""
        row = self._connection.row("SELECT proposed FROM document WHERE number = ?", (document,))
        return _movements.decode(row[0]) if row else ()

    def finished_document(self, number: str) -> Document | None:
        """Return a document in effect that this kiosk finished, by its number or the body of its code."""
        row = self._connection.row(
            "SELECT number, type FROM document WHERE status = 'closed' AND replace(number, '-', '') = ?",
            (house_body(number),),
        )
        if row is None:
            return None
        return Document(type=row[1], number=row[0], status="closed", lines=self.lines_in_effect(row[0]))

    def effect(self, document: str) -> Sequence[Movement]:
        row = self._connection.row("SELECT body FROM document_effect WHERE document = ?", (document,))
        return _movements.decode(row[0]) if row else ()

    def locked_period(self) -> str:
        row = self._connection.row("SELECT max(key) FROM reference WHERE kind = 'period'")
        return str(row[0]) if row and row[0] else ""

    def _stock(self, where: str, given: Sequence[Any], limit: int) -> list[Balance]:
        one_side = f"SELECT {GOODS_COLUMNS}, value, second FROM"
        rows = self._connection.rows(
            f"SELECT {GOODS_COLUMNS}, sum(value), sum(second) FROM"  # noqa: S608 our own names
            f" ({one_side} hub_balance WHERE {where} UNION ALL {one_side} own_stock WHERE {where})"
            f" GROUP BY {GOODS_COLUMNS} HAVING sum(value) <> 0 OR sum(second) <> 0"
            f" ORDER BY {GOODS_COLUMNS} LIMIT ?",
            (*given, *given, limit),
        )
        return [balance_of(row) for row in rows]  # type: ignore[arg-type]

    def _is_physical(self, place: PlaceId) -> bool:
        found = self.place(place)
        return found is not None and found.role in PHYSICAL_ROLES

    def _found(self, name: str, code: str, decode: Callable[[bytes], T], limit: int) -> Sequence[T]:
        """Return records by a code, remembered: a turn and its screen ask for the same few dozen again and again."""
        asked = (name, code, limit)
        with self._connection.lock:  # so that nothing read before a change is remembered after it
            turn = self._connection.reference_turn
            if turn != self._remembered_turn or len(self._remembered) >= RECORDS_REMEMBERED_MAX:
                self._remembered, self._remembered_turn = {}, turn
            held = self._remembered.get(asked)
            if held is None:
                rows = self._connection.rows(
                    "SELECT reference.body FROM lookup JOIN reference USING (kind, key)"
                    " WHERE name = ? AND code = ? ORDER BY key LIMIT ?",
                    asked,
                )
                held = self._remembered[asked] = [decode(row[0]) for row in rows]
        return held

    def _first(self, name: str, code: str, decode: Callable[[bytes], T]) -> T | None:
        return next(iter(self._found(name, code, decode, 1)), None)


def _coded(item: Item, code: str) -> CodedItem:
    fitting = (one for one in item.codes if code in (one.code, one.code.zfill(len(code))))
    return CodedItem(item=item, code=next(fitting, None))


def _line(body: bytes, *, is_reversed: bool) -> RecordedLine:
    line = _lines.decode(body)
    return msgspec.structs.replace(line, is_reversed=True) if is_reversed else line
