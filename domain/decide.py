"""The document engine: one input, one decision. Pure: it reads facts and changes nothing.

Refusals and warnings are values; whoever asks shows them. A warning (`question`) passes when its code is among those
confirmed, an error never does.
"""

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from decimal import Decimal

from msgspec.structs import replace

from domain.against_age import against_age
from domain.against_plan import against_plan, plan_ref
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
    header_fields,
    line_fields,
    plan_of,
)
from domain.events.documents import DocumentOpened, LineRecorded, Measured, Value
from domain.events.labels import LabelRequested
from domain.facts import Facts, RecordedLine
from domain.field import Form, Input, Resolved, resolve
from domain.item import ItemId
from domain.line import values_of
from domain.plan import Plan
from domain.problem import Problem, Severity, question, refusal
from domain.quantity import Quantity
from domain.slips import against_paper
from domain.staff import Person
from domain.units import is_mass

INPUTS_MAX = 200
"""The most scans one unfinished form collects; beyond it the operator must finish or clear it."""

CODE_SHOWN_CHARS_MAX = 40
RENEWED = "renewed"
"""The `reason` of a label for something that is here already; the words are `choice.reprint.renewed`."""
QUANTITY_ASKED_FROM = Decimal(100_000)
"""So much in one line, in whatever unit, is asked about; what no field takes is refused where it is read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """Who asks, when, with what knowledge and which fresh names; and what they confirmed already.

    `zone`: on whose calendar months are told apart; None: on this machine's, as kiosks stand where they work.
    """

    facts: Facts
    operator: Person
    fresh: Fresh
    now: datetime
    confirmed: frozenset[str] = frozenset()
    zone: tzinfo | None = None


def work_out_header(document: Document, case: Case) -> Resolved:
    """Work out the header from everything given to it."""
    kind = case.facts.document_types()[document.type]
    fields = header_fields(kind, document, case.operator)
    return resolve(fields, document.header_inputs, case.facts, case.operator.number)


def work_out_line(document: Document, case: Case) -> Resolved:
    """Work out the unfinished line from everything given to it; it sees the header's values."""
    kind = case.facts.document_types()[document.type]
    plan = plan_of(kind, document.header, case.facts)
    fields = line_fields(kind, document, case.operator)
    return resolve(fields, document.line_inputs, case.facts, case.operator.number, document.header, plan=plan)


def offer(document: Document, given: Input, case: Case) -> Decision:
    """Take one scan or entry for the document in hand; record the line if it was the last thing missing."""
    kind = case.facts.document_types()[document.type]
    if document.status not in ("draft", "open"):
        return Refused(problems=(refusal("document_not_open", document=document.number),))
    if problem := finished_elsewhere(document, case.facts):
        return Refused(problems=(problem,))
    if not case.operator.may(kind.code, "add"):
        return Refused(problems=(refusal("no_right", name=case.operator.number, right="right.add"),))
    if document.paper and not case.operator.may(kind.code, "paper"):
        return Refused(problems=(refusal("no_right", name=case.operator.number, right="right.paper"),))
    if document.status == "draft" and (problem := lacks_account(kind, case.facts)):
        return Refused(problems=(problem,))
    if len(document.line_inputs) + len(document.header_inputs) >= INPUTS_MAX:
        return Refused(problems=(refusal("form_too_long", most=INPUTS_MAX),))
    taken = _take(document, given, case)
    return taken if isinstance(taken, Refused) else _settle(kind, taken, case)


def lacks_account(kind: DocumentType, facts: Facts) -> Problem | None:
    """Say which place of its own the station lacks for a type of document; None where it has all of them."""
    station = facts.station()
    lacking = next((role for role in kind.accounts if not station.account(role)), None)
    if lacking is None:
        return None
    return refusal("no_account", document=f"document.{kind.code}", role=f"role.{lacking}")


def finished_elsewhere(document: Document, facts: Facts) -> Problem | None:
    """Say that a colleague finished the document meanwhile, or sent it back; None where nobody did."""
    status = facts.document_status(document.number)
    if status in ("", document.status):
        return None
    if (document.status, status) == ("submitted", "open"):
        return refusal("document_sent_back", document=document.number)
    return refusal("document_finished_elsewhere", document=document.number)


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
    values = _with_births(kind, document, worked_out, case)
    plan = plan_of(kind, document.header, case.facts)
    lines = tuple(
        RecordedLine(
            document=document.number,
            document_type=kind.code,
            line=number,
            event_id="",
            values=one,
            event_time=case.now,
            operator=case.operator.number,
            plan=plan_ref(plan, one, case.facts) if kind.counts else None,
        )
        for number, one in enumerate(_each_kind_of_goods(values, case.facts), document.lines + 1)
    )
    posted = Posted(document=document.number, header=document.header, lines=lines, plan=plan)
    problems = (
        *(problem for line in lines for problem in _speaks_against(kind, document, plan, line, case.facts)),
        *(kind.check(posted, case.facts) if kind.check else ()),
    )
    if stop := unless_confirmed(problems, case.confirmed):
        return stop
    confirmed = tuple(sorted({problem.code for problem in problems}))
    each = [(dataclasses.replace(posted, lines=(line,)), _measured(document, line.values)) for line in lines]
    recorded = tuple(
        Happened(event=replace(_recorded(kind, one, case.facts), confirmed=confirmed, measured=measured))
        for one, measured in each
    )
    labels = kind.labels(posted, case.facts) if kind.labels else ()
    wanted = tuple(
        Happened(
            event=replace(
                label,
                job=f"{case.fresh.job}.{place}",
                document=document.number,
                reason=_why_again(label, case.facts),
            )
        )
        for place, label in enumerate(labels, 1)
    )
    following = replace(document, lines=lines[-1].line, line_inputs=_in_force(kind, document, case))
    return Accepted(document=following, events=(*before, *recorded, *wanted))


