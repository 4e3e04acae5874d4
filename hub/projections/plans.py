"""The plans that documents leave, how much of each plan is done, and what was done above it."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import cache

import msgspec
from msgspec.structs import replace

from domain.document import AbovePlan, DocumentType, document_types
from domain.event import Event
from domain.events.documents import (
    DocumentCompleted,
    DocumentUnapproved,
    LineRecorded,
    LineReversed,
    PlanLeft,
    Value,
)
from domain.line import counted
from domain.plan import Plan, PlanLine, PlanRef
from domain.quantity import Quantity
from hub.known import read_plan
from hub.projection import Fact, Handler, Projection
from hub.projections.documents import (
    DocumentLineRow,
    document_of,
    is_taken_back_by,
    lines_of,
    see_that_it_took_effect,
)
from hub.store.tables import document_lines, left_plans, plan_progress
from hub.store.values import amount, micros

_encoder = msgspec.json.Encoder(order="deterministic")
_values = msgspec.json.Decoder(dict[str, Value])

LINES_REMEMBERED_MAX = 10_000
"""Order lines whose neighbours for the same item stay known; beyond, it begins afresh."""


class PlanProgressRow(msgspec.Struct, frozen=True, gc=False):
    """A row of `plan_progress`."""

    plant: str
    number: str
    line: int
    unit: str
    done: int
    position: int


class LeftPlanRow(msgspec.Struct, frozen=True, gc=False):
    """A row of `left_plans`."""

    plant: str
    number: str
    kind: str
    document: str
    body_json: str
    lines_open: int
    position: int


def _over_plan(declared: DocumentType | None) -> Decimal | None:
    """Return how far above a plan documents of a type may go; None where they may with a reason."""
    if declared is None:
        return Decimal(0)
    return declared.over_plan if declared.above_plan is AbovePlan.CEILING else None


@cache
def _differences() -> frozenset[str]:
    """Return the kinds of discrepancy that close once all of a plan is done."""
    return frozenset(kind.difference for kind in document_types().values()) - {""}


class Plans(Projection):
    """Adds up what lines did towards an order; more than the document type allows is a discrepancy until it is less."""

    name = "plans"

    def handlers(self) -> Mapping[type[Event], Handler]:
        self._rows = self.desk.rows(plan_progress, PlanProgressRow)
        self._lines = self.desk.rows(document_lines, DocumentLineRow)
        self._left = self.desk.rows(left_plans, LeftPlanRow)
        self._same_item: dict[tuple[str, int, str], tuple[Plan, Sequence[PlanLine]]] = {}
        return {
            LineRecorded: self._recorded,
            LineReversed: self._reversed,
            PlanLeft: self._plan_left,
            DocumentCompleted: self._completed,
            DocumentUnapproved: self._unapproved,
        }

    def _plan_left(self, fact: Fact, event: PlanLeft) -> None:
        plan = event.plan
        see_that_it_took_effect(self.desk, fact, event.document)
        if self._left.get((fact.plant, plan.number)) is not None:
            self.desk.note("document_number", plan.number)
            return
        self._left.save(
            LeftPlanRow(
                fact.plant,
                plan.number,
                plan.kind,
                event.document,
                _encoder.encode(plan).decode(),
                sum(not self._is_done(fact, plan.number, one) for one in plan.lines),
                fact.position,
            )
        )

    def _completed(self, fact: Fact, event: DocumentCompleted) -> None:
        """Give the office what a document left out of its plan, where its type says that this is somebody's to find."""
        kind = document_types().get(event.document_type)
        if kind is None or not kind.difference:
            return
        document = document_of(self.desk, fact, event.document)
        lines_open = self._lines_open(fact, document.plan) if document else 0
        if document is not None and lines_open > 0:
            about = {"plan": document.plan, "document": event.document, "lines": str(lines_open)}
            self.desk.discrepancies.open(fact, kind.difference, document.plan, detail=about)

    def _lines_open(self, fact: Fact, number: str) -> int:
        """Return how many lines of a plan are still to come: one left here, or one that another plant left."""
        left = self._left.get((fact.plant, number))
        if left is not None:
            return left.lines_open
        plan = self.desk.known.plan(number, fact.position)
        return sum(not self._is_done(fact, number, one) for one in plan.lines) if plan else 0

    def _unapproved(self, fact: Fact, event: DocumentUnapproved) -> None:
        """Take off what the document's lines did (`Documents`, which books before, has just taken them back)."""
        for line in lines_of(self.desk, fact, event.document):
            if line.plan and is_taken_back_by(fact, line):
                ref = PlanRef(number=line.plan, line=line.plan_line)
                self._add(fact, ref, _counted_by(line), event.document_type, -1)
        held = self._left.get((fact.plant, event.document))
        if held is not None:
            self._left.save(replace(held, body_json="", lines_open=0, position=fact.position))

    def _is_done(self, fact: Fact, number: str, line: PlanLine) -> bool:
        held = self._rows.get((fact.plant, number, line.line, line.quantity.unit))
        return held is not None and held.done >= micros(line.quantity.value)

    def _recorded(self, fact: Fact, event: LineRecorded) -> None:
        if event.plan:
            self._add(fact, event.plan, counted(event.values), event.document_type, 1)

    def _reversed(self, fact: Fact, event: LineReversed) -> None:
        line = self._lines.get((fact.plant, event.document, fact.envelope.device, event.line))
        if event.plan and line and is_taken_back_by(fact, line):
            self._add(fact, event.plan, _counted_by(line), event.document_type, -1)

    def _add(
        self, fact: Fact, ref: PlanRef, amounts: Sequence[Quantity], document_type: str, sign: int
    ) -> None:
        for quantity in amounts:
            self._add_one(fact, ref, quantity, document_type, sign)

    def _add_one(self, fact: Fact, ref: PlanRef, quantity: Quantity, document_type: str, sign: int) -> None:
        key = (fact.plant, ref.number, ref.line, quantity.unit)
        held = self._rows.get(key)
        done = (held.done if held else 0) + sign * micros(quantity.value)
        self._rows.save(PlanProgressRow(*key, done, fact.position))
        plan = self._known_plan(fact, ref, document_type) or self._left_plan(
            fact, ref, quantity.unit, held, done
        )
        if plan is None:
            self.desk.note("unknown_plan", ref.number)
            return
        same = self._lines_of_the_item(plan, ref.line, quantity.unit)
        share = _over_plan(self.desk.known.document_type(document_type, fact.position))
        if same and share is not None:
            rows = [self._rows.get((fact.plant, ref.number, one.line, quantity.unit)) for one in same]
            self._compare(
                fact,
                PlanRef(number=ref.number, line=same[0].line),
                quantity.unit,
                done=sum(row.done for row in rows if row),
                ordered=sum(micros(one.quantity.value) for one in same),
                share=share,
            )

    def _known_plan(self, fact: Fact, ref: PlanRef, document_type: str) -> Plan | None:
        """Return a plan of the office, or one that another plant left: the difference closes once all of it is here."""
        plan = self.desk.known.plan(ref.number, fact.position)
        kind = document_types().get(document_type)
        if plan and kind and kind.difference and not self._lines_open(fact, ref.number):
            self.desk.discrepancies.close(fact, kind.difference, ref.number)
        return plan

    def _left_plan(
        self, fact: Fact, ref: PlanRef, unit: str, held: PlanProgressRow | None, done: int
    ) -> Plan | None:
        """Return a plan that a document left, having counted which of its lines are still open."""
        row = self._left.get((fact.plant, ref.number))
        if row is None or not row.body_json:
            return None
        plan = read_plan(row.body_json)
        asked = next(
            (
                micros(one.quantity.value)
                for one in plan.lines
                if (one.line, one.quantity.unit) == (ref.line, unit)
            ),
            0,
        )
        was_open, is_open = (held.done if held else 0) < asked, done < asked
        if was_open != is_open:
            self._left.save(
                replace(row, lines_open=row.lines_open + (1 if is_open else -1), position=fact.position)
            )
            if not is_open and row.lines_open == 1:
                for kind in _differences():
                    self.desk.discrepancies.close(fact, kind, row.number)
        return plan

    def _lines_of_the_item(self, plan: Plan, number: int, unit: str) -> Sequence[PlanLine]:
        """Return the lines as `_same_item` does; looked for once, for as long as it is the same order."""
        asked = (plan.number, number, unit)
        held = self._same_item.get(asked)
        if held is None or held[0] is not plan:
            if len(self._same_item) >= LINES_REMEMBERED_MAX:
                self._same_item.clear()
            held = self._same_item[asked] = (plan, _same_item(plan, number, unit))
        return held[1]

    def _compare(
        self, fact: Fact, ref: PlanRef, unit: str, *, done: int, ordered: int, share: Decimal
    ) -> None:
        key = f"{ref.number}/{ref.line}/{unit}"
        if done <= ordered * (1 + share):
            self.desk.discrepancies.close(fact, "over_plan", key)
            return
        about = {
            "plan": ref.number,
            "line": str(ref.line),
            "ordered": f"{amount(ordered).normalize():f} {unit}",
        }
        self.desk.discrepancies.open(fact, "over_plan", key, detail=about, amount=done - ordered, unit=unit)


def _counted_by(line: DocumentLineRow) -> Sequence[Quantity]:
    """Return what a line counted towards its plan, in each of its units."""
    return counted(_values.decode(line.values_json))


def _same_item(plan: Plan, number: int, unit: str) -> Sequence[PlanLine]:
    """Return the lines that ask for the same goods as one of them: goods do not know their plan's lines."""
    goods = next((one.goods for one in plan.lines if one.line == number), None)
    return [one for one in plan.lines if one.goods == goods and one.quantity.unit == unit]


PROJECTION = Plans
