"""The document engine: one input, one decision. Pure: it reads facts and changes nothing.

Refusals and warnings are values; whoever asks shows them. A warning (`question`) passes when its code is among those
confirmed, an error never does.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from msgspec.structs import replace

from domain.barcode import BadgeCode, BundleCode, Control, DocumentCode, Element, PlaceCode, ReadingKind, read
from domain.document import (
    Accepted,
    Decision,
    Document,
    DocumentType,
    Fresh,
    Happened,
    NeedsConfirmation,
    Posted,
    Posts,
    Refused,
    document_types,
    header_fields,
    line_fields,
    lines_for,
)
from domain.events.documents import (
    DocumentApproved,
    DocumentCompleted,
    DocumentOpened,
    DocumentVoided,
    LineRecorded,
    LineReversed,
    Value,
)
from domain.facts import Facts, RecordedLine
from domain.field import Form, Input, Resolved, resolve
from domain.item import ItemId
from domain.plan import PlanRef
from domain.problem import Problem, Severity, question, refusal
from domain.quantity import Quantity
from domain.slips import against_paper
from domain.staff import Person
from domain.stock import Movement

INPUTS_MAX = 200
"""The most scans one unfinished form collects; beyond it the operator must finish or clear it."""

UNDO_LINES_MAX = 20
"""How many lines back an undo reaches."""

CODE_SHOWN_CHARS_MAX = 40
QUANTITY_ASKED_FROM = Decimal(100_000)
"""So much in one line, in whatever unit, is asked about; what no field takes is refused where it is read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """Who asks, when, with what knowledge and which fresh names; and what they confirmed already."""

    facts: Facts
    operator: Person
    fresh: Fresh
    now: datetime
    confirmed: frozenset[str] = frozenset()


def work_out_header(document: Document, case: Case) -> Resolved:
    """Work out the header from everything given to it."""
    return resolve(header_fields(document), document.header_inputs, case.facts, case.operator.number)


def work_out_line(document: Document, case: Case) -> Resolved:
    """Work out the unfinished line from everything given to it; it sees the header's values."""
    return resolve(
        line_fields(document), document.line_inputs, case.facts, case.operator.number, document.header
    )


def offer(document: Document, given: Input, case: Case) -> Decision:
    """Take one scan or entry for the document in hand; record the line if it was the last thing missing."""
    kind = document_types()[document.type]
    if document.status not in ("draft", "open"):
        return Refused(problems=(refusal("document_not_open", document=document.number),))
    if not case.operator.may(kind.code, "add"):
        return Refused(problems=(refusal("no_right", name=case.operator.number, right="right.add"),))
    if document.paper and not case.operator.may(kind.code, "paper"):
        return Refused(problems=(refusal("no_right", name=case.operator.number, right="right.paper"),))
    if len(document.line_inputs) + len(document.header_inputs) >= INPUTS_MAX:
        return Refused(problems=(refusal("form_too_long", most=INPUTS_MAX),))
    taken = _take(document, given, case)
    return taken if isinstance(taken, Refused) else _settle(kind, taken, case)


def clear_line(document: Document) -> Document:
    """Forget what was given for the unfinished line; what is in force (sticky) stays."""
    return replace(document, line_inputs=tuple(given for given in document.line_inputs if given.sticky))


def _take(document: Document, given: Input, case: Case) -> Document | Refused:
    """Return the document with the input where it fits: in its header, else in its line."""
    header = _into_header(document, given, case)
    if isinstance(header, Document):
        return header
    line = _into_line(document, given, case)
    return line if isinstance(line, Document) or header is None else header


def _into_header(document: Document, given: Input, case: Case) -> Document | Refused | None:
    """Return the document with the input in its header; None if the header has no use for it.

    Once the document is open its header is fixed, so that no line changes its meaning afterwards.
    """
    if document.status != "draft":
        return None
    fuller = replace(document, header_inputs=(*document.header_inputs, given))
    worked_out = work_out_header(fuller, case)
    if len(document.header_inputs) not in worked_out.used:
        return None
    if worked_out.problems:
        return Refused(problems=worked_out.problems)
    return replace(fuller, header=dict(worked_out.values))


