"""The hub is away, and two people at two doors issue the last roll: both facts stand, one shortage has an owner."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from msgspec.structs import replace
from playwright.sync_api import Page, expect, sync_playwright
from sqlalchemy import select

from domain.barcode import ControlCommand
from domain.barcodes.house import control_code
from domain.events.documents import DocumentCompleted, LineRecorded
from hub.store import tables
from hub.store.database import reading
from kiosk.screen import HomeView, Tone
from tests.fillings.ll import REQUISITION
from tests.floor import Floor, FloorKiosk
from tests.stock import STOCK
from tests.tools import chromium
from tests.world import COTTON, KEEPER, LEADER, badge_code, order_code, place_code, unit_code

pytestmark = [pytest.mark.needs("chromium"), pytest.mark.xdist_group("browser")]

DONE = control_code(ControlCommand.DONE)
RACK, LINE, ROLL = "RM-A-01", "LINE-1", Decimal("21.4")
OTHER = replace(REQUISITION, number="WO-2026-0032")


@pytest.fixture
def floor(tmp_path: Path) -> Iterator[Floor]:
    made = Floor(tmp_path, stock=STOCK, plans=[REQUISITION, OTHER])
    yield made
    assert [one for kiosk in made.kiosks for one in kiosk.unspoken()] == []
    made.close()


@pytest.fixture
def page() -> Iterator[Page]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1920, "height": 1080})
        yield page
        browser.close()


def issues_the_last_roll(kiosk: FloorKiosk, order: str) -> None:
    kiosk.scans(order, place_code(RACK), unit_code("R0001"))
    assert kiosk.tone is Tone.STORED, kiosk.says
    kiosk.scans(DONE)
    assert kiosk.shows(HomeView), kiosk.says


@pytest.mark.fault("U3", "U4")
@pytest.mark.parametrize("turned", [False, True], ids=["first_first", "second_first"])
def test_two_issue_the_last_roll_and_the_board_shows_one_shortage_with_its_owner(
    floor: Floor, page: Page, turned: bool
) -> None:
    one, other = floor.kiosk("K1", "LL"), floor.kiosk("K2", "LL")
    with floor.board() as address:
        page.goto(f"{address}/board?lang=en&plant=P1")
        tile = page.locator("#tile-discrepancies")
        expect(tile).to_contain_text("0")
        floor.is_away = True
        one.scans(badge_code(KEEPER))
        other.scans(badge_code(LEADER))
        issues_the_last_roll(one, order_code(REQUISITION))
        issues_the_last_roll(other, order_code(OTHER))

        # Both are right: each kiosk has moved the roll it was shown, and says so to nobody else yet.
        assert (one.at(RACK, COTTON.id), one.at(LINE, COTTON.id)) == (Decimal(0), ROLL)
        assert (other.at(RACK, COTTON.id), other.at(LINE, COTTON.id)) == (Decimal(0), ROLL)
        if turned:
            floor.kiosks.reverse()
        floor.syncs()

        # Both facts stand, and what is missing has a name: one roll, at one place.
        assert [len(kiosk.events(LineRecorded)) for kiosk in (one, other)] == [1, 1]
        assert [len(kiosk.events(DocumentCompleted)) for kiosk in (one, other)] == [1, 1]
        assert (floor.held(RACK, COTTON.id), floor.held(LINE, COTTON.id)) == (-ROLL, 2 * ROLL)
        [(kind, key)] = floor.discrepancies()
        assert kind == "shortage"
        assert RACK in key
        with reading(floor.engine) as connection:
            [row] = connection.execute(select(tables.discrepancies)).all()
        assert (row.owner, row.amount, row.unit) == ("role:warehouse", int(ROLL * 10**6), "KGM")

        # The board on the wall shows it by itself, and leads to the page of it.
        expect(tile.locator(".trouble-owner")).to_have_count(1, timeout=15_000)
        expect(tile).to_contain_text("21.4")
        expect(tile.locator(".trouble-owner")).to_contain_text("Warehouse")
        page.goto(f"{address}/desk?lang=en&plant=P1")
        expect(page.locator(".desk-whose")).to_have_count(1)
        expect(page.locator(".desk-whose")).to_contain_text("Warehouse")
        page.goto(f"{address}/desk/{row.id}?lang=en&plant=P1")
        expect(page.locator("main")).to_contain_text("R0001")
        expect(page.locator("main")).to_contain_text("21.4")

    # And both doors know: nothing lies in the rack any more, twice as much at the line.
    for kiosk in (one, other):
        assert (kiosk.at(RACK, COTTON.id), kiosk.at(LINE, COTTON.id)) == (-ROLL, 2 * ROLL)
