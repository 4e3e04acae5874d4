"""Trade item numbers as shops know them: EAN-8, EAN-13, UPC-A, UPC-E and the 14 digits of ITF-14.

Digits alone are weak evidence: one factory number in ten has a valid check digit by chance. Without a
symbology identifier such a text is still read as a GTIN; whoever does not know that GTIN looks up
`Reading.text` instead.
Source: GS1 General Specifications, sections 2.1, 5.2, 5.3 and 7.9; UPC-E expansion section 5.2.2.4.2.
"""

from typing import Final

from domain.barcode import Gtin, Reading, ReadingKind
from domain.gs1.checks import has_check_digit
from domain.problem import refusal

ORDER = 30

GTIN_DIGITS: Final = 14
_LENGTHS = frozenset({8, 12, 13, 14})
_UPC_E_DIGITS: Final = 8
_EAN_13_DIGITS: Final = 13
# ISO/IEC 15424: ]E0 EAN-13, UPC-A or UPC-E; ]E3 the same with an add-on of 2 or 5 digits behind; ]E4 EAN-8.
_EAN = "]E0"
_EAN_WITH_ADD_ON = "]E3"
_EAN_8 = "]E4"
_ADD_ON_LENGTHS = frozenset({2, 5})
# Data carriers of element strings: whatever they hold is not a bare EAN.
GS1_SYMBOLOGIES = frozenset({"]C1", "]e0", "]e1", "]e2", "]d2", "]Q3", "]J1"})


def is_digits(text: str) -> bool:
    """Tell whether a text is made of the ten ASCII digits only."""
    return text.isascii() and text.isdecimal()


def gtin(digits: str) -> Gtin | None:
    """Make a GTIN of 8, 12, 13 or 14 digits; None if the length or check digit is wrong, or all is zero."""
    if len(digits) not in _LENGTHS or not is_digits(digits) or not has_check_digit(digits):
        return None
    return Gtin(digits.zfill(GTIN_DIGITS)) if digits.strip("0") else None


def recognise(text: str, symbology: str | None) -> Reading | None:
    """Read a bare trade item number; refuse one from an EAN symbol whose check digit is wrong."""
    if symbology in GS1_SYMBOLOGIES:
        return None
    found = _gtin(text, symbology)
    if found is not None:
        return Reading(text=text, symbology=symbology, kind=ReadingKind.ean, elements=(found,))
    if symbology in {_EAN, _EAN_WITH_ADD_ON, _EAN_8}:
        problem = refusal("unreadable_code", format="ean", code=text)
        return Reading(text=text, symbology=symbology, kind=ReadingKind.unreadable, problem=problem)
    return None


def _gtin(text: str, symbology: str | None) -> Gtin | None:
    if not is_digits(text):
        return None
    match symbology:
        case "]E4":
            return gtin(text) if len(text) == _UPC_E_DIGITS else None
        case "]E3":
            return gtin(text[:_EAN_13_DIGITS]) if len(text) - _EAN_13_DIGITS in _ADD_ON_LENGTHS else None
        case "]E0":
            return _expanded_upc_e(text) if len(text) == _UPC_E_DIGITS else gtin(text)
        case None:
            # Number system 0 is what UPC-E is printed with; EAN-8 never begins with 0 outside a shop.
            return (_expanded_upc_e(text) if text.startswith("0") else None) or gtin(text)
        case _:
            # Another symbol holds eight digits far more often as a number of its own than as an EAN-8.
            return gtin(text) if len(text) > _UPC_E_DIGITS else None


def _expanded_upc_e(text: str) -> Gtin | None:
    """Turn a UPC-E (number system, six digits, check digit) into the UPC-A it stands for."""
    if len(text) != _UPC_E_DIGITS or text[0] not in "01":
        return None
    system, body, check = text[0], text[1:7], text[7]
    match body[5]:
        case "0" | "1" | "2":
            expanded = f"{body[:2]}{body[5]}0000{body[2:5]}"
        case "3":
            expanded = f"{body[:3]}00000{body[3:5]}"
        case "4":
            expanded = f"{body[:4]}00000{body[4]}"
        case _:
            expanded = f"{body[:5]}0000{body[5]}"
    return gtin(system + expanded + check)
