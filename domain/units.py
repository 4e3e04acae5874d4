"""The units goods are counted and measured in, with the words the floor uses for them.

Codes: UN/ECE Recommendation 20 (units of measure). Packages come from Recommendation 21 (package names),
which Recommendation 20 takes in with an X in front: a roll (RO) is XRO.
"""

from collections.abc import Mapping
from decimal import Context, Decimal, DecimalException, Inexact
from types import MappingProxyType

import msgspec

from domain.quantity import Quantity, QuantityError

_EXACT = Context(prec=60, traps=[Inexact])
"""Raises where a result would have to be rounded."""


class Unit(msgspec.Struct, frozen=True, kw_only=True):
    """One unit: its code, how it is written and called, and how many decimals a person may type.

    `grams`: how heavy one of it is, for units of mass; exact (a pound is 453.59237 g since 1959).
    """

    code: str
    symbol: str
    zh: str
    en: str
    decimals: int
    grams: Decimal | None = None


def _unit(code: str, symbol: str, zh: str, en: str, decimals: int, *, grams: str = "") -> tuple[str, Unit]:
    mass = Decimal(grams) if grams else None
    return code, Unit(code=code, symbol=symbol, zh=zh, en=en, decimals=decimals, grams=mass)


UNITS: Mapping[str, Unit] = MappingProxyType(
    dict(
        (
            # Pieces are C62 ("one") only: H87 ("piece") would split the same goods over two units.
            _unit("C62", "pcs", "件", "piece", 0),
            _unit("PR", "pr", "双", "pair", 0),
            _unit("SET", "set", "套", "set", 0),
            _unit("DZN", "dz", "打", "dozen", 0),
            _unit("KGM", "kg", "千克", "kilogram", 3, grams="1000"),
            _unit("GRM", "g", "克", "gram", 1, grams="1"),
            _unit("TNE", "t", "吨", "tonne", 6, grams="1000000"),
            _unit("LBR", "lb", "磅", "pound", 3, grams="453.59237"),
            _unit("MTR", "m", "米", "metre", 2),
            _unit("CMT", "cm", "厘米", "centimetre", 1),
            _unit("YRD", "yd", "码", "yard", 2),
            _unit("INH", "in", "英寸", "inch", 2),
            _unit("MTK", "m²", "平方米", "square metre", 3),
            _unit("LTR", "L", "升", "litre", 3),
            _unit("XRO", "roll", "卷", "roll", 0),
            _unit("XAJ", "cone", "筒", "cone", 0),
            _unit("XBB", "bobbin", "管", "bobbin", 0),
            _unit("XBE", "bundle", "扎", "bundle", 0),
            _unit("XBL", "bale", "包", "bale", 0),
            _unit("XBG", "bag", "袋", "bag", 0),
            _unit("XBX", "box", "盒", "box", 0),
            _unit("XCT", "carton", "箱", "carton", 0),
            _unit("XPX", "pallet", "托盘", "pallet", 0),
        )
    )
)


def find_unit(code: str) -> Unit | None:
    """Look a unit up by its code; None for one the floor does not use."""
    return UNITS.get(code)


def is_mass(unit: str) -> bool:
    """Tell whether a scale can say how much of it there is."""
    known = find_unit(unit)
    return known is not None and known.grams is not None


def in_unit(mass: Quantity, unit: str) -> Quantity | None:
    """Return the same mass in another unit, to the last digit; None where that cannot be written exactly."""
    if mass.unit == unit:
        return mass
    given, wanted = find_unit(mass.unit), find_unit(unit)
    if given is None or wanted is None or given.grams is None or wanted.grams is None:
        return None
    try:
        return Quantity(_EXACT.divide(_EXACT.multiply(mass.value, given.grams), wanted.grams), unit)
    except (DecimalException, QuantityError):
        return None
