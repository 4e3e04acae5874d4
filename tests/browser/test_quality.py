"""Quality in a real browser: a ticket goes its way by keyboard, three decide together, a month is locked."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from domain.names import LANGUAGES, Language
from domain.words import speak
from hub.web.guard import SESSION_COOKIE
from tests.hub.lines import LATE, PADDED, handed_over, quality_week
from tests.hub.morning import Plant, running_hub, served, sign_on

pytestmark = [pytest.mark.needs("chromium"), pytest.mark.xdist_group("browser")]


@pytest.fixture
def plant(tmp_path: Path) -> Iterator[Plant]:
    with running_hub(tmp_path / "hub") as plant:
        quality_week(plant)
        yield plant


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_ticket_goes_from_the_exposure_list_to_its_end(
    plant: Plant, page: Page, language: Language
) -> None:
    with served(plant) as address:

        def becomes(who: str) -> None:
            page.context.add_cookies([{"name": SESSION_COOKIE, "value": sign_on(plant, who), "url": address}])

        def told(act: str, ticket: str = LATE) -> None:
            words = speak(language, f"quality.told.{act}", ticket=ticket)
            expect(page.locator(".office-told.good")).to_have_text(words)

        becomes("2102")
        page.goto(f"{address}/tickets?lang={language}")
        for width in (820, 1280):
            page.set_viewport_size({"width": width, "height": 900})
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), width
        assert "⟦" not in page.inner_text("body")
        page.locator("#exposure a").first.press("Enter")
        for act in ("explain", "mend"):
            page.locator("[name=told]").fill("worn needle")
            page.locator(f"button[value={act}]").press("Enter")
            told(act)
        expect(page.locator(".ticket-next button")).to_have_count(0)  # now it is the finder's turn
        becomes("2101")
        page.goto(f"{address}/tickets/{LATE}?lang={language}")
        page.locator("button[value=verify]").press("Enter")
        told("verify")
        page.goto(f"{address}/tickets?lang={language}")
        expect(page.locator(".exposure.calm-good")).to_contain_text(
            speak(language, "quality.nothing_exposed")
        )
        for who in ("2104", "2101"):
            becomes(who)
            page.goto(f"{address}/tickets/{PADDED}?lang={language}")
            page.locator("[name=unit]").select_option("LINE-2")
            page.locator("button[value=decide]").press("Enter")
            told("decide", PADDED)
        expect(page.locator(".ticket-votes .voted")).to_have_count(3)
        expect(page.locator(".ticket-way .here")).to_have_text(speak(language, "ticket_state.agreed"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_month_opens_to_its_scans_and_is_locked(plant: Plant, page: Page, language: Language) -> None:
    month = handed_over(plant)
    with served(plant) as address:
        page.context.add_cookies([{"name": SESSION_COOKIE, "value": sign_on(plant, "2103"), "url": address}])
        page.goto(f"{address}/scores?period={month}&lang={language}")
        assert "⟦" not in page.inner_text("body")
        page.locator(".score-table a[href*='unit=LINE-2']").click()  # of others nothing was seen yet
        page.locator(".score-scans summary").first.click()
        expect(page.locator(".score-scans li").first).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        page.locator("button.main").press("Enter")
        expect(page.locator(".score-locked")).to_be_visible()
        expect(page.locator("button.main")).to_have_count(0)
