"""Whose documents somebody sees where the board is open to nobody: on pages, in the API, and among what was found."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from domain.names import Names
from domain.staff import Person
from hub.api.openapi import PREFIX
from hub.rights import tokens
from hub.store.database import writing
from hub.store.reference import Record, write_records
from tests.hub.morning import PLANT, Plant, play, running_hub, signed_on
from tests.hub.submissions import COUNT, ISSUE, submit

DAHUA, XINYI = "CS20261122-G1-0001", "CS20261122-G2-0001"
"""Begun by 1007, and by 1012."""


@pytest.fixture(scope="module")
def plant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Plant]:
    """A hub whose board is open to nobody without sign-on."""
    with running_hub(tmp_path_factory.mktemp("hub"), open_board=False) as plant:
        play(plant)
        submit(plant)
        yield plant


def sees(plant: Plant, number: str, *rights: str) -> set[str]:
    """Which of the four documents a person with these rights sees, alike everywhere."""
    body = Person(number=number, names=Names(zh="某人", en="Somebody"), rights=("board.see", *rights))
    with writing(plant.hub.engine) as connection:
        write_records(connection, plant.hub.store, PLANT, [Record(kind="person", key=number, body=body)])
    client: Any = signed_on(plant, number)
    wanted = (DAHUA, XINYI, ISSUE, COUNT)
    page = client.get("/documents?lang=en").get_data(as_text=True)
    listed = {one["number"] for one in client.get(f"{PREFIX}/documents").json["rows"]}
    found: dict[str, set[str]] = {
        "list": {one for one in wanted if one in page},
        "api list": listed & set(wanted),
        "page": {one for one in wanted if client.get(f"/documents/{one}").status_code == 200},
        "api": {one for one in wanted if client.get(f"{PREFIX}/documents/{one}").status_code == 200},
        "trace": {one for one in wanted if _is_found(client.get(f"{PREFIX}/trace?code={one}").json, one)},
    }
    assert len(set(map(frozenset, found.values()))) == 1, found
    return found["list"]


def _is_found(answer: dict[str, list[dict[str, list[dict[str, str]]]]], number: str) -> bool:
    return any(row["number"] == number for find in answer["finds"] for row in find.get("documents", []))


def test_where_the_board_is_open_so_are_the_documents(tmp_path: Path) -> None:
    with running_hub(tmp_path / "hub") as plant:
        play(plant)
        submit(plant)
        assert sees(plant, "2100") == {DAHUA, XINYI, ISSUE, COUNT}


def test_the_board_alone_shows_no_document(plant: Plant) -> None:
    assert sees(plant, "2100") == set()


def test_see_shows_ones_own_and_others_shows_those_of_others_too(plant: Plant) -> None:
    assert sees(plant, "1007", "CS.see") == {DAHUA}
    assert sees(plant, "1007", "CS.see", "CS.others") == {DAHUA, XINYI}
    assert sees(plant, "1007", "CS.others") == set(), "others is more of what one sees, and nothing alone"
    assert sees(plant, "1007", "CS.see", "PD.see", "PD.others") == {DAHUA, COUNT}


def test_who_approves_sees_what_there_is_to_approve(plant: Plant) -> None:
    assert sees(plant, "2101", "LL.approve") == {ISSUE}
    assert sees(plant, "2101", "LL.unapprove") == set()


def test_a_program_needs_both_rights(plant: Plant) -> None:
    client: Any = plant.app.test_client()
    for rights, count in (({"CS.see"}, 0), ({"CS.see", "CS.others"}, 3)):
        with writing(plant.hub.engine) as connection:
            named = "+".join(sorted(rights))
            given = frozenset({"board.see", *rights})
            secret = tokens.add_token(connection, named, given, plant.hub.clock.now())
        answer = client.get(f"{PREFIX}/documents", headers={"Authorization": f"Bearer {secret}"})
        assert len([one for one in answer.json["rows"] if one["type"] == "CS"]) == count
