"""What the line did not need comes back, what was bad goes to quarantine."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from domain.documents.material_return import DEFECTS, REASONS
from domain.field import Input
from domain.plan import Plan
from domain.quantity import Quantity
from tests.filling import scans
from tests.month.job import Hand, Job, Work, at, goods_scan, of_plan, says
from tests.month.things import KINDS, Warehouse
from tests.world import unit_code

GOOD = tuple(one for one in REASONS if one not in DEFECTS)
LINES_MAX = 4


def _is_ours(hand: Hand, plan: Plan) -> bool:
    return hand.item(plan.lines[0].goods).category in KINDS[hand.kiosk.warehouse]


def _lines(hand: Hand, plan: Plan) -> Iterator[Sequence[Input]]:
    for line in plan.lines[: hand.some.randint(1, LINES_MAX)]:
        left = hand.left(plan, line)
        if not left:
            continue
        item = hand.item(line.goods)
        if line.handling_unit:
            code = scans(unit_code(line.handling_unit))
        else:
            code = goods_scan(item, line.goods, hand.part(Quantity(left, line.quantity.unit)), line.second)
        if hand.some.random() < 0.2:
            yield (*code, *says(reason=hand.some.choice(DEFECTS)), *at(hand.quarantine()))
        else:
            yield (*code, *says(reason=hand.some.choice(GOOD)), *at(hand.bin()))


def _begins(hand: Hand) -> Work | None:
    plan = hand.plan("issue", lambda one: _is_ours(hand, one))
    return Work(header=of_plan(plan), lines=_lines(hand, plan)) if plan else None


JOB = Job(share=4, warehouses=frozenset({Warehouse.RAW, Warehouse.TRIMS}), begins=_begins)
