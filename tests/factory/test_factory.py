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
from tests.factory.factory import Factory
from tests.factory.hub_books import HubBooks
from tests.factory.line_records import (
    ACTUAL,
    DAY_MINUTES,
    STANDARD_MINUTES,
    WORKERS_MAX,
    WORKERS_MIN,
    LineDay,
    Lines,
)
from tests.factory.run import listings, reproduced
from tests.factory.sizes import SMALL, Sizes
from tests.factory.weeks import Weeks

SEEDS = (1, 2)
TINY = replace(SMALL, days=1, lines=2, sets=8)
A_DAY = replace(SMALL, days=1, lines=2, sets=16)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_laws_of_production_hold_at_every_cut_whoever_cheats(seed: int) -> None:
    weeks = Weeks(replace(SMALL, seed=seed))
    for _ in weeks.live(cut_every=100, whole_every=10):
        pass
    assert weeks.said["JobStarted"] > 1_500
    assert weeks.checks["L8: wages to the cent"] > 100
    assert weeks.factory.truth.packed.total() > 0


def test_the_hub_books_what_stations_upload_as_both_counts_have_it(tmp_path: Path) -> None:
    weeks = Weeks(A_DAY)
    hub = HubBooks(tmp_path, weeks.factory)
    waiting: list[Recorded] = []
    for entry in weeks.live(cut_every=500):
        waiting.append(entry)
        if len(waiting) == 400:
            hub.hears(waiting)
            waiting = []
            hub.agrees(weeks.recount)
    hub.hears(waiting)
    assert hub.agrees(weeks.recount) > 500
    weeks.wages_agree(hub.wages())


def test_the_hub_folds_a_whole_ledger_to_the_same(tmp_path: Path) -> None:
    weeks = Weeks(replace(SMALL, seed=7))
    hub = HubBooks(tmp_path, weeks.factory)
    for entry in weeks.live(cut_every=1_000):
        hub.keeps(entry)
    assert hub.folds() == weeks.entries
    assert hub.agrees(weeks.recount) > 1_000
    weeks.wages_agree(hub.wages())
    assert all(0 < one < 200 for one in hub.efficiencies(weeks.factory))


def test_the_board_s_formula_gives_a_real_factory_s_figures_back() -> None:
    lines = Lines(3)
    days = [
        LineDay(
            department="sewing",
            workers=Decimal(lines.workers()) + Decimal("0.5"),
            standard_minutes=lines.standard_minutes(),
            targeted=lines.targeted(),
            actual=lines.actual(),
            overtime_minutes=960,
        )
        for _ in range(300)
    ]
    least, most = reproduced(days)
    assert least < 40
    assert most > 95


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
    for entry in Factory(TINY).arrived():
        device = entry.envelope.device
        heads[device] = follow(heads.get(device, Head()), entry)
    assert len(heads) > 30


def test_a_seed_makes_the_same_bytes_in_every_process() -> None:
    program = (
        "from tests.factory.factory import Factory; from tests.factory.test_factory import TINY, fingerprint\n"
        "print(fingerprint(Factory(TINY).arrived()))"
    )
    other = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[2],
        env={"PYTHONHASHSEED": "77"},
    )
    assert other.stdout.strip() == fingerprint(Factory(TINY).arrived())


def fingerprint(entries: Iterable[Recorded]) -> str:
    return hashlib.sha256("".join(entry.digest for entry in entries).encode()).hexdigest()


def test_who_praises_in_a_ring_or_rejects_nothing_is_listed_and_hardly_anybody_else() -> None:
    found = listings(Sizes(), 2)
    assert found.planted == 8
    assert found.listed >= found.planted


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
