"""Master data through the API: the same operations and the same refusals as at the office's pages."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from hub.api.openapi import PREFIX
from tests.hub.morning import Plant, running_hub


@pytest.fixture
def plant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Plant]:
    with running_hub(tmp_path_factory.mktemp("hub")) as plant:
        yield plant


def call(plant: Plant, method: str, path: str, status: int, body: Any = None) -> Any:
    headers = {"Authorization": f"Bearer {plant.hub.keyring.write_token}"}
    answer = plant.app.test_client().open(PREFIX + path, method=method, json=body, headers=headers)
    assert answer.status_code == status, answer.text
    return answer.get_json()


def test_a_record_is_registered_read_changed_and_deleted(plant: Plant) -> None:
    values = {"code": "YARN", "name": "纱线", "remark": "精梳"}
    made = call(plant, "POST", "/objects/categories", 200, {"values": values})
    assert made == {"key": "YARN", "number": "YARN", "changed": True, "problems": []}
    call(plant, "PUT", "/objects/categories/YARN", 200, {"values": {"remark": "混纺"}})
    read = call(plant, "GET", "/objects/categories/YARN", 200)
    assert (read["record"]["values"]["name"], read["record"]["values"]["remark"]) == ("纱线", "混纺")
    (change,) = read["versions"][0]["changes"]
    assert (change["before"], change["after"], read["versions"][0]["means"]) == ("精梳", "混纺", "api")
    (row,) = call(plant, "GET", "/objects/categories?by=code&value=YARN", 200)["rows"]
    assert row == read["record"]
    call(plant, "DELETE", "/objects/categories/YARN", 200)
    call(plant, "GET", "/objects/categories/YARN", 404)
    call(plant, "DELETE", "/objects/categories/YARN", 404)


def test_what_is_wrong_comes_back_by_field_and_nothing_is_written(plant: Plant) -> None:
    values = {"number": "Y-1", "name": "纱", "specification": "", "safety_stock": -5, "unit": "KGM"}
    answer = call(plant, "POST", "/objects/raw_materials", 422, {"values": values})
    assert {(one["field"], one["code"]) for one in answer["problems"]} == {
        ("specification", "import.cell_empty"),
        ("safety_stock", "import.below_zero"),
        ("category", "import.cell_empty"),
    }
    assert call(plant, "GET", "/objects/raw_materials", 200)["matching"] == 0
    call(plant, "POST", "/objects/raw_materials", 404, {"values": {"nubmer": "Y-1"}})
    call(plant, "POST", "/objects/nothing", 404, {"values": {}})


def test_an_order_is_put_with_its_lines_and_a_used_item_stays(plant: Plant) -> None:
    lines = [{"item": "Y-32S-C", "quantity": "12.5"}]
    order = {"values": {"number": "PO-9", "supplier": "S-DAHUA"}, "lines": lines}
    call(plant, "POST", "/objects/purchase_orders", 200, order)
    read = call(plant, "GET", "/objects/purchase_orders/PO-9", 200)
    assert read["record"]["lines"] == [{"line": "1", "item": "Y-32S-C", "quantity": "12.5", "unit": "KGM"}]
    refused = call(plant, "DELETE", "/objects/items/Y-32S-C", 422)
    assert refused["problems"][0]["code"] == "object.delete.nothing_refers"


def test_an_order_that_is_put_twice_is_there_once_and_one_that_is_put_anew_has_the_new_lines(
    plant: Plant,
) -> None:
    order = {"values": {"supplier": "S-DAHUA"}, "lines": [{"item": "Y-32S-C", "quantity": 12}]}
    put = "/objects/purchase_orders/PO-77"
    assert call(plant, "PUT", put, 200, order)["changed"]
    assert not call(plant, "PUT", put, 200, order)["changed"]
    call(
        plant,
        "PUT",
        put,
        200,
        {"values": {"due": "2026-12-01"}, "lines": [{"item": "Y-32S-C", "quantity": 9}]},
    )
    read = call(plant, "GET", put, 200)
    assert [line["quantity"] for line in read["record"]["lines"]] == ["9"]
    assert [one["act"] for one in read["versions"]] == ["modified", "registered"]
    other = call(plant, "PUT", put.replace("77", "78"), 422, {**order, "values": {"number": "PO-79"}})
    assert other["problems"][0]["code"] == "object.other_number"
    taken = call(
        plant, "PUT", "/objects/sales_orders/PO-77", 422, {"values": {"customer": "C-LANHAI"}, "lines": []}
    )
    assert "object.exists" in {one["code"] for one in taken["problems"]}


def test_a_packing_list_says_its_cartons_and_what_cannot_be_packed_is_refused(plant: Plant) -> None:
    call(plant, "PUT", "/objects/customers/C-1", 200, {"values": {"name": "蓝海"}})
    ratio = [
        {"item": "T-BTN-18", "pack": "A", "packs": 10, "each": 4},
        {"item": "Y-32S-C", "pack": "A", "packs": 10, "quantity": 25},
    ]

    def put(lines: Any, status: int) -> Any:
        body = {"values": {"customer": "C-1"}, "lines": lines}
        return call(plant, "PUT", "/objects/sales_orders/SO-1", status, body)

    put(ratio, 200)
    read = call(plant, "GET", "/objects/sales_orders/SO-1", 200)["record"]["lines"]
    assert [(one["quantity"], one["packs"], one["each"]) for one in read] == [
        ("40", "10", "4"),
        ("25", "10", "2.5"),
    ]
    for change, code in (
        ({"packs": 9}, "import.pack_counts_differ"),
        ({"packs": ""}, "import.pack_without_count"),
        ({"quantity": 41}, "import.packs_disagree"),
        ({"pack": "", "packs": "", "quantity": 4}, "import.each_without_count"),
        ({"each": "", "quantity": ""}, "import.cell_empty"),
        ({"each": "", "quantity": "10", "packs": 7, "pack": "B"}, "import.packs_uneven"),
    ):
        assert put([{**ratio[0], **change}, ratio[1]], 422)["problems"][0]["code"] == code


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_nothing_is_written_without_the_token(plant: Plant, method: str) -> None:
    path = f"{PREFIX}/objects/items" + ("" if method == "POST" else "/T-BTN-18")
    answer = plant.app.test_client().open(path, method=method, json={"values": {}})
    assert answer.status_code == 401
