"""Two sewing lines, a cutting room and a week of quality between them, told by real events, for the hub's pages."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import msgspec

from domain.bundle import Bundle, BundleSerial, Tally
from domain.events.production import (
    BundlesCut,
    CallAnswered,
    CallMade,
    HandoffJudged,
    JobFinished,
    JobStarted,
    WorkStopped,
)
from domain.events.quality import (
    Answer,
    FaultsPicked,
    HoldPlaced,
    InspectionResult,
    PickedFault,
    PiecesInspected,
    QuestionnaireAnswered,
    TicketActed,
    TicketOpened,
    VoiceAnswered,
    VoiceKind,
    VoiceRaised,
)
from domain.handoff import Defect, Handoff, Rating, Requirement, RequirementList, Verdict
from domain.names import Names
from domain.photo import photo_digest
from domain.quality_ticket import Act, Agree, Decide, Dispute, Explain, Mend, Party, Propose, Verify, Vote
from domain.route import Flow, OperationCode, Route, Step
from domain.staff import Person
from domain.work_order import OrderLine, WorkOrder
from hub.object import forms
from hub.store.database import writing
from hub.store.reference import Record, write_records
from tests.hub.morning import PLANT, Kiosk, Plant
from tests.pictures import jpeg

SHIRTS, PADDED, LATE = "QT20261122-A1-0001", "QT20261122-A1-0002", "QT20261120-A1-0007"
CUT, OVERLOCK, HEM, PACK = map(OperationCode, ("CUT", "OVERLOCK", "HEM", "PACK"))
BUNDLE, ORDER = BundleSerial("A101000001"), "WO-2026-0412"
NAMES = {
    "workshop": {"CUTTING": ("裁剪车间", "Cutting room"), "SEWING": ("缝制车间", "Sewing shop")},
    "line": {"LINE-2": ("缝制二线", "Line 2"), "LINE-3": ("缝制三线", "Line 3")},
    "operation": {
        "CUT": ("裁剪", "Cutting"),
        "OVERLOCK": ("拷边", "Overlock"),
        "HEM": ("卷边", "Hemming"),
        "PACK": ("包装", "Packing"),
    },
    "defect_code": {
        "skipped_stitch": ("跳针", "Skipped stitch"),
        "oil": ("油污", "Oil stain"),
        "steel_pad": ("钢垫压痕", "Mark of the steel pad"),
    },
}
LEADERS = {
    "2101": ("马丽", "Ma Li", "LINE-3", ("ticket.answer", "voice.answer")),
    "2102": ("孙强", "Sun Qiang", "LINE-2", ("ticket.answer",)),
    "2103": ("何静", "He Jing", "", ("ticket.quality", "score.publish")),
    "2104": ("罗斌", "Luo Bin", "", ("ticket.production",)),
    "2105": ("郭勇", "Guo Yong", "CUTTING", ("ticket.answer",)),
}
"""Who leads or decides: Ma Li found it, Sun Qiang answers, He Jing speaks for quality, Luo Bin for production."""
PHOTO = photo_digest(jpeg(7))
"""Named by every rejection; none came unless a test brings it."""


def units(plant: Plant) -> None:
    """Write down the lines, what is done there, and who leads them."""
    heads = {"LINE-2": "2102", "LINE-3": "2101", "CUTTING": "2105", "SEWING": "2104"}
    records: list[Record] = []
    for kind, named in NAMES.items():
        form = forms()[kind]
        for code, (zh, en) in named.items():
            own = {"head": heads[code]} if kind == "workshop" else {}
            own |= {"workshop": "SEWING", "team": code, "capacity": 400} if kind == "line" else {}
            own |= {"severity": "major"} if kind == "defect_code" else {}
            body = {"code": code, "flow": "garment", "names": {"zh": zh, "en": en}, **own}
            records.append(Record(kind=kind, key=code, body=msgspec.convert(body, form)))
    for number, (zh, en, team, rights) in LEADERS.items():
        body = Person(number=number, names=Names(zh=zh, en=en), badge=number, team=team, rights=rights)
        records.append(Record(kind="person", key=number, body=body))
    needed = (
        Requirement(item="Two threads trimmed", criterion="no end longer than 3 mm", is_critical=True),
        Requirement(item="Bundle", criterion="one size, tied with its ticket outside", method="by eye"),
        Requirement(item="Seam", criterion="5 stitches per cm", limit="± 0.5", method="gauge"),
    )
    asked = RequirementList(
        before=OVERLOCK, operation=HEM, version=2, requirements=needed, agreed_by=("2102", "2101")
    )
    key = f"{OVERLOCK}>{HEM}/2"
    records.append(Record(kind="requirement_list", key=key, body=asked))
    with writing(plant.hub.engine) as connection:
        write_records(connection, plant.hub.store, PLANT, records)


def quality_week(plant: Plant) -> None:
    """Tickets in every state, one of them late; a red patrol, open calls, voices, a questionnaire."""
    units(plant)
    now, kiosk = datetime.now(UTC), plant.kiosks["K1"]
    today = now.date()
    kiosk.operator = "2101"
    _tickets(kiosk, now, today)
    _looks(kiosk, now)
    _calls_and_voices(kiosk, now, today)
    plant.upload(kiosk)


def _tickets(kiosk: Kiosk, now: datetime, today: date) -> None:
    soon, was = today + timedelta(days=3), today - timedelta(days=4)
    opened = now - timedelta(days=6)

    def opens(number: str, defect: str, pieces: int, origin: OperationCode, due: date) -> None:
        found = (Defect(code=defect, pieces=pieces),)
        event = TicketOpened(
            ticket=number,
            finder="LINE-3",
            due=due,
            operation=HEM,
            origin=origin,
            bundle=BUNDLE,
            defects=found,
        )
        kiosk.tells(event, opened, clock="synced")

    def acts(number: str, *done: Act) -> None:
        for days, one in enumerate(done):
            at = opened + timedelta(days=days, hours=2)
            kiosk.tells(TicketActed(ticket=number, act=one), min(at, now), clock="synced")

    opens(LATE, "skipped_stitch", 6, OVERLOCK, was)
    acts(LATE, Propose(by="LINE-3", unit="LINE-2", due=was), Agree(by="LINE-2", due=was))
    opens(PADDED, "steel_pad", 12, CUT, soon)
    acts(
        PADDED,
        Propose(by="LINE-3", unit="CUTTING", due=soon),
        Dispute(by="CUTTING", reason="The pad is pressed on at line 2, not in the cutting room", due=soon),
        Decide(party=Party.QUALITY, vote=Vote(unit="LINE-2", due=soon)),
    )
    opens("QT20261122-A1-0003", "oil", 2, OVERLOCK, soon)
    opens("QT20261118-A1-0001", "oil", 1, OVERLOCK, soon)
    acts(
        "QT20261118-A1-0001",
        Propose(by="LINE-3", unit="LINE-2", due=soon),
        Agree(by="LINE-2", due=soon),
        Explain(by="LINE-2", cause="an oiler that drips", due=soon),
        Mend(by="LINE-2", action="wiped before each shift, by list", due=soon),
        Verify(by="LINE-3", is_mended=True, due=soon),
    )
    kiosk.tells(HoldPlaced(hold="H1", scope="bundle", key=BUNDLE, reason="skipped_stitch", ticket=LATE))


def _looks(kiosk: Kiosk, now: datetime) -> None:
    stitch = Defect(code="skipped_stitch", pieces=2)
    looks: tuple[tuple[OperationCode, int, InspectionResult], ...] = (
        (OVERLOCK, 0, "green"),
        (OVERLOCK, 1, "yellow"),
        (HEM, 2, "red"),
        (HEM, 0, "green"),
    )
    for number, (operation, defective, result) in enumerate(looks):
        event = PiecesInspected(
            inspection=f"I{number}",
            kind="patrol",
            operation=operation,
            checked=7,
            defective=defective,
            result=result,
            bundle=BundleSerial(f"A10100000{number}"),
            defects=(stitch,) if defective else (),
        )
        kiosk.tells(event, now - timedelta(hours=number + 1), clock="synced")
    ended = PiecesInspected(
        inspection="I9",
        kind="end_line",
        operation=PACK,
        checked=240,
        defective=5,
        result="passed",
        subject="line 3, morning",
        defects=(Defect(code="oil", pieces=3), Defect(code="skipped_stitch", pieces=4)),
    )
    kiosk.tells(ended, now, clock="synced")
    roll = PiecesInspected(
        inspection="I10",
        kind="fabric",
        operation=HEM,
        checked=0,
        defective=0,
        result="passed",
        subject="R0001",
        points=Decimal("10.6"),
        figures={"length_m": "86.5", "width_cm": "152", "limit": "40", "points_1": "4", "points_4": "2"},
    )
    needle = PiecesInspected(
        inspection="I11",
        kind="needle",
        operation=HEM,
        checked=0,
        defective=0,
        result="red",
        bundle=BundleSerial("A101000009"),
        subject="M17",
        figures={"fragments": "no"},
    )
    for event in (roll, needle):
        kiosk.tells(event, now, clock="synced")


def _calls_and_voices(kiosk: Kiosk, now: datetime, today: date) -> None:
    kiosk.tells(
        CallMade(call="C1", kind="mechanic", operation=HEM, reason="needle"), now - timedelta(minutes=14)
    )
    kiosk.tells(CallMade(call="C2", kind="material", operation=OVERLOCK), now - timedelta(minutes=3))
    kiosk.tells(CallAnswered(call="C2"), now - timedelta(minutes=1))
    kiosk.tells(WorkStopped(stoppage="P1", kind="stoppage", reason="power"), now - timedelta(minutes=31))
    before, later = today - timedelta(days=2), today + timedelta(days=5)
    voices: tuple[tuple[str, VoiceKind, str, date], ...] = (
        ("V1", "complaint", "Bundles of two sizes came tied together, three times this week", before),
        ("V2", "suggestion", "Hang the hem gauge on a string at each machine", later),
        ("V3", "thanks", "Not one loose end in order 0412", later),
    )
    for name, kind, text, due in voices:
        kiosk.tells(
            VoiceRaised(voice=name, kind=kind, unit="LINE-2", text=text, due=due), now - timedelta(days=3)
        )
    kiosk.tells(VoiceAnswered(voice="V3", text="Told to everybody at the morning meeting", is_done=True))
    faults = (
        PickedFault(
            voice="F1-1", picked_by="2101", text="No hem gauge at three machines", owner="2102", due=before
        ),
        PickedFault(voice="F1-2", picked_by="2103", text="Oil on the bobbin cases", owner="2102", due=later),
    )
    session = FaultsPicked(
        session="F1",
        unit="LINE-2",
        held_on=today - timedelta(days=4),
        present=("2101", "2102", "2103"),
        faults=faults,
        note="In front of the week's bundles",
    )
    kiosk.tells(session, now - timedelta(days=4))
    kiosk.tells(VoiceAnswered(voice="F1-2", text="Wiped each morning, sheet at the line", is_done=True))
    for period, points in ((f"{today.year}-01", 3), (f"{today.year}-02", 4)):
        answers = tuple(Answer(question=one, points=points) for one in ("on_time", "counts", "quality"))
        kiosk.tells(QuestionnaireAnswered(judge="LINE-3", judged="LINE-2", period=period, answers=answers))


def handed_over(plant: Plant) -> str:
    """Let last month's bundles go from line 2 to line 3, a few of them sent back; return the month."""
    kiosks, now = plant.kiosks, datetime.now(UTC)
    at = now.replace(day=1, hour=4) - timedelta(days=12)
    stations = {"K1": ("CUTTING", CUT), "K2": ("LINE-2", OVERLOCK), "K3": ("LINE-3", HEM)}
    _stand(plant, stations, at)
    kiosks["K2"].operator, kiosks["K3"].operator = "1012", "1020"
    for number in range(46):
        one = Bundle(
            serial=BundleSerial(f"A1B{number:06}"),
            order=ORDER,
            style="P2601",
            colour="navy",
            size="L",
            pieces=20,
        )
        begun = at + timedelta(hours=number)
        kiosks["K1"].tells(BundlesCut(lay="LAY-1", bundles=(one,)), begun, clock="synced")
        _works(kiosks["K2"], one, OVERLOCK, (), begun)
        if number % 9 == 4:
            _judges(kiosks["K3"], one, Verdict.REJECT, Rating.D, begun + timedelta(minutes=40))
        elif number < 43:  # the last three wait for an answer
            rating = (Rating.A, Rating.B, Rating.A)[number % 3] if number % 4 == 0 else None
            _works(kiosks["K3"], one, HEM, (OVERLOCK,), begun + timedelta(minutes=40), rating)
    for name in ("K1", "K2", "K3"):
        plant.upload(kiosks[name])
    return f"{at:%Y-%m}"


