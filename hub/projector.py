"""The projector: books the ledger in position order, a batch at a time, and never stops at one bad event."""

import logging
import threading
from collections.abc import Callable, Mapping, Sequence

import msgspec
from sqlalchemy import Connection, Engine, delete, func, select, text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from hub.desk import Desk
from hub.store.bulk import RowsRefusedError, bulk_for
from hub.store.database import StoreBusyError, driver_error, reading, writing
from hub.store.event_log import EventLog, Stored, end_of, read_events
from hub.store.tables import AUDITED, PROJECTED, cursors, discrepancies, events

BATCH_EVENTS_MAX = 1_000
IDLE_S = 1.0
"""How often it looks for itself, should nobody wake it: another process may have appended."""
RETRY_S = 0.5
IDS_ASKED_MAX = 1_000
"""Event ids in one question to the database."""

_log = logging.getLogger(__name__)


_TWICE_SQLITE, _TWICE_POSTGRESQL = (
    text(
        f"SELECT event_id FROM events WHERE plant = :plant AND event_id {among} GROUP BY event_id HAVING count(*) > 1"  # noqa: S608 (our own words)
    )
    for among in ("IN (SELECT value FROM json_each(:ids))", "= ANY(:ids)")
)
"""Which of some event ids the ledger holds more than once; the ids go as one value, not as hundreds."""


class OutrunError(Exception):
    """Somebody else booked these events in the meantime."""


class Projector:
    """Keeps the projections of all plants up to date, in a thread of its own."""

    def __init__(
        self, engine: Engine, log: EventLog, plants: Sequence[str], *, booked: Callable[[str, int], None]
    ) -> None:
        """`booked(plant, position)` is called after each commit."""
        self._engine, self._log, self._plants, self._booked = engine, log, tuple(plants), booked
        self._desks = {plant: Desk(plant) for plant in plants}
        self._positions: dict[str, int] = {}
        self._ends: dict[str, int] = {}
        self._work_waits = threading.Event()
        self._moved = threading.Condition()
        self._is_stopping = False
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin to book."""
        self._thread = threading.Thread(target=self._work, name="projector", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End after the batch in hand."""
        self._is_stopping = True
        self._work_waits.set()
        if self._thread:
            self._thread.join()
            self._thread = None

    def wake(self, plant: str) -> None:
        """Say that something was appended."""
        self._work_waits.set()

    def position(self, plant: str) -> int:
        """Return through which position a plant is booked, as far as this process knows."""
        return self._positions.get(plant, 0)

    def wait_for(self, plant: str, position: int, timeout_s: float) -> bool:
        """Wait until a plant is booked through `position`; tells whether it is."""
        with self._moved:
            return self._moved.wait_for(lambda: self.position(plant) >= position, timeout_s)

    def book_waiting(self, plant: str) -> bool:
        """Book one batch of what waits; tells whether there was anything.

        Raises StoreBusyError when the database is locked or full: nothing of the batch is booked then.
        """
        desk = self._desks[plant]
        try:
            last = self._book_batch(plant, desk)
        except OutrunError:
            desk.forget()
            return True
        except BaseException:
            desk.forget()
            raise
        if last is None:
            return False
        self._positions[plant] = last
        self._log.forget(plant, last)
        with self._moved:
            self._moved.notify_all()
        self._booked(plant, last)
        return True

    def _work(self) -> None:
        while not self._is_stopping:
            self._work_waits.clear()
            worked = [self._try(plant) for plant in self._plants]
            if not any(worked):
                self._work_waits.wait(IDLE_S)

    def _try(self, plant: str) -> bool:
        try:
            return self.book_waiting(plant)
        except StoreBusyError as error:
            _log.warning("%s: booking waits: %s", plant, error)
        except Exception:  # noqa: BLE001 - the thread must live: what waits is stored, and is tried again
            _log.exception("%s: booking failed after position %d", plant, self.position(plant))
        self._work_waits.clear()
        self._work_waits.wait(RETRY_S)
        return False

    def _book_batch(self, plant: str, desk: Desk) -> int | None:
        with reading(self._engine) as connection:
            start = cursor_of(connection, plant)
            self._positions[plant] = start
            batch = self._log.read(plant, start, BATCH_EVENTS_MAX)
            if not batch:
                return None
            earlier = _earlier(connection, plant, batch)
            desk.begin(connection, batch)
            for stored in batch:
                desk.book(stored, earlier.get(stored.position))
        try:
            with writing(self._engine) as connection:
                _claim(connection, plant, start, batch[-1].position)
                desk.write(connection)
        except (SQLAlchemyError, RowsRefusedError) as error:
            _log.warning("%s: a batch after %d was refused, one by one now: %s", plant, start, error)
            desk.forget()
            self._book_one_by_one(plant, desk, start, batch, earlier)
        desk.settle()
        return batch[-1].position

    def _book_one_by_one(
        self, plant: str, desk: Desk, start: int, batch: Sequence[Stored], earlier: Mapping[int, Stored]
    ) -> None:
        """Book the same batch with a savepoint each, so that only the culprit is parked."""
        with writing(self._engine) as connection:
            _claim(connection, plant, start, batch[-1].position)
            desk.begin(connection)
            for stored in batch:
                try:
                    with connection.begin_nested():
                        desk.book(stored, earlier.get(stored.position))
                        desk.write(connection)
                except StoreBusyError:
                    raise
                except (SQLAlchemyError, RowsRefusedError) as error:
                    if isinstance(error, DBAPIError) and driver_error(error.orig):
                        raise  # a full disk or a lock passes: no event is parked for it
                    _log.warning("%s position %d cannot be written: %s", plant, stored.position, error)
                    desk.forget()
                    with connection.begin_nested():
                        desk.park_unwritable(stored, type(error).__name__)
                        desk.write(connection)
                desk.settle()


