"""Pictures of the camera as a scanner, at a kiosk and on a phone at the hub, in both languages (camera-*)."""

from __future__ import annotations

import argparse
import logging
import tempfile
from pathlib import Path

from msgspec.structs import replace
from playwright.sync_api import Browser, sync_playwright

from domain.names import LANGUAGES, Language
from drivers.clock import SystemClock
from drivers.scanners.camera import CameraScanner, Settings
from kiosk.screen import DeviceHealth, Frame, Words
from kiosk.web import Page
from tests.browser.board_gallery import take
from tests.browser.gallery import FOLDER, SIZES, shrink
from tests.browser.kiosk_screens import screens
from tests.browser.test_scan_field import PHONE
from tests.camera_film import Held, show, stage
from tests.hub.morning import play, running_hub, served
from tests.tools import chromium

LABEL = Held(symbology="code128", content="ZPA0103F", module_px=2.5, turned_deg=6, blur_px=0.8, noise=0)
TOO_FAR = Held(symbology="code128", content="ZPA0103F", module_px=1, turned_deg=6, blur_px=0.8, noise=0)
"""Small enough not to be read while its picture is taken."""

SCREENS = ("sign_on", "receipt_stored", "receipt_refused", "receipt_question")
EVERY_SIZE = ("receipt_stored",)
BY_CAMERA = DeviceHealth(name="camera", kind="scanner", is_ready=True, says=Words(key="device.camera.ready"))


def main() -> None:
    """Take the pictures."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--folder", type=Path, default=FOLDER)
    arguments.add_argument("--all-sizes", action="store_true", help="every screen in every size")
    given = arguments.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        for language in LANGUAGES:
            _take_kiosk(browser, given.folder, language, every_size=given.all_sizes)
        _take_phone(browser, given.folder)
        browser.close()


def _by_camera(frame: Frame) -> Frame:
    others = (one for one in frame.devices if one.kind != "scanner")
    return replace(frame, offers_camera=True, devices=(BY_CAMERA, *others))


def _take_kiosk(browser: Browser, folder: Path, language: Language, *, every_size: bool) -> None:
    """Take screens with the camera open beside them, before and after it read a code."""
    scanner = CameraScanner(Settings(kind="camera", name="camera"), SystemClock())
    scanner.start(lambda _output: None)
    scanner.tell("ready")
    page = Page(scan_camera=scanner)
    page.start("127.0.0.1", 0, lambda _touch: None)
    tab = browser.new_page()
    stage(tab)
    tab.goto(page.address)
    for name in SCREENS:
        screen = screens(language)[name]
        page.show(replace(screen, frame=_by_camera(screen.frame)))
        tab.set_viewport_size({"width": 1280, "height": 800})
        tab.locator(f".view-{screen.view.__struct_config__.tag}[lang={language}]").wait_for()
        show(tab, [] if name == "sign_on" else [LABEL])
        tab.locator(".scan-key").click()
        state = "looking" if name == "sign_on" else "taken"
        tab.locator(f'#scan-camera[data-state="{state}"]').wait_for()
        tab.wait_for_timeout(700)
        for size, (width, height) in SIZES.items():
            if size and not every_size and name not in EVERY_SIZE:
                continue
            tab.set_viewport_size({"width": width, "height": height})
            tab.wait_for_timeout(100)
            path = folder / ("-".join(part for part in ("camera", name, size, language) if part) + ".png")
            tab.screenshot(path=path, animations="disabled")
            shrink(path)
    tab.close()
    page.stop()


def _take_phone(browser: Browser, folder: Path) -> None:
    """Take the hub's field for a code on a phone, before and while it is read."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    with tempfile.TemporaryDirectory() as data, running_hub(Path(data)) as plant, served(plant) as address:
        play(plant)
        for language in LANGUAGES:
            context = browser.new_context(viewport=PHONE, has_touch=True, is_mobile=True)
            tab = context.new_page()
            stage(tab)
            tab.goto(f"{address}/trace?code=86-0412&lang={language}")
            tab.locator(".asking .scan-field").wait_for()
            take(tab, folder / f"camera-phone-{language}.png")
            tab.locator(".asking .scan-field").tap()
            show(tab, [TOO_FAR])
            tab.locator('#scan-dialog[data-state="looking"]').wait_for()
            tab.wait_for_timeout(300)
            take(tab, folder / f"camera-phone_reads-{language}.png")
            context.close()


if __name__ == "__main__":
    main()
