"""The group itself: one hub with three plants, a kiosk or two at each warehouse, and what the kiosks said."""

from __future__ import annotations

import csv
import io
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from string import ascii_uppercase

from sqlalchemy import text

from domain.event import Event
from domain.events.documents import DocumentApproved, DocumentJoined, DocumentUnapproved, LineRecorded
from domain.place import PlaceRole
from domain.stock import Balance, Movement
from hub.calendar import keep_calendar
from hub.office import Hand, Office
from hub.registers import Registrar
from hub.rights.secret import NOBODYS
from hub.rights.sessions import begin
from hub.store.bulk import bulk_for
from hub.store.database import reading, writing
from hub.store.reference import Record, write_records
from hub.store.user_tables import credentials
from hub.store.values import instant_text
from hub.web.guard import SESSION_COOKIE
from kiosk.store.log import Fact
from tests.floor import Floor
from tests.hub.plant import Kiosk as Writer
from tests.month.job import jobs
from tests.month.kiosk import Kiosk, NotZeroError
from tests.month.sizes import Sizes
from tests.month.things import PLANTS, Things, Warehouse, account
from tests.terminal import VirtualClock

ZONE = "Asia/Shanghai"
OPENING_DAY = datetime(2026, 9, 30, 1, 0, tzinfo=UTC)
FIRST_DAY = datetime(2026, 10, 1, 0, 0, tzinfo=UTC)
DOORS = {Warehouse.RAW: 2, Warehouse.TRIMS: 1, Warehouse.FINISHED: 2, Warehouse.RETURNED: 1}
"""Kiosks at each warehouse."""
OPENING_TYPE = "QC"
SENT_AT_ONCE = 200
Row = Mapping[str, str]
Goods = tuple[str, str, str, str, str, str, str]
"""Place, item, lot, handling unit, grade, owner, unit."""


