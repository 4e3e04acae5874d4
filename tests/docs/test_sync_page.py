"""docs/sync.md: its figures, digests and test names are those of the code."""

from __future__ import annotations

import re

import msgspec
import pytest

from domain import wire
from domain.log import Envelope
from tests.conftest import GOLDEN_DIR

TESTS = GOLDEN_DIR.parent
PAGE = (TESTS.parent / "docs" / "sync.md").read_text(encoding="utf-8")


def test_every_digest_and_code_on_the_page_is_one_of_the_golden_samples():
    stored = "".join(path.read_text() for path in (GOLDEN_DIR / "wire").rglob("*") if path.is_file())
    named = re.findall(r"\b[0-9a-f]{64}\b", PAGE)
    assert len(named) >= 3
    assert all(one in stored for one in named)
    beginnings = re.findall(r"\b(?:\d+ )?([0-9a-f]{8})…", PAGE)
    assert len(beginnings) >= 4
    sums = (GOLDEN_DIR / "wire" / "SHA256SUMS").read_text().splitlines()
    assert not {one for one in beginnings if not any(line.startswith(one) for line in sums)}


@pytest.mark.parametrize("kind", [Envelope, wire.UploadHeader, wire.Acknowledgement, wire.Refusal])
def test_every_field_of_the_wire_is_described(kind: type[msgspec.Struct]):
    missing = [
        one.name
        for one in msgspec.structs.fields(kind)
        if f"`{one.name}`" not in PAGE and f'"{one.name}"' not in PAGE
    ]
    assert not missing


def test_every_kind_of_change_is_described():
    kinds = re.findall(r"`(\w+)`", (wire.Change.__doc__ or "").split("Kinds:")[1])
    assert len(kinds) >= 8
    assert all(f"| `{kind}` |" in PAGE for kind in kinds)


def test_the_limits_are_those_of_the_code():
    assert f"at most {wire.BATCH_EVENTS_MAX} entries and {wire.BATCH_BYTES_MAX // 1024} KiB" in PAGE
    assert f"at most {wire.CHANGES_MAX}" in PAGE
    assert wire.DEVICE_HEADER in PAGE
    assert wire.MAC_HEADER in PAGE


def test_every_test_the_page_names_exists():
    named = set(re.findall(r"`(test_\w+)`", PAGE))
    written = "".join(path.read_text(encoding="utf-8") for path in TESTS.rglob("test_*.py"))
    assert len(named) >= 8
    assert not {name for name in named if f"def {name}(" not in written}
