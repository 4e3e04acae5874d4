"""How much of each order is done, and what came in above it."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import cache

import msgspec

from domain.document import document_types
from domain.event import Event
from domain.events.documents import LineRecorded, LineReversed
from domain.plan import Plan, PlanLine, PlanRef
from domain.quantity import Quantity
from hub.projection import Fact, Handler, Projection
from hub.projections.documents import DocumentLineRow, is_taken_back_by
from hub.store.tables import document_lines, plan_progress
from hub.store.values import amount, micros

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


@cache
def _over_plan(document_type: str) -> Decimal:
    declared = document_types().get(document_type)
    return declared.over_plan if declared else Decimal(0)


class Plans(Projection):
    """Adds up what lines did towards an order; more than the document type allows is a discrepancy until it is less."""

    name = "plans"

    def handlers(self) -> Mapping[type[Event], Handler]:
        self._rows = self.desk.rows(plan_progress, PlanProgressRow)
        self._lines = self.desk.rows(document_lines, DocumentLineRow)
        self._same_item: dict[tuple[str, int, str], tuple[Plan, Sequence[PlanLine]]] = {}
        return {LineRecorded: self._recorded, LineReversed: self._reversed}

    def _recorded(self, fact: Fact, event: LineRecorded) -> None:
        quantity = event.values.get("quantity")
        if event.plan and isinstance(quantity, Quantity):
            self._add(fact, event.plan, quantity, event.document_type, 1)

    def _reversed(self, fact: Fact, event: LineReversed) -> None:
        line = self._lines.get((fact.plant, event.document, fact.envelope.device, event.line))
        if event.plan and event.quantity and is_taken_back_by(fact, line):
            self._add(fact, event.plan, event.quantity, event.document_type, -1)

    def _add(self, fact: Fact, ref: PlanRef, quantity: Quantity, document_type: str, sign: int) -> None:
        key = (fact.plant, ref.number, ref.line, quantity.unit)
        held = self._rows.get(key)
        done = (held.done if held else 0) + sign * micros(quantity.value)
        self._rows.save(PlanProgressRow(*key, done, fact.position))
        plan = self.desk.known.plan(ref.number, fact.position)
        if plan is None:
            self.desk.note("unknown_plan", ref.number)
            return
        same = self._lines_of_the_item(plan, ref.line, quantity.unit)
        if same:
            rows = [self._rows.get((fact.plant, ref.number, one.line, quantity.unit)) for one in same]
            self._compare(
                fact,
                PlanRef(number=ref.number, line=same[0].line),
                quantity.unit,
                done=sum(row.done for row in rows if row),
                ordered=sum(micros(one.quantity.value) for one in same),
                share=_over_plan(document_type),
            )

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


def _same_item(plan: Plan, number: int, unit: str) -> Sequence[PlanLine]:
    """Return the lines that ask for the item of one of them: goods do not know their order's lines."""
    item = next((one.item for one in plan.lines if one.line == number), None)
    return [one for one in plan.lines if one.item == item and one.quantity.unit == unit]


PROJECTION = Plans
