"""Yarn becomes fabric, or goods of one lot become another lot; a little is lost, sometimes much."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from domain.field import Input
from domain.line import INPUT, OUTPUT
from domain.quantity import Quantity
from domain.stock import Balance, Goods
from tests.month.job import Hand, Job, Work, at, goods_scan, held_scan, says
from tests.month.things import Warehouse

LOSSES = (0, 1, 1, 2, 5)
"""Per cent; above two it is asked about and approved."""


def _lines(hand: Hand, yarn: Balance) -> Iterator[Sequence[Input]]:
    taken = hand.part(yarn.quantity)
    whole = Balance(place=yarn.place, goods=yarn.goods, quantity=taken)
    yield (*says(side=INPUT), *at(yarn.place), *held_scan(whole, hand, is_part=False))
    kept = taken.value * (100 - hand.some.choice(LOSSES)) / 100
    half = (kept / 2).quantize(Decimal("0.01"))
    fabric = hand.things.item("fabric", hand.some)
    for weight in (half, half - Decimal("0.01")):
        if weight <= 0:
            continue
        metres = Quantity((weight * 4).quantize(Decimal("0.1")) + Decimal("0.1"), "MTR")
        made = Goods(item=fabric.id, lot=f"K{hand.some.randint(1, 9_999):04d}", owner=yarn.goods.owner)
        yield (
            *says(side=OUTPUT),
            *goods_scan(fabric, made, Quantity(weight, "KGM"), metres),
            *at(hand.bin()),
        )


def _begins(hand: Hand) -> Work | None:
    yarn = next((one for one in hand.goods() if hand.item(one.goods).category == "yarn"), None)
    return Work(lines=_lines(hand, yarn)) if yarn and yarn.quantity.value > 1 else None


JOB = Job(share=3, warehouses=frozenset({Warehouse.RAW}), begins=_begins)
