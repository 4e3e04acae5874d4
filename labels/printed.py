"""Printed: what dots look like on paper, as far as can be told beforehand: wider than they are, never quite black.

Both are declared, not measured: a printer's dots are larger than their pitch, and hotter heads make larger ones.
"""

import math
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, groupby

PAPER = 0.80  # reflectance of plain label paper, assumed
INK = 0.05  # of a black well burned, assumed

Step = tuple[float, float]
"""A place in dots, and how much darker it gets there: 1 from paper to ink, -1 back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintConditions:
    """How the printer prints. `dot_gain`: by how many dots a bar prints wider than it is, both edges together."""

    dot_gain: float = 0.0
    paper: float = PAPER
    ink: float = INK


def steps_of(row: bytes, gain: float) -> list[Step]:
    """The edges of a row of dots (0 black), each bar half a gain wider on either side; bars that meet are one."""
    steps: list[Step] = []
    place = 0
    for is_white, run in groupby(row, key=bool):
        length = sum(1 for _ in run)
        if not is_white:
            start, end = place - gain / 2, place + length + gain / 2
            if steps and start <= steps[-1][0]:
                steps.pop()
            else:
                steps.append((start, 1.0))
            steps.append((end, -1.0))
        place += length
    return steps


def mixed(rows: Sequence[tuple[float, list[Step]]]) -> list[Step]:
    """The edges seen through an opening that is over several rows at a time, each with its share."""
    total: dict[float, float] = {}
    for share, steps in rows:
        for place, change in steps:
            total[place] = total.get(place, 0.0) + share * change
    return sorted(total.items())


class Profile:
    """The brightness along a scan through a round opening: exact at every place, for edges are steps."""

    def __init__(self, steps: Sequence[Step], radius: float, conditions: PrintConditions) -> None:
        self.places = [place for place, _ in steps]
        self._changes = [change for _, change in steps]
        self._dark_before = list(accumulate(self._changes, initial=0.0))
        self._radius = radius
        self._paper = conditions.paper
        self._range = conditions.paper - conditions.ink

    def at(self, place: float) -> float:
        """The reflectance at a place in dots."""
        first = bisect_left(self.places, place - self._radius)
        dark = self._dark_before[first]
        while first < len(self.places) and self.places[first] < place + self._radius:
            dark += self._changes[first] * _share_past((place - self.places[first]) / self._radius)
            first += 1
        return self._paper - self._range * dark

    def narrowed(self, low: float, high: float) -> tuple[float, float]:
        """The part of a stretch, from and to, in which the reflectance can change at all."""
        first, end = bisect_left(self.places, low), bisect_left(self.places, high)
        if first == end:
            return low, high
        return max(low, self.places[first] - self._radius), min(high, self.places[end - 1] + self._radius)


def _share_past(distance: float) -> float:
    """How much of a round opening lies beyond an edge at this distance from its middle, in radii (-1 to 1)."""
    if abs(distance) >= 1:
        return 1.0 if distance > 0 else 0.0
    return 0.5 + (distance * math.sqrt(1 - distance * distance) + math.asin(distance)) / math.pi
