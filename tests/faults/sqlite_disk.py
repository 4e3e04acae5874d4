"""Puts a `Disk` under the real SQLite of this process: every file it opens while `under_sqlite` holds is on it.

SQLite's own file layer is exchanged (sqlite.org/vfs.html) by way of ctypes, so the program above runs unchanged: its
`sqlite3`, its statements, its pragmas. Locks and the shared index of the write-ahead log work within this process.
"""

from __future__ import annotations

import ctypes
import os
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from ctypes import CFUNCTYPE, POINTER, Structure, c_char_p, c_double, c_int, c_int64, c_void_p
from dataclasses import dataclass, field
from typing import Any, ClassVar
from weakref import WeakKeyDictionary

from tests.faults.disk import Disk, DiskError, File

# Result codes of sqlite.org/rescode.html
OK, BUSY, READONLY, IOERR, NOTFOUND, FULL, CANTOPEN = 0, 5, 8, 10, 12, 13, 14
_IOERR = {"read": 266, "write": 778, "sync": 1034, "truncate": 1546, "delete": 2570, "open": CANTOPEN}
IOERR_SHORT_READ = 522
IOERR_DELETE_NOENT = 5898
OPEN_CREATE, OPEN_DELETEONCLOSE = 0x4, 0x8
POWERSAFE_OVERWRITE = 0x1000
"""What SQLite's own layer for Unix says of a disk: a write spoils no neighbouring byte."""
SECTOR_BYTES = 4096
SHARED, RESERVED, PENDING, EXCLUSIVE = 1, 2, 3, 4
SHM_UNLOCK, SHM_SHARED, SHM_EXCLUSIVE = 1, 4, 8
SHM_LOCKS = 8
JULIAN_DAY_OF_1970 = 2440587.5


class _OsFile(Structure):
    _fields_: ClassVar = [("methods", c_void_p), ("number", c_int64)]


_F, _V = POINTER(_OsFile), c_void_p


_FILE_FUNCTIONS: list[tuple[str, Any]] = [
    ("close", CFUNCTYPE(c_int, _F)),
    ("read", CFUNCTYPE(c_int, _F, c_void_p, c_int, c_int64)),
    ("write", CFUNCTYPE(c_int, _F, c_void_p, c_int, c_int64)),
    ("truncate", CFUNCTYPE(c_int, _F, c_int64)),
    ("sync", CFUNCTYPE(c_int, _F, c_int)),
    ("file_size", CFUNCTYPE(c_int, _F, POINTER(c_int64))),
    ("lock", CFUNCTYPE(c_int, _F, c_int)),
    ("unlock", CFUNCTYPE(c_int, _F, c_int)),
    ("check_reserved", CFUNCTYPE(c_int, _F, POINTER(c_int))),
    ("file_control", CFUNCTYPE(c_int, _F, c_int, c_void_p)),
    ("sector_size", CFUNCTYPE(c_int, _F)),
    ("characteristics", CFUNCTYPE(c_int, _F)),
    ("shm_map", CFUNCTYPE(c_int, _F, c_int, c_int, c_int, POINTER(c_void_p))),
    ("shm_lock", CFUNCTYPE(c_int, _F, c_int, c_int, c_int)),
    ("shm_barrier", CFUNCTYPE(None, _F)),
    ("shm_unmap", CFUNCTYPE(c_int, _F, c_int)),
]


class _Methods(Structure):
    _fields_: ClassVar = [("version", c_int), *_FILE_FUNCTIONS]


_LAYER_FUNCTIONS: list[tuple[str, Any]] = [
    ("open", CFUNCTYPE(c_int, _V, c_char_p, _F, c_int, POINTER(c_int))),
    ("delete", CFUNCTYPE(c_int, _V, c_char_p, c_int)),
    ("access", CFUNCTYPE(c_int, _V, c_char_p, c_int, POINTER(c_int))),
    ("full_path", CFUNCTYPE(c_int, _V, c_char_p, c_int, c_void_p)),
    *((name, c_void_p) for name in ("library_open", "library_error", "library_symbol", "library_close")),
    ("randomness", CFUNCTYPE(c_int, _V, c_int, c_void_p)),
    ("sleep", CFUNCTYPE(c_int, _V, c_int)),
    ("current_time", CFUNCTYPE(c_int, _V, POINTER(c_double))),
    ("last_error", CFUNCTYPE(c_int, _V, c_int, c_void_p)),
]


class _Vfs(Structure):
    _fields_: ClassVar = [
        ("version", c_int),
        ("file_bytes", c_int),
        ("path_chars_max", c_int),
        ("next", c_void_p),
        ("name", c_char_p),
        ("data", c_void_p),
        *_LAYER_FUNCTIONS,
    ]


