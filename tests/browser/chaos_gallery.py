"""Pictures of the page on which plugs are pulled, from a real floor: a card exchanged, then hub and a cable away."""

import argparse
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import ViewportSize, sync_playwright

from demo.diary import Diary
from demo.floor import Floor
from domain.names import LANGUAGES
from tests.browser.board_gallery import take
from tests.browser.gallery import FOLDER
from tests.tools import chromium

SIZE: ViewportSize = {"width": 1920, "height": 1080}
BEAT_S = 1.2
WAIT_S_MAX = 120.0


def main() -> None:
    """Take the pictures."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--folder", type=Path, default=FOLDER)
    folder: Path = arguments.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as data,
        Floor(Path(data), Diary(lambda _: None), seed=1, beat_s=BEAT_S) as floor,
        sync_playwright() as playwright,
    ):
        troubles = floor.troubles
        floor.begin_work()
        _await(lambda: troubles.tally.confirmed > 8 and troubles.press("card", "fabric"))
        _await(lambda: troubles.is_calm)
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        pages = {language: browser.new_page(viewport=SIZE) for language in LANGUAGES}
        for language, page in pages.items():
            page.goto(f"{floor.page.url}/?lang={language}")
        troubles.press("line", "trims")
        troubles.press("hub")
        confirmed = troubles.tally.confirmed
        _await(lambda: troubles.tally.confirmed >= confirmed + 6)
        for language, page in pages.items():
            page.wait_for_function("() => document.querySelector('#waiting').textContent !== '0'")
            take(page, folder / f"board-chaos-{language}.png")
        browser.close()
    print(f"2 pictures of pulled plugs in {folder}")  # noqa: T201 - a command


def _await(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + WAIT_S_MAX
    while not is_so():
        if time.monotonic() > deadline:
            raise TimeoutError("the floor did not come so far")
        time.sleep(0.2)


if __name__ == "__main__":
    main()
