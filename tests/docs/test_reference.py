"""The generated reference says what the code says."""

from __future__ import annotations

import re
import runpy

import pytest

from domain.document import document_types
from domain.event import event_types
from noac import SUBCOMMANDS
from tests.conftest import GOLDEN_DIR

DOCS = GOLDEN_DIR.parent.parent / "docs"


@pytest.fixture(scope="module")
def page() -> str:
    return (DOCS / "reference.md").read_text(encoding="utf-8")


def test_the_reference_is_what_the_code_makes_today(page: str):
    made = runpy.run_path(str(DOCS / "make_reference.py"))["reference"]()
    assert page == made, "docs/reference.md is out of date: `make reference`"


def test_every_document_type_event_and_command_has_a_heading(page: str):
    headings = set(re.findall(r"^#+ `?([\w -]+?)`?(?: [^\w`].*)?$", page, re.MULTILINE))
    assert {*event_types(), *(f"noac {name}" for name in SUBCOMMANDS)} <= headings
    assert all(f"### {code} " in page for code in document_types())


def test_no_word_is_missing_in_the_reference(page: str):
    assert "⟦" not in page
