"""Booking in a process of its own: taking in and booking each have an interpreter, and a hub's two cores both work.

The hub starts it and tells it when something was appended; it tells the hub how far it has booked. All else goes
through the database. It ends when the hub's end of the pipe closes, whatever became of the hub; if it ends by itself,
the hub starts another.
"""

import contextlib
import gc
import logging
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from typing import IO

import msgspec

from hub.projector import Projector
from hub.store.database import StoreError, open_database

RESTART_S = 1.0
"""How long to wait before another is started: what ends at once must not take the machine's time."""
START_WAIT_S = 15.0
STOP_WAIT_S = 30.0
"""A batch in hand is booked to its end."""
LINE_BYTES_MAX = 200
SWITCH_INTERVAL_S = 0.0002
"""The thread that writes needs the interpreter often and briefly; the one that folds gives it up soon."""
GARBAGE_OBJECTS = 50_000
"""As in the process that serves: one batch makes more objects than the interpreter's default between two looks."""

_log = logging.getLogger(__name__)


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """What the process is told first: the database and the plants to book."""

    database: str
    plants: tuple[str, ...]


class BookingProcess:
    """The projector as the hub sees it: wakes it, hears from it, keeps it alive."""

    def __init__(self, order: Order, *, booked: Callable[[str, int], None]) -> None:
        """`booked(plant, position)` is called after each commit."""
        self._order, self._booked = order, booked
        self._positions: dict[str, int] = {}
        self._process: subprocess.Popen[bytes] | None = None
        self._stopping = threading.Event()
        self._is_heard = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin to book; returns when the process is at work, so that nobody meets a hub that only takes in."""
        self._stopping.clear()
        self._thread = threading.Thread(target=self._keep_alive, name="booking", daemon=True)
        self._thread.start()
        if not self._is_heard.wait(START_WAIT_S):
            _log.warning("booking has not begun after %.0f s; what is taken in waits for it", START_WAIT_S)

    def stop(self) -> None:
        """End after the batch in hand."""
        self._stopping.set()
        process = self._process
        if process:
            _close(process.stdin)
        if self._thread:
            self._thread.join(STOP_WAIT_S)
            self._thread = None

    def wake(self, plant: str) -> None:
        """Say that something was appended."""
        process = self._process
        if process and process.stdin:
            # A full pipe has wakings enough in it; a broken one belongs to a process whose successor looks for itself.
            with contextlib.suppress(BlockingIOError, OSError, ValueError):
                os.write(process.stdin.fileno(), b"\n")

    def position(self, plant: str) -> int:
        """Return through which position a plant is booked, as far as was heard."""
        return self._positions.get(plant, 0)

    @property
    def process_id(self) -> int | None:
        """Return the process that books now; None between two of them."""
        process = self._process
        return process.pid if process else None

    def _keep_alive(self) -> None:
        while not self._stopping.is_set():
            with self._begun() as process:
                self._process = process
                if self._stopping.is_set():  # `stop` came before there was a pipe to close
                    _close(process.stdin)
                self._listen(process)
                self._process = None
                _close(process.stdin)
                code = process.wait()
            if not self._stopping.is_set():
                _log.error("booking ended by itself (exit code %d); it is started again", code)
                self._stopping.wait(RESTART_S)

    def _begun(self) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(  # noqa: S603 (ourselves)
            [sys.executable, "-m", __name__], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        if process.stdin:
            process.stdin.write(msgspec.json.encode(self._order) + b"\n")
            process.stdin.flush()
            os.set_blocking(process.stdin.fileno(), False)
        return process

    def _listen(self, process: subprocess.Popen[bytes]) -> None:
        if not process.stdout:
            return
        while line := process.stdout.readline(LINE_BYTES_MAX):
            plant, _, position = line.decode("ascii").strip().rpartition(" ")
            self._positions[plant] = int(position)
            self._is_heard.set()
            self._booked(plant, int(position))


def _close(pipe: IO[bytes] | None) -> None:
    if pipe:
        with contextlib.suppress(OSError):
            pipe.close()


def book(orders: IO[bytes], say: Callable[[str, int], None]) -> None:
    """Book until `orders` ends: its first line is an Order, every other line a waking. Raises StoreError."""
    order = msgspec.json.decode(orders.readline(), type=Order)
    engine = open_database(order.database)
    try:
        projector = Projector(engine, order.plants, booked=say)
        for plant in order.plants:
            say(plant, projector.warm_up(plant))
        gc.collect()
        gc.freeze()  # the reference data stay: nobody need walk through them again
        projector.start()
        while orders.readline(LINE_BYTES_MAX):
            for plant in order.plants:
                projector.wake(plant)
        projector.stop()
    finally:
        engine.dispose()


def _say(plant: str, position: int) -> None:
    with contextlib.suppress(OSError):  # the hub is gone: what was booked is booked
        os.write(sys.stdout.fileno(), f"{plant} {position}\n".encode("ascii"))


def main() -> int:
    """Run as the process: everything it is told comes by its input."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    sys.setswitchinterval(SWITCH_INTERVAL_S)
    gc.set_threshold(GARBAGE_OBJECTS, *gc.get_threshold()[1:])
    for one in (signal.SIGINT, signal.SIGTERM):
        # Sent to the whole service: the hub ends us when it has taken in all it answered.
        signal.signal(one, signal.SIG_IGN)
    try:
        book(sys.stdin.buffer, _say)
    except StoreError as error:
        _log.error("booking cannot begin: %s", error)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
