"""What printers at this machine have in common: each is at a path, or found by who it is; its transport opens it."""

from abc import ABC, abstractmethod
from collections.abc import Sequence

from drivers.errors import TransportError
from drivers.stream_connection import StreamConnection
from drivers.transport import Connection
from drivers.usb_identity import FoundDevice, UsbIdentity, find


class AttachedPrinter(ABC):
    """A transport to a printer that is plugged in here and can be asked."""

    answers = True

    def __init__(self, address: str, path: str, wanted: UsbIdentity) -> None:
        """`path`: where it is; empty: where `wanted` is found."""
        self.address = address
        self._path = path
        self._wanted = wanted

    def connect(self) -> Connection:
        """Open it; raises TransportError when it is not plugged in, is in use, or may not be opened."""
        return self._open(self._path or self._found())

    @abstractmethod
    def _devices(self) -> Sequence[FoundDevice]:
        """Everything of its kind that is plugged in now."""

    @abstractmethod
    def _open(self, path: str) -> StreamConnection:
        """Open what is there. Raises TransportError."""

    def _found(self) -> str:
        found = find(self._wanted, self._devices())
        if len(found) != 1:
            count = f"{len(found)} equal devices" if found else "no device"
            raise self._refused(f"{count} ({self._wanted}) plugged in")
        return found[0].path

    def _refused(self, reason: str) -> TransportError:
        return TransportError(
            attempted="open",
            device=self.address,
            reason=reason,
            advice="check the cable and that it is switched on; its udev rule gives it to the kiosk",
        )
