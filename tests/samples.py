"""One envelope of every event class, in the order of one log: the golden samples of the wire, and material for docs.

A new event class is appended at the end, so that the samples before it keep their bytes.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from msgspec.structs import replace

from domain.bundle import BundleSerial
from domain.event import Event
from domain.events.desk import DiscrepancyAssigned, DiscrepancyReopened, DiscrepancySettled, EventReleased
from domain.events.documents import (
    DocumentApproved,
    DocumentCompleted,
    DocumentJoined,
    DocumentOpened,
    DocumentSentBack,
    DocumentUnapproved,
    DocumentVoided,
    GoodsDerived,
    LineRecorded,
    LineReversed,
    Measured,
    PlanCount,
    PlanLeft,
)
from domain.events.kept import ScanKept
from domain.events.labels import (
    LabelBatchHeld,
    LabelBatchReleased,
    LabelReported,
    LabelRequested,
    MediaLoaded,
    PrinterHeld,
    PrinterReleased,
)
from domain.events.month import PeriodLocked
from domain.events.outside import GoodsAnswered, LineReceived, ReturnAnnounced
from domain.events.pins import PinAccepted, PinRefused
from domain.events.production import HandoffJudged
from domain.events.quality import (
    FaultsPicked,
    InspectionUndone,
    PaySettled,
    PickedFault,
    PiecesInspected,
    ScorePublished,
    TicketOpened,
)
from domain.events.terminal import (
    DamageFound,
    DeviceChanged,
    KioskStarted,
    RecordsNotUnderstood,
    ReleaseChanged,
    ScannerAdapted,
    ScanRefused,
    SignedOff,
    SignedOn,
)
from domain.handoff import Defect, Handoff, Verdict
from domain.log import GENESIS_DIGEST, Envelope, Head, RawScan, Recorded, Seen, encode_fact, seal
from domain.pay import Bonus, Measure, Pay
from domain.place import PlaceId
from domain.plan import Plan, PlanLine, PlanRef
from domain.quantity import Quantity
from domain.route import OperationCode
from domain.scanner_doctor import Adaptation
from domain.stock import Balance, Derivation, Goods, Movement
from tests.samples_production import PRODUCTION
from tests.world import BUTTON, COTTON

PLANT, DEVICE = "P1", "kiosk-01"
KEY = bytes(range(32))
"""The device's key in the samples; made up, as everything here."""

BEGIN = datetime(2026, 11, 22, 8, 30, tzinfo=UTC)
RECEIPT, COUNT, MISTAKE = "CS20261122-A1-0001", "PD20261122-A1-0001", "CS20261122-A1-0002"
ROLL = Goods(item=COTTON.id, lot="D-118", handling_unit="A10001")
ROLL_KG, ROLL_M = Quantity(Decimal("21.4"), "KGM"), Quantity(Decimal(95), "MTR")
ROLL_SCAN = RawScan(
    text="]d2240F-2041\x1d10D-118\x1d3101000214\x1d3110000095", device="left", symbology="]d2"
)
ARRIVED = Movement(
    goods=ROLL, quantity=ROLL_KG, second=ROLL_M, source=PlaceId("S-HENGLI"), target=PlaceId("RM-RCV")
)
PUT_AWAY = replace(ARRIVED, source=PlaceId("RM-RCV"), target=PlaceId("RM-A-01"))
MISSING = Movement(
    goods=Goods(item=BUTTON.id),
    quantity=Quantity(Decimal(3), "C62"),
    source=PlaceId("RM-A-02"),
    target=PlaceId("LOST"),
)
BOOK = (
    Balance(place=PlaceId("RM-A-02"), goods=Goods(item=BUTTON.id), quantity=Quantity(Decimal(144), "C62")),
)
LINE = PlanRef(number="PO-2026-0815", line=1)


SENT_OUT, MADE = "YC20261122-A1-0001", "XT20261122-A1-0001"
STILL_TO_COME = Plan(
    kind="transfer",
    number=SENT_OUT,
    partner=PlaceId("FG-B-01"),
    lines=(
        PlanLine(
            line=1,
            item=COTTON.id,
            quantity=ROLL_KG,
            second=ROLL_M,
            lot="D-118",
            handling_unit="A10001",
            place=PlaceId("TRANSIT"),
        ),
    ),
)


