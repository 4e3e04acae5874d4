"""What a scanned text means: read once here, and every rule works with elements instead of characters.

This file is the contract; each module of `domain/barcodes/` recognises one format. A module has `ORDER`
(lower is asked first) and `recognise(text, symbology) -> Reading | None`; the first reading wins.
"""

import importlib
import pkgutil
import re
import unicodedata
from collections.abc import Callable
from datetime import date
from enum import StrEnum
from functools import cache

import msgspec

import domain.barcodes
from domain.problem import Problem, fault, refusal
from domain.quantity import Quantity

READING_CHARS_MAX = 512

# Printers and scanners end a code with these; they are never part of it. GS (0x1D) is not among them.
_EDGE_WHITESPACE = " \t\r\n\v\f\u00a0\u3000\ufeff"
_GROUP_SEPARATOR = "\x1d"
# AIM symbology identifier: flag, code letter, modifier (ISO/IEC 15424).
_SYMBOLOGY = re.compile(r"\][A-Za-z][0-9A-Za-z]", re.ASCII)
# Control, format and unpaired surrogate characters, line and paragraph separators (Unicode general
# categories).
_UNPRINTABLE = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_SURROGATES = re.compile("[\ud800-\udfff]")


class ReadingKind(StrEnum):
    """Which family of codes a text belongs to."""

    house = "house"
    gs1 = "gs1"
    ean = "ean"
    digital_link = "digital_link"
    foreign = "foreign"
    unreadable = "unreadable"


class ControlCommand(StrEnum):
    """The commands on the control cards; the value is the word inside the card's code."""

    DONE = "DONE"
    UNDO = "UNDO"
    QUANTITY = "QTY"
    YES = "YES"
    NO = "NO"
    HELP = "HELP"
    BREAK = "BREAK"
    PRINT = "PRINT"
    HOME = "HOME"
    REJECT = "REJECT"
    ACCEPT = "ACCEPT"


class Gtin(msgspec.Struct, frozen=True, tag=True):
    """Trade item number: 14 digits, padded with zeros, check digit valid (AI 01, 02, EAN, UPC)."""

    value: str


class Sscc(msgspec.Struct, frozen=True, tag=True):
    """Number of one carton or pallet: 18 digits, check digit valid (AI 00)."""

    value: str


class ItemNumber(msgspec.Struct, frozen=True, tag=True):
    """The maker's or the customer's own item number (AI 240, 241)."""

    value: str


class Lot(msgspec.Struct, frozen=True, tag=True):
    """Batch, lot or dye lot (AI 10)."""

    value: str


class Serial(msgspec.Struct, frozen=True, tag=True):
    """Serial number of one piece (AI 21)."""

    value: str


class Expiry(msgspec.Struct, frozen=True, tag=True):
    """Last day of use (AI 17)."""

    value: date


class ProductionDate(msgspec.Struct, frozen=True, tag=True):
    """Day it was made (AI 11)."""

    value: date


class Count(msgspec.Struct, frozen=True, tag=True):
    """Number of pieces (AI 30, 37)."""

    value: int


class Measure(msgspec.Struct, frozen=True, tag=True):
    """Net weight, length, area or volume (AI 310n kg, 311n m, 314n m², 315n l)."""

    quantity: Quantity


class OrderNumber(msgspec.Struct, frozen=True, tag=True):
    """The customer's purchase order number (AI 400)."""

    value: str


class Gln(msgspec.Struct, frozen=True, tag=True):
    """Number of a company or location: 13 digits, check digit valid; `ai` says in which role (AI 410-417)."""

    value: str
    ai: str = "414"


class Supplementary(msgspec.Struct, frozen=True, tag=True):
    """Any other valid GS1 element, kept as it is with its application identifier."""

    ai: str
    value: str


class PlaceCode(msgspec.Struct, frozen=True, tag=True):
    """A place's own code: the body of a `ZP` house code, without prefix and check character."""

    value: str


class BundleCode(msgspec.Struct, frozen=True, tag=True):
    """A bundle ticket: the body of a `ZB` house code."""

    value: str


class BadgeCode(msgspec.Struct, frozen=True, tag=True):
    """A staff badge: the body of a `ZS` house code."""

    value: str


