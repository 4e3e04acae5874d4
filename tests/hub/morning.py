"""A morning at goods-in, told by real events through the real hub: for the tests of API, pages and board."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from flask import Flask
from flask.testing import FlaskClient
from flask_socketio import SocketIO
from werkzeug.serving import make_server

from domain.event import Event
from domain.events.documents import DocumentCompleted, DocumentOpened, LineRecorded
from domain.events.labels import LabelReported, LabelRequested
from domain.events.terminal import DeviceChanged, KioskStarted, SignedOn
from domain.item import Item, ItemId
from domain.log import GENESIS_DIGEST, ClockQuality, Envelope, Head, Recorded, encode_fact, seal
from domain.names import Names
from domain.place import Place, PlaceId, PlaceRole, Station
from domain.plan import Plan, PlanLine, PlanRef
from domain.quantity import Quantity
from domain.staff import Person
from domain.stock import Goods, Movement
from domain.wire import Upload, UploadHeader
from drivers.clock import SystemClock
from hub.api import register as register_api
from hub.hub import Hub, Subscribers
from hub.ingest import Ingest
from hub.keyring import open_keyring
from hub.object import objects
from hub.projector import Projector
from hub.rights.secret import NOBODYS
from hub.rights.sessions import begin
from hub.rights.subjects import GRANT_RIGHT, SIGN_ON_RIGHT, subjects
from hub.settings import HubSettings
from hub.store.bulk import bulk_for
from hub.store.database import open_database, writing
from hub.store.devices import Device, enrol, revoke
from hub.store.event_log import EventLog
from hub.store.reference import Record, write_records
from hub.store.user_tables import credentials
from hub.store.values import instant_text
from hub.web import register as register_web
from hub.web.board import Board
from hub.web.guard import SESSION_COOKIE
from hub.web.socket import make_socketio

PLANT = "SZ1"
WAIT_S = 10


def place(code: str, zh: str, en: str, role: PlaceRole) -> Record:
    names = Names(zh=zh, en=en)
    return Record(
        kind="place",
        key=code,
        body=Place(code=PlaceId(code), names=names, role=role, plant=PLANT, barcode=""),
    )


def item(number: str, zh: str, en: str, unit: str) -> Record:
    body = Item(id=ItemId(number), number=number, names=Names(zh=zh, en=en), unit=unit, lot_managed=True)
    return Record(kind="item", key=number, body=body)


def person(number: str, zh: str, en: str, *rights: str) -> Record:
    body = Person(number=number, names=Names(zh=zh, en=en), badge=number, rights=rights)
    return Record(kind="person", key=number, body=body)


OFFICE_RIGHTS = (
    *(f"{name}.{act}" for name in objects() for act in subjects()[name]),
    GRANT_RIGHT,
    SIGN_ON_RIGHT,
)
"""Everything that can be done with master data, people's rights and sign-ons among them."""
REFERENCE = [
    place("RCV-1", "一号暂收区", "Receiving 1", PlaceRole.RECEIVING),
    place("QUA-1", "待处理区", "Quarantine", PlaceRole.QUARANTINE),
    place("Y-01-01", "纱库 1 排 1 位", "Yarn store, row 1 bay 1", PlaceRole.STORAGE),
    place("Y-01-02", "纱库 1 排 2 位", "Yarn store, row 1 bay 2", PlaceRole.STORAGE),
    place("F-02-03", "布库 2 排 3 位", "Fabric store, row 2 bay 3", PlaceRole.STORAGE),
    place("F-02-04", "布库 2 排 4 位", "Fabric store, row 2 bay 4", PlaceRole.STORAGE),
    place("T-01-01", "辅料库 1 排 1 位", "Trim store, row 1 bay 1", PlaceRole.STORAGE),
    place("LF", "盘盈盘亏", "Lost and found", PlaceRole.LOST_AND_FOUND),
    place("S-DAHUA", "大华纱厂", "Dahua Spinning", PlaceRole.SUPPLIER),
    place("S-XINYI", "新艺印染", "Xinyi Dyeing", PlaceRole.SUPPLIER),
    place("S-JINDA", "金达辅料", "Jinda Trims", PlaceRole.SUPPLIER),
    item("Y-32S-C", "精梳棉纱 32 支", "Combed cotton yarn 32s", "KGM"),
    item("F-PK-220", "珠地布 220 克", "Piqué fabric 220 g", "KGM"),
    item("T-BTN-18", "四眼纽扣 18L", "Four-hole button 18L", "C62"),
    person("1007", "王秀兰", "Wang Xiulan"),
    person("1012", "李建国", "Li Jianguo"),
    person("1020", "陈小芳", "Chen Xiaofang"),
    person("1050", "赵敏", "Zhao Min", "desk.settle", "desk.export", "board.export", *OFFICE_RIGHTS),
    Record(
        kind="plan",
        key="PO-4500123",
        body=Plan(
            kind="purchase_order",
            number="PO-4500123",
            partner=PlaceId("S-DAHUA"),
            lines=(PlanLine(line=1, item=ItemId("Y-32S-C"), quantity=Quantity.of(5000, "KGM")),),
        ),
    ),
]
DOORS = (
    ("K1", "一号收货门", "Door 1", "G1"),
    ("K2", "二号收货门", "Door 2", "G2"),
    ("K3", "辅料收货口", "Trims door", "G3"),
)


