"""Pay in a real browser: a contested line is answered by keyboard; a month opens to its scans and is closed."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from domain.names import LANGUAGES, Language
from domain.words import speak
from hub.web.guard import SESSION_COOKIE
from tests.hub.morning import running_hub, served, sign_on
from tests.hub.test_pay_pages import CLERK, LI, contested_month, paid_by_the_piece

pytestmark = [pytest.mark.needs("chromium"), pytest.mark.xdist_group("browser")]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_month_of_pay_is_looked_through_answered_and_closed(
    tmp_path: Path, page: Page, language: Language
) -> None:
    with running_hub(tmp_path / "hub") as plant:
        paid_by_the_piece(plant)
        month = contested_month(plant)
        with served(plant) as address:
            session = sign_on(plant, CLERK)
            page.context.add_cookies([{"name": SESSION_COOKIE, "value": session, "url": address}])
            page.goto(f"{address}/pay?period={month}&lang={language}")
            for width in (820, 1280):
                page.set_viewport_size({"width": width, "height": 900})
                assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), width
            assert "⟦" not in page.inner_text("body")
            page.locator("[name=reason]").fill("counted with you")
            page.locator("button[value=answer]").press("Enter")
            expect(page.locator(".office-told.good")).to_have_text(speak(language, "pay.told.answer"))
            expect(page.locator("#contested")).to_have_count(0)
            page.locator(f".pay-table a[href*='/{LI}?']").press("Enter")
            expect(page.locator("#bonuses")).to_contain_text("89.13 %")
            page.locator("#pay-lines a[href*='/events/']").first.press("Enter")
            expect(page).to_have_url(f"{address}/events/SZ1/127?plant=SZ1&lang={language}")
            page.go_back()
            page.locator(".office-back a").press("Enter")
            page.locator("[name=is_sure]").press("Space")
            page.locator("button[value=close]").press("Enter")
            expect(page.locator(".score-locked")).to_be_visible()
            expect(page.locator(".pay-table .chip.good")).to_have_count(2)
            expect(page.locator("#pay-close")).to_have_count(0)
