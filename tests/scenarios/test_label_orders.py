"""The office orders labels from a kiosk; whoever stands there puts the right ones in, and one touch prints them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from domain.events.labels import LabelRequested
from domain.label_order import JOB_COPIES, LabelOrder
from domain.wire import Change
from kiosk.screen import HomeView
from tests.terminal import Terminal
from tests.world import KEEPER, badge_code

ORDER = LabelOrder(
    number="LB20261122-0800",
    template="place",
    device="K1",
    data={"place": "A-03-02", "barcode": "ZPA0302K"},
    copies=JOB_COPIES + 10,
    about="A-03-02",
    day="2026-11-22",
)


def told(order: LabelOrder) -> Change:
    return Change(kind="label_order", key=order.number, body=msgspec.to_builtins(order))


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    made = Terminal(tmp_path, more=[told(ORDER)])
    made.scans(badge_code(KEEPER))
    yield made
    assert made.unspoken() == []
    made.close()


def waiting(terminal: Terminal) -> list[str]:
    assert isinstance(terminal.view, HomeView)
    return [one.value for one in terminal.view.waiting if one.action == "print_order"]


def test_one_touch_prints_what_was_ordered_in_parts_that_can_be_cancelled(terminal: Terminal) -> None:
    assert waiting(terminal) == [ORDER.number]
    terminal.touches("print_order", ORDER.number)
    asked = terminal.events(LabelRequested)
    assert [one.copies for one in asked] == [JOB_COPIES, 10]
    assert {one.document for one in asked} == {ORDER.number}
    assert {one.printer for one in asked} == {"door"}
    assert all(one.data == ORDER.data for one in asked)
    assert waiting(terminal) == []


def test_an_order_is_printed_once_also_after_a_power_cut_and_when_the_office_says_it_again(
    terminal: Terminal,
) -> None:
    terminal.touches("print_order", ORDER.number)
    terminal.restarts()
    with terminal.store.transaction():
        terminal.store.reference.take([told(msgspec.structs.replace(ORDER, copies=3))])
    assert waiting(terminal) == []
    terminal.touches("print_order", ORDER.number)
    assert terminal.says == "problem.label_order_gone"
    assert len(terminal.events(LabelRequested)) == 2


def test_an_order_that_became_old_or_was_taken_back_is_not_offered(terminal: Terminal) -> None:
    with terminal.store.transaction():
        terminal.store.reference.take([told(msgspec.structs.replace(ORDER, closed=True))])
    terminal.waits(1)
    assert waiting(terminal) == []
    with terminal.store.transaction():
        terminal.store.reference.take([told(ORDER)])
    terminal.waits(1)
    assert waiting(terminal) == [ORDER.number]
    terminal.waits(15 * 24 * 3600)
    terminal.scans(badge_code(KEEPER))
    assert waiting(terminal) == []


def test_a_printer_that_is_not_here_is_named(terminal: Terminal) -> None:
    with terminal.store.transaction():
        terminal.store.reference.take([told(msgspec.structs.replace(ORDER, printer="tags"))])
    terminal.touches("print_order", ORDER.number)
    assert terminal.says == "problem.no_such_printer"
    assert terminal.events(LabelRequested) == []
