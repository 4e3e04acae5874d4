"""The life of a document once its lines are there: completed, submitted, approved, taken back, given up. Pure."""

from collections.abc import Sequence
from decimal import Decimal

from msgspec.structs import replace

from domain.against_plan import at_completion, plan_left
from domain.decide import Case, finished_elsewhere, unless_confirmed
from domain.document import (
    Accepted,
    Decision,
    Document,
    DocumentType,
    Happened,
    Posted,
    Posts,
    Refused,
    plan_of,
)
from domain.events.documents import (
    DocumentApproved,
    DocumentCompleted,
    DocumentJoined,
    DocumentSentBack,
    DocumentUnapproved,
    DocumentVoided,
    GoodsDerived,
    LineReversed,
    PlanCount,
    PlanLeft,
)
from domain.facts import Facts, OpenDocument, RecordedLine
from domain.line import counted
from domain.place import PHYSICAL_ROLES
from domain.plan import PlanRef
from domain.problem import Problem, question, refusal
from domain.quantity import Quantity
from domain.staff import Person
from domain.stock import Movement, Stock

UNDO_LINES_MAX = 20
"""How many lines back an undo reaches."""


def join(shared: OpenDocument, case: Case) -> Decision:
    """Take part in a document that a colleague opened or submitted at another kiosk."""
    acts = ("approve", "add") if shared.status == "submitted" else ("add",)
    if not any(case.operator.may(shared.type, act) for act in acts):
        return Refused(problems=(refusal("no_right", name=case.operator.number, right=f"right.{acts[0]}"),))
    own = [line.line for line in case.facts.lines(shared.number) if not line.device]
    document = Document(
        type=shared.type,
        number=shared.number,
        status="submitted" if shared.status == "submitted" else "open",
        header=shared.header,
        lines=max(own, default=0),
        opened_on=shared.device,
    )
    event = DocumentJoined(
        document=shared.number, document_type=shared.type, opened_on=shared.device, header=shared.header
    )
    return Accepted(document=document, events=(Happened(event=event),))


def complete(document: Document, case: Case) -> Decision:
    """Finish the document; one that needs approval is submitted with what approving it would move."""
    kind = case.facts.document_types()[document.type]
    if document.status != "open":
        return Refused(problems=(refusal("nothing_to_finish", document=document.number),))
    if problem := finished_elsewhere(document, case.facts):
        return Refused(problems=(problem,))
    lines = [line for line in case.facts.lines(document.number) if not line.is_reversed]
    plan = plan_of(kind, document.header, case.facts)
    posted = Posted(document=document.number, header=document.header, lines=lines, plan=plan)
    unfinished = any(not given.sticky for given in document.line_inputs)
    checked = kind.check_completion(posted, case.facts) if kind.check_completion else ()
    problems = (
        *((question("line_unfinished"),) if unfinished else ()),
        *at_completion(kind, posted, case.facts),
        *checked,
    )
    if stop := unless_confirmed(problems, case.confirmed):
        return stop
    needs_approval = kind.approval(posted, case.facts)
    movements = kind.movements(posted, case.facts) if kind.posts is not Posts.LINE else ()
    event = DocumentCompleted(
        document=document.number,
        document_type=kind.code,
        outcome="submitted" if needs_approval else "closed",
        lines=len(lines),
        movements=() if needs_approval else movements,
        proposed=movements if needs_approval else (),
        confirmed=tuple(sorted(problem.code for problem in problems)),
    )
    following = () if needs_approval else _left_behind(kind, posted, movements, case.facts)
    return Accepted(
        document=replace(document, status=event.outcome, line_inputs=()),
        events=(Happened(event=event), *following),
    )


def _left_behind(
    kind: DocumentType, posted: Posted, movements: Sequence[Movement], facts: Facts
) -> tuple[Happened, ...]:
    """Return what a document that takes effect leaves: a plan to build on, and which goods came from which."""
    events: list[Happened] = []
    moved = [*(one for line in posted.lines for one in line.movements), *movements]
    if plan := plan_left(kind, posted, moved, facts):
        left = PlanLeft(document=posted.document, document_type=kind.code, plan=plan)
        events.append(Happened(event=left))
    if kind.derives and (derivations := kind.derives(posted, facts)):
        derived = GoodsDerived(document=posted.document, document_type=kind.code, derivations=derivations)
        events.append(Happened(event=derived))
    return tuple(events)


