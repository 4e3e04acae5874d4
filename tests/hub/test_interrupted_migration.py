"""A migration is killed at every point there is, and started again."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy import create_engine

from hub.calendar import keep_calendar
from hub.cli_session import USAGE_EXIT
from hub.pay_rule import keep_pay_rule
from hub.settings import HubSettings
from hub.store.database import connect, reading
from hub.store.event_log import EventLog
from hub.store.migration import FIRST_VERSION, schema_version
from hub.store.schema import folds_of, version_of
from hub.store.tables import events, metadata
from tests.hub.dying import migrates
from tests.hub.plant import P, Plant
from tests.hub.shapes import fill, live, make_shape, rows_of, structure

pytestmark = [pytest.mark.fault("H8"), pytest.mark.slow, pytest.mark.timeout(600)]
MOMENTS_MIN = 60
"""Fewer would mean that the process was not stopped where it works."""
STRIDE_IN_STEPS, STRIDE_IN_FOLDING = 3, 9
"""Each statement that writes and each commit is a moment. All of them take minutes and are of few kinds."""
MOMENTS_MAX = 1_000
HELD_S = 10.0
READY_S = 60.0
LONG_LEDGER = 600


@pytest.fixture
def database_url(empty_database_url: str) -> str:
    return empty_database_url


def empty(url: str) -> None:
    """Make a database empty again."""
    engine = create_engine(url)
    if engine.dialect.name == "sqlite":
        for path in Path(engine.url.database or "").parent.glob("hub.sqlite*"):
            path.unlink()
    else:
        with engine.begin() as connection:
            connection.exec_driver_sql("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    engine.dispose()


def knows_its_settings(url: str) -> None:
    """Write into a database what every hub writes at its start: its time zone, and when pieces are paid."""
    engine, settings = connect(url), HubSettings()
    keep_calendar(engine, EventLog(), [P], settings.time_zone)
    keep_pay_rule(engine, EventLog(), [P], settings.paid_on)
    engine.dispose()


def attempt(url: str, data: Path, *, dies_at: int) -> int:
    """Try until the database is free: a server lets go of a killed client's lock when it next looks."""
    end_s = time.monotonic() + HELD_S
    while (code := migrates(url, str(data), dies_at=dies_at)) == USAGE_EXIT and time.monotonic() < end_s:
        time.sleep(0.05)
    return code


def finishes(url: str, data: Path) -> None:
    """Start it again and let it come to its end."""
    assert attempt(url, data, dies_at=0) == 0


def test_killed_at_one_moment_after_another_and_started_again_it_ends_as_a_new_database_with_the_same_ledger(
    database_url: str, tmp_path: Path
) -> None:
    today = f"sqlite:///{tmp_path / 'today.sqlite'}"
    live(today)
    knows_its_settings(today)
    tables = [table for table in metadata.sorted_tables if table.name != "meta"]
    ledger, expected = rows_of(today, events), rows_of(today, *tables)
    make_shape(database_url, FIRST_VERSION)
    finishes(database_url, tmp_path)
    shape = structure(database_url)
    seen = set[tuple[int, bool]]()
    moment, version = 1, FIRST_VERSION
    while moment < MOMENTS_MAX:
        empty(database_url)
        make_shape(database_url, FIRST_VERSION)
        fill(database_url, today)
        code = attempt(database_url, tmp_path, dies_at=moment)
        assert rows_of(database_url, events) == ledger
        if code == 0:
            break
        assert code == -signal.SIGKILL
        engine = connect(database_url)
        with reading(engine) as connection:
            version = version_of(connection)
            seen.add((version, folds_of(connection).is_done))
        engine.dispose()
        finishes(database_url, tmp_path)
        held = rows_of(database_url, *tables)
        for name in held:
            assert held[name] == expected[name], (moment, name)
        assert structure(database_url) == shape, moment
        moment += STRIDE_IN_FOLDING if version == schema_version() else STRIDE_IN_STEPS
    assert moment > MOMENTS_MIN
    assert {version for version, _ in seen} == set(range(FIRST_VERSION, schema_version() + 1))
    assert (schema_version(), False) in seen, "it was killed while the ledger was being folded, too"


def test_a_hub_that_is_killed_while_it_brings_its_database_up_to_date_serves_at_a_later_start(
    tmp_path: Path,
) -> None:
    data = tmp_path / "data"
    data.mkdir()
    today, url = f"sqlite:///{tmp_path / 'today.sqlite'}", f"sqlite:///{data / 'hub.sqlite'}"
    plant = Plant(today)
    kiosk = plant.kiosk("K1")
    for _ in range(LONG_LEDGER):
        kiosk.receives("1")
    plant.takes(kiosk)
    plant.books()
    plant.close()
    knows_its_settings(today)
    make_shape(url, FIRST_VERSION)
    fill(url, today)
    ledger = rows_of(url, events)["events"]

    def hub() -> subprocess.Popen[str]:
        given = ["--data", str(data), "--plant", "P1", "--port", "0"]
        with (tmp_path / "hub.log").open("a") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "noac", "hub", *given],
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                start_new_session=True,
                cwd=Path(__file__).parents[2],
            )

    def told() -> str:
        return (tmp_path / "hub.log").read_text(encoding="utf-8")

    first = hub()
    end_s = time.monotonic() + READY_S
    while "goes from schema version 1 to 2" not in told():
        assert time.monotonic() < end_s, told()
        time.sleep(0.005)
    os.killpg(first.pid, signal.SIGKILL)
    first.wait(READY_S)
    second = hub()
    try:
        assert second.stdout
        assert "http://" in second.stdout.readline(), told()
        held, expected = rows_of(url, *metadata.sorted_tables), rows_of(today, *metadata.sorted_tables)
        assert held["events"] == ledger
        for name in ("balances", "movements", "document_lines", "cursors", "devices", "reference"):
            assert held[name] == expected[name], name
    finally:
        os.killpg(second.pid, signal.SIGTERM)
        assert second.wait(READY_S) == 0
        for one in (first, second):
            if one.stdout:
                one.stdout.close()
