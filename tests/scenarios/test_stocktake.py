"""Counting a bin, told to a storekeeper: blind, submitted, approved by somebody else, ticked one by one."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from domain.barcode import ControlCommand
from domain.barcodes.house import control_code
from domain.events.documents import DocumentApproved, DocumentCompleted
from domain.place import PlaceId
from domain.quantity import Quantity
from domain.stock import Balance, Goods
from kiosk.screen import ApprovalView, DocumentView, HomeView, Tone
from tests.terminal import Terminal
from tests.world import BUTTON, COTTON, KEEPER, LEADER, YARN, badge_code, place_code, unit_code

DONE = control_code(ControlCommand.DONE)
BIN = PlaceId("RM-A-01")
IN_STOCK = (
    Balance(place=BIN, goods=Goods(item=BUTTON.id), quantity=Quantity(Decimal(500), "C62")),
    Balance(place=BIN, goods=Goods(item=YARN.id, lot="L1"), quantity=Quantity(Decimal(40), "KGM")),
)


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    made = Terminal(tmp_path, balances=IN_STOCK)
    made.scans(badge_code(KEEPER))
    made.touches("open_document", "PD")
    made.scans(place_code("RM-A-01"))
    yield made
    assert made.unspoken() == []
    made.close()


def count(terminal: Terminal, number: str, quantity: str, lot: str = "") -> None:
    terminal.scans(number)
    if lot:
        terminal.touches("field", "lot")
        for key in lot:
            terminal.touches("text_key", key)
        terminal.touches("overlay_done")
    terminal.touches("field", "quantity")
    terminal.types(quantity)


def held(terminal: Terminal, item: str) -> Decimal:
    return sum(
        (one.quantity.value for one in terminal.store.facts.balances(BIN) if one.goods.item == item),
        Decimal(0),
    )


def counted_and_submitted(terminal: Terminal) -> None:
    # One button is counted as it is scanned; the rest of the box is entered.
    count(terminal, YARN.number, "38", lot="L1")
    terminal.scans(control_code(ControlCommand.QUANTITY, "503"), BUTTON.number)
    terminal.scans(DONE)
    if terminal.screen.question:
        terminal.scans(DONE)
    if terminal.screen.question:
        terminal.touches("yes")


@pytest.mark.fault("P5")
def test_a_roll_of_ours_is_counted_by_its_own_label(tmp_path: Path) -> None:
    roll = Goods(item=COTTON.id, lot="LOT7", handling_unit="A101000007")
    terminal = Terminal(
        tmp_path, balances=(Balance(place=BIN, goods=roll, quantity=Quantity(Decimal("25.5"), "KGM")),)
    )
    terminal.scans(badge_code(KEEPER))
    terminal.touches("open_document", "PD")
    terminal.scans(place_code("RM-A-01"), "]C110LOT7\x1d240F-2041\x1d3103025500")
    assert terminal.screen.question
    assert [one.code for one in terminal.screen.question.problems] == ["units_have_labels"]
    terminal.touches("no")
    terminal.touches("clear_line")
    terminal.scans(unit_code("A101000007"))
    assert terminal.tone is Tone.STORED
    assert terminal.unspoken() == []
    terminal.close()


def test_the_count_is_blind_and_moves_nothing_until_it_is_approved(terminal: Terminal) -> None:
    assert isinstance(terminal.view, DocumentView)
    assert terminal.view.is_blind
    counted_and_submitted(terminal)
    assert terminal.shows(ApprovalView)
    [completed] = terminal.events(DocumentCompleted)
    assert isinstance(completed, DocumentCompleted)
    assert completed.outcome == "submitted"
    assert held(terminal, YARN.id) == Decimal(40)


def test_only_ticked_differences_post_on_the_badge_of_another_entitled_person(terminal: Terminal) -> None:
    counted_and_submitted(terminal)
    assert isinstance(terminal.view, ApprovalView)
    rows = {row.item_number: row for row in terminal.view.proposed}
    assert rows[YARN.number].difference.startswith("−2")
    assert rows[BUTTON.number].is_surplus
    terminal.touches("tick", str(rows[BUTTON.number].index))
    terminal.scans(badge_code(KEEPER))
    assert terminal.tone is Tone.REFUSED
    terminal.scans(badge_code(LEADER))
    assert terminal.tone is Tone.STORED
    assert terminal.shows(HomeView)
    assert terminal.loop.state.operator == KEEPER.number
    [approved] = terminal.events(DocumentApproved)
    assert isinstance(approved, DocumentApproved)
    assert approved.approver == LEADER.number
    assert terminal.entries()[-1].envelope.strength == "four_eyes"
    assert held(terminal, YARN.id) == Decimal(38)
    assert held(terminal, BUTTON.id) == Decimal(500)


def test_a_submitted_count_waits_at_home_for_its_approver(terminal: Terminal) -> None:
    counted_and_submitted(terminal)
    terminal.touches("home")
    assert isinstance(terminal.view, HomeView)
    [waiting] = terminal.view.open_documents
    terminal.restarts()
    terminal.touches("go_to_document", waiting.value)
    assert terminal.shows(ApprovalView)
