"""Quantities: exact, never mixed, and written in one way."""

from decimal import Decimal, localcontext
from operator import add, mul

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.quantity import DECIMALS_MAX, VALUE_BELOW, Quantity, QuantityError, UnitMismatch

micros = st.integers(-(10**17), 10**17)


def kg(value: str) -> Quantity:
    return Quantity(Decimal(value), "KGM")


@pytest.mark.parametrize(
    ("given_text", "canonical"),
    [
        ("12.50", "12.5"),
        ("1E+3", "1000"),
        ("-0.00", "0"),
        ("0.000001", "0.000001"),
        ("100", "100"),
        ("-3.10", "-3.1"),
        ("000.0", "0"),
        ("999999999999.999999", "999999999999.999999"),
    ],
)
def test_a_number_has_one_way_of_being_written(given_text: str, canonical: str):
    assert kg(given_text).text == canonical
    assert msgspec.json.encode(kg(given_text)) == f'{{"value":"{canonical}","unit":"KGM"}}'.encode()


@pytest.mark.parametrize(
    "value", ["NaN", "sNaN", "Infinity", "-Infinity", "0.0000001", str(VALUE_BELOW), "1E+12"]
)
@pytest.mark.fault("U7")
def test_a_number_beyond_the_limits_is_refused(value: str):
    with pytest.raises(QuantityError):
        kg(value)
    with pytest.raises(QuantityError):
        kg("-" + value.removeprefix("-"))


@pytest.mark.parametrize("value", [1.5, 3, True, "3", None])
def test_a_quantity_is_built_of_an_exact_decimal_only(value):
    with pytest.raises(QuantityError):
        Quantity(value, "KGM")


@pytest.mark.parametrize(
    "value", ["", "12,5", "1_000_000_000_000", "abc", "٣", "9" * 41, True, 10**12, -(10**12)]
)
def test_what_is_no_plain_number_is_refused_when_typed(value):
    with pytest.raises(QuantityError):
        Quantity.of(value, "KGM")


def test_a_typed_text_or_a_count_becomes_the_same_quantity():
    assert Quantity.of("3.0", "C62") == Quantity.of(3, "C62") == Quantity.of(Decimal(3), "C62")


@pytest.mark.parametrize("unit", ["", "kg", "KGMS", "K M", "千克"])
def test_what_is_no_unit_code_is_refused(unit: str):
    with pytest.raises(QuantityError):
        Quantity(Decimal(1), unit)


@pytest.mark.parametrize(
    "wire", [b'{"value":"NaN","unit":"KGM"}', b'{"value":"1","unit":"kg"}', b'{"value":"1"}']
)
def test_the_wire_lets_no_bad_quantity_in(wire: bytes):
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(wire, type=Quantity)


def test_kilograms_and_pieces_never_meet():
    pieces = Quantity(Decimal(1), "C62")
    for together in (
        lambda: kg("1") + pieces,
        lambda: kg("1") - pieces,
        lambda: kg("1") < pieces,
        lambda: kg("1") <= pieces,
        lambda: kg("1") > pieces,
        lambda: kg("1") >= pieces,
    ):
        with pytest.raises(UnitMismatch, match=r"1 KGM and 1 C62"):
            together()
    assert kg("1") != pieces


def test_a_sum_beyond_the_limit_is_refused_and_not_rounded():
    with pytest.raises(QuantityError, match="too large"):
        add(kg("999999999999.999999"), kg("0.000001"))


@pytest.mark.parametrize("factor", [1.0, Decimal(2), True, "2"])
def test_a_quantity_is_multiplied_by_whole_numbers_only(factor):
    with pytest.raises(TypeError):
        mul(kg("2"), factor)


def test_zero_and_sign_are_told():
    assert Quantity.zero("KGM").is_zero
    assert not kg("0.000001").is_zero
    assert kg("-1").is_negative
    assert not Quantity.zero("KGM").is_negative
    assert abs(kg("-2.5")) == kg("2.5")


def test_order_is_that_of_the_numbers():
    assert kg("1") < kg("1.5") <= kg("1.50")
    assert kg("2") > kg("1.5") >= kg("1.5")


@given(a=micros, b=micros, count=st.integers(-5, 5))
def test_arithmetic_is_exact_whatever_the_decimal_context_says(a: int, b: int, count: int):
    def of(number: int) -> Quantity:
        sign, digits = ("-" if number < 0 else ""), f"{abs(number):019}"
        return kg(f"{sign}{digits[:-DECIMALS_MAX]}.{digits[-DECIMALS_MAX:]}")

    with localcontext() as context:
        context.prec = 3
        assert of(a) + of(b) == of(a + b)
        assert of(a) - of(b) == of(a - b)
        assert -of(a) == of(-a)
        assert of(a) * count == count * of(a) == of(a * count)
        assert (of(a) < of(b)) == (a < b)
        assert msgspec.json.decode(msgspec.json.encode(of(a)), type=Quantity) == of(a)
