"""A floor to tell longer stories with: real kiosks with a file each, and a real hub that can be away."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path

from flask import Flask
from msgspec.structs import replace
from sqlalchemy import select
from werkzeug.serving import make_server

from domain.barcodes.house import HouseType, house_body, house_code
from domain.document import document_types
from domain.events.documents import DocumentOpened, LineRecorded
from domain.override import TypeOverride
from domain.place import PlaceId, Station
from domain.plan import Plan
from domain.staff import Person
from domain.stock import Balance, Movement
from domain.wire import Acknowledgement, Changes, Snapshot, Upload, UploadHeader
from drivers.clock import Clock
from hub.allocations import Allocations
from hub.api import register as register_api
from hub.feed import changes, snapshot
from hub.hub import Hub, Subscribers
from hub.ingest import Ingest
from hub.keyring import open_keyring
from hub.projector import Projector
from hub.settings import HubSettings
from hub.store import tables
from hub.store.database import open_database, reading, writing
from hub.store.devices import Device, device_of, enrol
from hub.store.event_log import EventLog
from hub.store.reference import Record, write_records
from hub.web import register as register_web
from hub.web.board import Board
from hub.web.socket import make_socketio
from kiosk.hub_client import HubUnreachableError
from kiosk.hub_port import Connectivity
from kiosk.sync import Sync
from tests.hub.plant import Kiosk as Writer
from tests.hub.plant import StillClock
from tests.terminal import Terminal
from tests.world import ITEMS, PEOPLE, PLACES, STATION, badge_code

OPENING = PlaceId("OPENING")
PAGE_MAX = 5_000


class Floor:
    """The hub of one or more plants, and their kiosks."""

    def __init__(
        self,
        folder: Path,
        *,
        stock: Sequence[Balance] = (),
        plans: Iterable[Plan] = (),
        plants: Mapping[str, Sequence[Record]] | None = None,
        overrides: Mapping[str, TypeOverride] | None = None,
        url: str = "",
        clock: Clock | None = None,
        reference: Callable[[str], Sequence[Record]] | None = None,
    ) -> None:
        """`stock` lies in the first plant from the beginning; `plants`: what each knows more than its fellows.

        `url`: of the hub's database, where it is not to be a file in the folder. `clock`: the hub's. `reference`: what
        a plant knows in place of the small garment group.
        """
        self.folder = folder
        self.is_away = False
        self.kiosks: list[FloorKiosk] = []
        self._more = plants or {"P1": ()}
        self.plants = tuple(self._more)
        self.engine = open_database(url or f"sqlite:///{folder / 'hub.sqlite'}")
        self.log, self.clock = EventLog(), clock or StillClock()
        self.subscribers = Subscribers()
        self.projector = Projector(self.engine, [*self.plants], booked=self.subscribers.tell)
        self.ingest = Ingest(
            self.engine, self.log, self.clock, appended=lambda *_one: None, behind_s=lambda _plant: 0.0
        )
        self.ingest.start()
        for plant, more in self._more.items():
            with writing(self.engine) as connection:
                records = reference(plant) if reference else _reference(plant, plans, overrides or {})
                write_records(connection, self.log, plant, records)
                write_records(connection, self.log, plant, more)
        self.allocations = Allocations(self.engine, self.log, self.plants)
        self.allocations.introduce()
        if stock:
            self._opens_with(stock)

    def _opens_with(self, stock: Sequence[Balance]) -> None:
        """Opening stock, as the office takes it over from the old books."""
        office = Writer(name="OPENING-1")
        self._enrol(office.name, self.plants[0], STATION)
        for number, held in enumerate(stock, 1):
            values = {"item": str(held.goods.item), "quantity": held.quantity}
            movement = Movement(
                goods=held.goods,
                quantity=held.quantity,
                second=held.second,
                source=OPENING,
                target=held.place,
            )
            office.says(
                LineRecorded(
                    document="QC-1", document_type="QC", line=number, values=values, movements=(movement,)
                ),
                plant=self.plants[0],
                operator=PEOPLE[0].number,
            )
        self.ingest.accept(self._device(office.name, self.plants[0]), office.upload())
        self.books()

    def kiosk(
        self, name: str, *types: str, plant: str = "", number_code: str = "", warehouse: str = "RM"
    ) -> FloorKiosk:
        """Set up a kiosk of a warehouse (raw material, if not said) with these documents, as the hub knows them."""
        plant = plant or self.plants[0]
        station = replace(
            STATION,
            plant=plant,
            document_types=types,
            number_code=number_code or f"B{len(self.kiosks)}",
            warehouse=warehouse,
        )
        self._enrol(name, plant, station)
        with writing(self.engine) as connection:
            write_records(connection, self.log, plant, [Record(kind="station", key=name, body=station)])
        made = FloorKiosk(self.folder / name, self, plant=plant, device=name)
        self.kiosks.append(made)
        return made

    def _enrol(self, name: str, plant: str, station: Station) -> None:
        device = Device(
            plant=plant,
            device=name,
            key=key_of(name),
            number_code=station.number_code,
            station=station,
            epoch=1,
            revoked=False,
        )
        with writing(self.engine) as connection:
            enrol(connection, device, "2026-11-22T00:00:00.000000Z")

    def _device(self, name: str, plant: str) -> Device:
        with reading(self.engine) as connection:
            found = device_of(connection, plant, name)
        assert found is not None
        return found

    def line(self, name: str, plant: str) -> HubLine:
        """The wire between a kiosk and the hub."""
        return HubLine(self, self._device(name, plant))

    def books(self) -> None:
        """Book all that waits, and see that nothing was made or lost by it: every item sums to zero over all places."""
        for plant in self.plants:
            while self.projector.book_waiting(plant):
                pass
        self.allocations.carry()
        totals: dict[tuple[str, str, str], int] = {}
        with reading(self.engine) as connection:
            for row in connection.execute(select(tables.balances)):
                key = (row.plant, row.item, row.unit)
                totals[key] = totals.get(key, 0) + row.value
        assert not any(totals.values()), totals

    def office(self) -> Flask:
        """The hub's API and pages over the same books, for whoever comes by browser or by token."""
        return self._site()[0]

    def _site(self) -> tuple[Flask, Board]:
        hub = Hub(
            settings=HubSettings(data_folder=self.folder, plants=self.plants),
            keyring=open_keyring(self.folder),
            engine=self.engine,
            store=self.log,
            ingest=self.ingest,
            projector=self.projector,
            clock=self.clock,
            subscribers=self.subscribers,
        )
        app = Flask("floor", static_folder=None)
        register_api(app, hub)
        return app, register_web(app, make_socketio(app), hub)

    def syncs(self) -> None:
        """The hub is there: every kiosk sends what it has, and hears what the others did."""
        self.is_away = False
        for _ in range(2):
            for one in self.kiosks:
                one.syncs()
            self.books()
        for one in self.kiosks:
            one.syncs()
        assert self.troubles() == [], self.troubles()

    def troubles(self) -> list[tuple[str, str]]:
        """What the hub did not book plainly: state and code; and nothing for the opening stock's own document."""
        with reading(self.engine) as connection:
            rows = connection.execute(select(tables.dispositions)).all()
        return [(row.state, row.code) for row in rows if row.state != "booked"]

    def held(self, place: str, item: str = "", plant: str = "") -> Decimal:
        """How much lies at a place, as the hub has it."""
        column = tables.balances.c
        query = select(column.item, column.value).where(
            column.plant == (plant or self.plants[0]), column.place == place
        )
        with reading(self.engine) as connection:
            rows = connection.execute(query).all()
        return sum((Decimal(row.value) / 10**6 for row in rows if item in ("", row.item)), Decimal(0))

    def discrepancies(self, kind: str = "", plant: str = "") -> list[tuple[str, str]]:
        """The kinds and keys of what is open at the desk."""
        column = tables.discrepancies.c
        query = select(column.kind, column.key).where(
            column.plant == (plant or self.plants[0]), column.closed_at.is_(None)
        )
        with reading(self.engine) as connection:
            rows = connection.execute(query).all()
        return [(row.kind, row.key) for row in rows if kind in ("", row.kind)]

    @contextmanager
    def board(self) -> Generator[str]:
        """Serve the board and the pages of this hub; gives the address."""
        app, board = self._site()
        board.start()
        server = make_server("127.0.0.1", 0, app, threaded=True)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            server.server_close()
            board.stop()
            thread.join()

    def close(self) -> None:
        for one in self.kiosks:
            one.close()
        self.ingest.stop()
        self.engine.dispose()


