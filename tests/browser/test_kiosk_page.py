"""The kiosk's page in a real browser: what is pushed is shown, what is touched comes back, at every size."""

import os
import queue
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from playwright.sync_api import Page as Tab
from playwright.sync_api import expect, sync_playwright

from domain.bundle import Tally
from domain.events.production import JobFinished
from domain.events.quality import TicketOpened
from domain.names import LANGUAGES, Language, Names
from kiosk.page import Touch
from kiosk.screen import Screen
from kiosk.web import Page, Sample, VirtualPanel
from tests.browser.kiosk_screens import hostile_screen, screens
from tests.browser.screen_parts import frame
from tests.sewing import BUNDLE, SECOND, WANG, at_the_hem, ticket
from tests.terminal import Terminal
from tests.tools import chromium
from tests.world import badge_code

pytestmark = pytest.mark.needs("chromium")

SIZES = ((1280, 800), (1024, 600), (800, 1280))
TOUCH_PX_MIN, APART_PX_MIN = 64, 12
WAIT_S = 10
TARGETS = """() => {
  const visible = (button) => { // the part of a row that its list lets through
    const box = button.getBoundingClientRect();
    const list = button.closest(".scrolls")?.getBoundingClientRect();
    const top = Math.max(box.top, list?.top ?? 0), bottom = Math.min(box.bottom, list?.bottom ?? innerHeight);
    return { left: box.left, right: box.right, top, bottom, whole: bottom - top > box.height - 1 };
  };
  const reached = (button) => {
    const { left, right, top, bottom } = visible(button);
    const hit = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
    return right > left && bottom > top && hit !== null && button.contains(hit);
  };
  return [...document.querySelectorAll("#screen button")].filter(reached).map((button) => {
    const name = [button.dataset.action ?? "scroll", button.dataset.value ?? ""].join(" ");
    return { name, ...visible(button) };
  });
}"""
OUTSIDE = """() => [...document.querySelectorAll("#screen *")]
  .filter((one) => {
    const box = one.getBoundingClientRect();
    return box.width > 0 && !one.closest("svg, .wash") && (box.right > innerWidth + 1 || box.left < -1);
  })
  .map((one) => one.className || one.parentElement.className)"""
HIDDEN = """() => {
  const over = document.querySelector(".over");
  const needed = ".actions button, .sheet-actions button, .full-actions button, .frame button, .tile.is-next, .ask";
  return [...document.querySelectorAll(needed)]
    .filter((one) => one.getBoundingClientRect().width && (!over || over.contains(one) || one.closest(".frame")))
    .filter((one) => {
      const box = one.getBoundingClientRect();
      const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
      return box.bottom > innerHeight + 1 || top === null || !one.contains(top);
    })
    .map((one) => one.className + " " + one.textContent.trim());
}"""


class Kiosk:
    """A served page and the touches that came back."""

    def __init__(self) -> None:
        self.touches: queue.Queue[Touch] = queue.Queue()
        self.scans: queue.Queue[str] = queue.Queue()
        self.page = self.started(0)

    def started(self, port: int) -> Page:
        sample = Sample(title=Names(zh="库位", en="Place"), code="ZPA0103F")
        page = Page(virtual_panel=VirtualPanel(on_virtual_scan=self._scan, samples=(sample,)))
        page.start("127.0.0.1", port, self.touches.put)
        return page

    def _scan(self, text: str, _symbology: str | None) -> bool:
        self.scans.put(text)
        return True

    @property
    def port(self) -> int:
        return int(self.page.address.rpartition(":")[2])


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with sync_playwright() as playwright:
        made = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        yield made
        made.close()


@pytest.fixture
def kiosk() -> Iterator[Kiosk]:
    made = Kiosk()
    yield made
    made.page.stop()


@pytest.fixture
def tab(browser: Any, kiosk: Kiosk) -> Iterator[Tab]:
    made = browser.new_page(viewport={"width": 1280, "height": 800}, has_touch=True)
    made.goto(kiosk.page.address)
    yield made
    made.close()


def shown(kiosk: Kiosk, tab: Tab, screen: Screen) -> None:
    """Show a screen and wait until the browser has it."""
    kiosk.page.show(screen)
    expect(tab.locator("#screen")).to_have_attribute("data-turn", str(screen.turn), timeout=WAIT_S * 1000)


def numbered(language: Language) -> dict[str, Screen]:
    return {name: replace(one, turn=turn) for turn, (name, one) in enumerate(screens(language).items(), 100)}


