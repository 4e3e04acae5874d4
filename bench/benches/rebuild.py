"""`noac bench rebuild`: all projections dropped and folded again from the ledger, and compared with the live ones."""

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Engine, select

from bench import floor, postgresql, site_data
from bench.hub_under_load import Load, prepare
from bench.kiosk_logs import KioskLog
from bench.measurement import Result, result
from domain.log import envelope_of
from hub.projector import Projector
from hub.rebuild import rebuild
from hub.settings import HubSettings
from hub.store.database import open_database, reading, writing
from hub.store.event_log import Arrival, EventLog
from hub.store.tables import PROJECTED, discrepancies
from hub.store.values import instant_text

Say = Callable[[str], None]

EVENTS_PER_S_TARGET = 50_000.0
APPENDED_AT_ONCE = 3_200
ROWS_READ_AT_ONCE = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """How much is measured. The figures in a report stand on the defaults."""

    items: int = 100_000
    kiosks: int = 16
    events_per_kiosk: int = 12_800
    floor_rows: int = 40_000
    with_postgresql: bool = True


def run(folder: Path, seed: int, say: Say, sizes: Sizes | None = None) -> tuple[Result, ...]:
    """Measure rebuilds on SQLite and, where its programs are, on PostgreSQL."""
    sizes = sizes or Sizes()
    sqlite = _Database(
        name="SQLite",
        url=f"sqlite:///{folder / 'hub.sqlite'}",
        floor_rows_per_s=floor.sqlite_rows_per_s(folder, sizes.floor_rows, APPENDED_AT_ONCE),
    )
    results = _measure(folder, sqlite, sizes, seed, say)
    reason = postgresql.missing() if sizes.with_postgresql else "it was not asked for"
    if reason:
        say(f"not measured on PostgreSQL: {reason}")
        return tuple(results)
    with postgresql.cluster(folder) as url:
        rows_per_s = postgresql.rows_per_s(url, sizes.floor_rows, APPENDED_AT_ONCE)
        other = _Database(name="PostgreSQL", url=url, floor_rows_per_s=rows_per_s)
        results += _measure(folder, other, sizes, seed, say)
    return tuple(results)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Database:
    name: str
    url: str
    floor_rows_per_s: float


def _measure(folder: Path, database: _Database, sizes: Sizes, seed: int, say: Say) -> list[Result]:
    name, url = database.name, database.url
    load = Load(items=sizes.items, kiosks=sizes.kiosks, events_per_kiosk=sizes.events_per_kiosk)
    settings = HubSettings(data_folder=folder, database=url, plants=(site_data.PLANT,))
    say(f"{name}: writing a ledger of {load.events} events")
    engine = open_database(url)
    try:
        _append_all(engine, settings, load, seed)
        say(f"{name}: booking it as it comes")
        live_s = _timed(lambda: _book(engine))
        before = _fingerprint(engine)
        say(f"{name}: folding it again")
        again_s = _timed(lambda: rebuild(engine, site_data.PLANT))
        differing = [table for table, digest in _fingerprint(engine).items() if before[table] != digest]
    finally:
        engine.dispose()
    return [
        result(
            f"{name}: rebuild of all projections",
            load.events / again_s,
            "events/s",
            target=EVENTS_PER_S_TARGET,
            floor=database.floor_rows_per_s,
            better="higher",
        ),
        result(f"{name}: booked as it comes, nothing else at work", load.events / live_s, "events/s"),
        result(f"{name}: tables that differ from the live ones", len(differing), "tables", target=0),
    ]


def _append_all(engine: Engine, settings: HubSettings, load: Load, seed: int) -> None:
    """Write the kiosks' logs into the ledger, in turns, as uploads would."""
    log, now = EventLog(), instant_text(datetime.now(UTC))
    logs = [
        (sender.device, KioskLog(sender, load.items, seed).entries(load.events_per_kiosk))
        for sender in prepare(settings, load)
    ]
    share = max(1, APPENDED_AT_ONCE // len(logs))
    for _ in range(0, load.events_per_kiosk, share):
        arrivals = [
            Arrival(device, 1, head.sequence, head.digest, body, "", envelope_of(body))
            for device, entries in logs
            for (body, head), _ in zip(entries, range(share), strict=False)
        ]
        with writing(engine) as connection:
            position = log.lock(connection, site_data.PLANT)
            log.append(connection, site_data.PLANT, position, arrivals, now)


def _book(engine: Engine) -> None:
    projector = Projector(engine, [site_data.PLANT], booked=lambda _plant, _position: None)
    while projector.book_all(site_data.PLANT):
        pass


def _timed(act: Callable[[], object]) -> float:
    begun = time.monotonic()
    act()
    return time.monotonic() - begun


def _fingerprint(engine: Engine) -> dict[str, str]:
    """Return a digest of every projected table, over its rows in the order of its key."""
    found: dict[str, str] = {}
    with reading(engine) as connection:
        for table in (*PROJECTED, discrepancies):
            digest = hashlib.sha256()
            asked = select(table).order_by(*table.primary_key.columns)
            with connection.execution_options(yield_per=ROWS_READ_AT_ONCE).execute(asked) as rows:
                for row in rows:
                    digest.update(repr(tuple(row)).encode())
            found[table.name] = digest.hexdigest()
    return found
