"""A scanner that is the camera of whatever shows the kiosk's page: the page finds the codes, and hands them in here.

From here on a code goes the way of every scanner's. It comes with the symbology identifier that a scanner would have
sent (ISO/IEC 15424), and with GS (0x1D) where the symbol has an FNC1 between two elements.
"""

import threading
from typing import cast

from drivers.clock import Clock
from drivers.device import DeviceSettings, DeviceState
from drivers.scanner import CODE_CHARS_MAX, Emit, Garbled, Scan, Scanner, ScannerOutput, ScannerStatus


class Settings(DeviceSettings, frozen=True, kw_only=True):
    """`kind = "camera"`: nothing but its name; the page has the camera."""


class CameraScanner:
    """The camera of the page, as a scanner. Nothing is known of it before a page says that it has one."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock
        self._lock = threading.Lock()
        self._emit: Emit | None = None
        self._status: tuple[DeviceState, str] | None = None

    @property
    def name(self) -> str:
        """The scanner's name from the settings."""
        return self._settings.name

    def start(self, emit: Emit) -> None:
        """Begin to hand on what the page says."""
        with self._lock:
            self._emit = emit

    def stop(self) -> None:
        """Hand on nothing more."""
        with self._lock:
            self._emit = None

    def tell(self, state: DeviceState, detail: str = "") -> None:
        """Say how the camera is, where that has changed; one that nobody ever had is not lost."""
        with self._lock:
            is_news = self._status != (state, detail) if self._status else state != "lost"
            if self._emit is not None and is_news:
                self._status = (state, detail)
                self._send(ScannerStatus(device=self.name, state=state, detail=detail))

    def scan(self, text: str, symbology: str | None = None) -> bool:
        """Take a code the camera saw; False while no page has a camera, and nothing is taken then."""
        with self._lock:
            if self._emit is None or self._status is None or self._status[0] != "ready":
                return False
            if len(text) > CODE_CHARS_MAX:
                self._send(Garbled(device=self.name, reason="too_long"))
                return True
            now, monotonic_ms = self._clock.now(), self._clock.monotonic_ms()
            self._send(
                Scan(
                    text=text,
                    symbology=symbology,
                    device=self.name,
                    event_time=now,
                    monotonic_ms=monotonic_ms,
                )
            )
            return True

    def _send(self, output: ScannerOutput) -> None:
        if self._emit is not None:
            self._emit(output)


def open(settings: DeviceSettings, clock: Clock) -> Scanner:  # noqa: A001  the folder's contract
    """The scanner for these settings."""
    return CameraScanner(cast("Settings", settings), clock)
