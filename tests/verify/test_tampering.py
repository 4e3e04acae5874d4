"""No falsified row passes: ten thousand seeded tamperings, each found, and the row, or the one beside it, named."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.verify.story import Rows, exported, told, write
from tests.verify.tamper import Tampering, bytewise, clever
from verify import check

EACH = 500
SEEDS = range(10)


def is_named(tampering: Tampering, found: Any) -> bool:
    return any(
        (one.file == tampering.file and one.line in tampering.lines) or one.row in tampering.names
        for one in found
    )


def missed(folder: Path, rows: Rows, draws: Callable[[], Tampering]) -> list[str]:
    good = exported(rows)
    write(folder, good)
    assert list(check(folder)[1]) == []
    wrong: list[str] = []
    for number in range(EACH):
        tampering = draws()
        write(folder, tampering.files)
        try:
            found = list(check(folder)[1])
        except (
            ValueError
        ) as error:  # the manifest itself: the file is named, and there is nothing to go on with
            found = [] if "manifest.json" not in str(error) else None
        if found is not None and not is_named(tampering, found):
            said = [one.said("en") for one in found[:3]]
            wrong.append(f"{number}: {tampering.what} {tampering.file} {sorted(tampering.lines)}: {said}")
        write(folder, {name: good[name] for name in tampering.files})
    return wrong


@pytest.mark.fault("B8", "A10")
@pytest.mark.parametrize("seed", SEEDS)
def test_whoever_changes_a_file_by_hand_is_found_and_the_row_named(tmp_path: Path, seed: int) -> None:
    rows, draw = told(suffix=".gz" if seed % 2 else ""), random.Random(seed)
    good = exported(rows)
    assert missed(tmp_path / "export", rows, lambda: bytewise(draw, rows, good)) == []


@pytest.mark.fault("B8", "A10")
@pytest.mark.parametrize("seed", SEEDS)
def test_whoever_makes_every_digest_fit_again_is_found_and_the_row_named(tmp_path: Path, seed: int) -> None:
    rows, draw = told(suffix=".gz" if seed % 2 else ""), random.Random(1000 + seed)
    assert missed(tmp_path / "export", rows, lambda: clever(draw, rows)) == []
