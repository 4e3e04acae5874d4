"""Codes read with the camera of a real browser, whose camera is a film of labels: what is stored is what they say."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace
from playwright.sync_api import Browser, Playwright, Request, expect, sync_playwright
from playwright.sync_api import Page as Tab

from domain.events.terminal import DeviceChanged
from domain.log import RawScan, Recorded, event_of, open_entry
from drivers.clock import SystemClock
from drivers.scanners.camera import CameraScanner, Settings
from drivers.scanners.virtual import VirtualScanner
from kiosk.app import Kiosk
from kiosk.settings import identity_of, read_settings
from kiosk.web import Page
from tests.browser.kiosk_screens import screens
from tests.camera_film import Held, film, in_turn, show, stage
from tests.kiosk.process import write_settings
from tests.tools import chromium
from tests.world import KEEPER, badge_code

pytestmark = pytest.mark.needs("chromium")

GS1 = "(01)09501101530003(10)LOT-26/11(21)S7"
GS1_SENT = "010950110153000310LOT-26/11\x1d21S7"
CHINESE = "坯布 32支精梳棉 缸号GH-08"
BADGE = Held(symbology="code128", content=badge_code(KEEPER), module_px=2, turned_deg=4)
FILM = (
    (BADGE, badge_code(KEEPER), "]C0"),
    (Held(symbology="gs1_datamatrix", content=GS1, module_px=6, turned_deg=20, blur_px=1), GS1_SENT, "]d2"),
    (Held(symbology="qr", content=CHINESE, module_px=5, turned_deg=-35, blur_px=1.2), CHINESE, "]Q1"),
    (Held(symbology="ean13", content="4012345678901", turned_deg=180), "4012345678901", "]E0"),
    (Held(symbology="gs1_128", content=GS1, module_px=1.9, turned_deg=-3), GS1_SENT, "]C1"),
    (Held(symbology="itf14", content="14012345678908", blur_px=0.7), "14012345678908", "]I1"),
    (
        Held(symbology="code39", content="YN-C40-26", module_px=2.5, turned_deg=5, noise=14),
        "YN-C40-26",
        "]A0",
    ),
    (Held(symbology="datamatrix", content="ZHK100000D8", module_px=7, turned_deg=75), "ZHK100000D8", "]d1"),
)
SHOWN_S, AWAY_S, WAIT_S = 0.7, 0.6, 40
BLURRED_MS, GONE_MS, LONGER_MS = 700, 1800, 1200
"""Out of view for a moment, or for good; and how long to see that nothing more comes."""
FAKE = ("--no-sandbox", "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as made:
        yield made


@pytest.fixture(scope="module")
def browser(playwright: Playwright, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    codes = [held for held, _, _ in FILM]
    path = film(tmp_path_factory.mktemp("film") / "labels.y4m", in_turn(codes, SHOWN_S, AWAY_S))
    arguments = [*FAKE, f"--use-file-for-fake-video-capture={path}"]
    made = playwright.chromium.launch(executable_path=chromium(), args=arguments)
    yield made
    made.close()


def a_kiosk(folder: Path, scanners: str = "", text: str = "") -> Kiosk:
    path = write_settings(folder, text, page=True)
    path.write_text(path.read_text(encoding="utf-8").partition("[[scanner]]")[0] + scanners, encoding="utf-8")
    settings = read_settings(path)
    made = Kiosk(settings, identity_of(settings, str(path)))
    made.start()
    return made


@pytest.fixture
def kiosk(tmp_path: Path) -> Iterator[Kiosk]:
    """A kiosk to which no scanner is attached."""
    made = a_kiosk(tmp_path)
    yield made
    made.stop()


@pytest.fixture
def tab(browser: Browser, kiosk: Kiosk) -> Iterator[Tab]:
    made = browser.new_page(viewport={"width": 1280, "height": 800}, has_touch=True)
    yield made
    made.close()


def entries(kiosk: Kiosk) -> list[Recorded]:
    return [open_entry(body) for body in kiosk.store.log.bodies_after(0, 10_000)]


def scans(kiosk: Kiosk) -> list[RawScan]:
    """What is stored of what was scanned, oldest first: an entry for each scan that was refused or did something."""
    return [entry.envelope.raw for entry in entries(kiosk) if entry.envelope.raw]


def until(tab: Tab, is_so: Callable[[], bool]) -> bool:
    due = time.monotonic() + WAIT_S
    while not is_so() and time.monotonic() < due:
        tab.wait_for_timeout(100)
    return is_so()


def test_what_the_camera_sees_is_stored_exactly_and_nothing_is_loaded_from_elsewhere(kiosk: Kiosk, tab: Tab):
    asked: list[str] = []
    tab.on("request", lambda request: asked.append(request.url))
    tab.goto(kiosk.address)
    tab.locator(".scan-key").tap()
    expected = {(text, symbology, "camera") for _, text, symbology in FILM}
    begun = time.monotonic()
    until(tab, lambda: expected <= {(one.text, one.symbology, one.device) for one in scans(kiosk)})
    rounds = (time.monotonic() - begun) / (len(FILM) * (SHOWN_S + AWAY_S)) + 2
    found = [(one.text, one.symbology, one.device) for one in scans(kiosk)]
    assert set(found) == expected
    assert max(found.count(one) for one in expected) <= rounds, "once for each time it was shown"
    assert {url.rpartition(":")[0] for url in asked if not url.startswith(kiosk.address)} == set()
    assert f"{kiosk.address}/assets/zxing_reader.wasm" in asked
    assert [(one.device, one.kind, one.state) for one in devices(kiosk)] == [("camera", "scanner", "ready")]


def devices(kiosk: Kiosk) -> list[DeviceChanged]:
    happened = (event_of(entry.envelope) for entry in entries(kiosk))
    return [one for one in happened if isinstance(one, DeviceChanged)]


class Stage:
    """A camera in the test's hand: a canvas that the page takes for it."""

    def __init__(self, tab: Tab) -> None:
        self.tab = tab
        self.handed: list[str] = []
        tab.on("request", self._asked)

    def _asked(self, request: Request) -> None:
        if request.method == "POST" and request.url.endswith("/scan"):
            self.handed.append((request.post_data_json or {})["text"])

    def shows(self, *held: Held) -> None:
        show(self.tab, held)

    def hands(self, *texts: str) -> None:
        """Wait until these are all that was handed over so far, and see that no more is."""
        until(self.tab, lambda: len(self.handed) >= len(texts))
        self.tab.wait_for_timeout(LONGER_MS)
        assert self.handed == list(texts)


