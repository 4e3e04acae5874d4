"""A bad day after the morning: one of nearly everything that comes to the discrepancy desk."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from msgspec.structs import replace
from sqlalchemy import update

from domain.events.documents import LineRecorded
from domain.events.terminal import DamageFound, SignedOn
from domain.item import ItemId
from domain.log import Envelope, RawScan, Seen, encode_fact, seal
from domain.place import PlaceId
from domain.quantity import Quantity
from domain.stock import Goods, Movement
from hub.store import tables
from hub.store.database import writing
from hub.store.values import instant_text
from tests.hub.morning import PLANT, Kiosk, Plant, stop_kiosk

UNKNOWN = "F-PK-260"
SCAN = "]d2240F-PK-260\x1d1086-0413\x1d3101000224"
QUEUE = 4


def trouble(plant: Plant) -> None:
    """Let a day go wrong: goods nobody registered, a damaged log, a stopped kiosk with honest work."""
    one, two, three = (plant.kiosks[name] for name in ("K1", "K2", "K3"))
    for number in range(7):
        scanned(two, f"86-0413-{number}")
    two.signs_on("1033")
    two.tells(SignedOn(person="1012"))
    two.operator = "1012"
    one.receives("Y-32S-C", "DY26-9", "1200", "KGM", "Y-09-09", "S-DAHUA")
    one.tells(
        DamageFound(reason="damaged", epoch=1, first=41, last=43, count=3, at_hub=True, detail="digest")
    )
    unsound(one)
    for kiosk in (one, two):
        plant.upload(kiosk)
    stop_kiosk(plant, "K3")
    three.device = replace(three.device, revoked=True)
    three.signs_on("1020")
    for number in range(QUEUE):
        three.receives("T-BTN-18", f"B{number}", "1440", "C62", "T-01-01", "S-JINDA")
    plant.upload(three)


def scanned(kiosk: Kiosk, lot: str) -> Kiosk:
    """A roll of an item that is in no sheet yet, with the scan and what the kiosk knew."""
    goods, quantity = Goods(item=ItemId(UNKNOWN), lot=lot), Quantity.of("22.4", "KGM")
    moved = (
        Movement(goods=goods, quantity=quantity, source=PlaceId("S-XINYI"), target=PlaceId("RCV-1")),
        Movement(goods=goods, quantity=quantity, source=PlaceId("RCV-1"), target=PlaceId("F-02-03")),
    )
    kiosk.lines += 1
    values = {"item": UNKNOWN, "lot": lot, "quantity": quantity, "place": "F-02-03"}
    kiosk.tells(
        LineRecorded(
            document=kiosk.document, document_type="CS", line=kiosk.lines, values=values, movements=moved
        )
    )
    return with_scan(kiosk)


def with_scan(kiosk: Kiosk) -> Kiosk:
    """Seal the newest entry again with its scan, its place and what the kiosk knew."""
    entry = kiosk.unsent.pop()
    envelope: Envelope = entry.envelope
    fields = {name: getattr(envelope, name) for name in envelope.__struct_fields__}
    more = {
        "raw": RawScan(text=SCAN, device="left", symbology="]d2"),
        "read_point": "RCV-1",
        "seen": Seen(cursor="g1.r12.p40", generation=1),
        "clock": "synced",
    }
    again = seal(Envelope(**{**fields, **more}))
    kiosk.unsent.append(again)
    kiosk.head = again.head
    return kiosk


def unsound(kiosk: Kiosk) -> None:
    """An entry whose content is not what its type says."""
    kiosk.tells(SignedOn(person="1007"))
    entry = kiosk.unsent.pop()
    envelope: Envelope = entry.envelope
    fields = {name: getattr(envelope, name) for name in envelope.__struct_fields__}
    again = seal(Envelope(**{**fields, "type": "LineRecorded", "fact": encode_fact(SignedOn(person="1007"))}))
    kiosk.unsent.append(again)
    kiosk.head = again.head


def grow_old(plant: Plant) -> None:
    """Let some of it lie since yesterday, as a desk does."""
    held = tables.discrepancies
    now = datetime.now(UTC)
    ages = {"unknown_item": 31, "shortage": 9, "label": 7, "unknown_place": 2, "damage": 20}
    with writing(plant.hub.engine) as connection:
        for kind, hours in ages.items():
            at = instant_text(now - timedelta(hours=hours))
            connection.execute(
                update(held).where(held.c.plant == PLANT, held.c.kind == kind).values(opened_at=at)
            )
