"""A label template in a real browser: what is typed is drawn beside it, and a broken line is named."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from domain.label_template import TEMPLATE_CHARS_MAX
from domain.names import LANGUAGES, Language
from domain.words import speak
from hub.store.database import writing
from hub.store.reference import Record, write_records
from tests.browser.test_office import is_signed_on
from tests.hub.morning import PLANT, Plant, running_hub, served

pytestmark = [pytest.mark.needs("chromium"), pytest.mark.xdist_group("browser")]


@pytest.fixture
def plant(tmp_path: Path) -> Iterator[Plant]:
    with running_hub(tmp_path / "hub") as plant:
        yield plant


def dots(page: Page) -> str:
    """The label as the canvas shows it."""
    return page.evaluate("document.getElementById('label-canvas').toDataURL()")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_label_is_drawn_as_it_is_typed_and_saved(
    plant: Plant, page: Page, language: Language, tmp_path: Path
) -> None:
    with served(plant) as address:
        is_signed_on(plant, page, address)
        page.set_viewport_size({"width": 1440, "height": 1000})
        page.goto(f"{address}/office/label_templates/new?lang={language}")
        page.locator("#label-shipped").select_option("badge")
        canvas = page.locator("#label-canvas")
        expect(canvas).to_be_visible()
        expect(page.locator("#f-code")).to_have_value("badge")
        expect(page.locator("#label-problem")).to_be_hidden()
        before, drawn = dots(page), canvas.get_attribute("data-drawn")
        text = page.locator("#f-text").input_value()
        page.locator("#f-text").fill(text.replace("{员工卡|Staff}", "{来宾|Guest}"))
        expect(canvas).not_to_have_attribute("data-drawn", drawn or "")
        assert dots(page) != before
        drawn = canvas.get_attribute("data-drawn")
        page.locator("#label-dots").select_option("12")
        expect(canvas).not_to_have_attribute("data-drawn", drawn or "")
        assert canvas.evaluate("it => it.width") == 86 * 12
        page.screenshot(path=str(tmp_path / f"label-{language}.png"))
        broken = text.splitlines()
        broken[4] = "width_mm = = 86"
        page.locator("#f-text").fill("\n".join(broken))
        expect(page.locator("#label-problem")).to_contain_text("5")
        page.screenshot(path=str(tmp_path / f"broken-{language}.png"))
        page.locator("#label-problem").click()
        assert page.evaluate("getSelection().toString()") == broken[4]
        page.keyboard.press("Control+s")
        expect(page.locator("#f-text-error")).to_contain_text("5")
        page.locator("#f-text").fill(text.replace("{员工卡|Staff}", "{来宾|Guest}"))
        page.keyboard.press("Control+s")
        expect(page.locator(".office-told.good")).to_contain_text("badge")
        page.locator(".office-table .office-link").first.click()
        expect(canvas).to_be_visible()
        page.screenshot(path=str(tmp_path / f"saved-{language}.png"))
        expect(page.locator("h1")).to_contain_text(speak(language, "object.label_templates"))
        assert "⟦" not in page.inner_text("body")


@pytest.mark.parametrize("language", LANGUAGES)
def test_own_words_are_tried_on_it_and_an_earlier_version_is_taken_back(
    plant: Plant, page: Page, language: Language, tmp_path: Path
) -> None:
    with served(plant) as address:
        is_signed_on(plant, page, address)
        page.set_viewport_size({"width": 1440, "height": 1000})
        page.goto(f"{address}/office/label_templates/new?lang={language}")
        page.locator("#label-shipped").select_option("badge")
        canvas = page.locator("#label-canvas")
        expect(canvas).to_be_visible()
        first = page.locator("#f-text").input_value()
        before, drawn = dots(page), canvas.get_attribute("data-drawn")
        page.locator("#label-values summary").click()
        page.locator("[data-name='name']").fill("欧阳娜娜·自己写的")
        expect(canvas).not_to_have_attribute("data-drawn", drawn or "")
        assert dots(page) != before
        page.screenshot(path=str(tmp_path / f"tried-{language}.png"))
        page.keyboard.press("Control+s")
        page.locator(".office-table .office-link").first.click()
        second = first.replace("{员工卡|Staff}", "{来宾|Guest}")
        page.locator("#f-text").fill(second)
        page.keyboard.press("Control+s")
        page.locator(".office-table .office-link").first.click()
        assert page.locator("#f-text").input_value().strip() == second.strip(), "what was tried is not saved"
        versions = page.locator("#label-version")
        assert versions.locator("option").count() == 3
        versions.select_option(index=2)
        expect(page.locator("#f-text")).to_have_value(first.strip())
        page.screenshot(path=str(tmp_path / f"versions-{language}.png"))
        page.keyboard.press("Control+s")
        page.locator(".office-table .office-link").first.click()
        assert page.locator("#label-version option").count() == 4
        assert "⟦" not in page.inner_text("body")


def test_a_picture_is_brought_into_the_label(plant: Plant, page: Page, tmp_path: Path) -> None:
    logo = tmp_path / "Logo 1.png"
    Image.effect_mandelbrot((900, 500), (-3, -2.5, 2, 2.5), 60).save(logo)
    with served(plant) as address:
        is_signed_on(plant, page, address)
        page.set_viewport_size({"width": 1440, "height": 1000})
        page.goto(f"{address}/office/label_templates/new?lang=zh-CN")
        page.locator("#label-shipped").select_option("badge")
        canvas = page.locator("#label-canvas")
        expect(canvas).to_be_visible()
        for name in ("logo_1", "logo_1_"):
            before, drawn = dots(page), canvas.get_attribute("data-drawn")
            page.locator("#label-picture").set_input_files(logo)
            expect(canvas).not_to_have_attribute("data-drawn", drawn or "")
            if name == "logo_1":
                assert dots(page) != before
            text = page.locator("#f-text").input_value()
            assert f'picture = "{name}"' in text
            assert len(text) <= TEMPLATE_CHARS_MAX
            expect(page.locator("#label-problem")).to_be_hidden()
        page.screenshot(path=str(tmp_path / "picture.png"))
        no_picture = tmp_path / "no.png"
        no_picture.write_text("no picture", encoding="utf-8")
        page.locator("#label-picture").set_input_files(no_picture)
        expect(page.locator("#label-problem")).to_contain_text("PNG")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_label_is_filled_in_looked_at_and_ordered_from_a_kiosk(
    plant: Plant, page: Page, language: Language, tmp_path: Path
) -> None:
    with writing(plant.hub.engine) as connection:
        here = Record(kind="station", key="K1", body=plant.kiosks["K1"].device.station)
        write_records(connection, plant.hub.store, PLANT, [here])
    with served(plant) as address:
        is_signed_on(plant, page, address)
        page.set_viewport_size({"width": 1440, "height": 1000})
        page.goto(f"{address}/office/label_orders/new?lang={language}")
        page.screenshot(path=str(tmp_path / f"new-{language}.png"))
        page.get_by_role("link", name=speak(language, "label.template.price_tag")).click()
        expect(page.locator("#label-problem")).to_be_visible()
        for name, text in {
            "of.style": "TS-2611",
            "of.size": "XL",
            "of.ean": "6901234567892",
            "of.price": "129.00",
            "of.item_name_zh": "圆领短袖汗衫 自己写的",
            "copies": "200",
        }.items():
            page.locator(f"[name='{name}']").fill(text)
        expect(page.locator("#label-problem")).to_be_hidden()
        expect(page.locator("#label-canvas")).to_be_visible()
        page.screenshot(path=str(tmp_path / f"write-{language}.png"))
        page.locator("#office-save").click()
        expect(page.locator(".office-told.good")).to_contain_text("LB")
        page.screenshot(path=str(tmp_path / f"list-{language}.png"))
        page.locator(".office-table .office-link").first.click()
        page.screenshot(path=str(tmp_path / f"record-{language}.png"))
        assert "⟦" not in page.inner_text("body")
