"""Stock documents: one engine, many declarations. The folder `documents/` holds the types and is the registry.

A document is a header and lines; both are forms (`field.py`). The engine takes one input at a time and answers with a
decision; it never looks at the type's code. What differs between types stands in their declarations.
"""

import importlib
import pkgutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import cache
from typing import Literal

from msgspec import Struct

import domain.documents
from domain.event import Event
from domain.events.documents import Value
from domain.events.labels import LabelRequested
from domain.facts import Facts, RecordedLine
from domain.field import Field, FieldKind, Input, always
from domain.plan import PlanLine
from domain.problem import Problem
from domain.stock import Balance, Movement

Values = Mapping[str, Value]


class Posts(StrEnum):
    """When a type's movements happen."""

    LINE = "line"
    COMPLETION = "completion"
    APPROVAL = "approval"


Status = Literal["draft", "open", "submitted", "closed", "void"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """What a type's `movements` works on: the header, and the lines that post now."""

    document: str
    header: Values
    lines: Sequence[RecordedLine]


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentType:
    """The declaration of one stock document. Its title is `document.<code>` in the catalogue.

    `biz_step`: EPCIS business step. `plan_field`: the header field that names the order lines are checked against.
    `over_plan`: how far above the ordered quantity a receipt may go, as a share (0.05 = 5 %). `approval`: completing
    only submits, an entitled person approves. `is_blind`: nobody who counts sees what the book says. `check`: further
    rules for a line about to be recorded; `check_completion`: for the whole document. `freeze`: the stock a count is
    held against, taken when the document opens. `labels`: what is printed for a line.
    """

    code: str
    prefix: str
    biz_step: str
    header: tuple[Field, ...]
    line: tuple[Field, ...]
    posts: Posts
    movements: Callable[[Posted, Facts], tuple[Movement, ...]]
    plan_field: str = ""
    over_plan: Decimal = Decimal(0)
    approval: bool = False
    is_blind: bool = False
    check: Callable[[Posted, Facts], tuple[Problem, ...]] | None = None
    check_completion: Callable[[Posted, Facts], tuple[Problem, ...]] | None = None
    freeze: Callable[[Values, Facts], tuple[Balance, ...]] | None = None
    labels: Callable[[Posted, Facts], tuple[LabelRequested, ...]] | None = None

    @property
    def plan_kind(self) -> str:
        """Return the kind of order this type is checked against, or nothing."""
        return next((field.plan_kind for field in self.header if field.name == self.plan_field), "")


class Document(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A document in hand: serialised with the session, so that a power cut loses no scan of it.

    `lines` counts the lines ever recorded; the lines themselves are asked from the facts. `paper`: it is entered from
    slips that people wrote while a kiosk could not record.
    """

    type: str
    number: str
    status: Status = "draft"
    header_inputs: tuple[Input, ...] = ()
    header: dict[str, Value] = {}
    line_inputs: tuple[Input, ...] = ()
    lines: int = 0
    paper: bool = False


class Fresh(Struct, frozen=True, kw_only=True):
    """Names not used yet, for things that are born with the next line. The caller moves on when one was used."""

    handling_unit: str
    job: str


class Happened(Struct, frozen=True, kw_only=True):
    """An event to be recorded, and the event id it corrects, if any."""

    event: Event
    corrects: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """Yes: the document as it is now, and what happened (nothing yet, where the line still lacks a field)."""

    document: Document
    events: tuple[Happened, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedsConfirmation:
    """Only if you mean it: give the same again with these problems' codes confirmed."""

    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """No, and nothing changed."""

    problems: tuple[Problem, ...]


Decision = Accepted | NeedsConfirmation | Refused


@cache
def document_types() -> Mapping[str, DocumentType]:
    """Return every document type of the folder by its code."""
    found: dict[str, DocumentType] = {}
    for module in sorted(pkgutil.iter_modules(domain.documents.__path__), key=lambda one: one.name):
        declared: DocumentType = importlib.import_module(f"domain.documents.{module.name}").TYPE
        if declared.code in found:
            message = f"two document types are called {declared.code}"
            raise ValueError(message)
        found[declared.code] = declared
    return found


PAPER_HEADER = (Field(name="paper_day", kind=FieldKind.DAY),)
PAPER_LINE = (
    Field(name="slip", kind=FieldKind.SLIP, sticky=always),
    Field(name="paper_time", kind=FieldKind.TIME, sticky=always),
)
"""What every document from paper asks for besides its own fields: the slip's number, and when it really was."""


def header_fields(document: Document) -> tuple[Field, ...]:
    """Return the fields of a document's header."""
    declared = document_types()[document.type].header
    return (*PAPER_HEADER, *declared) if document.paper else declared


def line_fields(document: Document) -> tuple[Field, ...]:
    """Return the fields of a document's lines."""
    declared = document_types()[document.type].line
    return (*PAPER_LINE, *declared) if document.paper else declared


def document_number(prefix: str, day: str, number_code: str, epoch: int, serial: int) -> str:
    """Return a document's number: prefix, yyyymmdd, the kiosk's number code, serial. Unique also when made offline."""
    station = number_code if epoch == 1 else f"{number_code}{epoch}"
    return f"{prefix}{day}-{station}-{serial:04d}"


def lines_for(kind: DocumentType, header: Values, item: str, facts: Facts) -> tuple[PlanLine, ...]:
    """Return the lines of the document's order that ask for an item; none without an order."""
    number = header.get(kind.plan_field)
    plan = facts.plan(kind.plan_kind, number) if isinstance(number, str) and number else None
    return tuple(one for one in plan.lines if one.item == item) if plan else ()
