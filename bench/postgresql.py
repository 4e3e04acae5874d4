"""A PostgreSQL of our own to measure on: a fresh cluster with its usual durable settings, and its floor."""

import contextlib
import importlib.util
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Generator
from pathlib import Path

from sqlalchemy import create_engine
from sqlalchemy.exc import OperationalError

from bench.floor import ENTRY

START_TIMEOUT_S = 30.0
STOP_TIMEOUT_S = 30.0
USER_WHEN_ROOT = "nobody"
"""PostgreSQL refuses to run as root."""


class PostgresqlError(RuntimeError):
    """The cluster did not come up."""


def missing() -> str:
    """Say what is not here; empty when all is."""
    if not programs():
        return "initdb and postgres are not installed"
    if os.geteuid() == 0 and not shutil.which("runuser"):
        return "it must not run as root, and there is no runuser"
    return "" if importlib.util.find_spec("psycopg") else "psycopg is not installed"


def programs() -> Path | None:
    """Return the folder with initdb and postgres, or None. Debian keeps them off the PATH."""
    on_path = shutil.which("initdb")
    if on_path:
        return Path(on_path).resolve().parent
    found = [folder for folder in Path("/usr/lib/postgresql").glob("*/bin") if (folder / "initdb").exists()]
    return max(found, key=lambda folder: int(folder.parent.name), default=None)


@contextlib.contextmanager
def cluster(beside: Path) -> Generator[str]:
    """Run a cluster in a folder beside `beside` (same disk); gives the URL of its database. Raises PostgresqlError."""
    folder = Path(tempfile.mkdtemp(prefix="noac-pg-", dir=beside.parent))
    folder.chmod(0o777)  # the user it runs as is another one
    try:
        server = _start(folder)
        try:
            url = f"postgresql+psycopg://noac@/postgres?host={folder}"
            _await_answer(url, server)
            yield url
        finally:
            _stop(folder, server)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def rows_per_s(url: str, rows: int = 40_000, batch: int = 200) -> float:
    """Return how many rows a second it takes by COPY in batches, each a durable transaction, and does nothing else."""
    import psycopg  # noqa: PLC0415 - only who measures on PostgreSQL needs it

    target = url.replace("postgresql+psycopg://", "postgresql://")
    with psycopg.connect(target, autocommit=True) as connection:
        connection.execute("CREATE TABLE floor_entry (id bigserial PRIMARY KEY, body bytea)")
        begin = time.perf_counter()
        for _ in range(rows // batch):
            with (
                connection.transaction(),
                connection.cursor() as cursor,
                cursor.copy("COPY floor_entry (body) FROM STDIN") as copy,
            ):
                for _ in range(batch):
                    copy.write_row((ENTRY,))
        taken = time.perf_counter() - begin
        connection.execute("DROP TABLE floor_entry")
    return rows / taken


def _start(folder: Path) -> subprocess.Popen[bytes]:
    found = programs()
    if found is None:
        raise PostgresqlError("initdb and postgres are not installed")
    as_user = ["runuser", "-u", USER_WHEN_ROOT, "--"] if os.geteuid() == 0 else []
    data = str(folder / "data")
    initdb = [
        *as_user,
        str(found / "initdb"),
        "-D",
        data,
        "-U",
        "noac",
        "-A",
        "trust",
        "--locale=C",
        "-E",
        "UTF8",
    ]
    made = subprocess.run(initdb, capture_output=True, text=True, check=False, cwd="/")
    if made.returncode:
        raise PostgresqlError(f"initdb failed: {made.stderr.strip()[-500:]}")
    options = [
        "-c",
        "listen_addresses=",
        "-c",
        f"unix_socket_directories={folder}",
        "-c",
        "fsync=on",
        "-c",
        "synchronous_commit=on",
        "-c",
        "full_page_writes=on",
    ]
    with (folder / "log").open("wb") as log:
        return subprocess.Popen(
            [*as_user, str(found / "postgres"), "-D", data, *options], stdout=log, stderr=log, cwd="/"
        )


def _await_answer(url: str, server: subprocess.Popen[bytes]) -> None:
    engine = create_engine(url)
    deadline = time.monotonic() + START_TIMEOUT_S
    try:
        while server.poll() is None and time.monotonic() < deadline:
            with contextlib.suppress(OperationalError), engine.connect():
                return
            time.sleep(0.1)
    finally:
        engine.dispose()
    raise PostgresqlError("the cluster does not answer")


def _stop(folder: Path, server: subprocess.Popen[bytes]) -> None:
    """Shut it down fast (PostgreSQL manual, 19.5: SIGINT); by force if it does not go."""
    pid_file = folder / "data" / "postmaster.pid"
    with contextlib.suppress(OSError, ValueError, IndexError):
        os.kill(int(pid_file.read_text().splitlines()[0]), signal.SIGINT)
    try:
        server.wait(STOP_TIMEOUT_S)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()