def _works(  # noqa: PLR0917 (who works on what, where, taken over from whom, when, how content)
    kiosk: Kiosk,
    one: Bundle,
    operation: OperationCode,
    accepts: tuple[OperationCode, ...],
    at: datetime,
    rating: Rating | None = None,
) -> None:
    job = f"{kiosk.number_code}W{one.serial[-6:]}"
    people = (kiosk.operator,)
    started = JobStarted(
        job=job, bundle=one.serial, operation=operation, copy=1, pieces=20, people=people, accepts=accepts
    )
    kiosk.tells(started, at, clock="synced")
    if rating:
        _judges(kiosk, one, Verdict.ACCEPT, rating, at + timedelta(minutes=1))
    finished = JobFinished(job=job, bundle=one.serial, operation=operation, told=Tally(good=20))
    kiosk.tells(finished, at + timedelta(minutes=30), clock="synced")


def _judges(kiosk: Kiosk, one: Bundle, verdict: Verdict, rating: Rating, at: datetime) -> None:
    is_bad = verdict is Verdict.REJECT
    handoff = Handoff(
        bundle=one.serial,
        before=OVERLOCK,
        operation=HEM,
        verdict=verdict,
        declared=20,
        received=20,
        accepted=0 if is_bad else 20,
        rating=rating,
        reason="loops too loose" if is_bad else "",
        defects=(Defect(code="skipped_stitch", pieces=6),) if is_bad else (),
        photos=(PHOTO,) if is_bad else (),
    )
    job = "" if is_bad else f"{kiosk.number_code}W{one.serial[-6:]}"
    kiosk.tells(HandoffJudged(handoff=handoff, job=job, people=(kiosk.operator,)), at, clock="synced")


