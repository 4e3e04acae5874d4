"""A scanner that is a USB keyboard: grabbed exclusively, so that a scan is never typing."""

import contextlib
import os
import select
import stat
import subprocess
import sys
from pathlib import Path
from typing import Annotated, cast

import msgspec

from drivers.clock import Clock
from drivers.code_buffer import QUIET_GAP_MS, Framing, Terminator
from drivers.device_scanner import RESCAN_MS, RESCAN_MS_MAX, RESCAN_MS_MIN, DeviceScanner
from drivers.scanner import Scanner, ScannerSettings
from drivers.scanners import hid_reader
from drivers.scanners.hid_decoder import HidDecoder
from drivers.usb_identity import UsbIdentity, find, input_devices

READ_BYTES = 24 * 256
READER_STOP_TIMEOUT_S = 2.0


class Settings(ScannerSettings, frozen=True, kw_only=True):
    """`kind = "hid"`: which keyboard it is (identity, or path), and how it closes a code.

    `path` may also be a FIFO or a file of recorded event records: a FIFO counts as unplugged while nobody
    writes to it, a file is played once.
    """

    path: str | None = None
    vendor: str | None = None
    product: str | None = None
    serial: str | None = None
    phys: str | None = None
    terminator: Terminator = "any"
    quiet_gap_ms: Annotated[int, msgspec.Meta(ge=10, le=5_000)] = QUIET_GAP_MS
    prefix: str = ""
    suffix: str = ""
    rescan_ms: Annotated[int, msgspec.Meta(ge=RESCAN_MS_MIN, le=RESCAN_MS_MAX)] = RESCAN_MS

    def __post_init__(self) -> None:
        """A scanner must be told apart from the office keyboard."""
        if self.path is None and self.identity.is_empty:
            raise ValueError("a scanner of kind hid needs a path, or a vendor and product")

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


class HidScanner(DeviceScanner):
    """One keyboard scanner: its reader process, its decoder, its identity."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        super().__init__(name=settings.name, clock=clock, rescan_ms=settings.rescan_ms)
        self._settings = settings
        self._decoder = HidDecoder(settings.framing)
        self._quiet_wait_ms = settings.framing.quiet_wait_ms
        self._learned = UsbIdentity()
        self._reader: subprocess.Popen[bytes] | None = None

    def _find(self) -> str | None:
        wanted = self._learned if self._settings.identity.is_empty else self._settings.identity
        if wanted.is_empty:
            return self._existing_path()
        devices = find(wanted, input_devices())
        if len(devices) == 1:
            return devices[0].path
        if devices:
            self._tell("error", f"{len(devices)} equal devices ({wanted}): name the socket with phys")
        else:
            self._tell("searching", f"not plugged in: {wanted}")
        return None

    def _existing_path(self) -> str | None:
        path = self._settings.path or ""
        if os.path.exists(path):  # noqa: PTH110  a path with NUL or the like is only "not there"
            return path
        self._tell("searching", f"not plugged in: {path}")
        return None

    def _read(self, path: str) -> None:
        command = [sys.executable, "-I", "-S", hid_reader.__file__, path]
        pipe = subprocess.PIPE
        with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, bufsize=0) as reader:  # noqa: S603  our own reader, no shell
            self._reader = reader
            try:
                if not self._stopping.is_set() and self._became_ready(reader, path):
                    self._copy(reader, path)
            finally:
                _end(reader)

    def _became_ready(self, reader: "subprocess.Popen[bytes]", path: str) -> bool:
        answer = reader.stderr.readline().decode(errors="replace").strip() if reader.stderr else ""
        if answer != "ready":
            self._tell("error", f"{path}: {answer or 'the reader did not start'}")
            return False
        self._learn(path)
        self._tell("ready", path)
        return True

    def _learn(self, path: str) -> None:
        """Remember who is behind a bare event path: after a re-plug it has another number."""
        for device in input_devices():
            if device.path == path and self._settings.identity.is_empty:
                self._learned = device.identity

    def _copy(self, reader: "subprocess.Popen[bytes]", path: str) -> None:
        if reader.stdout is None:
            return
        poll = select.poll()
        poll.register(reader.stdout, select.POLLIN)
        while True:
            if not poll.poll(self._quiet_wait_ms if self._decoder.is_open else None):
                self._deliver(self._decoder.quiet())
                continue
            data = os.read(reader.stdout.fileno(), READ_BYTES)
            if not data:
                break
            self._deliver(self._decoder.feed(data))
        self._deliver(self._decoder.unplugged())
        self._tell("lost", f"unplugged: {path}")
        if _is_recording(path):
            self._tell("lost", f"end of the recording: {path}")
            self._stopping.wait()

    def _interrupt(self) -> None:
        reader = self._reader
        if reader is not None:
            reader.terminate()


def open(settings: ScannerSettings, clock: Clock) -> Scanner:  # noqa: A001  the folder's contract
    """The scanner for these settings."""
    return HidScanner(cast("Settings", settings), clock)


def _is_recording(path: str) -> bool:
    with contextlib.suppress(OSError):
        return stat.S_ISREG(Path(path).stat().st_mode)
    return False


def _end(reader: "subprocess.Popen[bytes]") -> None:
    """End the reader process and wait for it, so that the device is free when this returns."""
    reader.terminate()
    try:
        reader.wait(READER_STOP_TIMEOUT_S)
    except subprocess.TimeoutExpired:
        reader.kill()
