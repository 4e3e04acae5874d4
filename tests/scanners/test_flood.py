"""A stuck trigger at a whole kiosk. `NOAC_FLOODS=60` makes the long proof of it: so many seconds."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.scanners.flood import flood
from tests.scanners.guns import GUNS

FLOOD_S = float(os.environ.get("NOAC_FLOODS", "3"))
MEMORY_GROWTH_MB_MAX = 10.0
INBOX_MAX = 200
PAGE_S_MAX = 3.0


@pytest.mark.timeout(120 + 2 * int(FLOOD_S))
@pytest.mark.parametrize("kind", sorted(GUNS))
@pytest.mark.fault("S10")
def test_every_code_of_a_flood_is_answered_and_nothing_grows(tmp_path: Path, kind: str) -> None:
    flooded = flood(kind, FLOOD_S, tmp_path)
    assert flooded.taken == flooded.sent
    assert flooded.tones == flooded.sent, "each code has its own tone"
    assert flooded.suppressed + flooded.refused + flooded.unrecorded == flooded.sent
    assert flooded.alarms >= 1
    assert flooded.inbox_max < INBOX_MAX
    assert flooded.memory_late_mb - flooded.memory_early_mb < MEMORY_GROWTH_MB_MAX
    assert flooded.page_s_max < PAGE_S_MAX
