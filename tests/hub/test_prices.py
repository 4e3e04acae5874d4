"""Prices: nowhere to be found for who may not see them; on no page, in no answer, in no file, in no event."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace

from domain.item import Item, ItemClass, ItemId
from domain.names import Names
from domain.staff import OBJECT_ACTS
from hub.api.openapi import PREFIX
from hub.object import objects
from hub.reference import ReferenceData
from hub.rights import prices
from hub.rights.matrix import ADDRESSES, Who
from hub.rights.reader import NOBODY, Reader
from hub.rights.subjects import all_rights
from hub.spreadsheet import read_sheet
from hub.store.database import reading, writing
from hub.store.reference import Record, write_records
from hub.views.documents import DocumentRow, DocumentView, LineRow
from hub.views.events import EventRow, EventView
from tests.hub.morning import PLANT, Plant, person, running_hub
from tests.hub.test_matrix import PARTS
from tests.hub.test_office_pages import Office

PRICE, CHANGED = "7316.25", "8427.5"
CLERK, BUYER = "2101", "2102"
GOODS = Item(
    id=ItemId("FG-1"),
    number="FG-1",
    names=Names(zh="衬衫", en="Shirt"),
    unit="C62",
    specification="NAVY S",
    item_class=ItemClass.FINISHED_GOODS,
    grade="A",
    price=Decimal(PRICE),
)

ROW = EventRow(
    position=9,
    device="K1",
    epoch=1,
    sequence=9,
    event_id="e",
    type="LineRecorded",
    digest="d",
    disposition="booked",
)


@pytest.fixture(scope="module")
def plant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Plant]:
    """A hub with goods whose price was changed once, a clerk with every right but those for prices, and a buyer."""
    clerk = sorted(right for right in all_rights() if not right.endswith(".prices"))
    with running_hub(tmp_path_factory.mktemp("hub")) as plant:
        for body in (GOODS, replace(GOODS, price=Decimal(CHANGED))):
            with writing(plant.hub.engine) as connection:
                people = [
                    person(CLERK, "文员", "Clerk", *clerk),
                    person(BUYER, "采购", "Buyer", *sorted(all_rights())),
                ]
                goods = Record(kind="item", key="FG-1", body=body)
                write_records(connection, plant.hub.store, PLANT, [goods, *people])
        yield plant


PAGES = (
    "/office/{name}",
    "/office/{name}?search=8427.5&sort=price",
    "/office/{name}/new",
    "/office/{name}/record?key=FG-1",
    "/office/{name}/import",
    "/office/{name}/export?as=csv",
    PREFIX + "/objects/{name}",
    PREFIX + "/objects/{name}/FG-1",
    PREFIX + "/reference/item",
)
WITHOUT_PRICES = ("/office/{name}", "/office/{name}?search=8427.5&sort=price", "/office/{name}/import")
"""Pages that say no price to anybody: it is in no list, and the file to bring in is not chosen yet."""


GOODS_PARTS = {**PARTS, "named": "finished_goods", "object": "finished_goods", "key": "FG-1", "kind": "item"}


def text_of(data: bytes) -> str:
    """What an answer says; of a workbook its cells."""
    if data.startswith(b"PK"):
        return str([row.cells for row in read_sheet(data)])
    return data.decode(errors="replace")


def says_a_price(text: str) -> bool:
    return any(word in text for word in (PRICE, CHANGED, 'name="price"', '"price"', "售价", "Price"))


@pytest.mark.parametrize("path", PAGES)
def test_the_clerk_finds_no_price_where_the_buyer_finds_it(plant: Plant, path: str) -> None:
    address = path.format(name="finished_goods")
    address += "" if "?" in address or address.startswith(PREFIX) else "?lang=en"
    clerk, buyer = (Office(plant, one).client.get(address) for one in (CLERK, BUYER))
    assert clerk.status_code == buyer.status_code == 200
    shown = clerk.get_data(as_text=True)
    for own in ('value="8427.5"', "search=8427.5", "sort=price", 'value="price"'):  # what the clerk typed
        shown = shown.replace(own, "")
    assert not says_a_price(shown)
    if path not in WITHOUT_PRICES:
        assert says_a_price(buyer.get_data(as_text=True))


def test_nobody_finds_a_price_at_any_address(plant: Plant) -> None:
    """Every address that can be read, as the clerk and as nobody in particular: an open board shows no price."""
    for client in (Office(plant, CLERK).client, plant.app.test_client()):
        for address, need in ADDRESSES.items():
            if address[0] == "GET" and need.who is not Who.KIOSK and "openapi" not in address[1]:
                path = re.sub(r"<(?:path:)?(\w+)>", lambda part: GOODS_PARTS[part[1]], address[1])
                text = text_of(client.get(path).get_data())
                assert PRICE not in text, address
                assert CHANGED not in text, address


def test_a_workbook_has_no_column_of_prices_and_a_style_no_field(plant: Plant) -> None:
    headings: dict[str, Any] = {}
    for number in (CLERK, BUYER):
        data = Office(plant, number).client.get("/office/finished_goods/export?lang=en").get_data()
        headings[number] = read_sheet(data)[0].cells
    assert "Price" not in headings[CLERK]
    assert len(headings[BUYER]) == len(headings[CLERK]) + 1


def test_searching_by_a_price_finds_nothing_for_the_clerk(plant: Plant) -> None:
    for number, found in ((CLERK, False), (BUYER, True)):
        page = Office(plant, number).page("/finished_goods", search=CHANGED)
        assert ("key=FG-1" in page) == found


def test_what_the_clerk_saves_leaves_the_price_as_it_is(plant: Plant) -> None:
    clerk = Office(plant, CLERK)
    texts = {"number": "FG-1", "name": "衬衫", "specification": "NAVY S", "grade": "A", "unit": "C62"}
    answer = clerk.sends("/finished_goods", act="save", key="FG-1", **texts, remark="新", price="1")
    assert answer.status_code == 303, answer.get_data(as_text=True)
    with reading(plant.hub.engine) as connection:
        kept = ReferenceData(connection, PLANT).item_by_number("FG-1")
    assert kept is not None
    assert kept.price == Decimal(CHANGED)
    assert kept.remark == "新"


def test_every_object_with_a_price_has_its_right_and_loses_only_prices() -> None:
    priced = [one for one in objects().values() if any(field.is_price for field in one.columns)]
    assert priced
    assert "prices" in OBJECT_ACTS
    for declared in priced:
        seen = prices.object_seen(declared, NOBODY, PLANT)
        left = {one.name for one in declared.columns} - {one.name for one in seen.columns}
        assert left == {one.name for one in declared.columns if one.is_price}


def test_a_documents_prices_are_absent_from_its_lines_and_events() -> None:
    values = {"item": "Y", "price": PRICE}
    row = DocumentRow(number="DB1", type="DB", status="open", device="K1", lines=1)
    view = DocumentView(document=row, header={}, lines=(LineRow(line=1, position=9, values=values),))
    event = EventView(
        plant=PLANT,
        event=ROW,
        body=f'{{"price":"{PRICE}"}}',
        body_bytes=9,
        envelope={"raw": {"text": PRICE}, "fact": {"document_type": "DB", "values": values}},
    )
    seeing = Reader(plant=PLANT, rights=frozenset({"DB.prices"}), token="t")
    assert prices.document_seen(view, seeing, PLANT) == view
    assert prices.event_seen(event, seeing, PLANT) == event
    elsewhere = Reader(plant="P9", rights=frozenset({"DB.prices"}), token="t")
    for asks in (NOBODY, elsewhere):
        seen = prices.document_seen(view, asks, PLANT)
        assert seen.lines[0].values == {"item": "Y"}
        withheld = prices.event_seen(event, asks, PLANT)
        assert withheld.is_withheld
        assert PRICE not in f"{withheld.body}{withheld.envelope}"


def test_an_event_without_prices_keeps_its_bytes() -> None:
    for fact in ({"document_type": "DB", "values": {"item": "Y"}}, {"document_type": "CS"}, "broken", None):
        event = EventView(plant=PLANT, event=ROW, body="{}", body_bytes=2, envelope={"fact": fact})
        assert prices.event_seen(event, NOBODY, PLANT) == event
    assert (
        prices.event_seen(EventView(plant=PLANT, event=ROW, body="?", body_bytes=1), NOBODY, PLANT).body
        == "?"
    )