def _into_line(document: Document, given: Input, case: Case) -> Document | Refused:
    fuller = replace(document, line_inputs=(*document.line_inputs, given))
    worked_out = work_out_line(fuller, case)
    if len(document.line_inputs) not in worked_out.used:
        return Refused(problems=(no_use_for(given),))
    if worked_out.problems:
        return Refused(problems=worked_out.problems)
    return fuller


def no_use_for(given: Input) -> Problem:
    """Say why a code is of no use here: damaged, unknown to us, or known and out of place."""
    reading = read(given.text, given.symbology)
    code = (
        given.text
        if len(given.text) <= CODE_SHOWN_CHARS_MAX
        else f"{given.text[: CODE_SHOWN_CHARS_MAX - 1]}…"
    )
    if reading.problem:
        return reading.problem
    if reading.kind is ReadingKind.foreign:
        return refusal("unknown_code", code=code)
    return refusal("wrong_here", code=code, what=f"element.{_meaning(reading.elements)}")


def _meaning(elements: tuple[Element, ...]) -> str:
    match elements[0] if elements else None:
        case PlaceCode():
            return "place"
        case BundleCode():
            return "bundle"
        case BadgeCode():
            return "badge"
        case DocumentCode():
            return "document"
        case Control():
            return "control"
        case _:
            return "goods"


def _settle(kind: DocumentType, document: Document, case: Case) -> Decision:
    """Open the document once its header is complete; record the line once it is complete too."""
    events: tuple[Happened, ...] = ()
    if document.status == "draft":
        header = work_out_header(document, case)
        if not header.is_complete:
            return Accepted(document=document)
        book = kind.freeze(header.values, case.facts) if kind.freeze else ()
        opened = DocumentOpened(
            document=document.number, document_type=kind.code, header=dict(header.values), book=book
        )
        document = replace(document, status="open", header=opened.header)
        events = (Happened(event=opened),)
    line = work_out_line(document, case)
    # What is only in force from before is no line: nothing is ever added that was not scanned.
    if not line.is_complete or all(given.sticky for given in document.line_inputs):
        return Accepted(document=document, events=events)
    return _record_line(kind, document, line, case, events)


def _record_line(
    kind: DocumentType, document: Document, worked_out: Resolved, case: Case, before: tuple[Happened, ...]
) -> Decision:
    values = _with_births(kind, worked_out, case)
    line = RecordedLine(
        document=document.number,
        document_type=kind.code,
        line=document.lines + 1,
        event_id="",
        values=values,
        event_time=case.now,
        operator=case.operator.number,
        plan=_plan_ref(kind, document, values, case.facts),
    )
    posted = Posted(document=document.number, header=document.header, lines=(line,))
    checked = kind.check(posted, case.facts) if kind.check else ()
    problems = (
        *against_paper(document, line, case.facts),
        *_too_much(line),
        *_against_plan(kind, document, line, case.facts),
        *checked,
    )
    if stop := _unless_confirmed(problems, case.confirmed):
        return stop
    recorded = LineRecorded(
        document=document.number,
        document_type=kind.code,
        line=line.line,
        values=values,
        movements=kind.movements(posted, case.facts) if kind.posts is Posts.LINE else (),
        plan=line.plan,
        confirmed=tuple(sorted(problem.code for problem in problems)),
    )
    labels = kind.labels(posted, case.facts) if kind.labels else ()
    wanted = tuple(
        Happened(event=replace(label, job=f"{case.fresh.job}.{place}", document=document.number))
        for place, label in enumerate(labels, 1)
    )
    following = replace(document, lines=line.line, line_inputs=_in_force(document, case))
    return Accepted(document=following, events=(*before, Happened(event=recorded), *wanted))


