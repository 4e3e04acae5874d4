"""What inspections come to: DHU, defects per hundred units, and RFT, right first time. Pure."""

from decimal import ROUND_HALF_UP, Decimal

from domain.score import Portion

_TENTH = Decimal("0.1")
PATROL_PIECES = 7
"""Pieces a patrol looks at: none with a defect is green, one yellow, two or more red, and the bundle is held."""


def dhu(defects: int, checked: int) -> Decimal | None:
    """Return DHU: defects × 100 / pieces checked; one piece may have several. None where nothing was checked."""
    if not checked:
        return None
    return Portion(count=defects, of=checked).percent.quantize(_TENTH, rounding=ROUND_HALF_UP)


def right_first_time(defective: int, checked: int) -> Decimal | None:
    """Return RFT: how many of a hundred pieces were right when first looked at. None where nothing was checked."""
    if not checked:
        return None
    return Portion(count=checked - defective, of=checked).percent.quantize(_TENTH, rounding=ROUND_HALF_UP)
