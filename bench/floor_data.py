"""A floor of many stations: pairs of one that sews and one that hems what it gets, and what they tell of it."""

from collections.abc import Iterator, Mapping, Sequence

from msgspec.structs import replace

from bench import site_data
from bench.kiosk_logs import Batch, Entry, KioskLog, Sender, batches_of_sizes
from domain.barcodes.house import HouseType, house_code
from domain.bundle import Bundle, BundleSerial, Tally, ticket_body
from domain.event import Event
from domain.events.production import BUNDLES_CUT_MAX, BundlesCut, JobFinished, JobStarted
from domain.names import Names
from domain.place import Station
from domain.route import Flow, Operation, OperationCode, Route, Step, route_key
from domain.staff import Person
from domain.work_order import OrderLine, OrderState, WorkOrder
from hub.store.reference import Record

PIECES, PAIRS_A_LINE = 20, 25
SEW, HEM = OperationCode("SEW"), OperationCode("HEM")
SEWER, HEMMER = "9002", "9003"
LAG_ROUNDS = 2
"""So many rounds after the sewing the hemming of a bundle begins: it is finished and known by then."""
ROUTE = Route(
    code="FLOOR", version=1, flow=Flow.GARMENT, steps=(Step(operation=SEW), Step(operation=HEM, after=(SEW,)))
)
ORDER = WorkOrder(
    number="WO-FLOOR",
    style="S1",
    lines=(OrderLine(colour="navy", size="L", pieces=10_000_000),),
    route=ROUTE.code,
    route_version=ROUTE.version,
    state=OrderState.RUNNING,
)


def records() -> Iterator[Record]:
    """Yield what the hub knows of the floor, its stations left out."""
    for number in (site_data.keeper().number, SEWER, HEMMER):
        person = replace(site_data.keeper(), number=number, badge="") if number in (SEWER, HEMMER) else None
        body: Person = person or site_data.keeper()
        yield Record(kind="person", key=number, body=body)
    for place in site_data.places():
        yield Record(kind="place", key=place.code, body=place)
    for code in (SEW, HEM):
        operation = Operation(code=code, names=Names(en=code), flow=Flow.GARMENT)
        yield Record(kind="operation", key=code, body=operation)
    yield Record(kind="route", key=route_key(ROUTE.code, ROUTE.version), body=ROUTE)
    yield Record(kind="work_order", key=ORDER.number, body=ORDER)


def station(pair: int, operation: OperationCode) -> Station:
    """Return a station of a pair; so many pairs are one line."""
    unit = f"LINE-{pair // PAIRS_A_LINE + 1:02d}"
    return replace(site_data.station(number_code=""), operations=(operation,), unit=unit)


def serial(pair: int, number: int) -> BundleSerial:
    """Return the serial of a pair's bundle."""
    return BundleSerial(f"F{pair:04d}{number:07d}")


def ticket(pair: int, number: int) -> str:
    """Return the code on its ticket."""
    return house_code(HouseType.BUNDLE, ticket_body(serial(pair, number), 1))


class _Told(KioskLog):
    """A log with these events in it."""

    def __init__(self, sender: Sender, told: Sequence[Event], seed: int) -> None:
        super().__init__(sender, 2, seed)
        self._told = told

    def events(self, count: int) -> Iterator[Event]:
        yield from self._told[:count]


def entries(sender: Sender, told: Sequence[Event], seed: int) -> list[Entry]:
    """Return the log of a station in which these events are all there is."""
    return list(_Told(sender, told, seed).entries(len(told)))


def cutting(counts: Mapping[int, int]) -> list[Event]:
    """Return what tells of so many bundles of each pair being cut."""
    made = [
        Bundle(
            serial=serial(pair, number),
            order=ORDER.number,
            style=ORDER.style,
            colour="navy",
            size="L",
            pieces=PIECES,
        )
        for pair, count in counts.items()
        for number in range(count)
    ]
    return [
        BundlesCut(lay="LAY-FLOOR", bundles=tuple(made[first : first + BUNDLES_CUT_MAX]))
        for first in range(0, len(made), BUNDLES_CUT_MAX)
    ]


def check_ins(sender: Sender, pair: int, operation: OperationCode, rounds: int) -> list[list[Event]]:
    """Return what a station tells in each round: the bundle in hand is finished, and the next one begun."""
    return [
        [
            *([_finished(sender, pair, operation, number - 1)] if number else []),
            _begun(sender, pair, operation, number),
        ]
        for number in range(rounds)
    ]


def uploads(sender: Sender, rounds: Sequence[Sequence[Event]], seed: int, host: str) -> list[Batch]:
    """Return a station's uploads, one a round."""
    told = [event for one in rounds for event in one]
    return batches_of_sizes(entries(sender, told, seed), [len(one) for one in rounds], sender, host)


def _begun(sender: Sender, pair: int, operation: OperationCode, number: int) -> JobStarted:
    return JobStarted(
        job=f"{sender.number_code}01W{number:05d}",
        bundle=serial(pair, number),
        operation=operation,
        copy=1,
        pieces=PIECES,
        people=(SEWER if operation == SEW else HEMMER,),
        accepts=() if operation == SEW else (SEW,),
    )


def _finished(sender: Sender, pair: int, operation: OperationCode, number: int) -> JobFinished:
    return JobFinished(
        job=f"{sender.number_code}01W{number:05d}",
        bundle=serial(pair, number),
        operation=operation,
        told=Tally(good=PIECES),
    )
