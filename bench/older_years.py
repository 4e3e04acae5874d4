"""Years of a sewing floor's past in a hub's books: a first week is folded, and every later one is that week again.

The first week is what kiosks wrote, appended to the ledger and folded by the hub's own projector. Those after it are
its rows with other names, later positions and later times, written by the database itself: of the ledger and of every
table the week left rows in. Their entries are copies, so the ledger's seals hold for the first week alone.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    Engine,
    Table,
    case,
    func,
    insert,
    literal,
    select,
    text,
    update,
)

from bench import site_data
from bench.kiosk_logs import Entry
from domain.log import envelope_of
from hub.projector import Projector
from hub.store.bulk import bulk_for
from hub.store.database import writing
from hub.store.event_log import Arrival, EventLog
from hub.store.production_tables import PRODUCTION
from hub.store.quality_tables import unit_verdicts
from hub.store.tables import audits, cursors, events, plants
from hub.store.values import instant_text

PLANT = site_data.PLANT
APPENDED_AT_ONCE = 3_200
WEEK = timedelta(weeks=1)
COPIED = (events, *PRODUCTION, unit_verdicts)
NAMES = frozenset(
    {"serial", "bundle", "parent", "child", "job", "name", "work_order", "lay", "device", "event_id"}
)
"""Columns that name something of a week."""
TIMES = frozenset({"at", "since", "hour", "day", "month", "period"})
DAY_CHARS = 10


class OlderYears:
    """Fills a hub's books that hold nothing yet but reference data."""

    def __init__(self, engine: Engine, first: datetime) -> None:
        """`first`: when the first week was."""
        self._engine, self._first = engine, first
        self.position = 0

    def lives_first_week(self, logs: Sequence[tuple[str, Sequence[Entry]]]) -> None:
        """Append logs (device and entries) and have them folded."""
        log, received_at = EventLog(), instant_text(self._first)
        for device, entries in logs:
            for start in range(0, len(entries), APPENDED_AT_ONCE):
                arrivals = [
                    Arrival(device, 1, head.sequence, head.digest, body, "", envelope_of(body))
                    for body, head in entries[start : start + APPENDED_AT_ONCE]
                ]
                with writing(self._engine) as connection:
                    position = log.lock(connection, PLANT)
                    self.position = log.append(connection, PLANT, position, arrivals, received_at)
        projector = Projector(self._engine, [PLANT], booked=lambda _plant, _position: None)
        while projector.book_all(PLANT):
            pass

    def lives_on(self, weeks: int) -> None:
        """Add so many weeks after the first."""
        span = self.position
        for week in range(1, weeks + 1):
            with writing(self._engine) as connection:
                for table in COPIED:
                    self._copy(connection, table, week, span)
        self.position = span * (weeks + 1)
        with writing(self._engine) as connection:
            for table in (plants, cursors):
                connection.execute(update(table).values(position=self.position))
            audited = (PLANT, self.position, instant_text(self._first + WEEK * weeks), "{}")
            bulk_for(connection).upsert(connection, audits, [audited])
        if self._engine.dialect.name == "postgresql":  # what its own housekeeping does sooner or later
            with self._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.execute(text("ANALYZE"))

    def _copy(self, connection: Connection, table: Table, week: int, span: int) -> None:
        day = f"{self._first + WEEK * week:%Y-%m-%d}"
        rows = select(*(_later(column, week, span, day) for column in table.columns))
        first_week = rows.where(table.c.plant == PLANT, table.c.position <= span)
        connection.execute(insert(table).from_select([one.name for one in table.columns], first_week))


def _later(column: Column[object], week: int, span: int, day: str) -> ColumnElement[object]:
    """Return a column as a later week has it; what is empty stays empty."""
    name = column.name
    if name in NAMES:
        changed = (
            func.substr(column, 1, 28).concat(f"{week:04x}")
            if name == "event_id"
            else column.concat(f"/{week}")
        )
        return case((column == "", ""), else_=changed)
    if name.endswith("position"):
        return case((column == 0, 0), else_=column + literal(week * span, BigInteger))
    if name.endswith("_at") or name in TIMES:
        rest = func.substr(column, DAY_CHARS + 1)
        moved = literal(day[:7]) if name in {"month", "period"} else literal(day).concat(rest)
        return case((column == "", ""), else_=moved)
    return column
