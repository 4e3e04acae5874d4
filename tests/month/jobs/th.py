"""A customer sends back what was agreed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from domain.documents.customer_return import REASONS
from domain.field import Input
from domain.place import Store
from domain.plan import Plan
from domain.quantity import Quantity
from tests.month.job import Hand, Job, Work, at, goods_scan, of_plan, says
from tests.month.things import Warehouse


def _lines(hand: Hand, plan: Plan) -> Iterator[Sequence[Input]]:
    for line in plan.lines:
        left = hand.left(plan, line)
        if not left:
            continue
        quantity = hand.part(Quantity(left, line.quantity.unit))
        code = goods_scan(hand.item(line.goods), line.goods, quantity)
        yield (*code, *at(hand.bin(Store.RETURNED)), *says(return_reason=hand.some.choice(REASONS)))


def _begins(hand: Hand) -> Work | None:
    plan = hand.plan("return_request")
    if plan is None:
        return None
    return Work(header=(*says(delivery_note=f"DN-{plan.number}"), *of_plan(plan)), lines=_lines(hand, plan))


JOB = Job(share=4, warehouses=frozenset({Warehouse.RETURNED}), begins=_begins)
