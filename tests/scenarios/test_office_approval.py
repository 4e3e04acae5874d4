"""A document submitted at a kiosk is decided about in the office: approved, sent back, un-approved; the kiosk hears."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from sqlalchemy import select

from domain.barcode import ControlCommand
from domain.barcodes.house import control_code
from domain.events.documents import DocumentCompleted
from domain.names import LANGUAGES, Language, Names
from domain.staff import Person
from domain.words import speak
from hub.api.openapi import PREFIX
from hub.rebuild import rebuild
from hub.rights import tokens
from hub.store import tables
from hub.store.database import reading, writing
from hub.store.reference import Record, write_records
from kiosk.screen import ApprovalView, DocumentView, HomeView, Tone
from kiosk.state import DOCUMENTS_OPEN_MAX
from kiosk.store.reference import Reference
from tests.floor import Floor, FloorKiosk, document_code
from tests.office import Pages
from tests.stock import STOCK
from tests.world import BUTTON, KEEPER, LEADER, YARN, badge_code, place_code

DONE = control_code(ControlCommand.DONE)
RACK, BOX = "RM-A-01", "14006381333938"
OFFICE = Person(
    number="1900", names=Names(zh="赵敏", en="Zhao Min"), badge="1900", rights=("TZ.approve", "TZ.unapprove")
)
"""Somebody who approves adjustments, and never stands at a kiosk."""


@pytest.fixture
def floor(tmp_path: Path) -> Iterator[Floor]:
    made = Floor(tmp_path, stock=STOCK)
    with writing(made.engine) as connection:
        write_records(connection, made.log, "P1", [Record(kind="person", key="1900", body=OFFICE)])
    yield made
    assert [one for kiosk in made.kiosks for one in kiosk.unspoken()] == []
    made.close()


@pytest.fixture
def pages(floor: Floor) -> Pages:
    return Pages(floor)


def submits(floor: Floor, kilos: int = 2) -> FloorKiosk:
    """The keeper weighed yarn again: it is less. It waits for somebody else."""
    kiosk = floor.kiosk("K1", "TZ")
    kiosk.scans(badge_code(KEEPER))
    kiosk.touches("open_document", "TZ")
    less_yarn(kiosk, kilos)
    kiosk.scans(DONE)
    assert kiosk.shows(ApprovalView)
    floor.syncs()
    return kiosk


def less_yarn(kiosk: FloorKiosk, kilos: int) -> None:
    kiosk.picks("side", "less")
    kiosk.scans(f"(240)Y-3201(10)L7(3103){kilos * 1000:06d}", place_code(RACK))
    kiosk.picks("reason", "weighed_again")


def at_home(kiosk: FloorKiosk) -> HomeView:
    kiosk.touches("home")
    assert isinstance(kiosk.view, HomeView)
    return kiosk.view


def waits(kiosk: FloorKiosk) -> dict[str, str]:
    """What waits on the home screen: numbers, and the words' key beside each."""
    return {one.value: one.detail.key for one in at_home(kiosk).waiting if one.detail}


def status(floor: Floor, number: str) -> str:
    held = tables.documents.c
    with reading(floor.engine) as connection:
        return str(connection.execute(select(held.status).where(held.number == number)).scalar_one())


