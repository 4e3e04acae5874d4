"""The same weeks in the books of a real hub: its ledger, its projections, and what they come to beside the recount."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from decimal import ROUND_HALF_UP, Decimal
from itertools import groupby
from pathlib import Path

from sqlalchemy import func, select

from domain.line_balance import efficiency
from domain.log import GENESIS_DIGEST, Head, Recorded
from domain.names import Names
from domain.place import Place, PlaceId, PlaceRole
from domain.place import Station as StationRecord
from domain.route import OperationCode, route_key
from domain.score_watch import Listed
from domain.wire import Accepted, Upload, UploadHeader
from hub.objects.piece_prices import PiecePriceRecord
from hub.projector import waiting_of
from hub.quality_rules import QualityRules
from hub.rebuild import rebuild
from hub.scores import oddities
from hub.store.database import reading, writing
from hub.store.devices import Device, enrol
from hub.store.event_log import Arrival
from hub.store.production_tables import bundles, job_shares, jobs, pay_lines, unit_hours
from hub.store.reference import Record, write_records
from hub.store.tables import dispositions
from hub.store.values import instant_text
from tests.factory.factory import Factory
from tests.factory.laws import CENT, DAY, Pay, law
from tests.factory.line_records import DAY_MINUTES
from tests.factory.recount import Recount
from tests.factory.stations import PLANT, Station
from tests.factory.styles import SECTION_OF, SEWING, operations
from tests.hub.plant import Plant
from tests.hub.production_laws import broken_laws

UPLOAD_EVENTS_MAX = 200
APPENDED_AT_ONCE = 20_000
MONTH, DAY_CHARS = "2026-11", len("2026-11-02")
MICRO_DIGITS = 6
_PLACE = PlaceId("FLOOR")


class HubBooks(Plant):
    """A hub that knows the factory: its stations, orders and routes."""

    def __init__(self, folder: Path, factory: Factory, url: str = "") -> None:
        """`url`: of its database, where it is not to be a file in the folder."""
        super().__init__(url or f"sqlite:///{folder / 'hub.sqlite'}", is_new=False)
        self._heads: dict[str, Head] = {}
        self._held: list[Recorded] = []
        self._devices: dict[str, Device] = {}
        with writing(self.engine) as connection:
            write_records(connection, self.log, PLANT, list(_records(factory)))
            for station in factory.stations:
                device = self._devices[station.name] = _device(station)
                enrol(connection, device, "2026-11-01T00:00:00.000000Z")

    def hears(self, entries: Sequence[Recorded]) -> None:
        """Take entries in as stations upload them, in their order, and book them."""
        for name, each in groupby(entries, key=lambda one: one.envelope.device):
            own = list(each)
            for first in range(0, len(own), UPLOAD_EVENTS_MAX):
                self._uploads(name, own[first : first + UPLOAD_EVENTS_MAX])
        self.books()

    def _uploads(self, name: str, entries: Sequence[Recorded]) -> None:
        head = self._heads.get(name, Head(sequence=0, digest=GENESIS_DIGEST))
        header = UploadHeader(
            device=name,
            epoch=1,
            first_sequence=head.sequence + 1,
            previous_digest=head.digest,
            events=len(entries),
            head=entries[-1].head,
            clock="synced",
            clock_time=entries[-1].envelope.event_time,
            pending=0,
        )
        upload = Upload(header=header, bodies=tuple(entry.body for entry in entries))
        told = self.ingest.accept(self._devices[name], upload)
        law("L17", isinstance(told.verdict, Accepted), f"{name}: {told.verdict}")
        law("L17", told.accepted == entries[-1].head, f"{name}: {told.accepted}")
        self._heads[name] = entries[-1].head

    def keeps(self, entry: Recorded) -> None:
        """Put an entry into the ledger with many others at once; `folds` books them."""
        self._held.append(entry)
        if len(self._held) >= APPENDED_AT_ONCE:
            self._appends()

    def _appends(self) -> None:
        now = instant_text(self._held[-1].envelope.event_time)
        arrivals = [
            Arrival(one.envelope.device, 1, one.envelope.sequence, one.digest, one.body, "", one.envelope)
            for one in self._held
        ]
        with writing(self.engine) as connection:
            position = self.log.lock(connection, PLANT)
            self.log.append(connection, PLANT, position, arrivals, now)
        self._held = []

    def folds(self) -> int:
        """Fold the whole ledger in bulk; return the position reached."""
        if self._held:
            self._appends()
        return rebuild(self.engine, PLANT)

    # what the books say

    def agrees(self, recount: Recount) -> int:
        """Hold every bundle, job and share against the recount, and the laws against all tables; return how many."""
        broken = broken_laws(self)
        law("L5 to L8", not broken, {name: rows[:3] for name, rows in broken.items()})
        with reading(self.engine) as connection:
            waiting = waiting_of(connection, PLANT)
            parked = connection.execute(
                select(dispositions.c.code, func.count())
                .where(dispositions.c.state == "parked")
                .group_by(dispositions.c.code)
            ).all()
            told = connection.execute(select(jobs)).all()
            held = connection.execute(select(bundles.c.serial, bundles.c.live, bundles.c.closed)).all()
        law("L12", not waiting and not parked, f"{waiting} wait, parked: {parked}")
        for row in told:
            line = recount.pages[row.bundle].lines[row.job]
            counted = (line.received, line.good, line.seconds, line.scrap, line.missing)
            books = (row.received, row.good, row.seconds, row.scrap, row.missing)
            law("L5", books == counted, f"{row.job} on {row.bundle}: {books}, counted {counted}")
        for row in held:
            page = recount.pages[row.serial]
            law("L7", (row.live, row.closed) == (page.live(), page.is_closed), f"{row.serial}: {row.live}")
        law("L7", len(held) == len(recount.pages), f"{len(held)} bundles, counted {len(recount.pages)}")
        paid, counted_pay = self.pay(), recount.pay
        wrong = [key for key in paid.keys() | counted_pay.keys() if paid[key] != counted_pay[key]]
        law("L8", not wrong, [(key, paid[key], counted_pay[key]) for key in wrong[:3]])
        return len(told) + len(held)

    def pay(self) -> Pay:
        """Return whose pieces are whose, by person, order and operation, those sent back taken off."""
        kept = func.sum(job_shares.c.pieces - job_shares.c.returned)
        asked = (
            select(job_shares.c.person, jobs.c.work_order, job_shares.c.operation, kept)
            .join(jobs, (jobs.c.plant == job_shares.c.plant) & (jobs.c.job == job_shares.c.job))
            .group_by(job_shares.c.person, jobs.c.work_order, job_shares.c.operation)
        )
        with reading(self.engine) as connection:
            rows = connection.execute(asked).all()
        return Counter(
            {(person, order, OperationCode(code)): int(pieces) for person, order, code, pieces in rows}
        )

    def wages(self) -> dict[str, Decimal]:
        """Return what each person is paid for the weeks, to the cent, as the lines of pay say."""
        own = pay_lines.c
        asked = select(own.person, own.pieces, own.price)
        earned: dict[str, int] = {}
        with reading(self.engine) as connection:
            for person, pieces, price in connection.execute(asked):
                law("L8", price is not None, f"{person}: {pieces} pieces without a price")
                earned[person] = earned.get(person, 0) + pieces * price
        totals = {person: Decimal(value).scaleb(-MICRO_DIGITS) for person, value in earned.items()}
        return {
            person: total.quantize(CENT, rounding=ROUND_HALF_UP) for person, total in totals.items() if total
        }

    def oddities(self) -> tuple[Listed, ...]:
        """Return what the office's page lists of the month as no chance."""
        with reading(self.engine) as connection:
            return oddities(connection, PLANT, MONTH, QualityRules())

    def efficiencies(self, factory: Factory) -> list[Decimal]:
        """Return each line's efficiency on each day, in percent, by the board's formula from the booked pieces."""
        own = unit_hours.c
        day = func.substr(own.hour, 1, DAY_CHARS)
        asked = select(day, own.work_order, own.operation, func.sum(own.good))
        with reading(self.engine) as connection:
            rows = connection.execute(asked.group_by(day, own.work_order, own.operation)).all()
        made: dict[tuple[str, str], dict[OperationCode, int]] = {}
        for each, order, operation, good in rows:
            if SECTION_OF[OperationCode(operation)] in SEWING:
                made.setdefault((each, order), {})[OperationCode(operation)] = int(good)
        found = (
            efficiency(
                pieces,
                {step.operation: step.standard_minutes for step in factory.style_of[order].route.steps},
                factory.workers_of(order),
                Decimal(DAY_MINUTES),
            )
            for (_, order), pieces in made.items()
        )
        return sorted(one for one in found if one is not None)


