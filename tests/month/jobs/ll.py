"""Material goes to the line for a work order; now and then more than its quota."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from domain.documents.material_issue import REASONS
from domain.field import Input
from domain.plan import Plan, PlanLine
from domain.stock import Balance
from tests.month.job import Hand, Job, Work, at, held_scan, of_plan, says
from tests.month.things import Warehouse


def _here(hand: Hand, line: PlanLine) -> Sequence[Balance]:
    bins = {one.code for one in hand.bins()}
    return [one for one in hand.kiosk.facts.where_is(line.item, 20) if one.place in bins]


def _lines(hand: Hand, plan: Plan) -> Iterator[Sequence[Input]]:
    for line in plan.lines:
        for held in _here(hand, line)[: hand.some.randint(1, 3)]:
            reason = "" if held.quantity.value <= hand.left(plan, line) else hand.some.choice(REASONS)
            yield (*at(held.place), *says(reason=reason), *held_scan(held, hand))


def _begins(hand: Hand) -> Work | None:
    plan = hand.plan("requisition", lambda one: any(_here(hand, line) for line in one.lines))
    return Work(header=of_plan(plan), lines=_lines(hand, plan)) if plan else None


JOB = Job(share=16, warehouses=frozenset({Warehouse.RAW, Warehouse.TRIMS}), begins=_begins)
