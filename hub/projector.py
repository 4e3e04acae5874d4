"""The projector: books the ledger in position order, a batch at a time, and never stops at one bad event."""

import logging
import threading
from collections.abc import Callable, Generator, Mapping, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, select, text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from hub.desk import Desk
from hub.repeats import earlier_than, repeated_in
from hub.store.bulk import RowsRefusedError, Write, bulk_for
from hub.store.database import StoreBusyError, driver_error, reading, writing
from hub.store.event_log import Stored, end_of, read_events
from hub.store.tables import cursors

BATCH_EVENTS_MAX = 1_000
"""Small enough that the board follows closely; each batch is one transaction."""
IDLE_S = 1.0
"""How often it looks for itself, should nobody wake it: another process may have appended."""
RETRY_S = 0.5

_log = logging.getLogger(__name__)


class OutrunError(Exception):
    """Somebody else booked these events in the meantime."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Batch:
    """Entries to be booked together, after the position `start`.

    `earlier` holds, by position, the first entry with the same event id, where there is one before it.
    """

    start: int
    entries: Sequence[Stored]
    earlier: Mapping[int, Stored]

    @property
    def end(self) -> int:
        return self.entries[-1].position


class Projector:
    """Keeps the projections of all plants up to date, in a thread of its own."""

    def __init__(
        self,
        engine: Engine,
        plants: Sequence[str],
        *,
        booked: Callable[[str, int], None],
        batch_max: int = BATCH_EVENTS_MAX,
    ) -> None:
        """`booked(plant, position)` is called after each commit; `batch_max` events are booked in one at most."""
        self._batch_max = batch_max
        self._engine, self._plants, self._booked = engine, tuple(plants), booked
        self._desks = {plant: Desk(plant) for plant in plants}
        self._positions: dict[str, int] = {}
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

    def warm_up(self, plant: str) -> int:
        """Read what the first batch would wait for; return through which position the plant is booked."""
        with reading(self._engine) as connection:
            self._desks[plant].known.refresh(connection)
            return self._begin(connection, plant)

    def book_waiting(self, plant: str) -> bool:
        """Book one batch of what waits, in this thread; tells whether there was anything.

        Raises StoreBusyError when the database is locked or full: nothing of the batch is booked then.
        """
        desk = self._desks[plant]
        with self._forgetting(desk), suppress(OutrunError):
            with reading(self._engine) as connection:
                batch = self._fold(connection, desk, self._begin(connection, plant))
            if batch:
                writes = desk.take()
                self._settle(desk, batch, lambda: self._write(plant, batch, writes))
            return batch is not None
        return True

    def book_all(self, plant: str) -> bool:
        """Book all that waits, folding a batch while the one before is written; tells whether there was anything.

        Raises as `book_waiting` does.
        """
        desk = self._desks[plant]
        with self._forgetting(desk), suppress(OutrunError), ThreadPoolExecutor(1, "booking") as writer:
            return self._book_in_step(desk, writer)
        return True

    def _book_in_step(self, desk: Desk, writer: Executor) -> bool:
        plant, before, writes, worked = desk.plant, None, list[Write](), False
        while True:
            with reading(self._engine) as connection:
                start = self._begin(connection, plant)
                # The moment this connection sees is fixed now: what is written from here on does not show in it.
                written = writer.submit(self._write, plant, before, writes) if before else None
                batch = self._fold(connection, desk, before.end if before else start)
            if before and written and not self._settle(desk, before, written.result):
                batch = None  # it was folded on what came to nothing
                before = None
                continue
            if batch is None or (self._is_stopping and before):
                return worked
            before, writes, worked = batch, desk.take(), True

    @contextmanager
    def _forgetting(self, desk: Desk) -> Generator[None]:
        """Whatever goes wrong, the database alone says afterwards how things are."""
        try:
            yield
        except BaseException:
            desk.forget()
            raise

    def _work(self) -> None:
        while not self._is_stopping:
            self._work_waits.clear()
            worked = [self._try(plant) for plant in self._plants]
            if not any(worked):
                self._work_waits.wait(IDLE_S)

    def _try(self, plant: str) -> bool:
        try:
            return self.book_all(plant)
        except StoreBusyError as error:
            _log.warning("%s: booking waits: %s", plant, error)
        except Exception:  # noqa: BLE001 - the thread must live: what waits is stored, and is tried again
            _log.exception("%s: booking failed after position %d", plant, self.position(plant))
        self._work_waits.clear()
        self._work_waits.wait(RETRY_S)
        return False

    def _begin(self, connection: Connection, plant: str) -> int:
        """Return through which position a plant is booked, and remember it."""
        position = self._positions[plant] = cursor_of(connection, plant)
        return position

    def _fold(self, connection: Connection, desk: Desk, start: int) -> _Batch | None:
        """Fold the entries after a position, as many as one transaction may write; None if there are none."""
        entries = read_events(connection, desk.plant, start, self._batch_max)
        if not entries:
            return None
        repeated = repeated_in(connection, desk.plant, entries)
        earlier = earlier_than(connection, desk.plant, entries, repeated)
        batch = _Batch(start=start, entries=entries, earlier=earlier)
        desk.begin(connection)
        desk.foresee(entries)
        for stored in entries:
            desk.book(stored, batch.earlier.get(stored.position))
        return batch

    def _write(self, plant: str, batch: _Batch, writes: Sequence[Write]) -> None:
        with writing(self._engine) as connection:
            _claim_from(connection, plant, batch)
            for write in writes:
                write.to(connection)

    def _settle(self, desk: Desk, batch: _Batch, written: Callable[[], None]) -> bool:
        """See a batch through to its commit; tells whether it was booked as it was folded."""
        is_as_folded = True
        try:
            written()
        except (SQLAlchemyError, RowsRefusedError) as error:
            _log.warning("%s: a batch after %d was refused, in parts now: %s", desk.plant, batch.start, error)
            desk.forget()
            self._book_in_parts(desk, batch)
            is_as_folded = False
        desk.settle()
        self._positions[desk.plant] = batch.end
        with self._moved:
            self._moved.notify_all()
        self._booked(desk.plant, batch.end)
        return is_as_folded

    def _book_in_parts(self, desk: Desk, batch: _Batch) -> None:
        """Book the same batch in one transaction, but let what the database refuses spoil no more than itself."""
        with writing(self._engine) as connection:
            _claim_from(connection, desk.plant, batch)
            self._book_part(connection, desk, batch, batch.entries)

    def _book_part(
        self, connection: Connection, desk: Desk, batch: _Batch, entries: Sequence[Stored]
    ) -> None:
        """Book a part behind a savepoint; if it is refused, each half of it, until the culprit stands alone.

        So a thousand neighbours wait for about two batches' work, and not for a thousand savepoints.
        """
        try:
            with connection.begin_nested():
                desk.begin(connection)
                desk.foresee(entries)
                for stored in entries:
                    desk.book(stored, batch.earlier.get(stored.position))
                _write_all(connection, desk)
        except StoreBusyError:
            raise
        except (SQLAlchemyError, RowsRefusedError) as error:
            if isinstance(error, DBAPIError) and driver_error(error.orig):
                raise  # a full disk or a lock passes: no event is parked for it
            desk.forget()
            middle = len(entries) // 2
            if middle:
                self._book_part(connection, desk, batch, entries[:middle])
                self._book_part(connection, desk, batch, entries[middle:])
                return
            [culprit] = entries
            _log.warning("%s position %d cannot be written: %s", desk.plant, culprit.position, error)
            with connection.begin_nested():
                desk.begin(connection)
                desk.park_unwritable(culprit, type(error).__name__)
                _write_all(connection, desk)
        desk.settle()


def cursor_of(connection: Connection, plant: str) -> int:
    """Return through which position a plant is booked."""
    return connection.execute(select(cursors.c.position).where(cursors.c.plant == plant)).scalar() or 0


def waiting_of(connection: Connection, plant: str) -> int:
    """Return how many events are stored and not booked yet."""
    return end_of(connection, plant) - cursor_of(connection, plant)


def _write_all(connection: Connection, desk: Desk) -> None:
    for write in desk.take():
        write.to(connection)


def claim(connection: Connection, plant: str) -> int:
    """Keep every other projector of a plant out until the transaction ends; return through where it is booked."""
    if connection.dialect.name == "postgresql":
        lock = text("SELECT pg_advisory_xact_lock(727271, hashtext(:plant))")
        connection.execute(lock, {"plant": plant})
    return cursor_of(connection, plant)


def move_cursor(connection: Connection, plant: str, position: int) -> None:
    """Say through where a plant is booked."""
    bulk_for(connection).upsert(connection, cursors, [(plant, position)])


def _claim_from(connection: Connection, plant: str, batch: _Batch) -> None:
    """Move the cursor over a batch, unless another projector was quicker. Raises OutrunError then."""
    if claim(connection, plant) != batch.start:
        raise OutrunError
    move_cursor(connection, plant, batch.end)
