"""The factory's own codes: places, bundles, badges, documents, handling units and command cards.

`Z`, a type letter, a body of 1 to 24 characters of A-Z 0-9, and one check character over everything before
it. The check character catches every single wrong character and every swap of two neighbours; decision 0005
says why. A code that fails it is refused and never repaired: undoing a keyboard layout only serves to tell
which setting of the scanner is wrong.
"""

import unicodedata
from enum import StrEnum
from typing import assert_never

from domain.barcode import (
    BadgeCode,
    BundleCode,
    Control,
    ControlCommand,
    DocumentCode,
    Element,
    HandlingUnitCode,
    PlaceCode,
    Reading,
    ReadingKind,
)
from domain.problem import Problem, refusal

ORDER = 10

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
PREFIX = "Z"
BODY_CHARS_MAX = 24
QUANTITY_DIGITS_MAX = 9
CODE_CHARS_MIN = 4
CODE_CHARS_MAX = BODY_CHARS_MAX + 3

_SYMBOLS = frozenset(ALPHABET)
# Symbol n stands for (n // 9, n % 9) in the ring GF(4) x GF(9), which has 36 members.
_GF9_SIZE = 9
_NINTHS = 3
# Times alpha in GF(4), alpha a root of x² + x + 1; times beta = x + 1 in GF(9) = GF(3)[x] / (x² + 1), whose
# member ux + v is written 3u + v.
_TIMES_ALPHA = (0, 2, 3, 1)
_TIMES_BETA = (0, 4, 8, 5, 6, 1, 7, 2, 3)


class HouseType(StrEnum):
    """What kind of thing a house code names: the letter after the Z."""

    PLACE = "P"
    BUNDLE = "B"
    STAFF = "S"
    DOCUMENT = "D"
    HANDLING_UNIT = "H"
    CONTROL = "C"


_TYPE_LETTERS = frozenset(HouseType)

# Keyboard layouts a scanner and its host can disagree about; each table turns the text that arrived back
# into what is on the label. Letters change in both cases, because the scanner sends Shift as well.
_QWERTZ = str.maketrans("YZyz", "ZYzy")
_AZERTY_LETTERS = {"A": "Q", "Q": "A", "Z": "W", "W": "Z", "a": "q", "q": "a", "z": "w", "w": "z"}
# Scanner speaks US, host reads French: digits lose their Shift, M lands on comma or question mark.
_AZERTY_HOST = str.maketrans(
    _AZERTY_LETTERS
    | dict(zip("&é\"'(-è_çà", "1234567890", strict=True))
    | {",": "m", "?": "M", ";": "M", ":": "M"}
)
# Scanner speaks French, host reads US: digits gain a Shift, M lands on semicolon or colon.
_AZERTY_SCANNER = str.maketrans(
    _AZERTY_LETTERS | dict(zip("!@#$%^&*()", "1234567890", strict=True)) | {";": "M", ":": "M"}
)


def house_code(type_letter: HouseType | str, body: str) -> str:
    """Make the code to print for a thing: prefix, body and check character.

    Raises ValueError for an unknown type letter or a body that is not 1 to 24 characters of A-Z 0-9.
    """
    if not (1 <= len(body) <= BODY_CHARS_MAX and _SYMBOLS.issuperset(body)):
        raise ValueError(f"a house code's body is 1 to {BODY_CHARS_MAX} characters of A-Z 0-9, not {body!r}")
    payload = f"{PREFIX}{HouseType(type_letter)}{body}"
    return payload + check_character(payload)


def control_code(command: ControlCommand, argument: str | None = None) -> str:
    """Make the code of a command card; only the quantity card takes an argument, its number.

    Raises ValueError for an argument that the command does not take.
    """
    body = f"{command}{argument or ''}"
    if _control(body) is None:
        raise ValueError(f"{command.name} does not take the argument {argument!r}")
    return house_code(HouseType.CONTROL, body)


