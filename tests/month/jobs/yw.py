"""Goods go from bin to bin in the same warehouse, or a whole bin at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from domain.documents.location_move import ALL
from domain.field import Input
from tests.month.job import Hand, Job, Work, at, held_scan, says
from tests.month.things import Warehouse

WHOLE_BIN_SHARE = 0.02


def _lines(hand: Hand) -> Iterator[Sequence[Input]]:
    if hand.some.random() < WHOLE_BIN_SHARE:
        yield (*says(scope=ALL), *at(hand.bin()), *at(hand.bin()))
        return
    for held in hand.goods():
        source = () if held.goods.handling_unit else at(held.place)
        yield (*source, *held_scan(held, hand), *at(hand.bin()))


def _begins(hand: Hand) -> Work | None:
    return Work(lines=_lines(hand))


JOB = Job(share=10, warehouses=frozenset(Warehouse), begins=_begins)
