"""One hub to a database: who serves it, or changes what only one may change, holds it until it ends."""

import fcntl
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from hub.store.database import StoreError, driver_error

LOCK_SUFFIX = ".lock"
_LOCK_NUMBER = 727272
"""The key of PostgreSQL's advisory lock; each database has its own."""


class StoreHeldError(StoreError):
    """Another hub serves this database, or restores or rebuilds it right now."""


@contextmanager
def holding(url: str) -> Generator[None]:
    """Hold a database for oneself. It is let go when the process ends, however it ends. Raises StoreHeldError.

    Enrolling, importing, exporting and backing up need not hold it: they go on beside a hub.
    """
    held = _file(url) if url.startswith("sqlite") else _session(url)
    with held:
        yield


@contextmanager
def _file(url: str) -> Generator[None]:
    database = make_url(url).database
    if not database or database == ":memory:":
        yield  # nobody else can open it
        return
    path = Path(f"{database}{LOCK_SUFFIX}")
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise _held() from error
        yield


@contextmanager
def _session(url: str) -> Generator[None]:
    engine = create_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    try:
        connection = engine.connect()
    except DBAPIError as error:
        raise (driver_error(error.orig) or StoreError(str(error.orig))) from error
    try:
        question = text("SELECT pg_try_advisory_lock(:number)")
        if not connection.execute(question, {"number": _LOCK_NUMBER}).scalar():
            raise _held()
        yield
    finally:
        connection.close()
        engine.dispose()


def _held() -> StoreHeldError:
    return StoreHeldError("another hub runs on it, or it is being restored or rebuilt; stop that one first")
