"""Moving goods from bin to bin, told to a storekeeper."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from domain.events.documents import DocumentCompleted, LineRecorded
from domain.place import PlaceId
from domain.quantity import Quantity
from domain.stock import Balance, Goods
from kiosk.screen import HomeView, Tone
from tests.terminal import Terminal
from tests.world import BUTTON, COTTON, KEEPER, badge_code, place_code, unit_code

ROLL = "A101000007"
IN_STOCK = (
    Balance(
        place=PlaceId("RM-A-01"),
        goods=Goods(item=COTTON.id, lot="LOT7", handling_unit=ROLL),
        quantity=Quantity(Decimal("25.5"), "KGM"),
        second=Quantity(Decimal(80), "MTR"),
    ),
    Balance(place=PlaceId("RM-A-01"), goods=Goods(item=BUTTON.id), quantity=Quantity(Decimal(500), "C62")),
)


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    made = Terminal(tmp_path, balances=IN_STOCK)
    made.scans(badge_code(KEEPER))
    made.touches("open_document", "YW")
    yield made
    assert made.unspoken() == []
    made.close()


def test_a_roll_moves_in_two_scans_the_roll_and_where_it_goes(terminal: Terminal) -> None:
    terminal.scans(unit_code(ROLL))
    assert terminal.asks_for("target")
    terminal.scans(place_code("RM-A-02"))
    assert terminal.tone is Tone.STORED
    unit = terminal.store.facts.handling_unit(ROLL)
    assert unit
    assert (unit.place, unit.contents[0].second) == ("RM-A-02", Quantity(Decimal(80), "MTR"))


def test_a_roll_of_ours_named_by_the_suppliers_code_is_pointed_to_its_own_label(terminal: Terminal) -> None:
    terminal.scans(
        place_code("RM-A-01"), "]C110LOT7\x1d240F-2041\x1d31030255003111000800", place_code("RM-A-02")
    )
    assert terminal.screen.question
    assert [one.code for one in terminal.screen.question.problems] == ["units_have_labels"]
    assert terminal.events(LineRecorded) == []


def test_a_whole_place_moves_after_saying_so(terminal: Terminal) -> None:
    terminal.touches("field", "scope")
    terminal.touches("pick", "all")
    terminal.scans(place_code("RM-A-01"), place_code("RM-A-02"))
    assert terminal.tone is Tone.STORED
    assert terminal.store.facts.balances(PlaceId("RM-A-01")) == []
    assert len(terminal.store.facts.balances(PlaceId("RM-A-02"))) == 2


@pytest.mark.fault("U4")
def test_more_than_the_book_knows_is_asked_first(terminal: Terminal) -> None:
    terminal.scans(BUTTON.number)
    terminal.touches("field", "quantity")
    terminal.types("600")
    terminal.scans(place_code("RM-A-01"), place_code("RM-A-02"))
    assert terminal.screen.question
    assert terminal.events(LineRecorded) == []
    terminal.touches("no")
    assert terminal.screen.question is None
    assert terminal.events(LineRecorded) == []


def test_a_place_of_another_warehouse_is_refused_with_the_rule(terminal: Terminal) -> None:
    terminal.scans(unit_code(ROLL), place_code("FG-B-01"))
    assert terminal.says == "problem.other_warehouse"
    terminal.scans(place_code("RM-A-02"))
    assert terminal.tone is Tone.STORED


def test_the_pad_says_whether_it_adds_and_what_the_total_will_be(terminal: Terminal) -> None:
    terminal.scans("04006381333931", "04006381333931")
    terminal.touches("field", "quantity")
    assert terminal.screen.pad
    assert terminal.screen.pad.current == "2 C62"
    terminal.touches("pad_mode", "add")
    terminal.touches("pad_key", "1")
    terminal.touches("pad_key", "0")
    assert (terminal.screen.pad.mode, terminal.screen.pad.total) == ("add", "12 C62")
    terminal.touches("overlay_done")
    terminal.scans(place_code("RM-A-01"), place_code("RM-A-02"))
    [line] = terminal.events(LineRecorded)
    assert isinstance(line, LineRecorded)
    assert line.values["quantity"] == Quantity(Decimal(12), "C62")


@pytest.mark.fault("U1")
def test_an_empty_draft_leaves_nothing_behind(terminal: Terminal) -> None:
    terminal.touches("home")
    assert isinstance(terminal.view, HomeView)
    assert terminal.view.open_documents == ()
    assert terminal.loop.state.documents == ()


def test_done_finishes_the_move(terminal: Terminal) -> None:
    terminal.scans(unit_code(ROLL), place_code("RM-A-02"))
    terminal.touches("done")
    assert terminal.shows(HomeView)
    assert len(terminal.events(DocumentCompleted)) == 1
