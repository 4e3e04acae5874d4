"""Bundles that come to a station, every one finished at the operation before: what a check-in is measured with."""

from collections.abc import Iterator
from datetime import UTC, datetime

from msgspec import to_builtins
from msgspec.structs import replace

from bench import site_data
from domain.barcodes.house import HouseType, house_code
from domain.bundle import Bundle, BundleSerial, Tally, ticket_body
from domain.events.production import JobFinished, JobStarted
from domain.names import Names
from domain.place import Station
from domain.progress import Progress
from domain.progress_fold import Told, after, cut
from domain.route import Flow, Operation, OperationCode, Route, Step
from domain.wire import Change
from domain.work_order import OrderLine, OrderState, WorkOrder

PIECES = 20
_SEWER = "9002"
_SEW, _HEM = OperationCode("SEW"), OperationCode("HEM")
_ROUTE = Route(
    code="BENCH",
    version=1,
    flow=Flow.GARMENT,
    steps=(Step(operation=_SEW), Step(operation=_HEM, after=(_SEW,))),
)


def station() -> Station:
    """Return the station of a measured kiosk, where bundles are hemmed as well."""
    return replace(site_data.station(), operations=(_HEM,), unit="LINE-1")


def ticket(number: int) -> str:
    """Return the code on the ticket of a bundle."""
    return house_code(HouseType.BUNDLE, ticket_body(_serial(number), 1))


def changes(count: int) -> Iterator[Change]:
    """Yield the floor's records as a kiosk is provisioned with them, with so many bundles."""
    for code in (_SEW, _HEM):
        operation = Operation(code=code, names=Names(en=code), flow=Flow.GARMENT)
        yield Change(kind="operation", key=code, body=to_builtins(operation))
    order = WorkOrder(
        number="WO-BENCH-1",
        style="S1",
        lines=(OrderLine(colour="navy", size="L", pieces=count * PIECES),),
        route=_ROUTE.code,
        route_version=_ROUTE.version,
        state=OrderState.RUNNING,
    )
    yield Change(kind="route", key=f"{_ROUTE.code}/{_ROUTE.version}", body=to_builtins(_ROUTE))
    yield Change(kind="work_order", key=order.number, body=to_builtins(order))
    for number in range(count):
        progress = _sewn(number, order)
        yield Change(kind="bundle", key=progress.bundle.serial, body=to_builtins(progress))


def _serial(number: int) -> BundleSerial:
    return BundleSerial(f"B101{number:06d}")


def _sewn(number: int, order: WorkOrder) -> Progress:
    bundle = Bundle(
        serial=_serial(number), order=order.number, style=order.style, colour="navy", size="L", pieces=PIECES
    )
    job, serial = f"B101W{number:06d}", bundle.serial
    begun = JobStarted(job=job, bundle=serial, operation=_SEW, copy=1, pieces=PIECES, people=(_SEWER,))
    done = JobFinished(job=job, bundle=serial, operation=_SEW, told=Tally(good=PIECES))
    told = Told(event_id=job, at=datetime(2026, 11, 22, tzinfo=UTC), operator=_SEWER, station="SEW-1")
    return after(after(cut(bundle), begun, told, _ROUTE).progress, done, told, _ROUTE).progress
