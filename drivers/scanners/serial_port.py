"""A scanner on a serial line: RS-232, or USB that shows itself as one (CDC-ACM); best for GS1."""

import codecs
import select
from typing import Annotated, cast

import msgspec
import serial
from serial.tools import list_ports

from drivers.clock import Clock
from drivers.code_buffer import QUIET_GAP_MS, Closed, Code, CodeBuffer, Framing, Terminator
from drivers.device_scanner import RESCAN_MS, RESCAN_MS_MAX, RESCAN_MS_MIN, DeviceScanner
from drivers.scanner import Scanner, ScannerSettings
from drivers.usb_identity import FoundDevice, UsbIdentity, find

READ_BYTES = 4096
STOP_LOOK_MS = 200
"""How often a silent line is left to see whether the kiosk stops."""


class Settings(ScannerSettings, frozen=True, kw_only=True):
    """`kind = "serial_port"`: which line it is (path or USB identity), its speed, how it closes a code."""

    path: str | None = None
    vendor: str | None = None
    product: str | None = None
    serial: str | None = None
    phys: str | None = None
    baud: Annotated[int, msgspec.Meta(ge=300, le=4_000_000)] = 9_600
    encoding: str = "utf-8"
    terminator: Terminator = "any"
    quiet_gap_ms: Annotated[int, msgspec.Meta(ge=10, le=5_000)] = QUIET_GAP_MS
    prefix: str = ""
    suffix: str = ""
    rescan_ms: Annotated[int, msgspec.Meta(ge=RESCAN_MS_MIN, le=RESCAN_MS_MAX)] = RESCAN_MS

    def __post_init__(self) -> None:
        """There must be something to look for, and a way to read it."""
        if self.path is None and self.identity.is_empty:
            raise ValueError("a scanner of kind serial_port needs a path, or a vendor and product")
        try:
            codecs.lookup(self.encoding)
        except LookupError as error:
            raise ValueError(f"the encoding {self.encoding!r} is not known; utf-8 and gb18030 are") from error

    @property
    def identity(self) -> UsbIdentity:
        """Which device is wanted, as far as the settings say."""
        return UsbIdentity(vendor=self.vendor, product=self.product, serial=self.serial, phys=self.phys)

    @property
    def framing(self) -> Framing:
        """How it closes a code."""
        return Framing(
            terminator=self.terminator,
            quiet_gap_ms=self.quiet_gap_ms,
            prefix=self.prefix,
            suffix=self.suffix,
        )


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
            return [Code(text=closed.text.encode("latin-1").decode(self._encoding, errors="replace"))]
        return [closed]


class SerialScanner(DeviceScanner):
    """One scanner on a serial line."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        super().__init__(name=settings.name, clock=clock, rescan_ms=settings.rescan_ms)
        self._settings = settings
        self._decoder = SerialDecoder(settings.framing, settings.encoding)
        self._quiet_wait_ms = settings.framing.quiet_wait_ms

    def _find(self) -> str | None:
        wanted = self._settings.identity
        if wanted.is_empty:
            return self._settings.path
        devices = find(wanted, _usb_lines())
        if len(devices) == 1:
            return devices[0].path
        if devices:
            self._tell("error", f"{len(devices)} equal devices ({wanted}): name the socket with phys")
        else:
            self._tell("searching", f"not plugged in: {wanted}")
        return None

    def _read(self, path: str) -> None:
        try:
            line = serial.Serial(path, self._settings.baud, timeout=0, exclusive=True)
        except FileNotFoundError:
            self._tell("searching", f"not plugged in: {path}")
            return
        except (serial.SerialException, OSError) as error:
            absent = getattr(error, "errno", None) == 2  # noqa: PLR2004  ENOENT, as pyserial passes it on
            self._tell("searching" if absent else "error", f"{'not plugged in' if absent else error}: {path}")
            return
        with line:
            self._tell("ready", path)
            self._copy(line, path)

    def _copy(self, line: serial.Serial, path: str) -> None:
        """Read until the line is gone: an error, EIO, or an end where silence belongs all mean unplugged."""
        poll = select.poll()
        poll.register(line.fileno(), select.POLLIN)
        while not self._stopping.is_set():
            wait_ms = self._quiet_wait_ms if self._decoder.is_open else STOP_LOOK_MS
            if not poll.poll(wait_ms):
                self._deliver(self._decoder.quiet() if self._decoder.is_open else [])
                continue
            try:
                data = line.read(READ_BYTES)
            except (serial.SerialException, OSError):
                self._deliver(self._decoder.unplugged())
                self._tell("lost", f"unplugged: {path}")
                return
            self._deliver(self._decoder.feed(data))

    def _interrupt(self) -> None:
        """Nothing to do: `_copy` looks often enough whether it should stop."""


def open(settings: ScannerSettings, clock: Clock) -> Scanner:  # noqa: A001  the folder's contract
    """The scanner for these settings."""
    return SerialScanner(cast("Settings", settings), clock)


def _usb_lines() -> tuple[FoundDevice, ...]:
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
