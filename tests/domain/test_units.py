"""Units: every code is one a quantity takes, with words in both languages."""

import pytest

from domain.quantity import DECIMALS_MAX, Quantity
from domain.units import UNITS, find_unit


@pytest.mark.parametrize("code", UNITS)
def test_every_unit_can_be_a_quantitys_and_has_its_words(code: str):
    unit = UNITS[code]
    assert unit.code == code
    assert unit.zh
    assert unit.en
    assert unit.symbol
    assert 0 <= unit.decimals <= DECIMALS_MAX
    assert Quantity.zero(code).unit == code


def test_every_unit_of_a_gs1_measure_is_known():
    assert {"KGM", "MTR", "MTK", "LTR"} <= set(UNITS)


def test_no_two_units_look_alike_on_the_screen():
    for word in ("symbol", "zh", "en"):
        assert len({getattr(unit, word) for unit in UNITS.values()}) == len(UNITS)


def test_an_unknown_unit_is_not_invented():
    assert find_unit("C62") is UNITS["C62"]
    assert find_unit("XXX") is None