@dataclass(kw_only=True, eq=False)
class _Locks:
    """Who holds what of one file, and the index its connections share."""

    levels: dict[int, int] = field(default_factory=dict)
    regions: list[Any] = field(default_factory=list)
    mapped: set[int] = field(default_factory=set)
    shared: list[set[int]] = field(default_factory=lambda: [set() for _ in range(SHM_LOCKS)])
    exclusive: list[int | None] = field(default_factory=lambda: [None] * SHM_LOCKS)

    def take(self, who: int, level: int) -> bool:
        others = max((held for one, held in self.levels.items() if one != who), default=0)
        if level == SHARED and others >= PENDING:
            return False
        if level == RESERVED and others >= RESERVED:
            return False
        if level == EXCLUSIVE and others >= SHARED:
            if others < RESERVED:
                self.levels[who] = PENDING
            return False
        self.levels[who] = max(level, self.levels.get(who, 0))
        return True

    def take_shm(self, who: int, slots: range, *, exclusive: bool) -> bool:
        for slot in slots:
            if self.exclusive[slot] not in (None, who) or (exclusive and self.shared[slot] - {who}):
                return False
        for slot in slots:
            if exclusive:
                self.exclusive[slot] = who
            else:
                self.shared[slot].add(who)
        return True

    def release_shm(self, who: int, slots: range) -> None:
        for slot in slots:
            self.shared[slot].discard(who)
            if self.exclusive[slot] == who:
                self.exclusive[slot] = None


@dataclass(kw_only=True, eq=False)
class _Open:
    disk: Disk
    file: File
    name: str
    locks: _Locks
    is_temporary: bool


class _Layer:
    """The functions SQLite calls. An exception in one would vanish inside ctypes, so each is kept in `errors`."""

    def __init__(self) -> None:
        self.disk: Disk | None = None
        self.errors: list[BaseException] = []
        self._open: dict[int, _Open] = {}
        self._locks: WeakKeyDictionary[Disk, dict[str, _Locks]] = WeakKeyDictionary()
        self._next = 1
        functions = [kind(self._guarded(getattr(self, f"x_{name}"))) for name, kind in _FILE_FUNCTIONS]
        self._methods = _Methods(2, *functions)
        self.vfs = _Vfs()
        self.vfs.version = 1
        self.vfs.file_bytes = ctypes.sizeof(_OsFile)
        self.vfs.path_chars_max = 1024
        self.vfs.name = b"noac-test-disk"
        for name, kind in _LAYER_FUNCTIONS:
            if kind is not c_void_p:  # this layer loads no libraries
                setattr(self.vfs, name, kind(self._guarded(getattr(self, f"v_{name}"))))

    def _guarded(self, do: Callable[..., int | None]) -> Callable[..., int | None]:
        def called(*given: Any) -> int | None:
            try:
                return do(*given)
            except DiskError as error:
                return _code(error)
            except BaseException as error:  # noqa: BLE001 - ctypes would print it and go on
                self.errors.append(error)
                return IOERR

        return called

    def _of(self, file: Any) -> _Open:
        return self._open[file.contents.number]

    # --- the disk ---

    def v_open(self, _vfs: int, name: bytes | None, file: Any, flags: int, out_flags: Any) -> int:
        file.contents.methods = None
        disk = self.disk
        if disk is None:
            return CANTOPEN
        text = os.fsdecode(name) if name else f"temporary-{self._next}"
        opened = disk.open(text, create=bool(flags & OPEN_CREATE) or not name)
        if opened is None:
            return CANTOPEN
        number, self._next = self._next, self._next + 1
        locks = self._locks.setdefault(disk, {}).setdefault(text, _Locks())
        is_temporary = not name or bool(flags & OPEN_DELETEONCLOSE)
        self._open[number] = _Open(disk=disk, file=opened, name=text, locks=locks, is_temporary=is_temporary)
        file.contents.number = number
        file.contents.methods = ctypes.addressof(self._methods)
        if out_flags:
            out_flags[0] = flags
        return OK

    def v_delete(self, _vfs: int, name: bytes, sync_folder: int) -> int:
        assert self.disk
        return (
            OK if self.disk.delete(os.fsdecode(name), sync_folder=bool(sync_folder)) else IOERR_DELETE_NOENT
        )

    def v_access(self, _vfs: int, name: bytes, _flags: int, out: Any) -> int:
        found = self.disk.files.get(os.fsdecode(name)) if self.disk else None
        out[0] = int(found is not None and len(found.visible) > 0)
        return OK

    def v_full_path(self, _vfs: int, name: bytes, count: int, out: int) -> int:
        if len(name) + 1 > count:
            return CANTOPEN
        ctypes.memmove(out, name + b"\0", len(name) + 1)
        return OK

    def v_randomness(self, _vfs: int, count: int, out: int) -> int:
        ctypes.memmove(out, os.urandom(count), count)
        return count

    def v_sleep(self, _vfs: int, microseconds: int) -> int:
        time.sleep(microseconds / 1e6)
        return microseconds

    def v_current_time(self, _vfs: int, out: Any) -> int:
        out[0] = JULIAN_DAY_OF_1970 + time.time() / 86_400
        return OK

    def v_last_error(self, _vfs: int, _count: int, _out: int) -> int:
        return OK

    # --- one open file ---

    def x_close(self, file: Any) -> int:
        number = file.contents.number
        opened = self._open.pop(number)
        opened.locks.levels.pop(number, None)
        self._unmap(opened, number)
        if opened.is_temporary:
            with opened.disk.lock:
                opened.disk.files.pop(opened.name, None)
        return OK

    def x_read(self, file: Any, to: int, count: int, offset: int) -> int:
        opened = self._of(file)
        data = opened.disk.read(opened.file, offset, count)
        ctypes.memmove(to, data, len(data))
        if len(data) < count:
            ctypes.memset(to + len(data), 0, count - len(data))
            return IOERR_SHORT_READ
        return OK

    def x_write(self, file: Any, data: int, count: int, offset: int) -> int:
        opened = self._of(file)
        opened.disk.write(opened.file, offset, ctypes.string_at(data, count))
        return OK

    def x_truncate(self, file: Any, size: int) -> int:
        opened = self._of(file)
        opened.disk.truncate(opened.file, size)
        return OK

    def x_sync(self, file: Any, _flags: int) -> int:
        opened = self._of(file)
        opened.disk.sync(opened.file)
        return OK

    def x_file_size(self, file: Any, out: Any) -> int:
        out[0] = len(self._of(file).file.visible)
        return OK

    def x_lock(self, file: Any, level: int) -> int:
        opened, who = self._of(file), file.contents.number
        with opened.disk.lock:
            return OK if opened.locks.take(who, level) else BUSY

    def x_unlock(self, file: Any, level: int) -> int:
        opened = self._of(file)
        with opened.disk.lock:
            opened.locks.levels[file.contents.number] = level
        return OK

    def x_check_reserved(self, file: Any, out: Any) -> int:
        out[0] = int(max(self._of(file).locks.levels.values(), default=0) >= RESERVED)
        return OK

    def x_file_control(self, _file: Any, _op: int, _argument: int) -> int:
        return NOTFOUND

    def x_sector_size(self, _file: Any) -> int:
        return SECTOR_BYTES

    def x_characteristics(self, _file: Any) -> int:
        return POWERSAFE_OVERWRITE

    # --- the index shared by connections of one file ---

    def x_shm_map(self, file: Any, region: int, count: int, extend: int, out: Any) -> int:
        opened = self._of(file)
        with opened.disk.lock:
            locks = opened.locks
            locks.mapped.add(file.contents.number)
            while len(locks.regions) <= region and extend:
                locks.regions.append(ctypes.create_string_buffer(count))
            out[0] = ctypes.addressof(locks.regions[region]) if region < len(locks.regions) else None
        return OK

    def x_shm_lock(self, file: Any, first: int, count: int, flags: int) -> int:
        opened, who = self._of(file), file.contents.number
        slots = range(first, first + count)
        with opened.disk.lock:
            if flags & SHM_UNLOCK:
                opened.locks.release_shm(who, slots)
                return OK
            return OK if opened.locks.take_shm(who, slots, exclusive=bool(flags & SHM_EXCLUSIVE)) else BUSY

    def x_shm_barrier(self, _file: Any) -> None:
        return

    def x_shm_unmap(self, file: Any, _delete: int) -> int:
        self._unmap(self._of(file), file.contents.number)
        return OK

    def _unmap(self, opened: _Open, who: int) -> None:
        with opened.disk.lock:
            opened.locks.release_shm(who, range(SHM_LOCKS))
            opened.locks.mapped.discard(who)
            if not opened.locks.mapped:
                opened.locks.regions.clear()


