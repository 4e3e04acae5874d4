"""Two scanners on one kiosk are two hands: one reads badges, one goods, one stands at a place."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import msgspec
import pytest

from domain.events.documents import LineRecorded
from domain.events.terminal import ScanRefused, SignedOn
from domain.place import PlaceId
from domain.quantity import Quantity
from domain.stock import Balance, Goods
from domain.wire import Change
from drivers.scanner import ScannerStatus
from kiosk.screen import Tone
from tests.terminal import Terminal
from tests.world import BUTTON, COTTON, KEEPER, LEADER, STATION, badge_code, place_code, unit_code

ROLL, OTHER = "A101000007", "A101000008"
DUTIES = ("reader:badges", "gun:goods", "belt:goods", "belt:destination=RM-A-02", "shelf:place=RM-A-01")


def roll(serial: str) -> Balance:
    return Balance(
        place=PlaceId("RM-A-01"),
        goods=Goods(item=COTTON.id, lot="LOT7", handling_unit=serial),
        quantity=Quantity(Decimal("25.5"), "KGM"),
        second=Quantity(Decimal(80), "MTR"),
    )


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    station = msgspec.structs.replace(STATION, scanners=DUTIES)
    buttons = Balance(
        place=PlaceId("RM-A-01"), goods=Goods(item=BUTTON.id), quantity=Quantity(Decimal(500), "C62")
    )
    made = Terminal(
        tmp_path,
        balances=(roll(ROLL), roll(OTHER), buttons),
        more=[Change(kind="station", key="K1", body=msgspec.to_builtins(station))],
    )
    for name in ("reader", "gun", "belt", "shelf"):
        made.takes(ScannerStatus(device=name, state="ready"))
    yield made
    assert made.unspoken() == []
    made.close()


def test_the_scanner_for_badges_reads_badges_and_sends_goods_to_the_other_one(terminal: Terminal) -> None:
    terminal.scans(badge_code(KEEPER), device="reader")
    assert len(terminal.events(SignedOn)) == 1
    terminal.scans(BUTTON.number, device="reader")
    assert (terminal.tone, terminal.says) == (Tone.REFUSED, "problem.scanner_for_badges")
    terminal.scans(badge_code(LEADER), device="gun")
    assert terminal.says == "problem.scanner_for_goods"
    assert [one.problem for one in terminal.events(ScanRefused)] == [
        "scanner_for_badges",
        "scanner_for_goods",
    ]
    terminal.scans(BUTTON.number, device="gun")
    assert not terminal.says.startswith("problem.scanner_for")


def test_what_cannot_be_read_is_said_to_be_unreadable_on_any_scanner(terminal: Terminal) -> None:
    terminal.scans("ZSA01028", device="reader")
    assert terminal.says == "problem.unreadable_code"


@pytest.mark.fault("S1")
def test_where_the_other_scanner_is_gone_the_one_that_is_left_reads_everything(terminal: Terminal) -> None:
    for gone in ("reader", "shelf"):
        terminal.takes(ScannerStatus(device=gone, state="lost"))
    terminal.scans(badge_code(KEEPER), device="gun")
    assert len(terminal.events(SignedOn)) == 1
    terminal.takes(ScannerStatus(device="reader", state="ready"))
    terminal.scans(badge_code(KEEPER), device="gun")
    assert terminal.says == "problem.scanner_for_goods"


def test_whatever_goes_over_the_belt_moves_to_the_end_of_it(terminal: Terminal) -> None:
    terminal.scans(badge_code(KEEPER), device="reader")
    terminal.touches("open_document", "YW")
    terminal.scans(unit_code(ROLL), unit_code(OTHER), device="belt")
    lines = terminal.events(LineRecorded)
    assert [one.values["handling_unit"] for one in lines] == [ROLL, OTHER]
    for serial in (ROLL, OTHER):
        unit = terminal.store.facts.handling_unit(serial)
        assert unit
        assert unit.place == "RM-A-02"


def test_what_is_read_at_the_shelf_comes_from_there(terminal: Terminal) -> None:
    terminal.scans(badge_code(KEEPER), device="reader")
    terminal.touches("open_document", "YW")
    terminal.scans(BUTTON.codes[1].code, device="shelf")
    terminal.scans(place_code("RM-A-02"), device="shelf")
    [line] = terminal.events(LineRecorded)
    assert (line.values["source"], line.values["target"]) == ("RM-A-01", "RM-A-02")


def test_a_place_nothing_here_asks_for_changes_nothing(terminal: Terminal) -> None:
    terminal.scans(badge_code(KEEPER), device="reader")
    before = len(terminal.events())
    terminal.scans(unit_code(ROLL), device="belt")
    assert not [one for one in terminal.events()[before:] if isinstance(one, ScanRefused)]


def test_each_scanner_says_what_it_is_for_where_its_health_is_seen(terminal: Terminal) -> None:
    terminal.waits(1)
    seen = {one.name: one.says.key for one in terminal.screen.frame.devices if one.says}
    assert (seen["reader"], seen["gun"]) == ("device.scanner.badges", "device.scanner.goods")
    assert (seen["belt"], seen["shelf"]) == ("device.scanner.to", "device.scanner.at")
    for gone in ("reader", "shelf"):
        terminal.takes(ScannerStatus(device=gone, state="lost"))
    seen = {one.name: one.says.key for one in terminal.screen.frame.devices if one.says}
    assert seen["reader"] == "device.scanner.lost"
    assert seen["gun"] == "device.scanner.ready"
