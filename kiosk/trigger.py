"""Tells a new scan from an echo of the one before, and bounds what a stuck trigger can write."""

from collections import Counter, deque
from collections.abc import Callable, Mapping

from domain.events.terminal import ScanRefused
from drivers.scanner import Scan
from kiosk.activity import Turn

REFUSALS_PER_MINUTE_MAX = 60
"""More refusals than this in a minute are answered and not recorded: a stuck trigger must not fill the log."""

STUCK_PULLS, STUCK_WINDOW_MS = 50, 10_000
"""So many echoes or unrecorded refusals from one scanner in so short a time are no hand: its trigger is stuck."""

_MINUTE_MS = 60_000


class Trigger:
    """Knows the last scan of each scanner and when it was answered. All by the clock that never jumps."""

    def __init__(self, *, repeat_window_ms: int, monotonic_ms: Callable[[], int]) -> None:
        self._repeat_window_ms = repeat_window_ms
        self._monotonic_ms = monotonic_ms
        self._last: dict[str, tuple[str, int]] = {}
        self._answered_ms: dict[str, int] = {}
        self._refusals: list[int] = []
        self._echoes: dict[str, deque[int]] = {}
        self.suppressed: Counter[str] = Counter()
        """How often each scanner's scans were taken for an echo, since the start."""

        self.unrecorded: Counter[str] = Counter()
        """How many refusals of each scanner's scans were answered and not recorded, since the start."""

    def is_repeat(self, scan: Scan) -> bool:
        """Tell whether this is the same pull of the trigger, or an impatient second one before the first was answered.

        While a slow card still writes the first, nobody can know that it counted: the second must not count as well.
        """
        before = self._last.get(scan.device)
        self._last[scan.device] = (scan.text, scan.monotonic_ms)
        if before is None or before[0] != scan.text:
            return False
        gap_ms = scan.monotonic_ms - before[1]
        is_early = scan.monotonic_ms < self._answered_ms.get(scan.device, 0)
        is_echo = 0 <= gap_ms < self._repeat_window_ms or (gap_ms >= 0 and is_early)
        if is_echo:
            self.suppressed[scan.device] += 1
            self._echoed(scan.device)
        return is_echo

    def answered(self, scan: Scan) -> None:
        """The scan was taken to its end."""
        self._answered_ms[scan.device] = self._monotonic_ms()

    def forget(self, scan: Scan) -> None:
        """Forget a scan that was not stored: it is no repeat, scanning it again at once must count."""
        self._last.pop(scan.device, None)

    def stuck(self) -> Mapping[str, int]:
        """Return the scanners that pour out codes now, with how many were suppressed or not recorded so far."""
        now_ms = self._monotonic_ms()
        return {
            device: self.suppressed[device] + self.unrecorded[device]
            for device, moments in self._echoes.items()
            if len(moments) == STUCK_PULLS and now_ms - moments[0] < STUCK_WINDOW_MS
        }

    def is_too_much(self, turn: Turn, device: str) -> bool:
        """Tell whether a turn only refuses, and faster than anybody scans; `device` is empty for a touch."""
        if not turn.events or not all(isinstance(one.event, ScanRefused) for one in turn.events):
            return False
        now_ms = self._monotonic_ms()
        self._refusals = [one for one in self._refusals if now_ms - one < _MINUTE_MS]
        if len(self._refusals) < REFUSALS_PER_MINUTE_MAX:
            self._refusals.append(now_ms)
            return False
        self.unrecorded[device] += 1
        self._echoed(device)
        return True

    def _echoed(self, device: str) -> None:
        if device:
            self._echoes.setdefault(device, deque(maxlen=STUCK_PULLS)).append(self._monotonic_ms())
