"""How far booking is behind what was taken in, in events and in time: what senders are asked to wait by."""

import threading
from dataclasses import dataclass

from drivers.clock import Clock

RATE_AT_FIRST = 3_000.0
"""Events a second that are thought to be booked until it was seen."""
RATE_MEMORY_MS = 2_000
"""How long a measured rate counts for much: long enough for a few batches, short enough to follow a busy machine."""


@dataclass(slots=True)
class _Plant:
    """One plant's count. `booked`: None until it was heard. `since_ms`: when the batch in hand began, if one is."""

    appended: int = 0
    booked: int | None = None
    since_ms: int | None = None
    rate: float = RATE_AT_FIRST


class Backlog:
    """Hears of every commit of ingest and projector, from any thread, and says how long what waits will take."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._plants: dict[str, _Plant] = {}

    def appended(self, plant: str, position: int) -> None:
        """Take notice: the ledger ends at `position` now."""
        with self._lock:
            held = self._plants.setdefault(plant, _Plant())
            held.appended = max(held.appended, position)
            if held.since_ms is None:
                held.since_ms = self._clock.monotonic_ms()

    def booked(self, plant: str, position: int) -> None:
        """Take notice: the ledger is booked through `position` now."""
        now_ms = self._clock.monotonic_ms()
        with self._lock:
            held = self._plants.setdefault(plant, _Plant())
            if held.since_ms is not None and held.booked is not None:
                took_ms = max(now_ms - held.since_ms, 1)
                seen = (position - held.booked) * 1000 / took_ms
                held.rate += (seen - held.rate) * min(1.0, took_ms / RATE_MEMORY_MS)
            held.booked = position
            held.since_ms = now_ms if position < held.appended else None

    def behind_s(self, plant: str) -> float:
        """Return how long it will take to book what waits, as fast as was seen lately."""
        with self._lock:
            held = self._plants.get(plant)
            if held is None or held.booked is None:
                return 0.0
            return max(0, held.appended - held.booked) / max(held.rate, 1.0)
