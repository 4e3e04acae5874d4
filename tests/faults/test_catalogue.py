"""The page of faults is what catalogue and marks say, and no row of it is empty."""

from __future__ import annotations

import runpy
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from tests.conftest import GOLDEN_DIR

DOCS = GOLDEN_DIR.parent.parent / "docs"
COMPLETE = ("Scanner", "Kiosk process", "Kiosk disk", "Clock", "Network", "Hub", "Database", "People")
FAULTS = 92


@pytest.fixture(scope="module")
def made() -> Mapping[str, Any]:
    return runpy.run_path(str(DOCS / "make_faults.py"))


@pytest.fixture(scope="module")
def groups(made: Mapping[str, Any]) -> Mapping[str, Sequence[Any]]:
    return made["catalogue"]()


@pytest.fixture(scope="module")
def proofs(made: Mapping[str, Any]) -> Mapping[str, Sequence[Any]]:
    return made["proofs"]()


def test_the_page_of_faults_is_what_catalogue_and_marks_say(made: Mapping[str, Any]) -> None:
    assert (DOCS / "faults.md").read_text(encoding="utf-8") == made["page"](), "`make faults` writes it anew"


def test_every_mark_names_a_fault_of_the_catalogue(groups, proofs) -> None:
    ids = [fault.id for faults in groups.values() for fault in faults]
    assert len(ids) == len(set(ids)) == FAULTS
    assert set(proofs) <= set(ids)


def test_no_fault_has_neither_a_test_nor_a_reason(groups, proofs) -> None:
    bare = [one.id for faults in groups.values() for one in faults if not proofs.get(one.id) and not one.open]
    assert bare == []


def test_the_groups_that_matter_on_the_floor_have_tests_for_all_that_is_built(groups, proofs) -> None:
    named = [name for name in groups if name.startswith(COMPLETE)]
    assert len(named) == len(COMPLETE)
    waiting = {one.id for name in named for one in groups[name] if not proofs.get(one.id)}
    assert not waiting, "every fault of these groups is shown by a test"
