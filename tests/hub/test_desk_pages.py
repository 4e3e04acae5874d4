"""The desk's pages without a browser: who may send its forms, what they say, and that nothing in them is ever run."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from domain.log import envelope_of
from domain.names import LANGUAGES, Language
from domain.words import blanks, has_words
from hub.exception import exception_kinds
from hub.store import tables
from hub.store.database import reading
from hub.web.desk_pages import safe_cell, visible
from tests.hub.morning import PLANT, Plant, play, running_hub, signed_on
from tests.hub.troubles import QUEUE, UNKNOWN, trouble

BOSS = "1050"


@pytest.fixture(scope="module")
def plant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Plant]:
    with running_hub(tmp_path_factory.mktemp("desk")) as plant:
        play(plant)
        trouble(plant)
        yield plant


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Plant]:
    with running_hub(tmp_path / "hub") as plant:
        play(plant)
        trouble(plant)
        yield plant


def discrepancies(plant: Plant, **where: Any) -> list[dict[str, Any]]:
    held = tables.discrepancies
    asked = select(held).where(*(held.c[name] == value for name, value in where.items()))
    with reading(plant.hub.engine) as connection:
        return [dict(row) for row in connection.execute(asked.order_by(held.c.opened_position)).mappings()]


class Desk:
    """Somebody at the desk."""

    def __init__(self, plant: Plant, person: str = BOSS) -> None:
        self.client: FlaskClient = signed_on(plant, person)

    def page(self, path: str = "/desk", **query: str) -> str:
        answer = self.client.get(path, query_string={"lang": "en", **query})
        assert answer.status_code == 200, answer.status
        return answer.get_data(as_text=True)

    def sends(self, headers: dict[str, str] | None = None, **form: Any) -> Any:
        token = re.search(r'name="token" value="([0-9a-f]{64})"', self.page())
        assert token
        filled = {"token": token[1], "plant": PLANT, "lang": "en", **form}
        return self.client.post("/desk", data=filled, headers=headers or {})


def test_the_list_shows_each_with_cause_owner_and_age(plant: Plant) -> None:
    html = Desk(plant).page()
    assert f"Goods were scanned as {UNKNOWN}, which is no item here." in html
    assert "Master data" in html
    assert "7 ×" in html
    assert "⟦" not in html
    rows = [row for row in discrepancies(plant) if row["closed_at"] is None]
    assert all(row["id"] in html for row in rows)


def test_the_evidence_holds_the_scan_the_person_and_what_the_kiosk_knew(plant: Plant) -> None:
    (row,) = discrepancies(plant, kind="unknown_item", key=UNKNOWN)
    html = Desk(plant).page(f"/desk/{row['id']}")
    for said in (
        "]d2240F-PK-260‹GS›1086-0413‹GS›3101000224",
        "Li Jianguo",
        "Receiving 1",
        "books as of 40",
        "still not registered",
        "Before and after it at the same kiosk",
        "Find out what it is",
    ):
        assert said in html, said


def test_every_page_of_the_desk_is_complete_in_both_languages(plant: Plant) -> None:
    desk = Desk(plant)
    for language in LANGUAGES:
        for row in discrepancies(plant):
            assert "⟦" not in desk.page(f"/desk/{row['id']}", lang=language), row["kind"]
        for query in ({}, {"settled": "1"}, {"kind": "parked"}, {"late": "1"}, {"owner": "role:supervisor"}):
            assert "⟦" not in desk.page(lang=language, **query)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_kind_has_a_name_a_cause_a_way_out_and_reasons(language: Language) -> None:
    for kind in exception_kinds().values():
        for key in (f"board.discrepancy.{kind.name}", f"desk.cause.{kind.name}", f"desk.advice.{kind.name}"):
            assert has_words(key), key
        assert all(has_words(f"desk.reason.{one}") for one in kind.reasons)
        assert all(has_words(f"desk.act.{act}") and has_words(f"desk.says.{act}") for act in kind.acts)
        assert not blanks(language, f"desk.advice.{kind.name}")


def test_a_form_settles_and_the_page_says_so(fresh: Plant) -> None:
    desk = Desk(fresh)
    (row,) = discrepancies(fresh, kind="unknown_item", key=UNKNOWN)
    answer = desk.sends(
        id=row["id"], act="correct", reason="registered", note="F-PK-260 = 珠地布", back=row["id"]
    )
    assert answer.status_code == 303
    html = desk.page(answer.location.partition("?")[0], told="done:1")
    assert "1: settled" in html
    assert "F-PK-260 = 珠地布" in html
    assert "Zhao Min" in html
    assert "Open it again" in html
    (closed,) = discrepancies(fresh, id=row["id"])
    assert closed["settled_position"] > 0
    again = desk.sends(id=row["id"], act="correct", reason="registered")
    assert "told=closed_already%3A1" in again.location
    assert "closed before; nothing was changed" in desk.page(told="closed_already:1")


def test_a_whole_queue_is_released_with_one_order(fresh: Plant) -> None:
    desk = Desk(fresh)
    answer = desk.sends(all="1", kind="parked", act="release", reason="checked")
    assert "done%3A" in answer.location
    still = [row for row in discrepancies(fresh, kind="parked") if row["closed_at"] is None]
    assert len(still) == 1, "only the one that cannot be booked stays"
    with reading(fresh.hub.engine) as connection:
        held = tables.balances.c
        asked = select(held.value).where(held.place == "T-01-01", held.lot.like("B%"))
        assert len(connection.execute(asked).all()) == QUEUE


@pytest.mark.fault("A9")
@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://elsewhere.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_a_form_from_another_site_is_refused(plant: Plant, headers: dict[str, str]) -> None:
    (row,) = discrepancies(plant, kind="unknown_person")
    desk = Desk(plant)
    answer = desk.sends(headers=headers, id=row["id"], act="correct", reason="registered")
    assert answer.status_code == 403
    assert discrepancies(plant, id=row["id"])[0]["closed_at"] is None


@pytest.mark.fault("A9")
def test_a_form_without_its_own_token_is_refused(plant: Plant) -> None:
    (row,) = discrepancies(plant, kind="unknown_person")
    form = {"id": row["id"], "act": "correct", "reason": "registered"}
    stranger = Desk(plant)
    other = re.search(r'name="token" value="([0-9a-f]{64})"', stranger.page())
    assert other
    desk = Desk(plant)
    for token in ("", "0" * 64, other[1]):
        assert desk.sends(token=token, **form).status_code == 403
    assert plant.app.test_client().post("/desk", data={**form, "token": other[1]}).status_code == 403
    assert discrepancies(plant, id=row["id"])[0]["closed_at"] is None


@pytest.mark.parametrize(
    ("form", "told"),
    [
        ({"reason": ""}, "desk.refused.reason"),
        ({"reason": "other"}, "desk.refused.other_needs_note"),
        ({"id": []}, "desk.refused.nothing_chosen"),
        ({"id": "nothing"}, "not_there%3A1"),
        ({"act": "burn"}, "not_offered%3A1"),
        ({"act": "release"}, "not_offered%3A1"),
        ({"reason": "invented"}, "not_offered%3A1"),
        ({"note": "x" * 600}, "desk.refused.note"),
        ({"act": "assign", "owner": "nobody"}, "desk.refused.nobody"),
        ({"act": "assign", "owner": "1007", "due": "31.12."}, "desk.refused.date"),
    ],
)
def test_what_makes_no_sense_is_answered_in_words_and_changes_nothing(
    plant: Plant, form: dict[str, Any], told: str
) -> None:
    (row,) = discrepancies(plant, kind="unknown_person")
    desk = Desk(plant)
    answer = desk.sends(**{"id": row["id"], "act": "correct", "reason": "registered", **form})
    assert answer.status_code == 303
    assert told in answer.location
    assert discrepancies(plant, id=row["id"])[0]["closed_at"] is None
    assert "⟦" not in desk.page("/desk", told=told.replace("%3A", ":"))


def test_who_has_not_the_right_settles_nothing_and_is_offered_nothing(plant: Plant) -> None:
    (row,) = discrepancies(plant, kind="unknown_person")
    clerk = Desk(plant, "1007")
    assert "that needs the right desk.settle" in clerk.page(f"/desk/{row['id']}")
    answer = clerk.sends(id=row["id"], act="correct", reason="registered", person=BOSS)
    assert "desk.refused.no_right" in answer.location
    assert discrepancies(plant, id=row["id"])[0]["closed_at"] is None


def test_what_is_settled_carries_the_name_of_who_signed_on_and_how(fresh: Plant) -> None:
    (row,) = discrepancies(fresh, kind="unknown_item", key=UNKNOWN)
    Desk(fresh).sends(id=row["id"], act="correct", reason="registered", person="1007")
    with reading(fresh.hub.engine) as connection:
        held = tables.events.c
        asked = select(held.body).where(held.device == "OFFICE").order_by(held.position.desc())
        envelope = envelope_of(connection.execute(asked).scalar_one())
    assert (envelope.operator, envelope.strength) == (BOSS, "password")
    assert envelope.session


def test_nobody_settles_or_takes_the_list_home_without_sign_on(plant: Plant) -> None:
    stranger = plant.app.test_client()
    assert "Sign on to settle" in stranger.get("/desk?lang=en&kind=parked").get_data(as_text=True)
    assert stranger.get("/desk.csv?lang=en").location.startswith("/sign-on?lang=en&next=%2Fdesk.csv")


def test_a_form_leads_back_to_the_desk_and_nowhere_else(plant: Plant) -> None:
    for back in ("http://evil.example/", "//evil.example", "../events", "a/b"):
        answer = Desk(plant).sends(id="x", act="accept", reason="checked", back=back)
        assert answer.location.startswith("/desk?")


def test_a_form_too_large_is_refused(plant: Plant) -> None:
    assert Desk(plant).sends(id=["x" * 100] * 2000, act="accept").status_code == 413


@pytest.mark.fault("A1")
@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1", " =1", "\n@x"])
def test_no_cell_of_the_export_begins_a_formula(cell: str) -> None:
    assert safe_cell(cell).startswith("'")
    assert not {"\r", "\n", "\t"} & set(safe_cell(cell))
    assert safe_cell("F-PK-220") == "F-PK-220"


@pytest.mark.fault("A1")
def test_the_export_has_a_row_for_each_and_no_formula(fresh: Plant) -> None:
    evil = '=HYPERLINK("http://evil.example")'
    kiosk = fresh.kiosks["K1"]
    fresh.upload(kiosk.receives(evil, "<script>alert(1)</script>", "1", "KGM", "Y-01-01", "S-DAHUA"))
    desk = Desk(fresh)
    answer = desk.client.get("/desk.csv?lang=en")
    assert answer.content_type.startswith("text/csv")
    rows = list(csv.DictReader(io.StringIO(answer.get_data(as_text=True).removeprefix("\ufeff"))))
    assert len(rows) == len([row for row in discrepancies(fresh) if row["closed_at"] is None])
    assert [row["about"] for row in rows if "HYPERLINK" in row["about"]] == [f"'{evil}"]
    (row,) = discrepancies(fresh, kind="unknown_item", key=evil)
    for path in ("/desk", f"/desk/{row['id']}"):
        html = desk.page(path)
        assert "<script>alert" not in html
        assert 'HYPERLINK("http' not in html


def test_control_characters_of_a_scan_are_shown_by_name() -> None:
    assert visible("]d2\x1d10\x00A\x1f ") == "]d2‹GS›10‹NUL›A‹US› "


def test_what_is_not_there_is_said(plant: Plant) -> None:
    client = signed_on(plant)
    assert client.get("/desk/0000000000000000").status_code == 404
    assert client.get("/desk/%00").status_code == 404
    assert client.get("/desk?plant=nowhere").status_code == 404
    assert client.get("/desk?after=garbage").status_code == 404
    assert client.get("/discrepancies?lang=en").location == "/desk?lang=en"
