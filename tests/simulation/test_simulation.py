"""Whole plants, lived from seeds with every kind of fault: nothing is lost, nothing counts twice, all comes to rest."""

from __future__ import annotations

import os

import pytest

from tests.simulation.corpus import Kept, kept
from tests.simulation.options import CLASSES, draw
from tests.simulation.run import Tally, live, live_many

SEEDS = int(os.environ.get("NOAC_SEEDS", "100"))
COMBINED = int(os.environ.get("NOAC_COMBINED", "20"))
CHUNK = 10
FIRST, FIRST_COMBINED = 1, 500_001


def chunks(first: int, count: int) -> list[tuple[int, int]]:
    return [(begin, min(begin + CHUNK, first + count)) for begin in range(first, first + count, CHUNK)]


def together(tally: Tally) -> str:
    return "\n\n".join(tally.failures)


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.fault("N1", "N2", "N3", "N5", "N6", "N9", "N10", "A7")
@pytest.mark.fault("D1", "D2", "D3", "D4", "D5", "D7", "K1", "K2", "U9")
@pytest.mark.fault("H1", "H2", "H3", "H6", "H7", "B1", "B3", "B5", "B6", "A3")
@pytest.mark.fault("C1", "C2", "C3", "C7", "S4", "U1", "U2", "U3", "U4", "U6", "U8", "P1", "P3", "P4", "P5")
@pytest.mark.parametrize(("begin", "end"), chunks(FIRST, SEEDS))
def test_no_seed_loses_or_doubles_anything(begin, end):
    tally = live_many(begin, end)
    assert not tally.failures, together(tally)


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.fault("H6", "D7", "H7", "A3")
@pytest.mark.parametrize(("begin", "end"), chunks(FIRST_COMBINED, COMBINED))
def test_recoveries_that_come_together_lose_and_double_nothing(begin, end):
    tally = live_many(begin, end, combined=True)
    assert not tally.failures, together(tally)


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_every_class_of_fault_strikes():
    """A class that never strikes proves nothing: each is met within the seeds of this test."""
    tally = live_many(FIRST, FIRST + SEEDS, goes_on=lambda tally: bool(tally.never_hit()))
    assert tally.never_hit() == []


@pytest.mark.timeout(300)
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
