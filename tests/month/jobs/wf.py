"""Rolls and yarn go to a subcontractor, for the whole task or one operation."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from domain.field import Input
from domain.place import PlaceRole
from tests.month.job import Hand, Job, Work, at, held_scan, says
from tests.month.things import Warehouse


def _lines(hand: Hand) -> Iterator[Sequence[Input]]:
    for held in hand.goods():
        yield (*at(held.place), *held_scan(held, hand))


def _begins(hand: Hand) -> Work | None:
    card = f"CARD-{hand.some.randint(1, 9_999):04d}"
    whole = hand.some.random() < 0.5
    return Work(
        header=(
            *at(hand.partner(PlaceRole.SUBCONTRACTOR)),
            *says(task="whole" if whole else "operation", operation="" if whole else "dyeing", card=card),
        ),
        lines=_lines(hand),
    )


JOB = Job(share=4, warehouses=frozenset({Warehouse.RAW}), begins=_begins)
