"""Handoff 交接: the next operation is the customer, and the scan with which it takes goods over is its verdict. Pure.

On the good path the verdict is the check-in itself. Liability passes at this scan, not at the sender's own inspection.
"""

from collections.abc import Sequence
from enum import StrEnum

from msgspec import Struct

from domain.bundle import BundleSerial
from domain.problem import Problem, refusal
from domain.route import OperationCode

DEFECTS_MAX = 50
"""Kinds of defect one verdict names."""


class Verdict(StrEnum):
    """What the customer says. `CONCESSION` 让步接收: taken although not as agreed; `PART`: the rest goes back."""

    ACCEPT = "accept"
    CONCESSION = "concession"
    PART = "part"
    REJECT = "reject"


class Rating(StrEnum):
    """How content the customer is; what is below C needs a reason and a fact."""

    A = "A"
    B = "B"
    C = "C"
    D = "D"
    E = "E"


BAD = frozenset({Rating.D, Rating.E})


class Requirement(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing the next operation needs. `method`: how it is looked at; `limit`: what is still right."""

    item: str
    criterion: str
    method: str = ""
    limit: str = ""
    picture: str = ""
    is_critical: bool = False


class RequirementList(Struct, frozen=True, kw_only=True):
    """What an operation asks of the one before, as both agreed. Shown when one finishes and when the other begins.

    `agreed_by`: the sender's and the receiver's employee number; a list that lacks one is a proposal.
    """

    before: OperationCode
    operation: OperationCode
    version: int
    requirements: tuple[Requirement, ...]
    agreed_by: tuple[str, str]

    @property
    def is_agreed(self) -> bool:
        """Tell whether both sides stand by it."""
        return all(self.agreed_by)


class Leg(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The way between two operations: who carried the goods, in what, how protected, and how they arrived."""

    carrier: str = ""
    container: str = ""
    protection: str = ""
    is_damaged: bool = False
    condition: str = ""


class Defect(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is wrong with how many pieces. `pictures`: digests of photographs."""

    code: str
    pieces: int
    pictures: tuple[str, ...] = ()


class Handoff(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One verdict on one bundle between two operations.

    `declared`: the good pieces the sender told of; `received`: those that came; `accepted`: those taken, so that
    `received - accepted` go back. `is_silent`: accepted by time alone, where the plant configured that. `photos`: their
    digests (`domain.photo`).
    """

    bundle: BundleSerial
    before: OperationCode
    operation: OperationCode
    verdict: Verdict
    declared: int
    received: int
    accepted: int
    rating: Rating | None = None
    reason: str = ""
    defects: tuple[Defect, ...] = ()
    leg: Leg | None = None
    conceded_by: str = ""
    requirements_version: int = 0
    is_silent: bool = False
    photos: tuple[str, ...] = ()

    @property
    def short(self) -> int:
        """Return how many pieces were declared and did not come; below nothing where more came."""
        return self.declared - self.received

    @property
    def refused(self) -> int:
        """Return how many pieces came and were not taken."""
        return self.received - self.accepted


def why_not(handoff: Handoff, person: str, senders: Sequence[str]) -> Problem | None:
    """Say why a verdict cannot stand as it is; None where it can. `senders`: who worked on it at the step before."""
    counted = sum(defect.pieces for defect in handoff.defects)
    checks = (
        (person in senders and not handoff.is_silent, refusal("own_handoff", name=person)),
        (_is_miscounted(handoff), _miscounted(handoff)),
        (
            handoff.rating in BAD and not (handoff.reason and handoff.defects),
            refusal("rating_needs_facts", rating=handoff.rating or ""),
        ),
        (
            handoff.verdict in (Verdict.REJECT, Verdict.PART) and not handoff.defects and not handoff.short,
            refusal("reject_needs_defect", bundle=handoff.bundle),
        ),
        (
            any(defect.pieces <= 0 or defect.pieces > handoff.received for defect in handoff.defects)
            or len(handoff.defects) > DEFECTS_MAX,
            refusal("defect_count", told=counted, received=handoff.received),
        ),
        (
            handoff.verdict is Verdict.CONCESSION and not (handoff.conceded_by and handoff.reason),
            refusal("concession_needs_name", bundle=handoff.bundle),
        ),
    )
    return next((problem for is_so, problem in checks if is_so), None)


def _is_miscounted(handoff: Handoff) -> bool:
    if min(handoff.declared, handoff.received, handoff.accepted) < 0 or handoff.accepted > handoff.received:
        return True
    match handoff.verdict:
        case Verdict.ACCEPT | Verdict.CONCESSION:
            return handoff.accepted != handoff.received
        case Verdict.PART:
            return not 0 < handoff.accepted < handoff.received
        case Verdict.REJECT:
            return handoff.accepted != 0


def _miscounted(handoff: Handoff) -> Problem:
    return refusal(
        "handoff_count",
        bundle=handoff.bundle,
        declared=handoff.declared,
        received=handoff.received,
        accepted=handoff.accepted,
    )


class Liable(StrEnum):
    """Who answers for goods at a moment."""

    SENDER = "sender"
    CARRIER = "carrier"
    RECEIVER = "receiver"


def liable(verdict: Handoff | None) -> Liable:
    """Say who answers for what is found wrong: the sender until the verdict, the carrier for what he damaged.

    A finished operation whose goods nobody took over yet still answers for them: silence is not acceptance.
    """
    if verdict is None or verdict.verdict is Verdict.REJECT:
        is_damaged = verdict is not None and verdict.leg is not None and verdict.leg.is_damaged
        return Liable.CARRIER if is_damaged else Liable.SENDER
    return Liable.RECEIVER
