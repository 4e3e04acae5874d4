"""The demonstration, headless: a whole morning with real processes, every number held against the tally."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TIMEOUT_S = 170


@pytest.mark.slow
def test_the_morning_comes_out_as_in_the_tally(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "noac", "demo", "--check", "--folder", str(tmp_path / "demo")],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    assert "37 lines, 32 labels, 12 balances: all as in the tally" in done.stdout
