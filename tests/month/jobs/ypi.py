"""Samples that were given away come back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from domain.field import Input
from domain.place import Store
from domain.plan import Plan
from domain.quantity import Quantity
from tests.month.job import Hand, Job, Work, at, goods_scan, of_plan
from tests.month.things import Warehouse


def _lines(hand: Hand, plan: Plan) -> Iterator[Sequence[Input]]:
    for line in plan.lines:
        if left := hand.left(plan, line):
            quantity = hand.part(Quantity(left, line.quantity.unit))
            yield (*goods_scan(hand.item(line.goods), line.goods, quantity), *at(hand.bin(Store.FINISHED)))


def _begins(hand: Hand) -> Work | None:
    plan = hand.plan("sample_gift")
    return Work(header=of_plan(plan), lines=_lines(hand, plan)) if plan else None


JOB = Job(share=2, warehouses=frozenset({Warehouse.FINISHED}), begins=_begins)
