"""Goods go on their way to another plant, at a price that some may see."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from domain.field import Input
from tests.month.job import Hand, Job, Work, at, held_scan, says
from tests.month.things import PLANTS, Warehouse


def _lines(hand: Hand) -> Iterator[Sequence[Input]]:
    sees_prices = hand.person.may("DB", "prices")
    for held in hand.goods():
        price = says(price=f"{hand.some.randint(100, 9_999) / 100:.2f}") if sees_prices else ()
        yield (*price, *at(held.place), *held_scan(held, hand))


def _begins(hand: Hand) -> Work | None:
    others = [one for one in PLANTS if one != hand.kiosk.plant]
    return Work(header=at(hand.some.choice(others)), lines=_lines(hand))


JOB = Job(share=4, warehouses=frozenset({Warehouse.RAW, Warehouse.TRIMS}), begins=_begins)
