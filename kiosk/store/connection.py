"""The one way to the kiosk's file: exclusive, durable at commit, short transactions under one lock."""

import fcntl
import os
import sqlite3
import threading
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from kiosk.store.errors import StoreError, StoreRefusedError, translated
from kiosk.store.schema import SCHEMA, SCHEMA_VERSION

FILE_NAME = "kiosk.db"
LOCK_NAME = "kiosk.lock"
Row = tuple[Any, ...]
WAL_PAGES_MAX = 8_000
"""Beyond this the file is tidied in the middle of the work, which one scan feels; `tidy` does it in quiet moments."""


class Connection:
    """One SQLite connection for all threads of this process; each transaction is short and holds the lock.

    A second process is refused by a lock on a file beside it and by SQLite's exclusive mode.
    """

    def __init__(self, folder: Path) -> None:
        """Open the file in `folder`, made if absent. Raises StoreRefusedError or StoreError."""
        folder.mkdir(parents=True, exist_ok=True)
        self.path = folder / FILE_NAME
        self.lock = threading.RLock()
        # Grows whenever reference data may have changed: what is remembered of them is then read again.
        self.reference_turn = 0
        self._depth = 0
        self._lock_file = os.open(folder / LOCK_NAME, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self._lock_file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(self._lock_file)
            raise StoreRefusedError(str(folder)) from error
        try:
            self._sqlite = self._open()
        except BaseException:
            os.close(self._lock_file)
            raise

    def _open(self) -> sqlite3.Connection:
        try:
            sqlite = sqlite3.connect(self.path, isolation_level=None, check_same_thread=False, timeout=1)
            sqlite.execute("PRAGMA locking_mode=EXCLUSIVE")
            sqlite.execute("PRAGMA journal_mode=WAL")
            sqlite.execute("PRAGMA synchronous=FULL")
            sqlite.execute(f"PRAGMA wal_autocheckpoint={WAL_PAGES_MAX}")
            sqlite.execute("PRAGMA cache_size=-16000")
            version: int = sqlite.execute("PRAGMA user_version").fetchone()[0]
            if version > SCHEMA_VERSION:
                sqlite.close()
                message = f"{self.path} was written by a newer version"
                raise StoreRefusedError(message)
            if version < SCHEMA_VERSION:
                sqlite.executescript(f"BEGIN;{SCHEMA}PRAGMA user_version={SCHEMA_VERSION};COMMIT;")
        except sqlite3.Error as error:
            raise translated(error) from error
        return sqlite

    @contextmanager
    def transaction(self) -> Generator[None, None, None]:
        """Commit what is done inside, durably, or nothing of it. Inside another transaction it is part of that one.

        Raises StoreError when the file does not take it.
        """
        with self.lock:
            if self._depth:
                yield
                return
            try:
                self._sqlite.execute("BEGIN IMMEDIATE")
                self._depth = 1
                yield
                self._sqlite.execute("COMMIT")
            except sqlite3.Error as error:
                self._roll_back()
                raise translated(error) from error
            except BaseException:
                self._roll_back()
                raise
            finally:
                self._depth = 0

    def reference_changes(self) -> None:
        """Say that reference data are about to change. Only while the lock is held."""
        self.reference_turn += 1

    def _roll_back(self) -> None:
        self.reference_turn += 1
        if self._sqlite.in_transaction:
            self._sqlite.execute("ROLLBACK")

    def rows(self, sql: str, parameters: Sequence[Any] = ()) -> list[Row]:
        """Return all rows of a short question."""
        with self.lock:
            try:
                return self._sqlite.execute(sql, parameters).fetchall()
            except sqlite3.Error as error:
                raise translated(error) from error

    def row(self, sql: str, parameters: Sequence[Any] = ()) -> Row | None:
        """Return the first row, or None."""
        with self.lock:
            try:
                found: Row | None = self._sqlite.execute(sql, parameters).fetchone()
            except sqlite3.Error as error:
                raise translated(error) from error
            return found

    def change(self, sql: str, parameters: Sequence[Any] = ()) -> int:
        """Write one statement; returns how many rows it touched. Only inside `transaction`."""
        return self._sqlite.execute(sql, parameters).rowcount

    def change_many(self, sql: str, parameters: Sequence[Sequence[Any]]) -> None:
        """Write one statement for many rows. Only inside `transaction`."""
        self._sqlite.executemany(sql, parameters)

    def meta(self, key: str) -> str | None:
        """Return one remembered word about the file itself."""
        found = self.row("SELECT value FROM meta WHERE key = ?", (key,))
        return found[0] if found else None

    def remember(self, key: str, value: str) -> None:
        """Keep one word about the file. Only inside `transaction`."""
        self.change("INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)", (key, value))

    def copy_tables(self, path: Path, tables: Sequence[str]) -> None:
        """Take whole tables over from another kiosk file that nobody has open. Raises StoreError."""
        with self.lock:
            try:
                self._sqlite.execute("ATTACH DATABASE ? AS other", (str(path),))
                try:
                    with self.transaction():
                        self.reference_changes()
                        for table in tables:
                            self._sqlite.execute(f"DELETE FROM main.{table}")  # noqa: S608 our own names
                            self._sqlite.execute(f"INSERT INTO main.{table} SELECT * FROM other.{table}")  # noqa: S608 our own names
                finally:
                    self._sqlite.execute("DETACH DATABASE other")
            except sqlite3.Error as error:
                raise translated(error) from error

    def tidy(self) -> None:
        """Move what was written from the write-ahead log into the file. Raises StoreError."""
        with self.lock:
            try:
                self._sqlite.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
            except sqlite3.Error as error:
                raise translated(error) from error

    def reopen(self) -> None:
        """Let go of the file and open it again: what holds then is what the disk has, not what memory believes.

        Everything is moved out of the write-ahead log and synced anew, since a sync that failed says nothing of what
        was written before it. Raises StoreError; nothing can be written then until a later try succeeds.
        """
        with self.lock:
            self.reference_changes()
            if not self.path.exists():
                raise StoreError("store_io", "the file is gone")
            try:
                self._sqlite.close()
                self._sqlite = self._open()
                blocked: int = self._sqlite.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
            except sqlite3.Error as error:
                raise translated(error) from error
            if blocked:
                raise StoreError("store_io", "the write-ahead log cannot be moved into the file")
            with self.transaction():
                self.remember("reopened", str(int(self.meta("reopened") or 0) + 1))

    def limit_pages(self, pages: int) -> None:
        """Let the file grow to this many pages at most (0: no limit of ours): how a full disk is rehearsed."""
        with self.lock:
            now: int = self._sqlite.execute("PRAGMA page_count").fetchone()[0]
            self._sqlite.execute(f"PRAGMA max_page_count={max(now, pages) if pages else 1073741823}")

    def close(self) -> None:
        """Let go of the file."""
        with self.lock:
            self._sqlite.close()
            if self._lock_file >= 0:
                os.close(self._lock_file)
                self._lock_file = -1