def _with_births(kind: DocumentType, worked_out: Resolved, case: Case) -> dict[str, Value]:
    """Return the values, with a new serial for each thing that is born with this line."""
    values = dict(worked_out.values)
    number = values.get("item")
    item = case.facts.item(ItemId(number)) if isinstance(number, str) else None
    if item and item.unit_managed:
        for field in kind.line:
            if field.is_new:
                values.setdefault(field.name, case.fresh.handling_unit)
    return values


def _plan_ref(
    kind: DocumentType, document: Document, values: dict[str, Value], facts: Facts
) -> PlanRef | None:
    """Return the order's line these goods count towards: the first with room for all of them.

    Where none has, the first with room left, else the last; None where the order does not ask for them.
    """
    item, quantity = values.get("item"), values.get("quantity")
    number = document.header.get(kind.plan_field)
    if not isinstance(item, str) or not isinstance(quantity, Quantity) or not isinstance(number, str):
        return None
    asked = {
        PlanRef(number=number, line=one.line): one.quantity
        for one in lines_for(kind, document.header, item, facts)
        if one.quantity.unit == quantity.unit
    }
    left = {ref: one.value - facts.plan_done(ref, one.unit).value for ref, one in asked.items()}
    roomy = [ref for ref, room in left.items() if room >= quantity.value]
    still_open = [ref for ref, room in left.items() if room > 0]
    return next(iter((*roomy, *still_open, *reversed(left))), None)


def _against_plan(
    kind: DocumentType, document: Document, line: RecordedLine, facts: Facts
) -> tuple[Problem, ...]:
    """Compare a line with the order: not ordered at all, more than ordered, or above the ceiling.

    What all lines of the order ask for of one item counts together: goods do not know their order's lines.
    """
    quantity, order = line.values.get("quantity"), document.header.get(kind.plan_field)
    if not isinstance(order, str) or not isinstance(quantity, Quantity):
        return ()
    asked = lines_for(kind, document.header, str(line.values.get("item", "")), facts)
    if not asked:
        item = facts.item(ItemId(str(line.values.get("item", ""))))
        return (refusal("not_on_order", item=item.number if item else "", order=order),)
    same_unit = [one for one in asked if one.quantity.unit == quantity.unit]
    if not same_unit:
        return (refusal("order_in_other_unit", order=order, unit=f"unit.{asked[0].quantity.unit}"),)
    ordered, total = Quantity(Decimal(0), quantity.unit), quantity
    for one in same_unit:
        ordered += one.quantity
        total += facts.plan_done(PlanRef(number=order, line=one.line), quantity.unit)
    if total.value > ordered.value * (1 + kind.over_plan):
        ceiling = f"{kind.over_plan:.0%}"
        return (refusal("over_ceiling", order=order, ordered=ordered, total=total, ceiling=ceiling),)
    if total.value > ordered.value:
        return (question("over_ordered", order=order, ordered=ordered, total=total),)
    return ()


def _too_much(line: RecordedLine) -> tuple[Problem, ...]:
    """Ask about a quantity that hardly anybody handles in one line."""
    amounts = [one for one in line.values.values() if isinstance(one, Quantity)]
    large = next((one for one in amounts if abs(one.value) >= QUANTITY_ASKED_FROM), None)
    return (question("quantity_large", quantity=large),) if large else ()


def _unless_confirmed(
    problems: Sequence[Problem], confirmed: frozenset[str]
) -> Refused | NeedsConfirmation | None:
    """Return what stands in the way: any error, else any warning not confirmed yet."""
    errors = tuple(one for one in problems if one.severity in (Severity.refusal, Severity.fault))
    if errors:
        return Refused(problems=errors)
    asked = tuple(one for one in problems if one.severity is Severity.question and one.code not in confirmed)
    return NeedsConfirmation(problems=asked) if asked else None


def _in_force(document: Document, case: Case) -> tuple[Input, ...]:
    """Return what stays for the next line: the input that gave a sticky field its value, else the one from before."""
    kept: list[Input] = []
    for field in line_fields(document):
        for given in reversed(document.line_inputs):
            alone = resolve((field,), (given,), case.facts, case.operator.number, document.header)
            form = Form(clues=(), values=alone.values, taken=frozenset(), facts=case.facts, operator="")
            if field.name in alone.values and alone.used and field.sticky(form):
                kept.append(replace(given, sticky=True))
                break
    return tuple(kept)


