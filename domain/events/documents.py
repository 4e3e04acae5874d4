"""What happens to stock documents."""

from collections.abc import Mapping
from typing import Literal

from msgspec import Struct, field

from domain.event import Event
from domain.plan import Plan, PlanRef
from domain.quantity import Quantity
from domain.stock import Balance, Derivation, Movement

Value = str | Quantity
"""What a field holds: an id, code or text, or a quantity."""


class Measured(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How a mass given by hand came about at a kiosk with a scale: taken from it, or typed although one is there.

    `scale` is its name at the kiosk. `shown`: what it showed when it was taken, in its own unit. `state`: how the scale
    was when somebody typed (`stable`, `moving`, `old`, `gone` …).
    """

    how: Literal["weighed", "typed"]
    scale: str
    shown: Quantity | None = None
    state: str = ""


class DocumentOpened(Event, frozen=True, kw_only=True, omit_defaults=True):
    """A document came to life with its first complete header. `book` is the stock a count is held against."""

    document: str
    document_type: str
    header: Mapping[str, Value] = field(default_factory=dict[str, Value])
    book: tuple[Balance, ...] = ()


class DocumentJoined(Event, frozen=True, kw_only=True, omit_defaults=True):
    """A kiosk took part in a document that another one (`opened_on`) opened: its lines from now on belong to that one.

    `header` is the document's, so that the event can be read by itself.
    """

    document: str
    document_type: str
    opened_on: str
    header: Mapping[str, Value] = field(default_factory=dict[str, Value])


class LineRecorded(Event, frozen=True, kw_only=True, omit_defaults=True):
    """A line was completed by scans. `movements` is what moved at that moment; empty where the type posts later.

    `confirmed` names the warnings the operator saw and confirmed. `measured`: how the masses among `values` came about,
    by field; nothing for those that a code stated, and at kiosks without a scale.
    """

    document: str
    document_type: str
    line: int
    values: dict[str, Value]
    movements: tuple[Movement, ...] = ()
    plan: PlanRef | None = None
    confirmed: tuple[str, ...] = ()
    measured: dict[str, Measured] = {}  # noqa: RUF012  msgspec copies it, and an empty one stays off the wire


class LineReversed(Event, frozen=True, kw_only=True, omit_defaults=True):
    """A line was taken back by its exact inverse. The envelope's `corrects` names the original event."""

    document: str
    document_type: str
    line: int
    movements: tuple[Movement, ...] = ()
    plan: PlanRef | None = None
    quantity: Quantity | None = None


class DocumentCompleted(Event, frozen=True, kw_only=True, omit_defaults=True):
    """Everything was scanned. `movements` is what moved with it.

    A document that needs approval is `submitted`: `proposed` is then what approving it would move.
    """

    document: str
    document_type: str
    outcome: Literal["closed", "submitted"]
    lines: int
    movements: tuple[Movement, ...] = ()
    proposed: tuple[Movement, ...] = ()
    confirmed: tuple[str, ...] = ()


class DocumentApproved(Event, frozen=True, kw_only=True, omit_defaults=True):
    """An entitled person let the document take effect. `approver` is an employee number."""

    document: str
    document_type: str
    approver: str
    movements: tuple[Movement, ...] = ()


class DocumentSentBack(Event, frozen=True, kw_only=True, omit_defaults=True):
    """A submitted document was not approved: it is open again, for whoever made it to mend.

    `person` (an employee number) decided so, and `reason` says why. `submission`: the event that submitted it; one that
    was submitted anew meanwhile is another.
    """

    document: str
    document_type: str
    person: str
    reason: str
    submission: str = ""


class DocumentVoided(Event, frozen=True, kw_only=True, omit_defaults=True):
    """A document without effect was given up."""

    document: str
    document_type: str
    reason: str = ""


class PlanCount(Struct, frozen=True, kw_only=True):
    """How much a document counted towards one line of a plan."""

    plan: PlanRef
    quantity: Quantity


class DocumentUnapproved(Event, frozen=True, kw_only=True, omit_defaults=True):
    """A document that had taken effect was taken back altogether, by its exact inverse.

    `person` (an employee number) let it happen. `movements` is the opposite of everything it had moved and not taken
    back yet; `plans` what it had counted towards its plan. The plan it left is gone.
    """

    document: str
    document_type: str
    person: str
    reason: str = ""
    movements: tuple[Movement, ...] = ()
    plans: tuple[PlanCount, ...] = ()


class PlanLeft(Event, frozen=True, kw_only=True, omit_defaults=True):
    """A document took effect and left a plan for documents that build on it: what it sent is still to be received."""

    document: str
    document_type: str
    plan: Plan


class GoodsDerived(Event, frozen=True, kw_only=True, omit_defaults=True):
    """A document took effect and made goods from others: which came from which."""

    document: str
    document_type: str
    derivations: tuple[Derivation, ...]
