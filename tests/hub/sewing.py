"""A sewing hall at half past four: twelve lines with targets, queues, calls and a late ticket, by real events."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from flask import Flask

from domain.bundle import Bundle, BundleSerial, Tally
from domain.event import Event
from domain.events.production import BundlesCut, CallMade, JobFinished, JobStarted, WorkStopped
from domain.events.quality import PiecesInspected, TicketActed, TicketOpened
from domain.names import Names
from domain.place import PlaceId, Station
from domain.quality_ticket import Propose
from domain.route import Flow, Operation, OperationCode, Route, Step
from domain.staff import Person
from domain.work_order import OrderLine, OrderState, WorkOrder
from drivers.clock import Clock
from hub.api import register as register_api
from hub.hub import Hub
from hub.keyring import open_keyring
from hub.settings import HubSettings
from hub.store.database import writing
from hub.store.reference import Record, write_records
from hub.web import register as register_web
from hub.web.board import Board
from hub.web.socket import make_socketio
from kiosk.state import base36
from tests.hub.plant import START, Kiosk, P, Plant

NOW = START
BEGINS = START - timedelta(hours=8, minutes=30)
"""Eight in the morning where the plant is."""
LINES = 12
OPERATIONS = {
    "SHOULDER": ("", "0.70"),
    "SLEEVE": ("SHOULDER", "1.10"),
    "SIDE": ("SLEEVE", "0.95"),
    "COLLAR": ("", "0.80"),
    "NECK": ("SIDE COLLAR", "1.30"),
    "HEM": ("NECK", "0.75"),
    "BUTTON": ("HEM", "0.60"),
    "CHECK": ("BUTTON", "0.50"),
}
"""What each comes after, and its standard minutes."""
CHINESE = ("合肩", "上袖", "合侧缝", "做领", "上领", "卷下摆", "钉扣", "总检")
PIECES = 20
Done = dict[tuple[BundleSerial, str], datetime]
"""When each bundle was finished at an operation."""
NAMES = ("一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二")


class Hall(Plant):
    """The plant; `fill` lets a day go by."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        with writing(self.engine) as connection:
            write_records(connection, self.log, P, _records())

    def fill(self, lines: int = LINES, bundles: int = 40) -> None:
        """Let the day go by until NOW: each operation works as fast as it can; lines 3 and 8 have a slow one."""
        drawn = random.Random(7)
        stations = {
            (line, code): self.kiosk(_device(line, code))
            for line in range(1, lines + 1)
            for code in OPERATIONS
        }
        cutting = self.kiosk("CUT-1")
        cut = [_bundle(line, number) for line in range(1, lines + 1) for number in range(bundles)]
        for begin in range(0, len(cut), 100):
            _says(cutting, BundlesCut(lay="LAY1", bundles=tuple(cut[begin : begin + 100])), BEGINS)
        self.takes(cutting)
        done: Done = {}
        for code, (_, minutes) in OPERATIONS.items():
            for line in range(1, lines + 1):
                kiosk = stations[line, code]
                pace = float(minutes) * PIECES / 2 * drawn.uniform(0.9, 1.25)
                if (line, code) in ((3, "NECK"), (8, "SLEEVE")):
                    pace *= 2.4
                self._works(
                    kiosk, code, [one for one in cut if one.serial.startswith(f"L{line:02}")], done, pace
                )
                if kiosk.entries:
                    self.takes(kiosk)
        self._troubles(stations)
        self.books()

    def _works(self, kiosk: Kiosk, code: str, queue: list[Bundle], done: Done, pace: float) -> None:
        """Take one bundle after the other, from when it is there; what is not done by NOW waits or is at work."""
        free = BEGINS + timedelta(minutes=2)
        before = OPERATIONS[code][0].split()
        for number, one in enumerate(queue):
            if any((one.serial, other) not in done for other in before):
                return
            came = max((done[one.serial, other] for other in before), default=BEGINS)
            begin = max(free, came)
            free = begin + timedelta(minutes=pace)
            if begin >= NOW:
                return
            job = f"{kiosk.name.replace('-', '')}W{number:04}"
            step: dict[str, Any] = {"job": job, "bundle": one.serial, "operation": OperationCode(code)}
            kiosk.says(JobStarted(**step, copy=1, pieces=PIECES, people=("1007",)), event_time=begin)
            if free < NOW:
                kiosk.says(JobFinished(**step, told=Tally(good=PIECES)), event_time=free)
                done[one.serial, code] = free

    def _troubles(self, stations: dict[tuple[int, str], Kiosk]) -> None:
        ago = NOW - timedelta(minutes=1)
        neck, sleeve, check = stations[3, "NECK"], stations[2, "SLEEVE"], stations[1, "CHECK"]
        before = {one.name: len(one.entries) for one in (neck, sleeve, check)}
        _says(
            neck,
            CallMade(call="C1", kind="mechanic", operation=OperationCode("NECK"), reason="needle"),
            ago - timedelta(minutes=23),
        )
        _says(sleeve, WorkStopped(stoppage="P1", kind="stoppage", reason="power"), ago - timedelta(minutes=7))
        for line, (checked, defective) in ((1, (70, 1)), (2, (70, 2))):
            kiosk = check if line == 1 else neck
            _says(
                kiosk,
                PiecesInspected(
                    inspection=f"I{line}",
                    kind="patrol",
                    operation=OperationCode("CHECK"),
                    checked=checked,
                    defective=defective,
                    result="green",
                ),
                ago,
            )
        due = date(2026, 11, 18)
        _says(
            check,
            TicketOpened(ticket="QT1", finder="L01", due=due, operation=OperationCode("CHECK")),
            ago - timedelta(days=6),
        )
        _says(
            check,
            TicketActed(ticket="QT1", act=Propose(by="L01", unit="L03", due=due)),
            ago - timedelta(days=5),
        )
        for one in (neck, sleeve, check):
            self.takes(one, one.upload(before[one.name] + 1))

    @contextmanager
    def site(self, folder: Path) -> Iterator[tuple[Flask, Board]]:
        """The hub's pages over this plant, at half past four."""
        hub = Hub(
            settings=HubSettings(data_folder=folder, plants=(P,)),
            keyring=open_keyring(folder),
            engine=self.engine,
            store=self.log,
            ingest=self.ingest,
            projector=_Booked(self),
            clock=_HalfPastFour(),
        )
        app = Flask("noac-sewing", static_folder=None)
        register_api(app, hub)
        board = register_web(app, make_socketio(app), hub)
        yield app, board


