"""A bin is counted: nearly all is as the book says, something is missing, something is too much."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from domain.field import Input
from domain.place import PlaceId
from domain.quantity import Quantity
from domain.stock import Balance
from tests.month.job import Hand, Job, Work, at, goods_scan, held_scan
from tests.month.things import Warehouse

MISSED_SHARE, WRONG_SHARE = 0.04, 0.15
COUNTED_MAX = 40


def _lines(hand: Hand, place: PlaceId) -> Iterator[Sequence[Input]]:
    for held in hand.held(place)[:COUNTED_MAX]:
        if hand.some.random() < MISSED_SHARE:
            continue
        if held.goods.handling_unit:
            yield from _unit(hand, held)
            continue
        found = held.quantity
        if hand.some.random() < WRONG_SHARE:
            found = Quantity(found.value + Decimal(hand.some.choice((1, 2, 5))), found.unit)
        yield goods_scan(hand.item(held.goods), held.goods, found)


def _unit(hand: Hand, held: Balance) -> Iterator[Sequence[Input]]:
    """A roll is counted by its label; what lies in a mixed carton is counted when it is opened, and not here."""
    unit = hand.kiosk.facts.handling_unit(held.goods.handling_unit)
    if unit and not unit.is_mixed:
        yield held_scan(held, hand)


def _begins(hand: Hand) -> Work | None:
    place = hand.bin()
    return Work(header=at(place), lines=_lines(hand, place)) if hand.held(place) else None


JOB = Job(share=8, warehouses=frozenset(Warehouse), begins=_begins)
