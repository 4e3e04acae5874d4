"""The factory's files about its documents: read at start, told to every kiosk, and used to judge what comes in."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from domain.override import TypeOverride
from domain.plan import PlanRef
from domain.settings import SettingsError
from hub.feed import changes
from hub.store import tables
from hub.type_overrides import read_overrides, tell_overrides
from tests.hub.plant import START, P, Plant

GENEROUS = "over_plan_percent = 50\n"


@pytest.fixture
def plant(database_url: str) -> Iterator[Plant]:
    made = Plant(database_url)
    yield made
    made.close()


def test_files_are_read_by_their_types_name(tmp_path: Path) -> None:
    (tmp_path / "CS.toml").write_text(GENEROUS)
    assert read_overrides(tmp_path) == {"CS": TypeOverride(over_plan_percent=50)}


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("CS.toml", "over_plan_percnt = 5", "did you mean 'over_plan_percent'"),
        ("YCJ.toml", "", "did you mean 'YC.toml'"),
        ("CS.toml", 'prefix = "YW"', "each type needs its own"),
        ("CS.toml", "over_plan_percent = 500", "over_plan_percent"),
    ],
)
def test_a_mistake_is_named_before_anything_starts(tmp_path: Path, name: str, text: str, says: str) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(SettingsError, match=says):
        read_overrides(tmp_path)


def told(plant: Plant) -> dict[str, object]:
    page = changes(plant.engine, plant.device("K1"), "", 1000, START + timedelta(hours=2))
    return {one.key: one.body for one in page.changes if one.kind == "document_type"}


def test_every_kiosk_is_told_and_told_again_when_the_file_is_gone(plant: Plant) -> None:
    plant.kiosk("K1")
    tell_overrides(plant.engine, plant.log, [P], {"CS": TypeOverride(over_plan_percent=50)})
    assert told(plant) == {"CS": {"over_plan_percent": 50}}
    tell_overrides(plant.engine, plant.log, [P], {})
    assert told(plant) == {"CS": None}


def test_what_comes_in_is_judged_by_the_factorys_own_ceiling_also_in_a_replay(plant: Plant) -> None:
    kiosk = plant.kiosk("K1")
    kiosk.receives("140", plan=PlanRef(number="PO1", line=1))
    plant.takes(kiosk)
    plant.books()
    assert [row["closed_at"] for row in plant.rows(tables.discrepancies, kind="over_plan")] == [None]
    tell_overrides(plant.engine, plant.log, [P], {"CS": TypeOverride(over_plan_percent=50)})
    kiosk.receives("5", plan=PlanRef(number="PO1", line=1))
    plant.takes(kiosk)
    plant.books()
    [found] = plant.rows(tables.discrepancies, kind="over_plan")
    assert found["closed_at"] is not None, "145 of 100 is within half as much again"
    before = plant.everything()
    plant.rebuilds()
    assert plant.everything() == before
