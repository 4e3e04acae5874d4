"""The dyer's gate: by a link on a phone he says what came and what goes back, and nothing else of the hub is open."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from domain.barcode import ControlCommand
from domain.barcodes.house import control_code
from domain.names import Names
from domain.staff import Person
from domain.words import speak
from hub.outside_link import DAYS_VALID
from hub.store.database import reading, writing
from hub.store.reference import Record, write_records
from hub.store.tables import discrepancies
from tests.floor import Floor
from tests.hub.plant import StillClock
from tests.office import Pages
from tests.stock import STOCK
from tests.world import KEEPER, LEADER, badge_code, place_code, unit_code

DONE = control_code(ControlCommand.DONE)
TOKEN = re.compile(r'name="token" value="([^"]+)"')
OFFICE = Person(
    number="3001", names=Names(zh="孙丽", en="Sun Li"), rights=("outside.invite", "board.see", "WF.see")
)


class LaterClock(StillClock):
    """A clock that can be let go on by days."""

    days = 0

    def now(self) -> datetime:
        return super().now() + timedelta(days=self.days)


class Gate:
    """The dyer's man with his phone, and the office that gave him the link."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(exist_ok=True)
        self.clock = LaterClock()
        self.floor = Floor(folder, stock=STOCK, clock=self.clock)
        with writing(self.floor.engine) as connection:
            record = Record(kind="person", key=OFFICE.number, body=OFFICE)
            write_records(connection, self.floor.log, "P1", [record])
        self.pages = Pages(self.floor)
        self.store = self.floor.kiosk("K1", "WF", "WS")
        self.store.scans(badge_code(KEEPER))
        self.store.touches("open_document", "WF")
        self.store.scans(place_code("D-DYER"))
        self.store.picks("task", "whole")
        self.store.enters("card", "CARD7")
        self.store.scans(unit_code("R0001"), DONE)
        self.number = self.store.number()
        self.floor.syncs()
        asked = {"number": self.number, "lang": "en"}
        shown = self.pages.browser(OFFICE).client.get("/outside", query_string=asked).get_data(as_text=True)
        found = re.search(r'href="http://localhost(/outside/[^"]+)"', shown)
        assert found
        self.path = found[1]
        self.phone: FlaskClient = self.pages.app.test_client()

    def sees(self) -> str:
        answer = self.phone.get(self.path, query_string={"lang": "en"})
        assert answer.status_code == 200
        return answer.get_data(as_text=True)

    def says(self, act: str, **typed: str) -> tuple[int, str]:
        token = TOKEN.search(self.sees())
        given = {"act": act, "lang": "en", "token": token[1] if token else "", "name": "Chen", **typed}
        answer = self.phone.post(self.path, data=given)
        return answer.status_code, answer.get_data(as_text=True)

    def open_discrepancies(self) -> list[str]:
        held = discrepancies.c
        asked = select(held.kind).where(held.closed_at.is_(None)).order_by(held.opened_position)
        with reading(self.floor.engine) as connection:
            return [*connection.execute(asked).scalars()]


@pytest.fixture
def gate(tmp_path: Path) -> Iterator[Gate]:
    made = Gate(tmp_path)
    yield made
    made.floor.close()


def test_all_came_in_good_order_and_seven_packages_go_back(gate: Gate) -> None:
    assert "D-118" in gate.sees()
    assert gate.says("arrival", condition="good")[0] == 303
    assert speak("en", "outside.condition.good") in gate.sees()
    assert gate.open_discrepancies() == []
    assert gate.says("return", packages="7", note="by van")[0] == 303
    assert speak("en", "outside.packages_back", packages="7") in gate.sees()
    assert 'name="act"' not in gate.sees(), "each is said once"


def test_less_came_and_somebody_has_to_look_at_it(gate: Gate) -> None:
    assert gate.says("arrival", condition="damaged", line_1="20.1", note="one torn")[0] == 303
    shown = gate.sees()
    assert "20.1" in shown
    assert "one torn" in shown
    assert gate.open_discrepancies() == ["outside_differs"]


def test_what_was_answered_is_answered_once(gate: Gate) -> None:
    token = TOKEN.search(gate.sees())
    assert token
    given = {"act": "arrival", "lang": "en", "token": token[1], "name": "Chen", "condition": "good"}
    assert gate.phone.post(gate.path, data=given).status_code == 303
    again = gate.phone.post(gate.path, data={**given, "condition": "wet"})
    assert (again.status_code, speak("en", "outside.answered") in again.get_data(as_text=True)) == (422, True)
    assert gate.open_discrepancies() == []


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ({"name": " "}, "outside.no_name"),
        ({"condition": "fine"}, "outside.no_condition"),
        ({"line_1": "a lot"}, "import.not_a_number"),
        ({"line_1": "-1"}, "import.below_zero"),
        ({"line_1": "4000"}, "outside.more_than_sent"),
    ],
)
def test_what_is_typed_wrongly_is_said_and_stays_typed(typed: dict[str, str], key: str, gate: Gate) -> None:
    status, shown = gate.says("arrival", **{"condition": "good", "note": "kept words", **typed})
    assert status == 422
    assert 'role="alert"' in shown
    assert speak("en", key, value=typed.get("line_1", "")) in shown
    assert "kept words" in shown


def test_a_form_that_is_not_from_the_page_is_not_taken(gate: Gate) -> None:
    answer = gate.phone.post(gate.path, data={"act": "arrival", "name": "Chen", "condition": "good"})
    assert answer.status_code == 403
    assert gate.open_discrepancies() == []


def test_a_link_opens_nothing_else_and_ends(gate: Gate) -> None:
    shown = gate.sees()
    assert "/office" not in shown
    assert gate.phone.get(f"{gate.path[:-4]}AAAA").status_code == 403
    assert gate.phone.get("/outside?number=X").status_code in (303, 403)
    gate.clock.days = DAYS_VALID + 1
    over = gate.phone.get(gate.path, query_string={"lang": "en"})
    assert (over.status_code, speak("en", "outside.over") in over.get_data(as_text=True)) == (410, True)


def test_goods_taken_back_are_not_answered_for(gate: Gate) -> None:
    assert gate.store.takes_back(gate.number, LEADER) == "said.document_unapproved"
    gate.floor.syncs()
    assert gate.phone.get(gate.path).status_code == 410


def test_who_may_not_invite_has_no_link_to_give(gate: Gate) -> None:
    other = Person(number=KEEPER.number, names=KEEPER.names)
    browser = gate.pages.browser(other)
    assert browser.client.get(f"/outside?number={gate.number}").status_code == 403
    assert "/outside" not in browser.opens(f"/plans/{gate.number}")
    assert "/outside?" in gate.pages.browser(OFFICE).opens(f"/plans/{gate.number}")
