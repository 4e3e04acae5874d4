"""The power goes in the middle of the work, thousands of times; `NOAC_CUTS=200000` makes the long proof of it."""

from __future__ import annotations

import contextlib
import logging
import os
import random
from pathlib import Path

import pytest

from domain.events.terminal import KioskStarted
from tests.faults.disk import Disk
from tests.faults.powercut import KIOSK_CHANGES_MAX, Tally, kiosk_template, run, run_hub
from tests.faults.sqlite_disk import under_sqlite
from tests.terminal import Terminal

CUTS = int(os.environ.get("NOAC_CUTS", "2000"))
SHARDS = 4
HUB_SHARDS = 2
HUB_CUTS = max(SHARDS, CUTS // 10)
SEED = 20261122

pytestmark = [pytest.mark.slow, pytest.mark.needs("shared-sqlite"), pytest.mark.timeout(120 + CUTS // 10)]


def assert_nothing_was_broken(tally: Tally) -> None:
    assert (tally.lost, tally.corrupt, tally.halved) == (0, 0, 0), "\n".join(tally.first)


@pytest.mark.fault("D1", "K2", "U9")
@pytest.mark.parametrize("shard", range(SHARDS))
def test_what_a_kiosk_confirmed_survives_a_power_cut_at_any_write(shard: int) -> None:
    tally = run(CUTS // SHARDS, SEED + shard)
    assert_nothing_was_broken(tally)
    assert tally.confirmed > tally.cuts
    assert tally.stored_unconfirmed > 0, "no cut came between the commit and the green"


@pytest.mark.fault("D1", "H2")
@pytest.mark.parametrize("shard", range(HUB_SHARDS))
def test_what_a_hub_acknowledged_survives_a_power_cut_at_any_write(shard: int) -> None:
    tally = run_hub(HUB_CUTS // HUB_SHARDS, SEED + shard)
    assert_nothing_was_broken(tally)
    assert tally.confirmed > tally.cuts
    assert tally.stored_unconfirmed > 0, "no cut came between the commit and the answer"


def test_the_bench_sees_the_losses_of_a_database_that_does_not_wait_for_the_disk() -> None:
    tally = run(100, SEED, synchronous="NORMAL")
    assert tally.lost > 0
    assert (tally.corrupt, tally.halved) == (0, 0)


def test_the_bench_sees_the_damage_of_a_database_that_never_syncs() -> None:
    tally = run(100, SEED, synchronous="OFF")
    assert tally.lost > 0
    assert tally.corrupt > 0


@pytest.mark.fault("D10")
def test_a_supply_that_drops_at_each_start_writes_no_more_than_the_start_itself(tmp_path: Path) -> None:
    chance = random.Random(SEED)
    disk = Disk({str(tmp_path / name): content for name, content in kiosk_template().items()})
    logging.disable(logging.CRITICAL)
    starts = 60
    for _ in range(starts):
        disk.cut(chance.randint(1, KIOSK_CHANGES_MAX // 4))
        with under_sqlite(disk), contextlib.suppress(Exception), contextlib.closing(Terminal(tmp_path)):
            pass
        disk = disk.after_cut(chance)
    logging.disable(logging.NOTSET)
    with under_sqlite(disk), contextlib.closing(Terminal(tmp_path)) as terminal:
        assert terminal.store.log.damages() == []
        begun = len(terminal.events(KioskStarted))
        assert 1 < begun <= starts + 2
        assert len(terminal.entries()) - begun < 10
