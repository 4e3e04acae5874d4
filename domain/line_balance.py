"""Line balance 产线平衡: efficiency from standard minutes, what waits where, and what holds the line up. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

from msgspec import Struct

from domain.route import OperationCode

HUNDRED = Decimal(100)
_TENTH = Decimal("0.1")


class Waiting(Struct, frozen=True, kw_only=True):
    """What stands before or at an operation: pieces to be begun and at work, and since when the oldest is there."""

    operation: OperationCode
    waiting: int
    at_work: int
    since: datetime | None = None

    @property
    def pieces(self) -> int:
        """Return the work in process at the operation."""
        return self.waiting + self.at_work

    def age(self, now: datetime) -> timedelta:
        """Return how long the oldest has been there; nothing where nothing is, or the clock went back."""
        return max(now - self.since, timedelta()) if self.since and self.pieces else timedelta()


class Load(Struct, frozen=True, kw_only=True):
    """How long an operation needs for what stands before it: minutes of work over the stations that do it."""

    operation: OperationCode
    pieces: int
    minutes: Decimal


def efficiency(
    made: Mapping[OperationCode, int],
    standard_minutes: Mapping[OperationCode, Decimal],
    workers: int,
    minutes: Decimal,
) -> Decimal | None:
    """Return earned minutes over worked minutes, in percent with one decimal.

    `made`: good pieces by operation, `minutes`: how long each of the `workers` was there. None where nobody was.
    """
    worked = workers * minutes
    if worked <= 0:
        return None
    earned = sum((count * standard_minutes.get(code, Decimal(0)) for code, count in made.items()), Decimal(0))
    return (earned * HUNDRED / worked).quantize(_TENTH, ROUND_HALF_UP)


def target_until(target: int, begins: datetime, ends: datetime, now: datetime) -> int:
    """Return how many pieces should be made by now, if every minute of the day makes as many."""
    whole, gone = ends - begins, min(max(now - begins, timedelta()), ends - begins)
    return int(target * gone / whole) if whole > timedelta() else target


def loads(
    waiting: Iterable[Waiting],
    standard_minutes: Mapping[OperationCode, Decimal],
    stations: Mapping[OperationCode, int],
) -> tuple[Load, ...]:
    """Return how long each operation needs for what stands before it, the longest first.

    An operation without a station or without standard minutes is not reckoned with: nobody could say how long it takes.
    """
    found = [
        Load(
            operation=one.operation,
            pieces=one.pieces,
            minutes=(one.pieces * standard_minutes[one.operation] / stations[one.operation]).quantize(
                _TENTH, ROUND_HALF_UP
            ),
        )
        for one in waiting
        if one.pieces and stations.get(one.operation) and standard_minutes.get(one.operation)
    ]
    return tuple(sorted(found, key=lambda one: (-one.minutes, one.operation)))


def bottleneck(found: Sequence[Load], minutes_min: Decimal) -> Load | None:
    """Return the operation that holds the line up; None where none needs longer than `minutes_min` for what waits."""
    return next((one for one in found if one.minutes >= minutes_min), None)


def balance(
    standard_minutes: Mapping[OperationCode, Decimal], stations: Mapping[OperationCode, int]
) -> Decimal | None:
    """Return the line's balance in percent: the mean of the operations' cycle times over the longest; None for no line.

    A perfectly balanced line, where nobody waits for anybody, is at 100.
    """
    cycles = [
        minutes / stations[code]
        for code, minutes in standard_minutes.items()
        if minutes > 0 and stations.get(code)
    ]
    if not cycles:
        return None
    mean = sum(cycles, Decimal(0)) / len(cycles)
    return (mean * HUNDRED / max(cycles)).quantize(_TENTH, ROUND_HALF_UP)
