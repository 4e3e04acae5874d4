"""What all scanners that are real devices have in common: look for it, read it, lose it, look again."""

import logging
import threading
from abc import ABC, abstractmethod
from collections.abc import Iterable

from drivers.clock import Clock
from drivers.code_buffer import Closed, Code
from drivers.scanner import Emit, Garbled, Scan, ScannerOutput, ScannerState, ScannerStatus

_LOG = logging.getLogger(__name__)

RESCAN_MS = 1_000
"""How often to look for an absent scanner; it must be back within 3 s of being plugged in."""
RESCAN_MS_MIN, RESCAN_MS_MAX = 20, 2_000
STOP_TIMEOUT_S = 5.0


class DeviceScanner(ABC):
    """A scanner with a thread that lives as long as the kiosk, whether the device is there or not."""

    def __init__(self, *, name: str, clock: Clock, rescan_ms: int) -> None:
        self._name = name
        self._clock = clock
        self._rescan_ms = rescan_ms
        self._stopping = threading.Event()
        self._emit: Emit | None = None
        self._status: tuple[ScannerState, str] | None = None
        self._thread = threading.Thread(target=self._run, name=f"scanner-{name}", daemon=True)

    @property
    def name(self) -> str:
        """The scanner's name from the settings."""
        return self._name

    def start(self, emit: Emit) -> None:
        """Begin to look for the device."""
        self._emit = emit
        self._thread.start()

    def stop(self) -> None:
        """Let go of the device and end the thread."""
        self._stopping.set()
        self._interrupt()
        if self._thread.is_alive():
            self._thread.join(STOP_TIMEOUT_S)

    @abstractmethod
    def _find(self) -> str | None:
        """The path of the device now; None, with the reason told, when there is none."""

    @abstractmethod
    def _read(self, path: str) -> None:
        """Read the device until it goes or `_interrupt` is called; tell ready, and why it ended."""

    @abstractmethod
    def _interrupt(self) -> None:
        """Make `_read` return soon; called from another thread."""

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                path = self._find()
                if path is not None:
                    self._read(path)
            except Exception as error:  # noqa: BLE001  a scanner must outlive its driver's faults, visibly
                _LOG.exception("scanner %s: its driver failed; trying again", self._name)
                self._tell("error", f"{type(error).__name__}: {error}")
            self._stopping.wait(self._rescan_ms / 1000)

    def _tell(self, state: ScannerState, detail: str) -> None:
        """Say how the scanner is, when that has changed."""
        if self._status == (state, detail):
            return
        self._status = (state, detail)
        self._send(ScannerStatus(device=self._name, state=state, detail=detail))

    def _deliver(self, closed: Iterable[Closed]) -> None:
        """Hand over what was read, stamped with the time now."""
        for each in closed:
            if isinstance(each, Code):
                now, monotonic_ms = self._clock.now(), self._clock.monotonic_ms()
                self._send(Scan(text=each.text, device=self._name, event_time=now, monotonic_ms=monotonic_ms))
            else:
                self._send(Garbled(device=self._name, reason=each.reason))

    def _send(self, output: ScannerOutput) -> None:
        if self._emit is not None and not self._stopping.is_set():
            self._emit(output)