def test_a_pushed_screen_replaces_the_one_before(kiosk: Kiosk, tab: Tab):
    shown(kiosk, tab, replace(screens("zh-CN")["sign_on"], turn=1))
    expect(tab.locator(".giant")).to_have_text("请扫描工牌")
    shown(kiosk, tab, replace(screens("en")["home"], turn=2))
    expect(tab.locator(".giant")).to_have_count(0)
    expect(tab.locator(".answer .says")).to_have_text("Welcome, Li Xiuying")
    expect(tab.locator("html")).to_have_attribute("lang", "en")


def test_a_touch_comes_back_with_its_turn(kiosk: Kiosk, tab: Tab):
    shown(kiosk, tab, replace(screens("en")["home"], turn=31))
    tab.get_by_role("button", name="Purchase receipt", exact=True).tap()
    assert kiosk.touches.get(timeout=WAIT_S) == Touch(action="open_document", value="CS", turn=31)


def test_a_touch_is_not_lost_when_a_screen_comes_in_under_the_finger(kiosk: Kiosk, tab: Tab):
    shown(kiosk, tab, replace(screens("en")["home"], turn=31))
    box = tab.get_by_role("button", name="Stocktake", exact=True).bounding_box()
    assert box
    tab.mouse.move(box["x"] + 20, box["y"] + 20)
    tab.mouse.down()
    kiosk.page.show(replace(screens("en")["home"], turn=31, frame=frame("en", pending=9)))
    tab.wait_for_timeout(150)
    tab.mouse.up()
    assert kiosk.touches.get(timeout=WAIT_S) == Touch(action="open_document", value="PD", turn=31)
    expect(tab.locator(".state .number")).to_have_text("9")


def test_a_finger_that_rests_on_the_glass_does_not_freeze_the_screen(kiosk: Kiosk, tab: Tab):
    shown(kiosk, tab, replace(screens("en")["home"], turn=31))
    tab.mouse.move(400, 400)
    tab.mouse.down()
    shown(kiosk, tab, replace(screens("en")["move"], turn=32))
    tab.mouse.up()


def test_a_disabled_button_says_nothing(kiosk: Kiosk, tab: Tab):
    shown(kiosk, tab, replace(screens("en")["receipt_draft"], turn=3))
    tab.locator("[data-action=done]").dispatch_event("click")
    tab.locator("[data-action=home]").tap()
    assert kiosk.touches.get(timeout=WAIT_S).action == "home"


def dots(tab: Tab) -> str:
    return tab.locator("[data-pin-dots]").inner_text()


@pytest.mark.fault("A5")
def test_a_pin_is_touched_or_typed_hidden_and_leaves_the_page_once_and_whole(kiosk: Kiosk, tab: Tab):
    screen = replace(screens("en")["pin"], turn=41)
    shown(kiosk, tab, screen)
    done = tab.locator("[data-pin-key=done]")
    expect(done).to_be_disabled()
    for digit in "4816":
        tab.locator(f"[data-pin-key='{digit}']").tap()
    tab.keyboard.press("9")
    tab.keyboard.press("Backspace")
    tab.keyboard.press("x")
    assert dots(tab) == "●●●●"
    kiosk.page.show(replace(screen, frame=frame("en", pending=9)))
    expect(tab.locator(".state .number")).to_have_text("9")
    assert dots(tab) == "●●●●", "a newer frame takes no digit away"
    tab.keyboard.type("20")
    assert "4816" not in tab.content()
    expect(done).to_be_enabled()
    tab.keyboard.press("Enter")
    assert kiosk.touches.get(timeout=WAIT_S) == Touch(action="pin", value="481620", turn=41)
    assert kiosk.touches.empty(), "no digit left the page alone"
    assert dots(tab) == "Type your PIN"


@pytest.mark.fault("A5")
def test_digits_typed_for_one_are_not_there_when_another_is_asked_nor_after_the_pad_was_closed(
    kiosk: Kiosk, tab: Tab
):
    screen = screens("en")["pin"]
    shown(kiosk, tab, replace(screen, turn=51))
    tab.keyboard.type("481620")
    assert screen.pin is not None
    shown(kiosk, tab, replace(screen, turn=52, pin=replace(screen.pin, asked="2044 0")))
    assert dots(tab) == "Type your PIN"
    tab.keyboard.type("48")
    shown(kiosk, tab, replace(screens("en")["home"], turn=53))
    shown(kiosk, tab, replace(screen, turn=54))
    assert dots(tab) == "Type your PIN"
    tab.locator("[data-action=no]").tap()
    assert kiosk.touches.get(timeout=WAIT_S) == Touch(action="no", turn=54)