def test_typing_closes_the_camera_and_the_trigger_opens_it_over_the_keys(tab: Tab):
    scanner = CameraScanner(Settings(kind="camera", name="camera"), SystemClock())
    page = Page(scan_camera=scanner)
    page.start("127.0.0.1", 0, lambda _touch: None)
    stage(tab)
    try:
        made = screens("en")
        receipt, entry = (
            replace(made[name], frame=replace(made[name].frame, offers_camera=True))
            for name in ("receipt_draft", "text_entry")
        )
        page.show(receipt)
        tab.goto(page.address)
        panel, key = tab.locator("#scan-camera"), tab.locator(".scan-key")
        key.tap()
        expect(panel).to_be_visible()
        page.show(entry)
        expect(panel).to_be_hidden()
        key.tap()
        expect(panel).to_have_attribute("data-state", "looking")
        page.show(entry)  # the clock went on
        tab.wait_for_timeout(300)
        expect(panel).to_be_visible()
        tab.locator(".over.sheet button").last.tap()
        expect(panel).to_be_hidden()
    finally:
        page.stop()


@pytest.fixture
def on_stage(kiosk: Kiosk, tab: Tab) -> Stage:
    made = Stage(tab)
    stage(tab)
    tab.goto(kiosk.address)
    made.shows()
    tab.locator(".scan-key").tap()
    expect(tab.locator("#scan-camera")).to_have_attribute("data-state", "looking")
    return made


A = Held(symbology="qr", content="ROLL-A", module_px=6)
B = Held(symbology="code128", content="ROLL-B")


def test_one_showing_is_one_scan_and_a_tap_is_a_new_trigger(on_stage: Stage):
    panel = on_stage.tab.locator("#scan-camera")
    on_stage.shows(A)
    on_stage.hands("ROLL-A")
    on_stage.shows()
    on_stage.tab.wait_for_timeout(BLURRED_MS)
    on_stage.shows(A)
    on_stage.hands("ROLL-A")
    on_stage.shows()
    expect(panel).to_have_attribute("data-state", "looking")
    on_stage.tab.wait_for_timeout(GONE_MS)
    on_stage.shows(A)
    on_stage.hands("ROLL-A", "ROLL-A")
    panel.locator(".scan-camera-picture").tap()
    on_stage.hands("ROLL-A", "ROLL-A", "ROLL-A")
    on_stage.shows(B)
    on_stage.hands("ROLL-A", "ROLL-A", "ROLL-A", "ROLL-B")


