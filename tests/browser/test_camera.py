"""A photo at the kiosk in a real browser with a camera that is none: taken, dropped, said with the verdict."""

from __future__ import annotations

import io
import queue
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, expect, sync_playwright
from playwright.sync_api import Page as Tab

from domain.events.production import HandoffJudged
from domain.handoff import Verdict
from domain.photo import PHOTO_PX_MAX
from kiosk.page import Touch
from kiosk.web import Page
from tests.sewing import BUNDLE, WANG, at_the_hem, ticket
from tests.tools import chromium
from tests.world import badge_code

pytestmark = pytest.mark.needs("chromium")

WAIT_S = 10
FAKE = ("--no-sandbox", "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")


class Kiosk:
    """The real loop, the real page, and a finger."""

    def __init__(self, folder: Path) -> None:
        self.terminal = at_the_hem(folder, has_camera=True)
        self.touches: queue.Queue[Touch] = queue.Queue()
        self.page = Page(camera=self.terminal.photos)
        self.page.start("127.0.0.1", 0, self.touches.put)
        self.terminal.scans(badge_code(WANG))
        self.terminal.touches("verdict")
        self.terminal.scans(ticket(BUNDLE))
        self.terminal.touches("defect", "oil")
        self.page.show(self.terminal.screen)

    def hears(self) -> Touch:
        """Take the next touch as the loop does, and show what came of it."""
        touch = self.touches.get(timeout=WAIT_S)
        self.terminal.takes(touch)
        self.page.show(self.terminal.screen)
        return touch

    def close(self) -> None:
        self.page.stop()
        self.terminal.close()


@pytest.fixture
def kiosk(tmp_path: Path) -> Iterator[Kiosk]:
    made = Kiosk(tmp_path)
    yield made
    made.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        made = playwright.chromium.launch(executable_path=chromium(), args=list(FAKE))
        yield made
        made.close()


@pytest.fixture
def tab(browser: Browser, kiosk: Kiosk) -> Iterator[Tab]:
    made = browser.new_page(viewport={"width": 1280, "height": 800}, has_touch=True)
    with made.expect_event("websocket") as opened:
        made.goto(kiosk.page.address)
    opened.value.wait_for_event("framereceived", lambda frame: "screen" in str(frame))
    yield made
    made.close()


def test_a_photo_is_taken_seen_small_dropped_and_said_with_the_verdict(kiosk: Kiosk, tab: Tab):
    panel, thumbnails = tab.locator("[data-camera-panel]"), tab.locator(".photos .photo img")
    for count in (1, 2):
        tab.locator('[data-camera="open"]').tap()
        expect(panel).to_be_visible()
        expect(tab.locator("[data-camera-picture]")).to_have_js_property("videoWidth", PHOTO_PX_MAX)
        if count == 1:  # a health report draws the same screen anew: the preview goes on
            kiosk.page.show(kiosk.terminal.screen)
            expect(panel).to_be_visible()
        tab.wait_for_timeout(500 * count)  # what is no camera begins at the same picture each time
        tab.locator('[data-camera="take"]').tap()
        assert kiosk.hears().action == "photo"
        expect(thumbnails).to_have_count(count)
        expect(panel).to_be_hidden()
    expect(thumbnails.last).to_have_js_property("naturalWidth", PHOTO_PX_MAX)
    first, second = kiosk.terminal.loop.state.work.draft.photos
    kept = kiosk.terminal.photos.read(second)
    assert kept
    assert max(Image.open(io.BytesIO(kept)).size) <= PHOTO_PX_MAX
    tab.locator(f'[data-value="{first}"]').tap()
    assert kiosk.hears() == Touch(action="drop_photo", value=first, turn=kiosk.terminal.screen.turn - 1)
    expect(thumbnails).to_have_count(1)
    tab.locator('[data-action="judge"][data-value="reject"]').tap()
    kiosk.hears()
    [judged] = kiosk.terminal.events(HandoffJudged)
    assert (judged.handoff.verdict, judged.handoff.photos) == (Verdict.REJECT, (second,))


def test_a_scan_closes_the_preview_and_a_file_that_is_no_picture_is_refused_in_words(kiosk: Kiosk, tab: Tab):
    tab.locator('[data-camera="open"]').tap()
    expect(tab.locator("[data-camera-panel]")).to_be_visible()
    kiosk.terminal.touches("defect", "oil")
    kiosk.page.show(kiosk.terminal.screen)
    expect(tab.locator("[data-camera-panel]")).to_be_hidden()
    sent = f"fetch('/photo?turn={kiosk.terminal.screen.turn}', {{method: 'POST', body: '<script>'}})"
    assert tab.evaluate(f"async () => (await {sent}).status") == 422
    assert kiosk.hears().value == "photo_no_picture"
    assert kiosk.terminal.says == "problem.photo_no_picture"
    assert tab.evaluate("async () => (await fetch('/photo?turn=x', {method: 'POST'})).status") == 400
    assert tab.evaluate("async () => (await fetch('/photo/' + 'ab'.repeat(32))).status") == 404
    huge = "fetch('/photo?turn=1', {method: 'POST', body: new Uint8Array(400000)})"
    assert tab.evaluate(f"async () => (await {huge}).status") == 422


def test_a_browser_without_a_camera_says_so(kiosk: Kiosk, tab: Tab):
    tab.evaluate("() => { navigator.mediaDevices.getUserMedia = () => Promise.reject(new Error('none')); }")
    tab.locator('[data-camera="open"]').tap()
    assert kiosk.hears().value == "no_camera"
    assert kiosk.terminal.says == "problem.no_camera"
    expect(tab.get_by_text("The camera cannot be used")).to_be_visible()
