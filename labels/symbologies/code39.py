"""Code 39 (ISO/IEC 16388): capitals, digits and a few signs, for partners whose scanners know nothing newer."""

import re
from collections.abc import Sequence

import zxingcpp

from labels.symbology import HOUSE_LINEAR, Symbology

_CONTENT = re.compile(r"[0-9A-Z \-.$/+%]+")


def _refusal(content: str) -> str | None:
    if _CONTENT.fullmatch(content):
        return None
    return f"{content!r} has characters other than capitals, digits, space and -.$/+%"


def _characters(elements: int) -> Sequence[tuple[int, int]]:
    """Nine bars and spaces each, and a gap between them."""
    return [(first, 9) for first in range(0, elements, 10)]


SYMBOLOGY = Symbology(
    name="code39",
    zxing=zxingcpp.BarcodeFormat.Code39,
    options={},
    is_linear=True,
    quiet_modules=10,  # ISO/IEC 16388: ten times the narrow bar
    identifier="]A0",
    refusal=_refusal,
    limits={"house": HOUSE_LINEAR},
    wide_modules=3,  # 2 to 3 is allowed; at 3 the fewest are misread (Infomax, Code 39)
    characters=_characters,
    wide_share=1 / 8,  # of its 15 modules; a narrow bar is 1, a wide one 3
)
