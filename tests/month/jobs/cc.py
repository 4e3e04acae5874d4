"""A load goes out to a customer: the cartons of the packing list, and loose goods; sometimes less than was ordered."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from domain.field import Input
from domain.place import Store
from domain.plan import Plan
from domain.stock import Balance
from tests.month.job import Hand, Job, Work, at, held_scan, of_plan, says
from tests.month.things import Warehouse

LEFT_OUT_SHARE = 0.05


def _in_store(hand: Hand, plan: Plan) -> list[Balance]:
    bins = {one.code for one in hand.bins(Store.FINISHED)}
    items = dict.fromkeys(one.item for one in plan.lines)
    found = [one for item in items for one in hand.kiosk.facts.where_is(item, 60)]
    return [one for one in found if one.place in bins and not one.goods.grade]


def _lines(hand: Hand, plan: Plan) -> Iterator[Sequence[Input]]:
    loaded: set[str] = set()
    packed = {one.item for one in plan.lines if one.packs}
    for held in _in_store(hand, plan):
        serial = held.goods.handling_unit
        if hand.some.random() < LEFT_OUT_SHARE or serial in loaded:
            continue
        if not serial and held.goods.item not in packed:
            yield (*at(held.place), *held_scan(held, hand))
        elif serial and held.goods.item in packed:
            loaded.add(serial)
            yield held_scan(held, hand)


def _begins(hand: Hand) -> Work | None:
    plan = hand.plan("sales_order", lambda one: bool(_in_store(hand, one)))
    if plan is None:
        return None
    number = hand.some.randint(10_000, 99_999)
    return Work(
        header=(*of_plan(plan), *says(vehicle=f"沪A {number}", seal=f"S-{number}")), lines=_lines(hand, plan)
    )


JOB = Job(share=8, warehouses=frozenset({Warehouse.FINISHED}), begins=_begins)
