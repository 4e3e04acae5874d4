"""Goods of a receipt go back to who delivered them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from domain.documents.raw_material_return import REASONS
from domain.field import Input
from domain.place import PlaceId
from domain.plan import Plan
from tests.month.job import Hand, Job, Work, at, held_scan, of_plan, says
from tests.month.things import Warehouse

LINES_MAX = 3


def _places(hand: Hand) -> frozenset[PlaceId]:
    return frozenset({hand.quarantine(), *(one.code for one in hand.bins())})


def _is_here(hand: Hand, plan: Plan) -> bool:
    here = _places(hand)
    return any(one.place in here and hand.left(plan, one) for one in plan.lines)


def _lines(hand: Hand, plan: Plan) -> Iterator[Sequence[Input]]:
    here = _places(hand)
    lines = [one for one in plan.lines if one.place in here]
    for line in lines[: hand.some.randint(1, LINES_MAX)]:
        for held in hand.kiosk.facts.balances(line.place, line.goods):
            if 0 < held.quantity.value <= hand.left(plan, line):
                yield (
                    *at(line.place),
                    *held_scan(held, hand),
                    *says(reason=hand.some.choice(REASONS)),
                )


def _begins(hand: Hand) -> Work | None:
    plan = hand.plan("receipt", lambda one: _is_here(hand, one))
    return Work(header=of_plan(plan), lines=_lines(hand, plan)) if plan else None


JOB = Job(share=2, warehouses=frozenset({Warehouse.RAW, Warehouse.TRIMS}), begins=_begins)
