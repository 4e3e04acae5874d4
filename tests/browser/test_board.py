"""The live board in a real browser: what the floor does is seen at once, and silence is said aloud."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import socketio
from playwright.sync_api import Browser, Page, ViewportSize, expect
from socketio.exceptions import ConnectionError as SocketError

from domain.words import speak
from tests.hub.morning import PLANT, Plant, free_port, play, running_hub, served, until

pytestmark = [pytest.mark.needs("chromium"), pytest.mark.xdist_group("browser")]

SIZES = [(1920, 1080), (1280, 720), (3840, 2160)]


@pytest.fixture
def viewport() -> ViewportSize:
    return {"width": 1920, "height": 1080}


@pytest.fixture
def plant(tmp_path: Path) -> Iterator[Plant]:
    with running_hub(tmp_path / "hub") as plant:
        yield plant


def position(page: Page) -> int:
    return int((page.text_content("#position") or "0").replace(",", ""))


def test_a_scan_at_the_door_comes_to_the_board_by_itself(plant: Plant, page: Page) -> None:
    with served(plant) as address:
        page.goto(f"{address}/board?lang=en")
        expect(page.locator("#tile-doors .calm")).to_contain_text("Nobody is receiving")
        play(plant)
        expect(page.locator("#tile-doors .door")).to_have_count(3)
        expect(page.locator("#tile-doors")).to_contain_text("Wang Xiulan")
        kiosk = plant.kiosks["K2"]
        booked = plant.upload(kiosk.receives("F-PK-220", "86-0413", "25", "KGM", "F-02-03", "S-XINYI"))
        page.wait_for_function(
            "at => Number(document.querySelector('#position').textContent.replaceAll(',', '')) >= at",
            arg=booked,
        )
        door = page.locator(".door", has_text="Door 2")
        expect(door.locator(".door-lines b")).to_have_text("10")
        expect(page.locator("#tile-stock", has_text="F-02-03")).to_contain_text("157 kg")
        expect(page.locator("#tile-discrepancies")).to_contain_text("Shortage 40 kg")
        expect(page.locator(".kiosk.attention")).to_contain_text("P3")


def test_every_number_on_the_board_opens_to_what_is_behind_it(plant: Plant, page: Page) -> None:
    play(plant)
    with served(plant) as address:
        page.goto(f"{address}/board?lang=en")
        links = {str(link.get_attribute("href")) for link in page.locator(".tiles a, .position").all()}
        assert len(links) >= 8
        for link in links:
            answer = page.request.get(address + link)
            assert answer.status == 200, link
            assert "⟦" not in answer.text(), link


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_both_languages_are_complete(plant: Plant, page: Page, language: str) -> None:
    play(plant)
    with served(plant) as address:
        for path in (
            "/board",
            "/documents",
            "/documents/CS20261122-G1-0001",
            "/stock",
            "/stock/Y-01-01",
            "/events",
            f"/events/{PLANT}/4",
            "/discrepancies",
            "/kiosks",
            "/stock/none",
        ):
            page.goto(f"{address}{path}?lang={language}")
            text = page.inner_text("body")
            assert "⟦" not in text, path
            assert page.get_attribute("html", "lang") == language
        page.goto(f"{address}/board?lang={language}")
        title = speak("zh-CN" if language == "zh-CN" else "en", "board.tile.doors")
        expect(page.locator("#tile-doors h2")).to_contain_text(title)


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_nothing_is_cut_off_on_any_wide_screen(
    plant: Plant, browser: Browser, width: int, height: int
) -> None:
    play(plant)
    page = browser.new_page(viewport={"width": width, "height": height})
    with served(plant) as address:
        for language in ("zh-CN", "en"):
            page.goto(f"{address}/board?lang={language}")
            cut = page.evaluate(
                """() => [...document.querySelectorAll('.tile')].filter(tile => {
                    const box = tile.getBoundingClientRect();
                    return [...tile.querySelectorAll('li, p, svg.bars, b')].some(part => {
                        const inner = part.getBoundingClientRect();
                        return inner.bottom > box.bottom + 1 || inner.right > box.right + 1;
                    });
                }).map(tile => tile.id)"""
            )
            assert cut == []
            scrolls = "document.documentElement.scrollWidth > innerWidth || document.body.scrollHeight > innerHeight"
            assert not page.evaluate(scrolls)
    page.close()


@pytest.mark.slow
def test_a_silent_hub_is_said_aloud_and_the_board_comes_back_by_itself(plant: Plant, page: Page) -> None:
    play(plant)
    port = free_port()
    with served(plant, port) as address:
        page.goto(f"{address}/board?lang=en")
        expect(page.locator("#banner")).to_be_hidden()
        # The hub falls silent: the socket stays, nothing comes any more.
        plant.board.stop()
        expect(page.locator("#banner-words")).to_contain_text("no word from the hub", timeout=15_000)
        expect(page.locator("body")).to_have_class("board stale")
        expect(page.locator("#tile-doors .door")).to_have_count(3)
        shown = position(page)
        kiosk = plant.kiosks["K1"]
        booked = plant.upload(kiosk.receives("Y-32S-C", "DY26-X", "10", "KGM", "Y-01-01", "S-DAHUA"))
        assert position(page) == shown < booked
        plant.board.start()
        expect(page.locator("#banner")).to_be_hidden(timeout=5_000)
        assert until(lambda: position(page) == booked)


def test_text_from_the_floor_cannot_become_markup(plant: Plant, page: Page) -> None:
    evil = "<img src=x onerror=document.title='broken'>"
    kiosk = plant.kiosks["K1"].signs_on(evil).opens(evil[:60], evil)
    plant.upload(kiosk.receives(evil, evil, "1", "KGM", evil, "S-DAHUA"))
    with served(plant) as address:
        for path in ("/board", "/documents", "/stock", "/events", "/kiosks", f"/events/{PLANT}/4"):
            answer = page.goto(f"{address}{path}?lang=en")
            assert answer is not None
            assert answer.status == 200
            assert "script-src 'self'" in answer.headers["content-security-policy"]
            assert page.locator("img[src=x]").count() == 0
            assert page.title() != "broken"


def connect(address: str, **query: str) -> socketio.Client:
    client = socketio.Client(reconnection=False)
    words = "&".join(f"{name}={value}" for name, value in query.items())
    client.connect(f"{address}?{words}", transports=["websocket"], wait_timeout=1)
    return client


@pytest.mark.slow
def test_a_board_too_many_is_refused_in_clear_words_and_may_come_when_one_leaves(tmp_path: Path) -> None:
    with running_hub(tmp_path / "hub", sockets_max=2) as plant, served(plant) as address:
        first, second = connect(address, lang="en"), connect(address, lang="en")
        refusals: list[Any] = []
        third = socketio.Client(reconnection=False)
        third.on("connect_error", refusals.append)
        with pytest.raises(SocketError):
            third.connect(f"{address}?lang=en", transports=["websocket"], wait_timeout=1)
        assert "2 boards are connected" in str(refusals)
        first.disconnect()

        def third_is_in() -> bool:
            client = socketio.Client(reconnection=False)
            try:
                client.connect(f"{address}?lang=en", transports=["websocket"], wait_timeout=1)
            except SocketError:
                return False
            client.disconnect()
            return True

        assert until(third_is_in)
        second.disconnect()


def test_a_new_page_gets_the_whole_board_and_later_only_what_changed(plant: Plant) -> None:
    play(plant)
    with served(plant) as address:
        messages: list[dict[str, Any]] = []
        client = socketio.Client(reconnection=False)
        client.on("board", messages.append)
        client.connect(f"{address}?lang=en", transports=["websocket"], wait_timeout=1)
        assert until(lambda: messages)
        whole = {"doors", "hours", "stock", "discrepancies", "kiosks", "books"}
        assert set(messages[0]["tiles"]) == whole
        assert until(lambda: len(messages) > 2)
        calm = len(messages)
        kiosk = plant.kiosks["K2"]
        booked = plant.upload(kiosk.receives("F-PK-220", "86-0414", "20", "KGM", "F-02-03", "S-XINYI"))
        assert until(lambda: messages[-1]["position"] == booked)
        changed = set().union(*(message["tiles"] for message in messages[calm:]))
        assert {"doors", "hours", "stock"} <= changed
        assert "discrepancies" not in changed
        client.disconnect()


def test_who_comes_while_others_watch_is_sent_again_what_they_were_sent(plant: Plant) -> None:
    """What the room is told between a page's coming and its whole board would be taken for all of it."""
    play(plant)
    with served(plant) as address:
        first, second = list[dict[str, Any]](), list[dict[str, Any]]()
        clients = [socketio.Client(reconnection=False) for _ in (first, second)]
        for client, messages in zip(clients, (first, second), strict=True):
            client.on("board", messages.append)
            client.connect(f"{address}?lang=en", transports=["websocket"], wait_timeout=1)
            assert until(lambda: len(messages) > 2)  # noqa: B023 called in this turn
        whole = first[0]["tiles"].keys()
        assert any(message["tiles"].keys() < whole for message in first[1:]), "a calm floor's words are short"
        assert second[1]["tiles"].keys() == whole
        for client in clients:
            client.disconnect()
