"""The questions people ask of the books, in a real browser: legible in both languages, every figure opening."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from domain.names import LANGUAGES, Language
from hub.question import questions
from tests.hub.furniture import furnish, order_and_send
from tests.hub.morning import Plant, play, running_hub, served

pytestmark = [pytest.mark.needs("chromium"), pytest.mark.xdist_group("browser")]

PAGES = (
    "/reports",
    *(f"/reports/{name}" for name in questions()),
    "/reports/plans?state=all",
    "/plans/PO-4500131",
    "/plans/SO-26-0377",
    "/trace",
    "/trace?code=86-0412",
    "/trace?code=PO-4500131",
    "/trace?code=NEVER-SEEN",
    "/months",
)


TOO_WIDE = """() => [...document.querySelectorAll('main > *:not(.wide)')]
    .filter(one => one.scrollWidth > one.clientWidth + 1).map(one => one.outerHTML.slice(0, 80))"""


@pytest.fixture(scope="module")
def plant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Plant]:
    with running_hub(tmp_path_factory.mktemp("hub")) as plant:
        play(plant)
        furnish(plant)
        order_and_send(plant)
        yield plant


@pytest.fixture(scope="module")
def address(plant: Plant) -> Iterator[str]:
    with served(plant) as address:
        yield address


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("path", PAGES)
def test_each_page_is_complete_and_no_wider_than_the_screen(
    address: str, page: Page, path: str, language: Language
) -> None:
    page.goto(f"{address}{path}{'&' if '?' in path else '?'}lang={language}")
    assert "⟦" not in page.inner_text("body")
    assert page.get_attribute("html", "lang") == language
    assert page.evaluate(TOO_WIDE) == []
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")


def test_a_planner_finds_what_is_overdue_and_goes_down_to_the_scan(address: str, page: Page) -> None:
    page.goto(f"{address}/reports?lang=en")
    page.get_by_role("link", name="Orders and plans").click()
    page.get_by_label("State").select_option("overdue")
    page.get_by_role("button", name="Show").click()
    rows = page.locator("table.answer tr")
    expect(rows).to_have_count(3)
    expect(rows.nth(1)).to_contain_text("1,207.8 kg")
    expect(rows.nth(1)).to_contain_text("592.2 kg")
    page.get_by_role("link", name="1,207.8 kg").click()
    expect(page.locator("h1")).to_have_text("PO-4500131")
    expect(page.locator(".lead")).to_contain_text("overdue by 6 d")
    page.get_by_role("link", name="1,207.8 kg").click()
    page.locator("#line-1 + .wide tr").nth(1).get_by_role("link").last.click()
    page.wait_for_url("**/events/**")
    expect(page.locator("h1")).to_be_visible()


def test_a_filter_says_in_words_what_may_be_chosen(address: str, page: Page) -> None:
    page.goto(f"{address}/reports/plans?lang=zh-CN")
    kinds = page.locator("select[name=kind] option").all_inner_texts()
    assert "采购订单" in kinds
    assert all(not one.isascii() for one in kinds)
    page.locator("select[name=kind]").select_option("sales_order")
    page.locator("form.asking button").click()
    expect(page.locator("table.answer")).to_contain_text("SO-26-0377")
    expect(page.locator("table.answer")).not_to_contain_text("PO-4500131")
