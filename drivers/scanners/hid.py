"""A scanner that is a USB keyboard: grabbed exclusively, with all its event nodes, so that a scan is never typing."""

import contextlib
import os
import select
import stat
import subprocess
import sys
from pathlib import Path
from typing import IO, cast

from drivers.clock import Clock
from drivers.device import DeviceSettings
from drivers.device_scanner import DeviceScanner, DeviceScannerSettings
from drivers.scanner import Scanner
from drivers.scanners import hid_reader
from drivers.scanners.hid_decoder import HidDecoder
from drivers.usb_identity import UsbIdentity, input_devices

READER_STOP_TIMEOUT_S = 2.0


class Settings(DeviceScannerSettings, frozen=True, kw_only=True):
    """`kind = "hid"`: which keyboard it is (identity, or path), and how it closes a code.

    `path` may also be a FIFO or a file of recorded event records: a FIFO counts as unplugged while nobody
    writes to it, a file is played once.
    """


class HidScanner(DeviceScanner):
    """One keyboard scanner: its reader process, its decoder, its identity."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        super().__init__(name=settings.name, clock=clock, rescan_ms=settings.rescan_ms)
        self._settings = settings
        self._paths: tuple[str, ...] = ()
        self._decoders: tuple[HidDecoder, ...] = ()
        self._quiet_wait_ms = settings.framing.quiet_wait_ms
        self._learned = UsbIdentity()
        self._reader: subprocess.Popen[bytes] | None = None

    def _find(self) -> str | None:
        wanted = self._learned if self._settings.identity.is_empty else self._settings.identity
        if wanted.is_empty:
            self._paths = self._existing_paths()
        else:
            self._paths = self._the_one(wanted, input_devices())
        return ", ".join(self._paths) or None

    def _existing_paths(self) -> tuple[str, ...]:
        """The path of the settings, and the other event nodes of the same device."""
        path = self._settings.path or ""
        if not os.path.exists(path):  # noqa: PTH110  a path with NUL or the like is only "not there"
            self._tell("searching", f"not plugged in: {path}")
            return ()
        devices = input_devices()
        wholes = {device.whole for device in devices if device.path == path}
        return tuple(device.path for device in devices if device.whole in wholes) or (path,)

    def _read(self, path: str) -> None:
        self._decoders = tuple(HidDecoder(self._settings.framing) for _ in self._paths)
        command = [sys.executable, "-I", "-S", hid_reader.__file__, *self._paths]
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
        self._learn()
        self._tell("ready", path)
        return True

    def _learn(self) -> None:
        """Remember who is behind a bare event path: after a re-plug it has another number."""
        for device in input_devices():
            if device.path == self._paths[0] and self._settings.identity.is_empty:
                self._learned = device.identity

    def _copy(self, reader: "subprocess.Popen[bytes]", path: str) -> None:
        if reader.stdout is None:
            return
        poll = select.poll()
        poll.register(reader.stdout, select.POLLIN)
        while True:
            is_open = any(decoder.is_open for decoder in self._decoders)
            if not poll.poll(self._quiet_wait_ms if is_open else None):
                for decoder in self._decoders:
                    self._deliver(decoder.quiet())
                continue
            head = _read_exactly(reader.stdout, hid_reader.HEAD.size)
            number, count = hid_reader.HEAD.unpack(head) if head else (0, 0)
            data = _read_exactly(reader.stdout, count)
            if not data:
                break
            self._deliver(self._decoders[number].feed(data))
        for decoder in self._decoders:
            self._deliver(decoder.unplugged())
        self._tell("lost", f"unplugged: {path}")
        if _is_recording(path):
            self._tell("lost", f"end of the recording: {path}")
            self._stopping.wait()

    def _interrupt(self) -> None:
        reader = self._reader
        if reader is not None:
            reader.terminate()


def open(settings: DeviceSettings, clock: Clock) -> Scanner:  # noqa: A001  the folder's contract
    """The scanner for these settings."""
    return HidScanner(cast("Settings", settings), clock)


def _read_exactly(pipe: IO[bytes], count: int) -> bytes:
    """So many bytes; none when the reader ended before they came."""
    data = b""
    while len(data) < count:
        some = pipe.read(count - len(data))
        if not some:
            return b""
        data += some
    return data


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
