"""A worker's own pay, as the hub tells it to the kiosk where they stand: today, the month, and its lines. Pure data."""

from datetime import date, datetime
from decimal import Decimal

from msgspec import Struct

from domain.names import Names
from domain.pay import Bonus

ENTRIES_MAX = 60
"""Lines on a sheet, the newest first; the figures count all."""


class PayFigures(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Somebody's pieces of an operation in a time.

    `good`: paid pieces; `back`: of them, those taken back; `waiting`: finished, and paid once the next operation took
    them over; `seconds`: of the jobs they were on. `amount`: what they come to; None where prices are not to be seen.
    """

    good: int = 0
    back: int = 0
    waiting: int = 0
    seconds: int = 0
    amount: Decimal | None = None

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing happened."""
        return not (self.good or self.back or self.waiting or self.seconds)


class OperationPay(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Somebody's pieces of one operation."""

    operation: str
    names: Names
    today: PayFigures = PayFigures()
    month: PayFigures = PayFigures()


class ContestSaid(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What somebody said is wrong about a line, and what came of it: `pieces` more are theirs."""

    reason: str
    is_answered: bool = False
    answer: str = ""
    pieces: int = 0


class PayEntry(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One line: what a job is paid to somebody, after all that came back. It can be contested by its job."""

    job: str
    bundle: str
    operation: str
    day: date
    pieces: int
    back: int = 0
    unpriced: int = 0
    amount: Decimal | None = None
    contest: ContestSaid | None = None


class PaySheet(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Somebody's pay on `day` and in the month `period`, as the books stood at `hub_time`.

    `total`, `bonuses`: of the month so far; None and nothing where prices are not to be seen.
    """

    person: str
    period: str
    day: date
    hub_time: datetime
    operations: tuple[OperationPay, ...] = ()
    entries: tuple[PayEntry, ...] = ()
    bonuses: tuple[Bonus, ...] = ()
    total: Decimal | None = None
