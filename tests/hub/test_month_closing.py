"""The office closes a month: at its page and through the API, by whoever has the right."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient

from domain.events.documents import GoodsDerived
from domain.item import ItemId
from domain.month import month_after, month_of
from domain.names import Names
from domain.staff import Person
from domain.stock import Derivation, Goods
from hub.api.openapi import PREFIX
from hub.rights import tokens
from hub.store import tables
from hub.store.database import reading, writing
from hub.store.reference import Record, write_records
from tests.hub.morning import PLANT, Plant, play, running_hub, signed_on

CHIEF = Person(number="1900", names=Names(zh="周会计", en="Zhou"), rights=("month.close",))


@pytest.fixture
def plant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Plant]:
    with running_hub(tmp_path_factory.mktemp("hub")) as plant:
        play(plant)
        with writing(plant.hub.engine) as connection:
            write_records(
                connection, plant.hub.store, PLANT, [Record(kind="person", key=CHIEF.number, body=CHIEF)]
            )
        yield plant


def last_month(plant: Plant) -> str:
    now = plant.hub.clock.now().strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    return month_after(month_of(now, plant.hub.settings.time_zone), -1)


def form(client: FlaskClient, period: str) -> dict[str, str]:
    token = re.search(r'name="token" value="([0-9a-f]+)"', client.get("/months").text)
    assert token
    return {"token": token[1], "plant": PLANT, "lang": "en", "period": period}


def test_the_chief_accountant_closes_last_month_at_the_page(plant: Plant) -> None:
    period = last_month(plant)
    assert "sign-on" in plant.app.test_client().get("/months?lang=en").text
    clerk, chief = signed_on(plant, "1007"), signed_on(plant, CHIEF.number)
    assert 'id="month-close"' not in clerk.get("/months?lang=en").text
    assert clerk.post("/months", data=form(clerk, period)).status_code == 403
    assert chief.post("/months", data={**form(chief, period), "token": "x"}).status_code == 403
    assert chief.post("/months", data=form(chief, period)).status_code == 303
    again = chief.post("/months", data=form(chief, period))
    assert (again.status_code, f"{period} is closed already" in again.text) == (422, True)
    with reading(plant.hub.engine) as connection:
        held = {row.period: row.person for row in connection.execute(tables.periods.select())}
    assert held[period] == CHIEF.number


def test_a_month_that_is_not_over_is_refused_through_the_api(plant: Plant) -> None:
    client, period = plant.app.test_client(), last_month(plant)
    with writing(plant.hub.engine) as connection:
        secret = tokens.add_token(connection, "books", frozenset({"month.close"}), plant.hub.clock.now())
    headers = {"Authorization": f"Bearer {secret}"}

    def closes(month: str, person: str) -> tuple[int, str]:
        answer = client.post(f"{PREFIX}/months", json={"period": month, "person": person}, headers=headers)
        return answer.status_code, answer.get_json().get("code", "")

    assert closes(month_after(period), CHIEF.number) == (409, "not_over")
    assert closes(period, "1002") == (403, "no_right")
    assert closes(period, CHIEF.number) == (200, "")
    assert closes(period, CHIEF.number) == (409, "closed")
    assert client.get(f"{PREFIX}/months").status_code == 200


def test_a_roll_opens_to_what_it_was_made_from_and_what_was_made_of_it(plant: Plant) -> None:
    kiosk = plant.kiosks["K2"]
    yarn, roll = Goods(item=ItemId("F-PK-220"), lot="YARN-7"), Goods(item=ItemId("F-PK-220"), lot="ROLL-7")
    cut = Goods(item=ItemId("F-PK-220"), lot="ROLL-7A")
    for parent, child, number in ((yarn, roll, "XT-7"), (roll, cut, "XT-8")):
        derived = Derivation(parents=(parent,), children=(child,))
        kiosk.tells(GoodsDerived(document=number, document_type="XT", derivations=(derived,)))
    plant.upload(kiosk)
    client = plant.app.test_client()
    (find,) = client.get(f"{PREFIX}/trace?code=ROLL-7").get_json()["finds"]
    assert [one["lot"] for one in find["made_from"]] == ["YARN-7"]
    assert [one["lot"] for one in find["made_into"]] == ["ROLL-7A"]
    shown = client.get("/trace?code=ROLL-7&lang=en").text
    assert "Made from" in shown
    assert "ROLL-7A" in shown
