"""Approvals and the matrix of rights in a real browser, by keyboard, in both languages."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from domain.names import LANGUAGES, Language
from domain.words import speak
from hub.rights.grants import person_of
from hub.store.database import reading
from hub.web.guard import SESSION_COOKIE
from tests.hub.morning import PLANT, Plant, play, running_hub, served, sign_on
from tests.hub.submissions import APPROVER, COUNT, ISSUE, fill_groups, submit

pytestmark = [pytest.mark.needs("chromium"), pytest.mark.xdist_group("browser")]


@pytest.fixture
def plant(tmp_path: Path) -> Iterator[Plant]:
    with running_hub(tmp_path / "hub") as plant:
        play(plant)
        fill_groups(plant)
        submit(plant)
        yield plant


def opens(  # noqa: PLR0917 - who opens what, where
    plant: Plant, page: Page, address: str, path: str, language: Language, who: str
) -> None:
    page.context.add_cookies([{"name": SESSION_COOKIE, "value": sign_on(plant, who), "url": address}])
    page.goto(f"{address}{path}{'&' if '?' in path else '?'}lang={language}")


@pytest.mark.parametrize("language", LANGUAGES)
def test_one_is_approved_in_part_and_one_sent_back_by_keyboard(
    plant: Plant, page: Page, language: Language
) -> None:
    with served(plant) as address:
        opens(plant, page, address, "/approvals", language, APPROVER)
        cards = page.locator(".approval")
        expect(cards.locator("h2")).to_have_text([ISSUE, COUNT])
        expect(cards.first).to_contain_text(speak(language, "approval.why.is_above_plan"))
        assert "⟦" not in page.inner_text("body")
        for width in (820, 1280):
            page.set_viewport_size({"width": width, "height": 900})
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), width
        cards.first.locator("[name=tick]").nth(1).focus()
        page.keyboard.press("Space")
        cards.first.locator("button.main").press("Enter")
        expect(page.locator(".office-told.good")).to_have_text(
            speak(language, "approval.told.approve", number=ISSUE)
        )
        expect(page.locator(".approval h2")).to_have_text([COUNT])
        page.locator(".approval [name=reason]").focus()
        page.keyboard.type("再数上层")
        page.keyboard.press("Enter")  # in the reason's field it sends back, and never approves
        expect(page.locator(".office-told.good")).to_have_text(
            speak(language, "approval.told.send_back", number=COUNT)
        )
        expect(page.locator(".calm")).to_have_text(speak(language, "approval.nothing"))
        page.goto(f"{address}/documents/{COUNT}?lang={language}")
        expect(page.locator(".office-told.attention")).to_contain_text("再数上层")
        page.goto(f"{address}/documents/{ISSUE}?lang={language}")
        page.locator("[value=unapprove]").press("Enter")
        expect(page.locator("[value=unapprove]")).to_have_text(speak(language, "approval.unapprove_sure"))
        page.locator("[value=unapprove]").press("Enter")
        expect(page.locator(".chip").first).to_have_text(speak(language, "board.status.unapproved"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_group_is_given_rights_by_arrows_and_space_and_its_members_have_them(
    plant: Plant, page: Page, language: Language
) -> None:
    with served(plant) as address:
        opens(plant, page, address, "/office/groups/record?key=STORE", language, "1050")
        box = page.get_by_role(
            "checkbox", name=f"{speak(language, 'document.TZ')}: {speak(language, 'right.see')}", exact=True
        )
        box.focus()
        page.keyboard.press("Space")
        page.keyboard.press("ArrowRight")
        page.keyboard.press("Space")
        page.keyboard.press("ArrowDown")
        assert page.evaluate("document.activeElement.value").endswith(".add")
        page.get_by_role("button", name=speak(language, "document.YC"), exact=True).press("Enter")
        counted = page.locator(".rights-sheet [data-count]").first
        expect(counted).to_contain_text("26")  # twelve as before, two by hand, a row of twelve
        page.keyboard.press("Control+s")
        expect(page.locator(".office-told.good")).to_contain_text("STORE")
        page.goto(f"{address}/office/groups/record?key=STORE&lang={language}")
        expect(box).to_be_checked()
        expect(page.locator(".office-history")).to_contain_text("TZ.see")
        page.goto(f"{address}/office/persons/record?key=1061&lang={language}")
        assert "⟦" not in page.inner_text("body")
        expect(page.locator(".rights-held")).to_contain_text(speak(language, "document.TZ"))
        expect(box).not_to_be_checked()
        expect(box).to_have_class("through")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    with reading(plant.hub.engine) as connection:
        held = person_of(connection, PLANT, "1061")
    assert held is not None
    assert {"TZ.see", "TZ.add", "YC.approve"} <= held.all_rights


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_bar_is_one_line_on_every_page(plant: Plant, page: Page, language: Language) -> None:
    with served(plant) as address:
        for path in ("/documents", "/stock", "/approvals", "/office"):
            opens(plant, page, address, path, language, "1050")
            tops = json.loads(
                page.evaluate(
                    "JSON.stringify([...document.querySelectorAll('.bar-top nav > *, .bar-top > *')]"
                    ".map((one) => one.getBoundingClientRect().top))"
                )
            )
            height = page.locator(".bar-top").bounding_box()
            assert height is not None
            assert max(tops) - min(tops) < 30, path
            assert height["height"] < 80, path
        page.locator(".more summary").press("Enter")
        page.get_by_role("link", name=speak(language, "month.title"), exact=True).click()
        expect(page.locator("h1")).to_have_text(speak(language, "month.title"))


def test_a_first_password_is_shown_once_and_somebody_is_locked_out(plant: Plant, page: Page) -> None:
    with served(plant) as address:
        opens(plant, page, address, "/office/persons/record?key=1061", "en", "1050")
        page.get_by_role("button", name=speak("en", "user.act.password"), exact=True).click()
        password = page.locator("#password").inner_text()
        assert len(password) >= 12
        page.locator("#office-back").click()
        lock = page.get_by_role("button", name=speak("en", "user.act.lock"), exact=True)
        lock.click()
        page.locator("button[value=lock]").click()
        expect(page.locator(".office-told.good")).to_have_text(speak("en", "user.told.lock"))
        expect(page.locator(".person-card").first).to_contain_text(speak("en", "user.none"))