@pytest.mark.fault("A2")
def test_a_keyboard_at_the_kiosk_gives_the_screen_nothing_but_the_digits_of_a_pin(kiosk: Kiosk, tab: Tab):
    shown(kiosk, tab, replace(screens("en")["pad_replace"], turn=61))
    tab.keyboard.type("12345678901\n")
    for key in ("Tab", "Backspace", "Delete", "Escape", "F5", "ArrowDown", "a", "]"):
        if key not in (
            "Tab",
            "F5",
        ):  # which move the browser's own focus and page, and say nothing to the kiosk
            tab.keyboard.press(key)
    shown(kiosk, tab, replace(screens("en")["home"], turn=62))
    tab.locator("[data-action=help]").tap()
    assert kiosk.touches.get(timeout=WAIT_S) == Touch(action="help", turn=62)
    assert kiosk.touches.empty()


def taps(kiosk: Kiosk, tab: Tab, station: Terminal, *names: str) -> None:
    """Touch what has these words, one after the other, and let the kiosk answer each."""
    for name in names:
        shown(kiosk, tab, station.screen)
        tab.evaluate("document.querySelector('.wash')?.remove()")
        tab.get_by_role("button", name=name).first.tap()
        station.takes(kiosk.touches.get(timeout=WAIT_S))
    shown(kiosk, tab, station.screen)


def test_a_bundle_is_counted_and_finished_with_fingers_alone(kiosk: Kiosk, tab: Tab, tmp_path: Path):
    station = at_the_hem(tmp_path)
    station.scans(badge_code(WANG), ticket(BUNDLE))
    taps(kiosk, tab, station, "Count", "Seconds", "2", "OK", "Wavy hem", "Done as counted")
    expect(tab.locator(".answer .says")).to_contain_text("18 good, 2 seconds")
    assert [one.told for one in station.events(JobFinished)] == [Tally(good=18, seconds=2)]
    station.close()


def test_a_rejection_and_its_quality_ticket_are_said_with_fingers_alone(
    kiosk: Kiosk, tab: Tab, tmp_path: Path
):
    station = at_the_hem(tmp_path)
    station.scans(badge_code(WANG), ticket(BUNDLE))
    taps(kiosk, tab, station, "Verdict", "Oil stain", "Reject", "Open quality ticket")
    expect(tab.locator(".answer .says")).to_contain_text("is open; the next word on it is due")
    taps(kiosk, tab, station, "Say something", "Something is wrong")
    station.scans(ticket(SECOND))
    taps(kiosk, tab, station, "Overlock", "Oil stain", "Record it")
    assert [one.bundle for one in station.events(TicketOpened)] == [BUNDLE.serial, SECOND.serial]
    station.close()


def test_scrolling_a_list_is_the_pages_own_business_and_stays(kiosk: Kiosk, tab: Tab):
    tab.set_viewport_size({"width": 1024, "height": 600})
    screen = replace(screens("en")["look_up"], turn=5)
    shown(kiosk, tab, screen)
    tab.locator("[data-scroll][data-by='0.8']").tap()
    moved = tab.evaluate("document.getElementById('look-up-stock').scrollTop")
    assert moved > 0
    shown(kiosk, tab, replace(screen, turn=6))
    assert tab.evaluate("document.getElementById('look-up-stock').scrollTop") == moved
    assert kiosk.touches.empty()


def test_the_page_says_when_the_kiosk_is_gone_and_comes_back_by_itself(kiosk: Kiosk, tab: Tab):
    shown(kiosk, tab, replace(screens("en")["move"], turn=8))
    expect(tab.locator("#lost")).to_be_hidden()
    port = kiosk.port
    kiosk.page.stop()
    expect(tab.locator("#lost")).to_be_visible(timeout=WAIT_S * 1000)
    kiosk.page = kiosk.started(port)
    kiosk.page.show(replace(screens("en")["home"], turn=1))
    expect(tab.locator("#lost")).to_be_hidden(timeout=WAIT_S * 1000)
    expect(tab.locator("#screen")).to_have_attribute("data-turn", "1", timeout=WAIT_S * 1000)
    expect(tab.locator(".view.home")).to_be_visible()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.fault("A1", "S8")
