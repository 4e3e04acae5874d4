"""What all tests share: golden files, hypothesis profiles, and honest words about missing tools."""

from __future__ import annotations

import io
import os
import shutil
import tempfile
from pathlib import Path

import hypothesis
import pytest
from PIL import Image

from tests.tools import can_be_set_up, missing

GOLDEN_DIR = Path(__file__).parent / "golden"

# Deadlines are off: a busy two-core machine is not a defect. `ci` draws the same examples on every run.
hypothesis.settings.register_profile("default", max_examples=60, deadline=None)
hypothesis.settings.register_profile("ci", max_examples=60, deadline=None, derandomize=True)
hypothesis.settings.register_profile("long", max_examples=2000, deadline=None)
hypothesis.settings.load_profile(
    os.environ.get("HYPOTHESIS_PROFILE") or ("ci" if os.environ.get("CI") == "true" else "default")
)


MEMORY = Path("/dev/shm")  # noqa: S108 folders below it are made by tempfile, with names nobody can guess
MEMORY_NEEDED = 4 * 1024**3
"""Bytes. All that two workers leave until their end is less than half of it."""


def pytest_configure() -> None:
    """Let what tests write lie in memory where there is plenty: no test is about a disk's speed, and many wait for it.

    Whoever sets TMPDIR decides. What happens when the power goes is not left to a disk either: tests/faults/disk.py.
    """
    if "TMPDIR" not in os.environ and MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > MEMORY_NEEDED:
        os.environ["TMPDIR"] = str(MEMORY)
        tempfile.tempdir = None


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-golden",
        action="store_true",
        help="write what the code makes now into the golden files, to be reviewed with git diff",
    )


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip a test whose tools are not on this machine; on the build machine, where they must be, fail it."""
    for mark in item.iter_markers("needs"):
        for tool in mark.args:
            reason = missing(tool)
            if reason is None:
                continue
            if os.environ.get("CI") == "true" and os.geteuid() == 0 and can_be_set_up(tool):
                pytest.fail(reason, pytrace=False)
            pytest.skip(reason)


class Golden:
    """Compare what the code makes with a reviewed file below tests/golden."""

    def __init__(self, *, update: bool) -> None:
        self._update = update

    def check(self, name: str, made: str | bytes) -> None:
        """Fail unless `tests/golden/<name>` holds exactly `made` (text is UTF-8 with \\n line ends)."""
        path = GOLDEN_DIR / name
        content = made.encode() if isinstance(made, str) else made
        if self._update:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
            return
        if not path.exists():
            pytest.fail(f"there is no tests/golden/{name}: run `make golden` and review it", pytrace=False)
        stored = path.read_bytes()
        if isinstance(made, str):
            assert made == stored.decode(), f"tests/golden/{name} differs; `make golden` if this is meant"
        else:
            assert content == stored, f"tests/golden/{name} differs; `make golden` if this is meant"

    def check_picture(self, name: str, made: bytes) -> None:
        """Fail unless `tests/golden/<name>` holds the dots of `made`, a PNG; another zlib may pack them otherwise."""
        path = GOLDEN_DIR / name
        if self._update or not path.exists():
            self.check(name, made)
            return
        with Image.open(path) as stored, Image.open(io.BytesIO(made)) as new:
            same = stored.size == new.size and stored.convert("L").tobytes() == new.convert("L").tobytes()
        assert same, f"tests/golden/{name} differs; `make golden` if this is meant"


@pytest.fixture
def update_golden(request: pytest.FixtureRequest) -> bool:
    """Whether this run rewrites the golden files (`pytest --update-golden`)."""
    return bool(request.config.getoption("--update-golden"))


@pytest.fixture
def golden(update_golden: bool) -> Golden:
    """The golden files: `golden.check("wire/line_recorded.json", made)`."""
    return Golden(update=update_golden)
