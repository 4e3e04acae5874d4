"""Approvals by badge and PIN: set at the hub, asked for at the kiosk, the hub away or not; and what guessing gets."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace

from domain.barcode import ControlCommand
from domain.barcodes.house import control_code
from domain.document import document_types
from domain.event import Event
from domain.events.documents import DocumentApproved, DocumentOpened, DocumentUnapproved
from domain.events.pins import PinAccepted, PinRefused
from domain.override import TypeOverride
from domain.pin import QUICK_TRIES, TRIES_MAX
from domain.staff import Person
from hub.rights.pins import give_pin, set_pin
from hub.store.database import writing
from hub.store.reference import Record
from hub.type_overrides import with_pins_required
from kiosk.screen import ApprovalView, HomeView, Tone
from tests.floor import Floor, FloorKiosk
from tests.stock import STOCK
from tests.world import KEEPER, LEADER, PLACES, badge_code, place_code, unit_code

DONE, YES, NO = (control_code(one) for one in (ControlCommand.DONE, ControlCommand.YES, ControlCommand.NO))
RACK, COUNTED = "RM-A-01", "(240)Y-3201(10)L7(3103)049000"
PIN, WRONG = "481620", "775310"
NOW = datetime(2026, 11, 22, 7, tzinfo=UTC)
SECOND = replace(LEADER, number="1012", badge="P8R4", names=LEADER.names)


@pytest.fixture
def floor(tmp_path: Path) -> Iterator[Floor]:
    made = Floor(
        tmp_path, stock=STOCK, plants={"P1": [Record(kind="person", key=SECOND.number, body=SECOND)]}
    )
    yield made
    assert [one for kiosk in made.kiosks for one in kiosk.unspoken()] == []
    made.close()


def has_pin(floor: Floor, person: Person = LEADER, digits: str = PIN) -> None:
    """Somebody sets a PIN at the hub."""
    with writing(floor.engine) as connection:
        set_pin(connection, floor.log, "P1", person.number, digits, NOW)


def submits(kiosk: FloorKiosk) -> str:
    """The keeper counts a place, finds too little and submits it; returns the document's number."""
    kiosk.scans(badge_code(KEEPER))
    kiosk.touches("open_document", "PD")
    kiosk.scans(place_code(RACK), COUNTED, unit_code("R0001"), "14006381333938", "14006381333938", DONE)
    assert kiosk.shows(ApprovalView), kiosk.says
    return kiosk.number()


def strengths(kiosk: FloorKiosk, kind: type[Event]) -> list[str]:
    return [one.envelope.strength for one in kiosk.entries() if one.envelope.type == kind.__name__]


def is_asked(kiosk: FloorKiosk) -> bool:
    return kiosk.screen.pin is not None


@pytest.mark.fault("A5")
def test_an_approval_takes_the_badge_and_then_the_pin_also_while_the_hub_is_away(floor: Floor) -> None:
    has_pin(floor)
    kiosk = floor.kiosk("K1", "PD")
    number = submits(kiosk)
    floor.is_away = True
    kiosk.scans(badge_code(LEADER))
    assert is_asked(kiosk)
    assert kiosk.tone is Tone.LOOK
    assert kiosk.events(DocumentApproved) == []
    kiosk.touches("pin", PIN)
    assert (kiosk.says, kiosk.shows(HomeView)) == ("said.document_approved", True)
    assert strengths(kiosk, DocumentApproved) == ["pin"]
    assert kiosk.events(PinAccepted) == [PinAccepted(person=LEADER.number, act="approve", document=number)]
    floor.syncs()


def test_who_has_no_pin_approves_by_badge_as_before(floor: Floor) -> None:
    has_pin(floor)
    kiosk = floor.kiosk("K1", "PD")
    submits(kiosk)
    kiosk.scans(badge_code(SECOND))
    assert kiosk.says == "said.document_approved"
    assert strengths(kiosk, DocumentApproved) == ["four_eyes"]


def test_where_the_factory_requires_it_nobody_approves_without_a_pin(tmp_path: Path) -> None:
    required = with_pins_required({"TK": TypeOverride(pin_required=False)})
    assert required["PD"].pin_required is True
    assert required["TK"].pin_required is False
    assert required.keys() == document_types().keys()
    floor = Floor(tmp_path, stock=STOCK, overrides=required)
    try:
        kiosk = floor.kiosk("K1", "PD")
        submits(kiosk)
        kiosk.scans(badge_code(LEADER))
        assert kiosk.says == "problem.pin_lacking"
        assert not is_asked(kiosk)
        assert kiosk.events(DocumentApproved) == []
        has_pin(floor)
        floor.syncs()
        kiosk.scans(badge_code(LEADER))
        kiosk.touches("pin", PIN)
        assert kiosk.says == "said.document_approved"
        assert kiosk.unspoken() == []
    finally:
        floor.close()


