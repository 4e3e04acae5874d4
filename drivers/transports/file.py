"""A printer behind a device file (`/dev/usb/lp0`), or a plain file that collects what would be printed.

Nothing comes back on this way, so a job ends as sent: the device has the bytes.
"""

import os
from collections.abc import Callable
from pathlib import Path

from domain.settings import SettingsError, SettingsProblem
from drivers.errors import TransportError
from drivers.stream_connection import StreamConnection
from drivers.transport import Connection, Transport

_MEMORY = "/dev/shm"  # noqa: S108 files lie there, not devices


class FileTransport:
    """A path that takes print data; a plain file is made when missing, and appended to."""

    answers = False

    def __init__(self, address: str, path: Path) -> None:
        self.address = address
        self._path = path

    def connect(self) -> Connection:
        """Open the path; raises TransportError when the device is not there or may not be written."""
        device = self._path.is_relative_to("/dev") and not self._path.is_relative_to(_MEMORY)
        flags = os.O_WRONLY | os.O_CLOEXEC | os.O_NONBLOCK | (0 if device else os.O_CREAT | os.O_APPEND)
        try:
            return FileConnection(
                self.address, os.fdopen(os.open(self._path, flags, 0o644), "wb", buffering=0)
            )
        except OSError as error:
            raise TransportError(
                attempted="open",
                device=self.address,
                reason=str(error),
                advice="check the cable, and that the service user is in the group lp",
            ) from error


class FileConnection(StreamConnection):
    """An open file."""

    def query(self, question: bytes, is_complete: Callable[[bytes], bool]) -> bytes:
        """Always a TransportError: this way is one-way."""
        del question, is_complete
        raise TransportError(
            attempted="ask the status",
            device=self._address,
            reason="a file gives no answers",
            advice="reach the printer by usb://, serial:// or tcp:// to see its status",
        )


def open(address: str) -> Transport:  # noqa: A001  the folder's contract: every kind is opened with `open`
    """The transport for `file:///absolute/path`; raises SettingsError for anything else."""
    path = Path(address.removeprefix("file://"))
    if not path.is_absolute():
        reason = f"{address!r} names no absolute path"
        problem = SettingsProblem(key="address", reason=reason, did_you_mean="file:///dev/usb/lp0")
        raise SettingsError("printer", [problem])
    return FileTransport(address, path)
