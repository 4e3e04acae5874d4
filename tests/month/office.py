"""The office: each morning it writes the plans the floor works against, from what the hub says there is."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from decimal import Decimal

from sqlalchemy import select

from domain.item import ItemId
from domain.place import PlaceId, PlaceRole, Store
from domain.plan import Plan, PlanLine
from domain.quantity import Quantity
from hub.store import tables
from hub.store.database import reading, writing
from hub.store.reference import Record, write_records
from hub.store.values import amount
from tests.floor import Floor
from tests.month.things import KINDS, Things, Warehouse, account

LINES_MAX = 12
PACKED_SHARE = 0.5
OF_EACH_KIND = ("purchase_order", "requisition", "packed", "sales_order", "return_request")
SHARES = {"purchase_order": 8, "requisition": 8, "packed": 4, "sales_order": 4, "return_request": 3}
"""Of the plans of a day, how many are of each kind."""

Lines = list[PlanLine]
Held = tuple[str, str, Decimal, str]
"""Item, handling unit, quantity, grade."""


class Office:
    """Whoever writes the plans of one plant."""

    def __init__(self, floor: Floor, things: Things, plant: str) -> None:
        self._floor, self._things, self.plant = floor, things, plant
        self._some = random.Random(f"{things.sizes.seed}/office/{plant}")
        self._count = 0

    def writes(self, count: int) -> None:
        """Write a day's plans; at least one of each kind."""
        kinds = [*OF_EACH_KIND, *self._some.choices(list(SHARES), list(SHARES.values()), k=count)]
        makers = {
            "purchase_order": self._purchase_order,
            "requisition": self._requisition,
            "packed": self._packed,
            "sales_order": self._sales_order,
            "return_request": self._return_request,
        }
        plans = [plan for kind in kinds if (plan := makers[kind]()) is not None]
        with writing(self._floor.engine) as connection:
            records = [Record(kind="plan", key=one.number, body=one) for one in plans]
            write_records(connection, self._floor.log, self.plant, records)

    def _number(self, prefix: str) -> str:
        self._count += 1
        return f"{prefix}-{self.plant}-{self._count:04d}"

    def _partner(self, role: PlaceRole) -> PlaceId:
        return self._some.choice(self._things.partners(role))

    def _purchase_order(self) -> Plan:
        warehouse = self._some.choice((Warehouse.RAW, Warehouse.TRIMS))
        lines: Lines = []
        for _ in range(self._some.randint(2, LINES_MAX)):
            item = self._things.item(self._some.choice(KINDS[warehouse]), self._some)
            value = Decimal(self._some.randint(20, 600))
            if all(one.item != item.id for one in lines):
                lines.append(PlanLine(line=len(lines) + 1, item=item.id, quantity=Quantity(value, item.unit)))
        number, partner = self._number("PO"), self._partner(PlaceRole.SUPPLIER)
        return Plan(kind="purchase_order", number=number, partner=partner, lines=tuple(lines))

    def _requisition(self) -> Plan | None:
        """A work order's quota of what lies in one of the stores of material."""
        warehouse = self._some.choice((Warehouse.RAW, Warehouse.TRIMS))
        units = {one.id: one.unit for kind in self._things.items.values() for one in kind}
        wanted: dict[str, Decimal] = {}
        for item, _, value, _ in self._lies_in(warehouse, Store.ANY):
            wanted[item] = wanted.get(item, Decimal(0)) + (value / 3).quantize(Decimal(1))
        lines = tuple(
            PlanLine(line=number, item=ItemId(item), quantity=Quantity(value, units[ItemId(item)]))
            for number, (item, value) in enumerate(
                ((item, value) for item, value in list(wanted.items())[:LINES_MAX] if value > 0), 1
            )
        )
        number, line_side = self._number("WO"), PlaceId(account(PlaceRole.LINE_SIDE))
        return Plan(kind="requisition", number=number, partner=line_side, lines=lines) if lines else None

    def _packed(self) -> Plan | None:
        """What passed final inspection and stands packed beside the line."""
        line_side = account(PlaceRole.LINE_SIDE)
        held = self._held([line_side])
        lines: Lines = []
        for item, serial, value, grade in held[: self._some.randint(2, LINES_MAX)]:
            lines.append(
                PlanLine(
                    line=len(lines) + 1,
                    item=ItemId(item),
                    quantity=Quantity(value, "C62"),
                    handling_unit=serial,
                    grade=grade,
                )
            )
            # A carton is packed as a whole: what else lies in it is named too.
            lines += [
                PlanLine(
                    line=len(lines) + number,
                    item=ItemId(other),
                    quantity=Quantity(amount_, "C62"),
                    handling_unit=serial,
                    grade=its_grade,
                )
                for number, (other, _, amount_, its_grade) in enumerate(_beside(held, item, serial), 1)
            ]
        unlike = {(one.item, one.handling_unit, one.grade): one for one in lines}
        numbered = tuple(
            PlanLine(
                line=number,
                item=one.item,
                quantity=one.quantity,
                handling_unit=one.handling_unit,
                grade=one.grade,
            )
            for number, one in enumerate(unlike.values(), 1)
        )
        number, partner = self._number("PK"), PlaceId(line_side)
        return Plan(kind="packed", number=number, partner=partner, lines=numbered) if numbered else None

    def _sales_order(self) -> Plan | None:
        """What a customer bought: cartons as they stand in the store, or loose pieces."""
        held = [one for one in self._lies_in(Warehouse.FINISHED, Store.FINISHED) if not one[3]]
        if not held:
            return None
        item, serial, value, _ = self._some.choice(held)
        lines: Lines = []
        if serial:
            contents = [(item, value), *((other, more) for other, _, more, _ in _beside(held, item, serial))]
            packs = self._some.randint(1, 3)
            lines = [
                PlanLine(
                    line=number,
                    item=ItemId(what),
                    quantity=Quantity(each * packs, "C62"),
                    packs=packs,
                    pack="A",
                )
                for number, (what, each) in enumerate(contents, 1)
            ]
        else:
            loose = dict.fromkeys(one[0] for one in held if not one[1])
            lines = [
                PlanLine(
                    line=number,
                    item=ItemId(what),
                    quantity=Quantity(Decimal(self._some.randint(10, 400)), "C62"),
                )
                for number, what in enumerate(list(loose)[: self._some.randint(1, LINES_MAX)], 1)
            ]
        number, partner = self._number("SO"), self._partner(PlaceRole.CUSTOMER)
        return Plan(kind="sales_order", number=number, partner=partner, lines=tuple(lines))

    def _return_request(self) -> Plan:
        count = self._some.randint(1, LINES_MAX)
        items = dict.fromkeys(self._things.item("garment", self._some).id for _ in range(count))
        lines = tuple(
            PlanLine(line=number, item=item, quantity=Quantity(Decimal(self._some.randint(2, 60)), "C62"))
            for number, item in enumerate(items, 1)
        )
        number, partner = self._number("RR"), self._partner(PlaceRole.CUSTOMER)
        return Plan(kind="return_request", number=number, partner=partner, lines=lines)

    # what the hub says there is

    def _lies_in(self, warehouse: Warehouse, store: Store) -> Sequence[Held]:
        places = [one.code for one in self._things.bins(warehouse) if one.store is store]
        return self._held(self._some.sample(places, min(3, len(places))))

    def _held(self, places: Sequence[str]) -> Sequence[Held]:
        found = list(self._asked(places))
        self._some.shuffle(found)
        return found

    def _asked(self, places: Sequence[str]) -> Iterator[Held]:
        column = tables.balances.c
        asked = (
            select(column.item, column.handling_unit, column.value, column.grade)
            .where(
                column.plant == self.plant,
                column.place.in_(places),
                column.value > 0,
                column.owner == "",
            )
            .order_by(*tables.balances.primary_key.columns)
        )
        with reading(self._floor.engine) as connection:
            for row in connection.execute(asked):
                yield row.item, row.handling_unit, amount(row.value), row.grade


def _beside(held: Sequence[Held], item: str, serial: str) -> list[Held]:
    """What lies in the same carton."""
    return [one for one in held if serial and one[1] == serial and one[0] != item]
