"""What a scanned text means: read once here, and every rule works with elements instead of characters.

This file is the contract; each module of `domain/barcodes/` recognises one format. A module has `ORDER`
(lower is asked first) and `recognise(text, symbology) -> Reading | None`; the first reading wins.
"""

from datetime import date
from enum import StrEnum

import msgspec

from domain.problem import Problem
from domain.quantity import Quantity

READING_CHARS_MAX = 512


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