def why_not_decide(document: Document, person: Person, facts: Facts) -> Problem | None:
    """Say why somebody may not approve or send back a document, at a kiosk or in the office; None where they may.

    Who worked on it decides nothing about it (four eyes).
    """
    if document.status != "submitted":
        return refusal("nothing_to_approve", document=document.number)
    if problem := finished_elsewhere(document, facts):
        return problem
    if not person.may(document.type, "approve"):
        return refusal("no_right", name=person.number, right="right.approve")
    if any(line.operator == person.number for line in facts.lines(document.number)):
        return refusal("own_work", name=person.number)
    return None


def approve(
    document: Document, proposed: Sequence[Movement], ticked: frozenset[int], approver: Person, case: Case
) -> Decision:
    """Let a submitted document take effect: only the ticked of the proposed movements happen.

    `ticked` holds indices into `proposed`.
    """
    if problem := why_not_decide(document, approver, case.facts):
        return Refused(problems=(problem,))
    movements = tuple(movement for index, movement in enumerate(proposed) if index in ticked)
    event = DocumentApproved(
        document=document.number,
        document_type=document.type,
        approver=approver.number,
        movements=movements,
    )
    kind = case.facts.document_types()[document.type]
    lines = [line for line in case.facts.lines(document.number) if not line.is_reversed]
    plan = plan_of(kind, document.header, case.facts)
    posted = Posted(document=document.number, header=document.header, lines=lines, plan=plan)
    following = _left_behind(kind, posted, movements, case.facts)
    return Accepted(document=replace(document, status="closed"), events=(Happened(event=event), *following))


def send_back(document: Document, submission: str, reason: str, person: Person, case: Case) -> Decision:
    """Give a submitted document back to its maker, with the reason; `submission` is the event that submitted it."""
    if problem := why_not_decide(document, person, case.facts):
        return Refused(problems=(problem,))
    if not reason.strip():
        return Refused(problems=(refusal("no_reason", document=document.number),))
    event = DocumentSentBack(
        document=document.number,
        document_type=document.type,
        person=person.number,
        reason=reason.strip(),
        submission=submission,
    )
    return Accepted(document=replace(document, status="open"), events=(Happened(event=event),))


def mended(document: Document, facts: Facts) -> Document:
    """Return a document in hand as it goes on: open again, where it was submitted and sent back meanwhile."""
    is_back = document.status == "submitted" and facts.document_status(document.number) == "open"
    return replace(document, status="open", line_inputs=()) if is_back else document


def undo(document: Document, case: Case) -> Decision:
    """Take back what the operator recorded last by its exact opposite: a line, or all lines of a carton."""
    if document.status != "open":
        return Refused(problems=(refusal("document_not_open", document=document.number),))
    if problem := finished_elsewhere(document, case.facts):
        return Refused(problems=(problem,))
    lines = [line for line in case.facts.lines(document.number) if not line.device]
    mine = [line for line in lines if line.operator == case.operator.number and not line.is_reversed]
    if not mine:
        return Refused(problems=(refusal("nothing_to_undo"),))
    last = mine[-1]
    if last.line <= document.lines - UNDO_LINES_MAX:
        return Refused(problems=(refusal("undo_too_far", most=UNDO_LINES_MAX),))
    return Accepted(
        document=document,
        events=tuple(
            Happened(event=_reversed(line), corrects=line.event_id)
            for line in reversed(_scanned_together(mine))
        ),
    )


def _scanned_together(lines: Sequence[RecordedLine]) -> Sequence[RecordedLine]:
    """Return the last line, with all others of the same carton where one scan recorded a line for each goods in it."""
    last = lines[-1]
    if serial := last.values.get("handling_unit"):
        scan = (serial, last.event_time)
        return [one for one in lines if (one.values.get("handling_unit"), one.event_time) == scan]
    return [last]


def _reversed(line: RecordedLine) -> LineReversed:
    quantity = line.values.get("quantity")
    return LineReversed(
        document=line.document,
        document_type=line.document_type,
        line=line.line,
        movements=tuple(movement.inverse() for movement in reversed(line.movements)),
        plan=line.plan,
        quantity=quantity if isinstance(quantity, Quantity) else None,
    )


