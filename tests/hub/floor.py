"""A floor for hub tests: one route with a join, an order, lines with stations, and kiosks that tell of bundles."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, ClassVar

import msgspec
from msgspec.structs import replace

from domain.bundle import Bundle, BundleSerial, Tally
from domain.events.production import (
    BundlesCut,
    BundlesRemade,
    HandoffJudged,
    JobFinished,
    JobStarted,
    JobUndone,
)
from domain.handoff import Defect, Handoff, Rating, Verdict
from domain.job import Share
from domain.log import Recorded
from domain.names import Names
from domain.place import PlaceId, Station
from domain.route import Flow, Operation, OperationCode, Route, Step
from domain.work_order import OrderLine, OrderState, WorkOrder
from hub.store.database import writing
from hub.store.reference import Record, write_records
from tests.hub.plant import START, Kiosk, P, Plant

SEW, HEM, COLLAR, JOIN, PACK = map(OperationCode, ("SEW", "HEM", "COLLAR", "JOIN", "PACK"))
ORDER = "WO1"
ROUTE = Route(
    code="POLO",
    version=1,
    flow=Flow.GARMENT,
    steps=(
        Step(operation=SEW, takes=("body",)),
        Step(operation=HEM, after=(SEW,), takes=("body",)),
        Step(operation=COLLAR, takes=("collar",)),
        Step(operation=JOIN, after=(HEM, COLLAR), takes=("body", "collar"), makes="garment"),
        Step(operation=PACK, after=(JOIN,), takes=("garment",)),
    ),
)
LI, WANG, ZHAO, CHEN = "1012", "1007", "1015", "1021"
STITCH = (Defect(code="skipped_stitch", pieces=1),)


def bundle(serial: str, pieces: int = 20, **rest: Any) -> Bundle:
    whole = Bundle(
        serial=BundleSerial(serial),
        order=ORDER,
        style="S1",
        colour="navy",
        size="L",
        pieces=pieces,
        component="body",
        shade="D-118",
        lay="LAY1",
    )
    return replace(whole, **rest)


def work_order(**rest: Any) -> WorkOrder:
    whole = WorkOrder(
        number=ORDER,
        style="S1",
        lines=(OrderLine(colour="navy", size="L", pieces=100),),
        route=ROUTE.code,
        route_version=ROUTE.version,
        state=OrderState.RUNNING,
    )
    return replace(whole, **rest)


def floor_records() -> list[Record]:
    operations = [
        Record(kind="operation", key=one, body=Operation(code=one, names=Names(en=one), flow=Flow.GARMENT))
        for one in (SEW, HEM, COLLAR, JOIN, PACK)
    ]
    return [
        *operations,
        Record(kind="route", key="POLO/1", body=ROUTE),
        Record(kind="work_order", key=ORDER, body=work_order()),
    ]


def station_record(device: str, unit: str, *operations: str, inspections: tuple[str, ...] = ()) -> Record:
    station = Station(
        place=PlaceId("RCV"),
        names=Names(zh="工位"),
        plant=P,
        warehouse="W",
        number_code=device[-2:],
        receiving=PlaceId("RCV"),
        quarantine=PlaceId("QUA"),
        lost_and_found=PlaceId("LF"),
        operations=operations,
        unit=unit,
        inspections=inspections,
    )
    return Record(kind="station", key=device, body=station)


@dataclass(kw_only=True)
class Worker:
    """A kiosk at one operation, and what its people say there; a second goes by with each of it."""

    kiosk: Kiosk
    operation: OperationCode
    jobs: int = 0
    told: int = 0
    sent: int = 0

    def starts(self, one: Bundle | str, pieces: int = 20, *people: str, **rest: Any) -> str:
        self.jobs += 1
        job = f"{self.kiosk.name}W{self.jobs:06}"
        given: dict[str, Any] = {"copy": 1, "people": people or (LI,)} | rest
        self.says(
            JobStarted(job=job, bundle=serial_of(one), operation=self.operation, pieces=pieces, **given),
            operator=given["people"][0],
        )
        return job

    def finishes(
        self, job: str, one: Bundle | str, shares: dict[str, int] | None = None, **told: int
    ) -> None:
        whose = tuple(Share(person=person, pieces=pieces) for person, pieces in (shares or {}).items())
        event = JobFinished(
            job=job, bundle=serial_of(one), operation=self.operation, told=Tally(**told), shares=whose
        )
        self.says(event)

    def does(self, one: Bundle, *people: str, accepts: tuple[OperationCode, ...] = ()) -> str:
        """Check in and finish a whole bundle, all of it good."""
        job = self.starts(one, one.pieces, *people, accepts=accepts)
        self.finishes(job, one, good=one.pieces)
        return job

    def undoes(self, job: str, one: Bundle | str, act: Any) -> None:
        self.says(JobUndone(job=job, bundle=serial_of(one), operation=self.operation, act=act))

    def judges(
        self,
        one: Bundle,
        before: OperationCode,
        verdict: Verdict,
        *,
        accepted: int = 0,
        job: str = "",
        people: tuple[str, ...] = (WANG,),
        rating: Rating | None = None,
    ) -> None:
        handoff = Handoff(
            bundle=one.serial,
            before=before,
            operation=self.operation,
            verdict=verdict,
            declared=one.pieces,
            received=one.pieces,
            accepted=accepted,
            rating=rating,
            reason="stitch",
            defects=STITCH,
        )
        self.says(HandoffJudged(handoff=handoff, job=job, people=people), operator=people[0])

    def cuts(self, *these: Bundle) -> None:
        self.says(BundlesCut(lay="LAY1", bundles=these))

    def remakes(self, act: Any, parents: tuple[Bundle, ...], *children: Bundle) -> None:
        serials = tuple(one.serial for one in parents)
        self.says(BundlesRemade(act=act, parents=serials, bundles=children, operation=self.operation))

    def says(self, event: Any, **changes: Any) -> Recorded:
        self.told += 1
        given: dict[str, Any] = {"operator": LI, "event_time": START + timedelta(seconds=self.told)} | changes
        return self.kiosk.says(event, **given)


class Floor(Plant):
    """A plant that makes something: line L1 sews, hems and joins, line L2 sews and hems, packing is everybody's."""

    STATIONS: ClassVar = {
        "C1": ("", "CUT"),
        "S1": ("L1", SEW),
        "H1": ("L1", HEM),
        "J1": ("L1", JOIN),
        "S2": ("L2", SEW),
        "H2": ("L2", HEM),
        "K9": ("", COLLAR),
        "P9": ("PACKING", PACK),
    }

    def __init__(self, url: str, *, is_new: bool = True) -> None:
        super().__init__(url, is_new=is_new)
        self.workers: dict[str, Worker] = {}
        with writing(self.engine) as connection:
            stations = [
                station_record(device, unit, operation) for device, (unit, operation) in self.STATIONS.items()
            ]
            write_records(connection, self.log, P, [*floor_records(), *stations])

    def __getitem__(self, device: str) -> Worker:
        """Return who works at a station."""
        if device not in self.workers:
            operation = OperationCode(self.STATIONS[device][1])
            self.workers[device] = Worker(kiosk=self.kiosk(device), operation=operation)
        return self.workers[device]

    def hears(self, *devices: str) -> None:
        """Take in all that some stations have written since, one after the other, and book it."""
        for device in devices:
            worker = self[device]
            self.takes(worker.kiosk, worker.kiosk.upload(worker.sent + 1))
            worker.sent = worker.kiosk.head.sequence
        self.books()


