"""Goods go to another warehouse, told to the one who sends and the one who receives; the hub is away for part of it."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from domain.barcode import ControlCommand
from domain.barcodes.house import control_code
from domain.events.documents import LineRecorded, LineReversed, PlanLeft
from domain.place import PlaceId
from domain.quantity import Quantity
from domain.stock import Stock
from kiosk.screen import HomeView, LookUpView, Tone
from tests.filling import fillings
from tests.stock import ROLL, STOCK
from tests.terminal import Terminal
from tests.world import KEEPER, LEADER, badge_code, order_code, place_code, unit_code

DONE = control_code(ControlCommand.DONE)
UNDO = control_code(ControlCommand.UNDO)
TRANSIT, RACK, NEW_RACK = PlaceId("TRANSIT"), PlaceId("RM-A-01"), PlaceId("RM-A-02")


@pytest.fixture
def sender(tmp_path: Path) -> Iterator[Terminal]:
    made = Terminal(tmp_path / "sender", balances=STOCK)
    made.scans(badge_code(KEEPER))
    made.touches("open_document", "YC")
    made.scans(place_code("FG-B-01"))
    yield made
    assert made.unspoken() == []
    made.close()


def at(terminal: Terminal, place: PlaceId) -> Decimal:
    """Return how many kilograms of the roll lie at a place."""
    return sum((one.quantity.value for one in terminal.store.facts.balances(place, ROLL)), Decimal(0))


def receiver(folder: Path, sent: Terminal) -> Terminal:
    """A kiosk of the other warehouse, as the hub lets it know the plan and what is on the road."""
    [left] = sent.events(PlanLeft)
    moved = [one for line in sent.events(LineRecorded) for one in line.movements]
    stock = Stock(STOCK)
    for one in moved:
        stock.apply(one)
    made = Terminal(folder, balances=list(stock.balances()), plans=[left.plan])
    made.scans(badge_code(KEEPER))
    made.scans(order_code(left.plan))
    return made


def test_a_roll_is_sent_in_one_scan_and_lies_on_the_road(sender: Terminal) -> None:
    sender.scans(unit_code("R0001"))
    assert sender.tone is Tone.STORED
    assert (at(sender, RACK), at(sender, TRANSIT)) == (Decimal(0), Decimal("21.4"))
    sender.scans(DONE)
    assert sender.shows(HomeView)
    [left] = sender.events(PlanLeft)
    [line] = left.plan.lines
    assert (line.handling_unit, line.quantity, line.place) == (
        "R0001",
        Quantity(Decimal("21.4"), "KGM"),
        TRANSIT,
    )
    assert left.plan.partner == "FG-B-01"


def test_what_was_sent_by_mistake_comes_back_exactly(sender: Terminal) -> None:
    sender.scans(unit_code("R0001"), UNDO)
    assert len(sender.events(LineReversed)) == 1
    assert (at(sender, RACK), at(sender, TRANSIT)) == (Decimal("21.4"), Decimal(0))


def test_within_one_warehouse_it_is_refused_by_name(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path, balances=STOCK)
    terminal.scans(badge_code(KEEPER))
    terminal.touches("open_document", "YC")
    terminal.scans(place_code("RM-A-02"), unit_code("R0001"))
    assert (terminal.tone, terminal.says) == (Tone.REFUSED, "problem.same_warehouse")
    terminal.close()


def test_the_other_warehouse_takes_it_in_with_the_number_of_what_was_sent(
    sender: Terminal, tmp_path: Path
) -> None:
    sender.scans(unit_code("R0001"), DONE)
    taking = receiver(tmp_path / "receiver", sender)
    assert taking.loop.state.document is not None
    assert taking.loop.state.document.type == "YCI"
    taking.scans(unit_code("R0001"), place_code("RM-A-02"))
    assert taking.tone is Tone.STORED
    assert (at(taking, TRANSIT), at(taking, NEW_RACK)) == (Decimal(0), Decimal("21.4"))
    taking.scans(DONE)
    assert taking.shows(HomeView)
    assert taking.unspoken() == []
    taking.close()


def test_what_was_not_sent_is_not_taken_in_and_what_did_not_arrive_is_asked_about(
    sender: Terminal, tmp_path: Path
) -> None:
    sender.scans(unit_code("R0001"))
    for given in fillings()["YC"].lines[0]:
        sender.scans(given.text)
    sender.scans(DONE)
    taking = receiver(tmp_path / "receiver", sender)
    taking.scans("14006381333938", place_code("RM-A-02"))
    assert taking.says == "problem.not_on_order"
    taking.touches("clear_line")
    taking.scans(unit_code("R0001"), place_code("RM-A-02"), DONE)
    assert taking.screen.question
    assert [one.code for one in taking.screen.question.problems] == ["below_plan"]
    taking.touches("yes")
    assert taking.shows(HomeView)
    road = sum((one.quantity.value for one in taking.store.facts.balances(TRANSIT)), Decimal(0))
    assert road == Decimal(30), "what did not arrive stays on the road"
    taking.close()


def test_a_power_cut_between_sending_and_finishing_loses_nothing(sender: Terminal) -> None:
    sender.scans(unit_code("R0001"))
    sender.restarts()
    sender.scans(badge_code(KEEPER))
    if not sender.loop.state.current:
        [waiting] = sender.view.open_documents if isinstance(sender.view, HomeView) else []
        sender.touches("go_to_document", waiting.value)
    sender.scans(DONE)
    assert len(sender.events(PlanLeft)) == 1
    assert at(sender, TRANSIT) == Decimal("21.4")


@pytest.mark.parametrize("is_restarted", [False, True])
def test_a_finished_one_is_taken_back_by_its_number_and_a_right_of_its_own(
    sender: Terminal, *, is_restarted: bool
) -> None:
    sender.scans(unit_code("R0001"), DONE)
    [left] = sender.events(PlanLeft)
    if is_restarted:
        sender.restarts()
        sender.scans(badge_code(KEEPER))
    sender.touches("look_up")
    sender.scans(order_code(left.plan))
    assert isinstance(sender.view, LookUpView)
    assert "take_back" not in [button.action for button in sender.view.buttons], "a right of its own"
    sender.scans(badge_code(LEADER))
    assert isinstance(sender.view, LookUpView)
    assert "take_back" in [button.action for button in sender.view.buttons]
    sender.touches("take_back")
    assert sender.screen.question
    sender.touches("yes")
    assert (sender.tone, sender.says) == (Tone.STORED, "said.document_unapproved")
    assert (at(sender, RACK), at(sender, TRANSIT)) == (Decimal("21.4"), Decimal(0))
    assert sender.store.facts.plan("transfer", left.plan.number) is None
    sender.scans(order_code(left.plan))
    assert sender.tone is Tone.REFUSED, "it is there no more"
