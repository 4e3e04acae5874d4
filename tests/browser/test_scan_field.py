"""A code is read into a field of the hub's pages with the camera of a phone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, ViewportSize, expect, sync_playwright
from playwright.sync_api import Page as Tab

from tests.camera_film import Held, show, stage
from tests.hub.morning import Plant, play, running_hub, served
from tests.tools import chromium

pytestmark = [pytest.mark.needs("chromium"), pytest.mark.xdist_group("browser")]

LOT = Held(symbology="gs1_datamatrix", content="(01)09501101530003(10)86-0412", module_px=7, turned_deg=12)
PHONE: ViewportSize = {"width": 390, "height": 844}
ELSEWHERE = "hub.test"
"""A name of this machine that browsers do not take for it."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    rules = f"--host-resolver-rules=MAP {ELSEWHERE} 127.0.0.1"
    with sync_playwright() as playwright:
        made = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox", rules])
        yield made
        made.close()


@pytest.fixture(scope="module")
def plant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Plant]:
    with running_hub(tmp_path_factory.mktemp("hub")) as plant:
        play(plant)
        yield plant


@pytest.fixture(scope="module")
def address(plant: Plant) -> Iterator[str]:
    with served(plant) as address:
        yield address


@pytest.fixture
def phone(browser: Browser) -> Iterator[Tab]:
    context = browser.new_context(viewport=PHONE, has_touch=True, is_mobile=True)
    yield context.new_page()
    context.close()


@pytest.mark.parametrize(("page", "where"), [("/documents", ".find-any"), ("/trace", ".asking")])
def test_a_label_held_up_to_the_phone_is_looked_up(address: str, phone: Tab, page: str, where: str):
    stage(phone)
    asked: list[str] = []
    phone.on("request", lambda request: asked.append(request.url))
    phone.goto(f"{address}{page}?lang=en")
    phone.locator(f"{where} .scan-field").tap()
    expect(phone.locator("#scan-dialog [data-says]")).to_have_text("Hold the code in the frame")
    show(phone, [LOT])
    phone.wait_for_url(re.compile("/trace[?].*code="))
    code = parse_qs(urlsplit(phone.url).query)["code"]
    assert code == ["]d201095011015300031086-0412"]
    expect(phone.locator("section.find h2").first).to_contain_text("86-0412")
    expect(phone.locator(".asking-code input")).to_have_value("01095011015300031086-0412")
    assert [url for url in asked if not url.startswith(address)] == []
    assert phone.evaluate("() => document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize(
    ("language", "words", "way_out"),
    [("en", "without https", "https:// address"), ("zh-CN", "不是 https", "https:// 开头的网址")],
)
def test_a_page_without_https_says_why_it_has_no_camera(
    address: str, phone: Tab, language: str, words: str, way_out: str
):
    phone.goto(f"{address.replace('127.0.0.1', ELSEWHERE)}/trace?lang={language}")
    phone.locator(".asking .scan-field").tap()
    dialog = phone.locator("#scan-dialog")
    expect(dialog.locator("[data-says]")).to_contain_text(words)
    expect(dialog.locator("[data-way-out]")).to_contain_text(way_out)
    dialog.locator("[data-close]").tap()
    expect(dialog).to_be_hidden()
    phone.locator(".asking-code input").fill("86-0412")
    phone.keyboard.press("Enter")
    expect(phone.locator("section.find h2").first).to_contain_text("86-0412")


def test_a_computer_without_a_camera_is_offered_none(address: str, browser: Browser):
    tab = browser.new_page(viewport={"width": 1280, "height": 900})
    tab.goto(f"{address}/trace?lang=en")
    tab.wait_for_function(
        "() => window.performance.getEntriesByName(document.querySelector('script[src*=scan_field]').src).length"
    )
    tab.wait_for_timeout(300)
    expect(tab.locator(".scan-field:visible")).to_have_count(0)
    tab.close()
