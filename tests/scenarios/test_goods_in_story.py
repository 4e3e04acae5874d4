"""A delivery from the lorry to the board and the label, with real processes: the hub there, and the hub away.

Nothing is put in between: a serial line and a keyboard's event records go in, what two browsers show and what a
printer printed comes out.
"""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path
from random import Random

import pytest
from playwright.sync_api import expect

from demo.goods import Package, rolls
from demo.morning import UNDO, WANG, document_code, place_code
from domain.barcodes.house import HouseType, house_code
from tests.scenarios.goods_in import Gun, Morning, Outcome, Scanned, goods_in, set_up, until

pytestmark = [
    pytest.mark.slow,
    pytest.mark.needs("chromium"),
    pytest.mark.xdist_group("goods in"),
    pytest.mark.timeout(180),
]

ORDER, SUPPLIER, PLACE, OTHER_PLACE = "PO-2026-0815", "S-HENGLI", "RM-A-01", "RM-A-02"
ROLLS = (*rolls(Random(815), "F-2041", "D-118", 5), *rolls(Random(816), "F-2041", "D-119", 3))
UNDONE = 4
"""The line that is taken back in the second third; its roll is scanned again as the next one."""

LINES = (*ROLLS[:4], *ROLLS[3:])
"""What each line is of, in the order of the lines."""

BANNER_S = 15.0
"""How soon the board says that the hub is silent, and takes it back."""

GUNS: tuple[Gun, Gun] = ("serial", "hid")


def scan(number: int, code: str, shows: str) -> Scanned:
    return Scanned(gun=GUNS[number % 2], code=code, shows=shows)


def received(first: int, packages: tuple[Package, ...]) -> tuple[Scanned, ...]:
    """Scan packages, one with each scanner in turn; each is pinned as the line of its number."""
    return tuple(
        scan(number, package.code, f"第 {number} 行") for number, package in enumerate(packages, first)
    )


def play(morning: Morning, *, hub_goes_away: bool) -> Outcome:
    """Receive a delivery of eight rolls in three parts, in the second perhaps without the hub."""
    until(lambda: morning.hub_chip == "online", "the kiosk has found the hub")
    morning.scans(
        scan(0, WANG, "王秀英，您好"),
        scan(1, document_code(ORDER), "已打开单据"),
        scan(2, place_code(PLACE), "A排01位"),
        *received(1, LINES[:2]),
    )
    if hub_goes_away:
        morning.door.kill_hub()
        until(lambda: morning.hub_chip == "offline", "the kiosk says that the hub is away")
    morning.scans(
        *received(3, LINES[2:UNDONE]),
        scan(0, "HELLO-42", "没有找到"),
        scan(1, UNDO, f"已撤销第 {UNDONE} 行"),
        *received(5, LINES[4:6]),
    )
    if hub_goes_away:
        assert morning.pending >= 10
        expect(morning.board.locator("#banner")).to_be_visible(timeout=BANNER_S * 1000)
        morning.door.start_hub()
    morning.scans(scan(0, place_code(OTHER_PLACE), "A排02位"), *received(7, LINES[6:]))
    until(lambda: morning.pending == 0, "everything has gone to the hub", timeout_s=40)
    until(lambda: all_labels_are_out(morning), "the hub knows that every label came out", timeout_s=40)
    until(lambda: f"{len(ROLLS)}lines" in morning.tile("doors").replace(" ", ""), "the board has every line")
    expect(morning.board.locator("#banner")).to_be_hidden(timeout=BANNER_S * 1000)
    return morning.outcome()


def all_labels_are_out(morning: Morning) -> bool:
    jobs = morning.door.asks_hub("labels")
    return len(jobs) == len(LINES) and all(job["state"] == "printed" for job in jobs)


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site") / "prepared"
    folder.mkdir()
    set_up(folder)
    return folder


@pytest.fixture(scope="module")
def with_hub(prepared: Path) -> Outcome:
    with goods_in(prepared, prepared.with_name("with")) as morning:
        return play(morning, hub_goes_away=False)


@pytest.fixture(scope="module")
def without_hub(prepared: Path) -> Outcome:
    with goods_in(prepared, prepared.with_name("without")) as morning:
        return play(morning, hub_goes_away=True)


def test_the_screen_shows_each_line_as_it_is_scanned(with_hub: Outcome) -> None:
    assert sum("已录入：" in one["main"] for one in with_hub.screens) == len(LINES)
    for number, package in enumerate(LINES, 1):
        screen = next(one for one in with_hub.screens if f"刚录入\n第 {number} 行" in one["main"])
        assert "tone-stored" in screen["look"]
        assert screen["who"].startswith("王秀英")
        assert f"{package.quantity.normalize():f} 千克 · {package.second} 米" in screen["main"]
        assert f"批号 {package.lot}" in screen["main"]
        assert f"卷包号 {serial(number)}" in screen["main"]


def test_the_labels_that_came_out_name_the_received_lots_and_serials(with_hub: Outcome) -> None:
    for number, (package, codes) in enumerate(zip(LINES, with_hub.labels, strict=True), 1):
        carried = house_code(HouseType.HANDLING_UNIT, serial(number))
        assert f"(10){package.lot}(21){carried}" in codes, "the linear code"
        full = [code for code in codes if code.startswith(f"(240)F-2041(10){package.lot}(21){carried}(310")]
        assert len(full) == 1, f"the matrix code of line {number}: {codes}"
    assert {state for _, state in with_hub.jobs} == {"printed"}


def test_board_and_stock_show_what_lies_where(with_hub: Outcome) -> None:
    numbers = [number for number in range(1, len(LINES) + 1) if number != UNDONE]
    here = {number: PLACE if number <= 6 else OTHER_PLACE for number in numbers}
    expected: list[tuple[str, ...]] = []
    for number in numbers:
        package = LINES[number - 1]
        weight, length = package.quantity.normalize(), package.second
        for place, sign in ((here[number], ""), (SUPPLIER, "-")):
            amounts = (f"{sign}{weight:f} KGM", f"{sign}{length} MTR")
            expected.append((place, package.item, package.lot, serial(number), *amounts))
    assert with_hub.stock == tuple(sorted(expected))
    assert "Raw material door" in with_hub.board["doors"]
    assert ORDER in with_hub.board["doors"]
    for place in (PLACE, OTHER_PLACE):
        total = sum((LINES[number - 1].quantity for number in numbers if here[number] == place), Decimal(0))
        assert re.search(rf"{place}\D*Rack A bin \d+ {total.normalize():f} kg", with_hub.board["stock"])


def test_with_the_hub_away_for_the_middle_third_the_screens_are_the_same(
    with_hub: Outcome, without_hub: Outcome
) -> None:
    assert set(with_hub.hub_chips) == {"online"}
    assert without_hub.hub_chips.count("offline") >= 6, "it was away, and the screen said so"
    assert without_hub.screens == with_hub.screens


def test_with_the_hub_back_stock_board_and_labels_are_the_same(
    with_hub: Outcome, without_hub: Outcome
) -> None:
    assert without_hub.stock == with_hub.stock
    assert without_hub.board == with_hub.board
    assert without_hub.labels == with_hub.labels
    assert without_hub.jobs == with_hub.jobs


def serial(number: int) -> str:
    """Return the serial the kiosk gave the roll of a line: its number code, its epoch and a count."""
    return f"A101{number:06d}"
