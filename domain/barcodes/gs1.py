"""GS1 element strings: application identifiers and their values, as in GS1-128, DataMatrix, QR and DataBar.

With a symbology identifier the whole text must be right, else it is refused. Without one a text counts as
GS1 only on evidence, because many a factory number begins with the digits of an application identifier. The
identifiers and their patterns come from biip; dates are read here, because biip asks the clock for the
century. Source: GS1 General Specifications, sections 3 (identifiers), 7.8 (element strings) and 7.12 (dates).
"""

import calendar
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Final

from biip import ParseError
from biip.gs1_application_identifiers import GS1ApplicationIdentifier

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
from domain.barcodes.ean import GS1_SYMBOLOGIES, gtin, has_check_digit, is_digits
from domain.problem import refusal
from domain.quantity import Quantity

ORDER = 40

SEPARATOR: Final = "\x1d"
# What scanners and people write for the separator (FNC1, ASCII 29).
SEPARATOR_SUBSTITUTES: Final = ("<GS>", "{GS}", "[GS]", "<FNC1>", "{FNC1}", "[FNC1]", "^]", "␝")
# Factories also join fields of their own with these, so they prove nothing by themselves.
WEAK_SUBSTITUTES: Final = ("~1", "|")
ELEMENTS_MAX: Final = 40
CENTURY: Final = 2000

_IDENTIFIERS_CACHED_MAX: Final = 1024
_IDENTIFIER_DIGITS = (2, 3, 4)
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
_UNITS = {"310": "KGM", "311": "MTR", "314": "MTK", "315": "LTR"}
# What a label of goods begins with; the identifiers for internal use (90-99) look like any number.
_PLAUSIBLE = re.compile(r"0[0-2]|1[0-35-7]|2[01]|3[07]|24[01]|3[136]\d\d|40[0-3]|41[0-7]|42\d", re.ASCII)
_BRACKETED = re.compile(r"\((\d{2,4})\)", re.ASCII)

_Pairs = list[tuple[str, str]]


def recognise(text: str, symbology: str | None) -> Reading | None:
    """Read an element string; refuse one that only claims to be GS1 by identifier, separator or brackets."""
    bracketed = _split_brackets(text)
    if bracketed:
        return _reading(text, symbology, elements_of(bracketed))
    strong = _with_separators(text, SEPARATOR_SUBSTITUTES)
    plain = _with_separators(strong, WEAK_SUBSTITUTES)
    pairs = _split(plain)
    elements = elements_of(pairs)
    if symbology in GS1_SYMBOLOGIES:
        return _reading(text, symbology, elements)
    if SEPARATOR in strong:
        claims_gs1 = SEPARATOR in text or _PLAUSIBLE.match(plain.lstrip(SEPARATOR)) is not None
        return _reading(text, symbology, elements) if claims_gs1 else None
    if symbology is not None:
        return None
    if elements is not None and len(text) > _PLAIN_EAN_DIGITS_MAX and _is_evident(pairs):
        return _reading(text, symbology, elements)
    return _reading(text, symbology, (Sscc(text),)) if _is_bare_sscc(text) else None


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


@lru_cache(maxsize=_IDENTIFIERS_CACHED_MAX)
def identifier(ai: str) -> GS1ApplicationIdentifier | None:
    """Look up an application identifier; None if GS1 has not defined it."""
    try:
        found = GS1ApplicationIdentifier.extract(ai)
    except ParseError:
        return None
    return found if found.ai == ai else None


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
        known = next(_leading_identifiers(rest), None)
        value = _leading_value(known, rest) if known else None
        if known is None or value is None:
            return []
        pairs.append((known.ai, value))
        rest = rest[len(known.ai) + len(value) :].lstrip(SEPARATOR)
    return pairs


def _leading_identifiers(text: str) -> Iterator[GS1ApplicationIdentifier]:
    """Yield the identifier a text begins with: at most one, because none is the beginning of another."""
    for digits in _IDENTIFIER_DIGITS:
        found = identifier(text[:digits]) if is_digits(text[:digits]) else None
        if found is not None:
            yield found


def _leading_value(known: GS1ApplicationIdentifier, text: str) -> str | None:
    """Take the value behind the identifier: up to the separator, or as many digits as a fixed length has."""
    part = text.partition(SEPARATOR)[0]
    if known.separator_required:
        return part[len(known.ai) :]
    matched = re.match(known.pattern.removesuffix("$"), part, re.ASCII)
    return matched[0][len(known.ai) :] if matched else None


def _element(ai: str, value: str) -> Element | None:
    """Make the element of one pair; None if identifier, pattern, check digit or date is wrong."""
    known = identifier(ai)
    if known is None or not value or re.fullmatch(known.pattern, ai + value, re.ASCII) is None:
        return None
    if ai in _CHECKED:
        return _checked_element(ai, value) if has_check_digit(value) else None
    if ai in _DATED:
        return _dated_element(ai, value)
    match ai:
        case "30" | "37":
            return Count(int(value))
        case _ if ai in _TEXTS:
            return _TEXTS[ai](value)
        case _ if ai[:3] in _UNITS:
            return Measure(_quantity(value, decimals=int(ai[3]), unit=_UNITS[ai[:3]]))
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
    day = _date(value)
    if day is None:
        return None
    match ai:
        case "11":
            return ProductionDate(day)
        case "17":
            return Expiry(day)
        case _:
            return Supplementary(ai, value)


def _date(yymmdd: str) -> date | None:
    """Read a date of this century, as all goods on a floor are; day 00 is the last of its month."""
    year, month, day = CENTURY + int(yymmdd[:2]), int(yymmdd[2:4]), int(yymmdd[4:6])
    try:
        return date(year, month, day or calendar.monthrange(year, month)[1])
    except ValueError:
        return None


def _quantity(digits: str, *, decimals: int, unit: str) -> Quantity:
    whole = len(digits) - decimals
    return Quantity.of(f"{digits[:whole]}.{digits[whole:]}", unit)
