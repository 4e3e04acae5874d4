"""The machine's own floor: how fast this disk and this SQLite are for the bare act, in the same run as the figures."""

import os
import sqlite3
import time
from pathlib import Path

ENTRY = b"x" * 700
"""About one entry of the log."""


def fsync_ms(folder: Path, times: int = 300) -> list[float]:
    """Return how long it takes to append one entry to a file and have it on the disk, in ms, each time."""
    path = folder / "floor.bin"
    handle = os.open(path, os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o600)
    try:
        return [_timed_append(handle) for _ in range(times)]
    finally:
        os.close(handle)
        path.unlink()


def _timed_append(handle: int) -> float:
    begin = time.perf_counter()
    os.write(handle, ENTRY)
    os.fsync(handle)
    return (time.perf_counter() - begin) * 1000


def sqlite_commit_ms(folder: Path, times: int = 300) -> list[float]:
    """Return how long SQLite takes for one row in a transaction of its own (WAL, FULL), in ms, each time."""
    path = folder / "floor.sqlite"
    connection = _open(path)
    try:
        taken: list[float] = []
        for _ in range(times):
            begin = time.perf_counter()
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("INSERT INTO entry (body) VALUES (?)", (ENTRY,))
            connection.execute("COMMIT")
            taken.append((time.perf_counter() - begin) * 1000)
        return taken
    finally:
        connection.close()
        _remove(path)


def sqlite_rows_per_s(folder: Path, rows: int = 40_000, batch: int = 200) -> float:
    """Return how many rows a second SQLite takes in batches, each a durable transaction, with nothing else to do."""
    path = folder / "floor.sqlite"
    connection = _open(path)
    try:
        begin = time.perf_counter()
        for _ in range(rows // batch):
            connection.execute("BEGIN IMMEDIATE")
            connection.executemany("INSERT INTO entry (body) VALUES (?)", [(ENTRY,)] * batch)
            connection.execute("COMMIT")
        return rows / (time.perf_counter() - begin)
    finally:
        connection.close()
        _remove(path)


def _open(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("CREATE TABLE entry (id INTEGER PRIMARY KEY, body BLOB)")
    return connection


def _remove(path: Path) -> None:
    for suffix in ("", "-wal", "-shm"):
        Path(f"{path}{suffix}").unlink(missing_ok=True)
