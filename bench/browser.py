"""A real browser on the page: when its document shows a screen, by the machine's own clock."""

import contextlib
import importlib.util
import shutil
from collections.abc import Generator
from typing import Any, cast

from msgspec import Struct

PAGE_TIMEOUT_MS = 20_000

_WATCH = """() => {
  const screen = document.getElementById("screen");
  window.noacSeen = [];
  new MutationObserver(() => {
    const seen = {
      turn: Number(screen.dataset.turn),
      is_stored: screen.querySelector(".screen.tone-stored") !== null,
      shown_s: (performance.timeOrigin + performance.now()) / 1000,
    };
    window.noacSeen.push(seen);
  }).observe(screen, { childList: true });
}"""
"""The observer's call comes in the same turn of the browser as the change (DOM Standard, mutation observers)."""


class Seen(Struct, frozen=True, kw_only=True):
    """One screen as the document showed it; `shown_s` counts from 1970 by this machine's clock."""

    turn: int
    is_stored: bool
    shown_s: float


class Tab:
    """One open page."""

    def __init__(self, page: Any) -> None:
        """Take playwright's page, which carries types of its own only where it is installed."""
        self._page = page

    def seen(self) -> list[Seen]:
        """Return the first showing of every turn since the page opened, in order."""
        first: dict[int, Seen] = {}
        for one in self._page.evaluate("() => window.noacSeen"):
            seen = Seen(**one)
            first.setdefault(seen.turn, seen)
        return list(first.values())


def missing() -> str:
    """Say what a browser needs and is not here; empty when all is."""
    if importlib.util.find_spec("playwright") is None:
        return "playwright is not installed"
    return "" if _chromium() else "there is no Chromium"


@contextlib.contextmanager
def open_tab(address: str) -> Generator[Tab]:
    """Open the page in headless Chromium, watched; closed after."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - only who measures in a browser needs it

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=_chromium(), args=["--no-sandbox"])
        try:
            page = browser.new_page(viewport={"width": 1280, "height": 800})
            page.goto(address, timeout=PAGE_TIMEOUT_MS)
            page.wait_for_selector("#screen[data-turn]", timeout=PAGE_TIMEOUT_MS)
            page.evaluate(_WATCH)
            yield Tab(cast("Any", page))
        finally:
            browser.close()


def _chromium() -> str | None:
    return shutil.which("chromium") or shutil.which("chromium-browser")