def event_id(number: int) -> str:
    """A made-up UUIDv7."""
    return f"0192f00000007000800000000000{number:04x}"


EVENTS: tuple[tuple[Event, dict[str, object]], ...] = (
    (KioskStarted(software="0.1.0", boot="7f3c"), {}),
    (SignedOn(person="1001"), {"operator": "1001", "session": "s1", "strength": "badge"}),
    (
        DocumentOpened(
            document=RECEIPT,
            document_type="CS",
            header={"plan": "PO-2026-0815", "partner": "S-HENGLI", "delivery_note": "送货单 88"},
        ),
        {"document": RECEIPT, "biz_step": "receiving"},
    ),
    (
        LineRecorded(
            document=RECEIPT,
            document_type="CS",
            line=1,
            values={
                "item": COTTON.id,
                "lot": "D-118",
                "quantity": ROLL_KG,
                "second_quantity": ROLL_M,
                "place": "RM-A-01",
                "handling_unit": "A10001",
            },
            movements=(ARRIVED, PUT_AWAY),
            plan=LINE,
            confirmed=("over_ordered",),
        ),
        {
            "document": RECEIPT,
            "biz_step": "receiving",
            "read_point": "RM-RCV",
            "raw": ROLL_SCAN,
            "seen": Seen(cursor="r12.p345", generation=1),
        },
    ),
    (
        LabelRequested(
            job="A1-1.1",
            template="roll",
            data={"item_number": "F-2041", "item_name_zh": "精梳棉汗布", "serial": "ZHA10001"},
            printer="door",
            serial="A10001",
            document=RECEIPT,
        ),
        {"document": RECEIPT},
    ),
    (LabelReported(job="A1-1.1", state="printed"), {}),
    (
        ScanRefused(problem="unknown_code", parameters={"code": "4711"}, document=RECEIPT),
        {"document": RECEIPT},
    ),
    (
        LineReversed(
            document=RECEIPT,
            document_type="CS",
            line=1,
            movements=(PUT_AWAY.inverse(), ARRIVED.inverse()),
            plan=LINE,
            quantity=ROLL_KG,
        ),
        {"document": RECEIPT, "corrects": event_id(4)},
    ),
    (
        DocumentOpened(document=COUNT, document_type="PD", header={"place": "RM-A-02"}, book=BOOK),
        {"document": COUNT, "biz_step": "cycle_counting"},
    ),
    (
        DocumentCompleted(
            document=COUNT,
            document_type="PD",
            outcome="submitted",
            lines=2,
            proposed=(MISSING,),
            confirmed=("recount_advised",),
        ),
        {"document": COUNT, "biz_step": "cycle_counting"},
    ),
    (
        DocumentApproved(document=COUNT, document_type="PD", approver="1002", movements=(MISSING,)),
        {"document": COUNT, "biz_step": "cycle_counting", "operator": "1002", "strength": "badge"},
    ),
    (DocumentVoided(document=MISTAKE, document_type="CS", reason="wrong_document"), {"document": MISTAKE}),
    (
        DeviceChanged(device="left", kind="scanner", state="lost", detail="unplugged"),
        {"schema": 1},  # as kiosks wrote it before they had scales
    ),
    (
        SignedOff(person="1001", reason="idle"),
        {
            "operator": "1001",
            "session": "s1",
            "schema": 1,
        },  # as kiosks wrote it before they told for how long
    ),
    (
        DiscrepancySettled(
            discrepancy="5e0c2a7d91b34f68",
            kind="unknown_item",
            key="F-2077",
            act="corrected",
            reason="registered",
            note="已登记",
        ),
        {"operator": "1002"},
    ),
    (
        DiscrepancyAssigned(
            discrepancy="0d41b96e3c7a5f28",
            kind="shortage",
            key='["RM-A-02"]',
            owner="1001",
            due="2026-11-23",
            task="count",
        ),
        {"operator": "1002"},
    ),
    (
        DiscrepancyReopened(discrepancy="5e0c2a7d91b34f68", kind="unknown_item", key="F-2077"),
        {"operator": "1002"},
    ),
    (
        EventReleased(position=4, digest="4" * 64, discrepancy="9b7f10c2e85d4a36", reason="checked"),
        {"operator": "1002"},
    ),
    (
        DamageFound(
            reason="damaged", epoch=1, first=7, last=8, count=2, detail="its bytes do not have their digest"
        ),
        {},
    ),
    (RecordsNotUnderstood(kind="shift", key="S-2", detail="a kind this version does not know"), {}),
    (
        ScanKept(reason="settings", detail="kiosk.toml: port: this must be a whole number"),
        {"raw": RawScan(text="HLKA100001", device="scanner")},
    ),
    (PlanLeft(document=SENT_OUT, document_type="YC", plan=STILL_TO_COME), {"document": SENT_OUT}),
    (
        GoodsDerived(
            document=MADE,
            document_type="XT",
            derivations=(
                Derivation(
                    parents=(ROLL,), children=(replace(ROLL, handling_unit="A10002", grade="second"),)
                ),
            ),
        ),
        {"document": MADE},
    ),
    (
        DocumentUnapproved(
            document=COUNT,
            document_type="PD",
            person="1002",
            reason="counted the wrong bin",
            movements=(MISSING.inverse(),),
            plans=(PlanCount(plan=LINE, quantity=ROLL_KG),),
        ),
        {"document": COUNT, "operator": "1002", "strength": "four_eyes"},
    ),
    (
        ReleaseChanged(
            before="0.2.0",
            after="0.1.0",
            reason="failed",
            detail="3 starts of 0.2.0 in a row did not prove healthy",
        ),
        {},
    ),
    (
        LineRecorded(
            document=RECEIPT,
            document_type="CS",
            line=2,
            values={"item": COTTON.id, "lot": "D-118", "quantity": ROLL_KG, "place": "RM-RCV"},
            movements=(ARRIVED,),
            plan=LINE,
            measured={
                "quantity": Measured(how="weighed", scale="bench", shown=Quantity(Decimal(21400), "GRM")),
                "second_quantity": Measured(how="typed", scale="bench", state="gone"),
            },
        ),
        {"document": RECEIPT, "biz_step": "receiving", "read_point": "RM-RCV"},
    ),
    (
        DeviceChanged(device="bench", kind="scale", state="lost", detail="unplugged"),
        {"schema": 2},  # as kiosks wrote it before there were lamps
    ),
    (PeriodLocked(period="2026-10"), {"operator": "1002"}),
    (
        DocumentJoined(
            document=RECEIPT,
            document_type="CS",
            opened_on="GATE-02",
            header={"partner": "S-HENGLI", "plan": "PO-2026-0815"},
        ),
        {"document": RECEIPT, "biz_step": "receiving"},
    ),
    (
        DocumentSentBack(
            document=COUNT,
            document_type="PD",
            person="1002",
            reason="count the upper shelf too",
            submission=event_id(10),
        ),
        {"document": COUNT, "operator": "1002", "strength": "password", "read_point": "desk"},
    ),
    (SignedOff(person="1001", reason="idle", idle_s=121), {"operator": "1001", "session": "s1"}),
    (
        PinRefused(person="1002", act="approve", failures=1, issue="5f0c91ab", document=COUNT),
        {"operator": "1001", "document": COUNT},
    ),
    (
        PinAccepted(person="1002", act="approve", document=COUNT),
        {"operator": "1001", "document": COUNT, "strength": "pin"},
    ),
    *PRODUCTION,
    (
        GoodsAnswered(
            document="WF20261122-A1-0001",
            partner="D-DYER",
            name="老陈",
            condition="damaged",
            lines=(LineReceived(line=1, received=ROLL_KG),),
            note="two rolls torn",
        ),
        {"read_point": "desk"},
    ),
    (
        ReturnAnnounced(
            document="WF20261122-A1-0001", partner="D-DYER", name="老陈", packages=7, note="by van"
        ),
        {"read_point": "desk"},
    ),
    (
        ScorePublished(
            period="2026-11",
            unit="MAINTENANCE",
            objective=None,
            subjective=None,
            total=None,
            attainment=Decimal(1),
            coefficient=None,
            ratings=2,
        ),
        {"operator": "1002", "strength": "password", "read_point": "desk"},
    ),
    (
        PaySettled(
            period="2026-11",
            person="1012",
            pay=Pay(
                pieces=1240,
                base=Decimal("372.00"),
                bonuses=(
                    Bonus(
                        name="quality",
                        measure=Measure.RFT,
                        measured=Decimal("98.40"),
                        percent=Decimal(3),
                        amount=Decimal("11.16"),
                    ),
                ),
                total=Decimal("383.16"),
                unpriced=0,
            ),
        ),
        {"operator": "1002", "strength": "password", "read_point": "desk"},
    ),
    (
        FaultsPicked(
            session="F20261122-OFFICE1-0001",
            unit="LINE-2",
            held_on=date(2026, 11, 22),
            present=("1002", "1020"),
            faults=(
                PickedFault(
                    voice="F20261122-OFFICE1-0001-1",
                    picked_by="1020",
                    text="sizes tied together",
                    owner="1012",
                    due=date(2026, 11, 29),
                ),
            ),
            note="in front of the bundles of the week",
        ),
        {"operator": "1002", "strength": "password", "read_point": "desk"},
    ),
    (
        PiecesInspected(
            inspection="A101I000002",
            kind="final",
            operation=OperationCode("PACK"),
            checked=80,
            defective=5,
            result="passed",
            order="WO-2026-0412",
            subject="CTN1",
            figures={"lot_size": "1200", "level": "II", "aql_major": "2.5", "aql_minor": "4.0", "major": "5"},
        ),
        {"operator": "1050"},
    ),
    (InspectionUndone(inspection="A101I000002"), {"operator": "1050"}),
    (
        HandoffJudged(
            handoff=Handoff(
                bundle=BundleSerial("A101000002"),
                before=OperationCode("OVERLOCK"),
                operation=OperationCode("HEM"),
                verdict=Verdict.REJECT,
                declared=20,
                received=20,
                accepted=0,
                defects=(Defect(code="oil", pieces=20),),
                photos=("9f2c" * 16, "07" * 32),
            ),
            people=("1015",),
        ),
        {"operator": "1015"},
    ),
    (
        TicketOpened(
            ticket="QT20261122-A1-0002",
            finder="LINE-3",
            due=date(2026, 11, 25),
            operation=OperationCode("HEM"),
            origin=OperationCode("OVERLOCK"),
            bundle=BundleSerial("A101000002"),
            defects=(Defect(code="oil", pieces=20),),
            photos=("9f2c" * 16,),
        ),
        {"operator": "1015"},
    ),
    (DeviceChanged(device="tower", kind="lamp", state="lost", detail="unplugged"), {}),
    (
        ScannerAdapted(
            device="left",
            adaptation=Adaptation(layout="german", swaps_case=True, prefix="#", suffix="*", separator="|"),
        ),
        {"operator": "1001"},
    ),
    (ScannerAdapted(device="left"), {}),
    (PrinterHeld(printer="door"), {"operator": "1001"}),
    (PrinterReleased(printer="door"), {"operator": "1001"}),
    (LabelBatchHeld(batch="A1-7", first="A1-7.1"), {"operator": "1001"}),
    (LabelBatchReleased(batch="A1-7", reason="urgent", released_by="1012"), {"operator": "1001"}),
    (MediaLoaded(printer="door", media="100x150"), {"operator": "1001"}),
)


def entry(head: Head, event: Event, **more: object) -> Recorded:
    """The entry that says `event` and follows `head`."""
    number = head.sequence + 1
    fields = {
        "plant": PLANT,
        "device": DEVICE,
        "epoch": 1,
        "sequence": number,
        "event_id": event_id(number),
        "previous_digest": head.digest,
        "type": type(event).__name__,
        "schema": event.schema,
        "fact": encode_fact(event),
        "event_time": BEGIN + timedelta(seconds=number),
        "monotonic_ms": 1000 * number,
        "boot_id": "7f3c",
        "clock": "synced",
        "software": "0.1.0",
    }
    return seal(Envelope(**{**fields, **more}))  # pyright: ignore[reportArgumentType] (a table of fields)


def log() -> list[Recorded]:
    """The samples as one log."""
    head, entries = Head(sequence=0, digest=GENESIS_DIGEST), list[Recorded]()
    for event, more in EVENTS:
        entries.append(entry(head, event, **more))
        head = entries[-1].head
    return entries
