"""A customer gets samples; most are to come back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from domain.documents.sample_gift import NO, PURPOSES, YES
from domain.field import Input
from domain.place import PlaceRole, Store
from domain.quantity import Quantity
from domain.stock import Balance
from tests.month.job import Hand, Job, Work, at, held_scan, says
from tests.month.things import Warehouse

SAMPLES_MAX, LINES_MAX = 3, 3


def _lines(hand: Hand) -> Iterator[Sequence[Input]]:
    loose = [one for one in hand.goods(Store.FINISHED) if not one.goods.handling_unit]
    for held in loose[:LINES_MAX]:
        count = min(Quantity.of(hand.some.randint(1, SAMPLES_MAX), held.quantity.unit), held.quantity)
        one = Balance(place=held.place, goods=held.goods, quantity=count)
        yield (*at(held.place), *held_scan(one, hand, is_part=False))


def _begins(hand: Hand) -> Work | None:
    returnable = hand.some.random() < 0.7
    return Work(
        header=(
            *at(hand.partner(PlaceRole.CUSTOMER)),
            *says(
                receiver="Ms Berg",
                purpose=hand.some.choice(PURPOSES),
                asked_by="Chen Jie",
                returnable=YES if returnable else NO,
                due="20261224" if returnable else "",
            ),
        ),
        lines=_lines(hand),
    )


JOB = Job(share=2, warehouses=frozenset({Warehouse.FINISHED}), begins=_begins)