class Group(Floor):
    """The hub of all plants, and their kiosks."""

    def __init__(self, folder: Path, sizes: Sizes, *, kiosks: Path, url: str = "") -> None:
        """`kiosks`: where their files lie."""
        self.sizes, self.things = sizes, Things(sizes)
        self.time = VirtualClock(OPENING_DAY)
        self.moved: dict[str, dict[Goods, Decimal]] = {plant: defaultdict(Decimal) for plant in PLANTS}
        self.decisions: dict[str, DocumentApproved | DocumentUnapproved] = {}
        self.shared: set[str] = set()
        self.said: Counter[str] = Counter()
        self.lines: Counter[str] = Counter()
        super().__init__(
            folder,
            plants=dict.fromkeys(PLANTS, ()),
            url=url,
            clock=self.time,
            reference=self.things.reference,
        )
        keep_calendar(self.engine, self.log, PLANTS, ZONE)
        self.registrar = Registrar(self.engine, PLANTS)
        self.app = self.office()
        for plant in PLANTS:
            self._takes_over(plant)
        self.counters: list[Kiosk] = []
        self._set_up(kiosks)

    # the beginning

    def _takes_over(self, plant: str) -> None:
        """The old books' stock comes in, at the end of the month before."""
        name, opening = f"{plant}-QC", account(PlaceRole.OPENING)
        self._enrol(name, plant, self.things.station(plant, Warehouse.RAW, f"{plant[-1]}0", ()))
        office = Writer(name=name)
        for number, held in enumerate(self.things.opening(plant), 1):
            self._opens(office, plant, number, held, opening)
        for first in range(1, len(office.entries) + 1, SENT_AT_ONCE):
            part = office.upload(first, first + SENT_AT_ONCE - 1)
            self.ingest.accept(self._device(name, plant), part)
        self.books()

    def _opens(self, office: Writer, plant: str, number: int, held: Balance, opening: str) -> None:
        movement = Movement(
            goods=held.goods,
            quantity=held.quantity,
            second=held.second,
            source=type(held.place)(opening),
            target=held.place,
        )
        line = LineRecorded(
            document=f"{OPENING_TYPE}-{plant}",
            document_type=OPENING_TYPE,
            line=number,
            values={"item": str(held.goods.item), "quantity": held.quantity},
            movements=(movement,),
        )
        person = self.things.people(plant)[0].number
        office.says(line, plant=plant, operator=person, event_time=OPENING_DAY, clock="synced")
        self._moves(plant, movement)

    def _set_up(self, folder: Path) -> None:
        """A kiosk or two at each warehouse, each with the documents that are written there."""
        for plant in PLANTS:
            letters = iter(ascii_uppercase)
            for warehouse, doors in DOORS.items():
                types = [code for code, job in jobs().items() if warehouse in job.warehouses]
                for door in range(1, doors + 1):
                    device, code = f"{plant}-{warehouse}-{door}", f"{plant[-1]}{next(letters)}"
                    station = self.things.station(plant, warehouse, code, types)
                    self._enrol(device, plant, station)
                    with writing(self.engine) as connection:
                        record = Record(kind="station", key=device, body=station)
                        write_records(connection, self.log, plant, [record])
                    self.counters.append(
                        Kiosk(folder / device, self, plant=plant, device=device, warehouse=warehouse)
                    )

    # what happens

    def hears(self, kiosk: Kiosk, facts: Sequence[Fact]) -> None:
        """Keep what a kiosk wrote down, by itself: nothing of the hub's has a hand in these sums."""
        for fact in facts:
            event: Event = fact.event
            self.said[type(event).__name__] += 1
            if isinstance(event, LineRecorded):
                self.lines[event.document_type] += 1
            if isinstance(event, DocumentApproved | DocumentUnapproved):
                self.decisions[fact.event_id] = event
            if isinstance(event, DocumentJoined):
                self.shared.add(event.document)
            for movement in getattr(event, "movements", ()):
                self._moves(kiosk.plant, movement)

    def never_was(self, plant: str, event_id: str) -> None:
        """Take out what was decided apart and came second: nobody else's goods moved with it."""
        decided = self.decisions.pop(event_id, None)
        for movement in decided.movements if decided else ():
            self._moves(plant, movement.inverse())

    def is_taken_back_apart(self, event_id: str) -> bool:
        """Tell whether this took back a document that two kiosks worked on, neither knowing all of it."""
        decided = self.decisions.get(event_id)
        return isinstance(decided, DocumentUnapproved) and decided.document in self.shared

    def _moves(self, plant: str, movement: Movement) -> None:
        goods, quantity = movement.goods, movement.quantity
        for place, value in ((movement.source, -quantity.value), (movement.target, quantity.value)):
            key = (
                place,
                goods.item,
                goods.lot,
                goods.handling_unit,
                goods.grade,
                goods.owner,
                quantity.unit,
            )
            self.moved[plant][key] += value

    def goes_to(self, moment: datetime) -> None:
        """Time passes, and never backwards."""
        self.time.advance(max(0.0, (moment - self.time.now()).total_seconds()))

    def books(self) -> None:
        """Book all that waits; every item sums to zero over all places of each plant."""
        for plant in self.plants:
            while self.projector.book_waiting(plant):
                pass
        self.allocations.carry()
        asked = (
            "SELECT plant, item, unit, second_unit FROM balances GROUP BY plant, item, unit, second_unit "
            "HAVING sum(value) <> 0 OR sum(second) <> 0"
        )
        with reading(self.engine) as connection:
            left = connection.execute(text(asked)).all()
        if left:
            raise NotZeroError(str(left))

    def everybody_syncs(self, *, rounds: int = 1) -> None:
        """Whoever is plugged in sends and fetches."""
        for _ in range(rounds):
            for one in self.counters:
                one.syncs()
            self.books()

    def registers(self) -> None:
        """The month's registers are brought up to date."""
        for plant in self.plants:
            while self.registrar.round(plant):
                pass

    def closes_month(self, plant: str, period: str) -> None:
        """The chief accountant closes a month, from the office."""
        person = self.things.people(plant)[0].number
        office = Office(self.engine, self.ingest, _BooksAtOnce(self), self.clock)
        assert office.close_month(plant, Hand(person=person), period)

    # what is asked

    def file_of(self, plant: str, name: str, **asked: str) -> list[Row]:
        """Return a report as a bookkeeper gets it: the CSV file, in English."""
        person, now = self.things.people(plant)[0].number, self.clock.now()
        with writing(self.engine) as connection:
            row = (plant, person, NOBODYS, False, instant_text(now), "")
            bulk_for(connection).upsert(connection, credentials, [row])
            secret = begin(connection, plant, person, now, address="127.0.0.1", browser="month")
        client = self.app.test_client()
        client.set_cookie(SESSION_COOKIE, secret)
        answer = client.get(f"/reports/{name}.csv", query_string={"plant": plant, "lang": "en", **asked})
        assert answer.status_code == 200, (answer.status, answer.get_data(as_text=True)[:400])
        return list(csv.DictReader(io.StringIO(answer.get_data().decode("utf-8-sig"))))

    def close(self) -> None:
        for one in self.counters:
            one.close()
        super().close()


class _BooksAtOnce:
    """Stands where the hub's booking process is: whoever asks how far it is, lets it book first."""

    def __init__(self, group: Group) -> None:
        self._group = group

    def position(self, plant: str) -> int:
        self._group.books()
        return self._group.projector.position(plant)


def working_days(sizes: Sizes) -> Iterator[datetime]:
    """Yield the days of the month on which people work, at the hour they begin."""
    for number in range(sizes.days):
        yield FIRST_DAY + timedelta(days=number * 30 // sizes.days)
