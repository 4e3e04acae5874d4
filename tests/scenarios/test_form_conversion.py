"""Yarn becomes fabric, and a roll becomes two: what went in, what came out, and which came from which."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from domain.barcode import ControlCommand
from domain.barcodes.house import HouseType, control_code, house_body, house_code
from domain.events.documents import DocumentCompleted, GoodsDerived
from domain.events.labels import LabelRequested
from domain.place import PlaceId
from domain.stock import Balance
from kiosk.screen import ApprovalView, HomeView, Tone
from tests.stock import STOCK
from tests.terminal import Terminal
from tests.world import COTTON, KEEPER, LEADER, YARN, badge_code, place_code, unit_code

DONE = control_code(ControlCommand.DONE)
UNDO = control_code(ControlCommand.UNDO)
RACK, CONVERT = PlaceId("RM-A-01"), PlaceId("CONVERT")


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    made = Terminal(tmp_path, balances=STOCK)
    made.scans(badge_code(KEEPER))
    made.touches("open_document", "XT")
    yield made
    assert made.unspoken() == []
    made.close()


def chooses(terminal: Terminal, side: str) -> None:
    terminal.touches("field", "side")
    terminal.touches("pick", side)


def held(terminal: Terminal, place: str) -> list[Balance]:
    return [one for one in terminal.store.facts.balances(PlaceId(place)) if one.quantity.value]


def kilos(terminal: Terminal, place: str) -> dict[str, Decimal]:
    found: dict[str, Decimal] = {}
    for one in held(terminal, place):
        found[one.goods.item] = found.get(one.goods.item, Decimal(0)) + one.quantity.value
    return found


def yarn_in(terminal: Terminal) -> None:
    chooses(terminal, "input")
    terminal.scans("(240)Y-3201(10)L7(3100)000030", place_code("RM-A-01"))
    assert terminal.tone is Tone.STORED


def fabric_out(terminal: Terminal, grams: int) -> None:
    chooses(terminal, "output")
    terminal.scans(f"(240)F-2041(10)D-200(3103){grams:06d}(3110)000130", place_code("RM-A-02"))
    assert terminal.tone is Tone.STORED


def test_both_sides_post_at_once_and_say_what_came_from_what(terminal: Terminal) -> None:
    yarn_in(terminal)
    fabric_out(terminal, 29_600)
    assert kilos(terminal, "RM-A-02") == {}, "nothing moves before it is finished"
    terminal.scans(DONE)
    assert terminal.shows(HomeView)
    assert kilos(terminal, "RM-A-01")[YARN.id] == Decimal(20)
    assert kilos(terminal, "RM-A-02") == {COTTON.id: Decimal("29.6")}
    [derived] = terminal.events(GoodsDerived)
    [one] = derived.derivations
    assert [goods.item for goods in one.parents] == [YARN.id]
    [child] = one.children
    assert (child.item, child.lot) == (COTTON.id, "D-200")
    [label] = terminal.events(LabelRequested)
    assert label.serial == child.handling_unit, "the new roll has a label of its own"


def test_a_roll_is_split_in_two_and_its_rest_stays_under_its_own_number(terminal: Terminal) -> None:
    chooses(terminal, "input")
    terminal.touches("field", "quantity")
    terminal.types("10")
    terminal.touches("field", "second_quantity")
    terminal.types("44")
    terminal.scans(unit_code("R0001"))
    assert terminal.tone is Tone.STORED
    chooses(terminal, "output")
    terminal.scans("(240)F-2041(10)D-118(3100)000010(3110)000044", place_code("RM-A-02"))
    terminal.scans(DONE)
    assert terminal.shows(HomeView)
    [rest] = [one for one in held(terminal, "RM-A-01") if one.goods.handling_unit == "R0001"]
    assert rest.quantity.value == Decimal("11.4")
    [new] = held(terminal, "RM-A-02")
    assert new.goods.handling_unit not in ("", "R0001")


def test_a_large_loss_is_asked_about_and_waits_for_an_approval(terminal: Terminal) -> None:
    yarn_in(terminal)
    fabric_out(terminal, 25_000)
    terminal.scans(DONE)
    assert terminal.screen.question
    assert [one.code for one in terminal.screen.question.problems] == ["large_loss"]
    terminal.touches("yes")
    assert terminal.shows(ApprovalView)
    assert kilos(terminal, "RM-A-01")[YARN.id] == Decimal(50)
    terminal.scans(badge_code(LEADER))
    assert terminal.tone is Tone.STORED
    assert kilos(terminal, "RM-A-01")[YARN.id] == Decimal(20)
    assert kilos(terminal, "RM-A-02") == {COTTON.id: Decimal(25)}
    assert len(terminal.events(GoodsDerived)) == 1


def test_one_side_alone_is_no_conversion_and_more_cannot_come_out(terminal: Terminal) -> None:
    yarn_in(terminal)
    terminal.scans(DONE)
    assert (terminal.tone, terminal.says) == (Tone.REFUSED, "problem.side_missing")
    fabric_out(terminal, 31_000)
    terminal.scans(DONE)
    assert (terminal.tone, terminal.says) == (Tone.REFUSED, "problem.more_out_than_in")


def test_a_line_scanned_by_mistake_is_taken_back_and_nothing_moved(terminal: Terminal) -> None:
    yarn_in(terminal)
    terminal.scans(UNDO)
    assert terminal.tone is Tone.STORED
    fabric_out(terminal, 29_600)
    terminal.scans(DONE)
    assert terminal.says == "problem.side_missing"
    assert kilos(terminal, "RM-A-01")[YARN.id] == Decimal(50)
    assert terminal.events(DocumentCompleted) == []
    assert held(terminal, "CONVERT") == []


def test_a_finished_one_is_taken_back_whole_unless_its_goods_went_on(terminal: Terminal) -> None:
    yarn_in(terminal)
    fabric_out(terminal, 29_600)
    terminal.scans(DONE)
    [completed] = terminal.events(DocumentCompleted)
    [new] = held(terminal, "RM-A-02")
    number = house_code(HouseType.DOCUMENT, house_body(completed.document))
    terminal.scans(badge_code(LEADER))
    terminal.touches("yes")
    terminal.touches("open_document", "YW")
    terminal.scans(unit_code(new.goods.handling_unit), place_code("RM-A-01"), DONE, number)
    terminal.touches("take_back")
    terminal.touches("yes")
    assert (terminal.tone, terminal.says) == (Tone.REFUSED, "problem.goods_went_on")
    terminal.touches("home")
    terminal.touches("open_document", "YW")
    terminal.scans(unit_code(new.goods.handling_unit), place_code("RM-A-02"), DONE, number)
    terminal.touches("take_back")
    terminal.touches("yes")
    assert (terminal.tone, terminal.says) == (Tone.STORED, "said.document_unapproved")
    assert kilos(terminal, "RM-A-01")[YARN.id] == Decimal(50)
    assert held(terminal, "RM-A-02") == []