def test_of_two_codes_in_view_the_one_in_the_middle_is_scanned_and_no_other(on_stage: Stage):
    on_stage.shows(B, A)
    on_stage.hands("ROLL-B")


def test_a_code_that_the_kiosk_did_not_take_is_said_so_and_can_be_scanned_again(on_stage: Stage):
    panel = on_stage.tab.locator("#scan-camera")
    on_stage.tab.route("**/scan", lambda route: route.abort())
    on_stage.shows(A)
    expect(panel).to_have_attribute("data-state", "not_taken")
    on_stage.tab.unroute("**/scan")
    panel.locator(".primary").tap()
    expect(panel).to_have_attribute("data-state", "taken")


def test_a_reader_that_cannot_be_loaded_is_named_and_tried_again(kiosk: Kiosk, tab: Tab):
    stage(tab)
    tab.context.route("**/zxing_reader.wasm", lambda route: route.abort())
    tab.goto(kiosk.address)
    show(tab, [])
    tab.locator(".scan-key").tap()
    panel = tab.locator("#scan-camera")
    expect(panel).to_have_attribute("data-state", "trouble")
    expect(panel.locator("[data-says]")).to_have_text("读码程序没有载入")
    assert until(tab, lambda: ("error", "no_decoder") in [(one.state, one.detail) for one in devices(kiosk)])
    tab.context.unroute("**/zxing_reader.wasm")
    show(tab, [A])
    panel.locator(".primary").tap()
    assert until(tab, lambda: "ROLL-A" in [one.text for one in scans(kiosk)])


def fails_with(name: str) -> str:
    thrown = f"new DOMException('', '{name}')"
    return f"navigator.mediaDevices.getUserMedia = () => Promise.reject({thrown});"


REFUSALS = {
    "NotAllowedError": ("not allowed for this page", "没有使用摄像头的权限"),
    "NotFoundError": ("No camera was found", "没有找到摄像头"),
    "NotReadableError": ("Another program has the camera", "被别的程序占用"),
}


@pytest.mark.parametrize(("language", "at"), [("en", 0), ("zh-CN", 1)])
def test_why_the_camera_cannot_be_used_is_said_in_the_language_of_the_screen(
    tmp_path: Path, browser: Browser, language: str, at: int
):
    kiosk = a_kiosk(tmp_path, text=f'language = "{language}"\n')
    tab = browser.new_page(viewport={"width": 1280, "height": 800}, has_touch=True)
    try:
        tab.goto(kiosk.address)
        panel = tab.locator("#scan-camera")
        for name, words in REFUSALS.items():
            tab.evaluate(f"() => {{ {fails_with(name)} }}")
            tab.locator(".scan-key").tap() if panel.is_hidden() else panel.locator(".primary").tap()
            expect(panel.locator("[data-says]")).to_contain_text(words[at])
            expect(panel.locator("[data-way-out]")).not_to_be_empty()
        panel.get_by_role("button").first.wait_for()
        panel.locator('[data-scan-camera="close"]').tap()
        expect(panel).to_be_hidden()
    finally:
        tab.close()
        kiosk.stop()


def test_it_is_offered_where_no_scanner_is_attached_and_gone_with_the_page(tmp_path: Path, browser: Browser):
    gun = '[[scanner]]\nkind = "virtual"\nname = "gun"\n'
    kiosk = a_kiosk(tmp_path, gun)
    [virtual] = [one for one in kiosk._devices.scanners if isinstance(one, VirtualScanner)]
    tab = browser.new_page(viewport={"width": 1280, "height": 800}, has_touch=True)
    try:
        tab.goto(kiosk.address)
        assert until(tab, lambda: ("camera", "ready") in [(one.device, one.state) for one in devices(kiosk)])
        expect(tab.locator(".scan-key")).to_have_count(0)
        virtual.unplug()
        tab.locator(".scan-key").tap()
        expect(tab.locator("#scan-camera")).to_be_visible()
        virtual.replug()
        expect(tab.locator("#scan-camera")).to_be_hidden()
        expect(tab.locator(".scan-key")).to_have_count(0)
        watcher = browser.new_page()
        tab.close()
        assert until(watcher, lambda: devices(kiosk)[-1].state == "lost")
        watcher.close()
    finally:
        kiosk.stop()
