"""Watches the card the kiosk writes to: room, whether it still takes anything, whether the file is still our file.

A ballast file keeps room for work when something else has filled the card; it is let go on alarm and made again later.
"""

import errno
import logging
import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Literal

from msgspec import Struct

LOOKS_EVERY_S = 4.0
BALLAST_NAME = "ballast"
PROBE_NAME = "probe"
PROBE_BYTES = 512
EVENT_BYTES = 5_000
"""What one more event takes, with what it changes here; the write-ahead log's copy is used again and again."""

LOW_BYTES = 32 * 1024 * 1024
"""Less room than this, and the ballast is let go."""

FULL_BYTES = 4 * 1024 * 1024
"""Less room than this, and nothing is begun that might not be stored."""

CardState = Literal["fine", "low", "full", "read_only", "failing", "replaced"]
STOPPING: frozenset[CardState] = frozenset({"full", "read_only", "failing", "replaced"})
"""States in which no scan is taken: it is refused before anybody acts on it."""

_LOG = logging.getLogger(__name__)


class CardReport(Struct, frozen=True, kw_only=True, tag="card_report"):
    """How the card is. `events_left`: about so many more events find room."""

    state: CardState = "fine"
    events_left: int = 0


class CardWatch:
    """Looks every few seconds, in a thread of its own: a card that hangs must not hang the loop."""

    def __init__(
        self,
        file: Path,
        *,
        ballast_bytes: int,
        on_change: Callable[[CardReport], None],
        after_look: Callable[[], None] = lambda: None,
        free_bytes: Callable[[Path], int] | None = None,
    ) -> None:
        """`file` is the open data file; what the watch needs lies beside it. No `ballast_bytes`: no ballast."""
        self._after_look = after_look
        self._file = file
        self._folder = file.parent
        self._ballast_bytes = ballast_bytes
        self._on_change = on_change
        self._free_bytes = free_bytes or _free_bytes
        self._is_ours = _identity(file)
        self._lock = threading.Lock()
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self.report = CardReport()

    def start(self) -> None:
        """Begin to look."""
        self._thread = threading.Thread(target=self._run, name="card", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the thread."""
        self._stopping.set()
        self._wake.set()
        if self._thread:
            self._thread.join(5)

    def wake(self) -> None:
        """Look now."""
        self._wake.set()

    def look(self) -> CardReport:
        """Look once, tell what changed, and return how it is."""
        before, self.report = self.report, self._seen()
        if self.report != before:
            self._on_change(self.report)
        return self.report

    def make_room(self) -> bool:
        """Let the ballast go; tell whether there was one."""
        with self._lock:
            try:
                (self._folder / BALLAST_NAME).unlink()
            except FileNotFoundError:
                return False
            except OSError as error:
                _LOG.error("the ballast cannot be let go: %s", error)
                return False
        _LOG.warning("the card is nearly full: the ballast was let go")
        return True

    def _run(self) -> None:
        while not self._stopping.is_set():
            self.look()
            self._after_look()
            self._wake.wait(LOOKS_EVERY_S)
            self._wake.clear()

    def _seen(self) -> CardReport:
        if _identity(self._file) != self._is_ours:
            return CardReport(state="replaced")
        try:
            self._probe()
            free = self._free_bytes(self._folder)
            if free < LOW_BYTES and self.make_room():
                free = self._free_bytes(self._folder)
        except OSError as error:
            if error.errno not in (errno.ENOSPC, errno.EDQUOT):
                _LOG.error("the card does not take the probe: %s", error)
                return CardReport(state="read_only" if error.errno == errno.EROFS else "failing")
            if not self.make_room():
                return CardReport(state="full")
            free = self._free_bytes(self._folder)
        if free < FULL_BYTES:
            return CardReport(state="full")
        if self._has_ballast(free):
            return CardReport()
        return CardReport(state="low", events_left=(free - FULL_BYTES) // EVENT_BYTES // 100 * 100)

    def _probe(self) -> None:
        """Write a few bytes in place, to the medium: the only way to know that it still takes any."""
        descriptor = os.open(
            self._folder / PROBE_NAME, os.O_WRONLY | os.O_CREAT | os.O_DSYNC | os.O_CLOEXEC, 0o600
        )
        try:
            os.pwrite(descriptor, b"." * PROBE_BYTES, 0)
        finally:
            os.close(descriptor)

    def _has_ballast(self, free: int) -> bool:
        """Tell whether the ballast is there, and make it where there is ample room for it."""
        if not self._ballast_bytes:
            return free >= LOW_BYTES
        path = self._folder / BALLAST_NAME
        with self._lock:
            if _size(path) >= self._ballast_bytes:
                return True
            if free < self._ballast_bytes + 2 * LOW_BYTES:
                return False
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
            try:
                os.posix_fallocate(descriptor, 0, self._ballast_bytes)
            except OSError as error:
                _LOG.warning("no room for the ballast: %s", error)
                path.unlink(missing_ok=True)
                return False
            finally:
                os.close(descriptor)
        return True


def _free_bytes(folder: Path) -> int:
    found = os.statvfs(folder)
    return found.f_bavail * found.f_frsize


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
