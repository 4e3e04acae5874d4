"""Tickets in the office: who is late stands on top, and each act is done by whoever's turn it is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient

from domain.names import LANGUAGES
from domain.quality_ticket import TicketState
from hub.rights.matrix import TICKET_ACTS, TICKET_PARTIES
from hub.rights.subjects import all_rights
from hub.store.quality_tables import quality_tickets, voices
from hub.ticket_office import NEXT
from tests.hub.lines import LATE, PADDED, quality_week
from tests.hub.morning import PLANT, Plant, running_hub, signed_on

FINDER, OWNER, QUALITY, PRODUCTION, CUTTER = "2101", "2102", "2103", "2104", "2105"
PAGES = ("/tickets", f"/tickets/{LATE}", f"/tickets/{PADDED}", "/calls", "/inspections", "/voices")


@pytest.fixture
def plant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Plant]:
    with running_hub(tmp_path_factory.mktemp("hub")) as plant:
        quality_week(plant)
        yield plant


def does(client: FlaskClient, number: str, act: str, **typed: str) -> tuple[int, str]:
    """Send an act, whether the page offers it or not."""
    token = re.search(r'name="token" value="([0-9a-f]+)"', client.get(f"/tickets/{number}").text)
    assert token
    due = (datetime.now(UTC).date() + timedelta(days=5)).isoformat()
    form = {"token": token[1], "plant": PLANT, "lang": "en", "act": act, "due": due, **typed}
    answer = client.post(f"/tickets/{number}", data=form)
    return answer.status_code, answer.text


def state(plant: Plant, number: str) -> tuple[str, str, str]:
    held = quality_tickets
    with plant.hub.engine.connect() as connection:
        row = connection.execute(held.select().where(held.c.number == number)).one()
    return row.state, row.unit, row.owner


def test_every_page_speaks_both_languages(plant: Plant) -> None:
    client = signed_on(plant, FINDER)
    for language in LANGUAGES:
        for path in PAGES:
            answer = client.get(f"{path}?lang={language}")
            assert answer.status_code == 200, path
            assert "⟦" not in answer.text, path


def test_what_is_late_stands_on_top_with_who_has_to_act(plant: Plant) -> None:
    page = plant.app.test_client().get("/tickets?lang=en").text
    exposure = page[page.index('id="exposure"') : page.index("</section>")]
    assert LATE in exposure
    assert PADDED not in exposure
    assert re.search(r">\s*4<small>days late", exposure)
    assert "Line 2" in exposure
    assert "Luo Bin" in exposure  # the head of the line's workshop


def test_the_unit_that_answers_goes_on_and_its_finder_ends_it(plant: Plant) -> None:
    owner, finder = signed_on(plant, OWNER), signed_on(plant, FINDER)
    assert 'value="explain"' in owner.get(f"/tickets/{LATE}").text
    assert 'value="explain"' not in finder.get(f"/tickets/{LATE}").text
    assert does(finder, LATE, "explain", told="their fault")[0] == 422
    assert does(owner, LATE, "explain", told=" ")[0] == 422  # in words
    refused, page = does(owner, LATE, "explain", told="worn needle", due="soon")
    assert refused == 422
    assert "worn needle</textarea>" in page  # what was typed stays
    assert "before Luo Bin and the whole plant" in page  # it is late, and so escalated
    assert does(owner, LATE, "explain", told="worn needle")[0] == 303
    assert does(owner, LATE, "mend", told="needles changed each morning")[0] == 303
    assert state(plant, LATE) == ("mended", "LINE-2", "LINE-3")
    assert does(finder, LATE, "not_mended")[0] == 303
    assert state(plant, LATE) == ("agreed", "LINE-2", "LINE-2")
    assert does(owner, LATE, "explain", told="worn looper")[0] == 303
    assert does(owner, LATE, "mend", told="loopers too")[0] == 303
    assert does(finder, LATE, "verify", due="")[0] == 303
    assert state(plant, LATE) == ("closed", "LINE-2", "")
    assert "loopers too" in finder.get(f"/tickets/{LATE}?lang=en").text
    assert does(owner, LATE, "reopen")[0] == 422
    assert does(finder, LATE, "reopen")[0] == 303
    assert state(plant, LATE)[0] == "agreed"


def test_a_disputed_ticket_is_decided_when_three_say_the_same(plant: Plant) -> None:
    cutter, production, finder = (signed_on(plant, one) for one in (CUTTER, PRODUCTION, FINDER))
    assert does(cutter, PADDED, "decide", party="quality", unit="LINE-3")[0] == 422
    assert does(production, PADDED, "decide", party="downstream", unit="LINE-2")[0] == 422
    assert does(production, PADDED, "decide", party="production", unit="NOWHERE")[0] == 422
    assert does(production, PADDED, "decide", party="production", unit="CUTTING")[0] == 303
    assert does(finder, PADDED, "decide", party="downstream", unit="LINE-2")[0] == 303
    assert state(plant, PADDED)[0] == "disputed"
    page = finder.get(f"/tickets/{PADDED}?lang=en").text
    assert "All three decide by" in page
    assert page.count('class="ticket-said"') == 3  # each with what it said, who, when, and the scan
    assert re.search(r'ticket-said">[^<]*Cutting room.*?Luo Bin.*?/events/SZ1/', page, re.DOTALL)
    assert does(production, PADDED, "decide", party="production", unit="LINE-2")[0] == 303
    assert state(plant, PADDED) == ("agreed", "LINE-2", "LINE-2")


def test_a_finder_that_says_it_was_us_needs_not_ask_itself(plant: Plant) -> None:
    finder = signed_on(plant, FINDER)
    assert does(finder, "QT20261122-A1-0003", "propose", unit="LINE-3")[0] == 303
    assert state(plant, "QT20261122-A1-0003") == ("agreed", "LINE-3", "LINE-3")
    assert does(finder, "QT20261122-A1-0003", "nothing")[0] == 422
    assert finder.get("/tickets/QT-NONE").status_code == 404


def test_what_is_looked_at_says_how_much_was_right(plant: Plant) -> None:
    page = plant.app.test_client().get("/inspections?lang=en").text
    assert re.search(r"<dt>DHU</dt><dd>4\.1</dd>", page)  # 11 defects on 268 pieces
    assert re.search(r"<dt>RFT</dt><dd>97\.0<", page)  # 8 of them were not right
    assert "red" in page
    assert "Length (m) 86.5" in page
    assert "All fragments found? No" in page
    assert "needle fragment missing" in page  # why the bundle stands still
    empty = plant.app.test_client().get("/inspections?from=2020-01-01&through=2020-02-01&lang=en")
    assert "<dt>DHU</dt><dd>–" in empty.text


def test_open_calls_stand_with_who_waits(plant: Plant) -> None:
    page = plant.app.test_client().get("/calls?lang=en").text
    assert page.index("Stands still") < page.index("Mechanic · K1") < page.index("Material")


def test_a_voice_is_answered_by_who_may(plant: Plant) -> None:
    leader, other = signed_on(plant, FINDER), signed_on(plant, OWNER)
    page = leader.get("/voices?lang=en").text
    token = re.search(r'name="token" value="([0-9a-f]+)"', page)
    assert token
    form = {
        "token": token[1],
        "plant": PLANT,
        "lang": "en",
        "voice": "V1",
        "text": "tied by size from Monday",
    }
    assert '<form class="voice-form"' not in other.get("/voices?lang=en").text
    assert leader.post("/voices", data={**form, "text": " "}).status_code == 422
    assert leader.post("/voices", data={**form, "voice": "V9"}).status_code == 422
    assert leader.post("/voices", data=form).status_code == 303
    with plant.hub.engine.connect() as connection:
        row = connection.execute(voices.select().where(voices.c.name == "V1")).one()
    assert (row.answer, row.answered_by) == ("tied by size from Monday", FINDER)


def test_every_act_about_a_ticket_has_its_right() -> None:
    assert set(NEXT) == set(TicketState)
    assert {act for acts in NEXT.values() for act in acts} - {"decide"} == set(TICKET_ACTS)
    assert {*TICKET_ACTS.values(), *TICKET_PARTIES.values()} <= all_rights()
