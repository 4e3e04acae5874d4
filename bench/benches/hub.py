"""`noac bench hub`: durable and booked events a second, and how far the board is behind, with 16 kiosks uploading.

A real hub process on SQLite, then on a PostgreSQL cluster of its own with fsync on. The kiosks' logs are real ones,
chained and signed, made beforehand; if anything of them is parked or booked with an exception, the run fails.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench import floor, postgresql
from bench.hub_eyes import BoardWatcher, Reached, behind_ms
from bench.hub_under_load import Load, run_load
from bench.measurement import Result, percentile, result
from bench.uploaders import Told

Say = Callable[[str], None]

SQLITE_EVENTS_PER_S_TARGET, POSTGRESQL_EVENTS_PER_S_TARGET = 10_000.0, 5_000.0
BOARD_MS_TARGET = 500.0
BATCH_EVENTS = 200


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
    load = Load(
        items=sizes.items,
        kiosks=sizes.kiosks,
        events_per_kiosk=sizes.events_per_kiosk,
        uploader_processes=sizes.uploader_processes,
    )
    seen = run_load(folder, database.url, load, seed, lambda words: say(f"{database.name}: {words}"))
    return [
        *_throughput(database, seen.told, seen.booked_s),
        *_board_results(database.name, seen.told, seen.booked, seen.board),
        result(f"{database.name}: memory of the hub after the run", seen.memory_mb, "MB"),
    ]


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
