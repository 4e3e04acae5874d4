"""Bundles: split, merged and joined without a piece gained or lost, and only with their own kind (law L7)."""

from __future__ import annotations

from functools import reduce
from operator import add
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.barcode import BundleCode, read
from domain.barcodes.house import HouseType, house_code
from domain.bundle import (
    COPIES_MAX,
    PARTS_MAX,
    Bundle,
    BundleSerial,
    Tally,
    join,
    merge,
    read_ticket,
    split,
    ticket_body,
)
from domain.problem import Problem

PIECES = st.integers(1, 500)
COUNTS = st.integers(0, 500)


def bundle(serial: str = "B1", pieces: int = 20, **more: Any) -> Bundle:
    known = {
        "order": "WO1",
        "style": "P2601",
        "colour": "navy",
        "size": "L",
        "shade": "D7",
        "component": "body",
    }
    return Bundle(serial=BundleSerial(serial), pieces=pieces, **{**known, **more})


@given(st.lists(PIECES, min_size=2, max_size=PARTS_MAX))
def test_what_is_split_and_merged_again_has_every_piece(pieces: list[int]) -> None:
    whole = bundle(pieces=sum(pieces), plies=(1, 9))
    parts = split(whole, [(BundleSerial(f"C{n}"), count) for n, count in enumerate(pieces)])
    assert isinstance(parts, tuple)
    assert [one.pieces for one in parts] == pieces
    assert all(one.parents == (whole.serial,) and one.copy == 1 for one in parts)
    again = merge(parts, BundleSerial("M"))
    assert isinstance(again, Bundle)
    assert (again.pieces, again.parents) == (whole.pieces, tuple(one.serial for one in parts))


@pytest.mark.parametrize("pieces", [[20], [10, 9], [10, 11], [20, 0], [21, -1], [1] * 21])
def test_a_split_that_does_not_come_out_even_is_refused(pieces: list[int]) -> None:
    parts = [(BundleSerial(f"C{n}"), count) for n, count in enumerate(pieces)]
    assert isinstance(split(bundle(pieces=20), parts), Problem)


@pytest.mark.parametrize("name", ["order", "colour", "size", "shade", "component"])
def test_bundles_of_different_kinds_are_not_merged(name: str) -> None:
    other: dict[str, Any] = {name: "other"}
    problem = merge([bundle("B1"), bundle("B2", **other)], BundleSerial("M"))
    assert isinstance(problem, Problem)
    assert (problem.code, problem.parameters["what"]) == ("not_together", f"bundle.{name}")


def test_a_collar_and_a_body_of_one_order_size_and_shade_are_joined() -> None:
    joined = join([bundle("B1"), bundle("B2", component="collar")], "garment", BundleSerial("J"))
    assert isinstance(joined, Bundle)
    assert (joined.component, joined.pieces, joined.parents) == ("garment", 20, ("B1", "B2"))


@pytest.mark.parametrize(
    ("other", "code"),
    [
        ({"shade": "D8"}, "not_together"),
        ({"size": "M"}, "not_together"),
        ({"order": "WO2"}, "not_together"),
        ({"component": "body"}, "joined_twice"),
        ({"pieces": 19}, "joined_pieces"),
        ({"serial": "B1"}, "together_parts"),
    ],
)
def test_a_collar_that_does_not_belong_is_named(other: dict[str, Any], code: str) -> None:
    collar = bundle(**{"serial": "B2", "component": "collar", **other})
    problem = join([bundle("B1"), collar], "garment", BundleSerial("J"))
    assert isinstance(problem, Problem)
    assert problem.code == code


@given(st.lists(st.builds(Tally, received=COUNTS, good=COUNTS, seconds=COUNTS, scrap=COUNTS, missing=COUNTS)))
def test_each_piece_is_counted_once_whatever_is_added_up_or_taken_back(tallies: list[Tally]) -> None:
    total = reduce(add, tallies, Tally())
    assert total.received == total.accounted + total.in_hand
    assert reduce(add, (-one for one in tallies), total) == Tally()


@given(st.from_regex(r"[A-Z0-9]{10}", fullmatch=True).map(BundleSerial), st.integers(1, COPIES_MAX))
def test_a_ticket_says_which_bundle_and_which_copy_it_is(serial: BundleSerial, copy: int) -> None:
    (element,) = read(house_code(HouseType.BUNDLE, ticket_body(serial, copy))).elements
    assert isinstance(element, BundleCode)
    assert read_ticket(element.value) == (serial, copy)


@pytest.mark.parametrize("body", ["", "A", "A1010000010"])
def test_what_is_no_ticket_is_none(body: str) -> None:
    assert read_ticket(body) is None


@pytest.mark.parametrize("copy", [0, COPIES_MAX + 1])
def test_a_ticket_is_not_printed_without_end(copy: int) -> None:
    with pytest.raises(ValueError, match="copy"):
        ticket_body(BundleSerial("A101000001"), copy)
