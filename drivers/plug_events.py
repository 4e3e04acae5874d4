"""Waiting for a device: the kernel says when something is plugged in or gone, so nobody need look every second.

The kernel's messages come over a netlink socket (Linux `include/uapi/linux/netlink.h`: NETLINK_KOBJECT_UEVENT), in
group 1, and those of udev, once it has set owner and rights, in group 2 (systemd `sd-device/device-monitor-private.h`).
The kernel's own word comes before the rights are set, so it is heard only where no udev runs. What they say is not
read: whoever waits looks for itself. Where there is no such socket, waiting is all there is.
"""

import os
import select
import socket
import time
from pathlib import Path

_NETLINK_KOBJECT_UEVENT = 15
_KERNEL, _UDEV = 1, 2
_UDEV_RUNS = Path("/run/udev/control")
_MESSAGE_BYTES = 8_192
_MESSAGES_MAX = 1_000
SETTLE_S = 0.05
"""After a message, how long to let the others of the same device come before looking."""


class PlugEvents:
    """What one device waits with. `wait` and `close` are for its thread, `interrupt` for any other."""

    def __init__(self) -> None:
        self._wake = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        self._kernel = _listen()
        self._poll = select.poll()
        self._poll.register(self._wake, select.POLLIN)
        if self._kernel is not None:
            self._poll.register(self._kernel, select.POLLIN)
        self._is_closed = False

    def wait(self, timeout_s: float) -> bool:
        """Wait until something was plugged in or pulled since the last wait; False when the time passed instead."""
        ready = [fd for fd, _ in self._poll.poll(timeout_s * 1000)]
        if self._kernel is None or self._kernel.fileno() not in ready:
            return False
        time.sleep(min(SETTLE_S, timeout_s))
        self._drain(self._kernel)
        return True

    def interrupt(self) -> None:
        """Let this and every later `wait` return at once."""
        if not self._is_closed:
            os.eventfd_write(self._wake, 1)

    def close(self) -> None:
        """Let go of the socket."""
        if self._is_closed:
            return
        self._is_closed = True
        os.close(self._wake)
        if self._kernel is not None:
            self._kernel.close()

    def _drain(self, kernel: socket.socket) -> None:
        """Read away what waits."""
        for _ in range(_MESSAGES_MAX):
            try:
                kernel.recv(_MESSAGE_BYTES)
            except BlockingIOError:
                return
            except OSError:  # the kernel had to drop messages and says so once; one was enough
                continue


def _group(udev_runs: Path = _UDEV_RUNS) -> int:
    return _UDEV if udev_runs.exists() else _KERNEL


def _listen() -> socket.socket | None:
    try:
        kernel = socket.socket(socket.AF_NETLINK, socket.SOCK_DGRAM, _NETLINK_KOBJECT_UEVENT)
        kernel.bind((0, _group()))
    except OSError:  # a sandbox without it: the device is looked for from time to time, as it always was
        return None
    kernel.setblocking(False)
    return kernel