@pytest.mark.fault("A5")
def test_wrong_pins_cost_longer_and_longer_waits_that_outlast_a_restart_and_the_others_work_on(
    floor: Floor,
) -> None:
    has_pin(floor)
    kiosk = floor.kiosk("K1", "PD")
    number = submits(kiosk)
    for left in range(QUICK_TRIES - 1, 0, -1):
        kiosk.scans(badge_code(LEADER))
        kiosk.touches("pin", WRONG)
        assert kiosk.says == "problem.pin_wrong"
        assert kiosk.screen.answer is not None
        assert kiosk.screen.answer.says.parameters["left"] == str(left)
        assert is_asked(kiosk), "it may be typed again at once"
    kiosk.touches("pin", WRONG)
    assert (kiosk.says, is_asked(kiosk)) == ("problem.pin_wait", False)
    kiosk.restarts(after_s=5)
    kiosk.scans(badge_code(LEADER))
    assert kiosk.says == "problem.pin_wait"

    # Everybody else goes on: a colleague approves, the keeper works.
    kiosk.scans(badge_code(SECOND))
    assert kiosk.says == "said.document_approved"
    kiosk.touches("open_document", "PD")
    kiosk.scans(place_code("RM-A-02"))
    assert kiosk.tone is Tone.STORED

    # After the wait the right one is the right one, and is forgiven all before.
    other = submits_again(kiosk)
    kiosk.waits(60)
    kiosk.scans(badge_code(KEEPER))
    kiosk.touches("go_to_document", other)
    kiosk.scans(badge_code(LEADER))
    kiosk.touches("pin", PIN)
    assert kiosk.says == "said.document_approved"
    assert [one.failures for one in kiosk.events(PinRefused)] == list(range(1, QUICK_TRIES + 1))
    assert {one.document for one in kiosk.events(PinRefused)} == {number}
    floor.is_away = False
    for one in floor.kiosks:
        one.syncs()
    floor.books()
    assert floor.discrepancies("pin_guessed") == [("pin_guessed", LEADER.number)]


def submits_again(kiosk: FloorKiosk) -> str:
    kiosk.touches("home")
    return submits(kiosk)


@pytest.mark.fault("A5")
def test_after_too_many_the_pin_serves_no_more_here_until_there_is_a_new_one(floor: Floor) -> None:
    has_pin(floor)
    kiosk = floor.kiosk("K1", "PD")
    submits(kiosk)
    for _ in range(TRIES_MAX):
        kiosk.waits(3_700)
        kiosk.scans(badge_code(KEEPER))
        assert kiosk.shows(ApprovalView), "what waits for approval is there again after the screen was locked"
        kiosk.scans(badge_code(LEADER))
        kiosk.touches("pin", WRONG)
    assert kiosk.says == "problem.pin_locked"
    kiosk.waits(100_000)
    kiosk.scans(badge_code(KEEPER), badge_code(LEADER))
    assert (kiosk.says, is_asked(kiosk)) == ("problem.pin_locked", False)
    with writing(floor.engine) as connection:
        given = give_pin(connection, floor.log, "P1", LEADER.number, NOW)
    kiosk.syncs()
    kiosk.scans(badge_code(LEADER))
    kiosk.touches("pin", given)
    assert kiosk.says == "said.document_approved"


def test_a_reboot_or_a_clock_put_forward_shortens_no_wait(floor: Floor) -> None:
    has_pin(floor)
    kiosk = floor.kiosk("K1", "PD")
    submits(kiosk)
    kiosk.scans(badge_code(LEADER))
    for _ in range(QUICK_TRIES):
        kiosk.touches("pin", WRONG)
    kiosk.boot_id = "boot-9"
    kiosk.clock._start = datetime(2027, 11, 22, 8, 30, tzinfo=UTC)  # pyright: ignore[reportPrivateUsage] (somebody sets the clock)
    kiosk.clock._ms = 0  # pyright: ignore[reportPrivateUsage] (a machine that has just started)
    kiosk.restarts(after_s=1)
    kiosk.scans(badge_code(KEEPER), badge_code(LEADER))
    kiosk.touches("acknowledge")
    guesses = kiosk.loop.desk().pins.guesses(person_here(kiosk, LEADER))
    assert guesses.failures == QUICK_TRIES
    assert guesses.wait_left_s >= 25


