"""The discrepancy desk in a real browser: found, understood and settled, live, in both languages."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import text

from domain.words import speak
from hub.store.database import writing
from hub.web.guard import SESSION_COOKIE
from tests.hub.morning import Plant, play, running_hub, served, sign_on
from tests.hub.troubles import UNKNOWN, trouble

pytestmark = [pytest.mark.needs("chromium"), pytest.mark.xdist_group("browser")]


@pytest.fixture
def plant(tmp_path: Path) -> Iterator[Plant]:
    with running_hub(tmp_path / "hub") as plant:
        play(plant)
        trouble(plant)
        yield plant


def is_signed_on(plant: Plant, page: Page, address: str) -> None:
    """The supervisor has signed on in this browser."""
    page.context.add_cookies([{"name": SESSION_COOKIE, "value": sign_on(plant), "url": address}])


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_an_unknown_item_is_settled_from_the_board_to_the_ledger(
    plant: Plant, page: Page, language: str
) -> None:
    spoken = "zh-CN" if language == "zh-CN" else "en"
    with served(plant) as address:
        is_signed_on(plant, page, address)
        page.goto(f"{address}/board?lang={language}")
        page.locator("#tile-discrepancies .more a").click()
        expect(page.locator("h1")).to_have_text(speak(spoken, "desk.title"))
        row = page.locator(".desk-row", has_text=UNKNOWN)
        row.locator("a").click()
        expect(page.locator(".desk-why .cause")).to_contain_text(UNKNOWN)
        page.locator(".desk-settle select[name=reason]").select_option("registered")
        page.locator(".desk-settle input[name=note]").first.fill("22.4")
        page.locator("button[value=correct]").click()
        expect(page.locator(".desk-told .good")).to_contain_text(speak(spoken, "desk.outcome.done"))
        expect(page.locator(".desk-history")).to_contain_text("22.4")
        page.keyboard.press("Escape")
        expect(page.locator(".desk-row", has_text=UNKNOWN)).to_have_count(0)
        assert "⟦" not in page.inner_text("body")


def test_the_keyboard_alone_goes_through_the_list(plant: Plant, page: Page) -> None:
    with served(plant) as address:
        is_signed_on(plant, page, address)
        page.goto(f"{address}/desk?lang=en&kind=parked")
        page.keyboard.press("ArrowDown")
        page.keyboard.press("j")
        page.keyboard.press("x")
        expect(page.locator("#desk-ticked")).to_have_text("1")
        second = page.locator(".desk-row").nth(1)
        expect(second.locator("input")).to_be_checked()
        page.keyboard.press("Enter")
        expect(page.locator("h1")).to_contain_text("Event parked")
        page.keyboard.press("Escape")
        expect(page.locator("h1")).to_have_text("Discrepancy desk")


def test_what_happens_meanwhile_comes_by_itself_and_ticks_stay(plant: Plant, page: Page) -> None:
    with served(plant) as address:
        is_signed_on(plant, page, address)
        page.goto(f"{address}/desk?lang=en&kind=unknown_item")
        expect(page.locator(".desk-row")).to_have_count(2)
        page.locator(".desk-row input").first.check()
        page.wait_for_timeout(500)  # the socket's first message
        plant.upload(plant.kiosks["K1"].receives("NEW-1", "L", "1", "KGM", "Y-01-01", "S-DAHUA"))
        expect(page.locator(".desk-row")).to_have_count(3, timeout=15_000)
        expect(page.locator(".desk-row", has_text="NEW-1")).to_be_visible()
        expect(page.locator(".desk-row input").first).to_be_checked()
        expect(page.locator("#desk-ticked")).to_have_text("1")


def test_a_queue_is_released_in_bulk_and_the_stock_is_there(plant: Plant, page: Page) -> None:
    with served(plant) as address:
        is_signed_on(plant, page, address)
        page.goto(f"{address}/desk?lang=en&kind=parked")
        page.locator("input[name=all][value='1']").check()
        page.locator(".desk-bulk select[name=reason]").select_option("checked")
        page.locator(".desk-bulk button[value=release]").click()
        expect(page.locator(".desk-told")).to_contain_text("settled")
        expect(page.locator(".desk-told")).to_contain_text("still cannot be booked")
        expect(page.locator(".desk-row")).to_have_count(1)
        page.goto(f"{address}/stock/T-01-01?lang=en")
        expect(page.locator("table").first).to_contain_text("1,440 pcs")


@pytest.mark.parametrize(("width", "height"), [(820, 1180), (1024, 768), (1280, 800), (1920, 1080)])
def test_nothing_is_wider_than_the_screen(plant: Plant, browser: Browser, width: int, height: int) -> None:
    page = browser.new_page(viewport={"width": width, "height": height})
    with served(plant) as address:
        for language in ("zh-CN", "en"):
            page.goto(f"{address}/desk?lang={language}&kind=parked")
            first = page.locator(".desk-row a").first.get_attribute("href")
            for path in (f"/desk?lang={language}", f"/desk?lang={language}&kind=parked", str(first)):
                page.goto(f"{address}{path}")
                assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (path, width)
    page.close()


def test_the_books_on_the_board_are_green_and_go_red_when_somebody_alters_them(
    plant: Plant, page: Page
) -> None:
    with served(plant) as address:
        page.goto(f"{address}/board?lang=en")
        expect(page.locator(".books.good")).to_contain_text("#95", timeout=15_000)
        with writing(plant.hub.engine) as connection:
            connection.execute(text("UPDATE balances SET value = value + 1000000 WHERE place = 'Y-09-09'"))
        # What is touched again is looked at at once; the rolling look comes to the rest in its own time.
        plant.upload(plant.kiosks["K1"].receives("Y-32S-C", "DY26-9", "1", "KGM", "Y-09-09", "S-DAHUA"))
        expect(page.locator(".books.bad")).to_contain_text("not balanced", timeout=20_000)
        page.locator(".books").click()
        expect(page.locator(".desk-row", has_text="Y-09-09")).to_contain_text("its movements add up to 1201")