def folds_alike(floor: Floor) -> None:
    """A replay of the ledger finds the same."""
    named = (tables.documents, tables.document_lines, tables.balances, tables.movements, tables.left_plans)

    def rows() -> list[list[tuple[object, ...]]]:
        with reading(floor.engine) as connection:
            return [sorted(map(tuple, connection.execute(select(one)))) for one in named]

    before = rows()
    rebuild(floor.engine, "P1")
    assert rows() == before


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_the_keeper_submitted_is_approved_in_the_office_and_the_kiosk_hears_of_it(
    floor: Floor, pages: Pages, language: Language
) -> None:
    kiosk = submits(floor)
    number = kiosk.number()
    office = pages.browser(OFFICE)
    page = office.opens("/approvals", language)
    assert number in page
    assert speak(language, "approval.why.is_always_approved") in page
    assert "⟦" not in page
    assert floor.held(RACK, YARN.id) == Decimal(50), "looking moves nothing"
    answer = office.decides("/approvals", "approve")
    assert answer.status_code == 303, answer.get_data(as_text=True)
    assert "told=approve" in answer.location
    assert floor.held(RACK, YARN.id) == Decimal(48)
    assert status(floor, number) == "closed"
    assert OFFICE.names.en in office.opens(f"/documents/{number}")
    floor.syncs()
    assert kiosk.at(RACK, YARN.id) == Decimal(48)
    home = at_home(kiosk)
    assert [one.value for one in home.open_documents] == []
    assert number not in waits(kiosk)
    assert number not in office.opens("/approvals")
    assert floor.discrepancies() == []
    folds_alike(floor)


def test_only_what_is_ticked_moves(floor: Floor, pages: Pages) -> None:
    kiosk = floor.kiosk("K1", "TZ")
    kiosk.scans(badge_code(KEEPER))
    kiosk.touches("open_document", "TZ")
    less_yarn(kiosk, 2)
    kiosk.picks("side", "more")
    kiosk.scans(BOX, DONE)
    floor.syncs()
    answer = pages.browser(OFFICE).decides("/approvals", "approve", untick=(0,))
    assert answer.status_code == 303
    assert (floor.held(RACK, YARN.id), floor.held(RACK, BUTTON.id)) == (Decimal(50), Decimal(432))


def test_of_many_movements_the_list_shows_the_first_and_the_documents_page_all(
    floor: Floor, pages: Pages, monkeypatch: pytest.MonkeyPatch
) -> None:
    kiosk = floor.kiosk("K1", "TZ")
    kiosk.scans(badge_code(KEEPER))
    kiosk.touches("open_document", "TZ")
    less_yarn(kiosk, 2)
    kiosk.picks("side", "more")
    kiosk.scans(BOX, DONE)
    floor.syncs()
    monkeypatch.setattr("hub.web.document_pages.MOVES_SHOWN_MAX", 1)
    office = pages.browser(OFFICE)
    assert speak("en", "approval.moves_more", shown="1", count="2") in office.opens("/approvals")
    number = kiosk.number()
    answer = office.decides(f"/documents/{number}", "approve", untick=(1,))
    assert answer.status_code == 303
    assert (floor.held(RACK, YARN.id), floor.held(RACK, BUTTON.id)) == (Decimal(48), Decimal(288))


def test_nobody_approves_what_he_made_himself_nor_without_the_right(floor: Floor, pages: Pages) -> None:
    number = submits(floor).number()
    with writing(floor.engine) as connection:
        bold = replace(KEEPER, rights=(*KEEPER.rights, "TZ.approve"))
        write_records(connection, floor.log, "P1", [Record(kind="person", key=KEEPER.number, body=bold)])
    own = pages.browser(KEEPER)
    page = own.opens(f"/documents/{number}")
    assert speak("en", "problem.own_work", name=KEEPER.number) in page
    assert not own.offers(f"/documents/{number}", "approve")
    form = {"number": number, "device": "K1", "act": "approve", "token": token_of(page)}
    refused = own.client.post("/approvals", data={**form, "lang": "en"})
    assert refused.status_code == 422
    assert speak("en", "problem.own_work", name=KEEPER.number) in refused.get_data(as_text=True)
    with writing(floor.engine) as connection:
        plain = replace(OFFICE, rights=("CS.approve",))
        write_records(connection, floor.log, "P1", [Record(kind="person", key="1900", body=plain)])
    other = pages.browser(OFFICE)
    page = other.opens("/approvals")
    assert number not in page
    refused = other.client.post("/approvals", data={**form, "token": token_of(page), "lang": "en"})
    assert refused.status_code == 422
    assert floor.held(RACK, YARN.id) == Decimal(50)
    assert status(floor, number) == "submitted"


def token_of(page: str) -> str:
    return page.split('name="token" value="', 1)[1][:64]


