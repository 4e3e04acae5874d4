"""Cutting: every garment of a lay is in one bundle of each component, and no bundle has two shades."""

from __future__ import annotations

from collections import Counter
from itertools import count
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from domain.bundle import BundleSerial
from domain.cutting import Lay, MarkerSize, Run, bundles, runs, why_not
from domain.events.production import RollSpread
from domain.quantity import Quantity
from domain.work_order import OrderLine, WorkOrder

METRES = Quantity.of(90, "MTR")
ORDER = WorkOrder(
    number="WO1",
    style="P2601",
    lines=tuple(OrderLine(colour="navy", size=size, pieces=120) for size in ("S", "M", "L")),
    route="R",
    route_version=1,
)


def roll(shade: str, plies: int) -> RollSpread:
    return RollSpread(roll=f"R-{shade}", shade=shade, plies=plies, used=METRES)


LAY = Lay(
    lay="L1",
    order="WO1",
    style="P2601",
    colour="navy",
    rolls=(roll("D1", 30), roll("D1", 15), roll("D2", 15)),
    marker=(MarkerSize(size="S", times=1), MarkerSize(size="M", times=2)),
    components=("body", "collar"),
    pieces_max=20,
)


def serials() -> Any:
    return (BundleSerial(f"B{number}") for number in count(1))


def test_rolls_of_one_dye_lot_are_bundled_through_and_another_begins_anew() -> None:
    assert list(runs(LAY.rolls, 20)) == [
        Run(first=1, last=15, shade="D1"),
        Run(first=16, last=30, shade="D1"),
        Run(first=31, last=45, shade="D1"),
        Run(first=46, last=60, shade="D2"),
    ]


def test_a_lay_becomes_bundles_with_their_tickets_in_the_order_they_are_tied() -> None:
    cut = bundles(LAY, serials())
    assert len(cut) == 3 * 4 * 2
    assert [(one.serial, one.size, one.component, one.plies, one.shade) for one in cut[:3]] == [
        ("B1", "S", "body", (1, 15), "D1"),
        ("B2", "S", "collar", (1, 15), "D1"),
        ("B3", "S", "body", (16, 30), "D1"),
    ]


@given(
    st.lists(st.tuples(st.sampled_from("ABC"), st.integers(1, 40)), min_size=1, max_size=8),
    st.lists(st.tuples(st.sampled_from("SML"), st.integers(1, 3)), min_size=1, max_size=4),
    st.integers(1, 50),
)
def test_every_garment_is_in_one_bundle_of_each_component(
    rolls: list[tuple[str, int]], marker: list[tuple[str, int]], pieces_max: int
) -> None:
    lay = replace(
        LAY,
        rolls=tuple(roll(*one) for one in rolls),
        marker=tuple(MarkerSize(size=size, times=times) for size, times in marker),
        pieces_max=pieces_max,
    )
    cut = bundles(lay, serials())
    made: Counter[tuple[str, str]] = Counter()
    for one in cut:
        made[one.size, one.component] += one.pieces
    assert made == {(size, component): lay.pieces(size) for size, _ in marker for component in lay.components}
    shades = [shade for shade, plies in rolls for _ in range(plies)]
    for one in cut:
        assert one.plies
        first, last = one.plies
        assert {shades[ply - 1] for ply in range(first, last + 1)} == {one.shade}
        assert last - first + 1 == one.pieces <= pieces_max


@pytest.mark.parametrize(
    ("lay", "code"),
    [
        (replace(LAY, rolls=()), "lay_empty"),
        (replace(LAY, marker=()), "lay_empty"),
        (replace(LAY, components=()), "lay_empty"),
        (replace(LAY, pieces_max=0), "lay_count"),
        (replace(LAY, rolls=(roll("D1", 0), roll("D2", 5))), "lay_count"),
        (replace(LAY, rolls=(roll("D1", 501),)), "lay_count"),
        (replace(LAY, marker=(MarkerSize(size="M", times=0),)), "lay_count"),
        (replace(LAY, rolls=(roll("D1", 500),), pieces_max=1), "lay_count"),
        (replace(LAY, colour="red"), "lay_not_ordered"),
        (replace(LAY, marker=(MarkerSize(size="XL", times=1),)), "lay_not_ordered"),
    ],
)
def test_a_lay_that_cannot_be_is_refused(lay: Lay, code: str) -> None:
    assert [one.code for one in why_not(lay, ORDER, {})] == [code]


def test_cutting_more_than_was_ordered_is_asked_about() -> None:
    assert not why_not(LAY, ORDER, {})
    (asked,) = why_not(LAY, ORDER, {"M": 10})
    assert (asked.code, asked.parameters["cut"], asked.parameters["ordered"]) == (
        "lay_over_ordered",
        "130",
        "120",
    )


def test_serials_that_do_not_reach_are_a_fault_of_ours() -> None:
    with pytest.raises(ValueError, match="serials"):
        bundles(LAY, [BundleSerial("B1")])
