"""The home screen: what may be done at this station, and what waits for whoever stands here."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from domain.barcode import ControlCommand
from domain.barcodes.house import control_code
from domain.place import PlaceId
from domain.plan import Plan
from kiosk.page import TOUCH_ACTIONS
from kiosk.screen import Choice, DocumentView, HomeView
from tests.stock import STOCK
from tests.terminal import Terminal
from tests.world import KEEPER, NEWCOMER, ORDER, badge_code, order_code, place_code

DONE = control_code(ControlCommand.DONE)
SOON = replace(ORDER, number="PO-2026-0901", due="2026-11-25")
LATER = replace(ORDER, number="PO-2026-0900", due="2026-12-02")
CLOSED = replace(ORDER, number="PO-2026-0700", closed=True)
SENT = Plan(
    kind="transfer", number="YC20261121-B2-0001", partner=PlaceId("RM-A-02"), lines=ORDER.lines[2:], due=""
)
ELSEWHERE = replace(SENT, number="YC20261121-B2-0002", partner=PlaceId("FG-B-01"))


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    made = Terminal(tmp_path, balances=STOCK, plans=[ORDER, LATER, SOON, CLOSED, SENT, ELSEWHERE])
    made.scans(badge_code(KEEPER))
    yield made
    assert made.unspoken() == []
    made.close()


def waits(terminal: Terminal) -> list[Choice]:
    assert isinstance(terminal.view, HomeView)
    return list(terminal.view.waiting)


def test_deliveries_and_transfers_wait_the_earliest_due_first_and_only_what_comes_here(
    terminal: Terminal,
) -> None:
    assert [one.title for one in waits(terminal)] == [SOON.number, LATER.number, ORDER.number, SENT.number]
    assert [one.badge for one in waits(terminal)] == ["3", "3", "3", "1"]
    assert all(one.action in TOUCH_ACTIONS for one in waits(terminal))
    assert isinstance(terminal.view, HomeView)
    assert {one.value: one.badge for one in terminal.view.documents if one.badge} == {"CS": "3", "YCI": "1"}


def test_one_touch_begins_the_document_and_a_second_one_goes_back_to_it(terminal: Terminal) -> None:
    terminal.touches("open_plan", f"CS {SOON.number}")
    assert isinstance(terminal.view, DocumentView)
    number = terminal.view.number
    terminal.scans("14006381333938", place_code("RM-A-01"))
    assert terminal.view.count == 1
    terminal.touches("home")
    assert isinstance(terminal.view, HomeView)
    assert [one.value for one in terminal.view.open_documents] == [number]
    terminal.touches("open_plan", f"CS {SOON.number}")
    assert isinstance(terminal.view, DocumentView)
    assert (terminal.view.number, terminal.view.count) == (number, 1)


def test_what_was_done_altogether_waits_no_more(terminal: Terminal) -> None:
    terminal.scans(order_code(SENT), place_code("RM-A-02"), "(240)Y-3201(10)L7(3100)000200", DONE)
    assert SENT.number not in [one.title for one in waits(terminal)]


def test_who_may_do_nothing_is_shown_nothing_to_do(terminal: Terminal) -> None:
    terminal.scans(badge_code(NEWCOMER))
    assert waits(terminal) == []