def test_a_document_sent_back_is_mended_at_its_kiosk_and_submitted_again(floor: Floor, pages: Pages) -> None:
    kiosk = submits(floor)
    number = kiosk.number()
    office = pages.browser(OFFICE)
    refused = office.decides("/approvals", "send_back", reason="  ")
    assert refused.status_code == 422
    assert speak("en", "problem.no_reason", document=number) in refused.get_data(as_text=True)
    answer = office.decides("/approvals", "send_back", reason="weigh the second cone too")
    assert answer.status_code == 303
    assert status(floor, number) == "open"
    assert "weigh the second cone too" in office.opens(f"/documents/{number}")
    floor.syncs()
    kiosk.scans(badge_code(LEADER))
    assert kiosk.says == "problem.document_sent_back", "nothing is approved that is back with its maker"
    kiosk.touches("acknowledge")
    assert waits(kiosk)[number] == "home.sent_back"
    kiosk.touches("go_to_document", number)
    assert kiosk.shows(DocumentView)
    assert kiosk.says == "said.sent_back"
    less_yarn(kiosk, 1)
    assert kiosk.tone is Tone.STORED
    kiosk.scans(DONE)
    assert kiosk.shows(ApprovalView)
    hears_again(floor, kiosk)
    assert kiosk.store.facts.document_status(number) == "submitted", "that was about the one before"
    assert [one.lines for one in kiosk.events(DocumentCompleted)] == [1, 2]
    floor.syncs()
    assert status(floor, number) == "submitted"
    office.decides("/approvals", "approve")
    floor.syncs()
    assert floor.held(RACK, YARN.id) == kiosk.at(RACK, YARN.id) == Decimal(47)
    assert floor.discrepancies() == []
    folds_alike(floor)


def hears_again(floor: Floor, kiosk: FloorKiosk) -> None:
    """The hub tells everything from the beginning, before it has heard what the kiosk did since."""
    told = floor.line(kiosk.device, kiosk.plant).changes("", 0)
    with kiosk.store.connection.transaction():
        Reference(kiosk.store.connection).take(told.changes)


def test_a_document_in_effect_is_un_approved_in_the_office_and_its_kiosk_takes_it_back_no_more(
    floor: Floor, pages: Pages
) -> None:
    kiosk = submits(floor)
    number = kiosk.number()
    kiosk.scans(badge_code(LEADER))
    floor.syncs()
    assert (floor.held(RACK, YARN.id), status(floor, number)) == (Decimal(48), "closed")
    office = pages.browser(OFFICE)
    answer = office.decides(f"/documents/{number}", "unapprove", reason="the scale was wrong")
    assert answer.status_code == 303, answer.get_data(as_text=True)
    assert (floor.held(RACK, YARN.id), floor.held("ADJUST")) == (Decimal(50), Decimal(0))
    assert status(floor, number) == "unapproved"
    assert not office.offers(f"/documents/{number}", "unapprove")
    hears_again(floor, kiosk)
    assert kiosk.store.facts.document_status(number) == "unapproved", (
        "also where it begins from the beginning"
    )
    floor.syncs()
    assert kiosk.at(RACK, YARN.id) == Decimal(50)
    at_home(kiosk)
    kiosk.touches("look_up")
    kiosk.scans(document_code(number))
    assert kiosk.says == "problem.wrong_here", "it is nothing this kiosk could take back"
    kiosk.touches("acknowledge")
    assert floor.discrepancies() == []
    folds_alike(floor)


def test_what_was_approved_in_the_office_takes_up_no_room_at_the_kiosk(floor: Floor, pages: Pages) -> None:
    kiosk = submits(floor)
    office = pages.browser(OFFICE)
    for _ in range(DOCUMENTS_OPEN_MAX):
        office.decides("/approvals", "approve")
        floor.syncs()
        kiosk.touches("home")
        kiosk.touches("open_document", "TZ")
        assert kiosk.shows(DocumentView), kiosk.says
        less_yarn(kiosk, 1)
        kiosk.scans(DONE)
        floor.syncs()
    assert floor.held(RACK, YARN.id) == Decimal(50 - 2 - DOCUMENTS_OPEN_MAX + 1)


