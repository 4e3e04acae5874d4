"""What the line packed comes into the store, carton by carton or by the piece; seconds to their own bins."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from domain.field import Input
from domain.place import PlaceId, PlaceRole, Store
from domain.plan import Plan
from domain.stock import Balance
from tests.month.job import Hand, Job, Work, at, held_scan, of_plan
from tests.month.things import Warehouse, account


def _lines(hand: Hand, plan: Plan) -> Iterator[Sequence[Input]]:
    for line in plan.lines:
        for held in _packed(hand, line.handling_unit, plan):
            if held.goods.item != line.item or held.goods.grade != line.grade:
                continue
            left = hand.left(plan, line)
            if held.quantity.value > left and held.goods.handling_unit:
                continue
            store = Store.SECONDS if held.goods.grade else Store.FINISHED
            yield (*held_scan(held, hand), *at(hand.bin(store)))
            break


def _packed(hand: Hand, serial: str, plan: Plan) -> Sequence[Balance]:
    """What the plan names at the line: this carton, or loose goods."""
    line_side = PlaceId(account(PlaceRole.LINE_SIDE))
    items = dict.fromkeys(one.item for one in plan.lines)
    return [
        one
        for item in items
        for one in hand.kiosk.facts.balances(line_side, item=item)
        if one.goods.handling_unit == serial and one.quantity.value > 0
    ]


def _begins(hand: Hand) -> Work | None:
    plan = hand.plan("packed")
    return Work(header=of_plan(plan), lines=_lines(hand, plan)) if plan else None


JOB = Job(share=8, warehouses=frozenset({Warehouse.FINISHED}), begins=_begins)
