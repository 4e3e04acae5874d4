"""Inspection: samples and acceptance numbers as ISO 2859-1 prints them, fabric points as ASTM D5430 counts them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.aql import AQLS, LETTERS, SAMPLE_SIZES, Level, plan
from domain.four_point import POINTS_MAX, Flaw, points_per_100_m2, total_points

COMMON = ("0.65", "1.0", "1.5", "2.5", "4.0", "6.5")
PRINTED = {
    280: "20:0 50:1 32:1 32:2 32:3 32:5",
    500: "80:1 50:1 50:2 50:3 50:5 50:7",
    1_200: "80:1 80:2 80:3 80:5 80:7 80:10",
    3_200: "125:2 125:3 125:5 125:7 125:10 125:14",
    10_000: "200:3 200:5 200:7 200:10 200:14 200:21",
    35_000: "315:5 315:7 315:10 315:14 315:21 200:21",
    150_000: "500:7 500:10 500:14 500:21 315:21 200:21",
}
"""Rows of Table 2-A by the largest lot of their letter at level II: sample and acceptance number under COMMON, with
the arrows followed."""


@pytest.mark.parametrize("lot", PRINTED)
def test_samples_and_numbers_are_those_of_the_printed_table(lot: int) -> None:
    found = [plan(lot, Decimal(aql)) for aql in COMMON]
    assert " ".join(f"{one.sample}:{one.accept}" for one in found) == PRINTED[lot]


@pytest.mark.parametrize(
    ("lot", "level", "letter"),
    [
        (2, Level.I, "A"),
        (8, Level.II, "A"),
        (9, Level.II, "B"),
        (90, Level.I, "C"),
        (150, Level.I, "D"),
        (151, Level.II, "G"),
        (1_201, Level.I, "H"),
        (500_000, Level.I, "M"),
        (500_001, Level.II, "Q"),
    ],
)
def test_code_letters_are_those_of_table_one(lot: int, level: Level, letter: str) -> None:
    for aql in AQLS:  # some limit gives the letter's own plan, without an arrow
        if plan(lot, aql, level).letter == letter:
            return
    pytest.fail(f"no plan of letter {letter} for a lot of {lot}")


@given(st.integers(2, 2_000_000), st.sampled_from(AQLS), st.sampled_from(Level))
def test_there_is_a_plan_for_every_lot_and_it_never_looks_at_more_than_there_is(
    lot: int, aql: Decimal, level: Level
) -> None:
    found = plan(lot, aql, level)
    assert found.sample <= lot
    assert found.sample <= SAMPLE_SIZES[LETTERS.index(found.letter)]
    assert found.passes(found.accept)
    assert not found.passes(found.reject)


@pytest.mark.parametrize(("lot", "aql"), [(1, "2.5"), (0, "2.5"), (500, "3.0")])
def test_what_the_standard_does_not_know_is_refused(lot: int, aql: str) -> None:
    with pytest.raises(ValueError, match=r"2 pieces|preferred"):
        plan(lot, Decimal(aql))


@pytest.mark.parametrize(
    ("length_mm", "is_hole", "points"),
    [
        (1, False, 1),
        (75, False, 1),
        (76, False, 2),
        (150, False, 2),
        (230, False, 3),
        (231, False, 4),
        (25, True, 2),
        (26, True, 4),
    ],
)
def test_a_defect_costs_points_by_its_size(length_mm: int, is_hole: bool, points: int) -> None:
    assert Flaw(at_m=Decimal(3), length_mm=length_mm, is_hole=is_hole).points == points


def test_one_metre_costs_four_points_at_most() -> None:
    bad = [Flaw(at_m=Decimal("7.1"), length_mm=300), Flaw(at_m=Decimal("7.9"), length_mm=300)]
    assert total_points(bad) == POINTS_MAX
    assert total_points([*bad, Flaw(at_m=Decimal("8.0"), length_mm=10)]) == POINTS_MAX + 1


def test_a_rolls_points_are_told_per_hundred_square_metres() -> None:
    flaws = [Flaw(at_m=Decimal(n), length_mm=200) for n in range(10)]
    assert points_per_100_m2(flaws, Decimal(100), Decimal("1.5")) == Decimal("20.0")
    with pytest.raises(ValueError, match="length and a width"):
        points_per_100_m2(flaws, Decimal(0), Decimal(1))