@pytest.mark.parametrize("first", ["kiosk", "office"])
def test_approved_at_a_kiosk_and_sent_back_in_the_office_it_stays_approved_and_somebody_looks(
    floor: Floor, pages: Pages, first: str
) -> None:
    kiosk = submits(floor)
    number = kiosk.number()
    other = floor.kiosk("K2", "TZ")
    floor.syncs()
    office = pages.browser(OFFICE)
    floor.is_away = True
    other.scans(badge_code(LEADER))
    other.touches("go_to_document", number)
    other.scans(badge_code(LEADER))
    assert other.shows(HomeView), "the hub is away, and the leader is entitled"
    floor.is_away = False
    if first == "kiosk":
        other.syncs()  # it is in the ledger, and not booked yet: the page still shows it waiting
    answer = office.decides("/approvals", "send_back", reason="no\0")
    assert answer.status_code == (422 if first == "kiosk" else 303)
    told = speak("en", "problem.decided_meanwhile", document=number)
    assert (told in answer.get_data(as_text=True)) == (first == "kiosk")
    floor.syncs()
    assert status(floor, number) == "closed"
    assert floor.held(RACK, YARN.id) == Decimal(48)
    assert floor.discrepancies() == [("decided_apart", number)]
    assert [one.value for one in at_home(kiosk).open_documents] == []
    folds_alike(floor)


def test_approved_twice_moves_once(floor: Floor, pages: Pages) -> None:
    kiosk = submits(floor)
    number = kiosk.number()
    other = floor.kiosk("K2", "TZ")
    floor.syncs()
    floor.is_away = True
    other.scans(badge_code(LEADER))
    other.touches("go_to_document", number)
    other.scans(badge_code(LEADER))
    floor.is_away = False
    pages.browser(OFFICE).decides("/approvals", "approve")
    for one in (other, kiosk):
        one.syncs()
    floor.books()
    for one in (other, kiosk):
        one.syncs()
    assert floor.troubles() == [("parked", "approved_twice")]
    assert floor.held(RACK, YARN.id) == other.at(RACK, YARN.id) == kiosk.at(RACK, YARN.id) == Decimal(48)
    assert [kind for kind, _ in floor.discrepancies()] == ["parked"]
    folds_alike(floor)


def test_a_program_decides_in_somebodys_name_by_their_rights_and_its_own(floor: Floor, pages: Pages) -> None:
    number = submits(floor).number()
    with writing(floor.engine) as connection:
        given = frozenset({"TZ.approve", "TZ.unapprove"})
        secret = tokens.add_token(connection, "erp", given, floor.clock.now())
    program: Any = pages.app.test_client()

    def sends(path: str, **body: object) -> tuple[int, Any]:
        answer = program.post(
            f"{PREFIX}/approvals/{path}",
            json={"number": number, "person": OFFICE.number, **body},
            headers={"Authorization": f"Bearer {secret}"},
        )
        return answer.status_code, answer.json

    assert sends("CS")[0] == 403, "the token is for adjustments"
    assert sends("TZ", number="TZ-NONE")[0] == 404
    assert sends("TZ", person=KEEPER.number)[1]["code"] == "no_right"
    assert sends("TZ/send-back")[1]["message"] == f"Say why {number} is sent back"
    assert sends("TZ/unapprove")[1]["code"] == "nothing_to_take_back"
    assert sends("TZ") == (200, {"number": number, "booked": True})
    assert sends("TZ")[1]["code"] == "nothing_to_approve"
    assert (status(floor, number), floor.held(RACK, YARN.id)) == ("closed", Decimal(48))
    assert sends("TZ/unapprove", reason="weighed wrongly")[0] == 200
    assert (status(floor, number), floor.held(RACK, YARN.id)) == ("unapproved", Decimal(50))
    folds_alike(floor)