def void(document: Document, reason: str, case: Case) -> Decision:
    """Give up a document that has no line in effect; a draft simply ends, and a colleague's is only left.

    A colleague's document stays his to finish, with whatever lines were recorded here.
    """
    if document.opened_on:
        return Accepted(document=replace(document, status="void", line_inputs=()))
    if any(not line.is_reversed for line in case.facts.lines(document.number)):
        return Refused(problems=(refusal("document_has_lines", document=document.number),))
    event = DocumentVoided(document=document.number, document_type=document.type, reason=reason)
    happened = () if document.status == "draft" else (Happened(event=event),)
    return Accepted(document=replace(document, status="void", line_inputs=()), events=happened)


def unapprove(document: Document, reason: str, person: Person, case: Case) -> Decision:
    """Take a document back that took effect: the exact inverse of everything it moved, by a person with that right.

    Refused once its month is closed, when something was built on it, or when its goods have gone on.
    """
    if document.status != "closed":
        return Refused(problems=(refusal("nothing_to_take_back", document=document.number),))
    if not person.may(document.type, "unapprove"):
        return Refused(problems=(refusal("no_right", name=person.number, right="right.unapprove"),))
    lines = [line for line in case.facts.lines(document.number) if not line.is_reversed]
    moved = [*(one for line in lines for one in line.movements), *case.facts.effect(document.number)]
    event = DocumentUnapproved(
        document=document.number,
        document_type=document.type,
        person=person.number,
        reason=reason,
        movements=tuple(movement.inverse() for movement in reversed(moved)),
        plans=_counted(lines),
    )
    problems = (
        *_in_closed_month(document, lines, case),
        *_built_upon(case.facts.document_types()[document.type], document, case.facts),
        *_gone_on(document, event.movements, case.facts),
    )
    if problems:
        return Refused(problems=problems[:1])
    return Accepted(document=replace(document, status="unapproved"), events=(Happened(event=event),))


def _counted(lines: Sequence[RecordedLine]) -> tuple[PlanCount, ...]:
    """Return what lines counted towards their plans, a sum for each plan's line and unit."""
    sums: dict[tuple[str, int, str], Quantity] = {}
    for line in lines:
        if line.plan is None:
            continue
        for quantity in counted(line.values):
            key = (line.plan.number, line.plan.line, quantity.unit)
            sums[key] = sums[key] + quantity if key in sums else quantity
    return tuple(
        PlanCount(plan=PlanRef(number=number, line=line), quantity=quantity)
        for (number, line, _), quantity in sums.items()
    )


def _in_closed_month(document: Document, lines: Sequence[RecordedLine], case: Case) -> tuple[Problem, ...]:
    locked = case.facts.locked_period()
    if any(f"{line.event_time.astimezone(case.zone):%Y-%m}" <= locked for line in lines):
        return (refusal("period_locked", document=document.number, period=locked),)
    return ()


def _built_upon(kind: DocumentType, document: Document, facts: Facts) -> tuple[Problem, ...]:
    """Refuse where the plan it left was already used: received, returned, settled by another document."""
    plan = facts.plan(kind.leaves, document.number) if kind.leaves else None
    for one in plan.lines if plan else ():
        done = facts.plan_done(PlanRef(number=document.number, line=one.line), one.quantity.unit)
        if done.value > 0:
            item = facts.item(one.item)
            return (
                refusal(
                    "built_upon",
                    document=document.number,
                    item=item.number if item else one.item,
                    done=done,
                ),
            )
    return ()


def _gone_on(document: Document, movements: Sequence[Movement], facts: Facts) -> tuple[Problem, ...]:
    """Refuse where goods are not where the document put them: somebody moved them on since."""
    net = Stock()
    for movement in movements:
        net.apply(movement)
    for taken in net.balances():
        place = facts.place(taken.place)
        if taken.quantity.value >= 0 or place is None or place.role not in PHYSICAL_ROLES:
            continue
        held = [one.quantity for one in facts.balances(taken.place, taken.goods)]
        here = sum((one.value for one in held if one.unit == taken.quantity.unit), Decimal(0))
        if here + taken.quantity.value < 0:
            item = facts.item(taken.goods.item)
            number = item.number if item else taken.goods.item
            return (refusal("goods_went_on", document=document.number, item=number, place=taken.place),)
    return ()
