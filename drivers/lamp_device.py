"""A lamp with a thread: it looks for the lamp, keeps its lights as they should be, loses it, looks again."""

import errno
import threading
from abc import abstractmethod
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from typing import ClassVar

from drivers.clock import Clock
from drivers.device import Device, DeviceState
from drivers.lamp import DARK, LampStatus, Light, Shine

TOLD_AGAIN_MS = 1_000
"""A lamp at rest is told what it shows so often: that is how one that was pulled out is missed, or put right again."""

Switch = Callable[[frozenset[Light]], None]
"""Makes exactly these lights be on. Raises OSError where the lamp is gone."""

_ABSENT = frozenset({errno.ENOENT, errno.ENODEV, errno.ENXIO})


class LampDevice(Device[LampStatus]):
    """A lamp; how its lights are switched is for the kinds to say."""

    NOUN: ClassVar[str] = "lamp"

    def __init__(self, *, name: str, clock: Clock, rescan_ms: int, has: Iterable[Light]) -> None:
        """`has`: the lights it has. A lamp without blue shows amber in its place."""
        super().__init__(name=name, clock=clock, rescan_ms=rescan_ms)
        self._has = frozenset(has)
        self._changed = threading.Condition()
        self._stands, self._stands_since_ms = DARK, 0
        self._flashes, self._flashes_since_ms = DARK, 0

    @abstractmethod
    def _open(self, path: str) -> AbstractContextManager[Switch]:
        """Take the lamp at a path. Raises OSError."""

    def flash(self, shine: Shine) -> None:
        """Show this for as long as it lasts."""
        with self._changed:
            self._flashes, self._flashes_since_ms = shine, self._clock.monotonic_ms()
            self._changed.notify()

    def stand(self, shine: Shine) -> None:
        """Show this whenever there is nothing to flash."""
        with self._changed:
            if shine != self._stands:
                self._stands, self._stands_since_ms = shine, self._clock.monotonic_ms()
                self._changed.notify()

    def _read(self, path: str) -> None:
        try:
            with self._open(path) as switch:
                self._keep(switch, path)
        except OSError as error:  # pyserial's errors are OSErrors too
            was_there = self._status is not None and self._status[0] == "ready"
            if was_there:
                self._tell("lost", f"unplugged: {path}")
            elif error.errno in _ABSENT:
                self._tell("searching", f"not plugged in: {path}")
            else:
                self._tell("error", f"{error}: {path}")

    def _keep(self, switch: Switch, path: str) -> None:
        """Keep the lights as they should be until the kiosk stops."""
        while not self._stopping.is_set():
            with self._changed:
                lights, wait_ms = self._shine_at(self._clock.monotonic_ms())
            switch(self._of_mine(lights))
            self._tell("ready", path)
            with self._changed:
                if self._shine_at(self._clock.monotonic_ms())[0] == lights and not self._stopping.is_set():
                    self._changed.wait(wait_ms / 1000)
        switch(frozenset())

    def _shine_at(self, now_ms: int) -> tuple[frozenset[Light], int]:
        """Return what should be on now, and how long that may be left alone."""
        flashes_ms = now_ms - self._flashes_since_ms
        if flashes_ms < self._flashes.lasts_ms:
            lights, change_ms = self._flashes.at(flashes_ms)
            left_ms = self._flashes.lasts_ms - flashes_ms
        else:
            lights, change_ms = self._stands.at(now_ms - self._stands_since_ms)
            left_ms = TOLD_AGAIN_MS
        return lights, min(left_ms, change_ms or left_ms, TOLD_AGAIN_MS)

    def _of_mine(self, lights: frozenset[Light]) -> frozenset[Light]:
        if Light.BLUE in lights and Light.BLUE not in self._has:
            lights = lights - {Light.BLUE} | {Light.AMBER}
        return lights & self._has

    def _interrupt(self) -> None:
        with self._changed:
            self._changed.notify()

    def _status_of(self, state: DeviceState, detail: str) -> LampStatus:
        return LampStatus(device=self._name, state=state, detail=detail)
