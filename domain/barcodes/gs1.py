"""GS1 element strings: application identifiers and their values, as in GS1-128, DataMatrix, QR and DataBar.

With a symbology identifier the whole text must be right, else it is refused. Without one a text counts as
GS1 only on evidence, because many a factory number begins with the digits of an application identifier. Which
identifiers there are and how their values are formed is told by `domain/gs1`.
Source: GS1 General Specifications, sections 3 (identifiers), 7.8 (element strings) and 7.12 (dates).
"""

import re
from collections.abc import Mapping, Sequence
from typing import Final

from domain.barcode import (
    Count,
    Element,
    Expiry,
    Gln,
    ItemNumber,
    Lot,
    Measure,
    OrderNumber,
    ProductionDate,
    Reading,
    ReadingKind,
    Serial,
    Sscc,
    Supplementary,
)
from domain.barcodes.ean import GS1_SYMBOLOGIES, gtin, is_digits
from domain.gs1.checks import day_of, has_check_digit
from domain.gs1.dictionary import ApplicationIdentifier, identifier, leading_identifier
from domain.gs1.value import parts_of
from domain.problem import refusal
from domain.quantity import Quantity

ORDER = 40

SEPARATOR: Final = "\x1d"
# What scanners and people write for the separator (FNC1, ASCII 29).
SEPARATOR_SUBSTITUTES: Final = ("<GS>", "{GS}", "[GS]", "<FNC1>", "{FNC1}", "[FNC1]", "^]", "␝")
# Factories also join fields of their own with these, so they prove nothing by themselves.
WEAK_SUBSTITUTES: Final = ("~1", "|")
ELEMENTS_MAX: Final = 40

_PLAIN_EAN_DIGITS_MAX: Final = 14
_SSCC_DIGITS: Final = 18
_GLN = frozenset(f"41{role}" for role in range(8))
_CHECKED = frozenset({"00", "01", "02", "03"}) | _GLN
_DATED = frozenset({"11", "12", "13", "15", "16", "17"})
_TEXTS: Mapping[str, type[Lot | Serial | ItemNumber | OrderNumber]] = {
    "10": Lot,
    "21": Serial,
    "240": ItemNumber,
    "241": ItemNumber,
    "400": OrderNumber,
}
# Net measures of goods; the others (gross, width, height …) say nothing of how much there is.
_UNITS = {"310": "KGM", "311": "MTR", "314": "MTK", "315": "LTR", "320": "LBR", "323": "YRD"}
# What a label of goods begins with; the identifiers for internal use (90-99) look like any number.
_PLAUSIBLE = re.compile(r"0[0-2]|1[0-35-7]|2[01]|3[07]|24[01]|3[136]\d\d|40[0-3]|41[0-7]|42\d", re.ASCII)
_BRACKETED = re.compile(r"\((\d{2,4})\)", re.ASCII)

_Pairs = list[tuple[str, str]]


def recognise(text: str, symbology: str | None) -> Reading | None:
    """Read an element string; refuse one that only claims to be GS1 by identifier, separator or brackets."""
    pairs = pairs_of(text)
    elements = elements_of(pairs)
    if symbology in GS1_SYMBOLOGIES or _split_brackets(text):
        return _reading(text, symbology, elements)
    if SEPARATOR in _with_separators(text, SEPARATOR_SUBSTITUTES):
        claims_gs1 = SEPARATOR in text or _PLAUSIBLE.match(_separated(text).lstrip(SEPARATOR)) is not None
        return _reading(text, symbology, elements) if claims_gs1 else None
    if symbology is not None:
        return None
    if elements is not None and len(text) > _PLAIN_EAN_DIGITS_MAX and _is_evident(pairs):
        return _reading(text, symbology, elements)
    return _reading(text, symbology, (Sscc(text),)) if _is_bare_sscc(text) else None


def pairs_of(text: str) -> list[tuple[str, str]]:
    """Cut a text into application identifiers and their values, brackets or separators; empty where it cannot be."""
    return _split_brackets(text) or _split(_separated(text))


def elements_of(pairs: Sequence[tuple[str, str]]) -> tuple[Element, ...] | None:
    """Turn (application identifier, value) pairs into elements.

    None if there are none or more than `ELEMENTS_MAX`, if one is not valid, or if one comes twice with two
    values.
    """
    unique = dict(pairs)
    if not 0 < len(pairs) <= ELEMENTS_MAX or any(unique[ai] != value for ai, value in pairs):
        return None
    elements = [_element(ai, value) for ai, value in unique.items()]
    found = tuple(element for element in elements if element is not None)
    return found if len(found) == len(elements) else None