def serial_of(one: Bundle | str) -> BundleSerial:
    return one.serial if isinstance(one, Bundle) else BundleSerial(one)


def everything_wrong(kiosk: Kiosk) -> None:
    """One of each thing that cannot be on a floor, told by one kiosk that stands for several."""
    sew, hem = Worker(kiosk=kiosk, operation=SEW), Worker(kiosk=kiosk, operation=HEM, jobs=500)
    twice, void, short, own, split, uneven, more = (bundle(f"B{number}") for number in range(1, 8))
    sew.cuts(twice, void, short, own, split, uneven, more)
    sew.starts(twice)
    sew.starts(twice, 20, CHEN)  # claimed_twice
    sew.starts(void, copy=2)  # ticket_void
    hem.starts(void, 20, WANG)  # out_of_sequence
    job = sew.starts(short)
    sew.finishes(job, short, good=17)  # not_all_told
    sew.finishes(job, short, good=17)  # not_at_work
    done = sew.does(own, LI)
    hem.starts(own, 20, LI, accepts=(SEW,))  # own_handoff
    sew.undoes(done, own, "finish")  # undone_too_late
    sew.starts(split)
    sew.remakes("split", (split,), bundle("B51", 18), bundle("B52", 2))  # closed_at_work
    sew.starts(split)  # bundle_closed
    sew.remakes("split", (uneven,), bundle("B61", 18), bundle("B62", 3))  # remade_pieces
    sew.starts(more, 25)  # more_than_came


def made(parts: object) -> tuple[Bundle, ...]:
    assert isinstance(parts, tuple)
    return msgspec.convert(msgspec.to_builtins(parts), tuple[Bundle, ...])
