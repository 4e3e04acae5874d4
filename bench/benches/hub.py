"""`noac bench hub`: durable and booked events a second, and how far the board is behind, with 16 kiosks uploading.

A real hub process on SQLite, then on a PostgreSQL cluster of its own with fsync on. The kiosks' logs are real ones,
chained and signed, made beforehand; if anything of them is parked or booked with an exception, the run fails.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

import msgspec
from sqlalchemy import Engine, func, select

from bench import floor, postgresql, site_data
from bench.hub_eyes import BoardWatcher, BookingWatcher, Reached, behind_ms
from bench.kiosk_logs import Sender, batches
from bench.measurement import Result, percentile, result
from bench.programs import Program, free_port
from bench.uploaders import Told, Uploaders
from hub.app import build_hub
from hub.enrolment import enrol_kiosk
from hub.hub import Hub
from hub.settings import HubSettings
from hub.store.database import open_database, reading, writing
from hub.store.reference import Record, write_records
from hub.store.tables import dispositions

Say = Callable[[str], None]

SQLITE_EVENTS_PER_S_TARGET, POSTGRESQL_EVENTS_PER_S_TARGET = 10_000.0, 5_000.0
BOARD_MS_TARGET = 500.0
BATCH_EVENTS = 200
RECORDS_PER_WRITE = 5_000
END_TIMEOUT_S = 300.0


class HubBenchError(RuntimeError):
    """The run is worth nothing: what went wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """How much is measured. The figures in a report stand on the defaults."""

    items: int = 100_000
    kiosks: int = 16
    uploader_processes: int = 2
    events_per_kiosk: int = 12_800
    floor_rows: int = 40_000
    with_postgresql: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class _Database:
    name: str
    url: str
    events_per_s_target: float
    floor_name: str
    floor_rows_per_s: float


def run(folder: Path, seed: int, say: Say, sizes: Sizes | None = None) -> tuple[Result, ...]:
    """Measure a hub on SQLite and, where its programs are, on PostgreSQL."""
    sizes = sizes or Sizes()
    say("measuring the floor of SQLite")
    sqlite = _Database(
        name="SQLite",
        url=f"sqlite:///{folder / 'sqlite' / 'hub.sqlite'}",
        events_per_s_target=SQLITE_EVENTS_PER_S_TARGET,
        floor_name=f"floor: rows inserted, {BATCH_EVENTS} a commit",
        floor_rows_per_s=floor.sqlite_rows_per_s(folder, sizes.floor_rows, BATCH_EVENTS),
    )
    results = _measure(folder / "sqlite", sqlite, sizes, seed, say)
    reason = postgresql.missing() if sizes.with_postgresql else "it was not asked for"
    if reason:
        say(f"not measured on PostgreSQL: {reason}")
        return tuple(results)
    with postgresql.cluster(folder) as url:
        say("measuring the floor of PostgreSQL")
        other = _Database(
            name="PostgreSQL",
            url=url,
            events_per_s_target=POSTGRESQL_EVENTS_PER_S_TARGET,
            floor_name=f"floor: rows by COPY, {BATCH_EVENTS} a commit",
            floor_rows_per_s=postgresql.rows_per_s(url, sizes.floor_rows, BATCH_EVENTS),
        )
        results += _measure(folder / "postgresql", other, sizes, seed, say)
    return tuple(results)


def _measure(folder: Path, database: _Database, sizes: Sizes, seed: int, say: Say) -> list[Result]:
    port = free_port()
    settings = HubSettings(
        data_folder=folder, database=database.url, port=port, plants=(site_data.PLANT,), sockets_max=40
    )
    say(f"{database.name}: {sizes.items} items imported, {sizes.kiosks} kiosks enrolled")
    senders = _prepare(settings, sizes)
    total = sizes.kiosks * sizes.events_per_kiosk
    say(f"{database.name}: writing the logs of {sizes.kiosks} kiosks, {total} events")
    logs = [_write_log(folder, sender, sizes, seed, f"127.0.0.1:{port}") for sender in senders]
    with ExitStack() as stack:
        hub = Program(_arguments(settings), folder / "hub.log")
        stack.callback(hub.stop)
        hub.await_ready()
        engine = open_database(database.url)
        stack.callback(engine.dispose)
        board = stack.enter_context(closing(BoardWatcher(hub.address, site_data.PLANT)))
        booking = stack.enter_context(closing(BookingWatcher(engine, site_data.PLANT)))
        uploaders = stack.enter_context(closing(Uploaders(port, logs, sizes.uploader_processes)))
        uploaders.await_ready()
        say(f"{database.name}: uploading")
        uploaders.send()
        told = uploaders.await_end(END_TIMEOUT_S)
        booked_s = booking.await_position(total, END_TIMEOUT_S)
        if booked_s is None:
            raise HubBenchError(f"only {booking.booked[-1].position} of {total} events were booked in time")
        board.await_position(total)
        memory_mb = hub.memory_mb
        _refuse_exceptions(engine)
    begun_s = min(one.sent_s for one in told)
    say(f"{database.name}: {total} events booked in {booked_s - begun_s:.1f} s")
    return [
        *_throughput(database, told, booked_s),
        *_board_results(database.name, told, booking.booked, board),
        result(f"{database.name}: memory of the hub after the run", memory_mb, "MB"),
    ]


