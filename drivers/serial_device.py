"""A device on a serial line: RS-232, or USB that shows itself as one (CDC-ACM). Needs pyserial."""

import select
from abc import abstractmethod
from typing import Annotated

import msgspec
import serial
from serial.tools import list_ports

from drivers.device import AttachedSettings, Device, Output
from drivers.usb_identity import FoundDevice, UsbIdentity

READ_BYTES = 4096
LOOK_MS = 200
"""How often a silent line is left to see whether the kiosk stops."""

WRITE_TIMEOUT_S = 1.0
Baud = Annotated[int, msgspec.Meta(ge=300, le=4_000_000)]
_ENOENT = 2


class OnSerialLine(Device[Output]):
    """A device at the end of a line, found by the line's path or by who it is."""

    _wanted: AttachedSettings

    def _find(self) -> str | None:
        wanted = self._wanted.identity
        if wanted.is_empty:
            return self._wanted.path
        lines = usb_lines()
        paths = self._the_one(wanted, lines)
        if len(paths) > 1:
            exact = [line.path for line in lines if line.path in paths and line.identity.phys == wanted.phys]
            if len(exact) != 1:
                parts = ", ".join(line.identity.phys or line.path for line in lines if line.path in paths)
                self._tell("error", f"{len(paths)} lines of one device: name one with phys: {parts}")
                return None
            return exact[0]
        return paths[0] if paths else None


class SerialDevice(OnSerialLine[Output]):
    """A device whose bytes come over a line; what they mean is for the kinds to say."""

    _baud: int
    _line: serial.Serial | None = None

    @property
    def _wait_ms(self) -> int:
        """How long the line may be silent before `_silent` is called."""
        return LOOK_MS

    @abstractmethod
    def _began(self, path: str) -> None:
        """The line is open."""

    @abstractmethod
    def _heard(self, data: bytes) -> None:
        """These bytes arrived, cut anywhere."""

    @abstractmethod
    def _silent(self) -> None:
        """Nothing arrived for the wait."""

    @abstractmethod
    def _cut_off(self) -> None:
        """The line is gone; nothing of what it began will ever be completed."""

    def _read(self, path: str) -> None:
        try:
            line = serial.Serial(path, self._baud, timeout=0, write_timeout=WRITE_TIMEOUT_S, exclusive=True)
        except FileNotFoundError:
            self._tell("searching", f"not plugged in: {path}")
            return
        except (serial.SerialException, OSError) as error:
            is_absent = getattr(error, "errno", None) == _ENOENT  # as pyserial passes it on
            self._tell(
                "searching" if is_absent else "error", f"{'not plugged in' if is_absent else error}: {path}"
            )
            return
        with line:
            self._line = line
            try:
                self._began(path)
                self._listen(line)
            except (serial.SerialException, OSError):
                # An error, EIO, or an end where silence belongs: all mean that it was unplugged.
                self._cut_off()
                self._tell("lost", f"unplugged: {path}")
            finally:
                self._line = None

    def _listen(self, line: serial.Serial) -> None:
        poll = select.poll()
        poll.register(line.fileno(), select.POLLIN)
        while not self._stopping.is_set():
            if poll.poll(self._wait_ms):
                self._heard(line.read(READ_BYTES))
            else:
                self._silent()

    def _write(self, data: bytes) -> None:
        """Say something to the device; a line that takes nothing counts as unplugged."""
        if self._line is not None:
            self._line.write(data)

    def _interrupt(self) -> None:
        """Nothing to do: `_listen` looks often enough whether it should stop."""


def usb_lines() -> tuple[FoundDevice, ...]:
    """Every serial line that is plugged in by USB now."""
    ports = (port for port in list_ports.comports() if port.vid is not None and port.pid is not None)
    return tuple(
        FoundDevice(
            path=port.device,
            name=port.description,
            identity=UsbIdentity(
                vendor=f"{port.vid:04x}",
                product=f"{port.pid:04x}",
                serial=port.serial_number or "",
                phys=port.location or "",
            ),
        )
        for port in ports
    )