def key_of(device: str) -> bytes:
    """Return the key of a kiosk: each has its own."""
    return device.encode().ljust(32, b"k")


class HubLine:
    """Fulfils `kiosk.hub_port.Hub` by calling the hub's own functions; it is cut while the hub is away."""

    def __init__(self, floor: Floor, device: Device) -> None:
        self._floor, self._device = floor, device

    def _reached(self) -> Floor:
        if self._floor.is_away:
            raise HubUnreachableError("no_answer", "the hub is away")
        return self._floor

    def upload(self, header: UploadHeader, bodies: list[bytes]) -> Acknowledgement:
        return self._reached().ingest.accept(self._device, Upload(header=header, bodies=tuple(bodies)))

    def changes(self, cursor: str, generation: int) -> Changes:
        floor = self._reached()
        return changes(floor.engine, self._device, cursor, PAGE_MAX, floor.clock.now())

    def snapshot(self) -> Snapshot:
        floor = self._reached()
        return snapshot(floor.engine, self._device, floor.clock.now())

    def close(self) -> None:
        pass


class FloorKiosk(Terminal):
    """A kiosk that knows only what its hub tells it; after each step all it did itself sums to zero."""

    def __init__(self, folder: Path, floor: Floor, *, plant: str, device: str) -> None:
        self._floor, self.key = floor, key_of(device)
        super().__init__(folder, plant=plant, device=device)

    def _new_id(self) -> str:
        self._ids += 1
        return f"{self.device.encode().hex():0>16.16}{self._ids:016x}"

    def _begin(self) -> None:
        self.syncs()
        super()._begin()

    def syncs(self) -> Connectivity:
        """Send and fetch once; returns how it stood with the hub."""
        sync = Sync(
            self.store,
            self._floor.line(self.device, self.plant),
            now=self.clock.now,
            monotonic_s=lambda: self.clock.monotonic_ms() / 1000,
            on_change=lambda _one: None,
            pause=lambda _rest_s: None,
        )
        sync.round()
        return sync.connectivity

    def step_done(self) -> None:
        rows = self.store.connection.rows(
            "SELECT item, unit, sum(value) FROM own_balance GROUP BY item, unit HAVING sum(value) <> 0"
        )
        assert rows == []

    def scans(self, *texts: str, device: str = "gun", apart_s: float = 1.0) -> None:
        super().scans(*texts, device=device, apart_s=apart_s)
        self.step_done()

    def touches(self, action: str, value: str = "", *, turn: int | None = None) -> None:
        super().touches(action, value, turn=turn)
        self.step_done()

    def picks(self, field: str, value: str) -> None:
        """A finger opens a field's list and takes one of it."""
        if self.screen.picker is None or self.screen.picker.field != field:
            self.touches("field", field)
        self.touches("pick", value)

    def enters(self, field: str, typed: str) -> None:
        """A finger opens a field and types into it."""
        self.touches("field", field)
        self.types(typed)

    def at(self, place: str, item: str = "") -> Decimal:
        """How much lies at a place, as this kiosk has it."""
        held = self.store.facts.balances(PlaceId(place))
        return sum((one.quantity.value for one in held if item in ("", one.goods.item)), Decimal(0))

    def asked(self) -> list[str]:
        """The codes of the question on screen."""
        return [one.code for one in self.screen.question.problems] if self.screen.question else []

    def number(self) -> str:
        """The number of the newest document here."""
        return self.events(DocumentOpened)[-1].document

    def takes_back(self, number: str, person: Person) -> str:
        """An entitled person takes a finished document back from the look-up; returns what the kiosk says to it."""
        self.scans(badge_code(person))
        self.touches("look_up")
        self.scans(document_code(number))
        self.touches("take_back")
        assert self.asked() == ["take_back"]
        self.touches("yes")
        said = self.says
        self.touches("home")
        return said


def document_code(number: str) -> str:
    """Return what the printed number of a document says to a scanner."""
    return house_code(HouseType.DOCUMENT, house_body(number))


def _reference(plant: str, plans: Iterable[Plan], overrides: Mapping[str, TypeOverride]) -> list[Record]:
    assert overrides.keys() <= document_types().keys()
    return [
        *(Record(kind="item", key=one.id, body=one) for one in ITEMS),
        *(
            Record(kind="place", key=one.code, body=replace(one, plant=plant))
            for one in PLACES
            if one.plant == STATION.plant
        ),
        *(Record(kind="person", key=one.number, body=one) for one in PEOPLE),
        *(Record(kind="plan", key=one.number, body=one) for one in plans),
        *(Record(kind="document_type", key=code, body=one) for code, one in overrides.items()),
    ]