@dataclass(slots=True)
class Kiosk:
    """One kiosk's log, made as a kiosk would."""

    device: Device
    number_code: str
    head: Head = field(default_factory=Head)
    unsent: list[Recorded] = field(default_factory=list)
    operator: str = ""
    document: str = ""
    lines: int = 0

    def tells(
        self,
        event: Event,
        at: datetime | None = None,
        *,
        event_id: str = "",
        corrects: str = "",
        clock: ClockQuality = "unsure",
    ) -> Kiosk:
        envelope = Envelope(
            plant=PLANT,
            device=self.device.device,
            epoch=1,
            sequence=self.head.sequence + 1,
            event_id=event_id or uuid4().hex,
            corrects=corrects,
            previous_digest=self.head.digest,
            type=type(event).__name__,
            schema=type(event).schema,
            fact=encode_fact(event),
            event_time=at or datetime.now(UTC),
            operator=self.operator,
            document=self.document,
            software="0.1.0",
            clock=clock,
        )
        entry = seal(envelope)
        self.unsent.append(entry)
        self.head = entry.head
        return self

    def signs_on(self, who: str, at: datetime | None = None) -> Kiosk:
        self.operator = who
        return self.tells(KioskStarted(software="0.1.0"), at).tells(SignedOn(person=who), at)

    def opens(self, number: str, supplier: str, at: datetime | None = None, plan: str = "") -> Kiosk:
        self.document, self.lines = number, 0
        header: dict[str, Any] = {"partner": supplier} | ({"plan": plan} if plan else {})
        return self.tells(DocumentOpened(document=number, document_type="CS", header=header), at)

    def receives(  # noqa: PLR0917 - a line reads like a scan: what, lot, how much, whereto
        self,
        what: str,
        lot: str,
        amount: str,
        unit: str,
        to: str,
        supplier: str,
        at: datetime | None = None,
        *,
        plan: PlanRef | None = None,
    ) -> Kiosk:
        self.lines += 1
        goods, quantity = Goods(item=ItemId(what), lot=lot), Quantity.of(amount, unit)
        moved = (
            Movement(goods=goods, quantity=quantity, source=PlaceId(supplier), target=PlaceId("RCV-1")),
            Movement(goods=goods, quantity=quantity, source=PlaceId("RCV-1"), target=PlaceId(to)),
        )
        values = {"item": what, "lot": lot, "quantity": quantity, "place": to}
        return self.tells(
            LineRecorded(
                document=self.document,
                document_type="CS",
                line=self.lines,
                values=values,
                movements=moved,
                plan=plan,
            ),
            at,
        )

    def takes_away(self, what: str, lot: str, amount: str, unit: str, place_code: str) -> Kiosk:
        """Move goods the books do not have: a shortage."""
        goods = Goods(item=ItemId(what), lot=lot)
        moved = Movement(
            goods=goods,
            quantity=Quantity.of(amount, unit),
            source=PlaceId(place_code),
            target=PlaceId("T-01-01"),
        )
        number = f"YW20261122-{self.number_code}-0001"
        return self.tells(
            LineRecorded(
                document=number, document_type="YW", line=1, values={"item": what}, movements=(moved,)
            )
        )

    def closes(self, at: datetime | None = None) -> Kiosk:
        done = DocumentCompleted(
            document=self.document, document_type="CS", outcome="closed", lines=self.lines
        )
        self.tells(done, at)
        self.document = ""
        return self


