"""Opening a database: SQLite with nothing to set up, or PostgreSQL by URL; and the two kinds of transaction."""

import fcntl
import logging
import sqlite3
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, create_engine, event, select, update
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from hub.store.migration import schema_version
from hub.store.schema import SchemaState, create, lock_schema, state_of, version_of
from hub.store.tables import meta

BUSY_TIMEOUT_MS = 5_000
"""How long a writer waits for another before it says the database is locked."""
BUSY_LOOK_S = 0.001
"""How soon a writer looks again whether another process has finished."""
STATEMENT_TIMEOUT_MS = 300_000
"""No question of ours takes so long on PostgreSQL; emptying the tables of many millions of events may come near it."""
TURN_SUFFIX = ".turn"
CONNECTIONS_MAX = 40
CONNECTION_WAIT_S = 10
STATEMENTS_CACHED = 512

_BUSY_STATES = frozenset(
    {"53100", "53200", "53300", "55P03", "57014", "57P01", "57P02", "57P03", "40001", "40P01"}
)
"""PostgreSQL error codes (manual, appendix A) that pass by themselves or by making room: full, locked, restarting."""


_BUSY_WORDS = ("locked", "busy", "is full", "disk I/O", "unable to open", "readonly")
"""What SQLite's messages say of the same (sqlite.org/rescode.html)."""

_log = logging.getLogger(__name__)

_writers: WeakKeyDictionary[Engine, Engine] = WeakKeyDictionary()
"""For each SQLite file this process has open, the pool of the one connection that writes.

Writers queue for it and go on at once; SQLite itself has them sleep, up to 0.1 s, and look again. And as nobody else
writes, its page cache stays true from one transaction to the next.
"""


_turn_files: WeakKeyDictionary[Engine, Path] = WeakKeyDictionary()
"""For each SQLite file opened with a library that has the WAL-reset fault: where its writers take turns."""


class StoreError(Exception):
    """The database cannot be used: what was tried, and what to do."""


class StoreBusyError(StoreError):
    """The database is locked, full or away; the same request may succeed later."""


class SchemaError(StoreError):
    """The database has another shape than this program works with: why, and what to do, in both languages."""

    def __init__(self, english: str, chinese: str) -> None:
        super().__init__(english)
        self.chinese = chinese


class OlderSchemaError(SchemaError):
    """An older program made the database; it can be brought to today's shape."""

    def __init__(self, held: int) -> None:
        needed = schema_version()
        are = f"has schema version {held}, this program needs {needed}"
        zh = f"数据库结构版本为 {held}，本程序需要 {needed}"
        if held == needed:
            are = "has projections that this program makes otherwise"
            zh = "数据库中的汇总表与本程序不同"
        super().__init__(
            f"the database {are}: start the hub, or run noac hub migrate; nothing of the ledger changes",
            f"{zh}：请启动服务或执行 noac hub migrate；原始记录不会改变",
        )


class NewerSchemaError(SchemaError):
    """A newer program made the database, or changed it since."""

    def __init__(self, held: int) -> None:
        needed = schema_version()
        super().__init__(
            f"the database has schema version {held}, this program knows {needed} at most:"
            " install the newer NOAC again; nothing was changed",
            f"数据库结构版本为 {held}，本程序最高支持 {needed}：请重新安装较新的 NOAC；未作任何更改",
        )


def open_database(url: str) -> Engine:
    """Connect to `url` (`sqlite:///file` or `postgresql+psycopg://…`), make an empty one's tables, check its shape.

    Raises StoreError with one line saying what is wrong: SchemaError where its shape is another program's,
    StoreBusyError if it is locked or away.
    """
    engine = connect(url)
    try:
        _prepare(engine)
    except StoreError:
        engine.dispose()
        raise
    except DBAPIError as error:
        engine.dispose()
        raise StoreError(f"the database {engine.url!r} cannot be used: {error.orig}") from error
    return engine


def connect(url: str) -> Engine:
    """Connect to a database as it is, whatever its shape."""
    return _sqlite(url) if url.startswith("sqlite") else _postgresql(url)


@contextmanager
def reading(engine: Engine) -> Generator[Connection]:
    """Read from one unchanging moment of the database."""
    with _translated(), engine.connect() as connection, connection.begin():
        yield connection


@contextmanager
def writing(engine: Engine) -> Generator[Connection]:
    """Write in one transaction: all of it, or nothing. SQLite admits one writer at a time, from the start."""
    with _translated(), _writers.get(engine, engine).connect() as plain, _turn(engine):
        options = {"isolation_level": "READ COMMITTED"} if engine.dialect.name == "postgresql" else {}
        connection = plain.execution_options(noac_writes=True, **options)
        with connection.begin():
            yield connection


@contextmanager
def _turn(engine: Engine) -> Generator[None]:
    """Have nobody else commit until this transaction is committed and its checkpoint, if it makes one, is done."""
    path = _turn_files.get(engine)
    if path is None:
        yield
        return
    end_s = time.monotonic() + BUSY_TIMEOUT_MS / 1000
    with path.open("ab") as file:
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError as error:
                if time.monotonic() > end_s:
                    raise StoreBusyError("the database is locked: another program writes") from error
                time.sleep(BUSY_LOOK_S)
        yield


def has_reset_fault(sqlite_version: tuple[int, int, int]) -> bool:
    """Tell whether an SQLite may damage a file when one connection commits while another makes a checkpoint.

    The WAL-reset bug (sqlite.org/wal.html, section 11): 3.7.0 to 3.51.2, mended in 3.44.6 and 3.50.7 too.
    """
    mended = {(3, 44): 6, (3, 50): 7}.get(sqlite_version[:2])
    if mended is not None:
        return sqlite_version[2] < mended
    return (3, 7, 0) <= sqlite_version < (3, 51, 3)


