"""Documents that wait for somebody's approval, and people and groups with rights: for pages and their pictures."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from domain.events.documents import DocumentCompleted, DocumentOpened, LineRecorded, Value
from domain.item import ItemId
from domain.names import Names
from domain.place import PlaceId
from domain.quantity import Quantity
from domain.staff import Group, Person
from domain.stock import Goods, Movement
from hub.rights.users import give_password
from hub.store.database import writing
from hub.store.reference import Author, Record, write_records
from hub.store.values import instant_text
from tests.hub.morning import PLANT, Plant, sign_on

APPROVER = "1060"
ISSUE, COUNT = "LL20261122-G2-0001", "PD20261122-G2-0001"
GROUPS = (
    Group(
        code="STORE",
        names=Names(zh="仓库组", en="Warehouse"),
        rights=tuple(f"{code}.{act}" for code in ("CS", "LL", "PD", "YW") for act in ("see", "add", "print")),
    ),
    Group(
        code="LEAD",
        names=Names(zh="主管组", en="Team leaders"),
        rights=tuple(
            f"{code}.{act}"
            for code in ("LL", "PD", "TZ")
            for act in ("see", "others", "approve", "unapprove")
        ),
    ),
)
PEOPLE = (
    Person(
        number=APPROVER,
        names=Names(zh="周丽", en="Zhou Li"),
        badge=APPROVER,
        groups=("STORE", "LEAD"),
        rights=("desk.settle",),
    ),
    Person(number="1061", names=Names(zh="吴刚", en="Wu Gang"), badge="1061", groups=("STORE",)),
)


def fill_groups(plant: Plant) -> None:
    """Write groups and people, and let one of them have signed on somewhere."""
    records = [
        *(Record(kind="group", key=one.code, body=one) for one in GROUPS),
        *(Record(kind="person", key=one.number, body=one) for one in PEOPLE),
    ]
    author = Author(person="1050", at=instant_text(plant.hub.clock.now()), means="office")
    with writing(plant.hub.engine) as connection:
        write_records(connection, plant.hub.store, PLANT, records, author)
        give_password(connection, PLANT, "1061", plant.hub.clock.now())
    sign_on(plant, APPROVER)


def moved(item: str, lot: str, quantity: Quantity, source: str, target: str) -> Movement:
    goods = Goods(item=ItemId(item), lot=lot)
    return Movement(goods=goods, quantity=quantity, source=PlaceId(source), target=PlaceId(target))


def submit(plant: Plant) -> None:
    """An issue above its requisition, and a count that differs; both wait for somebody else."""
    now = datetime.now(UTC)
    issue = [
        moved("Y-32S-C", "DY26-001", Quantity.of("118.5", "KGM"), "Y-01-02", "RCV-1"),
        moved("Y-32S-C", "DY26-002", Quantity.of("24", "KGM"), "Y-01-01", "RCV-1"),
    ]
    count = [
        moved("F-PK-220", "86-0412", Quantity.of("3.2", "KGM"), "F-02-03", "LF"),
        moved("F-PK-220", "86-0412", Quantity.of("22.4", "KGM"), "LF", "F-02-04"),
        moved("T-BTN-18", "", Quantity.of("144", "C62"), "T-01-01", "LF"),
    ]
    submits(plant, "K2", "1012", ISSUE, "LL", issue, now - timedelta(hours=2), reason="recut")
    submits(plant, "K2", "1020", COUNT, "PD", count, now - timedelta(minutes=25))


def submits(  # noqa: PLR0917 - who, which, what and when
    plant: Plant,
    kiosk_name: str,
    who: str,
    number: str,
    code: str,
    proposed: list[Movement],
    at: datetime,
    **more: Value,
) -> None:
    kiosk = plant.kiosks[kiosk_name]
    kiosk.operator, kiosk.document = who, number
    kiosk.tells(DocumentOpened(document=number, document_type=code, header={}), at)
    for line, one in enumerate(proposed, 1):
        values: dict[str, Value] = {"item": one.goods.item, "lot": one.goods.lot, "quantity": one.quantity}
        said = LineRecorded(document=number, document_type=code, line=line, values={**values, **more})
        kiosk.tells(said, at)
    done = DocumentCompleted(
        document=number,
        document_type=code,
        outcome="submitted",
        lines=len(proposed),
        proposed=tuple(proposed),
    )
    kiosk.tells(done, at)
    kiosk.document = ""
    plant.upload(kiosk)