class _HalfPastFour(Clock):
    """A clock that stands at NOW."""

    def now(self) -> datetime:
        return NOW

    def monotonic_ms(self) -> int:
        return 0


class _Booked:
    """Everything is booked already."""

    def __init__(self, hall: Hall) -> None:
        self._hall = hall

    def start(self) -> None:
        """Nothing runs beside the pages."""

    def stop(self) -> None:
        """Nothing runs beside the pages."""

    def wake(self, plant: str) -> None:
        """Nothing is ever new."""

    def position(self, plant: str) -> int:
        return self._hall.projector.position(plant)


def _says(kiosk: Kiosk, event: Event, at: datetime) -> None:
    kiosk.says(event, event_time=at)


def _device(line: int, code: str) -> str:
    """Name a station; its last two characters are its number code."""
    number = (line - 1) * len(OPERATIONS) + [*OPERATIONS].index(code)
    return f"L{line:02}-{code}-{base36(number, 2)}"


def _bundle(line: int, number: int) -> Bundle:
    return Bundle(
        serial=BundleSerial(f"L{line:02}B{number:04}"),
        order="WO-2611",
        style="P2601",
        colour="navy",
        size="L",
        pieces=PIECES,
        shade="D-118",
        lay="LAY1",
    )


def _records() -> list[Record]:
    route = Route(
        code="POLO",
        version=3,
        flow=Flow.GARMENT,
        steps=tuple(
            Step(
                operation=OperationCode(code),
                after=tuple(map(OperationCode, after.split())),
                standard_minutes=Decimal(minutes),
            )
            for code, (after, minutes) in OPERATIONS.items()
        ),
    )
    order = WorkOrder(
        number="WO-2611",
        style="P2601",
        lines=(OrderLine(colour="navy", size="L", pieces=12_000),),
        route="POLO",
        route_version=3,
        state=OrderState.RUNNING,
    )
    head = Person(number="1020", names=Names(zh="陈主管", en="Chen"))
    hall: dict[str, Any] = {"names": {"zh": "缝制车间", "en": "Sewing"}, "head": head.number}
    shift = {"names": {"zh": "白班"}, "begins": "08:00", "ends": "17:30", "rest_minutes": 60}
    records = [
        *(
            Record(
                kind="operation",
                key=code,
                body=Operation(
                    code=OperationCode(code), names=Names(zh=chinese, en=code.title()), flow=Flow.GARMENT
                ),
            )
            for code, chinese in zip(OPERATIONS, CHINESE, strict=True)
        ),
        Record(kind="route", key="POLO/3", body=route),
        Record(kind="work_order", key=order.number, body=order),
        Record(kind="person", key=head.number, body=head),
        Record(kind="workshop", key="SEW", body=hall),
        Record(kind="shift", key="D", body=shift),
    ]
    for line in range(1, LINES + 1):
        code = f"L{line:02}"
        names = {"zh": f"{NAMES[line - 1]}线", "en": f"Line {line}"}
        plan = {
            "line": code,
            "day": "2026-11-22",
            "shift": "D",
            "workers": 16,
            "target": 640 + 20 * (line % 4),
        }
        records += [
            Record(kind="line", key=code, body={"names": names, "workshop": "SEW"}),
            Record(kind="line_plan", key=f"{code}-22", body=plan),
            *(
                Record(kind="station", key=_device(line, operation), body=_station(line, operation))
                for operation in OPERATIONS
            ),
        ]
    return records


def _station(line: int, operation: str) -> Station:
    place = PlaceId("RCV")
    return Station(
        place=place,
        names=Names(zh=f"{NAMES[line - 1]}线 {operation}", en=f"Line {line} {operation}"),
        plant=P,
        warehouse="W",
        number_code="S1",
        receiving=place,
        quarantine=PlaceId("QUA"),
        lost_and_found=PlaceId("LF"),
        operations=(operation,),
        unit=f"L{line:02}",
    )
