"""Talking to the emulator and to the agent in its guest: one JSON object a line, over a socket of the file system.

QEMU's own protocol (QMP, "docs/interop/qmp-spec" of QEMU) and its guest agent's ("QEMU Guest Agent Protocol Reference")
share their shape: `execute` and `arguments`, answered by `return` or `error`; QMP tells events in between.
"""

from __future__ import annotations

import json
import socket
import time
from collections import deque
from pathlib import Path
from typing import Any

ANSWER_TIMEOUT_S = 60.0
READ_BYTES = 65_536
EVENTS_KEPT = 200


class MonitorError(RuntimeError):
    """The emulator or its guest refused: what was asked, and its answer."""


class Monitor:
    """One connection; a question at a time."""

    def __init__(self, path: Path) -> None:
        self._link = socket.socket(socket.AF_UNIX)
        self._link.connect(str(path))
        self._lines: deque[bytes] = deque()
        self._rest = b""
        self.events: deque[dict[str, Any]] = deque(maxlen=EVENTS_KEPT)

    def ask(self, command: str, timeout_s: float = ANSWER_TIMEOUT_S, **arguments: object) -> Any:
        """Return what a command answers. Raises MonitorError, TimeoutError."""
        words = {name.replace("_", "-"): value for name, value in arguments.items()}
        self.tell({"execute": command, "arguments": words})
        deadline = time.monotonic() + timeout_s
        while True:
            said = self.hear(deadline)
            if "return" in said:
                return said["return"]
            if "error" in said:
                raise MonitorError(f"{command} {words}: {said['error'].get('desc')}")

    def await_event(self, name: str, timeout_s: float = ANSWER_TIMEOUT_S, **data: object) -> None:
        """Wait until QMP has told this event with these data since it was last forgotten."""
        deadline = time.monotonic() + timeout_s
        while not any(
            one["event"] == name and data.items() <= one.get("data", {}).items() for one in self.events
        ):
            self.hear(deadline)

    def tell(self, message: object) -> None:
        """Send one object and wait for nothing."""
        self._link.sendall(json.dumps(message).encode() + b"\n")

    def hear(self, deadline: float) -> dict[str, Any]:
        """Return the next object; events are kept too. Raises TimeoutError."""
        while not self._lines:
            left_s = deadline - time.monotonic()
            if left_s <= 0:
                raise TimeoutError("the emulator did not answer")
            self._link.settimeout(left_s)
            piece = self._link.recv(READ_BYTES)
            if not piece:
                raise MonitorError("the emulator hung up")
            *lines, self._rest = (self._rest + piece).split(b"\n")
            # 0xFF: how the agent marks that it has begun anew (guest-sync-delimited)
            self._lines.extend(line.lstrip(b"\xff") for line in lines if line.strip())
        said: dict[str, Any] = json.loads(self._lines.popleft())
        if "event" in said:
            self.events.append(said)
        return said

    def close(self) -> None:
        """Hang up."""
        self._link.close()
