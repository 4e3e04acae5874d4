"""Returned garments are washed, mended and sorted: as new, seconds, scrap; rarely one is missing afterwards."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from domain.documents.refurbishing import DEFECTS, WORK
from domain.field import Input
from domain.line import INPUT, OUTPUT
from domain.place import PlaceRole, Store
from domain.quantity import Quantity
from domain.stock import Balance, Goods
from tests.month.job import Hand, Job, Work, at, goods_scan, held_scan, says
from tests.month.things import Warehouse, account

MISSING_SHARE = 0.1


def _lines(hand: Hand, returned: Balance) -> Iterator[Sequence[Input]]:
    taken = hand.part(returned.quantity)
    whole = Balance(place=returned.place, goods=returned.goods, quantity=taken)
    yield (*says(side=INPUT), *held_scan(whole, hand, is_part=False), *at(returned.place))
    item, left = hand.item(returned.goods), int(taken.value)
    if left > 1 and hand.some.random() < MISSING_SHARE:
        left -= 1
    second, scrap = hand.some.randint(0, left // 4), hand.some.randint(0, left // 8)
    store = {one.store: one.code for one in hand.things.bins(Warehouse.FINISHED)}
    for count, grade, place in (
        (left - second - scrap, "", store[Store.FINISHED]),
        (second, "second", store[Store.SECONDS]),
        (scrap, "", account(PlaceRole.SCRAP)),
    ):
        if count:
            goods = Goods(item=item.id, grade=grade, owner=returned.goods.owner)
            made = Quantity(Decimal(count), item.unit)
            yield (*says(side=OUTPUT), *goods_scan(item, goods, made), *at(place))


def _begins(hand: Hand) -> Work | None:
    returned = next((one for one in hand.goods(Store.RETURNED) if not one.goods.handling_unit), None)
    if returned is None:
        return None
    header = says(defect=hand.some.choice(DEFECTS), operation="packing", work=hand.some.choice(WORK))
    return Work(header=header, lines=_lines(hand, returned))


JOB = Job(share=3, warehouses=frozenset({Warehouse.RETURNED}), begins=_begins)
