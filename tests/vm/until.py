"""Waiting for what must come about by itself, as long as a machine in software may take."""

from __future__ import annotations

import time
from collections.abc import Callable

WAIT_S = 180.0
"""How long anything may take here: the machine is emulated, ten to thirty times slower than a real one, and beside
other work."""

LOOK_EVERY_S = 0.1


def until(
    is_so: Callable[[], bool],
    what: str,
    seen: Callable[[], str],
    timeout_s: float = WAIT_S,
    every_s: float = LOOK_EVERY_S,
) -> float:
    """Wait until something is so; returns how long it took. What was seen instead stands in the failure."""
    begun = time.monotonic()
    while not is_so():
        assert time.monotonic() - begun < timeout_s, f"not within {timeout_s} s: {what}; but:\n{seen()}"
        time.sleep(every_s)
    return time.monotonic() - begun
