"""Every address of the hub and every act at it: in the matrix, shut without its right, open with it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast, get_args

import pytest
from flask.testing import FlaskClient

from domain.document import document_types
from domain.staff import DOCUMENT_ACTS, OBJECT_ACTS, Person
from domain.words import has_words
from hub import web
from hub.api.openapi import PREFIX
from hub.api.sync import serve_sync
from hub.exception import Act, exception_kinds
from hub.object import objects
from hub.rights import tokens
from hub.rights.matrix import (
    ADDRESSES,
    APPROVAL_ACTS,
    DESK_ACTS,
    OFFICE_ACTS,
    SIGN_ON_ACTS,
    Address,
    Who,
    need_of,
)
from hub.rights.subjects import GRANT_RIGHT, all_rights, sheets, subjects
from hub.store.database import writing
from hub.store.reference import write_records
from tests.hub.morning import PLANT, Plant, person, play, running_hub, signed_on

TEMPLATES = Path(web.__file__).parent / "templates"
PARTS = {
    "code": "Y-01-01",
    "number": "CS20261122-G1-0001",
    "plant_name": PLANT,
    "plant": PLANT,
    "position": "1",
    "named": "items",
    "object": "items",
    "key": "T-BTN-18",
    "name": "hub.css",
    "kind": "items",
    "link": "AAAA",
    "type": "CS",
    "period": "2026-10",
    "person": "1012",
    "digest": "00" * 32,
}
"""A value for each part of a path."""
WEB = sorted(key for key, need in ADDRESSES.items() if key[0] != "SOCKET" and need.who is not Who.KIOSK)


@pytest.fixture(scope="module")
def plant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Plant]:
    """A hub whose board is open to nobody without sign-on."""
    with running_hub(tmp_path_factory.mktemp("hub"), open_board=False) as plant:
        serve_sync(plant.app, plant.hub)
        play(plant)
        with writing(plant.hub.engine) as connection:
            write_records(connection, plant.hub.store, PLANT, [person("2000", "无权", "Nothing")])
        yield plant


def addresses_served(plant: Plant) -> set[Address]:
    found = {
        (method, rule.rule)
        for rule in plant.app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    handlers = cast("Any", plant.socketio).server.handlers
    return found | {("SOCKET", event) for event in handlers["/"]}


def test_every_address_stands_in_the_matrix_and_nothing_else(plant: Plant) -> None:
    served = addresses_served(plant)
    assert served - set(ADDRESSES) == set(), "addresses without a row in hub/rights/matrix.py"
    assert set(ADDRESSES) - served == set(), "rows of the matrix for addresses that are not there"


def test_nothing_is_written_by_who_is_unknown() -> None:
    unproven = [
        key
        for key, need in ADDRESSES.items()
        if key[0] in ("POST", "PUT", "DELETE") and need.who in (Who.ANYBODY, Who.BOARD)
    ]
    assert unproven == [("POST", "/sign-on")]


def test_every_right_of_the_matrix_is_one_that_can_be_given() -> None:
    for need in ADDRESSES.values():
        subject, _, act = need.right.partition(".")
        if subject.startswith("{"):
            for name in document_types() if subject == "{type}" else objects():
                assert f"{name}.{act}" in all_rights()
        elif need.right:
            assert need.right in all_rights()
    assert set(DESK_ACTS.values()) <= all_rights()


def test_every_act_at_the_desk_has_its_right() -> None:
    offered = {act for kind in exception_kinds().values() for act in kind.acts}
    assert offered <= {*get_args(Act), "assign", "reopen"} == set(DESK_ACTS)


def test_every_act_at_the_office_has_its_right() -> None:
    assert set(OFFICE_ACTS.values()) <= set(OBJECT_ACTS)
    for form in ("office_form.html", "office_matrix.html"):
        words = (TEMPLATES / form).read_text(encoding="utf-8")
        said = re.findall(r'name="act" value="([^"]+)"', words)
        asked = {act for one in said for act in re.findall(r"'(\w+)'", one) or [one]}
        assert asked
        assert {act.removesuffix("_next") for act in asked} <= set(OFFICE_ACTS)


def test_every_act_on_a_document_at_the_office_has_its_right() -> None:
    assert set(APPROVAL_ACTS.values()) <= set(DOCUMENT_ACTS)
    words = (TEMPLATES / "approval_form.html").read_text(encoding="utf-8")
    assert set(re.findall(r'name="act" value="([^"]+)"', words)) == set(APPROVAL_ACTS)


def test_every_act_about_a_sign_on_has_its_right() -> None:
    assert set(SIGN_ON_ACTS.values()) <= all_rights()
    words = (TEMPLATES / "office_person.html").read_text(encoding="utf-8")
    assert set(re.findall(r'name="act" value="([^"]+)"', words)) == set(SIGN_ON_ACTS)


def test_every_right_can_be_ticked_and_has_its_words() -> None:
    shown = {f"{one.name}.{act}" for sheet in sheets() for one in sheet.subjects for act in one.acts}
    assert shown == all_rights()
    for sheet in sheets():
        assert has_words(f"rights.sheet.{sheet.name}")
        assert [one.words for one in sheet.subjects if not has_words(one.words)] == []
        assert [act for act in sheet.acts if not has_words(f"right.{act}")] == []


def test_a_field_that_needs_a_right_of_its_own_needs_one_that_can_be_given() -> None:
    needed = {one.right for declared in objects().values() for one in declared.fields if one.right}
    assert needed == {GRANT_RIGHT, "return_requests.approve"}
    assert needed <= all_rights()


def test_every_reason_to_ask_for_an_approval_has_words() -> None:
    asked = {kind.approval.__name__ for kind in document_types().values()} - {"is_never_approved"}
    assert [one for one in sorted(asked) if not has_words(f"approval.why.{one}")] == []


def test_every_document_and_every_kind_of_data_has_its_rights() -> None:
    assert set(document_types()) <= set(subjects())
    assert set(objects()) <= set(subjects())
    for code in document_types():
        assert {
            f"{code}.{act}" for act in ("add", "approve", "unapprove", "others", "prices")
        } <= all_rights()


def rights_for(address: Address) -> tuple[str, ...]:
    need = ADDRESSES[address]
    return (need.right_for(PARTS),) if need.right else ()


def send(client: FlaskClient, address: Address, bearer: str = "") -> Any:
    method, rule = address
    path = re.sub(r"<(?:path:)?(\w+)>", lambda part: PARTS[part[1]], rule)
    headers = {"Authorization": f"Bearer {bearer}"} if bearer else {}
    if method == "GET":
        return client.get(path, headers=headers)
    if path.startswith(PREFIX):
        body = {"values": {}} if "/objects/" in path else {"rows": [{"number": "X"}]}
        return client.open(path, method=method, json=None if method == "DELETE" else body, headers=headers)
    return client.post(path, data={"token": form_token(client)}, headers=headers)


def form_token(client: FlaskClient) -> str:
    """The token of a form drawn for this browser."""
    html = client.get("/sign-on").get_data(as_text=True)
    found = re.search(r'name="token" value="([0-9a-f]{64})"', html)
    assert found
    return found[1]


def is_shut(answer: Any) -> bool:
    to_sign_on = answer.status_code == 303 and answer.location.startswith("/sign-on")
    return to_sign_on or answer.status_code in (401, 403)


@pytest.mark.fault("A8")
@pytest.mark.parametrize("address", WEB, ids=" ".join)
def test_without_sign_on_only_what_is_anybodys_opens(plant: Plant, address: Address) -> None:
    answer = send(plant.app.test_client(), address)
    # A wrong password is refused too, so the page itself must answer it.
    expected = ADDRESSES[address].who is not Who.ANYBODY or address == ("POST", "/sign-on")
    assert is_shut(answer) == expected, answer.status


@pytest.mark.parametrize("address", WEB, ids=" ".join)
def test_a_person_without_rights_opens_only_what_needs_none(plant: Plant, address: Address) -> None:
    answer = send(signed_on(plant, "2000"), address)
    is_free = ADDRESSES[address].who in (Who.ANYBODY, Who.SIGNED_ON) and address != ("POST", "/sign-on")
    needs_more = address == (
        "POST",
        "/account/password",
    )  # the old password is missing: not taken, but not shut
    assert is_shut(answer) != (is_free or needs_more), answer.status


@pytest.mark.parametrize("address", [one for one in WEB if rights_for(one)], ids=" ".join)
def test_exactly_the_named_right_opens(plant: Plant, address: Address) -> None:
    (right,) = rights_for(address)
    if address[1].startswith(PREFIX):
        for rights, opens in (({right}, True), (all_rights() - {right}, False)):
            with writing(plant.hub.engine) as connection:
                name = f"{opens} {address}"[:60]
                secret = tokens.add_token(connection, name, frozenset(rights), plant.hub.clock.now())
            answer = send(plant.app.test_client(), address, secret)
            assert is_shut(answer) != opens, (answer.status, answer.text)
        return
    for rights, opens in (((right,), True), (tuple(sorted(all_rights() - {right})), False)):
        give(plant, "2001", rights)
        answer = send(signed_on(plant, "2001"), address)
        assert is_shut(answer) != opens, answer.status


def give(plant: Plant, number: str, rights: tuple[str, ...]) -> None:
    record = person(number, "某人", "Somebody", *rights)
    with writing(plant.hub.engine) as connection:
        write_records(connection, plant.hub.store, PLANT, [record])


def test_an_address_that_is_not_in_the_matrix_is_open_to_nobody(tmp_path: Any) -> None:
    with running_hub(tmp_path / "hub") as plant:
        plant.app.add_url_rule("/forgotten", "forgotten", lambda: "secret")
        give(plant, "2002", tuple(sorted(all_rights())))
        answer = signed_on(plant, "2002").get("/forgotten?lang=en")
    assert answer.status_code == 403
    assert "secret" not in answer.get_data(as_text=True)
    assert need_of("GET", "/forgotten") is None


def test_a_browsers_cookie_never_writes_through_the_api(plant: Plant) -> None:
    give(plant, "2003", tuple(sorted(all_rights())))
    answer = signed_on(plant, "2003").post(f"{PREFIX}/reference/items", json={"rows": [{"number": "X"}]})
    assert answer.status_code == 401


def test_a_token_holds_only_in_its_plant_and_only_until_it_is_revoked(plant: Plant) -> None:
    now = plant.hub.clock.now()
    rights = frozenset({"items.import", "board.see"})
    with writing(plant.hub.engine) as connection:
        other = tokens.add_token(connection, "other plant", rights, now, plant="P9")
        own = tokens.add_token(connection, "own plant", rights, now, plant=PLANT)
    client = plant.app.test_client()
    body = {"rows": [{"number": "X-1", "name": "某物", "unit": "kg"}], "dry_run": True}
    for secret, status in ((other, 403), (own, 200)):
        headers = {"Authorization": f"Bearer {secret}"}
        answer = client.post(f"{PREFIX}/reference/items", json={**body, "plant": PLANT}, headers=headers)
        assert answer.status_code == status, answer.text
    with writing(plant.hub.engine) as connection:
        assert tokens.revoke_token(connection, "own plant", now)
        assert not tokens.revoke_token(connection, "own plant", now)
    assert client.get(f"{PREFIX}/stock", headers={"Authorization": f"Bearer {own}"}).status_code == 401


def test_people_and_groups_are_not_read_from_an_open_board(tmp_path: Any) -> None:
    with running_hub(tmp_path / "hub") as plant:
        client = plant.app.test_client()
        assert client.get(f"{PREFIX}/reference/item").status_code == 200
        assert client.get(f"{PREFIX}/reference/person").status_code == 401
        give(plant, "2004", ("persons.see",))
        assert signed_on(plant, "2004").get(f"{PREFIX}/reference/person").status_code == 200


def test_rights_are_what_the_person_and_the_groups_give_and_nothing_once_struck_off() -> None:
    one = Person(number="1", names=person("1", "", "").body.names, rights=("CS.add",), granted=("PD.add",))  # type: ignore[attr-defined]  (a person's body)
    assert one.may("CS", "add")
    assert one.may("PD", "add")
    assert not one.may("PD", "approve")
