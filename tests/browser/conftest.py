"""A browser for each file of tests and a page for each test, which fails where the page made a mistake."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, ViewportSize, sync_playwright

from tests.tools import chromium

NO_MISTAKES = ("403", "422", "net::ERR_CONNECTION")
"""What the browser calls an error and is none: what is refused with words, and a hub that has gone."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def viewport() -> ViewportSize:
    return {"width": 1280, "height": 900}


@pytest.fixture
def page(browser: Browser, viewport: ViewportSize) -> Iterator[Page]:
    page = browser.new_page(viewport=viewport)
    errors: list[str] = []

    def said(message: ConsoleMessage) -> None:
        if message.type == "error" and not any(one in message.text for one in NO_MISTAKES):
            errors.append(message.text)

    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", said)
    yield page
    page.close()
    assert errors == []
