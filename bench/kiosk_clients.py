"""What stands around a measured kiosk: a hand at the scanner, and eyes on the pushed screen."""

import contextlib
import json
import os
import queue
import socket
import time
import tty
from typing import Any, Protocol, cast

import socketio  # pyright: ignore[reportMissingTypeStubs]
from socketio.exceptions import SocketIOError  # pyright: ignore[reportMissingTypeStubs]

FAST = {"skip_utf8_validation": True}
"""The client library checks every byte of a text in Python, which is no part of what is measured."""
CONNECT_TIMEOUT_S = 10.0
SCREEN_TIMEOUT_S = 10.0
STORED = "tone-stored"
"""The class on the screen that says the answer is: stored."""


class ScreenError(RuntimeError):
    """The screen did not say what it had to in time."""


class Scanner(Protocol):
    """Sends a code and returns the moment just before (CLOCK_MONOTONIC, s)."""

    def scan(self, text: str) -> float: ...

    def close(self) -> None: ...


class SocketScanner:
    """The virtual scanner's loopback socket: one JSON object a line."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), CONNECT_TIMEOUT_S)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._answers = self._socket.makefile("rb")

    def scan(self, text: str) -> float:
        line = json.dumps({"scan": text}).encode() + b"\n"
        begun = time.monotonic()
        self._socket.sendall(line)
        return begun

    def hear(self) -> None:
        """Read the scanner's answer to one scan. Raises ScreenError if it refused it."""
        answer = self._answers.readline()
        if b'"ok":true' not in answer.replace(b" ", b""):
            raise ScreenError(f"the scanner refused: {answer!r}")

    def close(self) -> None:
        self._answers.close()
        self._socket.close()


class SerialScanner:
    """A pseudo-terminal in place of a serial line; the kiosk opens `path`. No baud rate: bytes arrive at once."""

    def __init__(self) -> None:
        self._ours, self._theirs = os.openpty()
        tty.setraw(self._theirs)
        self.path = os.ttyname(self._theirs)

    def scan(self, text: str) -> float:
        data = text.encode() + b"\r"
        begun = time.monotonic()
        os.write(self._ours, data)
        return begun

    def close(self) -> None:
        for handle in (self._ours, self._theirs):
            with contextlib.suppress(OSError):
                os.close(handle)


class Watcher:
    """A Socket.IO client on the kiosk's page: sees what a browser is pushed, stamped when it arrives."""

    def __init__(self, address: str) -> None:
        self._pushed: queue.SimpleQueue[tuple[float, int, str]] = queue.SimpleQueue()
        self.turn = 0
        # Published without types. The client names the page's own origin by itself, once, as a browser does.
        self._client = cast("Any", socketio).Client(reconnection=False, websocket_extra_options=FAST)
        self._client.on("screen", self._take)
        self._client.connect(address, transports=["websocket"], wait_timeout=CONNECT_TIMEOUT_S)
        self.next_screen()

    def _take(self, message: dict[str, Any]) -> None:
        self._pushed.put((time.monotonic(), message["turn"], message["html"]))

    def next_screen(self) -> tuple[float, str]:
        """Wait for the screen of a later turn; return when it came and its HTML. Raises ScreenError."""
        deadline = time.monotonic() + SCREEN_TIMEOUT_S
        while True:
            try:
                moment, turn, html = self._pushed.get(timeout=max(0.0, deadline - time.monotonic()))
            except queue.Empty as error:
                raise ScreenError(f"no new screen in {SCREEN_TIMEOUT_S:g} s") from error
            if turn > self.turn:  # the clock's ticks show the same turn again
                self.turn = turn
                return moment, html

    def touch(self, action: str, value: str = "") -> None:
        """Touch the screen as it is."""
        self._client.emit("touch", {"action": action, "value": value, "turn": self.turn})

    def close(self) -> None:
        """Leave the page."""
        with contextlib.suppress(SocketIOError):
            self._client.disconnect()
