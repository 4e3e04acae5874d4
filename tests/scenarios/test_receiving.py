"""Goods-in, told to a storekeeper."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from domain.barcode import ControlCommand
from domain.barcodes.house import HouseType, control_code, house_code
from domain.events.documents import DocumentCompleted, DocumentOpened, LineRecorded, LineReversed
from domain.events.labels import LabelRequested
from domain.events.terminal import ScanRefused, SignedOff, SignedOn
from domain.place import PlaceId
from domain.quantity import Quantity
from domain.stock import Goods
from kiosk.screen import DocumentView, HomeView, LookUpView, SignOnView, Tone
from tests.terminal import Terminal
from tests.world import (
    BUTTON,
    COTTON,
    KEEPER,
    LEADER,
    NEWCOMER,
    ORDER,
    YARN,
    badge_code,
    order_code,
    place_code,
)

COTTON_ROLL = "]C1" + "10LOT7\x1d240F-2041\x1d" + "3103025500" + "3111000800"
DONE = control_code(ControlCommand.DONE)
UNDO = control_code(ControlCommand.UNDO)
YES = control_code(ControlCommand.YES)
NO = control_code(ControlCommand.NO)
REJECT = control_code(ControlCommand.REJECT)


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    made = Terminal(tmp_path)
    yield made
    assert made.unspoken() == []
    assert made.store.log.damages() == []
    made.close()


def held(terminal: Terminal, place: str, item: str) -> Decimal:
    balances = terminal.store.facts.balances(PlaceId(place))
    return sum((one.quantity.value for one in balances if one.goods.item == item), Decimal(0))


def test_a_delivery_is_received_against_its_order(terminal: Terminal) -> None:
    assert terminal.shows(SignOnView)
    terminal.scans(badge_code(KEEPER))
    assert terminal.shows(HomeView)
    terminal.scans(order_code(ORDER))
    assert terminal.shows(DocumentView)
    assert terminal.asks_for("item")
    terminal.scans(COTTON_ROLL)
    assert terminal.asks_for("place")
    assert terminal.tone is Tone.NEUTRAL
    terminal.scans(place_code("RM-A-01"))
    assert terminal.tone is Tone.STORED
    assert terminal.sound.tones[-1] is Tone.STORED
    assert held(terminal, "RM-A-01", COTTON.id) == Decimal("25.5")

    [label] = terminal.events(LabelRequested)
    assert isinstance(label, LabelRequested)
    assert (label.printer, label.data["lot"]) == ("door", "LOT7")
    assert terminal.store.jobs.queued("door") == 1

    terminal.scans(DONE)
    assert terminal.shows(HomeView)
    [completed] = terminal.events(DocumentCompleted)
    assert isinstance(completed, DocumentCompleted)
    assert (completed.outcome, completed.lines) == ("closed", 1)


def test_the_place_stays_in_force_for_the_next_line(terminal: Terminal) -> None:
    terminal.scans(badge_code(KEEPER), order_code(ORDER), COTTON_ROLL, place_code("RM-A-01"))
    terminal.scans(COTTON_ROLL)
    assert terminal.tone is Tone.STORED
    assert held(terminal, "RM-A-01", COTTON.id) == Decimal(51)
    first, second = terminal.events(LineRecorded)
    assert first.values["handling_unit"] != second.values["handling_unit"]  # type: ignore[attr-defined]


def test_without_an_order_a_second_person_countersigns(terminal: Terminal) -> None:
    terminal.scans(badge_code(KEEPER))
    terminal.touches("open_document", "CS")
    assert terminal.asks_for("plan")
    terminal.scans(badge_code(LEADER))
    assert terminal.loop.state.operator == KEEPER.number
    assert terminal.asks_for("partner")
    terminal.touches("field", "partner")
    assert terminal.screen.picker
    terminal.touches("pick", "S-HENGLI")
    [opened] = terminal.events(DocumentOpened)
    assert isinstance(opened, DocumentOpened)
    assert opened.header["countersign"] == LEADER.number
    assert terminal.entries()[-1].envelope.strength == "four_eyes"


@pytest.mark.fault("U2")
def test_a_badge_that_may_not_countersign_offers_to_change_the_operator(terminal: Terminal) -> None:
    terminal.scans(badge_code(KEEPER))
    terminal.touches("open_document", "CS")
    terminal.scans(badge_code(NEWCOMER))
    assert terminal.screen.question
    terminal.scans(NO)
    assert terminal.loop.state.operator == KEEPER.number
    terminal.scans(badge_code(NEWCOMER), YES)
    assert terminal.loop.state.operator == NEWCOMER.number


def test_more_than_ordered_is_asked_and_the_same_code_again_means_yes(terminal: Terminal) -> None:
    terminal.scans(badge_code(KEEPER), order_code(ORDER), "T-0107")
    terminal.touches("field", "quantity")
    terminal.types("1450")
    place = place_code("RM-A-01")
    terminal.scans(place)
    assert terminal.screen.question
    assert terminal.tone is Tone.LOOK
    assert terminal.events(LineRecorded) == []
    terminal.scans(place)
    assert terminal.tone is Tone.STORED
    [line] = terminal.events(LineRecorded)
    assert isinstance(line, LineRecorded)
    assert line.confirmed == ("over_ordered",)
    assert line.values["quantity"] == Quantity(Decimal(1450), "C62")


@pytest.mark.fault("S4")
def test_the_same_code_again_never_confirms_an_error(terminal: Terminal) -> None:
    terminal.scans(badge_code(KEEPER), order_code(ORDER), "T-0107")
    terminal.touches("field", "quantity")
    terminal.types("2000")
    terminal.scans(place_code("RM-A-01"), place_code("RM-A-01"))
    assert terminal.tone is Tone.REFUSED
    assert terminal.says == "problem.over_ceiling"
    assert terminal.events(LineRecorded) == []


def test_another_code_than_the_one_asked_about_means_no_and_is_taken(terminal: Terminal) -> None:
    terminal.scans(badge_code(KEEPER), order_code(ORDER), "T-0107")
    terminal.touches("field", "quantity")
    terminal.types("1450")
    terminal.scans(place_code("RM-A-01"))
    terminal.scans(control_code(ControlCommand.QUANTITY, "100"))
    assert terminal.screen.question is None
    terminal.scans(place_code("RM-A-01"))
    [line] = terminal.events(LineRecorded)
    assert isinstance(line, LineRecorded)
    assert line.values["quantity"] == Quantity(Decimal(100), "C62")


def test_rejected_goods_go_to_quarantine_with_a_reason(terminal: Terminal) -> None:
    terminal.scans(badge_code(KEEPER), order_code(ORDER), COTTON_ROLL, REJECT)
    assert terminal.asks_for("reason")
    assert terminal.screen.picker
    terminal.touches("pick", "wet")
    assert terminal.tone is Tone.STORED
    assert held(terminal, "RM-Q", COTTON.id) == Decimal("25.5")


@pytest.mark.fault("U6")
def test_undo_forgets_the_unfinished_line_first_and_then_takes_back_the_last(terminal: Terminal) -> None:
    terminal.scans(badge_code(KEEPER), order_code(ORDER), COTTON_ROLL, place_code("RM-A-01"))
    terminal.scans(YARN.number)
    terminal.touches("field", "quantity")
    terminal.touches("overlay_close")
    terminal.scans(UNDO)
    assert terminal.events(LineReversed) == []
    terminal.scans(UNDO)
    assert held(terminal, "RM-A-01", COTTON.id) == 0
    [back], [line] = terminal.events(LineReversed), terminal.events(LineRecorded)
    assert isinstance(back, LineReversed)
    assert isinstance(line, LineRecorded)
    assert back.line == line.line
    assert terminal.entries()[-1].envelope.corrects
    terminal.scans(UNDO)
    assert terminal.says == "problem.nothing_to_undo"


@pytest.mark.fault("U1")
def test_another_order_scanned_in_between_is_offered_and_the_first_stays(terminal: Terminal) -> None:
    terminal.scans(badge_code(KEEPER), order_code(ORDER), COTTON_ROLL)
    first = terminal.loop.state.current
    terminal.touches("home")
    terminal.touches("open_document", "YW")
    terminal.scans("Y-3201")
    move = terminal.loop.state.current
    terminal.scans(order_code(ORDER))
    assert terminal.screen.question
    terminal.scans(YES)
    assert terminal.loop.state.document
    assert terminal.loop.state.document.header["plan"] == ORDER.number
    assert {first, move} <= {one.number for one in terminal.loop.state.documents}
    terminal.touches("home")
    terminal.touches("go_to_document", first)
    assert terminal.asks_for("place")


@pytest.mark.fault("S4")
def test_one_trigger_pull_read_twice_counts_once(terminal: Terminal) -> None:
    terminal.scans(badge_code(KEEPER), order_code(ORDER), COTTON_ROLL, place_code("RM-A-01"))
    terminal.scans(COTTON_ROLL)
    before = len(terminal.events())
    terminal.scans(COTTON_ROLL, apart_s=0.2)
    assert terminal.tone is Tone.TICK
    assert terminal.sound.tones[-1] is Tone.TICK
    assert len(terminal.events()) == before
    terminal.scans(COTTON_ROLL, apart_s=0.5)
    assert terminal.tone is Tone.STORED


@pytest.mark.fault("S7")
def test_unknown_wrong_here_not_now_and_our_fault_are_four_answers(terminal: Terminal) -> None:
    terminal.scans("NO-SUCH-THING")
    assert terminal.says == "problem.badge_first"
    terminal.scans(badge_code(KEEPER), order_code(ORDER))
    terminal.scans("NO-SUCH-THING")
    assert terminal.says == "problem.unknown_code"
    terminal.scans("04006381333931"[:-1] + "2")
    assert terminal.tone is Tone.REFUSED
    terminal.scans(place_code("S-HENGLI"))
    assert terminal.says == "problem.place_not_fitting"
    terminal.garbles()
    assert terminal.tone is Tone.FAULT
    refused = [one.problem for one in terminal.events(ScanRefused)]  # type: ignore[attr-defined]
    assert refused[:2] == ["badge_first", "unknown_code"]
    assert terminal.screen.answer
    assert terminal.screen.answer.needs_acknowledgement
    terminal.touches("acknowledge")
    assert terminal.screen.answer is None


@pytest.mark.fault("U1", "U2")
def test_nobody_there_for_two_minutes_locks_the_screen_and_keeps_the_work(terminal: Terminal) -> None:
    terminal.scans(badge_code(KEEPER), order_code(ORDER), COTTON_ROLL)
    terminal.waits(121)
    assert terminal.shows(SignOnView)
    assert terminal.events(SignedOff) == [SignedOff(person=KEEPER.number, reason="idle", idle_s=121)]
    terminal.scans(badge_code(LEADER))
    assert terminal.screen.frame.language == "en"
    assert terminal.asks_for("place")
    assert len(terminal.events(SignedOn)) == 2


@pytest.mark.fault("K1", "U9")
def test_a_power_cut_in_the_middle_of_a_line_loses_nothing(terminal: Terminal) -> None:
    terminal.scans(badge_code(KEEPER), order_code(ORDER), COTTON_ROLL)
    terminal.restarts()
    assert terminal.shows(DocumentView)
    assert terminal.asks_for("place")
    terminal.scans(place_code("RM-A-01"))
    assert terminal.tone is Tone.STORED
    terminal.restarts(after_s=600)
    assert terminal.shows(SignOnView)
    assert isinstance(terminal.view, SignOnView)
    assert terminal.view.last
    assert terminal.view.last.lot == "LOT7"


def test_an_order_looked_up_shows_how_far_it_is_and_begins_when_scanned_again(terminal: Terminal) -> None:
    terminal.scans(badge_code(KEEPER), place_code("RM-A-01"), order_code(ORDER))
    assert isinstance(terminal.view, LookUpView)
    assert len(terminal.view.plan) == len(ORDER.lines)
    assert not terminal.view.shows_stock
    assert terminal.events(DocumentOpened) == []
    terminal.scans(order_code(ORDER))
    assert terminal.shows(DocumentView)
    assert len(terminal.events(DocumentOpened)) == 1


def test_an_order_looked_up_begins_by_its_button(terminal: Terminal) -> None:
    terminal.scans(badge_code(KEEPER), place_code("RM-A-01"), order_code(ORDER))
    assert isinstance(terminal.view, LookUpView)
    [button] = terminal.view.buttons
    terminal.touches(button.action, button.value)
    assert terminal.shows(DocumentView)


def test_the_card_of_a_document_opens_it_from_a_look_up_too(terminal: Terminal) -> None:
    terminal.scans(badge_code(KEEPER), place_code("RM-A-01"), house_code(HouseType.DOCUMENT, "YW"))
    assert isinstance(terminal.view, DocumentView)
    assert terminal.view.title.key == "document.YW"


@pytest.mark.fault("S7")
def test_goods_scanned_at_home_are_looked_up_and_nothing_moves(terminal: Terminal) -> None:
    terminal.scans(badge_code(KEEPER), order_code(ORDER), COTTON_ROLL, place_code("RM-A-01"))
    terminal.scans(control_code(ControlCommand.HOME), COTTON.number)
    assert isinstance(terminal.view, LookUpView)
    assert terminal.view.stock[0].place == "RM-A-01"
    assert terminal.tone is Tone.NEUTRAL
    before = len(terminal.events(LineRecorded))
    terminal.scans(place_code("RM-A-01"), YARN.number, ORDER.number, BUTTON.codes[0].code)
    assert len(terminal.events(LineRecorded)) == before
    goods = Goods(item=COTTON.id, lot="LOT7")
    assert terminal.store.facts.balances(PlaceId("RM-A-02"), goods) == []
