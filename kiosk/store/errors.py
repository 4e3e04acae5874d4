"""What can go wrong with the kiosk's file, in words somebody can act on."""

import sqlite3
from typing import Literal

StoreFault = Literal["disk_full", "store_locked", "store_io", "store_damaged", "store_failed"]


class StoreError(Exception):
    """The kiosk's file did not take or give something. `code` is the problem's code in the catalogue."""

    def __init__(self, code: StoreFault, reason: str) -> None:
        self.code: StoreFault = code
        self.reason = reason
        super().__init__(f"{code}: {reason}")


class StoreRefusedError(Exception):
    """The kiosk cannot start on this file: another process has it, or it belongs to another kiosk."""


_PRIMARY_CODE_MASK = 0xFF
_FAULTS: dict[int, StoreFault] = {
    sqlite3.SQLITE_FULL: "disk_full",
    sqlite3.SQLITE_BUSY: "store_locked",
    sqlite3.SQLITE_LOCKED: "store_locked",
    sqlite3.SQLITE_IOERR: "store_io",
    sqlite3.SQLITE_READONLY: "store_io",
    sqlite3.SQLITE_CANTOPEN: "store_io",
    sqlite3.SQLITE_CORRUPT: "store_damaged",
    sqlite3.SQLITE_NOTADB: "store_damaged",
}


def translated(error: sqlite3.Error) -> StoreError:
    """Return what an SQLite error means to a kiosk."""
    code: int = getattr(error, "sqlite_errorcode", 0) & _PRIMARY_CODE_MASK
    return StoreError(_FAULTS.get(code, "store_failed"), str(error))
