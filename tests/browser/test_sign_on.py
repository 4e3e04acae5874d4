"""Signing on in a real browser, by keyboard alone, in both languages: to the desk and out again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from domain.names import LANGUAGES, Language
from domain.words import speak
from hub.rights.users import give_password
from hub.store.database import writing
from tests.hub.morning import PLANT, Plant, play, running_hub, served

pytestmark = [pytest.mark.needs("chromium"), pytest.mark.xdist_group("browser")]
PASSWORD = "eleven-red-buttons"


@pytest.fixture
def plant(tmp_path: Path) -> Iterator[Plant]:
    with running_hub(tmp_path / "hub") as plant:
        play(plant)
        yield plant


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_first_sign_on_by_keyboard_from_the_desk_and_back(
    plant: Plant, page: Page, language: Language
) -> None:
    with writing(plant.hub.engine) as connection:
        once = give_password(connection, PLANT, "1050", plant.hub.clock.now())
    with served(plant) as address:
        page.goto(f"{address}/desk?lang={language}&kind=unknown_item")
        page.locator(".who").focus()
        page.keyboard.press("Enter")
        expect(page.locator("h1")).to_have_text(speak(language, "sign_on.title"))
        page.keyboard.type("1050")
        page.keyboard.press("Tab")
        page.keyboard.type("not that one")
        page.keyboard.press("Enter")
        expect(page.locator(".told.bad")).to_have_text(speak(language, "sign_on.refused.wrong"))
        page.keyboard.type(once)  # the number is kept, the eye is in the password
        page.keyboard.press("Enter")
        expect(page.locator(".lead")).to_have_text(speak(language, "account.must_change"))
        for text in (once, PASSWORD, PASSWORD):
            page.keyboard.type(text)
            page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        expect(page.locator(".told.good")).to_have_text(speak(language, "account.told.password"))
        assert "⟦" not in page.inner_text("body")
        for width in (820, 1280):
            page.set_viewport_size({"width": width, "height": 900})
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), width
        page.locator(".off button").press("Enter")
        expect(page.locator(".board")).to_be_visible()
        page.goto(f"{address}/account?lang={language}")
        expect(page.locator("h1")).to_have_text(speak(language, "sign_on.title"))