def _why_again(label: LabelRequested, facts: Facts) -> str:
    """Say why something gets a label that had one: a roll that was cut, a carton that comes in once more.

    It takes the older one's place, as a reprint does: a serial is given out once.
    """
    is_here = bool(label.serial) and facts.handling_unit(label.serial) is not None
    return label.reason or (RENEWED if is_here else "")


def _each_kind_of_goods(values: dict[str, Value], facts: Facts) -> tuple[dict[str, Value], ...]:
    """Return the values of each line that a form makes: several only for a whole carton with several goods in it."""
    serial = values.get("handling_unit")
    unit = facts.handling_unit(serial) if isinstance(serial, str) and "item" not in values else None
    if unit is None or not unit.is_mixed:
        return (values,)
    return tuple({**values, **values_of(held)} for held in unit.contents)


def _speaks_against(
    kind: DocumentType, document: Document, plan: Plan | None, line: RecordedLine, facts: Facts
) -> tuple[Problem, ...]:
    return (
        *against_paper(document, line, facts),
        *_too_much(line),
        *against_plan(kind, plan, line, facts),
        *against_age(kind, line, facts),
    )


def _recorded(kind: DocumentType, posted: Posted, facts: Facts) -> LineRecorded:
    """Return the event of the one line that is posted."""
    [line] = posted.lines
    return LineRecorded(
        document=line.document,
        document_type=kind.code,
        line=line.line,
        values=line.values,
        movements=kind.movements(posted, facts) if kind.posts is Posts.LINE else (),
        plan=line.plan,
    )


def _measured(document: Document, values: dict[str, Value]) -> dict[str, Measured]:
    """Return how the masses given by hand came about: of several entries for a field, the last is what holds."""
    by_hand = {given.field: given.measured for given in document.line_inputs if given.field}
    found: dict[str, Measured] = {}
    for name, how in by_hand.items():
        value = values.get(name)
        if how is not None and isinstance(value, Quantity) and is_mass(value.unit):
            found[name] = how
    return found


def _with_births(
    kind: DocumentType, document: Document, worked_out: Resolved, case: Case
) -> dict[str, Value]:
    """Return the values, with a new serial for each thing that is born with this line."""
    values = dict(worked_out.values)
    form = Form(
        clues=(),
        values={**document.header, **values},
        taken=frozenset(),
        facts=case.facts,
        operator=case.operator.number,
    )
    number = values.get("item")
    item = case.facts.item(ItemId(number)) if isinstance(number, str) else None
    if item and item.unit_managed:
        for field in kind.line:
            if field.is_new(form):
                values.setdefault(field.name, case.fresh.handling_unit)
    return values


def _too_much(line: RecordedLine) -> tuple[Problem, ...]:
    """Ask about a quantity that hardly anybody handles in one line."""
    amounts = [one for one in line.values.values() if isinstance(one, Quantity)]
    large = next((one for one in amounts if abs(one.value) >= QUANTITY_ASKED_FROM), None)
    return (question("quantity_large", quantity=large),) if large else ()


def unless_confirmed(
    problems: Sequence[Problem], confirmed: frozenset[str]
) -> Refused | NeedsConfirmation | None:
    """Return what stands in the way: any error, else any warning not confirmed yet."""
    errors = tuple(one for one in problems if one.severity in (Severity.refusal, Severity.fault))
    if errors:
        return Refused(problems=errors)
    asked = tuple(one for one in problems if one.severity is Severity.question and one.code not in confirmed)
    return NeedsConfirmation(problems=asked) if asked else None


def _in_force(kind: DocumentType, document: Document, case: Case) -> tuple[Input, ...]:
    """Return what stays for the next line: the input that gave a sticky field its value, else the one from before."""
    kept: list[Input] = []
    for field in line_fields(kind, document, case.operator):
        for given in reversed(document.line_inputs):
            alone = resolve((field,), (given,), case.facts, case.operator.number, document.header)
            form = Form(clues=(), values=alone.values, taken=frozenset(), facts=case.facts, operator="")
            if field.name in alone.values and alone.used and field.sticky(form):
                kept.append(replace(given, sticky=True))
                break
    return tuple(kept)
