"""What a real factory's lines were like day by day, so that the generated ones are drawn from life.

The figures below are quantiles (0, 5, 10, 25, 50, 75, 90, 95 and 100 %) of the daily records of sewing and finishing
teams of a garment factory in Bangladesh, January to March 2015: "Productivity Prediction of Garment Employees", UCI
Machine Learning Repository (A. A. Imran), CC BY 4.0. Whoever has the file itself gives it to `make factory`.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from random import Random

SHARES = (0.0, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 1.0)
WORKERS = (26, 32, 34, 52, 57, 58, 59, 59, 89)
STANDARD_MINUTES = (10.05, 11.41, 12.52, 18.79, 22.52, 28.08, 30.1, 30.33, 54.56)
TARGETED = (0.07, 0.5, 0.6, 0.7, 0.75, 0.8, 0.8, 0.8, 0.8)
ACTUAL = (0.234, 0.366, 0.5, 0.661, 0.751, 0.8, 0.851, 0.941, 1.1)
WORKERS_MIN, WORKERS_MAX = 30, 60
"""The generated lines' sizes; the file has a few smaller and larger ones."""
DAY_MINUTES = 480


@dataclass(frozen=True, slots=True, kw_only=True)
class LineDay:
    """One line on one day. `targeted` and `actual` are efficiencies; 1 is all of the paid minutes."""

    department: str
    workers: Decimal
    standard_minutes: Decimal
    targeted: Decimal
    actual: Decimal
    overtime_minutes: int

    @property
    def minutes(self) -> Decimal:
        """How many minutes were worked by all together."""
        return self.workers * DAY_MINUTES + self.overtime_minutes

    @property
    def pieces(self) -> int:
        """How many whole pieces that efficiency is."""
        made = self.actual * self.minutes / self.standard_minutes
        return int(made.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def read(path: Path) -> tuple[LineDay, ...]:
    """Read the file as it is: `sweing` is sewing, a name may end in a blank, the first date is damaged."""
    departments = {"sweing": "sewing", "finishing": "finishing"}
    with path.open(encoding="utf-8-sig", newline="") as file:
        return tuple(
            LineDay(
                department=departments[row["department"].strip()],
                workers=Decimal(row["no_of_workers"]),
                standard_minutes=Decimal(row["smv"]),
                targeted=Decimal(row["targeted_productivity"]),
                actual=Decimal(row["actual_productivity"]),
                overtime_minutes=int(row["over_time"]),
            )
            for row in csv.DictReader(file)
        )


class Lines:
    """Draws lines: from the file where it is there, from its quantiles where it is not."""

    def __init__(self, seed: int, records: Sequence[LineDay] = ()) -> None:
        self._some = Random(f"{seed}/lines")
        self._records = [one for one in records if one.department == "sewing"]

    def workers(self) -> int:
        """Return how many people a line has."""
        drawn = float(self._drawn("workers", WORKERS))
        return min(max(round(drawn), WORKERS_MIN), WORKERS_MAX)

    def standard_minutes(self) -> Decimal:
        """Return how many minutes a piece of a style takes, all operations together."""
        return Decimal(f"{self._drawn('standard_minutes', STANDARD_MINUTES):.2f}")

    def targeted(self) -> Decimal:
        """Return the efficiency a line is to reach on a day."""
        return Decimal(f"{self._drawn('targeted', TARGETED):.2f}")

    def actual(self) -> Decimal:
        """Return the efficiency a line reaches on a day."""
        return Decimal(f"{self._drawn('actual', ACTUAL):.3f}")

    def _drawn(self, name: str, quantiles: Sequence[float]) -> float:
        if self._records:
            return float(getattr(self._some.choice(self._records), name))
        at = self._some.random()
        right = next(index for index, share in enumerate(SHARES) if at <= share and index)
        low, high = SHARES[right - 1], SHARES[right]
        return quantiles[right - 1] + (quantiles[right] - quantiles[right - 1]) * (at - low) / (high - low)
