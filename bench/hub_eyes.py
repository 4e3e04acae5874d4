"""What is seen of a measured hub: how far the ledger is booked, and what the board is pushed, each with its moment."""

import contextlib
import threading
import time
from collections.abc import Sequence
from typing import Any, cast

import requests
import socketio  # pyright: ignore[reportMissingTypeStubs]
from msgspec import Struct
from socketio.exceptions import SocketIOError  # pyright: ignore[reportMissingTypeStubs]
from sqlalchemy import Engine

from hub.projector import cursor_of
from hub.store.database import reading

FAST = {"skip_utf8_validation": True}
"""The client library checks every byte of a text in Python, which is no part of what is measured."""
CONNECT_TIMEOUT_S = 20.0
PUSH_TIMEOUT_S = 10.0
LOOK_EVERY_S = 0.02
PAGE_EVERY_S = 1.0
PAGE_TIMEOUT_S = 15.0


class Reached(Struct, frozen=True, kw_only=True):
    """A position, and when it was seen (CLOCK_MONOTONIC, s)."""

    position: int
    moment_s: float


class BoardWatcher:
    """A page that looks at the board. `pushes` by the message's position, `tiles` by the oldest tile's."""

    def __init__(self, address: str, plant: str, board: str = "") -> None:
        self.pushes: list[Reached] = []
        self.tiles: list[Reached] = []
        self._client = cast("Any", socketio).Client(
            reconnection=False, websocket_extra_options=FAST
        )  # published without types
        self._client.on("board", self._take)
        url = f"{address}/?plant={plant}&lang=zh-CN&board={board}"
        self._client.connect(url, transports=["websocket"], wait_timeout=CONNECT_TIMEOUT_S)

    def _take(self, message: dict[str, Any]) -> None:
        moment = time.monotonic()
        self.pushes.append(Reached(position=message["position"], moment_s=moment))
        oldest = min(message["positions"].values(), default=message["position"])
        self.tiles.append(Reached(position=oldest, moment_s=moment))

    def await_position(self, position: int, timeout_s: float = PUSH_TIMEOUT_S) -> None:
        """Wait until every tile shows `position`; what never does counts against the figures."""
        deadline = time.monotonic() + timeout_s
        while time.monotonic() < deadline and not (self.tiles and self.tiles[-1].position >= position):
            time.sleep(LOOK_EVERY_S)

    def close(self) -> None:
        """Leave."""
        with contextlib.suppress(SocketIOError):
            self._client.disconnect()


class BookingWatcher:
    """Looks into the database for how far the ledger is booked, every LOOK_EVERY_S."""

    def __init__(self, engine: Engine, plant: str) -> None:
        self._engine, self._plant = engine, plant
        self.booked: list[Reached] = []
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def _look(self) -> None:
        last = -1
        while not self._stopping.wait(LOOK_EVERY_S):
            with reading(self._engine) as connection:
                position = cursor_of(connection, self._plant)
            if position != last:
                self.booked.append(Reached(position=position, moment_s=time.monotonic()))
                last = position

    def await_position(self, position: int, timeout_s: float) -> float | None:
        """Return when the ledger was seen booked through `position`; None if it was not in time."""
        deadline = time.monotonic() + timeout_s
        while time.monotonic() < deadline:
            if self.booked and self.booked[-1].position >= position:
                return self.booked[-1].moment_s
            time.sleep(LOOK_EVERY_S)
        return None

    def close(self) -> None:
        """Stop looking."""
        self._stopping.set()
        self._thread.join()


class PageReader:
    """Somebody who opens the board's page again and again; `taken_s` is how long each took to come.

    One that did not come at all counts as PAGE_TIMEOUT_S.
    """

    def __init__(self, address: str, plant: str, page: str = "/?") -> None:
        """`page`: its path and the beginning of its query."""
        self._url = f"{address}{page}&plant={plant}&lang=en"
        self.taken_s: list[float] = []
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        while not self._stopping.wait(PAGE_EVERY_S):
            begun = time.monotonic()
            try:
                requests.get(self._url, timeout=PAGE_TIMEOUT_S).raise_for_status()
            except requests.RequestException:
                self.taken_s.append(PAGE_TIMEOUT_S)
            else:
                self.taken_s.append(time.monotonic() - begun)

    def close(self) -> None:
        """Stop opening it."""
        self._stopping.set()
        self._thread.join()


def behind_ms(begun: Sequence[Reached], seen: Sequence[Reached]) -> list[float]:
    """Return for each of `begun` how long after it a position at least as high was seen, in ms.

    What was never seen counts as long as the last look: it cannot make a figure better.
    """
    taken: list[float] = []
    index = 0
    for one in sorted(begun, key=lambda reached: reached.position):
        while index < len(seen) and seen[index].position < one.position:
            index += 1
        moment = seen[index].moment_s if index < len(seen) else time.monotonic()
        taken.append(max(0.0, (moment - one.moment_s) * 1000))
    return taken