def check_character(payload: str) -> str:
    """Compute the character that closes a code: it makes the weighted sum of all characters zero.

    Raises ValueError for a character outside A-Z 0-9.
    """
    fours, nines = _weighted_sum(payload)
    carried_fours, carried_nines = _TIMES_ALPHA[fours], _TIMES_BETA[nines]
    # Minus in GF(4) changes nothing; in GF(9) it turns each third of the pair round.
    minus_nines = -(carried_nines // _NINTHS) % _NINTHS * _NINTHS + -carried_nines % _NINTHS
    return ALPHABET[carried_fours * _GF9_SIZE + minus_nines]


def is_checked(code: str) -> bool:
    """Tell whether a code's last character fits the ones before it; False for anything outside A-Z 0-9."""
    return _SYMBOLS.issuperset(code) and _weighted_sum(code) == (0, 0)


def recognise(text: str, symbology: str | None) -> Reading | None:
    """Read a house code, or refuse what was meant to be one and say why; None for other texts."""
    if _is_whole(text):
        return _read_whole(text, symbology)
    problem = _scanner_problem(text) or _damage(text)
    if problem is None:
        return None
    return Reading(text=text, symbology=symbology, kind=ReadingKind.unreadable, problem=problem)


def _weighted_sum(text: str) -> tuple[int, int]:
    """Sum the symbols, the one k places from the right weighted with (alpha, beta)^k, by Horner's rule."""
    fours = nines = 0
    for character in text:
        symbol = ALPHABET.index(character)
        fours = _TIMES_ALPHA[fours] ^ symbol // _GF9_SIZE
        carried, added = _TIMES_BETA[nines], symbol % _GF9_SIZE
        upper = (carried // _NINTHS + added // _NINTHS) % _NINTHS
        nines = upper * _NINTHS + (carried + added) % _NINTHS
    return fours, nines


def _has_house_shape(text: str) -> bool:
    return len(text) > 1 and text[0] == PREFIX and text[1] in _TYPE_LETTERS and _SYMBOLS.issuperset(text)


def _is_whole(text: str) -> bool:
    return CODE_CHARS_MIN <= len(text) <= CODE_CHARS_MAX and _has_house_shape(text) and is_checked(text)


def _read_whole(text: str, symbology: str | None) -> Reading:
    element = _element(HouseType(text[1]), text[2:-1])
    if element is None:
        problem = refusal("unknown_control", code=text)
        return Reading(text=text, symbology=symbology, kind=ReadingKind.unreadable, problem=problem)
    return Reading(text=text, symbology=symbology, kind=ReadingKind.house, elements=(element,))


def _element(house_type: HouseType, body: str) -> Element | None:
    match house_type:
        case HouseType.PLACE:
            return PlaceCode(body)
        case HouseType.BUNDLE:
            return BundleCode(body)
        case HouseType.STAFF:
            return BadgeCode(body)
        case HouseType.DOCUMENT:
            return DocumentCode(body)
        case HouseType.HANDLING_UNIT:
            return HandlingUnitCode(body)
        case HouseType.CONTROL:
            return _control(body)
        case _:
            assert_never(house_type)


def _control(body: str) -> Control | None:
    digits = body.removeprefix(ControlCommand.QUANTITY)
    if digits != body:
        is_number = digits.isdecimal() and len(digits) <= QUANTITY_DIGITS_MAX
        return Control(ControlCommand.QUANTITY, digits) if is_number else None
    return Control(ControlCommand(body)) if body in set(ControlCommand) else None


def _scanner_problem(text: str) -> Problem | None:
    """Name the scanner setting that turned a good house code into this text, if one did."""
    if len(text) > CODE_CHARS_MAX:
        return None
    if _is_whole(text.swapcase()):
        return refusal("scanner_case", code=text)
    for layout, undone in (
        ("QWERTZ", text.translate(_QWERTZ)),
        ("AZERTY", text.translate(_AZERTY_HOST)),
        ("AZERTY", text.translate(_AZERTY_SCANNER)),
        ("full-width", unicodedata.normalize("NFKC", text)),
    ):
        # Inverted case on top of a wrong layout is still the layout: it has to be put right first.
        if undone != text and (_is_whole(undone) or _is_whole(undone.swapcase())):
            return refusal("scanner_layout", layout=layout, code=text)
    return None


def _damage(text: str) -> Problem | None:
    """Refuse what begins like a house code; a factory number with other characters in it is left alone."""
    return refusal("unreadable_code", format="house", code=text) if _has_house_shape(text.upper()) else None


def house_body(number: str) -> str:
    """Return the body that names a number of the business: its letters and digits, the rest left out.

    `A-01-03` and `a0103` name the same place; look-ups compare bodies, so factory numbers keep their separators.
    """
    return "".join(symbol for symbol in number.upper() if symbol in _SYMBOLS)
