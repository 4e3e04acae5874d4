"""Whole plants, lived from seeds with every kind of fault: nothing is lost, nothing counts twice, all comes to rest."""

from __future__ import annotations

import os

import pytest

from tests.simulation.corpus import Kept, kept
from tests.simulation.options import CLASSES, draw
from tests.simulation.run import Tally, live, live_many

SEEDS = int(os.environ.get("NOAC_SEEDS", "100"))
CHUNK = 10
FIRST = 1
CHUNKS = [(begin, min(begin + CHUNK, FIRST + SEEDS)) for begin in range(FIRST, FIRST + SEEDS, CHUNK)]


def together(tally: Tally) -> str:
    return "\n\n".join(tally.failures)


@pytest.mark.slow
@pytest.mark.parametrize(("begin", "end"), CHUNKS)
def test_no_seed_loses_or_doubles_anything(begin, end):
    tally = live_many(begin, end)
    assert not tally.failures, together(tally)


@pytest.mark.parametrize("one", kept(), ids=lambda one: f"{one.seed}")
def test_what_once_found_something_finds_nothing_any_more(one: Kept):
    tally = Tally()
    live(one.options(), tally)
    assert not tally.failures, together(tally)


def test_a_seed_is_the_same_story_each_time():
    told = []
    for _ in range(2):
        tally = Tally()
        plant = live(draw(4), tally)
        assert not tally.failures, together(tally)
        told.append((list(plant.schedule.last_steps), plant.oracle.acts, dict(plant.options.hits)))
    assert told[0] == told[1]


def test_every_class_of_fault_is_drawn_by_some_seed():
    drawn = set().union(*(draw(seed).on for seed in range(FIRST, FIRST + 50)))
    assert drawn == set(CLASSES)
