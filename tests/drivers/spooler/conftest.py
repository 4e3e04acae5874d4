"""An emulator for the spooler to print on, and printers that answer quickly or not at all."""

import pytest

from drivers import stream_connection
from drivers.emulator import EmulatedPrinter


@pytest.fixture(autouse=True)
def _printers_answer_quickly_or_not_at_all(monkeypatch):
    monkeypatch.setattr(stream_connection, "ANSWER_TIMEOUT_S", 0.15)


@pytest.fixture
def emulator(tmp_path):
    made = EmulatedPrinter(folder=tmp_path / "labels", ms_per_label=0)
    made.start()
    yield made
    made.stop()
