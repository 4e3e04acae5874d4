"""A scanner on a serial line: RS-232, or USB that shows itself as one (CDC-ACM); best for GS1."""

import codecs
from typing import cast

from drivers.clock import Clock
from drivers.code_buffer import Closed, Code, CodeBuffer, Framing
from drivers.device import DeviceSettings
from drivers.device_scanner import DeviceScanner, DeviceScannerSettings
from drivers.scanner import Scanner, ScannerOutput
from drivers.serial_device import Baud, SerialDevice


class Settings(DeviceScannerSettings, frozen=True, kw_only=True):
    """`kind = "serial_port"`: which line it is (path or USB identity), its speed, how it closes a code."""

    baud: Baud = 9_600
    encoding: str = "utf-8"

    def __post_init__(self) -> None:
        """There must be something to look for, and a way to read it."""
        DeviceScannerSettings.__post_init__(self)
        try:
            codecs.lookup(self.encoding)
        except LookupError as error:
            raise ValueError(f"the encoding {self.encoding!r} is not known; utf-8 and gb18030 are") from error


class SerialDecoder:
    """Turns the bytes of one line into codes. Pure. Bytes that are no text stay visible as U+FFFD."""

    def __init__(self, framing: Framing | None = None, encoding: str = "utf-8") -> None:
        self._buffer = CodeBuffer(framing or Framing())
        self._encoding = encoding

    @property
    def is_open(self) -> bool:
        """A code has begun and is not closed yet."""
        return self._buffer.is_open

    def feed(self, data: bytes) -> list[Closed]:
        """Bytes as they were read, cut anywhere; returns what they completed, in order."""
        return [code for byte in data for code in self._decoded(self._buffer.add(chr(byte)))]

    def quiet(self) -> list[Closed]:
        """Nothing was read for the quiet wait."""
        return self._decoded(self._buffer.quiet())

    def unplugged(self) -> list[Closed]:
        """The device is gone."""
        return self._decoded(self._buffer.unplugged())

    def _decoded(self, closed: Closed | None) -> list[Closed]:
        """Collected as one character per byte, because terminators are bytes; decoded when whole."""
        if closed is None:
            return []
        if isinstance(closed, Code):
            text = closed.text.encode("latin-1").decode(self._encoding, errors="replace")
            return [Code(text=text, ended=closed.ended)]
        return [closed]


class SerialScanner(DeviceScanner, SerialDevice[ScannerOutput]):
    """One scanner on a serial line."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        super().__init__(name=settings.name, clock=clock, rescan_ms=settings.rescan_ms)
        self._wanted, self._baud = settings, settings.baud
        self._decoder = SerialDecoder(settings.framing, settings.encoding)
        self._quiet_wait_ms = settings.framing.quiet_wait_ms

    @property
    def _wait_ms(self) -> int:
        return self._quiet_wait_ms if self._decoder.is_open else super()._wait_ms

    def _began(self, path: str) -> None:
        self._tell("ready", path)

    def _heard(self, data: bytes) -> None:
        self._deliver(self._decoder.feed(data))

    def _silent(self) -> None:
        if self._decoder.is_open:
            self._deliver(self._decoder.quiet())

    def _cut_off(self) -> None:
        self._deliver(self._decoder.unplugged())


def open(settings: DeviceSettings, clock: Clock) -> Scanner:  # noqa: A001  the folder's contract
    """The scanner for these settings."""
    return SerialScanner(cast("Settings", settings), clock)
