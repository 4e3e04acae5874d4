"""A plant for hub tests: a store, kiosks that write real logs, and one who books when told to."""

from __future__ import annotations

import itertools
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from domain.event import Event
from domain.events.documents import DocumentOpened, LineRecorded, LineReversed
from domain.item import Item, ItemId
from domain.log import GENESIS_DIGEST, Envelope, Head, Recorded, encode_fact, seal
from domain.names import Names
from domain.place import Place, PlaceId, PlaceRole, Station
from domain.plan import Plan, PlanLine, PlanRef
from domain.quantity import Quantity
from domain.staff import Person
from domain.stock import Goods, Movement
from domain.wire import Acknowledgement, Upload, UploadHeader
from hub.ingest import Ingest
from hub.projector import Projector
from hub.rebuild import rebuild
from hub.store.database import open_database, reading, writing
from hub.store.devices import Device, device_of, enrol
from hub.store.event_log import EventLog
from hub.store.reference import Record, write_records
from hub.store.tables import PROJECTED, cursors, discrepancies

P = "P1"
START = datetime(2026, 11, 22, 8, 30, tzinfo=UTC)
ROLES = {
    "SUP": PlaceRole.SUPPLIER,
    "RCV": PlaceRole.RECEIVING,
    "A1": PlaceRole.STORAGE,
    "A2": PlaceRole.STORAGE,
    "QUA": PlaceRole.QUARANTINE,
    "LF": PlaceRole.LOST_AND_FOUND,
}
_ids = itertools.count(1)


class StillClock:
    """A clock that goes one second for each look."""

    def __init__(self) -> None:
        self._now = START + timedelta(hours=1)

    def now(self) -> datetime:
        self._now += timedelta(seconds=1)
        return self._now

    def goes_to(self, moment: datetime) -> None:
        """Let time pass."""
        self._now = moment

    def monotonic_ms(self) -> int:
        return 0


def kg(value: str) -> Quantity:
    return Quantity(Decimal(value), "KGM")


def moved(source: str, target: str, value: str, *, item: str = "I1", unit: str = "") -> Movement:
    goods = Goods(item=ItemId(item), lot="L1", handling_unit=unit)
    return Movement(goods=goods, quantity=kg(value), source=PlaceId(source), target=PlaceId(target))


@dataclass(kw_only=True)
class Kiosk:
    """One device with its log; `entries` is everything it ever wrote in this epoch."""

    name: str
    epoch: int = 1
    entries: list[Recorded] = field(default_factory=list[Recorded])

    @property
    def head(self) -> Head:
        return self.entries[-1].head if self.entries else Head()

    def says(self, event: Event, **changes: Any) -> Recorded:
        number = next(_ids)
        values: dict[str, Any] = {
            "plant": P,
            "device": self.name,
            "epoch": self.epoch,
            "sequence": self.head.sequence + 1,
            "event_id": f"{number:032x}",
            "previous_digest": self.head.digest,
            "type": type(event).__name__,
            "schema": 1,
            "fact": encode_fact(event),
            "event_time": START + timedelta(seconds=self.head.sequence),
            "operator": "1007",
        }
        entry = seal(Envelope(**(values | changes)))
        self.entries.append(entry)
        return entry

    def moves(
        self, *movements: Movement, line: int = 0, document: str = "", plan: PlanRef | None = None
    ) -> Recorded:
        first = movements[0]
        return self.says(
            LineRecorded(
                document=document or f"CS-{self.name}",
                document_type="CS",
                line=line or self.head.sequence + 1,
                values={"item": first.goods.item, "quantity": first.quantity, "place": movements[-1].target},
                movements=movements,
                plan=plan,
            )
        )

    def receives(self, value: str, to: str = "A1", **rest: Any) -> Recorded:
        return self.moves(moved("SUP", "RCV", value), moved("RCV", to, value), **rest)

    def takes_back(self, entry: Recorded, line: int, *movements: Movement) -> Recorded:
        inverse = tuple(one.inverse() for one in reversed(movements))
        event = LineReversed(
            document=f"CS-{self.name}",
            document_type="CS",
            line=line,
            movements=inverse,
            quantity=movements[0].quantity,
        )
        return self.says(event, corrects=entry.envelope.event_id)

    def opens(self, document: str) -> Recorded:
        return self.says(DocumentOpened(document=document, document_type="CS", header={"partner": "SUP"}))

    def upload(
        self, first: int = 1, last: int | None = None, bodies: Sequence[bytes] | None = None
    ) -> Upload:
        sent = self.entries[first - 1 : last]
        header = UploadHeader(
            device=self.name,
            epoch=self.epoch,
            first_sequence=first,
            previous_digest=self.entries[first - 2].digest if first > 1 else GENESIS_DIGEST,
            events=len(sent),
            head=self.head,
            clock="synced",
            clock_time=START,
            pending=len(sent),
        )
        return Upload(header=header, bodies=tuple(bodies or [entry.body for entry in sent]))


