"""A database for each hub test: SQLite always, PostgreSQL where its programs are here (our own cluster, no network)."""

from __future__ import annotations

import itertools
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, text

from hub.store.database import open_database
from tests.tools import missing, postgresql_programs

_numbers = itertools.count(1)
_START_WAIT_S = 30
_PATTERN, _NO_PATTERN = "pattern", "template1"
_HASTE = ["fsync=off", "full_page_writes=off", "synchronous_commit=off", "autovacuum=off"]
"""No test pulls the plug of PostgreSQL itself; what it does then is its own."""

KINDS = ["sqlite", pytest.param("postgresql", marks=pytest.mark.needs("postgresql"))]


@pytest.fixture(scope="session")
def postgresql_folder() -> Iterator[Path]:
    """The socket folder of a running PostgreSQL, started for this test process and stopped after it."""
    programs = postgresql_programs()
    assert programs is not None
    folder = Path(tempfile.mkdtemp(prefix="noac-pg-"))
    folder.chmod(0o777)
    as_user = ["runuser", "-u", "nobody", "--"] if os.geteuid() == 0 else []
    initdb = [*as_user, programs / "initdb", "-D", folder / "data", "-U", "noac", "-A", "trust", "--no-sync"]
    subprocess.run([*initdb, "--locale=C", "-E", "UTF8"], check=True, capture_output=True, cwd="/")
    settings = ["listen_addresses=", f"unix_socket_directories={folder}", *_HASTE]
    options = [word for setting in settings for word in ("-c", setting)]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(
            [*as_user, programs / "postgres", "-D", folder / "data", *options],
            stdout=log,
            stderr=log,
            cwd="/",
        )
    try:
        _wait_until_it_answers(folder)
        yield folder
    finally:
        _stop(folder, server)
        shutil.rmtree(folder, ignore_errors=True)


def _stop(folder: Path, server: subprocess.Popen[bytes]) -> None:
    first_line = (folder / "data" / "postmaster.pid").read_text().splitlines()[0]
    os.kill(int(first_line), 2)  # SIGINT: the fast shutdown of PostgreSQL
    server.wait(_START_WAIT_S)


def _wait_until_it_answers(folder: Path) -> None:
    engine = create_engine(f"postgresql+psycopg://noac@/postgres?host={folder}")
    end = time.monotonic() + _START_WAIT_S
    while True:
        try:
            with engine.connect():
                break
        except Exception:
            if time.monotonic() > end:
                raise
            time.sleep(0.1)
    engine.dispose()


@pytest.fixture(scope="session")
def postgresql_server(postgresql_folder: Path) -> Iterator[Engine]:
    """Where databases are made and dropped."""
    url = f"postgresql+psycopg://noac@/postgres?host={postgresql_folder}"
    server = create_engine(url, isolation_level="AUTOCOMMIT")
    yield server
    server.dispose()


@pytest.fixture(scope="session")
def postgresql_pattern(postgresql_server: Engine) -> str:
    """The name of a database with every table and no row: copied for each test, which is quicker than making one."""
    open_database(_make(postgresql_server, _PATTERN, _NO_PATTERN)).dispose()
    return _PATTERN


@pytest.fixture
def postgresql_url(postgresql_server: Engine, postgresql_pattern: str) -> Iterator[str]:
    """The URL of a PostgreSQL database with its tables."""
    yield from _lent(postgresql_server, postgresql_pattern)


@pytest.fixture
def empty_postgresql_url(postgresql_server: Engine) -> Iterator[str]:
    """The URL of an empty PostgreSQL database."""
    yield from _lent(postgresql_server, _NO_PATTERN)


def _make(server: Engine, name: str, pattern: str) -> str:
    with server.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {pattern} STRATEGY FILE_COPY"))
    return server.url.set(database=name).render_as_string()


def _lent(server: Engine, pattern: str) -> Iterator[str]:
    name = f"test_{next(_numbers)}"
    yield _make(server, name, pattern)
    with server.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))


@pytest.fixture(params=KINDS)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a database nobody has written to, once of each kind."""
    return _url(request, tmp_path, "postgresql_url")


@pytest.fixture(params=KINDS)
def empty_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a database without a table, once of each kind."""
    return _url(request, tmp_path, "empty_postgresql_url")


def _url(request: pytest.FixtureRequest, folder: Path, postgresql: str) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{folder / 'hub.sqlite'}"
    if missing("postgresql"):
        pytest.skip("postgresql is missing")
    return request.getfixturevalue(postgresql)
