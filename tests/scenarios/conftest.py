"""What stories about labels share: the cutting table, and a printer that is emulated."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from drivers.emulator import EmulatedPrinter
from tests.scenarios.ticket_batch import signed_on_at_cutting
from tests.sewing import cutting_changes
from tests.terminal import Terminal


@pytest.fixture
def table(tmp_path: Path) -> Iterator[Terminal]:
    yield from signed_on_at_cutting(tmp_path, cutting_changes())


@pytest.fixture
def emulator(tmp_path: Path) -> Iterator[EmulatedPrinter]:
    made = EmulatedPrinter(folder=tmp_path / "labels", ms_per_label=0)
    made.start()
    yield made
    made.stop()