class Plant:
    """A hub without threads of its own but the writer's; it books when `books` is called."""

    @classmethod
    def again(cls, url: str) -> Plant:
        """A hub on a database that has its reference data already."""
        return cls(url, is_new=False)

    def __init__(self, url: str, *, is_new: bool = True) -> None:
        self.engine = open_database(url)
        self.log = EventLog()
        self.clock = StillClock()
        self.told: list[tuple[str, int]] = []
        self.projector = Projector(self.engine, [P], booked=lambda *one: self.told.append(one))
        self.ingest = Ingest(
            self.engine,
            self.log,
            self.clock,
            appended=lambda _plant, _position: None,
            behind_s=lambda _plant: 0.0,
        )
        self.ingest.start()
        if is_new:
            with writing(self.engine) as connection:
                write_records(connection, self.log, P, reference_records())

    def kiosk(self, name: str, *, revoked: bool = False) -> Kiosk:
        station = Station(
            place=PlaceId("RCV"),
            names=Names(zh="收货门"),
            plant=P,
            warehouse="W",
            number_code=name[-2:],
            receiving=PlaceId("RCV"),
            quarantine=PlaceId("QUA"),
            lost_and_found=PlaceId("LF"),
        )
        device = Device(
            plant=P,
            device=name,
            key=b"k" * 32,
            number_code=name[-2:],
            station=station,
            epoch=1,
            revoked=revoked,
        )
        with writing(self.engine) as connection:
            enrol(connection, device, "2026-11-22T00:00:00.000000Z")
        return Kiosk(name=name)

    def device(self, name: str) -> Device:
        with reading(self.engine) as connection:
            found = device_of(connection, P, name)
        assert found
        return found

    def takes(self, kiosk: Kiosk, upload: Upload | None = None) -> Acknowledgement:
        return self.ingest.accept(self.device(kiosk.name), upload or kiosk.upload())

    def books(self, *, in_step: bool = False) -> int:
        """Book what waits; `in_step`: each batch while the one before is written."""
        book = self.projector.book_all if in_step else self.projector.book_waiting
        while book(P):
            pass
        return self.projector.position(P)

    def rows(self, table: Any, **where: Any) -> list[dict[str, Any]]:
        query = select(table).where(*(table.c[name] == value for name, value in where.items()))
        query = query.order_by(*table.primary_key.columns)
        with reading(self.engine) as connection:
            return [dict(row) for row in connection.execute(query).mappings()]

    def everything(self) -> dict[str, list[dict[str, Any]]]:
        return {table.name: self.rows(table) for table in (*PROJECTED, discrepancies, cursors)}

    def rebuilds(self) -> None:
        rebuild(self.engine, P)

    def balances(self) -> Mapping[tuple[str, str], int]:
        from hub.store.tables import balances

        found: dict[tuple[str, str], int] = {}
        for row in self.rows(balances):
            key = (row["place"], row["item"])
            found[key] = found.get(key, 0) + row["value"] // 10**6
        return {key: value for key, value in found.items() if value}

    def close(self) -> None:
        self.ingest.stop()
        self.engine.dispose()


def reference_records() -> list[Record]:
    records = [
        Record(kind="item", key=key, body=Item(id=ItemId(key), number=key, names=Names(), unit="KGM"))
        for key in ("I1", "I2")
    ]
    records += [
        Record(
            kind="place",
            key=code,
            body=Place(code=PlaceId(code), names=Names(), role=role, plant=P, warehouse="W"),
        )
        for code, role in ROLES.items()
    ]
    records.append(Record(kind="person", key="1007", body=Person(number="1007", names=Names(zh="王"))))
    lines = (PlanLine(line=1, item=ItemId("I1"), quantity=kg("100")),)
    plan = Plan(kind="purchase_order", number="PO1", partner=PlaceId("SUP"), lines=lines)
    return [*records, Record(kind="plan", key="PO1", body=plan)]


def shuffled(uploads: Sequence[tuple[Kiosk, Upload]], seed: int) -> list[tuple[Kiosk, Upload]]:
    """Mix several kiosks' uploads, each kiosk's own order kept."""
    queues: dict[str, list[tuple[Kiosk, Upload]]] = {}
    for one in uploads:
        queues.setdefault(one[0].name, []).append(one)
    order = [one[0].name for one in uploads]
    random.Random(seed).shuffle(order)
    return [queues[name].pop(0) for name in order]
