"""The generated group: three plants of four warehouses each, what they keep, who works there, whom they deal with."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import cached_property

from domain.barcodes.house import house_body
from domain.document import document_types
from domain.item import Item, ItemClass, ItemId
from domain.names import Names
from domain.place import Place, PlaceId, PlaceRole, Station, Store
from domain.quantity import Quantity
from domain.staff import Person
from domain.stock import Balance, Goods
from hub.rights.matrix import MONTH_RIGHT
from hub.store.reference import Record
from tests.month.sizes import Sizes

PLANTS = ("P1", "P2", "P3")
PARTNERS = 12
SHARES = {"yarn": 0.2, "fabric": 0.2, "trim": 0.3, "garment": 0.3}
"""Of the items, how many are of each kind; each kind is drawn by a law of a few fast and many slow ones."""
OWNED_SHARE, SECOND_SHARE, CARTON_SHARE = 0.05, 0.1, 0.3
INSPECTED_EVERY = 9


class Warehouse(StrEnum):
    """The four of each plant."""

    RAW = "RM"
    TRIMS = "AM"
    FINISHED = "FG"
    RETURNED = "RT"


KINDS = {
    Warehouse.RAW: ("yarn", "fabric"),
    Warehouse.TRIMS: ("trim",),
    Warehouse.FINISHED: ("garment",),
    Warehouse.RETURNED: ("garment",),
}
"""What lies where."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bin:
    """A place of storage, and what it is for."""

    code: PlaceId
    warehouse: Warehouse
    store: Store


