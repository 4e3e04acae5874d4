"""What a factory turns round in its documents, told by what the kiosk then does."""

from __future__ import annotations

from decimal import Decimal

import pytest

from domain.document import Accepted, NeedsConfirmation, document_types, is_always_approved
from domain.field import Input
from domain.override import FieldOverride, TypeOverride, in_force, mistakes
from domain.place import PlaceId, PlaceRole
from domain.settings import SettingsError, parse_settings
from tests.desk import Desk
from tests.filling import fillings
from tests.world import LEADER, ORDER, World, codes_of, order_code, place_code


def desk(code: str, **given: object) -> Desk:
    filling = fillings()[code]
    world = World(balances=filling.balances, plans=filling.plans)
    world.overrides[code] = TypeOverride(**given)  # pyright: ignore[reportArgumentType] (as the test names it)
    return Desk(code, world, LEADER)


def test_without_an_override_everything_is_as_declared():
    assert in_force({}) == document_types()


def test_a_type_turned_round_moves_goods_the_other_way_and_asks_about_where_they_come_from():
    turned = desk("YW", turned=True)
    turned.scans(place_code("RM-A-02"), "(240)Y-3201", "(10)L7", "(3100)000030", place_code("RM-A-01"))
    [moved] = turned.movements
    assert (moved.source, moved.target) == ("RM-A-01", "RM-A-02")
    turned.scans(place_code("RM-A-02"), "(240)Y-3201", "(10)L7", "(3100)000099")
    decision = turned.gives(Input(text=place_code("RM-A-01")))
    assert codes_of(decision) == ("more_than_on_hand",)


def test_turned_round_and_taken_back_leaves_the_stock_as_it_was():
    turned = desk("YW", turned=True)
    before = set(turned.world.stock.balances())
    turned.scans(place_code("RM-A-02"), "(240)Y-3201", "(10)L7", "(3100)000030", place_code("RM-A-01"))
    assert isinstance(turned.completes(), Accepted)
    assert isinstance(turned.takes_back(LEADER), Accepted)
    assert set(turned.world.stock.balances()) == before


def test_a_ceiling_of_the_factorys_own():
    strict = desk("CS", over_plan_percent=0)
    strict.scans(order_code(ORDER), place_code("RM-A-01"))
    for _ in range(10):
        strict.scans("14006381333938")
    assert strict.tries("04006381333931") == ("over_ceiling",)
    generous = desk("CS", over_plan_percent=50)
    generous.scans(order_code(ORDER), place_code("RM-A-01"))
    for _ in range(10):
        generous.scans("14006381333938")
    assert isinstance(generous.gives(Input(text="14006381333938")), NeedsConfirmation)


def test_an_approval_where_none_was_declared_and_none_where_one_was():
    assert in_force({"YW": TypeOverride(approval="always")})["YW"].approval is is_always_approved
    count = desk("PD", approval="never")
    count.scans(place_code("RM-A-01"), "(240)Y-3201", "(10)L7", "(3100)000049")
    assert isinstance(count.completes("recount_advised"), Accepted)
    assert count.document.status == "closed"
    assert sum(one.quantity.value for one in count.movements) > Decimal(0)


def test_reasons_places_prefix_and_fields_that_must_be_filled():
    given = TypeOverride(
        prefix="RK",
        labels=False,
        fields={
            "reason": FieldOverride(choices=("torn", "wet")),
            "delivery_note": FieldOverride(required=True),
            "place": FieldOverride(roles=(PlaceRole.STORAGE,)),
        },
    )
    kind = in_force({"CS": given})["CS"]
    fields = {one.name: one for one in (*kind.header, *kind.line)}
    assert (kind.prefix, kind.labels) == ("RK", None)
    assert [*fields["reason"].choices] == ["torn", "wet"]
    assert fields["place"].roles == {PlaceRole.STORAGE}
    receipt = desk("CS", fields=given.fields)
    receipt.scans(order_code(ORDER))
    assert receipt.document.status == "draft", "the delivery note has to be there first"
    receipt.enters("delivery_note", "88")
    assert receipt.document.status == "open"


@pytest.mark.parametrize(
    ("code", "given", "says"),
    [
        ("YCJ", {}, "there is no document type YCJ; did you mean 'YC.toml'?"),
        (
            "CS",
            {"reson": FieldOverride()},
            "fields.reson: CS has no such field; did you mean 'fields.reason'?",
        ),
        ("CS", {"item": FieldOverride(required=False)}, "nothing could move without this field"),
        ("CS", {"delivery_note": FieldOverride(roles=(PlaceRole.SCRAP,))}, "this field is no place"),
        ("CS", {"reason": FieldOverride(choices=("wett",))}, "did you mean 'wet'?"),
    ],
)
def test_what_a_type_does_not_have_is_named_with_what_was_meant(
    code: str, given: dict[str, FieldOverride], says: str
):
    [problem] = mistakes(code, TypeOverride(fields=given))
    assert says in str(problem)


def test_a_key_nobody_knows_is_named_with_what_was_meant():
    with pytest.raises(SettingsError, match="aproval: this key is not known; did you mean 'approval'"):
        parse_settings('aproval = "never"', TypeOverride, source="CS.toml")


def test_places_of_the_station_are_where_they_were():
    assert PlaceId("TRANSIT") == World().station().account(PlaceRole.IN_TRANSIT)
