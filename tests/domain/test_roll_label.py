"""The roll label: one scan of any of its codes says what it stands for, exactly or not at all."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from domain.barcode import Count, HandlingUnitCode, ItemNumber, Lot, Measure, Serial, read
from domain.document import Values
from domain.events.labels import LabelRequested
from domain.facts import RecordedLine
from domain.item import Item
from domain.quantity import Quantity
from domain.roll_label import measures, roll_label, unit_words
from domain.units import UNITS
from labels.elements.barcode import Barcode
from labels.template import bind, load_template
from tests.world import BUTTON, COTTON, NOW, YARN, World

HEADER: Values = {"partner": "S-HENGLI", "plan": "PO-2026-0815"}
FIXED_LENGTH = ("310", "311", "314", "315")


def received(item: Item, **values: str | Quantity) -> LabelRequested:
    line = RecordedLine(
        document="CS20261122-A1-0001",
        document_type="CS",
        line=1,
        event_id="",
        values={"item": item.id, **values},
        event_time=NOW,
        operator="1001",
    )
    return roll_label(line, HEADER, World())


ROLL = received(
    COTTON,
    lot="D-118",
    handling_unit="A10001",
    quantity=Quantity(Decimal("21.4"), "KGM"),
    second_quantity=Quantity(Decimal(95), "MTR"),
)


def codes(label: LabelRequested) -> list[str]:
    """The contents of the label's codes, as its template puts them together."""
    elements = bind(load_template(label.template), label.data).elements
    return [one.content for one in elements if isinstance(one, Barcode)]


def as_scanned(content: str) -> str:
    """What a scanner sends for a bracketed content: no brackets, a separator after each part of open length."""
    parts = [part.split(")") for part in content.split("(")[1:]]
    text = "".join(f"{ai}{value}" + ("" if ai[:3] in FIXED_LENGTH else "\x1d") for ai, value in parts)
    return text.removesuffix("\x1d")


def test_one_scan_of_the_matrix_code_says_everything_about_the_roll():
    matrix = max(codes(ROLL), key=len)
    expected = {
        ItemNumber("F-2041"),
        Lot("D-118"),
        Serial(ROLL.data["serial"]),
        Measure(Quantity(Decimal("21.4"), "KGM")),
        Measure(Quantity(Decimal(95), "MTR")),
    }
    assert set(read(matrix).elements) == expected
    assert set(read(as_scanned(matrix), "]d2").elements) == expected
    assert set(read(f"]d2{as_scanned(matrix)}").elements) == expected


def test_the_serial_inside_is_our_own_house_code():
    assert read(ROLL.data["serial"]).elements == (HandlingUnitCode("A10001"),)
    assert ROLL.serial == "A10001"


@pytest.mark.parametrize("item", [COTTON, YARN], ids=["roll", "yarn"])
def test_every_code_of_a_label_names_the_lot_and_the_unit_where_there_is_one(item: Item):
    label = received(
        item,
        lot="D-118",
        quantity=Quantity(Decimal(25), "KGM"),
        **({"handling_unit": "A10001"} if item.unit_managed else {}),
    )
    for content in codes(label):
        elements = read(as_scanned(content), "]C1").elements
        assert Lot("D-118") in elements, content
        assert any(isinstance(one, Serial) for one in elements) is item.unit_managed, content


def test_goods_without_lot_and_serial_get_a_label_with_number_and_count():
    label = received(BUTTON, quantity=Quantity(Decimal(1440), "C62"))
    matrix = max(codes(label), key=len)
    assert set(read(as_scanned(matrix), "]d2").elements) == {ItemNumber("T-0107"), Count(1440)}


def test_what_a_person_reads_has_the_unit_in_both_languages_where_it_is_counted():
    assert (ROLL.data["quantity"], ROLL.data["unit"]) == ("21.4", "kg")
    assert (ROLL.data["second_quantity"], ROLL.data["second_unit"]) == ("95", "m")
    assert unit_words(Quantity(Decimal(12), "XAJ")) == "筒|cone"
    assert unit_words(Quantity(Decimal(12), "XYZ")) == "XYZ"


values = st.decimals(0, Decimal(10) ** 9, places=6, allow_nan=False).filter(bool)
short = st.decimals(0, 1000, places=2, allow_nan=False).filter(bool)
quantities = st.builds(
    Quantity, values | short | st.integers(1, 10**9).map(Decimal), st.sampled_from(sorted(UNITS))
)


@given(quantities, st.none() | quantities)
def test_a_quantity_in_a_code_is_exact_or_not_there(first: Quantity, second: Quantity | None):
    text = measures(first, second)
    if not text:
        return
    elements = read(f"(240)F-2041{text}").elements
    said = {one.quantity for one in elements if isinstance(one, Measure)}
    counted = [one.value for one in elements if isinstance(one, Count)]
    assert len(elements) > 1, text
    assert said <= {first, second}
    assert set(counted) <= {one.value for one in (first, second) if one}
    assert len(counted) <= 1


def test_two_measures_of_one_unit_would_contradict_each_other_so_the_first_stands():
    first, second = Quantity(Decimal("0.01"), "KGM"), Quantity(Decimal("0.02"), "KGM")
    assert measures(first, second) == measures(first, None)
    assert [one.quantity for one in read(f"(240)F-2041{measures(first, second)}").elements[1:]] == [first]  # type: ignore[union-attr]


@given(short, st.sampled_from(("KGM", "MTR", "MTK", "LTR")))
def test_a_weight_or_length_of_a_roll_is_always_there(value: Decimal, unit: str):
    quantity = Quantity(value, unit)
    assert read("(240)F-2041" + measures(quantity, None)).elements[1:] == (Measure(quantity),)


@pytest.mark.parametrize(
    ("quantity", "text"),
    [
        (Quantity(Decimal("21.4"), "KGM"), "(3101)000214"),
        (Quantity(Decimal("0.05"), "KGM"), "(3102)000005"),
        (Quantity(Decimal(999999), "MTR"), "(3110)999999"),
        (Quantity(Decimal(1000000), "MTR"), ""),
        (Quantity(Decimal("1.000001"), "KGM"), ""),
        (Quantity(Decimal("12345.678"), "KGM"), ""),
        (Quantity(Decimal(500), "GRM"), ""),
        (Quantity(Decimal(144), "C62"), "(30)144"),
        (Quantity(Decimal("1.5"), "C62"), ""),
        (Quantity(Decimal(100000000), "C62"), ""),
    ],
    ids=str,
)
def test_what_gs1_cannot_say_is_left_out_and_never_rounded(quantity: Quantity, text: str):
    assert measures(quantity, None) == text


def test_of_two_counts_the_first_one_stands():
    pieces, cartons = Quantity(Decimal(144), "C62"), Quantity(Decimal(2), "XCT")
    assert measures(pieces, cartons) == "(30)144"
    weighed = Quantity(Decimal("25.4"), "KGM")
    assert measures(weighed, replace_unit(pieces, "XAJ")) == "(3101)000254(30)144"


def replace_unit(quantity: Quantity, unit: str) -> Quantity:
    return replace(quantity, unit=unit)


def test_the_templates_fields_are_those_of_the_label():
    declared = {field.name for field in load_template("roll").fields}
    assert set(ROLL.data) == declared


def test_a_label_with_a_receipts_longest_values_still_binds():
    label = received(COTTON, lot="染" * 60, handling_unit="A10001", quantity=Quantity(Decimal(1), "KGM"))
    assert bind(load_template("roll"), label.data)
