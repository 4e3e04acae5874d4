"""ITF-14 (ISO/IEC 16390): a trade item's number on its carton, in bars coarse enough for poor paper."""

from collections.abc import Sequence

import zxingcpp

from labels.symbology import HOUSE_LINEAR, Limits, Symbology, refuse_unless_digits

DIGITS = 14


def _refusal(content: str) -> str | None:
    return refuse_unless_digits(content, DIGITS)


def _characters(elements: int) -> Sequence[tuple[int, int]]:
    """Ten bars and spaces for each two digits, between a start of four and a stop of three."""
    return [(first, 10) for first in range(4, elements - 3, 10)]


SYMBOLOGY = Symbology(
    name="itf14",
    zxing=zxingcpp.BarcodeFormat.ITF,
    options={},
    is_linear=True,
    quiet_modules=10,  # GS1 Sweden, Size guide (the limits of the GS1 General Specifications)
    identifier="]I1",  # the check digit was checked, and is handed over
    refusal=_refusal,
    limits={
        "house": HOUSE_LINEAR,
        # GS1 Sweden, Size guide: ITF-14
        "distribution": Limits(module_mm_min=0.495, module_mm_max=1.016, height_mm_min=31.75),
    },
    wide_modules=3,  # 2.25 to 3 is allowed; whole dots on every printer, and the best that can be read
    # A slanting scan through half the bars would read a shorter number: these bars spoil it. Printed without plates
    # they lie along top and bottom, at least twice the narrow bar (GS1 New Zealand, ITF-14 Barcode Specifications).
    bearer_modules=2,
    characters=_characters,
    wide_share=7 / 64,  # of its 18 modules; a narrow bar is 1, a wide one 3
)
