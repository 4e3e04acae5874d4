"""A large plant's reference data, drawn from a seed: what a kiosk or hub is measured with."""

from collections.abc import Iterator
from decimal import Decimal
from random import Random

from domain.barcodes.house import house_body
from domain.item import Item, ItemCode, ItemId
from domain.names import Names
from domain.place import Place, PlaceId, PlaceRole, Station
from domain.plan import Plan, PlanLine
from domain.quantity import Quantity
from domain.staff import Person
from domain.stock import Balance, Goods
from domain.wire import Change

PLANT = "P1"
BINS = 400
ORDER = "PO-BENCH-1"
BADGE = "BENCH1"


def station(number_code: str = "A1") -> Station:
    """Return the station of a measured kiosk."""
    return Station(
        place=PlaceId("RCV"),
        names=Names(zh="收货口", en="Goods-in door"),
        plant=PLANT,
        warehouse="RM",
        number_code=number_code,
        receiving=PlaceId("RCV"),
        quarantine=PlaceId("QUA"),
        lost_and_found=PlaceId("LOST"),
        document_types=("CS", "YW", "PD"),
    )


def places() -> Iterator[Place]:
    """Yield the accounts of the plant and its bins."""
    accounts = (
        ("SUP", PlaceRole.SUPPLIER),
        ("RCV", PlaceRole.RECEIVING),
        ("QUA", PlaceRole.QUARANTINE),
        ("LOST", PlaceRole.LOST_AND_FOUND),
    )
    bins = ((f"BIN-{number:04d}", PlaceRole.STORAGE) for number in range(BINS))
    for code, role in (*accounts, *bins):
        yield Place(
            code=PlaceId(code),
            names=Names(zh=code, en=code),
            role=role,
            plant=PLANT,
            warehouse="RM",
            barcode=house_body(code),
        )


def item_number(index: int) -> str:
    """Return the number of the item at `index`."""
    return f"M{index:06d}"


def gtin(index: int) -> str:
    """Return the GTIN-14 of the item at `index` (GS1 General Specifications 7.9: check digit)."""
    body = f"0690{index:09d}"
    total = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(body))
    return f"{body}{-total % 10}"


def items(count: int) -> Iterator[Item]:
    """Yield items: every second one counted in pieces, the others weighed and kept by lot."""
    for index in range(count):
        is_weighed = index % 2 == 1
        yield Item(
            id=ItemId(item_number(index)),
            number=item_number(index),
            names=Names(zh=f"物料{index}", en=f"Material {index}"),
            specification="180 g/m² 175 cm",
            unit="KGM" if is_weighed else "C62",
            lot_managed=is_weighed,
            codes=() if is_weighed else (ItemCode(code=gtin(index)),),
        )


def balances(item_count: int, lot_count: int, seed: int) -> Iterator[Balance]:
    """Yield open lots, spread over the bins."""
    random = Random(seed)
    for index in range(lot_count):
        item = 2 * random.randrange(item_count // 2) + 1
        yield Balance(
            place=PlaceId(f"BIN-{random.randrange(BINS):04d}"),
            goods=Goods(item=ItemId(item_number(item)), lot=f"L{index:06d}"),
            quantity=Quantity(Decimal(random.randint(1, 9999)).scaleb(-1), "KGM"),
        )


def order(item_count: int) -> Plan:
    """Return an open order over the first pieces items, far larger than any bench receives."""
    lines = range(0, min(item_count, 200), 2)
    return Plan(
        kind="purchase_order",
        number=ORDER,
        partner=PlaceId("SUP"),
        lines=tuple(
            PlanLine(line=place, item=ItemId(item_number(index)), quantity=Quantity(Decimal(900_000), "C62"))
            for place, index in enumerate(lines, 1)
        ),
    )


def keeper() -> Person:
    """Return who scans."""
    rights = tuple(f"{kind}.{act}" for kind in ("CS", "YW", "PD") for act in ("add", "approve"))
    return Person(number="9001", names=Names(zh="测试员", en="Bench Keeper"), badge=BADGE, rights=rights)


def changes(item_count: int, lot_count: int, seed: int) -> Iterator[Change]:
    """Yield everything as a kiosk is provisioned with it."""
    yield Change(kind="station", key="bench", body=station())
    yield Change(kind="person", key="9001", body=keeper())
    yield Change(kind="plan", key=ORDER, body=order(item_count))
    for place in places():
        yield Change(kind="place", key=place.code, body=place)
    for item in items(item_count):
        yield Change(kind="item", key=item.id, body=item)
    for balance in balances(item_count, lot_count, seed):
        goods = balance.goods
        yield Change(kind="balance", key=f"{balance.place}|{goods.item}|{goods.lot}", body=balance)
