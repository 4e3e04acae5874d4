"""The demonstration, headless: a whole day with real processes, every number held against the tally."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TIMEOUT_S = 230


@pytest.mark.slow
@pytest.mark.timeout(240)
def test_the_day_comes_out_as_in_the_tally(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "noac", "demo", "--check", "--folder", str(tmp_path / "demo")],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    assert (
        "37 lines, 36 labels, 12 balances, 80 pieces cut, 20 sent back, 40 finished: all as in" in done.stdout
    )
