"""Garments that others made come into the store."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from domain.field import Input
from domain.place import PlaceRole, Store
from domain.quantity import Quantity
from domain.stock import Goods
from tests.month.job import Hand, Job, Work, at, goods_scan, says
from tests.month.things import SECOND_SHARE, Warehouse


def _lines(hand: Hand) -> Iterator[Sequence[Input]]:
    for _ in range(hand.some.randint(1, hand.lines_max)):
        item = hand.things.item("garment", hand.some)
        is_second = hand.some.random() < SECOND_SHARE
        goods = Goods(item=item.id, grade="second" if is_second else "")
        quantity = Quantity.of(hand.some.randint(1, 300), item.unit)
        place = hand.bin(Store.SECONDS if is_second else Store.FINISHED)
        yield (*goods_scan(item, goods, quantity), *at(place))


def _begins(hand: Hand) -> Work | None:
    role = hand.some.choice((PlaceRole.SUPPLIER, PlaceRole.SUBCONTRACTOR))
    note = f"DN-{hand.some.randint(1, 99_999):05d}"
    return Work(header=(*says(delivery_note=note), *at(hand.partner(role))), lines=_lines(hand))


JOB = Job(share=6, warehouses=frozenset({Warehouse.FINISHED}), begins=_begins)
