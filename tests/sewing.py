"""A small sewing line to try production on: a route, an order, its bundles, people, and what they ask of each other."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path

import msgspec
from msgspec.structs import replace

from domain.barcodes.house import HouseType, house_code
from domain.bundle import Bundle, BundleSerial, Tally, ticket_body
from domain.code_list import DefectCode, ReasonCode
from domain.events.production import JobFinished, JobStarted
from domain.handoff import Requirement, RequirementList
from domain.names import Names
from domain.place import PlaceId, Station
from domain.progress import Progress
from domain.progress_fold import Told, after, cut
from domain.quantity import Quantity
from domain.route import Flow, Operation, OperationCode, Route, Step
from domain.shop import Hold, Voice
from domain.staff import Person
from domain.stock import Balance
from domain.wire import Change
from domain.work_order import OrderLine, OrderState, WorkOrder
from domain.work_unit import UnitRecord
from tests.stock import ROLL
from tests.terminal import Terminal, VirtualClock
from tests.world import NOW, STATION

OVERLOCK, HEM, BUTTON = map(OperationCode, ("OVERLOCK", "HEM", "BUTTON"))
ROUTE = Route(
    code="R-TS",
    version=2,
    flow=Flow.GARMENT,
    steps=(
        Step(operation=OVERLOCK),
        Step(operation=HEM, after=(OVERLOCK,)),
        Step(operation=BUTTON, after=(HEM,)),
    ),
)
OPERATIONS = (
    Operation(code=OVERLOCK, names=Names(zh="四线包缝", en="Overlock"), flow=Flow.GARMENT),
    Operation(code=HEM, names=Names(zh="下摆卷边", en="Hem"), flow=Flow.GARMENT),
    Operation(
        code=BUTTON, names=Names(zh="锁眼", en="Buttonhole"), flow=Flow.GARMENT, qualification="buttonhole"
    ),
)
ORDER = WorkOrder(
    number="WO-2026-0412",
    style="TS-2611",
    lines=(OrderLine(colour="navy", size="L", pieces=200),),
    route=ROUTE.code,
    route_version=ROUTE.version,
    state=OrderState.RUNNING,
)
BUNDLE = Bundle(
    serial=BundleSerial("C101000001"),
    order=ORDER.number,
    style="TS-2611",
    colour="navy",
    size="L",
    pieces=20,
    component="body",
    shade="D-118",
    lay="LAY-7",
    plies=(1, 20),
)
SECOND = replace(BUNDLE, serial=BundleSerial("C101000002"), plies=(21, 40))
LI = Person(number="1012", names=Names(zh="李建国", en="Li Jianguo"), badge="E1012", language="en")
WANG = Person(number="1007", names=Names(zh="王秀兰", en="Wang Xiulan"), badge="E1007", language="en")
ZHAO = Person(number="1015", names=Names(zh="赵敏", en="Zhao Min"), badge="E1015", language="en")
PEOPLE = (LI, WANG, ZHAO)
LINE_3 = replace(
    STATION,
    place=PlaceId("LINE-1"),
    names=Names(zh="三线 下摆工位", en="Line 3, hem"),
    number_code="S3",
    document_types=("YW",),
    operations=(HEM,),
    unit="LINE-3",
)
CUT = OperationCode("CUT")
CUTTING = Operation(code=CUT, names=Names(zh="裁剪", en="Cutting"), flow=Flow.GARMENT, makes_bundles=True)
TABLE = replace(
    LINE_3, names=Names(zh="裁床", en="Cutting table"), operations=(CUT,), number_code="C3", unit=""
)
SIZES = replace(
    ORDER, lines=tuple(OrderLine(colour="navy", size=size, pieces=60) for size in ("M", "L", "XL"))
)
"""An order in three sizes."""
ASKED = RequirementList(
    before=OVERLOCK,
    operation=HEM,
    version=3,
    requirements=(
        Requirement(
            item="Thread ends",
            criterion="cut to 3 mm",
            method="look",
            limit="none longer than 5 mm",
            is_critical=True,
        ),
        Requirement(item="Seam", criterion="no skipped stitch", method="stretch"),
    ),
    agreed_by=("1020", "1021"),
)
ASKED_NEXT = replace(
    ASKED,
    before=HEM,
    operation=BUTTON,
    version=1,
    requirements=(
        Requirement(item="Hem height", criterion="25 mm", method="gauge", limit="±2 mm", is_critical=True),
    ),
)
DEFECTS = (
    DefectCode(code="skipped_stitch", names=Names(zh="跳针", en="Skipped stitch")),
    DefectCode(code="oil", names=Names(zh="油污", en="Oil stain")),
    DefectCode(code="hem_wavy", names=Names(zh="下摆起浪", en="Wavy hem"), operations=(HEM,)),
)
REASONS = (
    ReasonCode(
        code="machine", names=Names(zh="机器故障", en="Machine broken"), uses=("pause", "stoppage", "call")
    ),
    ReasonCode(code="shade", names=Names(zh="色差在限内", en="Shade within limit"), uses=("concession",)),
)


def ticket(bundle: Bundle, copy: int = 1) -> str:
    """Return the code on a bundle's ticket."""
    return house_code(HouseType.BUNDLE, ticket_body(bundle.serial, copy))