def test_hostile_text_is_only_text(kiosk: Kiosk, tab: Tab, language: Language):
    shown(kiosk, tab, hostile_screen(language))
    assert tab.title() != "owned"
    assert tab.locator("#screen img, #screen script").count() == 0
    assert not tab.evaluate(OUTSIDE)


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_screen_fits_and_every_target_can_be_hit(
    kiosk: Kiosk, tab: Tab, language: Language, size: tuple[int, int]
):
    tab.set_viewport_size({"width": size[0], "height": size[1]})
    wrong: list[str] = []
    for name, screen in numbered(language).items():
        shown(kiosk, tab, screen)
        tab.evaluate("document.querySelector('.wash')?.remove()")
        wrong += [f"{name}: {one}" for one in too_small_or_close(tab.evaluate(TARGETS))]
        wrong += [f"{name}: {one} sticks out sideways" for one in tab.evaluate(OUTSIDE)]
        wrong += [f"{name}: {one} is covered or outside" for one in tab.evaluate(HIDDEN)]
        assert tab.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert not wrong, "\n".join(wrong)


def too_small_or_close(targets: list[dict[str, Any]]) -> list[str]:
    found = [
        f"{one['name']} is {one['right'] - one['left']:.0f}x{one['bottom'] - one['top']:.0f}"
        for one in targets
        if one["whole"] and min(one["right"] - one["left"], one["bottom"] - one["top"]) < TOUCH_PX_MIN - 0.5
    ]
    for place, one in enumerate(targets):
        for other in targets[place + 1 :]:
            apart = max(
                other["left"] - one["right"],
                one["left"] - other["right"],
                other["top"] - one["bottom"],
                one["top"] - other["bottom"],
            )
            if apart < APART_PX_MIN - 0.5:
                found.append(f"{one['name']} and {other['name']} are {apart:.0f} px apart")
    return found


def test_the_virtual_scanner_scans_a_sample_and_a_free_text(kiosk: Kiosk, tab: Tab):
    tab.goto(f"{kiosk.page.address}/scan?lang=en")
    tab.get_by_role("button", name="Place").tap()
    assert kiosk.scans.get(timeout=WAIT_S) == "ZPA0103F"
    tab.fill("#text", "PO-2026-1187")
    tab.keyboard.press("Enter")
    assert kiosk.scans.get(timeout=WAIT_S) == "PO-2026-1187"
    expect(tab.locator("#result")).to_have_text("Scanned: PO-2026-1187")


def test_nothing_on_the_page_is_forbidden_by_its_own_policy(kiosk: Kiosk, tab: Tab):
    said: list[str] = []
    tab.on("console", lambda message: said.append(message.text))
    tab.on("pageerror", lambda error: said.append(str(error)))
    tab.goto(kiosk.page.address)
    shown(kiosk, tab, replace(screens("en")["receipt_stored"], turn=77))
    assert not said


@pytest.mark.fault("K8")
def test_a_killed_browser_stops_nothing_and_a_new_one_shows_what_holds_now(
    kiosk: Kiosk, browser: Any, tmp_path: Path
):
    kiosk.page.show(replace(screens("en")["home"], turn=1))
    command = [chromium(), "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path}"]
    first = subprocess.Popen(
        [*command, kiosk.page.address],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        deadline = time.monotonic() + 3 * WAIT_S
        while not kiosk.page._sockets:
            assert time.monotonic() < deadline, "the browser never came"
            time.sleep(0.02)
    finally:
        os.killpg(first.pid, signal.SIGKILL)
        first.wait()
    for turn in range(2, 30):  # the dead socket is still known for a while
        kiosk.page.show(replace(screens("en")["receipt_stored"], turn=turn))
    known = set(kiosk.page._sockets)
    again = browser.new_page(has_touch=True)
    again.goto(kiosk.page.address)
    expect(again.locator("#screen")).to_have_attribute("data-turn", "29", timeout=WAIT_S * 1000)
    # The screen is in the page before its socket is, and a touch in between is nobody's: one that is pushed shows both.
    deadline = time.monotonic() + WAIT_S
    while not kiosk.page._sockets - known:
        assert time.monotonic() < deadline, "the new browser never came"
        time.sleep(0.02)
    kiosk.page.show(replace(screens("en")["receipt_stored"], turn=30))
    expect(again.locator("#screen")).to_have_attribute("data-turn", "30", timeout=WAIT_S * 1000)
    again.get_by_role("button", name="Undo").tap()
    assert kiosk.touches.get(timeout=WAIT_S) == Touch(action="undo", turn=30)
    again.close()
