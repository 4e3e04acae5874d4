"""What waits in receiving is inspected: accepted into the rack, or rejected."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from domain.documents.incoming_inspection import REASONS
from domain.field import Input
from domain.plan import Plan, PlanLine
from tests.month.job import Hand, Job, Work, at, held_scan, of_plan, says
from tests.month.things import Warehouse

REJECTED_SHARE = 0.15


def _waiting(hand: Hand, plan: Plan) -> Iterator[PlanLine]:
    for line in plan.lines:
        if line.place == f"{hand.kiosk.warehouse}-RCV" and hand.kiosk.facts.balances(line.place, line.goods):
            yield line


def _lines(hand: Hand, plan: Plan) -> Iterator[Sequence[Input]]:
    for line in _waiting(hand, plan):
        for held in hand.kiosk.facts.balances(line.place, line.goods):
            if held.quantity.value <= 0:
                continue
            code = held_scan(held, hand)
            if hand.some.random() < REJECTED_SHARE:
                yield (*code, *says(reason=hand.some.choice(REASONS)), *at(hand.quarantine()))
            else:
                yield (*code, *at(hand.bin()))


def _begins(hand: Hand) -> Work | None:
    plan = hand.plan("receipt", lambda one: next(_waiting(hand, one), None) is not None)
    return Work(header=of_plan(plan), lines=_lines(hand, plan)) if plan else None


JOB = Job(share=4, warehouses=frozenset({Warehouse.RAW, Warehouse.TRIMS}), begins=_begins)
