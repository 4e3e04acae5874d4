"""A plant's projections folded again from its whole ledger: in memory, written in bulk, and seen by others only whole.

It is booking as ever, event by event at the same desk, but for three things: the tables begin empty, so what is not in
memory is nowhere and need not be looked for; what was folded is written a span at a time, while the next is folded; and
all of it is one transaction, so that whoever reads meanwhile sees the old rows, and so does everybody after a crash.
"""

import gc
import logging
import sys
from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor, wait
from contextlib import closing, contextmanager

from sqlalchemy import Connection, Engine, delete
from sqlalchemy.exc import SQLAlchemyError

from hub.booking import GARBAGE_OBJECTS, SWITCH_INTERVAL_S
from hub.desk import Desk
from hub.projector import Projector, claim, cursor_of, move_cursor
from hub.repeats import all_repeated, earlier_than
from hub.store.bulk import RowsRefusedError, Write
from hub.store.database import reading, writing
from hub.store.event_log import EventRow, open_rows, read_rows
from hub.store.refill import empty, indexes_at_the_end, without_time_limit
from hub.store.tables import AUDITED, PROJECTED, REGISTERED, cursors, discrepancies

SLICE_EVENTS_MAX = 1_000
"""Events read at once: what they say fits into the processor's own memory until it is folded."""
SPAN_ROWS_MAX = 50_000
"""Rows folded before they are written: so much is in memory twice, whatever the length of the ledger."""
BATCH_EVENTS_MAX = 4_000
"""Where it has to go batch by batch, nobody waits for one: fewer transactions write fewer pages twice."""

_log = logging.getLogger(__name__)


def rebuild(engine: Engine, plant: str) -> int:
    """Drop a plant's projections and fold its ledger again; returns the position reached.

    Nothing else may book meanwhile: run it with the hub stopped. Raises StoreBusyError when the database is locked or
    full; the old projections stand then.
    """
    with _two_at_work():
        try:
            return _in_one(engine, plant)
        except (SQLAlchemyError, RowsRefusedError) as error:
            _log.warning("%s: a row was refused; folding again batch by batch: %s", plant, error)
        with writing(engine) as connection:
            without_time_limit(connection)
            _empty(connection, plant)
        return _batch_by_batch(engine, plant)


def catch_up(engine: Engine, plant: str) -> int:
    """Book everything that waits, with nobody served meanwhile; returns the position reached."""
    with reading(engine) as connection:
        is_begun = cursor_of(connection, plant) > 0
    return _batch_by_batch(engine, plant) if is_begun else rebuild(engine, plant)


def _in_one(engine: Engine, plant: str) -> int:
    """Do it in one transaction. Raises SQLAlchemyError or RowsRefusedError where the database refuses a row."""
    with writing(engine) as tables, reading(engine) as ledger, ThreadPoolExecutor(2, "rebuild") as others:
        for connection in (tables, ledger):
            without_time_limit(connection)
        claim(tables, plant)
        with (
            closing(_slices(engine, plant, others)) as slices,
            indexes_at_the_end(tables, PROJECTED, plant),
        ):
            _empty(tables, plant)
            position = _Fold(plant, tables, others).fold(ledger, slices)
        if position:
            move_cursor(tables, plant, position)
    return position


def _batch_by_batch(engine: Engine, plant: str) -> int:
    """Do it as events are booked that come in: there a row that is refused parks its event, and no other."""
    projector = Projector(engine, [plant], booked=lambda _plant, _position: None, batch_max=BATCH_EVENTS_MAX)
    while projector.book_all(plant):
        pass
    return projector.position(plant)


def _empty(connection: Connection, plant: str) -> None:
    empty(connection, (*PROJECTED, *AUDITED, *REGISTERED, cursors), plant)
    is_projected = (discrepancies.c.plant == plant) & discrepancies.c.is_projected
    connection.execute(delete(discrepancies).where(is_projected))


class _Fold:
    """Folds slices of the ledger into empty tables."""

    def __init__(self, plant: str, tables: Connection, writer: Executor) -> None:
        self._plant, self._connection, self._writer = plant, tables, writer
        self._desk = Desk(plant)
        self._desk.begin_afresh()
        self._writing: Future[None] | None = None

    def fold(self, ledger: Connection, slices: Iterator[Sequence[EventRow]]) -> int:
        """Fold them all; return the last position."""
        desk, position = self._desk, 0
        repeated = all_repeated(ledger, self._plant)
        desk.begin(ledger, self._tables)
        for rows in slices:
            entries = list(open_rows(rows))
            earlier = earlier_than(ledger, self._plant, entries, repeated)
            desk.foresee(entries)
            for stored in entries:
                desk.book(stored, earlier.get(stored.position))
            position = entries[-1].position
            if desk.held > SPAN_ROWS_MAX:
                self._hand_over()
                desk.begin(ledger, self._tables)
        self._hand_over()
        self._tables()
        return position

    def _tables(self) -> Connection:
        """Return the connection to the tables, once everything that was handed over stands in them."""
        if self._writing:
            written, self._writing = self._writing, None
            written.result()
            self._desk.settle()
        return self._connection

    def _hand_over(self) -> None:
        self._tables()
        self._writing = self._writer.submit(_write, self._connection, self._desk.take())


def _write(connection: Connection, writes: Sequence[Write]) -> None:
    for write in writes:
        write.to(connection)


def _slices(engine: Engine, plant: str, reader: Executor) -> Generator[Sequence[EventRow]]:
    """Yield the ledger a slice at a time, the next one being read already."""
    with reading(engine) as connection:
        without_time_limit(connection)
        ahead = reader.submit(read_rows, connection, plant, 0, SLICE_EVENTS_MAX)
        try:
            while rows := ahead.result():
                ahead = reader.submit(read_rows, connection, plant, rows[-1][0], SLICE_EVENTS_MAX)
                yield rows
        finally:
            wait([ahead])  # the connection is in its hands


@contextmanager
def _two_at_work() -> Generator[None]:
    """Let the thread that writes have the interpreter often and briefly, and nobody look for garbage at every turn."""
    interval_s, garbage = sys.getswitchinterval(), gc.get_threshold()
    sys.setswitchinterval(SWITCH_INTERVAL_S)
    gc.set_threshold(GARBAGE_OBJECTS, *garbage[1:])
    try:
        yield
    finally:
        sys.setswitchinterval(interval_s)
        gc.set_threshold(*garbage)
