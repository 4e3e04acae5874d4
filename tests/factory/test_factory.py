"""Weeks of a generated factory, with fraud and mistakes: laws L5 to L8 hold, and pay is right to the cent."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from domain.log import Head, Recorded, follow
from domain.score_watch import Oddity, watch
from tests.factory.factory import Factory
from tests.factory.judging import month_of_verdicts
from tests.factory.line_records import ACTUAL, DAY_MINUTES, STANDARD_MINUTES, WORKERS_MAX, WORKERS_MIN, Lines
from tests.factory.sizes import SMALL, Sizes
from tests.factory.weeks import Weeks

SEEDS = range(1, 5)
TWO_DAYS = replace(SMALL, days=1, lines=2, sets=8)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_laws_of_production_hold_at_every_cut_whoever_cheats(seed: int) -> None:
    weeks = Weeks(replace(SMALL, seed=seed))
    for _ in weeks.live(cut_every=100, whole_every=10):
        pass
    assert weeks.said["JobStarted"] > 1_500
    assert weeks.checks["L8: wages to the cent"] > 100
    assert weeks.factory.truth.packed.total() > 0


def test_in_a_few_factories_everything_goes_wrong_that_can() -> None:
    missed = [set(_lived(replace(SMALL, seed=seed)).never_planted()) for seed in SEEDS]
    assert set.intersection(*missed) == set()


def _lived(sizes: Sizes) -> Weeks:
    weeks = Weeks(sizes)
    for _ in weeks.factory.arrived():
        pass
    return weeks


def test_each_station_writes_a_log_that_follows_from_itself() -> None:
    heads: dict[str, Head] = {}
    for entry in Factory(TWO_DAYS).arrived():
        device = entry.envelope.device
        heads[device] = follow(heads.get(device, Head()), entry)
    assert len(heads) > 30


def test_a_seed_makes_the_same_bytes_in_every_process() -> None:
    program = (
        "from tests.factory.factory import Factory; from tests.factory.test_factory import TWO_DAYS, fingerprint\n"
        "print(fingerprint(Factory(TWO_DAYS).arrived()))"
    )
    other = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[2],
        env={"PYTHONHASHSEED": "77"},
    )
    assert other.stdout.strip() == fingerprint(Factory(TWO_DAYS).arrived())


def fingerprint(entries: Iterable[Recorded]) -> str:
    return hashlib.sha256("".join(entry.digest for entry in entries).encode()).hexdigest()


def test_who_praises_in_a_ring_or_rejects_nothing_is_listed_and_hardly_anybody_else() -> None:
    planted = wrong = listed = 0
    for seed in range(3):
        said, cheats = month_of_verdicts(Sizes(), seed)
        found = watch(said)
        rings = {one.units for one in found if one.oddity is Oddity.PRAISE}
        blind = {one.units[0] for one in found if one.oddity is Oddity.NEVER_REJECTS}
        revenge = {one.units for one in found if one.oddity is Oddity.REVENGE}
        assert rings >= {tuple(sorted(ring)) for ring in cheats.rings}
        assert blind >= set(cheats.never)
        planted += len(cheats.rings) + len(cheats.never)
        listed += len(found)
        wrong += len(rings - {tuple(sorted(ring)) for ring in cheats.rings})
        wrong += len(blind - set(cheats.never)) + len(revenge - set(cheats.revenge))
    assert planted >= 12
    assert wrong * 100 <= listed


def test_lines_are_drawn_as_the_real_ones_were() -> None:
    lines = Lines(1)
    assert all(WORKERS_MIN <= lines.workers() <= WORKERS_MAX for _ in range(200))
    minutes = [lines.standard_minutes() for _ in range(500)]
    assert min(minutes) >= Decimal(str(STANDARD_MINUTES[0]))
    assert Decimal(20) < sorted(minutes)[250] < Decimal(25)
    actual = sorted(lines.actual() for _ in range(500))
    assert Decimal(str(ACTUAL[0])) <= actual[0] <= actual[-1] <= Decimal(str(ACTUAL[-1]))
    assert Decimal("0.7") < actual[250] < Decimal("0.8")
    assert DAY_MINUTES == 8 * 60
