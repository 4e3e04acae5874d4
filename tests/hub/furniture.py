"""Master data of a small plant, registered through the operations themselves: for the pictures of the office."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from domain.events.documents import PlanLeft
from domain.item import ItemId
from domain.place import PlaceId, PlaceRole
from domain.plan import Plan, PlanLine, PlanRef
from domain.quantity import Quantity
from hub.master_data import Given, MasterData
from hub.object import objects
from hub.store.database import writing
from hub.store.reference import Author, Record, write_records
from hub.store.values import instant_text
from tests.hub.morning import PLANT, Plant, place

RECORDS: tuple[tuple[str, dict[str, str]], ...] = (
    ("categories", {"code": "YARN", "name": "纱线", "name_en": "Yarn"}),
    ("categories", {"code": "FABRIC", "name": "面料", "name_en": "Fabric"}),
    *(
        (
            "raw_materials",
            {
                "number": f"Y-{count}S-{letter}",
                "name": f"{zh}纱 {count} 支",
                "name_en": f"{en} yarn {count}s",
                "specification": f"{count}S/1",
                "category": "YARN",
                "safety_stock": str(count * 25),
                "maximum_stock": "12000",
                "unit": "KGM",
                "lot_managed": "1",
                "unit_managed": "1",
            },
        )
        for count in (21, 26, 40, 60)
        for letter, zh, en in (("C", "精梳棉", "Combed cotton"), ("M", "涤棉混纺", "Polycotton"))
    ),
    ("colours", {"code": "NAVY", "name": "藏青", "name_en": "Navy"}),
    ("colours", {"code": "WHITE", "name": "本白", "name_en": "Off-white"}),
    ("colours", {"code": "RED", "name": "枣红", "name_en": "Burgundy"}),
    ("size_groups", {"code": "S-XL", "name": "女装", "name_en": "Ladies'", "sizes": "S M L XL"}),
    (
        "styles",
        {
            "code": "P2601",
            "name": "女式 POLO 衫",
            "name_en": "Ladies' polo",
            "colours": "NAVY WHITE RED",
            "size_group": "S-XL",
            "unit": "C62",
        },
    ),
    *(
        (
            "finished_goods",
            {
                "number": f"P2601-NAVY-{size}",
                "name": f"女式 POLO 衫 藏青 {size}",
                "name_en": f"Ladies' polo Navy {size}",
                "specification": f"NAVY {size}",
                "grade": "A",
                "unit": "C62",
                "style": "P2601",
                "colour": "NAVY",
                "size": size,
            },
        )
        for size in ("M", "L")
    ),
)


def order_and_send(plant: Plant) -> None:
    """Orders of every state, part of one received, and a transfer on its way: for the pictures of plans."""
    today = plant.hub.clock.now().date()

    def plan(
        number: str, kind: str, partner: str, due_in: int | None, *lines: PlanLine, **said: Any
    ) -> Record:
        due = (today + timedelta(days=due_in)).isoformat() if due_in is not None else ""
        body = Plan(kind=kind, number=number, partner=PlaceId(partner), lines=lines, due=due, **said)
        return Record(kind="plan", key=number, body=body)

    def line(number: int, item: str, amount: str, unit: str, **said: Any) -> PlanLine:
        return PlanLine(line=number, item=ItemId(item), quantity=Quantity.of(amount, unit), **said)

    buttons = line(2, "T-BTN-18", "43200", "C62")
    cartons = [line(number, "T-BTN-18", "2880", "C62", packs=20, pack="A") for number in (1, 2)]
    records = [
        plan("PO-4500131", "purchase_order", "S-XINYI", -6, line(1, "F-PK-220", "1800", "KGM"), buttons),
        plan("PO-4500140", "purchase_order", "S-JINDA", 4, line(1, "T-BTN-18", "72000", "C62")),
        plan("PO-4500098", "purchase_order", "S-DAHUA", -40, line(1, "Y-32S-C", "900", "KGM"), closed=True),
        plan("SO-26-0377", "sales_order", "C-NORDIC", 12, *cartons),
        plan(
            "RR-26-0019", "return_request", "C-NORDIC", None, line(1, "T-BTN-18", "144", "C62"), pending=True
        ),
        place("C-NORDIC", "北欧服饰", "Nordic Apparel", PlaceRole.CUSTOMER),
    ]
    with writing(plant.hub.engine) as connection:
        write_records(connection, plant.hub.store, PLANT, records)
    two, ref = plant.kiosks["K2"], PlanRef(number="PO-4500131", line=1)
    two.opens("CS20261122-G2-0002", "S-XINYI", plan=ref.number)
    for lot, amount in (("86-0415", "412.6"), ("86-0415", "388.2"), ("86-0416", "407")):
        two.receives("F-PK-220", lot, amount, "KGM", "F-02-04", "S-XINYI", plan=ref)
    sent = line(1, "Y-32S-C", "240", "KGM", lot="DY26-101")
    left = Plan(kind="transfer", number="YC20261122-G2-0001", partner=PlaceId("Y-01-02"), lines=(sent,))
    two.tells(PlanLeft(document=left.number, document_type="YC", plan=left))
    plant.upload(two)


def furnish(plant: Plant) -> None:
    """Register them all, and change one twice."""
    author = Author(person="1050", at=instant_text(plant.hub.clock.now()), means="office")
    with writing(plant.hub.engine) as connection:

        def of(name: str) -> MasterData:
            return MasterData(
                connection=connection,
                log=plant.hub.store,
                plant=PLANT,
                declared=objects()[name],
                author=author,
            )

        for name, texts in RECORDS:
            of(name).register(Given(texts=texts))
        of("raw_materials").modify("Y-40S-C", Given(texts={"safety_stock": "1500"}))
        of("raw_materials").modify("Y-40S-C", Given(texts={"remark": "仅供 P2601", "maximum_stock": "9000"}))
