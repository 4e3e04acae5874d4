"""The laws that hold for every type of document there is, whatever it is filled with."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from itertools import islice, permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from domain.document import Accepted, document_types
from domain.field import Input
from domain.stock import Balance
from tests.desk import Desk
from tests.filling import fillings
from tests.world import KEEPER, LEADER, NOW, World, codes_of

ORDERS_MAX = 120
CHIEF = replace(LEADER, number="1009", badge="")
CODES = sorted(fillings())


def test_every_declared_type_is_filled_in_these_laws():
    assert fillings().keys() == document_types().keys()


def begun(code: str) -> Desk:
    filling = fillings()[code]
    return Desk(code, World(balances=filling.balances, plans=filling.plans), LEADER)


def fill(desk: Desk, inputs: Sequence[Input]) -> None:
    for one in inputs:
        decision = desk.gives(one)
        assert isinstance(decision, Accepted), (one, decision)


def filled(code: str, *parts: Sequence[Input]):
    """Return what comes of a document whose parts were given like this: its lines, and what it moves or would move."""
    desk = begun(code)
    for part in (*parts, *fillings()[code].lines[1:]):
        fill(desk, part)
    desk.completes(*fillings()[code].confirms)
    return [line.values for line in desk.lines], desk.movements, desk.proposed


def places(inputs: Sequence[Input]) -> list[Input]:
    return [one for one in inputs if one.text.startswith("ZP")]


@pytest.mark.parametrize("code", CODES)
@pytest.mark.fault("U1")
def test_any_order_of_scanning_a_lines_fields_gives_the_same_movements(code: str):
    header, line = fillings()[code].header, fillings()[code].lines[0]
    expected = filled(code, header, line)
    assert len(expected[0]) >= len(fillings()[code].lines)  # a ratio carton is a line for each kind of goods
    shuffled = list(islice(permutations(line), 5000))
    random.Random(code).shuffle(shuffled)
    for order in shuffled[:ORDERS_MAX]:
        if places(order) == places(line):
            assert filled(code, header, order) == expected


@given(data=st.data(), code=st.sampled_from([code for code in CODES if fillings()[code].is_mixed_too]))
@pytest.mark.fault("U1")
def test_header_and_line_may_be_mixed_too(data: st.DataObject, code: str):
    header, line = fillings()[code].header, fillings()[code].lines[0]
    order = data.draw(st.permutations([*header, *line]))
    if places(order) == places([*header, *line]):
        assert filled(code, order) == filled(code, header, line)


def in_effect(code: str) -> Desk:
    desk = begun(code)
    for part in (fillings()[code].header, *fillings()[code].lines):
        fill(desk, part)
    decision = desk.completes(*fillings()[code].confirms)
    if desk.document.status == "submitted":
        decision = desk.approves(CHIEF, desk.proposed, range(len(desk.proposed)))
    assert isinstance(decision, Accepted), decision
    return desk


@pytest.mark.parametrize("code", CODES)
def test_taking_a_document_back_leaves_the_stock_as_it_was_and_happens_once(code: str):
    desk = in_effect(code)
    assert codes_of(desk.takes_back(KEEPER)) == ("no_right",)
    assert isinstance(desk.takes_back(LEADER), Accepted)
    assert desk.document.status == "unapproved"
    before = World(balances=fillings()[code].balances)
    assert held_by(desk.world) == held_by(before)
    assert codes_of(desk.takes_back(LEADER)) == ("nothing_to_take_back",)


@pytest.mark.parametrize("code", CODES)
def test_what_stands_in_a_closed_month_is_not_taken_back(code: str):
    desk = in_effect(code)
    desk.world.locked = f"{NOW.astimezone():%Y-%m}"
    assert codes_of(desk.takes_back(LEADER)) == ("period_locked",)


@pytest.mark.parametrize("code", [code for code in CODES if document_types()[code].leaves])
def test_what_another_document_builds_on_is_not_taken_back(code: str):
    desk = in_effect(code)
    plan = desk.world.plan(document_types()[code].leaves, desk.document.number)
    assert plan is not None
    assert plan.lines
    desk.world.was_built_on(plan)
    assert codes_of(desk.takes_back(LEADER)) == ("built_upon",)


def held_by(world: World) -> set[Balance]:
    """Return what lies where, outside parties included."""
    return set(world.stock.balances())


@pytest.mark.parametrize("code", CODES)
def test_a_document_filled_can_be_finished_and_the_world_still_sums_to_zero(code: str):
    desk = begun(code)
    before = totals(desk)
    for part in (fillings()[code].header, *fillings()[code].lines):
        fill(desk, part)
    decision = desk.completes(*fillings()[code].confirms)
    assert isinstance(decision, Accepted), decision
    if desk.document.status == "submitted":
        assert desk.movements == []
        decision = desk.approves(CHIEF, desk.proposed, range(len(desk.proposed)))
        assert isinstance(decision, Accepted), decision
    assert desk.document.status == "closed"
    assert desk.movements
    assert totals(desk) == before


def totals(desk: Desk) -> dict[tuple[str, str], Decimal]:
    """Return how much of each item there is over all places, outside parties included."""
    found: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for one in desk.world.stock.balances():
        found[one.goods.item, one.quantity.unit] += one.quantity.value
    return {key: value for key, value in found.items() if value}


@pytest.mark.parametrize("code", CODES)
def test_a_station_without_an_account_the_type_needs_is_told_so_before_anything_is_taken(code: str):
    desk = begun(code)
    for role in document_types()[code].accounts:
        desk.world.station_lacks(role)
        decision = desk.gives(Input(text="anything"))
        assert [one.code for one in getattr(decision, "problems", ())] == ["no_account"]
