"""What is said at the pages of quality: a ticket, a hold, a rating, a voice; by whom it is theirs to say."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Table

from domain.month import month_of
from domain.names import LANGUAGES
from domain.quality_saying import QUALITY_ACTS
from domain.words import has_words
from hub.rights.subjects import all_rights
from hub.store.quality_tables import holds, quality_tickets, unit_ratings, voices
from hub.web.quality_forms import BACK
from tests.hub.lines import BUNDLE, quality_week
from tests.hub.morning import PLANT, Plant, running_hub, signed_on

LEADER, QUALITY, NOBODY = "2101", "2103", "1012"


@pytest.fixture(scope="module")
def plant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Plant]:
    with running_hub(tmp_path_factory.mktemp("hub")) as plant:
        quality_week(plant)
        yield plant


def says(client: FlaskClient, act: str, **typed: str) -> str:
    """Send a form; return the word that came of it."""
    token = re.search(r'name="token" value="([0-9a-f]+)"', client.get("/account").text)
    assert token
    form = {"token": token[1], "plant": PLANT, "lang": "en", "act": act, **typed}
    answer = client.post("/quality", data=form)
    assert answer.status_code == 303
    path = answer.location.partition("?")[0]
    assert path == BACK.get(act, "/tickets")
    assert client.get(answer.location).status_code == 200
    return answer.location.rpartition("=")[2]


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


def test_every_form_has_its_words_its_page_and_its_right() -> None:
    assert set(BACK) == set(QUALITY_ACTS)
    assert {right for right in QUALITY_ACTS.values() if right} <= all_rights()
    assert [act for act in QUALITY_ACTS if not has_words(f"quality.said.{act}")] == []
    assert [act for act in QUALITY_ACTS if not has_words(f"quality.say.{act}")] == []


def test_the_forms_stand_on_their_pages_in_both_languages(plant: Plant) -> None:
    leader, quality = signed_on(plant, LEADER), signed_on(plant, QUALITY)
    for language in LANGUAGES:
        for client, act in ((leader, "open"), (leader, "rate"), (leader, "raise"), (quality, "hold")):
            page = client.get(f"{BACK[act]}?lang={language}").text
            assert f'id="say-{act}"' in page
            assert "⟦" not in page
        assert 'id="say-hold"' not in leader.get(f"/inspections?lang={language}").text
    assert "quality-say" not in plant.app.test_client().get("/tickets").text
