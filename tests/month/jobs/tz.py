"""Something weighs other than the book says, and the book is put right."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from domain.documents.adjustment import LESS, MORE, REASONS
from domain.field import Input
from tests.month.job import Hand, Job, Work, at, held_scan, says
from tests.month.things import Warehouse

LINES_MAX = 3


def _lines(hand: Hand) -> Iterator[Sequence[Input]]:
    loose = [one for one in hand.goods() if not one.goods.handling_unit]
    for held in loose[:LINES_MAX]:
        side = LESS if hand.some.random() < 0.5 else MORE
        chosen = says(side=side, reason=hand.some.choice(REASONS))
        yield (*chosen, *at(held.place), *held_scan(held, hand))


def _begins(hand: Hand) -> Work | None:
    return Work(lines=_lines(hand))


JOB = Job(share=2, warehouses=frozenset(Warehouse), begins=_begins)