class Things:
    """Everything the group knows from the beginning, drawn from a seed."""

    def __init__(self, sizes: Sizes) -> None:
        self.sizes = sizes
        self._some = random.Random(f"{sizes.seed}/things")

    # what is kept

    @cached_property
    def items(self) -> dict[str, list[Item]]:
        """Items by kind; every plant has the same."""
        found: dict[str, list[Item]] = {}
        for kind, share in SHARES.items():
            count = max(4, round(self.sizes.items * share))
            found[kind] = [_item(kind, number) for number in range(1, count + 1)]
        return found

    def item(self, kind: str, some: random.Random) -> Item:
        """Draw an item: a few are asked for often, most hardly ever."""
        held = self.items[kind]
        return held[min(int(len(held) * some.random() ** 3), len(held) - 1)]

    # where

    @staticmethod
    def partners(role: PlaceRole) -> Sequence[PlaceId]:
        """The suppliers, customers or subcontractors, the same for all plants."""
        letter = {"supplier": "S", "customer": "C", "subcontractor": "D"}[role]
        return [PlaceId(f"{letter}-{number:03d}") for number in range(1, PARTNERS + 1)]

    def bins(self, warehouse: Warehouse) -> Sequence[Bin]:
        """The places of storage of a warehouse; of finished goods every fourth is for seconds."""
        codes = [PlaceId(f"{warehouse}-{number:03d}") for number in range(1, self.sizes.bins + 1)]
        stores = {Warehouse.RETURNED: Store.RETURNED, Warehouse.FINISHED: Store.FINISHED}
        usual = stores.get(warehouse, Store.ANY)
        return [
            Bin(
                code=code,
                warehouse=warehouse,
                store=Store.SECONDS if usual is Store.FINISHED and number % 4 == 3 else usual,
            )
            for number, code in enumerate(codes)
        ]

    def _places(self, plant: str) -> Iterator[Place]:
        for warehouse in Warehouse:
            for one in self.bins(warehouse):
                yield _place(plant, one.code, PlaceRole.STORAGE, warehouse, store=one.store)
            yield _place(plant, f"{warehouse}-RCV", PlaceRole.RECEIVING, warehouse)
            yield _place(plant, f"{warehouse}-Q", PlaceRole.QUARANTINE, warehouse)
        for role in (
            PlaceRole.LOST_AND_FOUND,
            PlaceRole.LINE_SIDE,
            PlaceRole.IN_TRANSIT,
            PlaceRole.SCRAP,
            PlaceRole.ADJUSTMENT,
            PlaceRole.CONVERSION,
            PlaceRole.OPENING,
        ):
            yield _place(plant, account(role), role)
        for role in (PlaceRole.SUPPLIER, PlaceRole.CUSTOMER, PlaceRole.SUBCONTRACTOR):
            for code in self.partners(role):
                yield _place(plant, code, role)

    def station(self, plant: str, warehouse: Warehouse, number_code: str, types: Sequence[str]) -> Station:
        """A kiosk of a warehouse that may write these documents."""
        return Station(
            place=PlaceId(f"{warehouse}-RCV"),
            names=Names(zh=f"{warehouse} 终端", en=f"{warehouse} kiosk"),
            plant=plant,
            warehouse=warehouse,
            number_code=number_code,
            receiving=PlaceId(f"{warehouse}-RCV"),
            quarantine=PlaceId(f"{warehouse}-Q"),
            lost_and_found=PlaceId(account(PlaceRole.LOST_AND_FOUND)),
            document_types=tuple(types),
            line_side=PlaceId(account(PlaceRole.LINE_SIDE)),
            in_transit=PlaceId(account(PlaceRole.IN_TRANSIT)),
            scrap=PlaceId(account(PlaceRole.SCRAP)),
            adjustment=PlaceId(account(PlaceRole.ADJUSTMENT)),
            conversion=PlaceId(account(PlaceRole.CONVERSION)),
            opening=PlaceId(account(PlaceRole.OPENING)),
        )

    # who

    def people(self, plant: str) -> Sequence[Person]:
        """A plant's people: one in four may also approve, take back and see prices; the first closes the month."""
        count = self.sizes.people // len(PLANTS)
        first = 1000 * (PLANTS.index(plant) + 1)
        acts = {True: ("add", "approve", "unapprove", "prices"), False: ("add",)}
        return [
            Person(
                number=str(first + number),
                names=Names(zh=f"员工{first + number}", en=f"Worker {first + number}"),
                badge=f"B{first + number}",
                rights=(
                    *(f"{code}.{act}" for act in acts[number % 4 == 0] for code in document_types()),
                    *((MONTH_RIGHT, "board.see", "board.export") if number == 0 else ()),
                ),
            )
            for number in range(count)
        ]

    # all of it

    def reference(self, plant: str) -> Sequence[Record]:
        """What the hub knows of a plant from the beginning."""
        items = [one for kind in self.items.values() for one in kind]
        return [
            *(Record(kind="item", key=one.id, body=one) for one in items),
            *(Record(kind="place", key=one.code, body=one) for one in self._places(plant)),
            *(Record(kind="person", key=one.number, body=one) for one in self.people(plant)),
        ]

    def opening(self, plant: str) -> Iterator[Balance]:
        """What lies in a plant before the month: in its bins, and with the line what it has made and packed."""
        some = random.Random(f"{self.sizes.seed}/opening/{plant}")
        for number in range(self.sizes.lots):
            warehouse = some.choice((Warehouse.RAW, Warehouse.TRIMS, Warehouse.FINISHED))
            place = some.choice(self.bins(warehouse))
            item = self.item(some.choice(KINDS[warehouse]), some)
            grade = "second" if place.store is Store.SECONDS else ""
            if warehouse is Warehouse.FINISHED and not grade and some.random() < CARTON_SHARE:
                yield from self.carton(f"{plant}CT{number:05d}", place.code, some)
                continue
            serial = f"{plant}R{number:05d}" if item.unit_managed else ""
            lot = f"L{number % 997:03d}" if item.lot_managed else ""
            owner = some.choice(self.partners(PlaceRole.CUSTOMER)) if some.random() < OWNED_SHARE else ""
            goods = Goods(item=item.id, lot=lot, handling_unit=serial, grade=grade, owner=owner)
            yield amount(item, goods, place.code, some)
        line_side = PlaceId(account(PlaceRole.LINE_SIDE))
        for number in range(self.sizes.lots // 3):
            if some.random() < CARTON_SHARE:
                yield from self.carton(f"{plant}CL{number:05d}", line_side, some)
            else:
                item = self.item("garment", some)
                grade = "second" if some.random() < SECOND_SHARE else ""
                yield amount(item, Goods(item=item.id, grade=grade), line_side, some)

    def carton(self, serial: str, place: PlaceId, some: random.Random) -> Iterator[Balance]:
        """A carton of two sizes, packed by ratio."""
        for item in some.sample(self.items["garment"][: len(self.items["garment"]) // 2], 2):
            quantity = Quantity(Decimal(some.choice((6, 12, 24))), item.unit)
            yield Balance(place=place, goods=Goods(item=item.id, handling_unit=serial), quantity=quantity)


def account(role: PlaceRole) -> str:
    """Return the one place of a role that a plant has."""
    return role.name.replace("_", "-")


def amount(item: Item, goods: Goods, place: PlaceId, some: random.Random) -> Balance:
    """Draw how much of some goods lies at a place."""
    if item.unit == "C62":
        return Balance(place=place, goods=goods, quantity=Quantity(Decimal(some.randint(20, 2_000)), "C62"))
    kilograms = Decimal(some.randint(1_000, 90_000)) / 100
    metres = Quantity(Decimal(some.randint(300, 2_000)) / 10, "MTR") if item.second_unit else None
    return Balance(place=place, goods=goods, quantity=Quantity(kilograms, "KGM"), second=metres)


def _item(kind: str, number: int) -> Item:
    code = f"{kind[0].upper()}-{number:04d}"
    return Item(
        id=ItemId(f"i-{code.lower()}"),
        number=code,
        names=Names(zh=f"{kind} {number}", en=f"{kind.title()} {number}"),
        unit="KGM" if kind in ("yarn", "fabric") else "C62",
        second_unit="MTR" if kind == "fabric" else "",
        lot_managed=kind in ("yarn", "fabric"),
        unit_managed=kind == "fabric",
        category=kind,
        inspection_standard="GB/T 398" if kind == "yarn" and number % INSPECTED_EVERY == 0 else "",
        item_class=ItemClass.FINISHED_GOODS if kind == "garment" else ItemClass.RAW_MATERIAL,
    )


def _place(plant: str, code: str, role: PlaceRole, warehouse: str = "", *, store: Store = Store.ANY) -> Place:
    return Place(
        code=PlaceId(code),
        names=Names(zh=code, en=code),
        role=role,
        plant=plant,
        warehouse=warehouse,
        barcode=house_body(code),
        store=store,
    )
