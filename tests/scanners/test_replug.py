"""The plug pulled again and again. `NOAC_REPLUGS=1000` makes the long proof of it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.scanners.guns import GUNS
from tests.scanners.replug import replug

REPLUGS = int(os.environ.get("NOAC_REPLUGS", "15"))


@pytest.mark.timeout(60 + 2 * REPLUGS)
@pytest.mark.parametrize("kind", sorted(GUNS))
@pytest.mark.fault("S1", "S2")
def test_however_often_the_plug_is_pulled_each_whole_code_is_read_and_no_other(
    tmp_path: Path, kind: str
) -> None:
    replugged = replug(kind, REPLUGS, tmp_path)
    assert replugged.wrong == ()
    assert replugged.lost == ()
    assert replugged.back_s_max < 3.0
    assert replugged.files_left <= 0
    assert replugged.threads_left == 0
