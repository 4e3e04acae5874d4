"""An order's quantities by colour and size: the pieces of a style entered on one page, each a line of the order."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from domain.item import ItemId
from domain.place import PlaceId
from domain.plan import Plan, PlanLine
from domain.quantity import Quantity
from hub.plan_register import plans_named
from hub.reference import ReferenceData
from hub.store.database import reading, writing
from hub.store.reference import Record, write_records
from tests.hub.furniture import furnish, order_and_send
from tests.hub.morning import PLANT, Plant, person, running_hub
from tests.hub.test_office_pages import Office

ORDER = "SO-26-0400"
GRID = "/sales_orders/matrix"


@pytest.fixture
def plant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Plant]:
    with running_hub(tmp_path_factory.mktemp("office")) as plant:
        furnish(plant)
        order_and_send(plant)
        looks = person("2001", "只看", "Looks only", "sales_orders.see")
        with writing(plant.hub.engine) as connection:
            write_records(connection, plant.hub.store, PLANT, [looks])
        yield plant


@pytest.fixture
def office(plant: Plant) -> Office:
    office = Office(plant)
    for colour, size in (("NAVY", "S"), ("RED", "XL")):
        answer = office.registers(
            "finished_goods",
            number=f"P2601-{colour}-{size}",
            name=f"女式 POLO 衫 {colour} {size}",
            unit="C62",
            style="P2601",
            colour=colour,
            size=size,
            specification=f"{colour} {size}",
            grade="A",
        )
        assert answer.status_code == 303, answer.text
    answer = office.registers(
        "sales_orders",
        number=ORDER,
        customer="C-NORDIC",
        **{"line.0.item": "T-BTN-18", "line.0.quantity": "50"},
    )
    assert answer.status_code == 303, answer.text
    return office


def lines(plant: Plant) -> dict[str, str]:
    """What the order asks for, by item number and line."""
    with reading(plant.hub.engine) as connection:
        known = ReferenceData(connection, PLANT)
        plan = plans_named(connection, PLANT, [ORDER])[ORDER]
        items = {one.item: known.item(one.item) for one in plan.lines}
    return {
        f"{one.line} {item.number if (item := items[one.item]) else one.item}": one.quantity.value.to_eng_string()
        for one in plan.lines
    }


def grid(office: Office) -> tuple[dict[str, str], str]:
    """The fields of the grid by what they are of, and the revision the page shows."""
    html = office.page(GRID, key=ORDER, style="P2601")
    found = re.findall(r'<input name="(amount\.[\d.]+)"[^>]*aria-label="([^"]+)"', html)
    seen = re.search(r'name="seen" value="(\d+)"', html)
    assert seen
    return {of: name for name, of in found}, seen[1]


def test_amounts_by_colour_and_size_become_lines_are_changed_and_taken_away(
    plant: Plant, office: Office
) -> None:
    assert f"/office{GRID}?" in office.page("/sales_orders/record", key=ORDER)
    fields, seen = grid(office)
    assert set(fields) == {"NAVY S", "NAVY M", "NAVY L", "RED XL"}, "only what is registered can be ordered"
    asked = {"key": ORDER, "style": "P2601"}
    first = {fields["NAVY S"]: "120", fields["NAVY M"]: "180", fields["RED XL"]: ""}
    answer = office.sends(GRID, None, **asked, seen=seen, **first)
    assert answer.status_code == 303, answer.text
    assert lines(plant) == {"1 T-BTN-18": "50", "2 P2601-NAVY-S": "120", "3 P2601-NAVY-M": "180"}
    assert 'value="180"' in office.page(GRID, **asked)
    _, seen = grid(office)
    second = {fields["NAVY S"]: "", fields["NAVY M"]: "200", fields["RED XL"]: "24"}
    assert office.sends(GRID, None, **asked, seen=seen, **second).status_code == 303
    assert lines(plant) == {"1 T-BTN-18": "50", "3 P2601-NAVY-M": "200", "4 P2601-RED-XL": "24"}


def test_what_is_wrong_is_said_and_nothing_of_the_order_changes(plant: Plant, office: Office) -> None:
    fields, seen = grid(office)
    before = lines(plant)
    asked = {"key": ORDER, "style": "P2601"}
    answer = office.sends(
        GRID, None, **asked, seen=seen, **{fields["NAVY S"]: "120", fields["NAVY M"]: "lots"}
    )
    assert answer.status_code == 422
    assert "lots" in answer.text
    assert 'value="120"' in answer.text, "what was typed is still there"
    assert office.sends(GRID, None, **asked, seen="1", **{fields["NAVY S"]: "120"}).status_code == 422
    assert lines(plant) == before


def test_a_line_with_cartons_is_shown_and_left_alone(plant: Plant, office: Office) -> None:
    with reading(plant.hub.engine) as connection:
        item = ReferenceData(connection, PLANT).item_by_number("P2601-NAVY-M")
    assert item
    packed = PlanLine(line=1, item=ItemId(item.id), quantity=Quantity.of("48", "C62"), packs=4)
    plan = Plan(kind="sales_order", number=ORDER, partner=PlaceId("C-NORDIC"), lines=(packed,))
    with writing(plant.hub.engine) as connection:
        write_records(connection, plant.hub.store, PLANT, [Record(kind="plan", key=ORDER, body=plan)])
    fields, seen = grid(office)
    assert "NAVY M" not in fields
    assert (
        office.sends(GRID, None, key=ORDER, style="P2601", seen=seen, **{fields["NAVY S"]: "12"}).status_code
        == 303
    )
    assert lines(plant) == {"1 P2601-NAVY-M": "48", "2 P2601-NAVY-S": "12"}


def test_only_who_may_modify_orders_sends_the_page(plant: Plant, office: Office) -> None:
    looking = Office(plant, "2001")
    assert "office-save" not in looking.page(GRID, key=ORDER, style="P2601")
    assert looking.sends(GRID, None, key=ORDER, style="P2601").status_code == 403


def test_what_is_not_there_is_said_kindly(office: Office) -> None:
    office.page(GRID, 404, key="SO-NONE")
    office.page("/colours/matrix", 404, key="NAVY")
    assert "amount." not in office.page(GRID, key=ORDER, style="NONE")
