"""Garments go from the store back to the line, some of them those of a receipt."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from domain.documents.finished_return import REASONS
from domain.field import Input
from domain.place import Store
from domain.plan import Plan
from tests.month.job import Hand, Job, Work, at, held_scan, of_plan, says
from tests.month.things import Warehouse

OF_A_RECEIPT_SHARE = 0.4
LINES_MAX = 4


def _lines(hand: Hand) -> Iterator[Sequence[Input]]:
    for held in list(hand.goods(Store.FINISHED, Store.SECONDS))[:LINES_MAX]:
        yield (*at(held.place), *held_scan(held, hand))


def _of_a_receipt(hand: Hand, plan: Plan) -> Iterator[Sequence[Input]]:
    for line in plan.lines[:LINES_MAX]:
        for held in hand.kiosk.facts.balances(line.place, line.goods):
            if 0 < held.quantity.value <= hand.left(plan, line):
                yield (*at(line.place), *held_scan(held, hand))


def _begins(hand: Hand) -> Work | None:
    reason = says(return_reason=hand.some.choice(REASONS))
    plan = hand.plan("finished_receipt") if hand.some.random() < OF_A_RECEIPT_SHARE else None
    if plan:
        return Work(header=(*of_plan(plan), *reason), lines=_of_a_receipt(hand, plan))
    return Work(header=reason, lines=_lines(hand))


JOB = Job(share=3, warehouses=frozenset({Warehouse.FINISHED}), begins=_begins)