@contextmanager
def _translated() -> Generator[None]:
    """Name what is only a matter of waiting; everything else goes through as it is."""
    try:
        yield
    except PoolTimeoutError as error:
        raise StoreBusyError("no database connection was free in time") from error
    except DBAPIError as error:
        busy = driver_error(error.orig)
        if busy is None:
            raise
        raise busy from error


def driver_error(error: BaseException | None) -> StoreBusyError | None:
    """Tell whether a driver's complaint passes by itself or by making room; None if it does not."""
    state = getattr(error, "sqlstate", None)
    if state is not None:
        passes = state in _BUSY_STATES or state.startswith("08")
    elif isinstance(error, sqlite3.Error):
        passes = any(words in str(error) for words in _BUSY_WORDS)
    else:
        passes = type(error).__name__ in (
            "OperationalError",
            "InterfaceError",
        )  # PostgreSQL is away: no code at all
    return StoreBusyError(f"the database is locked, full or away: {error}") if passes else None


def _sqlite(url: str) -> Engine:
    engine = _sqlite_pool(url, CONNECTIONS_MAX, CONNECTION_WAIT_S)
    if engine.url.database and has_reset_fault(sqlite3.sqlite_version_info):
        _log.info("SQLite %s has the WAL-reset fault: writers take turns", sqlite3.sqlite_version)
        _turn_files[engine] = Path(f"{engine.url.database}{TURN_SUFFIX}")
    writer = _writers[engine] = _sqlite_pool(url, 1, BUSY_TIMEOUT_MS / 1000)

    @event.listens_for(engine, "engine_disposed")
    def _dispose_too(_engine: Engine) -> None:  # pyright: ignore[reportUnusedFunction] (listener)
        writer.dispose()

    return engine


def _sqlite_pool(url: str, size: int, wait_s: float) -> Engine:
    engine = create_engine(
        url,
        pool_size=size,
        max_overflow=0,
        pool_timeout=wait_s,
        pool_use_lifo=True,  # few connections work, so what they have cached serves
        connect_args={"timeout": BUSY_TIMEOUT_MS / 1000, "cached_statements": STATEMENTS_CACHED},
    )

    @event.listens_for(engine, "connect")
    def _set_up(connection: DBAPIConnection, _record: Any) -> None:  # pyright: ignore[reportUnusedFunction] (listener)
        raw = cast("sqlite3.Connection", connection)
        raw.isolation_level = None  # transactions begin where we say, below
        for pragma in (
            f"busy_timeout={BUSY_TIMEOUT_MS}",
            "journal_mode=WAL",
            "synchronous=FULL",
            "cache_size=-65536",
            "wal_autocheckpoint=64000",
            "temp_store=MEMORY",
        ):
            raw.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:  # pyright: ignore[reportUnusedFunction] (listener)
        if connection.get_execution_options().get("noac_writes", False):
            _begin_writing(connection)
        else:
            connection.exec_driver_sql("BEGIN")

    return engine


def _begin_writing(connection: Connection) -> None:
    """Take the one right to write. SQLite itself, while another process has it, looks again only every 0.1 s."""
    gives_up_s = time.monotonic() + BUSY_TIMEOUT_MS / 1000
    connection.exec_driver_sql("PRAGMA busy_timeout=0")
    while True:
        try:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        except DBAPIError as error:
            if driver_error(error.orig) is None or time.monotonic() > gives_up_s:
                raise
            time.sleep(BUSY_LOOK_S)
        else:
            return


def _postgresql(url: str) -> Engine:
    engine = create_engine(
        url,
        pool_size=CONNECTIONS_MAX // 2,
        max_overflow=CONNECTIONS_MAX // 2,
        pool_timeout=CONNECTION_WAIT_S,
        pool_pre_ping=True,
        pool_use_lifo=True,
        isolation_level="REPEATABLE READ",
    )

    @event.listens_for(engine, "connect")
    def _set_up(connection: DBAPIConnection, _record: Any) -> None:  # pyright: ignore[reportUnusedFunction] (listener)
        cursor = connection.cursor()
        # A plan made while a table was empty reads all of it, and would be kept when it has grown (manual, 20.7.4).
        cursor.execute("SET plan_cache_mode = force_custom_plan")
        cursor.execute("SET jit = off")
        cursor.execute(f"SET lock_timeout = {BUSY_TIMEOUT_MS}")
        cursor.execute(f"SET statement_timeout = {STATEMENT_TIMEOUT_MS}")
        cursor.close()
        connection.commit()

    return engine


def _prepare(engine: Engine) -> None:
    with writing(engine) as connection:
        lock_schema(connection)
        match state_of(connection):
            case SchemaState.EMPTY:
                create(connection)
            case SchemaState.CURRENT:
                pass
            case SchemaState.OLDER:
                raise OlderSchemaError(version_of(connection))
            case SchemaState.NEWER:
                raise NewerSchemaError(version_of(connection))


def generation_of(connection: Connection) -> int:
    """Return how often this database was restored from a backup, counted from 1."""
    return int(connection.execute(select(meta.c.value).where(meta.c.key == "generation")).scalar_one())


def set_generation(connection: Connection, generation: int) -> None:
    """Say how often this database was put back."""
    connection.execute(update(meta).where(meta.c.key == "generation").values(value=str(generation)))