def _reading(text: str, symbology: str | None, elements: tuple[Element, ...] | None) -> Reading:
    if elements is None:
        problem = refusal("unreadable_code", format="gs1", code=text)
        return Reading(text=text, symbology=symbology, kind=ReadingKind.unreadable, problem=problem)
    return Reading(text=text, symbology=symbology, kind=ReadingKind.gs1, elements=elements)


def _is_evident(pairs: _Pairs) -> bool:
    """Tell whether the elements prove GS1: a check digit, or a date or measure beside another element."""
    identifiers = [ai for ai, _ in pairs]
    if not all(_PLAUSIBLE.fullmatch(ai) for ai in identifiers):
        return False
    is_checked = not _CHECKED.isdisjoint(identifiers)
    is_fixed = any(ai in _DATED or ai[:3] in _UNITS for ai in identifiers)
    return is_checked or (is_fixed and len(identifiers) > 1)


def _is_bare_sscc(text: str) -> bool:
    return len(text) == _SSCC_DIGITS and is_digits(text) and has_check_digit(text) and text.strip("0") != ""


def _with_separators(text: str, substitutes: tuple[str, ...]) -> str:
    for substitute in substitutes:
        text = text.replace(substitute, SEPARATOR)
    return text


def _separated(text: str) -> str:
    return _with_separators(text, SEPARATOR_SUBSTITUTES + WEAK_SUBSTITUTES)


def _split_brackets(text: str) -> _Pairs:
    """Split "(01)…(10)…" at every identifier GS1 knows; empty if the text does not begin with one."""
    marks = [mark for mark in _BRACKETED.finditer(text) if identifier(mark[1])]
    if not marks or marks[0].start() != 0:
        return []
    ends = [mark.start() for mark in marks[1:]] + [len(text)]
    return [
        (mark[1], text[mark.end() : end].strip(f" {SEPARATOR}"))
        for mark, end in zip(marks, ends, strict=True)
    ]


def _split(text: str) -> _Pairs:
    """Split an element string; empty if any part of it begins with no identifier or has a wrong length."""
    pairs: _Pairs = []
    rest = text.lstrip(SEPARATOR)
    while rest and len(pairs) <= ELEMENTS_MAX:
        known = leading_identifier(rest)
        value = _leading_value(known, rest) if known else None
        if known is None or value is None:
            return []
        pairs.append((known.ai, value))
        rest = rest[len(known.ai) + len(value) :].lstrip(SEPARATOR)
    return pairs


def _leading_value(known: ApplicationIdentifier, text: str) -> str | None:
    """Take the value behind the identifier: up to the separator, or as much as a predefined length has."""
    value = text.partition(SEPARATOR)[0][len(known.ai) :]
    return value[: known.chars_max] if known.is_predefined else value


def _element(ai: str, value: str) -> Element | None:
    """Make the element of one pair; None if the identifier is unknown or the value has not its form."""
    known = identifier(ai)
    if known is None or parts_of(known, value) is None:
        return None
    if ai in _CHECKED:
        return _checked_element(ai, value)
    if ai in _DATED:
        return _dated_element(ai, value)
    match ai:
        case "30" | "37":
            return Count(int(value))
        case _ if ai in _TEXTS:
            return _TEXTS[ai](value)
        case _ if ai[:3] in _UNITS and known.decimals is not None:
            return Measure(_quantity(value, decimals=known.decimals, unit=_UNITS[ai[:3]]))
        case _:
            return Supplementary(ai, value)


def _checked_element(ai: str, value: str) -> Element | None:
    match ai:
        case "00":
            return Sscc(value)
        case "01" | "02":
            return gtin(value)
        case _ if ai in _GLN:
            return Gln(value, ai)
        case _:
            return Supplementary(ai, value)


def _dated_element(ai: str, value: str) -> Element | None:
    day = day_of(value)
    if day is None:
        return None
    match ai:
        case "11":
            return ProductionDate(day)
        case "17":
            return Expiry(day)
        case _:
            return Supplementary(ai, value)


def _quantity(digits: str, *, decimals: int, unit: str) -> Quantity:
    whole = len(digits) - decimals
    return Quantity.of(f"{digits[:whole]}.{digits[whole:]}", unit)
