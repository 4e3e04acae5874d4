"""A kiosk's card: the real SQLite file, and what can happen to it. A cut undoes what was not committed."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

from kiosk.store.connection import FILE_NAME
from kiosk.store.store import Store

Plan = Literal["", "cut_before_commit", "cut_after_commit", "commit_fails", "commit_unsure", "disk_full"]


class PowerCut(BaseException):
    """The power is gone: nothing of the program goes on from here."""


class Card:
    """What the next commit will meet, and whether the card still takes anything."""

    def __init__(self) -> None:
        self.plan: Plan = ""
        self.is_read_only = False
        self.is_off = False
        self.in_transaction = False
        self.struck: Callable[[str], None] = lambda _name: None

    def put_under(self, store: Store) -> None:
        """Lead everything the store does with its file through this card."""
        connection: Any = store.connection
        made = connection._open

        def open_again() -> Any:
            return File(made(), self)

        connection._open = open_again
        connection._sqlite = File(connection._sqlite, self)


class File:
    """The part of an SQLite connection the kiosk uses; everything else goes through."""

    def __init__(self, real: sqlite3.Connection, card: Card) -> None:
        self._real = real
        self._card = card

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)

    @property
    def in_transaction(self) -> bool:
        return not self._card.is_off and self._real.in_transaction

    def execute(self, sql: str, *given: Any) -> Any:
        card = self._card
        self._check_power()
        if sql.startswith("BEGIN") and card.is_read_only:
            raise _error("attempt to write a readonly database", sqlite3.SQLITE_READONLY)
        if sql.startswith("BEGIN") and card.plan == "disk_full":
            self._strike()
            raise _error("database or disk is full", sqlite3.SQLITE_FULL)
        if sql != "COMMIT" or not card.plan:
            return self._real.execute(sql, *given)
        plan = self._strike()
        if plan == "cut_after_commit":
            self._real.execute(sql)
            self._cut()
        self._real.execute(sql if plan == "commit_unsure" else "ROLLBACK")
        if plan == "cut_before_commit":
            self._cut()
        raise _error("disk I/O error", sqlite3.SQLITE_IOERR)

    def executemany(self, sql: str, rows: Any) -> Any:
        self._check_power()
        return self._real.executemany(sql, rows)

    def _strike(self) -> str:
        plan, self._card.plan = self._card.plan, ""
        self._card.struck(plan)
        return plan

    def _cut(self) -> None:
        self._card.is_off = True
        raise PowerCut

    def _check_power(self) -> None:
        if self._card.is_off:
            raise PowerCut


def _error(words: str, code: int) -> sqlite3.OperationalError:
    error = sqlite3.OperationalError(words)
    error.sqlite_errorcode = code
    return error


def image_of(folder: Path) -> dict[str, bytes]:
    """Return what a closed kiosk's card holds."""
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir()) if path.is_file()}


def put_image(folder: Path, image: dict[str, bytes]) -> None:
    """Make a card hold this and nothing else."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name, data in image.items():
        (folder / name).write_bytes(data)


def flip_row(folder: Path, position: float, bit: int) -> tuple[int, int] | None:
    """Flip one bit of one entry of a closed kiosk's log; returns its epoch and sequence."""
    file = sqlite3.connect(folder / FILE_NAME, isolation_level=None)
    try:
        rows = file.execute("SELECT epoch, sequence, body FROM entry ORDER BY epoch, sequence").fetchall()
        if not rows:
            return None
        epoch, sequence, body = rows[int(position * len(rows))]
        spoilt = bytearray(body)
        spoilt[bit // 8 % len(body)] ^= 1 << bit % 8
        triggers = file.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'entry'"
        ).fetchall()
        for name, _ in triggers:
            file.execute(f"DROP TRIGGER {name}")
        file.execute(
            "UPDATE entry SET body = ? WHERE epoch = ? AND sequence = ?", (bytes(spoilt), epoch, sequence)
        )
        for _, sql in triggers:
            file.execute(sql)
        return epoch, sequence
    finally:
        file.close()
