"""Piece rate 计件: which price holds for a piece, what a line comes to, and bonuses by a declared formula. Pure.

A line's amount is exact and never rounded; only what somebody is paid for a period is, half up, to the cent.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from msgspec import Struct

from domain.in_force import newest_in_force

CENT = Decimal("0.01")
HUNDRED = Decimal(100)


class PaidOn(StrEnum):
    """When good pieces are paid: once finished, or once the next operation took them over."""

    FINISH = "finish"
    ACCEPTANCE = "acceptance"


class PiecePrice(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a good piece of an operation is paid, for an order or for a style, from a day on.

    `order` empty: for every order of the style; `style` empty too: for whatever goes through the operation.
    """

    operation: str
    price: Decimal
    valid_from: date
    order: str = ""
    style: str = ""


class PayLine(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Pieces of one job that are somebody's, on the day they were done; below zero where they came back.

    `price` is None where nobody set one: the pieces are kept, and paid once there is a price.
    """

    person: str
    job: str
    operation: str
    day: date
    pieces: int
    price: Decimal | None = None

    @property
    def amount(self) -> Decimal:
        """Return what it comes to, exactly."""
        return self.pieces * self.price if self.price is not None else Decimal(0)


class Measure(StrEnum):
    """What a bonus looks at, in percent: right first time, target attainment, the unit's coefficient, days present."""

    RFT = "rft"
    ATTAINMENT = "attainment"
    COEFFICIENT = "coefficient"
    PRESENCE = "presence"


class Band(Struct, frozen=True, kw_only=True):
    """From `least` percent of the measure on, the bonus is `percent` of the base."""

    least: Decimal
    percent: Decimal


class BonusRule(Struct, frozen=True, kw_only=True):
    """One bonus a plant declares: the highest band that is reached counts; below all of them nothing.

    `pieces_min`: who made fewer pieces in the period has too little to be judged by.
    """

    name: str
    measure: Measure
    bands: tuple[Band, ...]
    pieces_min: int = 0

    def __post_init__(self) -> None:
        """See that it can be worked out. Raises ValueError."""
        if not self.name or not self.bands:
            raise ValueError("a bonus has a name, and at least one band")
        if not all(one.is_finite() and one >= 0 for band in self.bands for one in (band.least, band.percent)):
            raise ValueError("least and percent are numbers of zero or more")


class Bonus(Struct, frozen=True, kw_only=True):
    """What a rule came to: the measure it looked at and its percent, the band's percent, and the amount, exactly."""

    name: str
    measure: Measure
    measured: Decimal
    percent: Decimal
    amount: Decimal


class Pay(Struct, frozen=True, kw_only=True):
    """What somebody earns in a period: pieces and their base, bonuses, and the total to the cent.

    `unpriced`: pieces nobody set a price for.
    """

    pieces: int
    base: Decimal
    bonuses: tuple[Bonus, ...]
    total: Decimal
    unpriced: int


def price_for(
    prices: Iterable[PiecePrice], order: str, style: str, operation: str, day: date
) -> PiecePrice | None:
    """Return the price of a piece done on a day: the order's own before the style's before the operation's."""
    fitting = (
        one
        for one in prices
        if one.operation == operation and one.order in ("", order) and one.style in ("", style)
    )
    return newest_in_force(fitting, day, lambda one: (bool(one.order), bool(one.style)))


class Made(Struct, frozen=True, kw_only=True):
    """What somebody's lines of a period add up to: pieces, their base exactly, and those without a price."""

    pieces: int
    base: Decimal
    unpriced: int = 0


def made_of(lines: Sequence[PayLine]) -> Made:
    """Add up lines."""
    return Made(
        pieces=sum(one.pieces for one in lines),
        base=sum((one.amount for one in lines), Decimal(0)),
        unpriced=sum(one.pieces for one in lines if one.price is None),
    )


def pay(
    lines: Sequence[PayLine], measured: Mapping[Measure, Decimal], rules: Iterable[BonusRule] = ()
) -> Pay:
    """Work out what one person's lines of a period come to."""
    return earned(made_of(lines), measured, rules)


def earned(made: Made, measured: Mapping[Measure, Decimal], rules: Iterable[BonusRule] = ()) -> Pay:
    """Work out what one person earns with what they made in a period.

    `measured` is in percent; what was not measured earns nothing.
    """
    bonuses = tuple(
        bonus for rule in rules if (bonus := _bonus(rule, made, measured.get(rule.measure))) is not None
    )
    total = made.base + sum((one.amount for one in bonuses), Decimal(0))
    return Pay(
        pieces=made.pieces,
        base=made.base,
        bonuses=bonuses,
        total=total.quantize(CENT, ROUND_HALF_UP),
        unpriced=made.unpriced,
    )


def _bonus(rule: BonusRule, made: Made, measured: Decimal | None) -> Bonus | None:
    if measured is None or made.pieces < rule.pieces_min or made.base <= 0:  # a bonus takes nothing away
        return None
    reached = [band for band in rule.bands if measured >= band.least]
    if not reached:
        return None
    percent = max(reached, key=lambda band: band.least).percent
    return Bonus(
        name=rule.name,
        measure=rule.measure,
        measured=measured,
        percent=percent,
        amount=made.base * percent / HUNDRED,
    )