def _code(error: DiskError) -> int:
    match error.trouble:
        case "disk_full":
            return FULL
        case "read_only":
            return READONLY
        case _:
            return _IOERR[error.act]


_layer: _Layer | None = None


def _library_path() -> str | None:
    with open("/proc/self/maps", encoding="utf-8") as maps:  # noqa: PTH123 (no file of ours)
        return next((line.split()[-1] for line in maps if "libsqlite3.so" in line), None)


@contextmanager
def under_sqlite(disk: Disk) -> Generator[Disk]:
    """Let SQLite keep all its files on `disk` meanwhile. What was opened on it must not be used afterwards.

    May be used inside itself: the innermost disk holds for files opened now.
    """
    global _layer  # noqa: PLW0603 (SQLite keeps one list of layers for the process)
    if _layer is None:
        _layer = _Layer()
    layer = _layer
    library = ctypes.CDLL(_library_path())
    library.sqlite3_vfs_find.restype = c_void_p
    library.sqlite3_vfs_find.argtypes = [c_char_p]
    library.sqlite3_vfs_register.argtypes = [c_void_p, c_int]
    before, usual = layer.disk, library.sqlite3_vfs_find(None)
    layer.disk = disk
    assert library.sqlite3_vfs_register(ctypes.addressof(layer.vfs), 1) == OK
    try:
        yield disk
    finally:
        layer.disk = before
        library.sqlite3_vfs_register(usual, 1)
        errors, layer.errors = layer.errors, []
        if errors:
            raise RuntimeError("the file layer itself failed") from errors[0]
