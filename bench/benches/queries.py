"""`noac bench queries`: what people ask of the books, after a hundred thousand, a million and ten million movements.

The questions are those of the pages and the API, each in a read transaction of its own as there. What is asked for is
drawn as people ask: what moves often is asked for often.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from msgspec.structs import replace
from sqlalchemy import Connection, Engine, select, text

from bench import postgresql, site_data
from bench.bulk_ledger import PLANT, BulkLedger
from bench.long_history import LongHistory
from bench.measurement import Result, percentile, result
from hub.store.database import open_database, reading
from hub.store.tables import lots, movements
from hub.views.documents import documents_named
from hub.views.flows import FlowQuery, flow_page
from hub.views.journal import JournalQuery, journal_page
from hub.views.stock import StockQuery, stock_page

Say = Callable[[str], None]
Ask = Callable[[Connection], object]

QUESTION_MS_TARGET = 20.0
MONTH_MS_TARGET = 1_000.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """How much is measured. The figures in a report stand on the defaults.

    `movements`: where the growing ledger is measured. `times`: how often each question is asked, `month_times` that for
    a whole month; `cells`: kinds of goods in the bins.
    """

    movements: tuple[int, ...] = (100_000, 1_000_000, 10_000_000)
    items: int = 5_000
    month_movements: int = 100_000
    cells: int = 40_000
    times: int = 400
    month_times: int = 12
    with_postgresql: bool = True


def run(folder: Path, seed: int, say: Say, sizes: Sizes | None = None) -> tuple[Result, ...]:
    """Measure on SQLite and, where its programs are, on PostgreSQL."""
    sizes = sizes or Sizes()
    path = folder / "hub.sqlite"
    results = _measure("SQLite", f"sqlite:///{path}", sizes, seed, say)
    for suffix in ("", "-wal", "-shm"):
        Path(f"{path}{suffix}").unlink(missing_ok=True)  # both at once may not fit the disk
    reason = postgresql.missing() if sizes.with_postgresql else "it was not asked for"
    if reason:
        say(f"not measured on PostgreSQL: {reason}")
        return tuple(results)
    with postgresql.cluster(folder) as url:
        results += _measure("PostgreSQL", url, sizes, seed, say)
    return tuple(results)


def _measure(name: str, url: str, sizes: Sizes, seed: int, say: Say) -> list[Result]:
    months = -(-max(sizes.movements) // sizes.month_movements)
    history = LongHistory(items=sizes.items, cells=sizes.cells, months=months, seed=seed)
    engine = open_database(url)
    found: list[Result] = []
    try:
        ledger = BulkLedger(engine, history)
        ledger.begin()
        begun_s = time.monotonic()
        for wanted in sizes.movements:
            while ledger.movements < wanted:
                ledger.write_month(min(sizes.month_movements, wanted - ledger.movements))
            ledger.finish()
            _as_after_a_night(engine)
            say(f"{name}: {ledger.movements:,} movements written, {time.monotonic() - begun_s:.0f} s")
            found += _ask_all(f"{name}, {wanted:,} movements", engine, ledger, sizes, seed)
    finally:
        engine.dispose()
    return found


def _as_after_a_night(engine: Engine) -> None:
    """Let PostgreSQL look at the tables, as its autovacuum does behind a ledger that grows by itself."""
    if engine.dialect.name == "postgresql":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("SET statement_timeout = 0"))
            connection.execute(text("VACUUM ANALYZE"))


def _ask_all(where: str, engine: Engine, ledger: BulkLedger, sizes: Sizes, seed: int) -> list[Result]:
    random = Random(f"{seed}/{where}")
    items = _items(random, sizes.items)
    held = lots.c
    with reading(engine) as connection:
        known = connection.execute(select(held.lot).where(held.plant == PLANT)).scalars().all()
        last = connection.execute(select(movements.c.position).order_by(movements.c.position.desc())).scalar()
    months = ledger.months[-sizes.month_times :]

    def point() -> Ask:
        position = random.randint(1, int(last or 1))
        asked = select(movements).where(movements.c.plant == PLANT, movements.c.position == position)
        return lambda connection: connection.execute(asked).all()

    def item_stock() -> Ask:
        return _asking(stock_page, StockQuery(item=next(items)))

    def lot_history() -> Ask:
        return _asking(journal_page, JournalQuery(lot=random.choice(known)))

    def item_history() -> Ask:
        return _asking(journal_page, JournalQuery(item=next(items)))

    def hottest_stock() -> Ask:
        return _asking(stock_page, StockQuery(item=site_data.item_number(1)))

    def document() -> Ask:
        number = random.choice(ledger.numbers)
        return lambda connection: documents_named(connection, PLANT, number)

    floor_ms = percentile(_timed(engine, point, sizes.times), 0.5)
    found = [result(f"{where}: a movement by its key, p50", floor_ms, "ms")]
    for words, draw in (
        ("stock of one item", item_stock),
        ("stock of the item that moves most", hottest_stock),
        ("history of one lot", lot_history),
        ("a page of an item's journal", item_history),
        ("one document with its lines", document),
    ):
        found += _figures(
            f"{where}: {words}", _timed(engine, draw, sizes.times), QUESTION_MS_TARGET, floor_ms
        )
    for words, query in (
        (f"a month of {sizes.items:,} items", FlowQuery(by="item", limit=sizes.items)),
        (f"a page of a month by place, {FlowQuery().limit} items", FlowQuery()),
    ):
        asked = iter([replace(query, period=month) for month in months])
        taken = _timed(engine, lambda asked=asked: _asking(flow_page, next(asked)), len(months))
        found += _figures(f"{where}: {words}", taken, MONTH_MS_TARGET, floor_ms)
    return found


def _items(random: Random, count: int) -> Iterator[str]:
    while True:
        yield site_data.item_number(min(int(count * random.random() ** 3), count - 1))


def _asking(read: Callable[[Connection, str, Any], object], query: object) -> Ask:
    return lambda connection: read(connection, PLANT, query)


def _timed(engine: Engine, draw: Callable[[], Ask], times: int) -> list[float]:
    """Ask so many times, each as a page does; return the milliseconds of each."""
    taken: list[float] = []
    for _ in range(times):
        ask = draw()
        begun = time.perf_counter()
        with reading(engine) as connection:
            ask(connection)
        taken.append((time.perf_counter() - begun) * 1000)
    return taken


def _figures(words: str, taken: Sequence[float], target_ms: float, floor_ms: float) -> list[Result]:
    return [
        result(f"{words}, p50", percentile(taken, 0.5), "ms"),
        result(f"{words}, p95", percentile(taken, 0.95), "ms", target=target_ms, floor=floor_ms),
    ]
