"""Goods go on their way to another warehouse of the plant."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from domain.field import Input
from tests.month.job import Hand, Job, Work, at, held_scan
from tests.month.things import Warehouse

TO = {Warehouse.RAW: Warehouse.TRIMS, Warehouse.TRIMS: Warehouse.RAW}


def _lines(hand: Hand) -> Iterator[Sequence[Input]]:
    for held in hand.goods():
        yield (*at(held.place), *held_scan(held, hand))


def _begins(hand: Hand) -> Work | None:
    there = hand.things.bins(TO[hand.kiosk.warehouse])
    return Work(header=at(hand.some.choice(there).code), lines=_lines(hand))


JOB = Job(share=5, warehouses=frozenset(TO), begins=_begins)
