"""EAN-13 (ISO/IEC 15420): the code of a retail item, read at every till."""

from collections.abc import Sequence

import zxingcpp

from labels.symbology import CaptionGroup, Limits, Symbology, refuse_unless_digits

DIGITS = 13


def _refusal(content: str) -> str | None:
    return refuse_unless_digits(content, DIGITS)


def _characters(_elements: int) -> Sequence[tuple[int, int]]:
    """Four bars and spaces for each digit: six after the guard of three, six after the one of five in the middle."""
    return [(first + 4 * digit, 4) for first in (3, 3 + 24 + 5) for digit in range(6)]


SYMBOLOGY = Symbology(
    name="ean13",
    zxing=zxingcpp.BarcodeFormat.EAN13,
    options={},
    is_linear=True,
    quiet_modules=11,  # GS1 Sweden, Size guide (the limits of the GS1 General Specifications): 11 left, 7 right
    quiet_right_modules=7,
    identifier="]E0",
    refusal=_refusal,
    limits={
        # A till reads sizes of 80 to 200 %, wherever the label was meant for; only lower bars are our own business.
        "house": Limits(module_mm_min=0.264, module_mm_max=0.66, height_mm_min=5.0),
        # GS1 Sweden, Size guide: EAN-13 on a consumer item, and on an outer packaging
        "retail": Limits(module_mm_min=0.264, module_mm_max=0.66, height_mm_min=18.28),
        "distribution": Limits(module_mm_min=0.495, module_mm_max=0.66, height_mm_min=34.28),
    },
    # 3 modules of guard, 42 of digits, 5 of guard, 42 of digits, 3 of guard
    guards=((0, 3), (45, 50), (92, 95)),
    caption_groups=(
        CaptionGroup(first=0, end=1, left=-11, right=-2),
        CaptionGroup(first=1, end=7, left=4, right=45),
        CaptionGroup(first=7, end=13, left=50, right=91),
    ),
    characters=_characters,
)
