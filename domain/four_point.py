"""Fabric inspection by the four-point system (ASTM D5430): penalty points by the size of each defect, per 100 m²."""

from collections import Counter
from collections.abc import Iterable, Sequence
from decimal import Decimal

from msgspec import Struct

POINTS_MAX = 4
"""At most, for one running metre, however many defects it has."""
_POINTS_BY_LENGTH_MM = ((75, 1), (150, 2), (230, 3))
"""Defects up to so long (3, 6 and 9 inches) cost so many points; a longer one costs four."""
_SMALL_HOLE_MM = 25
_SMALL_HOLE_POINTS, _LARGE_HOLE_POINTS = 2, 4


class Flaw(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One defect of a roll: where it begins (metres from the roll's outer end), how long, and whether it is a hole."""

    at_m: Decimal
    length_mm: int
    code: str = ""
    is_hole: bool = False

    @property
    def points(self) -> int:
        """Return what the defect costs by itself."""
        if self.is_hole:
            return _SMALL_HOLE_POINTS if self.length_mm <= _SMALL_HOLE_MM else _LARGE_HOLE_POINTS
        return next((points for most, points in _POINTS_BY_LENGTH_MM if self.length_mm <= most), POINTS_MAX)


Cost = tuple[Decimal | None, int]
"""The running metre where a defect begins, if somebody said, and what it costs by itself."""


def total_points(flaws: Sequence[Flaw]) -> int:
    """Return a roll's points: each running metre costs four at most."""
    return total((flaw.at_m, flaw.points) for flaw in flaws)


def total(costs: Iterable[Cost]) -> int:
    """Return the same of defects whose points are known; one of which nobody said where it is counts in full."""
    by_metre: Counter[int] = Counter()
    loose = 0
    for at_m, points in costs:
        if at_m is None:
            loose += points
        else:
            by_metre[int(at_m)] += points
    return loose + sum(min(points, POINTS_MAX) for points in by_metre.values())


def points_per_100_m2(flaws: Sequence[Flaw], length_m: Decimal, width_m: Decimal) -> Decimal:
    """Return a roll's points per 100 square metres. Raises ValueError where the roll has no area."""
    return per_100_m2(total_points(flaws), length_m, width_m)


def per_100_m2(points: int, length_m: Decimal, width_m: Decimal) -> Decimal:
    """Return the same of points that are counted already. Raises ValueError where the roll has no area."""
    area = length_m * width_m
    if area <= 0:
        raise ValueError(f"a roll has a length and a width, not {length_m} m by {width_m} m")
    return (points * 100 / area).quantize(Decimal("0.1"))