def _stand(plant: Plant, stations: dict[str, tuple[str, OperationCode]], at: datetime) -> None:
    """Say where the kiosks stand, which way the order goes, and what a line is to make."""
    steps = (Step(operation=OVERLOCK), Step(operation=HEM, after=(OVERLOCK,)))
    order = WorkOrder(
        number=ORDER,
        style="P2601",
        lines=(OrderLine(colour="navy", size="L", pieces=1000),),
        route="POLO",
        route_version=1,
        due=(at + timedelta(days=1)).date(),
    )
    target = {
        "code": "L2",
        "line": "LINE-2",
        "day": f"{at:%Y-%m-%d}",
        "shift": "DAY",
        "workers": 40,
        "target": 900,
    }
    records = [
        Record(
            kind="route", key="POLO/1", body=Route(code="POLO", version=1, flow=Flow.GARMENT, steps=steps)
        ),
        Record(kind="work_order", key=ORDER, body=order),
        Record(kind="line_plan", key="L2", body=msgspec.convert(target, forms()["line_plan"])),
    ]
    for name, (unit, operation) in stations.items():
        held = plant.kiosks[name].device.station
        body = msgspec.structs.replace(held, unit=unit, operations=(operation,))
        records.append(Record(kind="station", key=name, body=body))
    with writing(plant.hub.engine) as connection:
        write_records(connection, plant.hub.store, PLANT, records)
