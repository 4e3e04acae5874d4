"""What another warehouse sent comes in; now and then less of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from domain.field import Input
from domain.plan import Plan, PlanLine
from domain.quantity import Quantity
from tests.filling import scans
from tests.month.job import Hand, Job, Work, at, goods_scan, of_plan
from tests.month.jobs.yc import TO
from tests.world import unit_code

SHORT_SHARE = 0.05


def arriving(hand: Hand, plan: Plan) -> Iterator[Sequence[Input]]:
    """What a plan says is on the road is taken in, all of a line or, rarely, a part of it."""
    for line in plan.lines:
        if left := hand.left(plan, line):
            code = _scan(hand, line, Quantity(left, line.quantity.unit))
            yield (*code, *at(hand.bin()))


def _scan(hand: Hand, line: PlanLine, left: Quantity) -> Sequence[Input]:
    if line.handling_unit:
        return scans(unit_code(line.handling_unit))
    taken = hand.part(left) if hand.some.random() < SHORT_SHARE else left
    return goods_scan(hand.item(line.goods), line.goods, taken, line.second)


def _begins(hand: Hand) -> Work | None:
    bins = {one.code for one in hand.bins()}
    plan = hand.plan("transfer", lambda one: one.partner in bins)
    return Work(header=of_plan(plan), lines=arriving(hand, plan)) if plan else None


JOB = Job(share=5, warehouses=frozenset(TO), begins=_begins)
