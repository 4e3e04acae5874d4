"""The laws see what is wrong: with any one part of the protocol broken, some seed fails, and soon."""

from __future__ import annotations

import pytest

from tests.simulation.mutants import MUTANT_SEEDS_MAX, MUTANTS, Mutant
from tests.simulation.options import draw
from tests.simulation.run import Tally, live

FIRST = 1_000


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda one: one.name)
def test_one_thing_done_wrong_breaks_a_law(mutant: Mutant):
    for seed in range(FIRST, FIRST + MUTANT_SEEDS_MAX):
        tally = Tally()
        with mutant.breaks():
            live(draw(seed, must=mutant.needs), tally)
        if tally.failures:
            broken = tally.failures[0].splitlines()[0]
            assert any(f": {law}" in broken for law in mutant.sees), f"seen for another reason: {broken}"
            return
    pytest.fail(f"{MUTANT_SEEDS_MAX} seeds saw nothing wrong")


def test_there_are_mutants_enough():
    assert len(MUTANTS) >= 12
    assert len({one.name for one in MUTANTS}) == len(MUTANTS)
