"""How much of something: an exact number and its unit, which never mixes kilograms with pieces."""

from decimal import Context, Decimal, InvalidOperation
from functools import lru_cache
from typing import Self

import msgspec

DECIMALS_MAX = 6
VALUE_BELOW = Decimal(10) ** 12
UNIT_CHARS_MAX = 3
VALUE_TEXT_CHARS_MAX = 40

_ZERO = Decimal(0)
# Wide enough for every sum and count within the limits, so that no result is ever rounded.
_EXACT = Context(prec=60)


class QuantityError(ValueError):
    """A number that cannot be a quantity: not exact, too fine, too large, or without a unit."""


class UnitMismatch(QuantityError):  # noqa: N818 - the domain's word, used as a name in rules
    """Two quantities of different units were added or compared."""


class Quantity(msgspec.Struct, frozen=True, gc=False):
    """An exact amount in one unit (UN/ECE Recommendation 20 common code, see `domain/units.py`).

    At most `DECIMALS_MAX` decimals and below `VALUE_BELOW` in size; floats are refused. The value is kept in
    one canonical form (no exponent, no trailing zeros, no negative zero), so equal quantities are written
    alike.
    """

    value: Decimal
    unit: str

    def __post_init__(self) -> None:
        _check_unit(self.unit)
        msgspec.structs.force_setattr(self, "value", _canonical(self.value))

    @classmethod
    def of(cls, value: Decimal | int | str, unit: str) -> Self:
        """Make a quantity from a number as typed or counted, such as "12.50" or 3."""
        return cls(_decimal(value), unit)

    @classmethod
    def zero(cls, unit: str) -> Self:
        """Nothing at all, in this unit."""
        return cls(_ZERO, unit)

    @property
    def is_zero(self) -> bool:
        """Nothing is there."""
        return self.value == _ZERO

    @property
    def is_negative(self) -> bool:
        """Less than nothing, as after an issue from an empty place."""
        return self.value < _ZERO

    @property
    def text(self) -> str:
        """The canonical number without its unit, as it stands on the wire: "12.5"."""
        return str(self.value)

    def __add__(self, other: "Quantity") -> "Quantity":
        return Quantity(_EXACT.add(self.value, self._same_unit(other)), self.unit)

    def __sub__(self, other: "Quantity") -> "Quantity":
        return Quantity(_EXACT.subtract(self.value, self._same_unit(other)), self.unit)

    def __neg__(self) -> "Quantity":
        return Quantity(self.value.copy_negate(), self.unit)

    def __abs__(self) -> "Quantity":
        return Quantity(self.value.copy_abs(), self.unit)

    def __mul__(self, count: int) -> "Quantity":
        if type(count) is not int:
            return NotImplemented
        return Quantity(_EXACT.multiply(self.value, _decimal(count)), self.unit)

    __rmul__ = __mul__

    def __lt__(self, other: "Quantity") -> bool:
        return self.value < self._same_unit(other)

    def __le__(self, other: "Quantity") -> bool:
        return self.value <= self._same_unit(other)

    def __gt__(self, other: "Quantity") -> bool:
        return self.value > self._same_unit(other)

    def __ge__(self, other: "Quantity") -> bool:
        return self.value >= self._same_unit(other)

    def __str__(self) -> str:
        return f"{self.value} {self.unit}"

    def _same_unit(self, other: "Quantity") -> Decimal:
        if self.unit != other.unit:
            raise UnitMismatch(f"{self} and {other} have different units: convert one of them first")
        return other.value


@lru_cache(maxsize=256)
def _check_unit(unit: str) -> None:
    if not (1 <= len(unit) <= UNIT_CHARS_MAX and unit.isascii() and unit.isalnum() and unit == unit.upper()):
        raise QuantityError(f"{unit!r} is not a UN/ECE Recommendation 20 common code such as KGM or C62")


def _decimal(value: Decimal | int | str) -> Decimal:
    match value:
        case bool():
            raise QuantityError(f"{value!r} is not a number")
        case Decimal():
            return value
        case int() if abs(value) < VALUE_BELOW:
            return Decimal(value)
        case int():
            raise QuantityError(f"the quantity is too large: below {VALUE_BELOW:f} is the limit")
        case str():
            return _from_text(value)


def _from_text(text: str) -> Decimal:
    if len(text) > VALUE_TEXT_CHARS_MAX or not text.isascii():
        raise QuantityError("the quantity is too long or has characters that are not plain digits")
    try:
        return Decimal(text)
    except InvalidOperation as error:
        raise QuantityError(f"{text!r} is not a number") from error


def _canonical(value: Decimal) -> Decimal:
    if type(value) is not Decimal:
        raise QuantityError(f"a quantity needs an exact Decimal, not {value!r}")
    if value.is_snan():  # cannot be looked up
        raise QuantityError(f"{value} is not a quantity")
    return _canonical_form(value)


@lru_cache(maxsize=4096)  # one amount stands in a line's values and in each of its movements
def _canonical_form(value: Decimal) -> Decimal:
    sign, digits, exponent = value.as_tuple()
    if not isinstance(exponent, int):
        raise QuantityError(f"{value} is not a quantity")
    if value == _ZERO:
        return _ZERO
    if value.adjusted() >= VALUE_BELOW.adjusted():
        raise QuantityError(f"the quantity is too large: below {VALUE_BELOW:f} is the limit")
    # By hand, because Decimal.normalize rounds to the context and leaves an exponent.
    kept = len(digits)
    while digits[kept - 1] == 0:
        kept -= 1
    exponent += len(digits) - kept
    if exponent < -DECIMALS_MAX:
        raise QuantityError(f"the quantity has more than {DECIMALS_MAX} decimals")
    return Decimal((sign, digits[:kept] + (0,) * max(exponent, 0), min(exponent, 0)))
