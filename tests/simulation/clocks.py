"""Clocks that are wrong in every way a clock can be; the schedule alone knows the true time."""

from __future__ import annotations

from datetime import datetime, timedelta

from tests.simulation.schedule import Schedule


class WrongClock:
    """A clock with an offset and a drift. The monotonic time counts from the boot and never jumps."""

    def __init__(self, schedule: Schedule) -> None:
        self._schedule = schedule
        self._boot_s = schedule.now_s
        self.offset_s = 0.0
        self.drift = 0.0

    def now(self) -> datetime:
        return self._schedule.now() + timedelta(seconds=self.offset_s + self.drift * self._schedule.now_s)

    def monotonic_ms(self) -> int:
        return int((self._schedule.now_s - self._boot_s) * 1000 * (1 + self.drift))

    def monotonic_s(self) -> float:
        return self.monotonic_ms() / 1000

    def boots(self) -> None:
        """The machine starts anew."""
        self._boot_s = self._schedule.now_s


class Pause:
    """Stands where the product waits for a moment on an event: simulated time passes instead."""

    def __init__(self, schedule: Schedule) -> None:
        self._schedule = schedule
        self._is_set = False

    def wait(self, timeout: float | None = None) -> bool:
        if timeout:
            self._schedule.elapse(timeout)
        return self._is_set

    def set(self) -> None:
        self._is_set = True

    def clear(self) -> None:
        self._is_set = False

    def is_set(self) -> bool:
        return self._is_set