class DocumentCode(msgspec.Struct, frozen=True, tag=True):
    """A printed document: the body of a `ZD` house code."""

    value: str


class HandlingUnitCode(msgspec.Struct, frozen=True, tag=True):
    """A carton, pallet or roll labelled here: the body of a `ZH` house code."""

    value: str


class Control(msgspec.Struct, frozen=True, tag=True):
    """A command card (`ZC`); `argument` is the number on a quantity card, None on the others."""

    command: ControlCommand
    argument: str | None = None


class PlainText(msgspec.Struct, frozen=True, tag=True):
    """The whole text when no format fits, so that the factory's own numbers can be looked up as they are."""

    value: str


Element = (
    Gtin
    | Sscc
    | ItemNumber
    | Lot
    | Serial
    | Expiry
    | ProductionDate
    | Count
    | Measure
    | OrderNumber
    | Gln
    | Supplementary
    | PlaceCode
    | BundleCode
    | BadgeCode
    | DocumentCode
    | HandlingUnitCode
    | Control
    | PlainText
)


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """The meaning of one scan: its elements, or the problem that tells why there are none.

    `text` is what was scanned, cut to `READING_CHARS_MAX` characters; `symbology` is the AIM symbology
    identifier such as "]C1" if the scanner sent or gave one.
    """

    text: str
    symbology: str | None = None
    elements: tuple[Element, ...] = ()
    kind: ReadingKind
    problem: Problem | None = None


Recognise = Callable[[str, str | None], Reading | None]


def read(text: str, symbology: str | None = None) -> Reading:
    """Say what a scanned text means. Total: every text has a reading, and no text raises.

    `symbology` is the AIM identifier if the scanner gives it beside the text; one in front of the text is
    taken off and kept in the reading.
    """
    shown = _SURROGATES.sub("\ufffd", text[:READING_CHARS_MAX])
    content, found = content_of(text, symbology)
    problem = _form_problem(content)
    if problem is not None:
        return Reading(text=shown, symbology=found, kind=ReadingKind.unreadable, problem=problem)
    return msgspec.structs.replace(_recognise(content, found), text=shown)


def content_of(text: str, symbology: str | None = None) -> tuple[str, str | None]:
    """Take the AIM symbology identifier and what ends a code off a scanned text; returns what is left, and it."""
    prefix = _SYMBOLOGY.match(text)
    found = symbology if symbology and _SYMBOLOGY.fullmatch(symbology) else prefix and prefix[0]
    return text[prefix.end() if prefix else 0 :].strip(_EDGE_WHITESPACE), found


@cache
def recognisers() -> tuple[tuple[str, Recognise], ...]:
    """List the formats of the folder by name, in the order in which they are asked."""
    names = [module.name for module in pkgutil.iter_modules(domain.barcodes.__path__)]
    modules = [(name, importlib.import_module(f"domain.barcodes.{name}")) for name in names]
    modules.sort(key=lambda named: (named[1].ORDER, named[0]))
    return tuple((name, module.recognise) for name, module in modules)


def _form_problem(content: str) -> Problem | None:
    """Refuse what no format can be: nothing, too much, or characters that cannot be printed."""
    if not content:
        return refusal("empty_code")
    if len(content) > READING_CHARS_MAX:
        return refusal("code_too_long", length=len(content), limit=READING_CHARS_MAX)
    unprintable = {
        character
        for character in content
        if character != _GROUP_SEPARATOR and unicodedata.category(character) in _UNPRINTABLE
    }
    if unprintable:
        names = " ".join(f"U+{ord(character):04X}" for character in sorted(unprintable))
        return refusal("control_characters", characters=names)
    return None


def _recognise(content: str, symbology: str | None) -> Reading:
    for name, recognise in recognisers():
        try:
            reading = recognise(content, symbology)
        except Exception as error:  # noqa: BLE001 - a format that fails is named on the screen, the kiosk goes on
            problem = fault("recogniser_failed", format=name, error=f"{type(error).__name__}: {error}")
            return Reading(text=content, symbology=symbology, kind=ReadingKind.unreadable, problem=problem)
        if reading is not None:
            return reading
    return Reading(
        text=content, symbology=symbology, kind=ReadingKind.foreign, elements=(PlainText(content),)
    )
