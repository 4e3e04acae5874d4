"""Command cards: short capitals that act on the top-most thing, and mean nothing where there is nothing to do."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from domain.barcode import ControlCommand
from domain.barcodes.house import control_code
from domain.events.documents import LineRecorded
from domain.events.terminal import SignedOff, SignedOn
from kiosk.page import TOUCH_ACTIONS
from kiosk.screen import DocumentView, HomeView, SignOnView, Tone
from tests.terminal import Terminal
from tests.world import COTTON, KEEPER, LEADER, NEWCOMER, ORDER, badge_code, order_code, place_code

COTTON_ROLL = "]C1" + "10LOT7\x1d240F-2041\x1d" + "3103025500" + "3111000800"


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    made = Terminal(tmp_path)
    made.scans(badge_code(KEEPER))
    yield made
    assert made.unspoken() == []
    made.close()


def card(command: ControlCommand, argument: str | None = None) -> str:
    return control_code(command, argument)


@pytest.mark.parametrize("command", [one for one in ControlCommand if one is not ControlCommand.QUANTITY])
@pytest.mark.parametrize("start", ["nobody", "home", "document", "look_up", "reprint", "question"])
def test_every_card_is_answered_everywhere(terminal: Terminal, command: ControlCommand, start: str) -> None:
    match start:
        case "nobody":
            terminal.touches("lock")
        case "document":
            terminal.scans(order_code(ORDER), COTTON_ROLL)
        case "look_up" | "reprint":
            terminal.touches(start)
        case "question":
            terminal.scans(
                order_code(ORDER), "T-0107", card(ControlCommand.QUANTITY, "1450"), place_code("RM-A-01")
            )
            assert terminal.screen.question
        case _:
            pass
    screens = len(terminal.page.screens)
    terminal.scans(card(command))
    assert len(terminal.page.screens) > screens
    assert terminal.says not in ("problem.kiosk_failed", "problem.screen_failed")
    assert not any("⟦" in sentence for sentence in terminal.spoken())


def test_break_locks_and_home_leaves_with_everything_kept(terminal: Terminal) -> None:
    terminal.scans(order_code(ORDER), COTTON_ROLL, card(ControlCommand.HOME))
    assert isinstance(terminal.view, HomeView)
    assert len(terminal.view.open_documents) == 1
    terminal.scans(card(ControlCommand.BREAK))
    assert terminal.shows(SignOnView)
    assert terminal.events(SignedOff) == [SignedOff(person=KEEPER.number, reason="asked")]


@pytest.mark.fault("U2")
def test_another_badge_changes_the_operator_and_the_document_stays(terminal: Terminal) -> None:
    terminal.scans(order_code(ORDER), COTTON_ROLL, badge_code(LEADER))
    assert terminal.shows(DocumentView)
    assert terminal.asks_for("place")
    assert terminal.screen.frame.language == "en"
    terminal.scans(place_code("RM-A-01"))
    assert [one.person for one in terminal.events(SignedOn)] == [KEEPER.number, LEADER.number]  # type: ignore[attr-defined]
    assert terminal.store.facts.last_line().operator == LEADER.number  # type: ignore[union-attr]


def test_who_has_no_right_is_told_which_and_records_nothing(terminal: Terminal) -> None:
    terminal.scans(badge_code(NEWCOMER))
    assert isinstance(terminal.view, HomeView)
    assert terminal.view.documents == ()
    terminal.scans(order_code(ORDER))
    assert terminal.says == "problem.no_right"
    assert terminal.tone is Tone.REFUSED


def test_the_quantity_card_enters_the_number_before_or_after_the_item(terminal: Terminal) -> None:
    terminal.scans(order_code(ORDER), card(ControlCommand.QUANTITY, "7"), "T-0107", place_code("RM-A-01"))
    terminal.scans(card(ControlCommand.HOME))
    [line] = terminal.events(LineRecorded)
    assert isinstance(line, LineRecorded)
    assert str(line.values["quantity"]) == "7 C62"


def test_a_scan_with_the_keyboard_open_goes_into_its_field(terminal: Terminal) -> None:
    terminal.scans(order_code(ORDER), COTTON.number)
    terminal.touches("field", "lot")
    terminal.scans("DYE-8812/3")
    assert terminal.screen.text_entry is None
    assert isinstance(terminal.view, DocumentView)
    assert {one.name: one.value for one in terminal.view.line}["lot"] == "DYE-8812/3"


def test_every_button_on_every_screen_does_something_the_kiosk_knows() -> None:
    kiosk = Path(__file__).parents[2] / "kiosk"
    templates = "".join(path.read_text(encoding="utf-8") for path in kiosk.rglob("*.jinja"))
    buttons = "".join(path.read_text(encoding="utf-8") for path in kiosk.rglob("*.py"))
    actions = set(re.findall(r'data-action="([a-z_]+)"', templates))
    actions |= set(re.findall(r'Button\(\s*action="([a-z_]+)"', buttons))
    assert len(actions) > 20
    assert actions <= set(TOUCH_ACTIONS)
