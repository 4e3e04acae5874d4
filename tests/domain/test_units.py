"""Units: every code is one a quantity takes, with words in both languages."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.quantity import DECIMALS_MAX, Quantity
from domain.units import UNITS, find_unit, in_unit, is_mass


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


@pytest.mark.parametrize(
    ("value", "unit", "wanted", "made"),
    [
        ("21437", "GRM", "KGM", "21.437"),
        ("0.5", "GRM", "KGM", "0.0005"),
        ("21.4", "KGM", "GRM", "21400"),
        ("1.25", "TNE", "KGM", "1250"),
        ("1", "LBR", "GRM", "453.59237"),
        ("1", "KGM", "LBR", None),  # would have to be rounded
        ("47.2", "LBR", "KGM", None),
        ("0.0001", "GRM", "KGM", None),  # finer than a quantity holds
        ("1", "KGM", "MTR", None),
        ("999999999999", "TNE", "GRM", None),
    ],
)
def test_a_mass_is_converted_to_the_last_digit_or_not_at_all(
    value: str, unit: str, wanted: str, made: str | None
):
    assert in_unit(Quantity.of(value, unit), wanted) == (None if made is None else Quantity.of(made, wanted))


@given(st.decimals(-1000, 1000, places=3), st.sampled_from(["KGM", "GRM", "TNE", "LBR"]))
def test_what_could_be_converted_comes_back_the_same(value: Decimal, wanted: str):
    given_mass = Quantity(value, "KGM")
    made = in_unit(given_mass, wanted)
    assert made is None or in_unit(made, "KGM") == given_mass


def test_only_masses_can_be_weighed():
    assert {code for code in UNITS if is_mass(code)} == {"KGM", "GRM", "TNE", "LBR"}
