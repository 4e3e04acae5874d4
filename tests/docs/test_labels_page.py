"""The page of labels shows every label there is, as the golden pictures have it, and says its true size."""

import re

import pytest

from labels.template import load_template, template_names
from tests.conftest import GOLDEN_DIR

ROOT = GOLDEN_DIR.parents[1]
PAGE = (ROOT / "docs" / "labels.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", template_names())
def test_every_label_is_on_the_page_with_its_size_and_its_pictures(name: str):
    template = load_template(name)
    assert f"## {template.title_zh} · {template.title_en}" in PAGE
    assert f"`{name}`, {template.width_mm:g} × {template.height_mm:g} mm." in PAGE
    shown = re.findall(rf'src="(\.\./tests/golden/labels/{name}(?:\.[a-zA-Z-]+)?\.png)"', PAGE)
    assert len(shown) == 3
    assert all((ROOT / "docs" / path).exists() for path in shown)


def test_no_label_is_on_the_page_that_is_none():
    assert set(re.findall(r"^`(\w+)`, ", PAGE, re.MULTILINE)) == set(template_names())
