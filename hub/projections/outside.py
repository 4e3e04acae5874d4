"""What people outside answered for goods we sent: once what came, once what comes back."""

from collections.abc import Mapping

import msgspec

from domain.event import Event
from domain.events.outside import GoodsAnswered, ReturnAnnounced
from domain.plan import Plan
from hub.projection import Fact, Handler, Projection
from hub.projections.plans import LeftPlanRow
from hub.store.tables import left_plans, outside_answers


class OutsideRow(msgspec.Struct, frozen=True, gc=False):
    """A row of `outside_answers`."""

    plant: str
    document: str
    act: str
    partner: str
    name: str
    fact_json: str
    answered_at: str
    position: int


class Outside(Projection):
    """Keeps the first answer of each kind; goods that came damaged or not as sent are a discrepancy."""

    name = "outside"

    def handlers(self) -> Mapping[type[Event], Handler]:
        self._rows = self.desk.rows(outside_answers, OutsideRow)
        self._plans = self.desk.rows(left_plans, LeftPlanRow)
        return {GoodsAnswered: self._answered, ReturnAnnounced: self._announced}

    def _answered(self, fact: Fact, event: GoodsAnswered) -> None:
        if not self._keep(fact, "arrival", event):
            return
        differ = self._lines_that_differ(fact, event)
        if event.condition == "good" and not differ:
            return
        detail = {
            "document": event.document,
            "condition": f"outside.condition.{event.condition}",
            "lines": str(differ),
            "person": event.name,
        }
        self.desk.discrepancies.open(fact, "outside_differs", event.document, detail=detail)

    def _lines_that_differ(self, fact: Fact, event: GoodsAnswered) -> int:
        """Return of how many lines something else came than was sent."""
        left = self._plans.get((fact.plant, event.document))
        if left is None:
            return 0
        plan = msgspec.json.decode(left.body_json, type=Plan)
        sent = {one.line: one.quantity for one in plan.lines}
        return sum(sent.get(one.line) != one.received for one in event.lines)

    def _announced(self, fact: Fact, event: ReturnAnnounced) -> None:
        self._keep(fact, "return", event)

    def _keep(self, fact: Fact, act: str, event: GoodsAnswered | ReturnAnnounced) -> bool:
        """Keep an answer; tells whether it is the first."""
        key = (fact.plant, event.document, act)
        if self._rows.get(key) is not None:
            self.desk.note("outside_twice", event.document)
            return False
        self._rows.save(
            OutsideRow(
                *key,
                event.partner,
                event.name,
                msgspec.json.encode(event).decode(),
                fact.event_time,
                fact.position,
            )
        )
        return True


PROJECTION = Outside
