"""Labels are ordered at the office: filled in from master data, refused where unfit, and told to one kiosk."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from domain.item import Item, ItemClass, ItemCode, ItemId
from domain.label_order import LabelOrder
from domain.label_template import LabelTemplate
from domain.names import LANGUAGES, Names
from domain.place import PlaceId
from domain.plan import Plan, PlanLine
from domain.quantity import Quantity
from hub.label_source import label_sources
from hub.object import objects
from hub.reference import ReferenceData
from hub.slices import Slice
from hub.store.database import reading, writing
from hub.store.reference import Record, write_records
from labels.template import load_template, template_names
from tests.hub.morning import PLANT, Plant, running_hub
from tests.hub.test_office_pages import Office

SHIRT = Item(
    id=ItemId("TS-NVY-XL"),
    number="TS-NVY-XL",
    names=Names(zh="圆领短袖汗衫", en="Crew-neck T-shirt"),
    unit="C62",
    item_class=ItemClass.FINISHED_GOODS,
    style="TS-2611",
    colour="NVY",
    size="XL",
    grade="A",
    codes=(ItemCode(code="06901234567892"),),
)
SALE = Plan(
    kind="sales_order",
    number="SO-2026-0311",
    partner=PlaceId("C-NORD"),
    lines=(PlanLine(line=1, item=SHIRT.id, quantity=Quantity.of("480", "C62"), lot="DL26112207"),),
)


@pytest.fixture
def plant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Plant]:
    with running_hub(tmp_path_factory.mktemp("labels")) as plant:
        with writing(plant.hub.engine) as connection:
            records = [
                Record(kind="item", key=SHIRT.id, body=SHIRT),
                Record(kind="plan", key=SALE.number, body=SALE),
                Record(kind="station", key="K1", body=plant.kiosks["K1"].device.station),
            ]
            write_records(connection, plant.hub.store, PLANT, records)
        yield plant


@pytest.fixture
def office(plant: Plant) -> Office:
    return Office(plant)


def sent(office: Office, template: str, fields: dict[str, str], **more: str) -> Any:
    named = {f"of.{name}": text for name, text in fields.items()}
    return office.sends(
        "/label_orders/write", template=template, device="K1", **{"copies": "1", **more}, **named
    )


def orders(plant: Plant) -> list[LabelOrder]:
    with reading(plant.hub.engine) as connection:
        held = ReferenceData(connection, PLANT).records("label_order", LabelOrder)
        return [msgspec.convert(one, LabelOrder, from_attributes=True) for one in held.values()]


def shown(office: Office, **query: str) -> dict[str, str]:
    page = office.page("/label_orders/write", **query)
    return dict(re.findall(r'name="of\.([a-z0-9_]+)" value="([^"]*)"', page))


@pytest.mark.parametrize("name", label_sources())
def test_every_label_that_can_be_ordered_is_a_template_and_fills_only_its_fields(
    name: str, plant: Plant
) -> None:
    source = label_sources()[name]
    declared, template = objects()[source.object], load_template(name)
    with reading(plant.hub.engine) as connection:
        known = ReferenceData(connection, PLANT)
        record = next(
            one for one in known.records(declared.kind, declared.form).values() if declared.belongs(one)
        )
        filled = source.fill(record, known)
    assert filled
    assert set(filled) <= {one.name for one in template.fields}


def test_labels_of_the_floors_own_processes_cannot_be_ordered() -> None:
    assert {"bundle_ticket", "pay_slip", "roll", "carton"} <= set(template_names()) - set(label_sources())


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_is_whole_in_both_languages(office: Office, language: str) -> None:
    for name in label_sources():
        assert "⟦" not in office.page("/label_orders/write", template=name, lang=language)
    assert "there is no" in office.page("/label_orders/write", template="price_tag", about="NONE")
    office.page("/label_orders/write", 404, template="bundle_ticket")


def test_a_price_tag_is_filled_in_from_its_item_and_ordered(office: Office, plant: Plant) -> None:
    fields = shown(office, template="price_tag", about=SHIRT.number)
    assert (fields["ean"], fields["style"], fields["size"]) == ("6901234567892", "TS-2611", "XL")
    assert fields["grade"] == "一等品|First quality"
    assert fields["price"] == "", "what a shop asks is typed"
    answer = sent(office, "price_tag", {**fields, "price": "129.00"}, about=SHIRT.number, copies="200")
    assert answer.status_code == 303, re.findall(r"office-told bad[^<]*<", answer.text)
    [order] = orders(plant)
    assert (order.template, order.copies, order.about) == ("price_tag", 200, SHIRT.number)
    assert order.data["price"] == "129.00"
    assert "brand" not in order.data, "what is empty is not said"
    page = office.page("/label_orders/record", key=order.number)
    assert "Nobody has printed it yet" in page


def test_a_label_that_would_not_scan_is_refused_and_everything_typed_is_there_still(
    office: Office, plant: Plant
) -> None:
    fields = {"style": "TS-2611", "size": "XL", "ean": "6901234567893", "price": "129.00"}
    answer = sent(office, "price_tag", fields)
    assert answer.status_code == 422
    assert 'value="6901234567893"' in answer.text
    assert orders(plant) == []
    assert sent(office, "price_tag", {**fields, "ean": ""}).status_code == 422
    assert sent(office, "price_tag", {**fields, "ean": "6901234567892"}, copies="99999").status_code == 422
    assert orders(plant) == []


def test_the_preview_shows_what_is_typed_and_says_what_is_wrong(office: Office) -> None:
    filled = {"of.style": "TS-2611", "of.size": "XL", "of.ean": "6901234567892"}
    drawn = json.loads(office.sends("/label_orders/preview", template="price_tag", **filled).text)
    assert drawn["problem"] == ""
    assert drawn["png"]
    wrong = json.loads(
        office.sends("/label_orders/preview", template="price_tag", **filled | {"of.ean": "1"}).text
    )
    assert wrong["problem"]


def test_an_own_template_that_is_no_use_here_gives_way_to_the_shipped_one(
    office: Office, plant: Plant
) -> None:
    own = LabelTemplate(code="price_tag", text="elements = 7")
    with writing(plant.hub.engine) as connection:
        record = Record(kind="label_template", key="price_tag", body=own)
        write_records(connection, plant.hub.store, PLANT, [record])
    fields = shown(office, template="price_tag", about=SHIRT.number)
    assert fields["ean"] == "6901234567892"
    assert sent(office, "price_tag", fields).status_code == 303


def test_a_pallet_is_filled_in_from_its_sales_order(office: Office) -> None:
    fields = shown(office, template="pallet", about=SALE.number)
    assert (fields["order_number"], fields["lot"], fields["item_name_en"]) == (
        SALE.number,
        "DL26112207",
        SHIRT.names.en,
    )


def test_an_order_goes_to_the_kiosk_that_prints_it_and_to_no_other() -> None:
    order = LabelOrder(number="LB1", template="place", device="K1", data={"place": "A"})
    body = msgspec.json.encode(order).decode()
    here = Slice(warehouse="", plan_kinds=None, device="K1")
    assert here.has("label_order", body)
    assert not Slice(warehouse="", plan_kinds=None, device="K2").has("label_order", body)
    assert here.has("label_order", None)
