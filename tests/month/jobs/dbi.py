"""What another plant sent comes in."""

from __future__ import annotations

from domain.plan import Plan
from tests.month.job import Hand, Job, Work, of_plan
from tests.month.jobs.yci import arriving
from tests.month.things import KINDS, Warehouse


def _begins(hand: Hand) -> Work | None:
    kinds = KINDS[hand.kiosk.warehouse]
    plan = hand.plan("allocation", lambda one: _comes_here(hand, one, kinds))
    return Work(header=of_plan(plan), lines=arriving(hand, plan)) if plan else None


def _comes_here(hand: Hand, plan: Plan, kinds: tuple[str, ...]) -> bool:
    return plan.partner != hand.kiosk.plant and hand.item(plan.lines[0].goods).category in kinds


JOB = Job(share=4, warehouses=frozenset({Warehouse.RAW, Warehouse.TRIMS}), begins=_begins)