def complete(document: Document, case: Case) -> Decision:
    """Finish the document; one that needs approval is submitted with what approving it would move."""
    kind = document_types()[document.type]
    if document.status != "open":
        return Refused(problems=(refusal("nothing_to_finish", document=document.number),))
    lines = [line for line in case.facts.lines(document.number) if not line.is_reversed]
    posted = Posted(document=document.number, header=document.header, lines=lines)
    unfinished = any(not given.sticky for given in document.line_inputs)
    checked = kind.check_completion(posted, case.facts) if kind.check_completion else ()
    problems = (*((question("line_unfinished"),) if unfinished else ()), *checked)
    if stop := _unless_confirmed(problems, case.confirmed):
        return stop
    movements = kind.movements(posted, case.facts) if kind.posts is not Posts.LINE else ()
    outcome = "submitted" if kind.approval else "closed"
    event = DocumentCompleted(
        document=document.number,
        document_type=kind.code,
        outcome=outcome,
        lines=len(lines),
        movements=movements if kind.posts is Posts.COMPLETION else (),
        proposed=movements if kind.posts is Posts.APPROVAL else (),
        confirmed=tuple(sorted(problem.code for problem in problems)),
    )
    return Accepted(
        document=replace(document, status=outcome, line_inputs=()), events=(Happened(event=event),)
    )


def approve(
    document: Document, proposed: Sequence[Movement], ticked: frozenset[int], approver: Person, case: Case
) -> Decision:
    """Let a submitted document take effect: only the ticked of the proposed movements happen.

    `ticked` holds indices into `proposed`. Who counted cannot approve (four eyes).
    """
    if document.status != "submitted":
        return Refused(problems=(refusal("nothing_to_approve", document=document.number),))
    if not approver.may(document.type, "approve"):
        return Refused(problems=(refusal("no_right", name=approver.number, right="right.approve"),))
    if any(line.operator == approver.number for line in case.facts.lines(document.number)):
        return Refused(problems=(refusal("own_work", name=approver.number),))
    event = DocumentApproved(
        document=document.number,
        document_type=document.type,
        approver=approver.number,
        movements=tuple(movement for index, movement in enumerate(proposed) if index in ticked),
    )
    return Accepted(document=replace(document, status="closed"), events=(Happened(event=event),))


def undo(document: Document, case: Case) -> Decision:
    """Take back the operator's last line by its exact opposite."""
    if document.status != "open":
        return Refused(problems=(refusal("document_not_open", document=document.number),))
    lines = case.facts.lines(document.number)
    mine = [line for line in lines if line.operator == case.operator.number and not line.is_reversed]
    if not mine:
        return Refused(problems=(refusal("nothing_to_undo"),))
    last = mine[-1]
    if last.line <= document.lines - UNDO_LINES_MAX:
        return Refused(problems=(refusal("undo_too_far", most=UNDO_LINES_MAX),))
    quantity = last.values.get("quantity")
    event = LineReversed(
        document=document.number,
        document_type=document.type,
        line=last.line,
        movements=tuple(movement.inverse() for movement in reversed(last.movements)),
        plan=last.plan,
        quantity=quantity if isinstance(quantity, Quantity) else None,
    )
    return Accepted(document=document, events=(Happened(event=event, corrects=last.event_id),))


def void(document: Document, reason: str, case: Case) -> Decision:
    """Give up a document that has no line in effect; a draft simply ends."""
    if any(not line.is_reversed for line in case.facts.lines(document.number)):
        return Refused(problems=(refusal("document_has_lines", document=document.number),))
    event = DocumentVoided(document=document.number, document_type=document.type, reason=reason)
    happened = () if document.status == "draft" else (Happened(event=event),)
    return Accepted(document=replace(document, status="void", line_inputs=()), events=happened)
