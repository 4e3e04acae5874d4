"""The packing list of an order: which cartons are on it, solid, by ratio, or none at all."""

from __future__ import annotations

from decimal import Decimal

import pytest
from msgspec.structs import replace

from domain.facts import HandlingUnit, RecordedLine
from domain.field import Input
from domain.packing_list import cartons_of, differs, is_listed
from domain.place import PlaceId
from domain.plan import Plan, PlanLine
from tests.desk import Desk
from tests.fillings.cc import FILLING, SALES_ORDER
from tests.stock import pieces, shirts
from tests.world import LEADER, NOW, SHIRT_L, SHIRT_M, World, codes_of, place_code, unit_code

STORE = "FG-B-02"
SOLID = replace(SALES_ORDER, lines=(PlanLine(line=1, item=SHIRT_M.id, quantity=pieces(48), packs=2),))
LOOSE = replace(SALES_ORDER, lines=(PlanLine(line=1, item=SHIRT_M.id, quantity=pieces(48)),))


def carton(medium: int, large: int) -> HandlingUnit:
    contents = tuple(shirts(STORE, medium, large, carton="CT9"))
    return HandlingUnit(serial="CT9", place=PlaceId(STORE), contents=contents)


def lines(*cartons: tuple[str, int, int]) -> list[RecordedLine]:
    held = [one for serial, medium, large in cartons for one in shirts(STORE, medium, large, carton=serial)]
    return [
        RecordedLine(
            document="CC1",
            document_type="CC",
            line=number,
            event_id="",
            values={
                "item": one.goods.item,
                "handling_unit": one.goods.handling_unit,
                "quantity": one.quantity,
            },
            event_time=NOW,
            operator="1001",
        )
        for number, one in enumerate(held, 1)
    ]


def test_lines_of_one_pack_make_one_kind_of_carton():
    [(contents, count)] = cartons_of(SALES_ORDER).items()
    assert count == 2
    assert contents == {(SHIRT_M.id, "C62", Decimal(8)), (SHIRT_L.id, "C62", Decimal(4))}


@pytest.mark.parametrize(
    ("plan", "medium", "large", "expected"),
    [
        (SALES_ORDER, 8, 4, True),
        (SALES_ORDER, 4, 8, False),
        (SALES_ORDER, 8, 0, False),
        (SOLID, 24, 0, True),
        (SOLID, 12, 0, False),
        (LOOSE, 12, 7, True),
    ],
)
def test_a_carton_is_listed_if_it_holds_exactly_what_one_of_the_list_does(
    plan: Plan, medium: int, large: int, expected: bool
):
    assert is_listed(carton(medium, large), plan) is expected


@pytest.mark.parametrize(
    ("cartons", "expected"),
    [
        ((("CT1", 8, 4), ("CT2", 8, 4)), False),
        ((("CT1", 8, 4),), False),
        ((("CT1", 8, 4), ("CT2", 8, 4), ("CT3", 8, 4)), True),
        ((("CT1", 16, 8),), True),
        ((("CT1", 8, 4), ("", 8, 4)), True),
    ],
)
def test_more_cartons_other_cartons_and_loose_goods_differ_from_the_list_fewer_do_not(
    cartons: tuple[tuple[str, int, int], ...], expected: bool
):
    assert differs(lines(*cartons), SALES_ORDER) is expected


def test_where_no_cartons_are_listed_nothing_differs():
    assert not differs(lines(("CT1", 16, 8)), LOOSE)


def shipping(*held: object) -> Desk:
    desk = Desk("CC", World(balances=held, plans=[SALES_ORDER]), LEADER)  # pyright: ignore[reportArgumentType]
    for given in FILLING.header:
        desk.gives(given)
    return desk


def test_seconds_are_not_shipped_for_an_order_of_first_quality():
    desk = shipping(*shirts("FS-01", 8, 4, carton="CT5", grade="second"))
    assert desk.tries(unit_code("CT5")) == ("seconds_not_ordered",)


def test_goods_are_not_shipped_from_the_store_of_returned_goods():
    desk = shipping(*shirts("RT-01", 8, 4, carton="CT6"))
    assert desk.tries(unit_code("CT6")) == ("other_store",)


def test_refurbishing_takes_one_kind_of_goods_and_makes_no_other_item():
    desk = Desk("CZ", World(balances=shirts("RT-01", 5, 5)))
    for field, text in (("defect", "stain"), ("operation", "packing"), ("work", "washed")):
        desk.enters(field, text)
    desk.enters("side", "input")
    desk.scans("(240)TS-2611-NV-M(30)5", place_code("RT-01"))
    desk.enters("side", "output")
    desk.scans("(240)TS-2611-NV-L(30)5", place_code(STORE))
    assert codes_of(desk.completes()) == ("other_item_out",)
    desk.gives(Input(text="input", field="side"))
    desk.scans("(240)TS-2611-NV-L(30)5", place_code("RT-01"))
    assert codes_of(desk.completes()) == ("one_input_only",)
