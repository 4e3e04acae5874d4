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
from sqlalchemy import create_engine, text

from tests.tools import missing, postgresql_programs

_numbers = itertools.count(1)
_START_WAIT_S = 30


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
    options = ["-c", "listen_addresses=", "-c", f"unix_socket_directories={folder}", "-c", "fsync=off"]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(
            [*as_user, programs / "postgres", "-D", folder / "data", *map(str, options)],
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


@pytest.fixture
def postgresql_url(postgresql_folder: Path) -> Iterator[str]:
    """The URL of an empty PostgreSQL database."""
    name = f"test_{next(_numbers)}"
    server = create_engine(
        f"postgresql+psycopg://noac@/postgres?host={postgresql_folder}", isolation_level="AUTOCOMMIT"
    )
    with server.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    yield f"postgresql+psycopg://noac@/{name}?host={postgresql_folder}"
    with server.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    server.dispose()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.needs("postgresql"))])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database, once of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'hub.sqlite'}"
    if missing("postgresql"):
        pytest.skip("postgresql is missing")
    return request.getfixturevalue("postgresql_url")