def rebuild(engine: Engine, log: EventLog, plant: str) -> int:
    """Drop a plant's projections and fold its ledger again; returns the position reached.

    Nothing else may book meanwhile: run it with the hub stopped.
    """
    with writing(engine) as connection:
        for table in (*PROJECTED, *AUDITED):
            connection.execute(delete(table).where(table.c.plant == plant))
        connection.execute(
            delete(discrepancies).where(discrepancies.c.plant == plant, discrepancies.c.is_projected)
        )
        connection.execute(delete(cursors).where(cursors.c.plant == plant))
    projector = Projector(engine, log, [plant], booked=lambda _plant, _position: None)
    while projector.book_waiting(plant):
        pass
    return projector.position(plant)


def cursor_of(connection: Connection, plant: str) -> int:
    """Return through which position a plant is booked."""
    return connection.execute(select(cursors.c.position).where(cursors.c.plant == plant)).scalar() or 0


def waiting_of(connection: Connection, plant: str) -> int:
    """Return how many events are stored and not booked yet."""
    return end_of(connection, plant) - cursor_of(connection, plant)


def _claim(connection: Connection, plant: str, start: int, end: int) -> None:
    """Move the cursor, unless another projector was quicker. Raises OutrunError then."""
    if connection.dialect.name == "postgresql":
        lock = text("SELECT pg_advisory_xact_lock(727271, hashtext(:plant))")
        connection.execute(lock, {"plant": plant})
    if cursor_of(connection, plant) != start:
        raise OutrunError
    bulk_for(connection).upsert(connection, cursors, [(plant, end)])


def _earlier(connection: Connection, plant: str, batch: Sequence[Stored]) -> Mapping[int, Stored]:
    """Return, for each entry whose event id was seen before, the first entry that bears it."""
    column = events.c
    named = [one.event_id for one in batch if one.event_id]
    first_of: dict[str, Stored] = {}
    is_postgresql = connection.dialect.name == "postgresql"
    for start in range(0, len(named), IDS_ASKED_MAX):
        ids = named[start : start + IDS_ASKED_MAX]
        given = {"plant": plant, "ids": ids if is_postgresql else msgspec.json.encode(ids).decode()}
        twice = connection.execute(_TWICE_POSTGRESQL if is_postgresql else _TWICE_SQLITE, given).scalars()
        for event_id in twice.all():
            where = (column.plant == plant, column.event_id == event_id)
            first = connection.execute(select(func.min(column.position)).where(*where)).scalar_one()
            first_of[event_id] = read_events(connection, plant, first - 1, 1)[0]
    return {
        one.position: first_of[one.event_id]
        for one in batch
        if one.event_id in first_of and first_of[one.event_id].position < one.position
    }
