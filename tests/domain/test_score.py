"""The month's score, worked out by hand and the same; and what can never lower or raise it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from domain.handoff import Rating
from domain.score import Counted, Portion, ScoreRule, score

RULE = ScoreRule()
SEWING = Counted(
    rejected=Portion(count=24, of=4_800),  # 0.5 % → 95 points
    miscounted=Portion(count=3, of=240),  # 1.25 % → 93.75, on paper 93.8
    late=Portion(count=12, of=240),  # 5 % → 90
    closed=4,
    closing_days=Decimal(14),  # 3.5 days, 1.5 beyond → 85
    overdue=1,
    escapes=2,
    made=4_800,
    target=5_000,  # 0.96
)
RATINGS = {Rating.A: 6, Rating.B: 3, Rating.D: 1}


def test_a_month_by_hand() -> None:
    """95 x 0.4 + 93.8 x 0.2 + 90 x 0.2 + 85 x 0.2 = 91.76; 895 / 10 = 89.5; 70 and 30 of a hundred: 91.1."""
    month = score(SEWING, RATINGS, RULE)
    assert [(part.name, str(part.points)) for part in month.parts] == [
        ("reject", "95.0"),
        ("count", "93.8"),
        ("punctual", "90.0"),
        ("closing", "85.0"),
    ]
    assert (str(month.objective), str(month.subjective), str(month.total)) == ("91.8", "89.5", "91.1")
    # band 85: 1.00, times 0.96, less 0.02 and twice 0.01
    assert (str(month.attainment), str(month.coefficient)) == ("0.96", "0.92")


def test_few_ratings_say_nothing_and_are_told() -> None:
    month = score(SEWING, {Rating.E: 4}, RULE)
    assert (month.subjective, month.ratings, month.total) == (None, 4, month.objective)


def test_what_did_not_happen_weighs_nothing() -> None:
    none = Portion(count=0, of=0)
    quiet = replace(SEWING, miscounted=none, late=none, closed=0, closing_days=Decimal(0))
    assert score(quiet, {}, RULE).objective == Decimal("95.0")


def test_of_whom_nothing_was_seen_there_is_no_figure() -> None:
    """Neither a hundred points nor none: who handed nothing over did nothing well, and nothing badly."""
    none = Portion(count=0, of=0)
    idle = replace(SEWING, rejected=none, miscounted=none, late=none, closed=0, closing_days=Decimal(0))
    month = score(idle, {Rating.A: RULE.ratings_min - 1}, RULE)
    assert (month.objective, month.subjective, month.total, month.coefficient) == (None,) * 4
    rated = score(idle, {Rating.A: RULE.ratings_min}, RULE)  # a service department: its customers alone speak
    assert (rated.objective, rated.subjective, rated.total) == (None, Decimal("100.0"), Decimal("100.0"))
    assert rated.coefficient is not None


COUNTS = st.integers(0, 50)


@st.composite
def months(draw: Any) -> Counted:
    def share() -> Portion:
        of = draw(st.integers(1, 500))
        return Portion(count=draw(st.integers(0, of)), of=of)

    return Counted(
        rejected=share(),
        miscounted=share(),
        late=share(),
        closed=draw(COUNTS),
        closing_days=Decimal(draw(st.integers(0, 300))),
        overdue=draw(COUNTS),
        escapes=draw(COUNTS),
        made=draw(st.integers(0, 9_000)),
        target=draw(st.integers(0, 9_000)),
    )


def figure(value: Decimal | None) -> Decimal:
    assert value is not None
    return value


RATED = st.dictionaries(st.sampled_from(Rating), st.integers(0, 40))


@given(months(), RATED)
def test_a_score_stays_within_its_bounds_and_ratings_never_touch_the_objective_part(
    counted: Counted, ratings: dict[Rating, int]
) -> None:
    month = score(counted, ratings, RULE)
    assert 0 <= figure(month.total) <= 100
    assert 0 <= figure(month.coefficient) <= RULE.coefficient_max
    assert month.objective == score(counted, {}, RULE).objective


@given(months(), RATED)
def test_more_trouble_never_makes_a_better_month(counted: Counted, ratings: dict[Rating, int]) -> None:
    month = score(counted, ratings, RULE)
    worse = [
        replace(counted, overdue=counted.overdue + 1),
        replace(counted, escapes=counted.escapes + 1),
        replace(counted, rejected=Portion(count=counted.rejected.of, of=counted.rejected.of)),
        replace(counted, late=Portion(count=counted.late.of, of=counted.late.of)),
    ]
    for one in worse:
        other = score(one, ratings, RULE)
        assert figure(other.total) <= figure(month.total)
        assert figure(other.coefficient) <= figure(month.coefficient)
