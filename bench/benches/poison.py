"""`noac bench poison`: how much later the events behind a bad one are booked.

Uploads of 200 lines go to a hub one after the other, each waited for until it is booked; in every second one a line in
the middle is bad. The two kinds of bad that cost most: a fact that no table takes, judged before it is written, and a
row that the database refuses, for which the whole batch is booked again in halves. A trigger in the hub's own database
refuses it, so the hub's program is the shipped one.
"""

import statistics
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path

from msgspec.structs import replace
from sqlalchemy import Engine, func, select, text

from bench import postgresql, site_data
from bench.hub_eyes import BookingWatcher
from bench.hub_under_load import HubBenchError, Load, hub_arguments, prepare
from bench.kiosk_logs import Batch, KioskLog, Sender, batches_of
from bench.measurement import Result, result
from bench.programs import Program, free_port
from bench.uploaders import KioskConnection
from domain.event import Event
from domain.events.documents import LineRecorded
from hub.settings import HubSettings
from hub.store.database import open_database, reading, writing
from hub.store.tables import dispositions

Say = Callable[[str], None]

DELAY_S_TARGET = 1.0
BOOKED_TIMEOUT_S = 60.0
EVENTS_PER_UPLOAD = 200
UPLOAD_SHARE = 0.5
"""Where in its upload the bad line stands."""
REFUSED_LOT = "POISON"
UNFIT_LOT = "X" * 200

_REFUSE_SQLITE = (
    (
        "CREATE TRIGGER poison BEFORE INSERT ON document_lines "
        f"WHEN NEW.lot = '{REFUSED_LOT}' BEGIN SELECT RAISE(ABORT, 'poison'); END"
    ),
)
_REFUSE_POSTGRESQL = (
    (
        "CREATE FUNCTION poison() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION USING ERRCODE = 'check_violation', MESSAGE = 'poison'; END $$"
    ),
    (
        "CREATE TRIGGER poison BEFORE INSERT ON document_lines FOR EACH ROW "
        f"WHEN (NEW.lot = '{REFUSED_LOT}') EXECUTE FUNCTION poison()"
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """How much is measured. The figures in a report stand on the defaults."""

    items: int = 20_000
    uploads: int = 60
    with_postgresql: bool = True


def run(folder: Path, seed: int, say: Say, sizes: Sizes | None = None) -> tuple[Result, ...]:
    """Measure the delay on SQLite and, where its programs are, on PostgreSQL."""
    sizes = sizes or Sizes()
    results = _measure(folder, f"sqlite:///{folder / 'hub.sqlite'}", sizes, seed, say)
    reason = postgresql.missing() if sizes.with_postgresql else "it was not asked for"
    if reason:
        say(f"not measured on PostgreSQL: {reason}")
        return tuple(results)
    with postgresql.cluster(folder) as url:
        results += _measure(folder, url, sizes, seed, say)
    return tuple(results)


class _PoisonedLog(KioskLog):
    """A kiosk's log in which every second upload has one bad line."""

    def __init__(self, sender: Sender, item_count: int, seed: int, lot: str) -> None:
        super().__init__(sender, item_count, seed)
        self._lot = lot

    def events(self, count: int) -> Iterator[Event]:
        """Yield the events; the first line from the middle of every second upload on is bad."""
        due = EVENTS_PER_UPLOAD * (1 + UPLOAD_SHARE)
        for number, event in enumerate(super().events(count)):
            if number >= due and isinstance(event, LineRecorded):
                due += 2 * EVENTS_PER_UPLOAD
                yield replace(event, values={**event.values, "lot": self._lot}, plan=None)
            else:
                yield event


def _measure(folder: Path, database: str, sizes: Sizes, seed: int, say: Say) -> list[Result]:
    name = "SQLite" if database.startswith("sqlite") else "PostgreSQL"
    load = Load(items=sizes.items, kiosks=2, events_per_kiosk=0)
    settings = HubSettings(data_folder=folder, database=database, port=free_port(), plants=(site_data.PLANT,))
    senders = prepare(settings, load)
    with ExitStack() as stack:
        engine = open_database(database)
        stack.callback(engine.dispose)
        _refuse(engine)
        hub = Program(hub_arguments(settings), folder / f"hub-{name}.log")
        stack.callback(hub.stop)
        hub.await_ready()
        booking = stack.enter_context(closing(BookingWatcher(engine, site_data.PLANT)))
        found: list[Result] = []
        for sender, (kind, lot) in zip(
            senders, (("a fact no table takes", UNFIT_LOT), ("a row refused", REFUSED_LOT)), strict=True
        ):
            say(f"{name}: {kind}")
            log = _PoisonedLog(sender, sizes.items, seed, lot)
            host = f"127.0.0.1:{settings.port}"
            uploads = batches_of(log, sizes.uploads * EVENTS_PER_UPLOAD, sender, host)
            found += _delays(f"{name}, {kind}", uploads, lot.encode(), settings.port, booking)
        _see_that_they_were_bad(engine, 2 * (sizes.uploads // 2))
    return found


def _delays(name: str, uploads: list[Batch], bad: bytes, port: int, booking: BookingWatcher) -> list[Result]:
    """Deliver uploads one by one, each booked before the next; compare those with `bad` in them with the others."""
    taken_s: tuple[list[float], list[float]] = ([], [])
    with closing(KioskConnection(port)) as kiosk:
        for batch in uploads:
            told, _ = kiosk.deliver(batch)
            booked_s = booking.await_position(told.position, BOOKED_TIMEOUT_S)
            if booked_s is None:
                raise HubBenchError(f"{name}: not booked through {told.position} in time")
            taken_s[bad in batch.request].append(booked_s - told.answered_s)
    good_s, bad_s = taken_s
    usual_s = statistics.median(good_s)
    return [
        result(f"{name}: booked behind the answer without it, p50", usual_s, "s"),
        result(f"{name}: the next events are later by, p50", statistics.median(bad_s) - usual_s, "s"),
        result(f"{name}: at most", max(bad_s) - usual_s, "s", target=DELAY_S_TARGET),
    ]


def _refuse(engine: Engine) -> None:
    statements = _REFUSE_POSTGRESQL if engine.dialect.name == "postgresql" else _REFUSE_SQLITE
    with writing(engine) as connection:
        for statement in statements:
            connection.execute(text(statement))


def _see_that_they_were_bad(engine: Engine, expected: int) -> None:
    """Raise HubBenchError unless every bad line, and nothing else, was parked."""
    with reading(engine) as connection:
        asked = select(func.count()).where(dispositions.c.state == "parked")
        parked = connection.execute(asked).scalar_one()
    if parked != expected:
        raise HubBenchError(f"{parked} events were parked, {expected} were bad")
