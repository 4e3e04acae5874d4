"""Granting rights: a right of its own, by whichever way in; sign-ons handed out; what is approved stays as it is."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from domain.names import Names
from domain.staff import Group, Person
from domain.words import speak
from hub.api.openapi import PREFIX
from hub.rights import tokens
from hub.rights.grants import groups_of, person_of
from hub.rights.users import credential_of
from hub.store.database import reading, writing
from hub.store.reference import Record, write_records
from hub.web.person_pages import sources
from tests.hub.morning import OFFICE_RIGHTS, PLANT, Plant, running_hub, sign_on, signed_on
from tests.hub.submissions import fill_groups

CLERK = tuple(one for one in OFFICE_RIGHTS if one.partition(".")[0] in ("persons", "groups"))
"""Everything with people and groups, but granting."""


@pytest.fixture
def plant(tmp_path: Path) -> Iterator[Plant]:
    with running_hub(tmp_path / "hub") as plant:
        fill_groups(plant)
        yield plant


def clerk(plant: Plant, *more: str) -> Any:
    body = Person(number="1900", names=Names(zh="文员", en="Clerk"), rights=(*CLERK, *more))
    with writing(plant.hub.engine) as connection:
        write_records(connection, plant.hub.store, PLANT, [Record(kind="person", key="1900", body=body)])
    return signed_on(plant, "1900")


def token(client: Any) -> str:
    return str(client.get("/sign-on").get_data(as_text=True)).split('name="token" value="', 1)[1][:64]


def saves(client: Any, named: str, **form: Any) -> Any:
    given = {"token": token(client), "plant": PLANT, "lang": "en", "act": "save", "seen": "0", **form}
    return client.post(f"/office/{named}", data=given)


def held(plant: Plant, number: str) -> Person:
    with reading(plant.hub.engine) as connection:
        found = person_of(connection, PLANT, number)
    assert found is not None
    return found


def test_whoever_may_modify_people_grants_nothing_without_the_right_to(plant: Plant) -> None:
    client = clerk(plant)
    page = client.get("/office/persons/record?key=1061&lang=en").get_data(as_text=True)
    assert speak("en", "rights.no_grant") in page
    before = held(plant, "1061")
    answer = saves(
        client,
        "persons",
        key="1061",
        name="吴刚",
        phone="13800000000",
        groups="STORE, LEAD",
        rights=["TZ.approve"],
    )
    assert answer.status_code == 303, "the phone is his to change"
    after = held(plant, "1061")
    assert after.phone == "13800000000"
    assert (after.rights, after.groups, after.granted) == (before.rights, before.groups, before.granted)
    answer = saves(client, "groups", key="LEAD", name="主管组", act="disable")
    assert answer.status_code == 422
    assert speak("en", "problem.object.needs_right", field="object.field.disabled", right="rights.grant") in (
        answer.get_data(as_text=True)
    )


def test_with_the_right_a_matrix_of_ticks_becomes_the_groups_rights_and_history_names_who(
    plant: Plant,
) -> None:
    client = clerk(plant, "rights.grant")
    ticks = ["PD.see", "PD.approve", "items.see"]
    answer = saves(client, "groups", key="LEAD", name="主管组", rights=ticks, **{"rights.shown": "1"})
    assert answer.status_code == 303, answer.get_data(as_text=True)
    with reading(plant.hub.engine) as connection:
        assert set(groups_of(connection, PLANT)["LEAD"].rights) == set(ticks)
    assert "items.see" in held(plant, "1060").all_rights
    page = client.get("/office/groups/record?key=LEAD&lang=en").get_data(as_text=True)
    assert "Clerk" in page
    assert "items.see" in page
    answer = saves(client, "groups", key="LEAD", name="主管组", **{"rights.shown": "1"})
    assert answer.status_code == 303
    with reading(plant.hub.engine) as connection:
        assert groups_of(connection, PLANT)["LEAD"].rights == (), "a matrix without a tick takes everything"


def test_no_file_and_no_program_grants_without_the_right(plant: Plant) -> None:
    client = clerk(plant)
    sheet = "编号,姓名,rights\n1061,吴刚,TZ.approve\n".encode()
    given = {"token": token(client), "plant": PLANT, "lang": "en", "act": "write"}
    answer = client.post(
        "/office/persons/import",
        data={**given, "file": (io.BytesIO(sheet), "people.csv")},
        content_type="multipart/form-data",
    )
    assert answer.status_code == 422
    assert "rights.grant" in answer.get_data(as_text=True)
    with writing(plant.hub.engine) as connection:
        now = plant.hub.clock.now()
        secret = tokens.add_token(connection, "hr", frozenset(CLERK), now)
        full = tokens.add_token(connection, "admin", frozenset((*CLERK, "rights.grant")), now)
    row = {"rows": [{"number": "1061", "name": "吴刚", "rights": "TZ.approve"}]}
    values = {"values": {"rights": "TZ.approve"}}
    api: Any = plant.app.test_client()
    headers = {"Authorization": f"Bearer {secret}"}
    brought = api.post(f"{PREFIX}/reference/persons", json=row, headers=headers)
    put = api.put(f"{PREFIX}/objects/persons/1061", json=values, headers=headers)
    assert (brought.status_code, put.status_code) == (422, 422)
    assert put.json["problems"][0]["code"] == "object.needs_right"
    assert held(plant, "1061").rights == ()
    unchanged = {"rows": [{"number": "1061", "name": "吴刚", "phone": "139"}]}
    assert api.post(f"{PREFIX}/reference/persons", json=unchanged, headers=headers).status_code == 200
    put = api.put(f"{PREFIX}/objects/persons/1061", json=values, headers={"Authorization": f"Bearer {full}"})
    assert put.status_code == 200, put.text
    assert held(plant, "1061").rights == ("TZ.approve",)


def test_what_somebody_may_do_says_where_it_comes_from() -> None:
    groups = {
        "A": Group(code="A", names=Names(), rights=("CS.see", "CS.add")),
        "B": Group(code="B", names=Names(), rights=("CS.see",)),
        "OFF": Group(code="OFF", names=Names(), rights=("TZ.approve",), disabled=True),
    }
    one = Person(number="1", names=Names(), rights=("CS.add",), groups=("A", "B", "OFF", "GONE"))
    assert sources(one, groups) == {"CS.add": ("", "A"), "CS.see": ("A", "B")}


def acts(client: Any, act: str, number: str = "1060") -> Any:
    return client.post(
        "/office/persons/sign-on",
        data={"token": token(client), "plant": PLANT, "lang": "en", "act": act, "number": number},
    )


def test_a_password_is_given_by_who_may_and_never_to_somebody_who_may_more(plant: Plant) -> None:
    assert acts(clerk(plant), "password").status_code == 403, "this needs the right sign_on.manage"
    client = clerk(plant, "sign_on.manage")
    refused = acts(client, "password")
    assert refused.status_code == 422
    assert speak("en", "user.refused.more_rights") in refused.get_data(as_text=True)
    client = clerk(plant, "sign_on.manage", "rights.grant")
    given = acts(client, "password")
    assert given.status_code == 200
    assert given.headers["Cache-Control"] == "no-store"
    with reading(plant.hub.engine) as connection:
        kept = credential_of(connection, PLANT, "1060")
    assert kept is not None
    assert kept.must_change
    assert acts(client, "password", "9999").status_code == 404
    assert acts(client, "nothing").status_code == 404


def test_sessions_end_and_who_is_locked_out_is_out_at_once(plant: Plant) -> None:
    client = clerk(plant, "sign_on.manage")
    theirs = signed_on(plant, "1060")
    assert theirs.get("/account").status_code == 200
    assert acts(client, "sessions").status_code == 303
    assert theirs.get("/account").status_code == 303, "to the sign-on"
    sign_on(plant, "1060")
    assert acts(client, "lock").status_code == 303
    with reading(plant.hub.engine) as connection:
        assert credential_of(connection, PLANT, "1060") is None


REQUEST = {
    "number": "RMA-1",
    "customer": "C-1",
    "line.0.item": "T-BTN-18",
    "line.0.quantity": "10",
    "line.0.unit": "C62",
}


def test_a_return_request_is_approved_by_a_right_of_its_own_and_is_then_as_it_was_approved(
    plant: Plant,
) -> None:
    sales = tuple(f"return_requests.{act}" for act in ("see", "add", "modify"))
    boss = signed_on(plant, "1050")
    assert saves(boss, "customers", key="", code="C-1", name="客户").status_code == 303
    client = clerk(plant, *sales)
    refused = saves(client, "return_requests", key="", approved="1", **REQUEST)
    assert refused.status_code == 303, (
        "the tick is not there for whoever may not approve: it is registered pending"
    )
    page = client.get("/office/return_requests/record?key=RMA-1&lang=en").get_data(as_text=True)
    assert 'id="f-approved" disabled' in page
    assert saves(boss, "return_requests", key="RMA-1", approved="1", **REQUEST).status_code == 303
    more = {**REQUEST, "line.0.quantity": "1000"}
    refused = saves(client, "return_requests", key="RMA-1", **more)
    assert refused.status_code == 422
    assert "return_requests.approve" in refused.get_data(as_text=True)
    assert saves(client, "return_requests", key="RMA-1", **REQUEST).status_code == 303, "nothing is changed"
    assert saves(boss, "return_requests", key="RMA-1", approved="1", **more).status_code == 303
