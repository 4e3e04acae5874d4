"""What is said at the pages of quality: a ticket, a hold, a rating, a voice; by whom it is theirs to say."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Table
from werkzeug.test import TestResponse

from domain.month import month_of
from domain.names import LANGUAGES
from domain.quality_saying import QUALITY_ACTS
from domain.words import has_words, speak
from hub.rights.subjects import all_rights
from hub.store.quality_tables import fault_sessions, holds, quality_tickets, unit_ratings, voices
from hub.web.quality_forms import PAGE
from tests.hub.lines import BUNDLE, quality_week
from tests.hub.morning import PLANT, Plant, running_hub, signed_on

LEADER, QUALITY, NOBODY = "2101", "2103", "1012"
REFUSALS = (
    "desk.refused.date",
    "desk.refused.no_right",
    *(
        f"quality.refused.{why}"
        for why in ("no_hold", "no_text", "not_your_unit", "pieces", "rating", "to_whom", "unknown_code")
    ),
    "quality.refused.what_is_held",
    "quality.refused.no_fault",
    "quality.refused.who",
)


@pytest.fixture(scope="module")
def plant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Plant]:
    with running_hub(tmp_path_factory.mktemp("hub")) as plant:
        quality_week(plant)
        yield plant


def sends(client: FlaskClient, act: str, **typed: str) -> TestResponse:
    """Send a form."""
    token = re.search(r'name="token" value="([0-9a-f]+)"', client.get("/account").text)
    assert token
    form = {"token": token[1], "plant": PLANT, "lang": "en", "act": act, **typed}
    return client.post("/quality", data=form)


def says(client: FlaskClient, act: str, **typed: str) -> str:
    """Send a form; return the word that came of it, or the key of why not."""
    answer = sends(client, act, **typed)
    if answer.status_code == 422:
        return next(key for key in REFUSALS if speak("en", key) in answer.text)
    assert answer.status_code == 303
    assert client.get(answer.location).status_code == 200
    return answer.location.rpartition("told=")[2].partition("&")[0]


def refused(client: FlaskClient, act: str, **typed: str) -> str:
    """Send a form that is refused; return the page that says so."""
    answer = sends(client, act, **typed)
    assert answer.status_code == 422
    return answer.text


def rows(plant: Plant, table: Table, **where: str) -> list[dict[str, Any]]:
    asked = table.select().where(*(table.c[name] == value for name, value in where.items()))
    with plant.hub.engine.connect() as connection:
        return [dict(row) for row in connection.execute(asked).mappings()]


def test_a_leader_opens_a_ticket_for_the_own_line_alone(plant: Plant) -> None:
    leader = signed_on(plant, LEADER)
    found = {"operation": "HEM", "origin": "OVERLOCK", "defect": "oil", "pieces": "3", "due": "2030-01-31"}
    assert says(leader, "open", finder="LINE-2", **found) == "quality.refused.not_your_unit"
    for wrong, why in (
        ({"pieces": "many"}, "quality.refused.pieces"),
        ({"due": "soon"}, "desk.refused.date"),
        ({"defect": "x"}, "quality.refused.unknown_code"),
    ):
        assert says(leader, "open", finder="LINE-3", **(found | wrong)) == why
    assert says(signed_on(plant, NOBODY), "open", finder="LINE-3", **found) == "desk.refused.no_right"
    assert says(leader, "open", finder="LINE-3", **found) == "open"
    assert says(leader, "open", finder="LINE-3", **found) == "open"
    made = [row for row in rows(plant, quality_tickets, finder="LINE-3") if row["device"] == "OFFICE"]
    assert len({row["number"] for row in made}) == 2
    assert {(row["owner"], row["pieces"], row["origin"], row["opened_by"]) for row in made} == {
        ("LINE-3", 3, "OVERLOCK", LEADER)
    }


def test_quality_holds_and_lifts(plant: Plant) -> None:
    quality = signed_on(plant, QUALITY)
    assert (
        says(signed_on(plant, LEADER), "hold", scope="shade", key="D-1", reason="x")
        == "desk.refused.no_right"
    )
    assert says(quality, "hold", scope="world", key="D-1", reason="x") == "quality.refused.what_is_held"
    assert says(quality, "hold", scope="shade", key="D-118", reason="off shade") == "hold"
    [held] = rows(plant, holds, key="D-118")
    assert f'value="{held["name"]}"' in quality.get("/inspections").text
    assert says(quality, "lift", hold=held["name"], reason=" ") == "quality.refused.no_text"
    assert says(quality, "lift", hold=held["name"], reason="sorted") == "lift"
    assert says(quality, "lift", hold=held["name"], reason="again") == "quality.refused.no_hold"
    [red] = rows(plant, holds, reason="red_patrol")
    assert says(quality, "lift", hold=red["name"], reason="all looked at") == "lift"
    assert [row["lifted_at"] for row in rows(plant, holds, key=BUNDLE)] == [None]


def test_a_unit_rates_another_and_says_why_where_it_is_bad(plant: Plant) -> None:
    leader = signed_on(plant, LEADER)
    period = month_of(plant.hub.clock.now().isoformat(), "UTC")
    given = {"judge": "LINE-3", "judged": "LINE-2", "period": period}
    assert says(leader, "rate", **given, rating="F") == "quality.refused.rating"
    assert says(leader, "rate", **(given | {"judged": "LINE-3"}), rating="A") == "quality.refused.rating"
    assert says(leader, "rate", **given, rating="D") == "quality.refused.no_text"
    assert says(leader, "rate", **given, rating="D", reason="three times the wrong size") == "rate"
    [rated] = rows(plant, unit_ratings)
    assert (rated["judged"], rated["rating"], rated["person"]) == ("LINE-2", "D", LEADER)


def test_anybody_signed_on_says_something_and_it_has_a_date(plant: Plant) -> None:
    anybody = signed_on(plant, NOBODY)
    assert says(anybody, "raise", kind="thanks", unit="NOWHERE", text="x") == "quality.refused.to_whom"
    assert (
        says(anybody, "raise", kind="fault_picking", unit="LINE-2", text="loose ends on every hem") == "raise"
    )
    [said] = rows(plant, voices, person=NOBODY)
    assert (said["kind"], said["text"], bool(said["due"])) == (
        "fault_picking",
        "loose ends on every hem",
        True,
    )


def test_a_session_picks_faults_and_each_is_somebody_s_to_mend_by_a_date(plant: Plant) -> None:
    leader, day = signed_on(plant, LEADER), "2030-01-31"
    typed = {"unit": "LINE-2", "held_on": "2026-11-20", "present": "2101，1012", "note": "at the hem"}
    first = {"picked_by.0": "2101", "text.0": "two sizes in one string", "owner.0": "2102", "due.0": day}
    assert says(leader, "minutes", **typed) == "quality.refused.no_fault"
    assert says(leader, "minutes", **typed, **(first | {"owner.0": "nobody"})) == "quality.refused.who"
    assert says(leader, "minutes", **typed, **(first | {"due.0": "soon"})) == "desk.refused.date"
    second = {"picked_by.3": "1012", "text.3": "no gauge", "owner.3": "2102", "due.3": day}
    assert says(leader, "minutes", **typed, **first, **second) == "minutes"
    [session] = rows(plant, fault_sessions, note="at the hem")
    assert (session["unit"], session["held_on"], session["present_json"]) == (
        "LINE-2",
        "2026-11-20",
        '["2101","1012"]',
    )
    picked = rows(plant, voices, session=session["session"])
    assert [(row["person"], row["text"], row["owner"], row["due"]) for row in picked] == [
        ("2101", "two sizes in one string", "2102", day),
        ("1012", "no gauge", "2102", day),
    ]
    page = leader.get("/units/LINE-2?lang=en").text
    assert "0 of 2 mended" in page
    assert f'href="/events/SZ1/{session["position"]}' in page


def test_what_was_typed_stands_in_a_form_that_was_refused(plant: Plant) -> None:
    page = refused(
        signed_on(plant, LEADER), "raise", kind="complaint", unit="NOWHERE", text="two sizes & more"
    )
    assert "two sizes &amp; more</textarea>" in page
    assert '<option value="complaint" selected>' in page
    assert re.search(r'id="say-raise" open', page)
    given = {"finder": "LINE-2", "operation": "HEM", "defect": "oil", "pieces": "3", "due": "2030-01-31"}
    page = refused(signed_on(plant, LEADER), "open", **given, note="near the collar")
    assert 'value="near the collar"' in page
    assert '<option value="oil" selected>' in page
    assert 'value="2030-01-31"' in page


def test_every_form_has_its_words_its_page_and_its_right() -> None:
    assert set(PAGE) == set(QUALITY_ACTS)
    assert {right for right in QUALITY_ACTS.values() if right} <= all_rights()
    assert [act for act in QUALITY_ACTS if not has_words(f"quality.said.{act}")] == []
    assert [act for act in QUALITY_ACTS if not has_words(f"quality.say.{act}")] == []


def test_the_forms_stand_on_their_pages_in_both_languages(plant: Plant) -> None:
    leader, quality = signed_on(plant, LEADER), signed_on(plant, QUALITY)
    for language in LANGUAGES:
        for client, act in ((leader, "open"), (leader, "rate"), (leader, "raise"), (quality, "hold")):
            page = client.get(f"/{PAGE[act]}?lang={language}").text
            assert f'id="say-{act}"' in page
            assert "⟦" not in page
        assert 'id="say-hold"' not in leader.get(f"/inspections?lang={language}").text
    assert "quality-say" not in plant.app.test_client().get("/tickets").text
