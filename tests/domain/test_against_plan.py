"""Documents against their plans: which goods a line asks for, what is said above and below it, and what is left."""

from __future__ import annotations

from decimal import Decimal

import pytest
from msgspec.structs import replace

from domain.against_plan import goes_above_plan, is_above_plan, is_below_plan
from domain.document import AbovePlan, Accepted, BelowPlan, NeedsConfirmation, Posted
from domain.events.documents import PlanLeft
from domain.field import Form, Input
from domain.override import TypeOverride
from domain.place import PlaceId
from domain.plan import Plan, PlanLine, PlanRef
from domain.quantity import Quantity
from domain.stock import Balance, Goods
from tests.desk import Desk
from tests.world import (
    BUTTON,
    COTTON,
    LEADER,
    ORDER,
    YARN,
    World,
    codes_of,
    order_code,
    place_code,
    unit_code,
)

YARN_OF_A_LOT = "(240)Y-3201(10){lot}(3100)0000{kilos}"
OF_ONE_LOT = replace(
    ORDER, lines=(PlanLine(line=1, item=YARN.id, lot="L7", quantity=Quantity(Decimal(50), "KGM")),)
)


def receipt(plan: Plan = OF_ONE_LOT, **given: object) -> Desk:
    world = World(plans=[plan])
    world.overrides["CS"] = TypeOverride(**given)  # pyright: ignore[reportArgumentType] (as the test names it)
    desk = Desk("CS", world, LEADER)
    desk.scans(order_code(plan), place_code("RM-A-01"))
    return desk


def test_a_plan_that_names_a_lot_takes_no_other():
    desk = receipt()
    assert desk.tries(YARN_OF_A_LOT.format(lot="L8", kilos=20)) == ("other_goods_on_order",)


def test_one_that_names_none_takes_any():
    plan = replace(ORDER, lines=(replace(OF_ONE_LOT.lines[0], lot=""),))
    desk = receipt(plan)
    desk.scans(YARN_OF_A_LOT.format(lot="L8", kilos=20), YARN_OF_A_LOT.format(lot="L9", kilos=20))
    assert len(desk.lines) == 2


@pytest.mark.parametrize("policy", [AbovePlan.ASK, AbovePlan.REASON])
def test_above_the_plan_is_asked_about_however_much_it_is(policy: AbovePlan):
    desk = receipt(above_plan=policy)
    given = Input(text=YARN_OF_A_LOT.format(lot="L7", kilos=99))
    decision = desk.gives(given)
    assert isinstance(decision, NeedsConfirmation)
    assert codes_of(decision) == ("over_ordered",)
    assert isinstance(desk.gives(given, "over_ordered"), Accepted)


@pytest.mark.parametrize(
    ("policy", "says"), [(BelowPlan.ASK, "below_plan"), (BelowPlan.REFUSE, "below_plan_refused")]
)
def test_less_than_planned_is_asked_about_or_refused_when_it_is_finished(policy: BelowPlan, says: str):
    desk = receipt(below_plan=policy)
    desk.scans(YARN_OF_A_LOT.format(lot="L7", kilos=20))
    decision = desk.completes()
    assert codes_of(decision) == (says,)
    desk.scans(YARN_OF_A_LOT.format(lot="L7", kilos=30))
    assert isinstance(desk.completes(), Accepted)


@pytest.mark.parametrize(
    ("kilos", "above", "below"), [(20, False, True), (50, False, False), (60, True, False)]
)
def test_what_an_approval_may_hang_on(kilos: int, above: bool, below: bool):
    desk = receipt(above_plan=AbovePlan.ASK)
    desk.gives(Input(text=YARN_OF_A_LOT.format(lot="L7", kilos=kilos)), "over_ordered")
    posted = Posted(document="", header={}, lines=(), plan=OF_ONE_LOT)
    assert is_above_plan(posted, desk.world) is above
    assert is_below_plan(posted, desk.world) is below


@pytest.mark.parametrize(("kilos", "expected"), [(50, False), (51, True)])
def test_a_reason_is_wanted_as_soon_as_the_line_in_hand_goes_above(kilos: int, expected: bool):
    values = {"item": YARN.id, "lot": "L7", "quantity": Quantity(Decimal(kilos), "KGM")}
    form = Form(clues=(), values=values, taken=frozenset(), facts=World(), operator="", plan=OF_ONE_LOT)
    assert goes_above_plan(form) is expected


def test_a_receipt_leaves_what_it_brought_where_it_lies():
    desk = receipt()
    desk.scans(YARN_OF_A_LOT.format(lot="L7", kilos=20), YARN_OF_A_LOT.format(lot="L7", kilos=30))
    desk.completes()
    [left] = [one for one in desk.events if isinstance(one, PlanLeft)]
    [line] = left.plan.lines
    assert (line.lot, line.quantity, line.place) == ("L7", Quantity(Decimal(50), "KGM"), "RM-A-01")
    assert (left.plan.kind, left.plan.number, left.plan.partner) == (
        "receipt",
        desk.document.number,
        "S-HENGLI",
    )


IN_METRES = replace(ORDER, lines=(PlanLine(line=1, item=COTTON.id, quantity=Quantity(Decimal(1000), "MTR")),))
ROLL_OF_COTTON = "(240)F-2041(10)L7(3100)0000{kilos}(3110)000{metres}"


