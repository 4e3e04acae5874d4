"""The document engine, told as what a storekeeper scans and what comes of it."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from domain.document import Accepted, NeedsConfirmation, Refused
from domain.events.documents import DocumentCompleted, DocumentOpened
from domain.events.labels import LabelRequested
from domain.field import Input
from domain.place import PlaceId
from domain.plan import PlanLine, PlanRef
from domain.quantity import Quantity
from tests.desk import Desk
from tests.stock import ROLL
from tests.world import (
    BUTTON,
    KEEPER,
    LEADER,
    NEWCOMER,
    ORDER,
    World,
    badge_code,
    codes_of,
    order_code,
    place_code,
    unit_code,
)

# --- receiving -------------------------------------------------------------------------------------------------------


def test_a_delivery_against_an_order_moves_goods_from_the_supplier_to_the_bin_and_asks_for_a_label():
    desk = Desk("CS", World())
    desk.scans(order_code(ORDER), "(240)F-2041(10)D-118(3101)000214(3110)000095", place_code("RM-A-01"))
    assert [(one.source, one.target) for one in desk.movements] == [
        ("S-HENGLI", "RM-RCV"),
        ("RM-RCV", "RM-A-01"),
    ]
    assert desk.lines[0].values["quantity"] == Quantity(Decimal("21.4"), "KGM")
    label = next(one for one in desk.events if isinstance(one, LabelRequested))
    assert label.data["lot"] == "D-118"
    assert label.data["measures"] == "(3101)000214(3110)000095"
    assert label.serial == "A10001"


def test_the_place_stays_in_force_and_the_next_roll_needs_one_scan():
    desk = Desk("CS", World())
    desk.scans(order_code(ORDER), place_code("RM-A-01"))
    desk.scans("(240)F-2041(10)D-118(3101)000214(3110)000095", "(240)F-2041(10)D-118(3101)000198(3110)000088")
    assert [line.values["place"] for line in desk.lines] == ["RM-A-01", "RM-A-01"]
    desk.scans(place_code("RM-A-02"), "(240)F-2041(10)D-119(3101)000201(3110)000090")
    assert desk.lines[-1].values["place"] == "RM-A-02"


def test_without_an_order_a_second_entitled_person_must_answer_for_it():
    desk = Desk("CS", World())
    assert desk.tries(badge_code(KEEPER)) == ("own_badge",)
    assert desk.tries(badge_code(NEWCOMER)) == ("no_right",)
    desk.scans(badge_code(LEADER), place_code("S-HENGLI"))
    assert desk.document.status == "open"
    assert desk.document.header == {"countersign": "1002", "partner": "S-HENGLI"}


def test_goods_scanned_into_quarantine_need_a_reason_and_do_not_leave_quarantine_in_force():
    desk = Desk("CS", World())
    desk.scans(order_code(ORDER), place_code("RM-A-01"), place_code("RM-Q"))
    desk.scans("(240)F-2041(10)D-118(3101)000214(3110)000095")
    assert desk.asks_for() == "reason"
    desk.enters("reason", "wet")
    assert desk.lines[0].values["place"] == "RM-Q"
    desk.scans("(240)F-2041(10)D-118(3101)000200(3110)000091")
    assert desk.lines[1].values["place"] == "RM-A-01"


@pytest.mark.fault("U7")
def test_more_than_ordered_is_asked_and_above_the_ceiling_is_refused():
    desk = Desk("CS", World())
    desk.scans(order_code(ORDER), place_code("RM-A-01"))
    for _ in range(10):
        desk.scans("14006381333938")
    assert desk.lines[-1].plan is not None
    assert desk.tries("14006381333938") == ("over_ceiling",)
    decision = desk.gives(Input(text="04006381333931"))
    assert isinstance(decision, NeedsConfirmation)
    assert codes_of(decision) == ("over_ordered",)
    assert isinstance(desk.gives(Input(text="04006381333931"), "over_ordered"), Accepted)
    assert desk.lines[-1].confirmed == ("over_ordered",)


def test_two_lines_of_an_order_for_one_item_count_together():
    def asks(line: int, pieces: int) -> PlanLine:
        return PlanLine(line=line, item=BUTTON.id, quantity=Quantity(Decimal(pieces), "C62"))

    plan = replace(ORDER, lines=(asks(1, 200), asks(2, 50), asks(3, 40)))
    desk = Desk("CS", World(plans=[plan]))
    desk.scans(order_code(ORDER), place_code("RM-A-01"))
    desk.scans(*["14006381333938"], *["04006381333931"] * 45)
    assert [line.plan.line for line in desk.lines if line.plan] == [1] * 46
    desk.enters("quantity", "20")
    desk.scans("04006381333931")
    assert desk.lines[-1].plan == PlanRef(number=ORDER.number, line=2)
    desk.enters("quantity", "75")
    desk.scans("04006381333931")
    assert desk.lines[-1].plan == PlanRef(number=ORDER.number, line=1)
    desk.enters("quantity", "7")
    decision = desk.gives(Input(text="04006381333931"))
    assert codes_of(decision) == ("over_ordered",), "200 + 50 + 40 are ordered, 291 would be here"


def test_an_item_that_was_not_ordered_is_refused_by_name():
    plan = type(ORDER)(kind=ORDER.kind, number=ORDER.number, partner=ORDER.partner, lines=ORDER.lines[:1])
    desk = Desk("CS", World(plans=[plan]))
    desk.scans(order_code(ORDER), place_code("RM-A-01"))
    assert desk.tries("04006381333931") == ("not_on_order",)


@pytest.mark.fault("S6", "S7")
def test_unknown_damaged_foreign_and_misplaced_codes_are_four_different_answers():
    desk = Desk("CS", World())
    desk.scans(order_code(ORDER))
    assert desk.tries("HELLO-42") == ("unknown_code",)
    damaged = "0" if place_code("RM-A-01")[-1] != "0" else "1"
    assert desk.tries(place_code("RM-A-01")[:-1] + damaged) == ("unreadable_code",)
    assert desk.tries("05012345678900") == ("unknown_item",)
    assert desk.tries("ZB" + "A" * 3) == ("unreadable_code",)
    assert desk.tries(place_code("LOST")) == ("place_not_fitting",)
    assert not desk.lines


def test_nothing_is_added_that_was_not_scanned():
    desk = Desk("CS", World())
    desk.scans(order_code(ORDER), place_code("RM-A-01"), "14006381333938")
    before = len(desk.lines)
    desk.scans(place_code("RM-A-02"))
    assert len(desk.lines) == before


@pytest.mark.fault("U6")
def test_undo_posts_the_exact_opposite_once():
    desk = Desk("CS", World())
    desk.scans(order_code(ORDER), place_code("RM-A-01"), "14006381333938")
    assert isinstance(desk.undoes(), Accepted)
    assert not list(desk.world.stock.balances())
    assert codes_of(desk.undoes()) == ("nothing_to_undo",)


@pytest.mark.fault("P5", "U3")
def test_a_roll_that_is_already_here_is_named_and_refused():
    desk = Desk("CS")
    desk.scans(order_code(ORDER))
    assert desk.tries(unit_code("R0001")) == ("already_received",)


# --- location move ---------------------------------------------------------------------------------------------------


def test_a_roll_moves_in_two_scans():
    desk = Desk("YW")
    desk.scans(unit_code("R0001"), place_code("RM-A-02"))
    (moved,) = desk.movements
    assert (moved.source, moved.target) == ("RM-A-01", "RM-A-02")
    assert moved.quantity == Quantity(Decimal("21.4"), "KGM")
    assert moved.second == Quantity(Decimal(95), "MTR")


def test_a_whole_place_moves_in_two_scans():
    desk = Desk("YW")
    desk.enters("scope", "all")
    desk.scans(place_code("RM-A-01"), place_code("RM-A-02"))
    assert len(desk.movements) == 3
    assert not desk.world.balances(PlaceId("RM-A-01"))


def test_a_move_to_another_warehouse_is_refused():
    desk = Desk("YW")
    desk.scans(unit_code("R0001"))
    assert desk.tries(place_code("FG-B-01")) == ("other_warehouse",)


@pytest.mark.fault("U4")
def test_moving_more_than_the_book_knows_is_asked():
    desk = Desk("YW")
    desk.scans(place_code("RM-A-02"), "14006381333938")
    assert codes_of(desk.gives(Input(text=place_code("RM-A-01")))) == ("more_than_on_hand",)


def test_the_same_thing_again_adds_its_pack():
    desk = Desk("YW")
    desk.scans(place_code("RM-A-01"), "14006381333938", "14006381333938", place_code("RM-A-02"))
    assert desk.lines[0].values["quantity"] == Quantity(Decimal(288), "C62")


def test_a_count_on_a_code_of_its_own_says_how_many_packs_there_are():
    desk = Desk("YW")
    desk.scans(place_code("RM-A-01"), "14006381333938", "(30)2", place_code("RM-A-02"))
    assert desk.lines[0].values["quantity"] == Quantity(Decimal(288), "C62")


def test_a_loose_count_over_different_packs_is_refused_not_averaged():
    desk = Desk("YW")
    desk.scans(place_code("RM-A-01"), "14006381333938", "04006381333931")
    assert desk.tries("(30)2") == ("two_quantities",)


# --- stocktake -------------------------------------------------------------------------------------------------------


def test_a_count_posts_only_the_ticked_differences_and_only_when_another_person_approves():
    desk = Desk("PD")
    desk.scans(place_code("RM-A-01"), "14006381333938", unit_code("R0001"))
    assert desk.movements == []
    assert codes_of(desk.completes()) == ("recount_advised",)
    decision = desk.completes("recount_advised")
    assert isinstance(decision, Accepted)
    completed = decision.events[0].event
    assert isinstance(completed, DocumentCompleted)
    proposed = completed.proposed
    assert [(one.source, one.quantity.value) for one in proposed] == [
        ("RM-A-01", Decimal(144)),
        ("RM-A-01", Decimal(50)),
    ]
    assert codes_of(desk.approves(KEEPER, proposed, {0})) == ("no_right",)
    assert isinstance(desk.approves(LEADER, proposed, {0}), Accepted)
    assert desk.movements == [proposed[0]]


@pytest.mark.fault("P5")
def test_a_roll_is_counted_once():
    desk = Desk("PD")
    desk.scans(place_code("RM-A-01"), unit_code("R0001"))
    assert desk.tries(unit_code("R0001")) == ("already_counted",)


def test_a_roll_counted_lighter_stays_one_roll_in_one_balance():
    desk = Desk("PD")
    desk.scans(place_code("RM-A-01"))
    desk.enters("quantity", "20.4")
    desk.scans(unit_code("R0001"))
    desk.completes("recount_advised")
    moves = [one for event in desk.events for one in getattr(event, "proposed", ())]
    proposed = next(one for one in moves if one.goods == ROLL)
    assert (proposed.quantity, proposed.second) == (Quantity(Decimal(1), "KGM"), Quantity(Decimal(0), "MTR"))
    desk.approves(LEADER, (proposed,), {0})
    [held] = desk.world.balances(PlaceId("RM-A-01"), ROLL)
    assert (held.quantity.value, held.second) == (Decimal("20.4"), Quantity(Decimal(95), "MTR"))


def test_the_book_is_frozen_when_the_count_opens():
    desk = Desk("PD")
    desk.scans(place_code("RM-A-01"))
    opened = next(one for one in desk.events if isinstance(one, DocumentOpened))
    assert len(opened.book) == 3


@given(text=st.text(max_size=300))
@pytest.mark.fault("S8")
def test_no_text_makes_the_engine_raise_and_a_refusal_changes_nothing(text):
    desk = Desk("CS", World())
    desk.scans(order_code(ORDER))
    before = desk.document
    decision = desk.gives(Input(text=text))
    if isinstance(decision, Refused):
        assert desk.document == before
        assert not desk.lines
