"""A subcontractor sends back what he had: most of it good, some scrap, some lost, some with a concession."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from domain.documents.subcontract_receive import CONCESSION, GOOD, LOSS, SCRAP
from domain.field import Input
from domain.plan import Plan, PlanLine
from domain.quantity import Quantity
from tests.month.job import Hand, Job, Work, at, goods_scan, of_plan, says
from tests.month.things import Warehouse

RESULTS = (GOOD,) * 12 + (CONCESSION, SCRAP)


def _lines(hand: Hand, plan: Plan) -> Iterator[Sequence[Input]]:
    for line in plan.lines:
        left = hand.left(plan, line)
        if left <= 1:
            continue
        lost = Decimal(1) if line.quantity.unit == "C62" else Decimal("0.01")
        yield from _settled(hand, line, Quantity(left - lost, line.quantity.unit), hand.some.choice(RESULTS))
        if hand.some.random() < 0.5:
            yield from _settled(hand, line, Quantity(lost, line.quantity.unit), LOSS)


def _settled(hand: Hand, line: PlanLine, quantity: Quantity, result: str) -> Iterator[Sequence[Input]]:
    item = hand.item(line.goods)
    metres = Quantity((quantity.value * 4).quantize(Decimal("0.1")) + Decimal("0.1"), "MTR")
    code = goods_scan(item, line.goods, quantity, metres if item.second_unit else None)
    place = at(hand.bin()) if result in (GOOD, CONCESSION) else ()
    yield (*says(result=result), *code, *place)


def _begins(hand: Hand) -> Work | None:
    plan = hand.plan("subcontract")
    return Work(header=of_plan(plan), lines=_lines(hand, plan)) if plan else None


JOB = Job(share=4, warehouses=frozenset({Warehouse.RAW}), begins=_begins)