def test_fabric_ordered_in_metres_is_received_by_its_metres_and_kept_in_kilograms():
    desk = receipt(IN_METRES, over_plan_percent=0)
    desk.scans(ROLL_OF_COTTON.format(kilos=25, metres=600))
    [line] = desk.lines
    ref = PlanRef(number=ORDER.number, line=1)
    assert line.plan == ref
    assert desk.world.plan_done(ref, "MTR") == Quantity(Decimal(600), "MTR")
    assert {one.quantity.unit for one in desk.movements} == {"KGM"}
    assert desk.tries(ROLL_OF_COTTON.format(kilos=25, metres=401)) == ("over_ceiling",)


def test_fabric_ordered_in_metres_may_hang_on_an_approval_or_a_reason_by_its_metres():
    values = {
        "item": COTTON.id,
        "quantity": Quantity(Decimal(5), "KGM"),
        "second_quantity": Quantity(Decimal(1001), "MTR"),
    }
    form = Form(clues=(), values=values, taken=frozenset(), facts=World(), operator="", plan=IN_METRES)
    assert goes_above_plan(form)


def test_an_order_in_a_unit_that_goods_are_never_counted_in_is_refused():
    plan = replace(IN_METRES, lines=(replace(IN_METRES.lines[0], quantity=Quantity(Decimal(9), "XRO")),))
    desk = receipt(plan)
    assert desk.tries(ROLL_OF_COTTON.format(kilos=25, metres=600)) == ("order_in_other_unit",)


# --- cartons, grades, owners ---------------------------------------------------------------------------------

RACK = PlaceId("RM-A-01")
CARTON = "C0007"


def inside(item: str, quantity: Quantity, **more: str) -> Balance:
    goods = Goods(item=item, handling_unit=CARTON, **more)  # pyright: ignore[reportArgumentType]
    return Balance(place=RACK, goods=goods, quantity=quantity)


MIXED = (
    inside(BUTTON.id, Quantity(Decimal(144), "C62")),
    inside(YARN.id, Quantity(Decimal(3), "KGM"), lot="L7"),
)


def test_a_carton_with_several_goods_moves_whole_in_two_scans():
    desk = Desk("YW", World(balances=MIXED))
    desk.scans(unit_code(CARTON), place_code("RM-A-02"))
    assert [line.values["item"] for line in desk.lines] == [BUTTON.id, YARN.id]
    assert {(one.goods.item, one.target) for one in desk.movements} == {
        (BUTTON.id, "RM-A-02"),
        (YARN.id, "RM-A-02"),
    }
    assert isinstance(desk.undoes(), Accepted)
    assert set(desk.world.stock.balances()) == set(MIXED)


def test_one_of_the_goods_in_a_carton_moves_alone_and_what_is_not_in_it_is_refused():
    desk = Desk("YW", World(balances=MIXED), LEADER)
    desk.scans(unit_code(CARTON))
    assert desk.tries("(240)F-2041") == ("not_in_unit",)
    desk.scans("(240)T-0107", place_code("RM-A-02"))
    [moved] = desk.movements
    assert (moved.goods.item, moved.quantity) == (BUTTON.id, Quantity(Decimal(144), "C62"))


def test_seconds_stay_seconds_and_a_customers_goods_stay_his():
    of_customer = inside(BUTTON.id, Quantity(Decimal(144), "C62"), grade="second", owner="C-NORDIC")
    desk = Desk("YW", World(balances=(of_customer,)), LEADER)
    desk.scans(unit_code(CARTON), place_code("RM-A-02"))
    [moved] = desk.movements
    assert moved.goods == of_customer.goods
    desk = Desk("YW", World(balances=(of_customer,)), LEADER)
    desk.scans(unit_code(CARTON))
    assert codes_of(desk.gives(Input(text="first", field="grade"))) == ("two_grades",)
    assert codes_of(desk.gives(Input(text="own", field="owner"))) == ("two_owners",)
    assert codes_of(desk.gives(Input(text="NOBODY", field="owner"))) == ("unknown_owner",)


def test_what_lies_in_receiving_is_not_sent_away_before_it_is_accepted():
    waiting = replace(MIXED[0], place=PlaceId("RM-RCV"))
    desk = Desk("YC", World(balances=(waiting,)), LEADER)
    desk.scans(place_code("FG-B-01"))
    assert desk.tries(unit_code(CARTON)) == ("not_accepted",)


def test_one_scan_of_a_carton_with_several_goods_counts_each_towards_what_was_sent():
    road = PlaceId("TRANSIT")
    sent = tuple(
        PlanLine(
            line=number,
            item=one.goods.item,
            lot=one.goods.lot,
            handling_unit=CARTON,
            quantity=one.quantity,
            place=road,
        )
        for number, one in enumerate(MIXED, 1)
    )
    plan = Plan(kind="transfer", number="YC20261122-B1-0002", partner=RACK, lines=sent)
    there = tuple(replace(one, place=road) for one in MIXED)
    desk = Desk("YCI", World(balances=there, plans=[plan]))
    desk.scans(order_code(plan), unit_code(CARTON), place_code("RM-A-02"))
    assert [line.plan.line for line in desk.lines if line.plan] == [1, 2]
    assert isinstance(desk.undoes(), Accepted)
    assert set(desk.world.stock.balances()) == set(there)
    desk.scans(unit_code(CARTON))
    assert isinstance(desk.completes(), Accepted)
    assert not desk.world.balances(road)