@dataclass(slots=True)
class Plant:
    """A hub that runs, and its kiosks."""

    hub: Hub
    projector: Projector
    app: Flask
    socketio: SocketIO
    board: Board
    kiosks: dict[str, Kiosk]

    def upload(self, kiosk: Kiosk, *, waits: bool = True) -> int:
        """Send what the kiosk has; wait until it is booked. Returns the position."""
        first, *_ = kiosk.unsent
        previous = first.envelope.previous_digest
        header = UploadHeader(
            device=kiosk.device.device,
            epoch=1,
            first_sequence=first.envelope.sequence,
            previous_digest=previous if first.envelope.sequence > 1 else GENESIS_DIGEST,
            events=len(kiosk.unsent),
            head=kiosk.head,
            clock="synced",
            clock_time=datetime.now(UTC),
        )
        bodies = tuple(entry.body for entry in kiosk.unsent)
        answer = self.hub.ingest.accept(kiosk.device, Upload(header=header, bodies=bodies))
        assert answer.accepted == kiosk.head
        kiosk.unsent.clear()
        if waits:
            assert self.projector.wait_for(PLANT, answer.position, WAIT_S)
        return answer.position


@contextmanager
def running_hub(folder: Path, **settings: Any) -> Iterator[Plant]:
    """Build a hub with its API, pages and board, without a server."""
    hub_settings = HubSettings(data_folder=folder, plants=(PLANT,), **settings)
    folder.mkdir(parents=True, exist_ok=True)
    engine = open_database(hub_settings.database_url)
    log, clock, subscribers = EventLog(), SystemClock(), Subscribers()
    projector = Projector(engine, hub_settings.plants, booked=subscribers.tell)
    ingest = Ingest(
        engine,
        log,
        clock,
        appended=lambda plant, _position: projector.wake(plant),
        behind_s=lambda _plant: 0.0,
    )
    hub = Hub(
        settings=hub_settings,
        keyring=open_keyring(folder),
        engine=engine,
        store=log,
        ingest=ingest,
        projector=projector,
        clock=clock,
        subscribers=subscribers,
    )
    app = Flask("noac-test", static_folder=None)
    socketio = make_socketio(app)
    register_api(app, hub)
    board = register_web(app, socketio, hub)
    kiosks = _enrol(hub)
    ingest.start()
    projector.start()
    board.start()
    try:
        yield Plant(hub=hub, projector=projector, app=app, socketio=socketio, board=board, kiosks=kiosks)
    finally:
        board.stop()
        ingest.stop()
        projector.stop()
        engine.dispose()


def sign_on(plant: Plant, number: str = "1050", *, must_change: bool = False) -> str:
    """Let somebody be signed on, as after the sign-on page; returns the secret of the browser's cookie."""
    now = datetime.now(UTC)
    with writing(plant.hub.engine) as connection:
        row = (PLANT, number, NOBODYS, must_change, instant_text(now), "")
        bulk_for(connection).upsert(connection, credentials, [row])
        return begin(connection, PLANT, number, now, address="127.0.0.1", browser="test")


