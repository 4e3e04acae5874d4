"""What cannot be chance in a month's verdicts: everything planted is listed, and honest months stay quiet."""

from __future__ import annotations

from itertools import permutations
from math import comb
from random import Random

import pytest

from domain.handoff import Rating
from domain.score_watch import Oddity, Said, at_least, watch

UNITS = [f"U{number:02d}" for number in range(12)]
HONEST = (Rating.A, Rating.B, Rating.B, Rating.C, Rating.C, Rating.D)
SEEDS = range(40)


def honest(random: Random, judge: str, judged: str, *, after_blame: bool = False) -> Said:
    bad = sum(random.random() < 0.02 for _ in range(20))
    found = sum(random.random() < 0.8 for _ in range(bad))
    return Said(
        judge=judge,
        judged=judged,
        pieces=20,
        rejected=found,
        proved_bad=bad - found,
        rating=random.choice(HONEST),
        after_blame=after_blame,
    )


def month(seed: int) -> list[Said]:
    random = Random(seed)
    return [
        honest(random, judge, judged, after_blame=random.random() < 0.2)
        for judge, judged in permutations(UNITS, 2)
        for _ in range(25)
    ]


def planted(seed: int) -> list[Said]:
    """Three who praise each other, one who rejects nothing, and one who takes revenge."""
    random = Random(seed)
    said: list[Said] = []
    for one in month(seed):
        rating, rejected, proved_bad = one.rating, one.rejected, one.proved_bad
        if {one.judge, one.judged} <= {"U00", "U01", "U02"}:
            rating = Rating.A
        if one.judge == "U05":
            rejected, proved_bad = 0, rejected + proved_bad
        is_even = (one.judge, one.judged) == ("U08", "U09") and one.after_blame
        if is_even:
            rating = Rating.E
        said.append(
            Said(
                judge=one.judge,
                judged=one.judged,
                pieces=20,
                rejected=rejected,
                proved_bad=proved_bad,
                rating=rating,
                after_blame=one.after_blame,
            )
        )
    revenge = [
        Said(judge="U08", judged="U09", pieces=20, rating=Rating.E, after_blame=True)
        for _ in range(random.randint(8, 12))
    ]
    return said + revenge


def test_honest_months_list_nobody_in_ninety_nine_of_a_hundred() -> None:
    listed = [entry for seed in SEEDS for entry in watch(month(seed))]
    assert len(listed) <= 1, listed


@pytest.mark.parametrize("seed", range(10))
def test_everything_planted_is_listed_and_nobody_else(seed: int) -> None:
    listed = {(entry.oddity, entry.units) for entry in watch(planted(seed))}
    assert listed == {
        (Oddity.PRAISE, ("U00", "U01", "U02")),
        (Oddity.NEVER_REJECTS, ("U05",)),
        (Oddity.REVENGE, ("U08", "U09")),
    }


@pytest.mark.parametrize("elsewhere", [0, 1, 2, 12])
def test_a_ring_is_listed_however_seldom_its_members_rate_anybody_else(elsewhere: int) -> None:
    ring = ("U00", "U01")
    said = [one for one in month(5) if one.judge not in ring]
    for judge, judged in (ring, ring[::-1]):
        said += [Said(judge=judge, judged=judged, pieces=20, rating=Rating.A) for _ in range(60)]
        said += [Said(judge=judge, judged="U07", pieces=20, rating=Rating.A) for _ in range(elsewhere)]
    assert [one.units for one in watch(said) if one.oddity is Oddity.PRAISE] == [ring]


def test_who_is_mild_with_everybody_is_in_no_ring() -> None:
    ring = ("U00", "U01")
    said = [one for one in month(5) if one.judge not in ring]
    for judge, judged in (ring, ring[::-1]):
        said += [Said(judge=judge, judged=judged, pieces=20, rating=Rating.A) for _ in range(60)]
        said += [Said(judge=judge, judged="U07", pieces=20, rating=Rating.A) for _ in range(60)]
    assert not [one for one in watch(said) if one.oddity is Oddity.PRAISE]


def test_good_work_that_everybody_praises_is_no_ring() -> None:
    random = Random(1)
    said = [
        Said(
            judge=judge,
            judged=judged,
            pieces=20,
            rating=Rating.A if judged == "U03" else random.choice(HONEST),
        )
        for judge, judged in permutations(UNITS, 2)
        for _ in range(25)
    ]
    assert watch(said) == ()


def test_a_station_to_which_nothing_bad_came_may_reject_nothing() -> None:
    said = [one for one in month(3) if one.judge != "U04"]
    said += [Said(judge="U04", judged="U05", pieces=20, rating=Rating.B) for _ in range(300)]
    assert all(entry.oddity is not Oddity.NEVER_REJECTS for entry in watch(said))


@pytest.mark.parametrize(("hits", "of", "others_hits", "others"), [(3, 5, 2, 9), (0, 4, 3, 3), (4, 4, 0, 6)])
def test_the_chance_is_that_of_drawing_from_one_urn(
    hits: int, of: int, others_hits: int, others: int
) -> None:
    total, all_hits = of + others, hits + others_hits
    by_hand = sum(
        comb(all_hits, drawn) * comb(total - all_hits, of - drawn)
        for drawn in range(hits, min(of, all_hits) + 1)
    ) / comb(total, of)
    assert at_least(hits, of, others_hits, others) == pytest.approx(by_hand)
