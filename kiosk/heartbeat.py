"""Says that the scan path still turns, to the service manager: a loop that hangs is ended and started anew.

Only the loop calls `alive`, after a turn: a timer would go on beating beside a loop that no longer takes scans.
"""

import logging
import os
import socket
import time

NOTIFY_VARIABLE = "NOTIFY_SOCKET"
PAUSE_S_MAX = 5.0
"""Beats further apart are no longer one steady beat."""

_LOG = logging.getLogger(__name__)


class Heartbeat:
    """Datagrams to the socket systemd names (sd_notify(3)); without one nobody listens and nothing is sent."""

    def __init__(self, address: str = "") -> None:
        """`address`: a path, or a name that begins with "@" in the abstract namespace."""
        self._address = f"\0{address[1:]}" if address.startswith("@") else address
        self._socket: socket.socket | None = None
        self._first_s = self._last_s = -PAUSE_S_MAX
        if address:
            self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC)
            self._socket.setblocking(False)

    @classmethod
    def of_the_service(cls) -> "Heartbeat":
        """Return the heartbeat of this process, as the service manager asked for it."""
        return cls(os.environ.get(NOTIFY_VARIABLE, ""))

    def ready(self, status: str) -> None:
        """Say that work has begun; `status` is what `systemctl status` shows."""
        self._send(f"READY=1\nSTATUS={status}")

    def alive(self) -> None:
        """Say that a turn was taken to its end."""
        now_s = time.monotonic()
        if now_s - self._last_s > PAUSE_S_MAX:
            self._first_s = now_s
        self._last_s = now_s
        self._send("WATCHDOG=1")

    @property
    def steady_s(self) -> float:
        """For how long turns have been taken without a pause; 0 once they stay away."""
        is_beating = time.monotonic() - self._last_s <= PAUSE_S_MAX
        return self._last_s - self._first_s if is_beating else 0.0

    def stopping(self) -> None:
        """Say that the end is wanted."""
        self._send("STOPPING=1")

    def close(self) -> None:
        """Let go of the socket."""
        if self._socket:
            self._socket.close()
            self._socket = None

    def _send(self, message: str) -> None:
        if self._socket is None:
            return
        try:
            self._socket.sendto(message.encode(), self._address)
        except OSError as error:
            # Nothing may hold the loop up. If nobody hears it, the service manager acts, and the journal says why.
            _LOG.warning("the service manager does not hear us: %s", error)
