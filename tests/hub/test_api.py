"""The REST API: what it answers, and what it refuses in words."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from hub.api.openapi import PREFIX
from hub.api.serve import all_routes
from hub.store import tables
from hub.store.database import reading
from tests.hub.morning import PLANT, Plant, play, running_hub


@pytest.fixture(scope="module")
def plant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Plant]:
    with running_hub(tmp_path_factory.mktemp("hub")) as plant:
        play(plant)
        yield plant


@pytest.fixture
def client(plant: Plant) -> FlaskClient:
    return plant.app.test_client()


def ask(client: FlaskClient, path: str, status: int = 200) -> Any:
    answer = client.get(PREFIX + path)
    assert answer.status_code == status, answer.text
    return answer.get_json()


def test_health_says_how_far_the_hub_is(client: FlaskClient) -> None:
    (health,) = ask(client, "/health")["plants"]
    assert health["plant"] == PLANT
    assert health["booked_position"] == health["ledger_position"] > 0


def test_stock_of_a_place_sums_to_what_was_scanned(client: FlaskClient) -> None:
    page = ask(client, "/stock?place=F-02-03&item=F-PK-220")
    assert [row["quantity"] for row in page["rows"]] == [{"value": "132", "unit": "KGM"}]
    assert page["rows"][0]["lot"] == "86-0412"


def test_pages_join_to_the_whole_list_without_gap_or_repeat(client: FlaskClient) -> None:
    whole = ask(client, "/stock?limit=500")["rows"]
    joined, after = [], ""
    while True:
        page = ask(client, f"/stock?limit=7&after={after}")
        joined += page["rows"]
        after = page["next"]
        if not after:
            break
    assert len(whole) > 14
    assert joined == whole


def test_events_come_in_order_and_each_opens_to_its_exact_bytes(client: FlaskClient) -> None:
    page = ask(client, "/events?from_position=2&limit=3")
    assert [row["position"] for row in page["rows"]] == [3, 4, 5]
    assert page["next_position"] == 5
    event = ask(client, f"/events/{PLANT}/3")
    assert event["event"]["digest"] == page["rows"][0]["digest"]
    assert json.loads(event["body"])["type"] == event["event"]["type"] == "DocumentOpened"
    assert event["event"]["disposition"] == "booked"


def test_goods_nobody_registered_are_booked_with_an_exception_that_shows(client: FlaskClient) -> None:
    rows = ask(client, "/events?limit=500&device=K3")["rows"]
    (odd,) = [row for row in rows if row["disposition"] == "booked_with_exception"]
    assert odd["code"] == "unknown_item"
    assert "U-UNKNOWN" in odd["detail"]


def test_a_document_shows_its_lines_and_the_events_behind_them(client: FlaskClient) -> None:
    numbers = [row["number"] for row in ask(client, "/documents")["rows"]]
    assert "CS20261122-G2-0001" in numbers
    (view,) = ask(client, "/documents/CS20261122-G2-0001")["documents"]
    assert view["document"]["lines"] == len(view["lines"]) == 9
    assert {line["device"] for line in view["lines"]} == {"K2"}
    position = view["lines"][0]["position"]
    assert ask(client, f"/events/{PLANT}/{position}")["envelope"]["document"] == "CS20261122-G2-0001"


def test_kiosks_labels_and_discrepancies_are_listed(client: FlaskClient) -> None:
    kiosks = {row["device"]: row for row in ask(client, "/kiosks")["rows"]}
    assert kiosks["K1"]["operator"] == "1007"
    assert kiosks["K3"]["parts"][0]["state"] == "paper_out"
    assert [row["state"] for row in ask(client, "/labels?serial=")["rows"]] == ["failed"]
    kinds = {row["kind"] for row in ask(client, "/discrepancies")["rows"]}
    assert kinds == {"shortage", "label", "unknown_item"}


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/stock?limit=0", 400, "bad_query"),
        ("/stock?limit=501", 400, "bad_query"),
        ("/stock?colour=red", 400, "bad_query"),
        ("/stock?place=a&place=b", 400, "bad_query"),
        ("/stock?after=bm90IGEga2V5", 404, "bad_cursor"),
        ("/stock?plant=nowhere", 404, "not_found"),
        ("/documents/CS-none", 404, "not_found"),
        (f"/events/{PLANT}/999999", 404, "not_found"),
        (f"/events/{PLANT}/x", 404, "not_found"),
        ("/reference/unicorn", 404, "not_found"),
        ("/nothing/here", 404, "not_found"),
    ],
)
def test_a_bad_question_is_refused_with_a_code_and_words(
    client: FlaskClient, path: str, status: int, code: str
) -> None:
    refusal = ask(client, path, status)
    assert refusal["code"] == code
    assert refusal["message"]


def test_a_wrong_method_says_which_is_right(client: FlaskClient) -> None:
    answer = client.delete(PREFIX + "/stock")
    assert answer.status_code == 405
    assert answer.headers["Allow"]
    assert answer.get_json()["code"] == "method_not_allowed"


ROWS = [{"number": "N-1", "name": "新料", "unit": "kg", "lot_managed": True}]


def post(plant: Plant, client: FlaskClient, body: Any, token: str | None = None) -> Any:
    given = plant.hub.keyring.write_token if token is None else token
    return client.post(
        PREFIX + "/reference/items", json=body, headers={"Authorization": f"Bearer {given}"} if given else {}
    )


@pytest.mark.parametrize("token", ["", "wrong"])
def test_writing_without_the_token_is_refused(plant: Plant, client: FlaskClient, token: str) -> None:
    answer = post(plant, client, {"rows": ROWS}, token)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_rows_by_api_are_checked_as_a_file_is_and_then_written(plant: Plant, client: FlaskClient) -> None:
    dry = post(plant, client, {"rows": ROWS, "dry_run": True})
    assert (dry.status_code, dry.get_json()["new"], dry.get_json()["written"]) == (200, 1, False)
    bad = post(plant, client, {"rows": [*ROWS, {"number": "N-2", "name": "坏", "unit": "mile"}]})
    assert bad.status_code == 422
    assert bad.get_json()["problems"][0]["row"] == 2
    with reading(plant.hub.engine) as connection:
        held = tables.reference.c
        asked = select(func.count()).where(held.kind == "item", held.key.like("N-%"))
        assert connection.execute(asked.select_from(tables.reference)).scalar_one() == 0
    good = post(plant, client, {"rows": ROWS})
    assert (good.status_code, good.get_json()["written"]) == (200, True)
    found = [row for row in ask(client, "/reference/item?limit=500")["rows"] if row["key"] == "N-1"]
    assert found[0]["body"]["unit"] == "KGM"


def test_a_body_that_is_no_json_is_refused(plant: Plant, client: FlaskClient) -> None:
    headers = {"Authorization": f"Bearer {plant.hub.keyring.write_token}"}
    plain = client.post(PREFIX + "/reference/items", data="a", headers=headers)
    assert plain.status_code == 415
    broken = client.post(
        PREFIX + "/reference/items", data="{", headers={**headers, "Content-Type": "application/json"}
    )
    assert broken.status_code == 400


def test_the_description_names_every_route_and_its_page_shows_them(client: FlaskClient) -> None:
    document = ask(client, "/openapi.json")
    assert document["openapi"].startswith("3.1")
    page = client.get(PREFIX + "/").text
    for route in all_routes():
        assert route.method.lower() in document["paths"][PREFIX + route.path]
        assert route.path in page