def _refuse_exceptions(engine: Engine) -> None:
    """A disposition is only written where an event was not simply booked. Raises HubBenchError if there is one."""
    with reading(engine) as connection:
        column = dispositions.c
        asked = select(column.state, column.code, func.count()).group_by(column.state, column.code)
        states = connection.execute(asked).all()
    if states:
        raise HubBenchError(f"not all events were booked without exception: {states}")


def _arguments(settings: HubSettings) -> list[str]:
    return [
        "hub",
        "--data",
        str(settings.data_folder),
        "--database",
        settings.database,
        "--port",
        str(settings.port),
        "--plant",
        settings.plants[0],
    ]


def _prepare(settings: HubSettings, sizes: Sizes) -> list[Sender]:
    """Import the reference data and enrol the kiosks, as the commands would."""
    hub = build_hub(settings)
    try:
        records = _records(sizes.items)
        while some := list(islice(records, RECORDS_PER_WRITE)):
            with writing(hub.engine) as connection:
                write_records(connection, hub.store, site_data.PLANT, some)
        return [_enrol(hub, f"K{number}") for number in range(1, sizes.kiosks + 1)]
    finally:
        hub.engine.dispose()


def _records(item_count: int) -> Iterator[Record]:
    yield Record(kind="person", key=site_data.keeper().number, body=site_data.keeper())
    yield Record(kind="plan", key=site_data.ORDER, body=site_data.order(item_count))
    for place in site_data.places():
        yield Record(kind="place", key=place.code, body=place)
    for item in site_data.items(item_count):
        yield Record(kind="item", key=item.id, body=item)


def _enrol(hub: Hub, device: str) -> Sender:
    with writing(hub.engine) as connection:
        station = site_data.station(number_code="")
        enrolled = enrol_kiosk(connection, hub.store, device, station, datetime.now(UTC), replace=False)
    return Sender(device=device, number_code=enrolled.number_code, key=enrolled.key)


def _write_log(folder: Path, sender: Sender, sizes: Sizes, seed: int, host: str) -> Path:
    made = batches(sender, sizes.items, sizes.events_per_kiosk, seed, host)
    path = folder / f"{sender.device}.batches"
    path.write_bytes(msgspec.msgpack.encode(made))
    return path


def _throughput(database: _Database, told: Sequence[Told], booked_s: float) -> list[Result]:
    """Return events a second, acknowledged and booked, counted from the first upload; and what a sender waited."""
    total = sum(one.events for one in told)
    begun_s, durable_s = min(one.sent_s for one in told), max(one.answered_s for one in told)
    answers_ms = [(one.answered_s - one.sent_s) * 1000 for one in told]
    name, rows_per_s = database.name, database.floor_rows_per_s
    return [
        result(
            f"{name}: durable and booked",
            total / (booked_s - begun_s),
            "events/s",
            target=database.events_per_s_target,
            floor=rows_per_s,
            better="higher",
        ),
        result(
            f"{name}: durable (acknowledged)", total / (durable_s - begun_s), "events/s", floor=rows_per_s
        ),
        result(f"{name}: {database.floor_name}", rows_per_s, "rows/s"),
        result(f"{name}: upload to acknowledgement, p50", percentile(answers_ms, 0.5), "ms"),
        result(f"{name}: upload to acknowledgement, p99", percentile(answers_ms, 0.99), "ms"),
    ]


def _board_results(
    name: str, told: Sequence[Told], booked: Sequence[Reached], board: BoardWatcher
) -> list[Result]:
    """Return how far the pushes were behind, counted from the answer a kiosk got, and from the booking."""
    acknowledged = [Reached(position=one.position, moment_s=one.answered_s) for one in told]
    return [
        *_behind(f"{name}: board behind the durable commit", acknowledged, board.pushes),
        *_behind(f"{name}: the same, oldest tile", acknowledged, board.tiles),
        *_behind(f"{name}: board behind the booking", booked, board.pushes),
    ]


def _behind(name: str, begun: Sequence[Reached], seen: Sequence[Reached]) -> list[Result]:
    taken = behind_ms(begun, seen)
    return [
        result(f"{name}, p50", percentile(taken, 0.5), "ms"),
        result(f"{name}, p99", percentile(taken, 0.99), "ms", target=BOARD_MS_TARGET),
    ]
