"""After a day on paper a supervisor enters the slips at the kiosk: each once, with the true time, doubling nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from domain.barcode import ControlCommand
from domain.barcodes.house import control_code
from domain.document import document_types
from domain.events.documents import DocumentOpened, LineRecorded
from domain.paper import read_slip, slip_number
from domain.words import has_words
from kiosk.card import CardReport
from kiosk.screen import DocumentView, FaultView, HomeView, Tone
from tests.filling import fillings
from tests.terminal import Terminal
from tests.world import KEEPER, LEADER, NOW, ORDER, badge_code, order_code, place_code, unit_code

COTTON_ROLL = "]C1" + "10LOT7\x1d240F-2041\x1d" + "3103025500" + "3111000800"
UNDO, HOME, DONE = (
    control_code(one) for one in (ControlCommand.UNDO, ControlCommand.HOME, ControlCommand.DONE)
)
TODAY = f"{NOW.astimezone():%Y-%m-%d}"


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    orders = {plan.number: plan for one in fillings().values() for plan in one.plans}
    made = Terminal(tmp_path, plans=orders.values())
    yield made
    assert made.unspoken() == []
    assert made.store.log.damages() == []
    made.close()


def from_paper(terminal: Terminal, code: str) -> None:
    terminal.touches("paper")
    terminal.touches("open_document", code)


def tells(terminal: Terminal, field: str, text: str) -> None:
    terminal.touches("field", field)
    terminal.types(text)


def lines(terminal: Terminal) -> list[LineRecorded]:
    return [one for one in terminal.events(LineRecorded) if isinstance(one, LineRecorded)]


def receipt_from_paper(terminal: Terminal) -> None:
    terminal.scans(badge_code(LEADER))
    from_paper(terminal, "CS")
    terminal.scans(order_code(ORDER))


@pytest.mark.fault("U8")
def test_a_slip_comes_in_with_its_number_and_the_true_time_and_both_stay_for_its_other_lines(
    terminal: Terminal,
) -> None:
    receipt_from_paper(terminal)
    assert isinstance(terminal.view, DocumentView)
    assert terminal.view.is_paper
    assert terminal.asks_for("slip")
    tells(terminal, "slip", "a1-7")
    assert terminal.asks_for("paper_time")
    tells(terminal, "paper_time", "0655")
    terminal.scans(COTTON_ROLL, place_code("RM-A-01"))
    assert terminal.tone is Tone.STORED
    terminal.scans(COTTON_ROLL)
    tells(terminal, "slip", "A1-0008")
    terminal.scans(COTTON_ROLL)
    told = [(one.values["slip"], one.values["paper_time"]) for one in lines(terminal)]
    at = f"{TODAY}T06:55"
    assert told == [("A1-0007", at), ("A1-0007", at), ("A1-0008", at)]
    [opened] = terminal.events(DocumentOpened)
    assert isinstance(opened, DocumentOpened)
    assert opened.header["paper_day"] == TODAY


@pytest.mark.fault("U8")
@pytest.mark.parametrize("code", sorted(document_types()))
def test_every_document_type_can_be_entered_from_paper(terminal: Terminal, code: str) -> None:
    terminal.scans(badge_code(LEADER))
    from_paper(terminal, code)
    tells(terminal, "paper_day", "1120")
    document = terminal.loop.state.document
    assert document
    assert document.paper
    assert document.type == code
    for name in ("slip", "paper_day", "paper_time"):
        assert has_words(f"field.{name}")
        assert has_words(f"ask.{name}")
    filling = fillings()[code]
    for given in filling.header or filling.lines[0][:1]:
        if given.field:
            terminal.touches("field", given.field)
            terminal.touches("pick", given.text)
        else:
            terminal.scans(given.text)
    tells(terminal, "slip", "A1-0001")
    document = terminal.loop.state.document
    assert document
    assert document.header["paper_day"] == "2026-11-20"
    assert any(given.text == "A1-0001" for given in document.line_inputs)


@pytest.mark.fault("U8")
def test_a_slip_entered_in_another_document_is_shown_as_a_duplicate_until_it_was_taken_back(
    terminal: Terminal,
) -> None:
    receipt_from_paper(terminal)
    tells(terminal, "slip", "A1-0007")
    tells(terminal, "paper_time", "0655")
    terminal.scans(COTTON_ROLL, place_code("RM-A-01"), HOME)
    first = terminal.events(DocumentOpened)[0]
    assert isinstance(first, DocumentOpened)
    from_paper(terminal, "CS")
    terminal.scans(order_code(ORDER))
    tells(terminal, "slip", "A1-7")
    tells(terminal, "paper_time", "0655")
    terminal.scans(COTTON_ROLL, place_code("RM-A-01"))
    assert (terminal.tone, terminal.says) == (Tone.REFUSED, "problem.slip_twice")
    answer = terminal.screen.answer
    assert answer
    assert answer.says.parameters["document"] == first.document
    assert len(lines(terminal)) == 1
    terminal.touches("home")
    terminal.touches("go_to_document", first.document)
    terminal.scans(UNDO)
    terminal.touches("home")
    from_paper(terminal, "CS")
    terminal.scans(order_code(ORDER))
    tells(terminal, "slip", "A1-7")
    tells(terminal, "paper_time", "0655")
    terminal.scans(COTTON_ROLL, place_code("RM-A-01"))
    assert terminal.tone is Tone.STORED


@pytest.mark.fault("U8")
def test_a_slip_that_comes_back_within_its_document_is_asked_about(terminal: Terminal) -> None:
    receipt_from_paper(terminal)
    tells(terminal, "paper_time", "0655")
    for slip in ("A1-0007", "A1-0008", "A1-0007"):
        tells(terminal, "slip", slip)
        terminal.scans(COTTON_ROLL)
        if terminal.asks_for("place"):
            terminal.scans(place_code("RM-A-01"))
    assert terminal.says == "problem.slip_again"
    assert len(lines(terminal)) == 2
    terminal.touches("yes")
    assert lines(terminal)[-1].confirmed == ("slip_again",)


@pytest.mark.fault("U8")
def test_a_unit_scanned_after_the_slip_was_written_is_not_moved_back_by_it(terminal: Terminal) -> None:
    terminal.scans(badge_code(LEADER), order_code(ORDER), COTTON_ROLL, place_code("RM-A-01"))
    serial = str(lines(terminal)[0].values["handling_unit"])
    terminal.scans(HOME)
    terminal.touches("open_document", "YW")
    terminal.scans(unit_code(serial), place_code("RM-A-02"), HOME)
    moved = len(lines(terminal))
    before = terminal.clock.now().astimezone() - timedelta(minutes=30)
    from_paper(terminal, "YW")
    tells(terminal, "slip", "A1-0003")
    tells(terminal, "paper_time", f"{before:%H%M}")
    terminal.scans(unit_code(serial), place_code("RM-A-01"))
    assert terminal.says == "problem.paper_overtaken"
    assert len(lines(terminal)) == moved
    unit = terminal.store.facts.handling_unit(serial)
    assert unit
    assert unit.place == "RM-A-02"


@pytest.mark.fault("U8")
def test_a_roll_entered_from_paper_and_scanned_at_goods_in_later_is_there_once(terminal: Terminal) -> None:
    receipt_from_paper(terminal)
    tells(terminal, "slip", "A1-0007")
    tells(terminal, "paper_time", "0655")
    terminal.scans(COTTON_ROLL, place_code("RM-A-01"))
    serial = str(lines(terminal)[0].values["handling_unit"])
    terminal.scans(DONE)
    terminal.scans(order_code(ORDER), unit_code(serial))
    assert terminal.tone is Tone.REFUSED
    assert len(lines(terminal)) == 1


@pytest.mark.parametrize(
    ("field", "typed", "problem"),
    [
        ("slip", "HELLO", "slip_unreadable"),
        ("slip", "A1-0", "slip_unreadable"),
        ("paper_time", "2460", "time_unreadable"),
        ("paper_time", "NOON", "time_unreadable"),
        ("paper_day", "1332", "day_unreadable"),
        ("paper_day", "20991231", "day_to_come"),
    ],
)
def test_what_is_no_slip_day_or_time_is_refused_by_name(
    terminal: Terminal, field: str, typed: str, problem: str
) -> None:
    terminal.scans(badge_code(LEADER))
    from_paper(terminal, "CS")
    if field != "paper_day":
        terminal.scans(order_code(ORDER))
    tells(terminal, field, typed)
    assert terminal.says == f"problem.{problem}"


def test_a_day_without_its_year_is_the_one_that_has_been(terminal: Terminal) -> None:
    terminal.scans(badge_code(LEADER))
    from_paper(terminal, "YW")
    tells(terminal, "paper_day", "1231")
    document = terminal.loop.state.document
    assert document
    assert document.header["paper_day"] == "2025-12-31"


@pytest.mark.fault("U8")
def test_paper_is_for_those_who_may_and_the_next_operator_cannot_go_on_with_it(terminal: Terminal) -> None:
    terminal.scans(badge_code(KEEPER))
    assert isinstance(terminal.view, HomeView)
    assert "paper" not in [one.action for one in terminal.view.tools]
    terminal.loop.state = replace(terminal.loop.state, paper=True)
    terminal.touches("open_document", "CS")
    assert terminal.tone is Tone.REFUSED
    receipt_from_paper(terminal)
    terminal.scans(badge_code(KEEPER))
    tells(terminal, "slip", "A1-0007")
    assert terminal.says == "problem.no_right"


@pytest.mark.fault("U8", "D3")
def test_the_next_slip_to_write_on_follows_the_highest_that_was_entered_here(terminal: Terminal) -> None:
    terminal.takes(CardReport(state="read_only"))
    assert isinstance(terminal.view, FaultView)
    assert terminal.view.slip == "A1-0001"
    terminal.takes(CardReport())
    receipt_from_paper(terminal)
    tells(terminal, "paper_time", "0655")
    for slip in ("A1-0012", "A1-0003", "B2-0900"):
        tells(terminal, "slip", slip)
        terminal.scans(COTTON_ROLL)
        if terminal.asks_for("place"):
            terminal.scans(place_code("RM-A-01"))
    assert len(lines(terminal)) == 3
    terminal.takes(CardReport(state="read_only"))
    assert isinstance(terminal.view, FaultView)
    assert terminal.view.slip == "A1-0013"


def test_an_ordinary_document_asks_for_no_slip(terminal: Terminal) -> None:
    terminal.scans(badge_code(LEADER))
    terminal.touches("paper")
    terminal.touches("paper")
    terminal.touches("open_document", "CS")
    terminal.scans(order_code(ORDER), COTTON_ROLL, place_code("RM-A-01"))
    assert "slip" not in lines(terminal)[0].values
    assert isinstance(terminal.view, DocumentView)
    assert not terminal.view.is_paper


def test_a_slips_number_is_read_as_people_type_it() -> None:
    for text in ("A1-0007", "a1-7", " A10007 ", "A1-000007"):
        read = read_slip(text)
        assert read
        assert slip_number(*read) == "A1-0007"
    for text in ("", "A1", "A1-", "A-1-2", "A1-x", "A1-0000"):
        assert read_slip(text) is None
