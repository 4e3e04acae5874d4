"""Simulated time: what happens when, one thing at a time, in an order that the seed alone decides."""

from __future__ import annotations

import heapq
import itertools
from collections import deque
from collections.abc import Callable
from datetime import datetime, timedelta

from tests.world import NOW

STEPS_SHOWN = 50
STEPS_MAX = 6_000
"""More steps than any story needs: a world that never comes to rest is a fault of its own."""


class EndlessError(AssertionError):
    """The world does not come to rest."""


class Schedule:
    """A heap of (time, number, what). Everything in the simulation happens because it lies here."""

    def __init__(self) -> None:
        self.now_s = 0.0
        self.steps = 0
        self.last_steps: deque[str] = deque(maxlen=STEPS_SHOWN)
        self.after_step: Callable[[], None] = lambda: None
        self._heap: list[tuple[float, int, str, Callable[[], None]]] = []
        self._number = itertools.count()

    def now(self) -> datetime:
        """The true time, which no clock in the plant need know."""
        return NOW + timedelta(seconds=self.now_s)

    def after(self, delay_s: float, name: str, action: Callable[[], None]) -> None:
        """Let something happen so much later."""
        heapq.heappush(self._heap, (self.now_s + max(delay_s, 0.0), next(self._number), name, action))

    def say(self, words: str) -> None:
        """Keep a line for whoever reads a failure."""
        self.last_steps.append(f"{self.now_s:14.3f} s  {words}")

    def run_until(self, end_s: float) -> None:
        """Let everything up to a time happen. May be called from inside a step: what else goes on meanwhile."""
        while self._heap and self._heap[0][0] <= end_s:
            self._one()
        self.now_s = max(self.now_s, end_s)

    def elapse(self, seconds: float) -> None:
        """Let time pass, and with it whatever else is due."""
        self.run_until(self.now_s + seconds)

    def is_empty(self) -> bool:
        """Nothing will happen any more."""
        return not self._heap

    def next_s(self) -> float:
        """When the next thing happens."""
        return self._heap[0][0]

    def _one(self) -> None:
        due_s, _, name, action = heapq.heappop(self._heap)
        self.now_s = max(self.now_s, due_s)
        self.steps += 1
        if self.steps > STEPS_MAX:
            raise EndlessError(f"more than {STEPS_MAX} steps")
        if name:
            self.say(name)
        action()
        self.after_step()
