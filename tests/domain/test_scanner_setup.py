"""Set-up codes of makers: each says where it is from, reads back as one that sets up, and has words."""

import pytest
import zxingcpp

from domain.scanner_setup import TEMPLATE, scanner_families, setup_code, setup_label
from domain.words import has_words
from labels.layout import lay_out
from labels.preflight import preflight
from labels.raster import rasterise
from labels.template import bind, load_template

CODES = [(name, one) for name, family in scanner_families().items() for one in family.codes]


@pytest.mark.parametrize("dots_per_mm", [8, 12])
@pytest.mark.parametrize(("family", "code"), CODES)
def test_the_label_of_each_code_sets_up_and_is_no_data(family: str, code, dots_per_mm: int):
    wanted = setup_label(family, code, "J1")
    assert wanted.template == TEMPLATE
    layout = lay_out(bind(load_template(TEMPLATE), wanted.data), dots_per_mm)
    assert preflight(layout).is_fit
    [read] = zxingcpp.read_barcodes(rasterise(layout).convert("L"))
    assert (read.text, read.extra) == (code.content, {"ReaderInit": True})
    assert has_words(f"doctor.setup.{code.name}")


@pytest.mark.parametrize(("family", "code"), CODES)
def test_each_code_is_found_by_its_name(family: str, code):
    assert setup_code(family, code.name) == code
    assert setup_code(family, "none") is None
    assert setup_code("none", code.name) is None


def test_every_family_names_its_sources():
    for name in scanner_families():
        module = __import__(f"domain.scanner_setups.{name}", fromlist=["FAMILY"])
        assert module.__doc__
        assert "source" in module.__doc__
