"""Two sewing lines, a cutting room and a week of quality between them, told by real events, for the hub's pages."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import msgspec

from domain.bundle import BundleSerial
from domain.events.production import CallAnswered, CallMade, WorkStopped
from domain.events.quality import (
    Answer,
    HoldPlaced,
    InspectionResult,
    PiecesInspected,
    QuestionnaireAnswered,
    TicketActed,
    TicketOpened,
    VoiceAnswered,
    VoiceKind,
    VoiceRaised,
)
from domain.handoff import Defect
from domain.names import Names
from domain.quality_ticket import Act, Agree, Decide, Dispute, Explain, Mend, Party, Propose, Verify, Vote
from domain.route import OperationCode
from domain.staff import Person
from hub.object import forms
from hub.store.database import writing
from hub.store.reference import Record, write_records
from tests.hub.morning import PLANT, Kiosk, Plant

SHIRTS, PADDED, LATE = "QT20261122-A1-0001", "QT20261122-A1-0002", "QT20261120-A1-0007"
CUT, OVERLOCK, HEM, PACK = map(OperationCode, ("CUT", "OVERLOCK", "HEM", "PACK"))
BUNDLE = BundleSerial("A101000001")
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
    "2103": ("何静", "He Jing", "", ("ticket.quality",)),
    "2104": ("罗斌", "Luo Bin", "", ("ticket.production",)),
    "2105": ("郭勇", "Guo Yong", "CUTTING", ("ticket.answer",)),
}
"""Who leads or decides: Ma Li found it, Sun Qiang answers, He Jing speaks for quality, Luo Bin for production."""


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
    for period, points in (("2026-10", 3), ("2026-11", 4)):
        answers = tuple(Answer(question=one, points=points) for one in ("on_time", "counts", "quality"))
        kiosk.tells(QuestionnaireAnswered(judge="LINE-3", judged="LINE-2", period=period, answers=answers))
