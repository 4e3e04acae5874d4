"""Master data in a real browser: registered, found and changed by keyboard alone, in both languages."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from domain.names import LANGUAGES, Language
from domain.words import speak
from hub.web.guard import SESSION_COOKIE
from tests.hub.morning import Plant, running_hub, served, sign_on

pytestmark = [pytest.mark.needs("chromium"), pytest.mark.xdist_group("browser")]


@pytest.fixture
def plant(tmp_path: Path) -> Iterator[Plant]:
    with running_hub(tmp_path / "hub") as plant:
        yield plant


def is_signed_on(plant: Plant, page: Page, address: str) -> None:
    """The supervisor has signed on in this browser."""
    page.context.add_cookies([{"name": SESSION_COOKIE, "value": sign_on(plant), "url": address}])


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_category_is_registered_found_and_changed_by_keyboard(
    plant: Plant, page: Page, language: Language
) -> None:
    with served(plant) as address:
        is_signed_on(plant, page, address)
        page.goto(f"{address}/office/categories?lang={language}")
        page.keyboard.press("n")
        page.wait_for_url("**/new?*")
        expect(page.locator("#f-code")).to_be_focused()
        page.keyboard.type("YARN")
        page.keyboard.press("Control+s")
        expect(page.locator("#f-name-error")).to_be_visible()
        expect(page.locator("#f-code")).to_have_value("YARN")
        page.locator("#f-name").focus()
        page.keyboard.type("纱线")
        page.keyboard.press("Control+s")
        expect(page.locator(".office-told.good")).to_contain_text("YARN")
        page.keyboard.press("/")
        page.keyboard.type("纱")
        page.keyboard.press("Enter")
        page.wait_for_url("**search=**")
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        page.wait_for_url("**/record?*")
        expect(page.locator("#f-code")).to_have_attribute("readonly", "")
        page.locator("#f-remark").fill("精梳")
        page.keyboard.press("Control+s")
        expect(page.locator(".office-told.good")).to_contain_text("YARN")
        page.locator(".office-table .office-link").first.click()
        expect(page.locator(".office-history .change")).to_contain_text("精梳")
        page.keyboard.press("Escape")
        expect(page.locator("h1")).to_have_text(speak(language, "object.categories"))
        assert "⟦" not in page.inner_text("body")


def test_deleting_asks_once_more(plant: Plant, page: Page) -> None:
    with served(plant) as address:
        is_signed_on(plant, page, address)
        page.goto(f"{address}/office/customers/new?lang=en")
        page.locator("#f-code").fill("C9")
        page.locator("#f-name").fill("蓝海")
        page.locator("#office-save").click()
        page.locator(".office-link").first.click()
        page.locator("button.danger").click()
        expect(page.locator("button.danger")).to_have_text("Press again to delete")
        page.locator("button.danger").click()
        expect(page.locator(".office-told.good")).to_have_text("C9 is deleted.")


def test_an_order_gets_more_lines_than_the_page_came_with(plant: Plant, page: Page) -> None:
    with served(plant) as address:
        is_signed_on(plant, page, address)
        page.goto(f"{address}/office/purchase_orders/record?key=PO-4500123&lang=en")
        before = page.locator("#office-lines tbody tr").count()
        page.locator("#office-add-line").click()
        page.keyboard.type("9")
        page.keyboard.press("Tab")
        page.keyboard.type("T-BTN-18")
        page.keyboard.press("Tab")
        page.keyboard.type("4000")
        expect(page.locator("#office-lines tbody tr")).to_have_count(before + 1)
        page.keyboard.press("Control+s")
        page.wait_for_url("**told=modified**")
        page.goto(f"{address}/office/purchase_orders/record?key=PO-4500123&lang=en")
        expect(page.locator("[name='line.1.quantity']")).to_have_value("4000")


def test_a_file_is_brought_in(plant: Plant, page: Page) -> None:
    with served(plant) as address:
        is_signed_on(plant, page, address)
        page.goto(f"{address}/office/colours/import?lang=en")
        sheet = "色号,名称\nNAVY,藏青\nRED,红\n".encode()
        page.set_input_files("input[type=file]", {"name": "c.csv", "mimeType": "text/csv", "buffer": sheet})
        page.locator("#office-save").click()
        page.get_by_label("色号").select_option("code")
        page.locator("button[value=dry_run]").click()
        expect(page.locator(".office-told")).to_contain_text("2 new")
        page.locator("#office-save").click()
        expect(page.locator(".office-told")).to_contain_text("Written.")
        page.keyboard.press("Escape")
        expect(page.locator(".office-table tbody tr")).to_have_count(2)


@pytest.mark.parametrize(("width", "height"), [(820, 1180), (1024, 768), (1920, 1080)])
def test_nothing_is_wider_than_the_screen(plant: Plant, browser: Browser, width: int, height: int) -> None:
    page = browser.new_page(viewport={"width": width, "height": height})
    with served(plant) as address:
        is_signed_on(plant, page, address)
        for language in LANGUAGES:
            for path in ("", "/items", "/items/record?key=Y-32S-C", "/finished_goods/new", "/persons/import"):
                page.goto(f"{address}/office{path}{'&' if '?' in path else '?'}lang={language}")
                assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (path, width)
    page.close()