def person_here(kiosk: FloorKiosk, person: Person) -> Person:
    found = kiosk.store.facts.person(person.number)
    assert found is not None
    return found


@pytest.mark.fault("A5")
def test_the_digits_stand_in_no_file_no_fact_and_no_screen_and_a_verifier_goes_only_where_it_serves(
    floor: Floor,
) -> None:
    has_pin(floor)
    has_pin(floor, KEEPER, PIN)
    kiosk, other = floor.kiosk("K1", "PD"), floor.kiosk("K2", "PD")
    submits(kiosk)
    kiosk.scans(badge_code(LEADER))
    kiosk.touches("pin", WRONG)
    kiosk.touches("pin", PIN)
    assert kiosk.says == "said.document_approved"
    kiosk.syncs()
    screens = b"".join(msgspec.json.encode(one) for one in kiosk.page.screens)
    log = b"".join(one.body for one in kiosk.entries())
    files = b"".join(
        path.read_bytes() for path in floor.folder.rglob("*") if path.is_file() and path.suffix != ".lock"
    )
    for digits in (PIN.encode(), WRONG.encode()):
        assert digits not in screens
        assert digits not in log
        assert digits not in files
    here, there = person_here(kiosk, LEADER).pin, person_here(other, LEADER).pin
    assert here
    assert there
    assert here != there
    assert person_here(kiosk, KEEPER).pin == "", "the keeper approves nothing: a kiosk need not know"


def test_a_yes_is_no_pin_and_another_scan_or_a_no_leaves_the_pad(floor: Floor) -> None:
    has_pin(floor)
    kiosk = floor.kiosk("K1", "PD")
    submits(kiosk)
    kiosk.scans(badge_code(LEADER), YES)
    assert (kiosk.says, is_asked(kiosk)) == ("problem.pin_not_yes", True)
    kiosk.touches("yes")
    assert is_asked(kiosk)
    kiosk.scans(NO)
    assert (kiosk.says, is_asked(kiosk)) == ("said.not_done", False)
    kiosk.scans(badge_code(LEADER))
    kiosk.touches("no")
    assert not is_asked(kiosk)
    kiosk.touches("pin", PIN)
    assert kiosk.events(DocumentApproved) == [], "nobody is asked any more"
    kiosk.scans(badge_code(LEADER), badge_code(SECOND))
    assert kiosk.says == "said.document_approved"
    [approved] = kiosk.events(DocumentApproved)
    assert approved.approver == SECOND.number


def test_taking_a_document_back_asks_for_the_pin_of_who_takes_it_back(floor: Floor) -> None:
    has_pin(floor)
    kiosk = floor.kiosk("K1", "PD")
    number = submits(kiosk)
    kiosk.scans(badge_code(SECOND))
    assert kiosk.takes_back(number, LEADER) == "ask.pin"
    assert kiosk.events(DocumentUnapproved) == []
    assert is_asked(kiosk)
    kiosk.touches("pin", PIN)
    assert kiosk.says == "said.document_unapproved"
    assert strengths(kiosk, DocumentUnapproved) == ["pin"]
    assert [one.act for one in kiosk.events(PinAccepted)] == ["take_back"]
    floor.syncs()


@pytest.mark.parametrize("supplier_first", [True, False])
def test_a_countersignature_asks_for_the_pin_of_who_countersigns(floor: Floor, supplier_first: bool) -> None:
    has_pin(floor)
    kiosk = floor.kiosk("K1", "CS")
    kiosk.scans(badge_code(KEEPER))
    kiosk.touches("open_document", "CS")
    supplier = next(one for one in PLACES if one.code == "S-HENGLI")
    if supplier_first:
        kiosk.scans(place_code(supplier.code))
    kiosk.scans(badge_code(LEADER))
    assert is_asked(kiosk), kiosk.says
    kiosk.touches("pin", PIN)
    if not supplier_first:
        kiosk.scans(place_code(supplier.code))
    if not kiosk.events(DocumentOpened):
        pytest.fail(f"{kiosk.says} {kiosk.asked()}")
    [opened] = kiosk.events(DocumentOpened)
    assert opened.header["countersign"] == LEADER.number
    assert strengths(kiosk, DocumentOpened) == ["pin"]