def sewn(bundle: Bundle = BUNDLE, by: str = LI.number, lost: Tally | None = None) -> Progress:
    """Return a bundle that the overlock finished; `lost`: what it told of besides the good ones."""
    told = lost or Tally()
    tally = replace(told, good=bundle.pieces - told.accounted)
    job = f"K9{bundle.serial[-6:]}"
    begin = NOW - timedelta(hours=2)
    progress = cut(bundle)
    started = JobStarted(
        job=job,
        bundle=bundle.serial,
        operation=OVERLOCK,
        copy=bundle.copy,
        pieces=bundle.pieces,
        people=(by,),
    )
    finished = JobFinished(job=job, bundle=bundle.serial, operation=OVERLOCK, told=tally)
    for number, event in enumerate((started, finished)):
        at = begin + timedelta(hours=number)
        told_by = Told(event_id=f"o{number}", at=at, operator=by, station="LINE-2")
        progress = after(progress, event, told_by, ROUTE).progress
    return progress


def floor_changes(
    *bundles: Progress,
    station: Station = LINE_3,
    orders: Iterable[WorkOrder] = (ORDER,),
    holds: Iterable[Hold] = (),
    device: str = "K1",
) -> list[Change]:
    """Return what a hub would tell a station of this line."""

    def change(kind: str, key: str, body: msgspec.Struct) -> Change:
        return Change(kind=kind, key=key, body=msgspec.to_builtins(body))

    lists = ((f"{one.before}>{one.operation}/{one.version}", one) for one in (ASKED, ASKED_NEXT))
    return [
        change("station", device, station),
        change("route", f"{ROUTE.code}/{ROUTE.version}", ROUTE),
        *(change("operation", one.code, one) for one in OPERATIONS),
        *(change("work_order", one.number, one) for one in orders),
        *(change("person", one.number, one) for one in PEOPLE),
        *(change("requirement_list", key, one) for key, one in lists),
        *(change("defect_code", one.code, one) for one in DEFECTS),
        *(change("reason_code", one.code, one) for one in REASONS),
        *(change("hold", one.name, one) for one in holds),
        *(change("bundle", one.bundle.serial, one) for one in bundles),
    ]


def at_the_hem(
    folder: Path,
    *bundles: Progress,
    station: Station = LINE_3,
    clock: VirtualClock | None = None,
    has_camera: bool = False,
) -> Terminal:
    """Return the kiosk of the hem station, with these bundles on its line."""
    told = bundles or (sewn(), sewn(SECOND))
    return Terminal(folder, more=floor_changes(*told, station=station), clock=clock, has_camera=has_camera)


def cutting_changes() -> list[Change]:
    """Return what a hub would tell the cutting table: an order in three sizes, and rolls of two dye lots."""
    second = replace(ROLL, handling_unit="R0002", lot="D-119")
    kilos = Quantity.of("21.4", "KGM")
    stock = (Balance(place=PlaceId("RM-A-01"), goods=one, quantity=kilos) for one in (ROLL, second))
    return [
        *floor_changes(sewn(), station=TABLE, orders=(SIZES,)),
        Change(kind="operation", key=CUT, body=msgspec.to_builtins(CUTTING)),
        *(
            Change(kind="balance", key=f"r{number}", body=msgspec.to_builtins(one))
            for number, one in enumerate(stock)
        ),
    ]


CHIEF = replace(ZHAO, team="LINE-3", rights=("ticket.quality", "ticket.answer", "voice.answer"))
"""Somebody who may speak for the line, and hold work."""
UNITS = {
    "workshop": {"SEW-1": UnitRecord(names=Names(zh="缝制一车间", en="Sewing 1"), head="1099")},
    "line": {
        "LINE-2": UnitRecord(names=Names(zh="二线", en="Line 2"), workshop="SEW-1"),
        "LINE-3": UnitRecord(names=Names(zh="三线", en="Line 3"), workshop="SEW-1"),
    },
}
ASKED_OF_US = Voice(
    name="V1",
    kind="complaint",
    unit="LINE-3",
    text="Two sizes came mixed 混码",
    person=LI.number,
    due=date(2026, 11, 25),
)


def quality_changes(chief: Person = CHIEF) -> list[Change]:
    """Return what a hub tells besides: units of the plant, who may speak for them, what was said to this one."""

    def change(kind: str, key: str, body: msgspec.Struct) -> Change:
        return Change(kind=kind, key=key, body=msgspec.to_builtins(body))

    return [
        change("person", chief.number, chief),
        *(change(kind, code, one) for kind, units in UNITS.items() for code, one in units.items()),
        change("voice", ASKED_OF_US.name, ASKED_OF_US),
    ]
