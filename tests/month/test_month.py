"""A month of a generated group: every book that can be added up by hand says what the hub says."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from domain.document import document_types
from tests.month.job import jobs
from tests.month.month import Month
from tests.month.sizes import SMALL

MEMORY = Path("/dev/shm")  # noqa: S108 a folder of our own is made in it: kiosks are as quick as they can be


@pytest.fixture
def month() -> Iterator[Month]:
    beside = MEMORY if MEMORY.is_dir() else None
    with tempfile.TemporaryDirectory(prefix="noac-month-", dir=beside) as folder:
        month = Month(Path(folder), SMALL, kiosks=Path(folder))
        yield month
        month.close()


def test_there_is_work_of_every_type_of_document() -> None:
    assert jobs().keys() == document_types().keys()


def test_a_month_adds_up_for_every_item_place_lot_and_grade_and_stays_closed(month: Month) -> None:
    month.lives()
    assert month.never_hit() == []
    assert month.lines >= SMALL.lines
    assert len(month.crew.worked) >= 40
    assert month.books.checks["cells of the month's report"] > 1_000
    assert month.books.checks["shortages with their amount"] > 0
