"""A real hub process with kiosks uploading to it: prepared, run to the last booked event, and watched meanwhile."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

import msgspec
from sqlalchemy import Engine, func, select

from bench import site_data
from bench.hub_eyes import BoardWatcher, BookingWatcher, PageReader, Reached
from bench.kiosk_logs import Sender, batches
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

RECORDS_PER_WRITE = 5_000
SOCKETS_BESIDE_KIOSKS = 24


class HubBenchError(RuntimeError):
    """The run is worth nothing: what went wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """Who uploads how much."""

    items: int
    kiosks: int
    events_per_kiosk: int
    uploader_processes: int = 2
    timeout_s: float = 300.0

    @property
    def events(self) -> int:
        """Return how many events that is in all."""
        return self.kiosks * self.events_per_kiosk


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What was seen. Moments are CLOCK_MONOTONIC, in s; `pages_s` is how long each page asked for took to come."""

    told: list[Told]
    booked_s: float
    booked: list[Reached]
    board: BoardWatcher
    pages_s: list[float]
    memory_mb: float

    @property
    def begun_s(self) -> float:
        """Return when the first upload was sent."""
        return min(one.sent_s for one in self.told)


def run_load(folder: Path, database: str, load: Load, seed: int, say: Say) -> Outcome:
    """Let kiosks upload to a hub until all is booked. Raises HubBenchError if anything was not plainly booked."""
    port = free_port()
    settings = HubSettings(
        data_folder=folder,
        database=database,
        port=port,
        plants=(site_data.PLANT,),
        sockets_max=load.kiosks + SOCKETS_BESIDE_KIOSKS,
    )
    say(f"{load.items} items imported, {load.kiosks} kiosks enrolled")
    senders = prepare(settings, load)
    say(f"writing the logs of {load.kiosks} kiosks, {load.events} events")
    logs = [_write_log(folder, sender, load, seed, f"127.0.0.1:{port}") for sender in senders]
    with ExitStack() as stack:
        hub = Program(hub_arguments(settings), folder / "hub.log")
        stack.callback(hub.stop)
        hub.await_ready()
        engine = open_database(database)
        stack.callback(engine.dispose)
        board = stack.enter_context(closing(BoardWatcher(hub.address, site_data.PLANT)))
        booking = stack.enter_context(closing(BookingWatcher(engine, site_data.PLANT)))
        pages = stack.enter_context(closing(PageReader(hub.address, site_data.PLANT)))
        uploaders = stack.enter_context(closing(Uploaders(port, logs, load.uploader_processes)))
        uploaders.await_ready()
        say("uploading")
        uploaders.send()
        told = uploaders.await_end(load.timeout_s)
        booked_s = booking.await_position(load.events, load.timeout_s)
        if booked_s is None:
            raise HubBenchError(f"only {booking.booked[-1].position} of {load.events} were booked in time")
        board.await_position(load.events)
        memory_mb = hub.memory_mb
        refuse_exceptions(engine)
    outcome = Outcome(
        told=told,
        booked_s=booked_s,
        booked=booking.booked,
        board=board,
        pages_s=pages.taken_s,
        memory_mb=memory_mb,
    )
    say(f"{load.events} events booked in {booked_s - outcome.begun_s:.1f} s")
    return outcome


def prepare(settings: HubSettings, load: Load) -> list[Sender]:
    """Import the reference data and enrol the kiosks, as the commands would."""
    hub = build_hub(settings)
    try:
        records = _records(load.items)
        while some := list(islice(records, RECORDS_PER_WRITE)):
            with writing(hub.engine) as connection:
                write_records(connection, hub.store, site_data.PLANT, some)
        return [_enrol(hub, f"K{number}") for number in range(1, load.kiosks + 1)]
    finally:
        hub.engine.dispose()


def hub_arguments(settings: HubSettings) -> list[str]:
    """Return the command line of a hub with these settings."""
    return [
        "hub",
        "--data",
        str(settings.data_folder),
        "--database",
        settings.database_url,
        "--port",
        str(settings.port),
        "--plant",
        settings.plants[0],
    ]


def refuse_exceptions(engine: Engine) -> None:
    """A disposition is only written where an event was not simply booked. Raises HubBenchError if there is one."""
    with reading(engine) as connection:
        column = dispositions.c
        asked = select(column.state, column.code, func.count()).group_by(column.state, column.code)
        states = connection.execute(asked).all()
    if states:
        raise HubBenchError(f"not all events were booked without exception: {states}")


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


def _write_log(folder: Path, sender: Sender, load: Load, seed: int, host: str) -> Path:
    made = batches(sender, load.items, load.events_per_kiosk, seed, host)
    path = folder / f"{sender.device}.batches"
    path.write_bytes(msgspec.msgpack.encode(made))
    return path
