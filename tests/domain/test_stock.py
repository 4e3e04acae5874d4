"""Goods only move: whatever moves, the world sums to zero, and every way back is exact."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from domain.place import PlaceId
from domain.quantity import Quantity
from domain.stock import Balance, Goods, Movement, Stock, postings
from tests.samples import ARRIVED, PUT_AWAY, ROLL, ROLL_KG
from tests.strategies import movements

many = st.lists(movements(), max_size=25)


def stock_of(moved: list[Movement]) -> Stock:
    stock = Stock()
    for movement in moved:
        stock.apply(movement)
    return stock


def held(stock: Stock) -> set[Balance]:
    return set(stock.balances())


def sums(stock: Stock) -> dict[tuple[str, str], Decimal]:
    """What each item adds up to over all places, in each of its units."""
    totals: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for balance in stock.balances():
        for quantity in filter(None, (balance.quantity, balance.second)):
            totals[balance.goods.item, quantity.unit] += quantity.value
    return totals


@given(movements())
def test_both_sides_of_a_movement_sum_to_zero(movement: Movement):
    gave, gained = postings(movement)
    assert (gave.place, gained.place) == (movement.source, movement.target)
    assert gave.value + gained.value == 0
    assert gave.second + gained.second == 0
    assert gained.value == movement.quantity.value
    assert (gave.goods, gave.unit, gave.second_unit) == (gained.goods, gained.unit, gained.second_unit)


@given(many)
def test_the_world_sums_to_zero_per_item_and_unit_whatever_moves(moved: list[Movement]):
    assert not any(sums(stock_of(moved)).values())


@given(many)
def test_taking_everything_back_leaves_nothing(moved: list[Movement]):
    assert held(stock_of([*moved, *(one.inverse() for one in reversed(moved))])) == set()


@given(many, movements())
def test_a_movement_and_its_inverse_leave_the_world_as_it_was(moved: list[Movement], one: Movement):
    assert held(stock_of([*moved, one, one.inverse()])) == held(stock_of(moved))
    assert one.inverse().inverse() == one


@given(st.data(), many)
def test_the_order_of_arrival_does_not_matter(data: st.DataObject, moved: list[Movement]):
    shuffled = data.draw(st.permutations(moved))
    assert held(stock_of(shuffled)) == held(stock_of(moved))


@given(many, st.integers(0, 25))
def test_going_on_from_known_balances_is_the_same_as_folding_everything(moved: list[Movement], cut: int):
    onwards = Stock(stock_of(moved[:cut]).balances())
    for movement in moved[cut:]:
        onwards.apply(movement)
    assert held(onwards) == held(stock_of(moved))


def test_a_receipt_leaves_the_roll_in_its_bin_and_the_suppliers_account_below_zero():
    stock = stock_of([ARRIVED, PUT_AWAY])
    assert stock.on_hand(PlaceId("RM-A-01"), ROLL, "KGM") == ROLL_KG
    assert stock.on_hand(PlaceId("S-HENGLI"), ROLL, "KGM") == -ROLL_KG
    assert stock.on_hand(PlaceId("RM-RCV"), ROLL, "KGM").is_zero
    assert stock.on_hand(PlaceId("RM-A-01"), replace(ROLL, lot="D-119"), "KGM").is_zero
    assert stock.on_hand(PlaceId("RM-A-01"), ROLL, "MTR").is_zero


def test_lot_unit_grade_and_owner_each_make_goods_of_their_own():
    kinds = [ROLL, *(replace(ROLL, **{name: "other"}) for name in ("lot", "handling_unit", "grade", "owner"))]
    stock = stock_of([replace(ARRIVED, goods=one) for one in kinds])
    assert [stock.on_hand(PlaceId("RM-RCV"), one, "KGM") for one in kinds] == [ROLL_KG] * 5


@pytest.mark.parametrize("value", ["0", "-1"])
def test_nothing_and_less_than_nothing_cannot_move(value: str):
    with pytest.raises(ValueError, match="above zero"):
        replace(ARRIVED, quantity=Quantity(Decimal(value), "KGM"))


def test_the_second_quantity_never_goes_the_other_way():
    with pytest.raises(ValueError, match="same way"):
        replace(ARRIVED, second=Quantity(Decimal(-1), "MTR"))


def test_goods_cannot_move_to_where_they_are():
    with pytest.raises(ValueError, match="two places"):
        Movement(goods=Goods(item=ROLL.item), quantity=ROLL_KG, source=PlaceId("A"), target=PlaceId("A"))