def signed_on(plant: Plant, number: str = "1050") -> FlaskClient:
    """A browser in which somebody is signed on."""
    client = plant.app.test_client()
    client.set_cookie(SESSION_COOKIE, sign_on(plant, number))
    return client


def _enrol(hub: Hub) -> dict[str, Kiosk]:
    kiosks: dict[str, Kiosk] = {}
    with writing(hub.engine) as connection:
        hub.store.lock(connection, PLANT)
        write_records(connection, hub.store, PLANT, REFERENCE)
        for name, zh, en, code in DOORS:
            station = Station(
                place=PlaceId("RCV-1"),
                names=Names(zh=zh, en=en),
                plant=PLANT,
                warehouse="W1",
                number_code=code,
                receiving=PlaceId("RCV-1"),
                quarantine=PlaceId("QUA-1"),
                lost_and_found=PlaceId("LF"),
            )
            device = Device(
                plant=PLANT,
                device=name,
                key=b"k" * 32,
                number_code=code,
                station=station,
                epoch=1,
                revoked=False,
            )
            enrol(connection, device, "2026-11-22T00:00:00.000000Z")
            kiosks[name] = Kiosk(device=device, number_code=code)
    return kiosks


def play(plant: Plant) -> None:
    """Let a whole morning happen: three doors, two suppliers, a shortage, a label that did not print."""
    now = datetime.now(UTC)
    one, two, three = (plant.kiosks[name] for name in ("K1", "K2", "K3"))
    one.signs_on("1007").opens("CS20261122-G1-0001", "S-DAHUA", plan="PO-4500123")
    counts = (3, 7, 11, 9, 14, 6, 2)
    for back, count in reversed([*enumerate(reversed(counts))]):
        at = now - timedelta(hours=back)
        for number in range(count):
            lot, to = f"DY26-{back}{number:02d}", ("Y-01-01", "Y-01-02")[number % 2]
            one.receives("Y-32S-C", lot, "118.5", "KGM", to, "S-DAHUA", at - timedelta(seconds=30 - number))
    two.signs_on("1012").opens("CS20261122-G2-0001", "S-XINYI")
    for number in range(9):
        two.receives(
            "F-PK-220", "86-0412", f"{22 + number}.4", "KGM", ("F-02-03", "F-02-04")[number % 2], "S-XINYI"
        )
    three.signs_on("1020").opens("CS20261122-G3-0001", "S-JINDA")
    three.receives("T-BTN-18", "", "14400", "C62", "T-01-01", "S-JINDA")
    three.tells(LabelRequested(job="J1", template="roll", data={}, document=three.document, printer="P3"))
    three.tells(LabelReported(job="J1", state="failed", detail="paper_out"))
    three.takes_away("Y-32S-C", "X-9", "40", "KGM", "QUA-1")
    three.receives("U-UNKNOWN", "", "12", "C62", "T-01-01", "S-JINDA")
    three.tells(DeviceChanged(device="P3", kind="printer", state="paper_out"))
    for kiosk in (one, two, three):
        plant.upload(kiosk)


@contextmanager
def served(plant: Plant, port: int = 0) -> Iterator[str]:
    """Serve a plant's app; gives its address."""
    with serving(plant.app, port) as address:
        yield address


@contextmanager
def serving(app: Flask, port: int = 0) -> Iterator[str]:
    """Serve an app on a free loopback port; gives its address."""
    server = make_server("127.0.0.1", port, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join(WAIT_S)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until(claim: Any, timeout_s: float = WAIT_S) -> bool:
    """Wait until a claim holds."""
    end = time.monotonic() + timeout_s
    while time.monotonic() < end:
        if claim():
            return True
        time.sleep(0.02)
    return bool(claim())


def stop_kiosk(plant: Plant, name: str) -> None:
    with writing(plant.hub.engine) as connection:
        revoke(connection, PLANT, name)
