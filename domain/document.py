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
from domain.place import PlaceRole
from domain.plan import Plan
from domain.problem import Problem
from domain.staff import Person
from domain.stock import Balance, Derivation, Movement

Values = Mapping[str, Value]


class Posts(StrEnum):
    """When a type's movements happen: with each line, or with the whole document.

    The whole document posts when it is completed, or, where it needs approval, when it is approved.
    """

    LINE = "line"
    COMPLETION = "completion"


class AbovePlan(StrEnum):
    """What is said to a line that goes above its plan.

    CEILING: asked about up to the type's `over_plan`, refused above. ASK: asked about, however much. REASON: as ASK;
    the line has to have a reason (`goes_above_plan`), and the document an approval (`is_above_plan`).
    """

    CEILING = "ceiling"
    ASK = "ask"
    REASON = "reason"


class BelowPlan(StrEnum):
    """What is said to a document that is finished with less than its plan names: nothing, a question, or no."""

    ALLOW = "allow"
    ASK = "ask"
    REFUSE = "refuse"


Status = Literal["draft", "open", "submitted", "closed", "unapproved", "void"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """What a type's rules work on: the header, the lines that post now, and the plan they are checked against."""

    document: str
    header: Values
    lines: Sequence[RecordedLine]
    plan: Plan | None = None


Approval = Callable[[Posted, Facts], bool]
"""A claim about a document as it is completed: it has to be approved."""


def is_never_approved(_posted: Posted, _facts: Facts) -> bool:
    """Hold for no document: whoever works on it is trusted with it."""
    return False


def is_always_approved(_posted: Posted, _facts: Facts) -> bool:
    """Hold for every document."""
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentType:
    """The declaration of one stock document. Its title is `document.<code>` in the catalogue.

    `biz_step`: EPCIS business step. `accounts`: the places of its own that the station must have for it.

    `plan_field`: the header field that names the plan lines are checked against. `above_plan`, `below_plan`: what is
    said where they differ; `over_plan`: how far above the planned quantity a line may go, as a share (0.05 = 5 %).
    `counts`: whether its lines count towards the plan; one that does not only looks up there what there is.
    `difference`: the kind of discrepancy the office gets where a document is finished with less than its plan names.
    `leaves`: the kind of plan a document of this type becomes once it took effect, for documents that build on it; its
    partner stands in the header field `leaves_partner`; `leaves_if`: only where this holds. `awaits`: what it leaves is
    still to come (goods on the road, with a subcontractor, lent), where else it only bounds what may come back.
    `derives`: which goods were made from which.

    `approval`: whether completing it only submits it, and an entitled person approves. `pin_required`: who approves it
    or takes it back must have a PIN; otherwise it is asked of those who have one. `is_blind`: nobody who counts
    sees what the book says. `oldest_first`: taking from a newer lot while an older one lies in the warehouse is asked
    about. `check`: further rules for a line about to be recorded; `check_completion`: for the whole document. `freeze`:
    the stock a count is held against, taken when the document opens. `labels`: what is printed for a line.
    """

    code: str
    prefix: str
    biz_step: str
    header: tuple[Field, ...]
    line: tuple[Field, ...]
    posts: Posts
    movements: Callable[[Posted, Facts], tuple[Movement, ...]]
    accounts: tuple[PlaceRole, ...] = ()
    plan_field: str = ""
    above_plan: AbovePlan = AbovePlan.CEILING
    over_plan: Decimal = Decimal(0)
    counts: bool = True
    below_plan: BelowPlan = BelowPlan.ALLOW
    difference: str = ""
    leaves: str = ""
    leaves_partner: str = "partner"
    leaves_if: Callable[[Posted], bool] | None = None
    awaits: bool = False
    derives: Callable[[Posted, Facts], tuple[Derivation, ...]] | None = None
    approval: Approval = is_never_approved
    pin_required: bool = False
    is_blind: bool = False
    oldest_first: bool = False
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
    slips that people wrote while a kiosk could not record. `opened_on`: the kiosk that opened it, if another one did.
    """

    type: str
    number: str
    status: Status = "draft"
    header_inputs: tuple[Input, ...] = ()
    header: dict[str, Value] = {}
    line_inputs: tuple[Input, ...] = ()
    lines: int = 0
    paper: bool = False
    opened_on: str = ""


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
    """Return every document type of the folder by its code, as declared; what is in force here say the facts."""
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


def header_fields(kind: DocumentType, document: Document, operator: Person | None) -> tuple[Field, ...]:
    """Return the fields of a document's header, as far as they are there for who works on it."""
    declared = _seen_by(operator, kind.header)
    return (*PAPER_HEADER, *declared) if document.paper else declared


@cache
def plan_kinds() -> Mapping[str, bool]:
    """Return every kind of plan that documents work on or leave, and whether what is open of it is still to come.

    What the office orders is; what a document left is where its type says so (`awaits`).
    """
    known = document_types().values()
    followed = {kind.plan_kind: True for kind in known if kind.plan_kind}
    return followed | {kind.leaves: kind.awaits for kind in known if kind.leaves}


def line_fields(kind: DocumentType, document: Document, operator: Person | None) -> tuple[Field, ...]:
    """Return the fields of a document's lines, as far as they are there for who works on it."""
    declared = _seen_by(operator, kind.line)
    return (*PAPER_LINE, *declared) if document.paper else declared


def _seen_by(operator: Person | None, fields: tuple[Field, ...]) -> tuple[Field, ...]:
    """Leave out what needs a right the operator has not: it is absent, not blank."""
    return tuple(one for one in fields if _is_seen(one, operator))


def _is_seen(field: Field, operator: Person | None) -> bool:
    if not field.right or field.kind is FieldKind.PERSON:
        return True
    document_type, _, act = field.right.partition(".")
    return operator is not None and operator.may(document_type, act)


def document_number(prefix: str, day: str, number_code: str, epoch: int, serial: int) -> str:
    """Return a document's number: prefix, yyyymmdd, the kiosk's number code, serial. Unique also when made offline."""
    station = number_code if epoch == 1 else f"{number_code}{epoch}"
    return f"{prefix}{day}-{station}-{serial:04d}"


def plan_of(kind: DocumentType, header: Values, facts: Facts) -> Plan | None:
    """Return the plan a document is checked against; None without one."""
    number = header.get(kind.plan_field)
    return facts.plan(kind.plan_kind, number) if isinstance(number, str) and number else None
