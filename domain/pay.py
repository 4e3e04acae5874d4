"""Piece rate 计件: which price holds for a piece, what a line comes to, and bonuses by a declared formula. Pure.

A line's amount is exact and never rounded; only what somebody is paid for a period is, half up, to the cent.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from msgspec import Struct

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


class Bonus(Struct, frozen=True, kw_only=True):
    """What a rule came to: the measure it looked at, the band's percent, and the amount, exactly."""

    name: str
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
    """Return the price of a piece done on a day: the order's own before the style's before the operation's.

    Among equals the newest that was in force that day; one for a later day never reaches back.
    """
    fitting = [
        one
        for one in prices
        if one.operation == operation
        and one.order in ("", order)
        and one.style in ("", style)
        and one.valid_from <= day
    ]
    return max(fitting, key=lambda one: (bool(one.order), bool(one.style), one.valid_from), default=None)


def pay(
    lines: Sequence[PayLine], measured: Mapping[Measure, Decimal], rules: Iterable[BonusRule] = ()
) -> Pay:
    """Work out what one person's lines of a period come to.

    `measured` is in percent; what was not measured earns nothing.
    """
    base = sum((one.amount for one in lines), Decimal(0))
    pieces = sum(one.pieces for one in lines)
    bonuses = tuple(
        bonus for rule in rules if (bonus := _bonus(rule, base, pieces, measured.get(rule.measure)))
    )
    total = base + sum((one.amount for one in bonuses), Decimal(0))
    return Pay(
        pieces=pieces,
        base=base,
        bonuses=bonuses,
        total=total.quantize(CENT, ROUND_HALF_UP),
        unpriced=sum(one.pieces for one in lines if one.price is None),
    )


def _bonus(rule: BonusRule, base: Decimal, pieces: int, measured: Decimal | None) -> Bonus | None:
    if measured is None or pieces < rule.pieces_min:
        return None
    reached = [band for band in rule.bands if measured >= band.least]
    if not reached:
        return None
    percent = max(reached, key=lambda band: band.least).percent
    return Bonus(name=rule.name, measured=measured, percent=percent, amount=base * percent / HUNDRED)
