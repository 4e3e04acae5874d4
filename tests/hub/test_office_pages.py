"""The office's pages without a browser: who may send them, what they say, and that what is typed is only ever text."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl

import pytest
from flask.testing import FlaskClient

from domain.item import Item
from domain.names import LANGUAGES
from hub.object import GROUPS, objects
from hub.reference import ReferenceData
from hub.spreadsheet import read_sheet
from hub.store.database import reading, writing
from hub.store.reference import write_records
from tests.hub.morning import PLANT, Plant, person, play, running_hub, signed_on

BOSS, OTHER = "1050", "1012"
EVIL = '"><script>alert(1)</script>'
RAW = {
    "number": "Y-40S",
    "name": "精梳纱 40 支",
    "specification": "40S",
    "category": "YARN",
    "safety_stock": "800",
    "unit": "KGM",
}


@pytest.fixture
def plant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Plant]:
    with running_hub(tmp_path_factory.mktemp("office")) as plant:
        yield plant


class Office:
    """Somebody signed on at the office."""

    def __init__(self, plant: Plant, person: str = BOSS) -> None:
        self.client: FlaskClient = signed_on(plant, person)

    def page(self, path: str, status: int = 200, /, **query: str) -> str:
        path, _, given = path.partition("?")
        asked = {"lang": "en", **dict(parse_qsl(given)), **query}
        answer = self.client.get(f"/office{path}", query_string=asked)
        assert answer.status_code == status, answer.status
        return answer.get_data(as_text=True)

    def sends(self, path: str, headers: dict[str, str] | None = None, /, **form: Any) -> Any:
        token = re.search(r'name="token" value="([0-9a-f]{64})"', self.page(""))
        assert token
        filled = {"token": token[1], "plant": PLANT, "lang": "en", **form}
        return self.client.post(f"/office{path}", data=filled, headers=headers or {})

    def registers(self, named: str, /, **texts: str) -> Any:
        return self.sends(f"/{named}", act="save", **texts)


@pytest.fixture
def office(plant: Plant) -> Office:
    office = Office(plant)
    assert office.registers("categories", code="YARN", name="纱线", name_en="Yarn").status_code == 303
    return office


def test_every_object_stands_under_a_heading_and_has_a_list_and_a_form_in_both_languages(
    office: Office,
) -> None:
    for language in LANGUAGES:
        home = office.page("", lang=language)
        for name, declared in objects().items():
            assert declared.group in GROUPS
            assert f"/office/{name}?" in home
            for path in (f"/{name}", f"/{name}/new", f"/{name}/import"):
                assert "⟦" not in office.page(path, lang=language), (path, language)


def test_a_raw_material_is_registered_found_changed_disabled_and_deleted(office: Office) -> None:
    answer = office.registers("raw_materials", **RAW)
    assert answer.status_code == 303
    assert "Y-40S is registered." in office.page(answer.location.removeprefix("/office"))
    assert "Y-40S" in office.page("/raw_materials", search="40s 精梳")
    assert "Y-40S" not in office.page("/raw_materials", category="CLOTH")
    record = "/raw_materials/record"
    seen = re.search(r'name="seen" value="(\d+)"', office.page(record, key="Y-40S"))
    assert seen
    changed = {**RAW, "safety_stock": "900", "key": "Y-40S", "seen": seen[1]}
    assert office.sends("/raw_materials", act="save", **changed).status_code == 303
    html = office.page(record, key="Y-40S")
    assert "Safety stock: 800 → 900" in html
    assert "Zhao Min · office page" in html
    again = office.sends("/raw_materials", act="save", **changed)
    assert again.status_code == 422
    assert "was changed by somebody else" in again.get_data(as_text=True)
    assert office.sends("/raw_materials", act="disable", key="Y-40S").status_code == 303
    assert "Y-40S" not in office.page("/raw_materials")
    assert "Y-40S" in office.page("/raw_materials", disabled="1")
    assert office.sends("/raw_materials", act="delete", key="Y-40S").status_code == 303
    office.page(record, 404, key="Y-40S")


def test_what_is_wrong_stands_beside_its_field_and_nothing_typed_is_lost(office: Office) -> None:
    answer = office.registers(
        "raw_materials", **{**RAW, "safety_stock": "viel", "category": "NONE", "name": ""}
    )
    html = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "3 things to correct" in html
    assert "is not registered (Material categories)" in html
    assert "is not a number" in html
    assert 'value="viel"' in html
    assert 'value="40S"' in html
    assert "Y-40S" not in office.page("/raw_materials")


def test_a_record_that_is_named_elsewhere_is_not_deleted_and_the_page_says_by_whom(office: Office) -> None:
    office.registers("raw_materials", **RAW)
    answer = office.sends("/categories", act="delete", key="YARN")
    assert answer.status_code == 422
    assert "Raw materials name it (Y-40S)" in answer.get_data(as_text=True)


def test_what_documents_name_is_not_deleted(plant: Plant, office: Office) -> None:
    play(plant)
    for name, key, said in (
        ("suppliers", "S-XINYI", "documents name it (CS20261122-G2-0001)"),
        ("places", "F-02-03", "there is stock (F-PK-220 132 KGM"),
        ("persons", "1007", "documents name it (CS20261122-G1-0001)"),
        ("items", "T-BTN-18", "there is stock (T-01-01"),
    ):
        answer = office.sends(f"/{name}", act="delete", key=key)
        assert answer.status_code == 422
        assert said in answer.get_data(as_text=True)


def test_only_who_may_writes_and_only_from_our_own_page(plant: Plant, office: Office) -> None:
    texts = {"code": "CLOTH", "name": "布"}
    answer = Office(plant, OTHER).sends("/categories", act="save", **texts, person=BOSS)
    assert answer.status_code == 422
    assert "1012 may not do this: categories.add" in answer.get_data(as_text=True)
    for headers in ({"Origin": "https://elsewhere.example"}, {"Sec-Fetch-Site": "cross-site"}):
        assert office.sends("/categories", headers, act="save", **texts).status_code == 403
    assert office.sends("/categories", act="save", **texts, token="0" * 64).status_code == 403
    elsewhere = office.sends("/categories", act="save", **texts, plant="elsewhere")
    assert elsewhere.status_code in (404, 422)
    assert office.sends("/nothing", act="save").status_code == 404
    assert office.sends("/categories", act="save", code="X" * 600_000).status_code == 413
    assert "CLOTH" not in office.page("/categories")


def test_who_may_only_look_is_offered_nothing_else(plant: Plant, office: Office) -> None:
    clerk = person(
        "2100", "文员", "Clerk", "categories.see", "customers.see", "customers.add", "customers.export"
    )
    with writing(plant.hub.engine) as connection:
        write_records(connection, plant.hub.store, PLANT, [clerk])
    looks = Office(plant, "2100")
    home = looks.page("")
    assert "/office/categories?" in home
    assert "/office/persons?" not in home
    record = looks.page("/categories/record", key="YARN")
    assert 'name="act"' not in record
    assert "changing it needs a right" in record
    assert "/import" not in looks.page("/customers")
    assert 'id="office-new"' in looks.page("/customers")
    assert 'id="office-new"' not in looks.page("/categories")
    for path in ("/persons", "/categories/new", "/categories/export", "/customers/import", "/matrix"):
        looks.page(path, 403)
    answer = looks.sends("/categories", act="delete", key="YARN")
    assert "2100 may not do this: categories.delete" in answer.get_data(as_text=True)
    assert looks.registers("customers", code="C1", name="蓝海").status_code == 303
    assert "Clerk · office page" in office.page("/customers/record", key="C1")


def test_who_is_not_signed_on_is_asked_to_and_comes_back(plant: Plant) -> None:
    answer = plant.app.test_client().get("/office/items?lang=en")
    assert answer.status_code == 303
    assert answer.location.startswith("/sign-on?lang=en&next=%2Foffice%2Fitems")


def test_what_is_typed_is_shown_as_text_and_exported_as_text(office: Office) -> None:
    office.registers("categories", code="EVIL", name=EVIL, remark="=1+1")
    for path in ("/categories", "/categories/record?key=EVIL"):
        html = office.page(path)
        assert EVIL not in html
        assert "&#34;&gt;&lt;script&gt;" in html
    sheet = office.page("/categories/export", **{"as": "csv"})
    assert "'=1+1" in sheet
    workbook = office.client.get("/office/categories/export?lang=en").get_data()
    assert ("EVIL", EVIL, "", "=1+1", "0") in [row.cells for row in read_sheet(workbook)]


def test_a_file_is_looked_at_matched_tried_and_then_written(plant: Plant, office: Office) -> None:
    data = "编号,名称,规格,类别,我们的下限,单位\nY-50,纱,50S,YARN,100,kg\nY-60,纱,60S,YARN,,kg\n".encode()
    path = "/raw_materials/import"
    look = office.sends(path, act="preview", file=(io.BytesIO(data), "list.csv")).get_data(as_text=True)
    assert "我们的下限" in look
    carried = re.search(r'name="carried" value="([^"]+)"', look)
    assert carried
    matched = {"carried": carried[1], "column.4": "safety_stock"}
    tried = office.sends(path, act="write", **matched)
    assert tried.status_code == 422
    html = tried.get_data(as_text=True)
    assert "1 wrong" in html
    assert "安全库存 / safety_stock" in html
    assert "Y-50" not in office.page("/raw_materials")
    good = data.replace(b"YARN,,kg", b"YARN,90,kg")
    look = office.sends(path, act="preview", file=(io.BytesIO(good), "list.csv")).get_data(as_text=True)
    carried = re.search(r'name="carried" value="([^"]+)"', look)
    assert carried
    matched["carried"] = carried[1]
    assert "it can be written" in office.sends(path, act="dry_run", **matched).get_data(as_text=True)
    assert "Y-50" not in office.page("/raw_materials")
    assert "Written." in office.sends(path, act="write", **matched).get_data(as_text=True)
    assert "Zhao Min · file import" in office.page("/raw_materials/record", key="Y-50")
    assert Office(plant, OTHER).sends(path, act="write", **matched).status_code == 403


def test_a_file_of_some_megabytes_is_carried_along_and_a_larger_one_refused_in_words(office: Office) -> None:
    row = "N{0},纱,{1},YARN,100,kg\n"
    data = (
        "编号,名称,规格,类别,安全库存,单位\n" + "".join(row.format(one, "x" * 400) for one in range(2000))
    ).encode()
    path = "/raw_materials/import"
    look = office.sends(path, act="preview", file=(io.BytesIO(data), "list.csv")).get_data(as_text=True)
    carried = re.search(r'name="carried" value="([^"]+)"', look)
    assert carried
    tried = office.sends(path, act="dry_run", carried=carried[1]).get_data(as_text=True)
    assert "2000 new" in tried
    large = office.sends(path, act="preview", file=(io.BytesIO(b"x" * (5 * 1024 * 1024)), "list.csv"))
    assert "larger than 4 MiB" in large.get_data(as_text=True)


@pytest.mark.parametrize("data", [b"", b"\x00\xff", b"PK\x03\x04broken", b"a,b\n1,2\n", b"\n\n"])
def test_a_file_that_is_none_is_answered_in_words(office: Office, data: bytes) -> None:
    for act in ("preview", "dry_run", "write"):
        answer = office.sends("/items/import", act=act, file=(io.BytesIO(data), "x.xlsx"))
        assert answer.status_code in (200, 422)
        assert "⟦" not in answer.get_data(as_text=True)


def test_an_order_is_typed_line_by_line(office: Office) -> None:
    lines = {"line.0.item": "Y-32S-C", "line.0.quantity": "120.5", "line.2.item": "LOST", "line.1.item": ""}
    order = {"number": "PO-77", "supplier": "S-DAHUA", "due": "2026-12-01"}
    wrong = {**lines, "line.1.item": "T-BTN-18", "line.1.quantity": "-4", "line.1.unit": ""}
    assert "There are no lines yet." in office.registers("purchase_orders", **order).get_data(as_text=True)
    answer = office.registers("purchase_orders", **order, **wrong)
    html = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert 'id="f-line.1.quantity-error"' in html
    assert 'value="LOST"' in html
    right = {**wrong, "line.1.quantity": "4000", "line.2.item": ""}
    assert office.registers("purchase_orders", **order, **right).status_code == 303
    html = office.page("/purchase_orders/record", key="PO-77")
    assert 'value="120.5"' in html
    assert 'value="4000"' in html


def test_a_style_gets_all_its_goods_in_one_go_or_none_of_them(plant: Plant, office: Office) -> None:
    office.registers("colours", code="NAVY", name="藏青", name_en="Navy")
    office.registers("colours", code="RED", name="红")
    office.registers("size_groups", code="SML", name="标准", sizes="S M L")
    office.registers(
        "styles", code="P1", name="POLO 衫", name_en="Polo", colours="NAVY RED", size_group="SML"
    )
    page = office.page("/matrix", style="P1")
    assert page.count('type="checkbox"') == 6
    ticked = {"tick.0.0": "1", "tick.0.2": "1", "tick.1.1": "1", "cell.0.0": "P1-N-S"}
    lacking = office.sends("/matrix", style="P1", **ticked, unit="C62")
    assert lacking.status_code == 422
    assert "NAVY S: This cell must not be empty" in lacking.get_data(as_text=True)
    with reading(plant.hub.engine) as connection:
        assert ReferenceData(connection, PLANT).item_by_number("P1-N-S") is None
    assert office.sends("/matrix", style="P1", **ticked, unit="C62", grade="A", price="88").status_code == 303
    with reading(plant.hub.engine) as connection:
        known = ReferenceData(connection, PLANT)
        made = known.item_by_number("P1-N-S")
        assert known.item_by_number("P1-NAVY-L")
        assert known.item_by_number("P1-RED-M")
        assert known.item_by_number("P1-NAVY-M") is None
    assert isinstance(made, Item)
    assert (made.names.zh, made.names.en, made.colour, made.size) == (
        "POLO 衫 藏青 S",
        "Polo Navy S",
        "NAVY",
        "S",
    )
    renamed = office.sends("/matrix", style="P1", **{"cell.0.0": "P1-19-S"})
    assert "told_changed=1" in renamed.location
    with reading(plant.hub.engine) as connection:
        found = ReferenceData(connection, PLANT).item_by_number("P1-19-S")
    assert found is not None
    assert found.id == made.id
