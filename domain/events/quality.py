"""What people say about the work of others: what was found, whose it is, what stands still, what a month was worth."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import ClassVar, Literal

from msgspec import Struct, field

from domain.bundle import BundleSerial
from domain.event import Event, Upcast
from domain.handoff import Defect, Rating
from domain.pay import Pay
from domain.quality_ticket import Act
from domain.route import OperationCode
from domain.score import Counted, Part

InspectionKind = Literal["patrol", "end_line", "first_piece", "final", "fabric", "needle"]
InspectionResult = Literal["green", "yellow", "red", "passed", "failed"]
HoldScope = Literal["bundle", "shade", "roll", "operation", "order"]
VoiceKind = Literal["suggestion", "complaint", "thanks", "fault_picking"]


def _finite(*figures: Decimal | None) -> None:
    """Refuse what is no number. Raises ValueError."""
    if not all(one is None or one.is_finite() for one in figures):
        message = "a figure must be a finite number"
        raise ValueError(message)


class TicketOpened(Event, frozen=True, kw_only=True, omit_defaults=True):
    """Somebody found something wrong and wants it mended. `finder` is the finder's unit, a team, line or workshop.

    `operation`: where it was found; `origin`: the operation it comes from, as far as the finder can tell. `due`: by
    when it must be said whose it is. `photos`: their digests.
    """

    ticket: str
    finder: str
    due: date
    operation: OperationCode
    origin: OperationCode = OperationCode("")
    bundle: BundleSerial = BundleSerial("")
    order: str = ""
    defects: tuple[Defect, ...] = ()
    note: str = ""
    photos: tuple[str, ...] = ()


class TicketActed(Event, frozen=True, kw_only=True, omit_defaults=True):
    """Somebody did what was next about a ticket."""

    ticket: str
    act: Act


class HoldPlaced(Event, frozen=True, kw_only=True, omit_defaults=True):
    """Work must stand still on a bundle, everything of a dye lot or roll, an operation, or an order."""

    hold: str
    scope: HoldScope
    key: str
    reason: str
    ticket: str = ""


class HoldLifted(Event, frozen=True, kw_only=True, omit_defaults=True):
    """Work may go on."""

    hold: str
    reason: str


class PiecesInspected(Event, frozen=True, kw_only=True, omit_defaults=True):
    """Pieces, a roll, a lot or a place were looked at.

    `checked`: pieces looked at, `defective`: those with a defect; one piece may have several in `defects`. `subject` is
    what was looked at where it is no bundle: a roll, a carton lot, a needle log's machine. `people` made them.
    `points`: of fabric, per 100 square metres. `figures`: what else was typed and chosen, by its name.
    """

    inspection: str
    kind: InspectionKind
    operation: OperationCode
    checked: int
    defective: int
    result: InspectionResult
    bundle: BundleSerial = BundleSerial("")
    order: str = ""
    subject: str = ""
    people: tuple[str, ...] = ()
    defects: tuple[Defect, ...] = ()
    points: Decimal = Decimal(0)
    note: str = ""
    figures: Mapping[str, str] = {}

    def __post_init__(self) -> None:
        _finite(self.points)


class InspectionUndone(Event, frozen=True, kw_only=True, omit_defaults=True):
    """Whoever recorded an inspection takes it back: it counts nothing, and what it held goes on."""

    inspection: str


class UnitRated(Event, frozen=True, kw_only=True, omit_defaults=True):
    """A customer rated a unit for a month, a service department too; D and E say why."""

    judge: str
    judged: str
    period: str
    rating: Rating
    reason: str = ""


class Answer(Struct, frozen=True, kw_only=True):
    """One answer of a questionnaire, 1 to 5."""

    question: str
    points: int


class QuestionnaireAnswered(Event, frozen=True, kw_only=True, omit_defaults=True):
    """A customer answered a unit's questionnaire 下道工序顾客满意度调查表."""

    judge: str
    judged: str
    period: str
    answers: tuple[Answer, ...]
    note: str = ""


class VoiceRaised(Event, frozen=True, kw_only=True, omit_defaults=True):
    """Somebody suggests, complains, thanks, or picks a fault 挑刺; it is answered by a date."""

    voice: str
    kind: VoiceKind
    unit: str
    text: str
    due: date
    operation: OperationCode = OperationCode("")


class VoiceAnswered(Event, frozen=True, kw_only=True, omit_defaults=True):
    """The unit answered. `is_done`: what was asked for is done."""

    voice: str
    text: str
    is_done: bool = False


class PickedFault(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One fault of a session: who picked it, whose it is to mend, and by when. `voice`: under which it is answered."""

    voice: str
    picked_by: str
    text: str
    owner: str
    due: date


class FaultsPicked(Event, frozen=True, kw_only=True, omit_defaults=True):
    """The minutes of a fault-picking session 挑刺会: customers looked at a unit's work, and each fault is an action."""

    session: str
    unit: str
    held_on: date
    present: tuple[str, ...]
    faults: tuple[PickedFault, ...]
    note: str = ""


class ScorePublished(Event, frozen=True, kw_only=True, omit_defaults=True):
    """A unit's month was published and is locked: its figures stay as they were then.

    `counted`, `rated`, `parts`: everything they were worked out from. Figures of which there was nothing to be worked
    out from are None; that came with version 2, before they were a hundred points.
    """

    schema: ClassVar[int] = 2
    upcasts: ClassVar[Mapping[int, Upcast]] = {1: dict}

    period: str
    unit: str
    objective: Decimal | None
    subjective: Decimal | None
    total: Decimal | None
    attainment: Decimal
    coefficient: Decimal | None
    ratings: int
    counted: Counted | None = None
    rated: Mapping[Rating, int] = field(default_factory=dict[Rating, int])
    parts: tuple[Part, ...] = ()

    def __post_init__(self) -> None:
        _finite(self.objective, self.subjective, self.total, self.attainment, self.coefficient)


class PayContested(Event, frozen=True, kw_only=True, omit_defaults=True):
    """A worker says that a line of their pay is wrong."""

    job: str
    person: str
    reason: str


class PayContestAnswered(Event, frozen=True, kw_only=True, omit_defaults=True):
    """Somebody entitled looked at a contested line: it stands, or so many pieces more are the worker's."""

    job: str
    person: str
    reason: str
    pieces: int = 0


class PayLocked(Event, frozen=True, kw_only=True, omit_defaults=True):
    """A pay period (`2026-11`) is closed, and every one before it: what comes later is paid in a later one."""

    period: str


class PaySettled(Event, frozen=True, kw_only=True, omit_defaults=True):
    """What somebody earned in a pay period that is closed: this is paid, whatever is declared or found later."""

    period: str
    person: str
    pay: Pay