def _records(factory: Factory) -> Iterator[Record]:
    place = Place(code=_PLACE, names=Names(en="Floor"), role=PlaceRole.LINE_SIDE, plant=PLANT)
    yield Record(kind="place", key=_PLACE, body=place)
    for person in factory.people.values():
        yield Record(kind="person", key=person.number, body=person)
    for operation in operations():
        yield Record(kind="operation", key=operation.code, body=operation)
    for style in factory.styles:
        yield Record(kind="route", key=route_key(style.route.code, style.route.version), body=style.route)
        for operation, price in style.prices.items():
            code = f"{style.code}-{operation}"
            body = PiecePriceRecord(
                code=code, operation=operation, style=style.code, price=price, valid_from=DAY
            )
            yield Record(kind="piece_price", key=code, body=body)
    for order in factory.orders:
        yield Record(kind="work_order", key=order.number, body=order)
    for station in factory.stations:
        yield Record(kind="station", key=station.name, body=_station(station))


def _station(station: Station) -> StationRecord:
    return StationRecord(
        place=_PLACE,
        names=Names(en=station.name),
        plant=PLANT,
        warehouse="W",
        number_code=station.code,
        receiving=_PLACE,
        quarantine=_PLACE,
        lost_and_found=_PLACE,
        operations=(station.operation,) if station.operation else (),
        unit=station.unit,
    )


def _device(station: Station) -> Device:
    return Device(
        plant=PLANT,
        device=station.name,
        key=b"k" * 32,
        number_code=station.code,
        station=_station(station),
        epoch=1,
        revoked=False,
    )
