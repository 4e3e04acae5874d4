"""`make gallery`: a picture of every kiosk screen, in both languages, on one page (docs/gallery/)."""

import argparse
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

from domain.names import LANGUAGES
from kiosk.web import Page
from tests.browser.kiosk_screens import screens
from tests.tools import chromium

FOLDER = Path(__file__).parents[2] / "docs" / "gallery"
SIZES = {"": (1280, 800), "small": (1024, 600), "portrait": (800, 1280)}
EVERY_SIZE = ("sign_on", "home", "receipt_stored", "receipt_refused", "pad_add", "text_entry")
"""Screens shown in every size; the others only in the usual one, to keep the folder small."""

COLOURS = 128
HEADING = """# Gallery

Every screen of the kiosk and of the hub's board, in both languages, made by `make gallery`: the kiosk's from the
screens of `tests/browser/kiosk_screens.py`, the board's from a real hub and the morning of `tests/hub/morning.py`.
"""


def main() -> None:
    """Take the pictures (all, or those whose name holds a word) and write the page."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("words", nargs="*", help="only screens whose name holds one of these")
    arguments.add_argument("--folder", type=Path, default=FOLDER)
    arguments.add_argument("--all-sizes", action="store_true", help="every screen in every size")
    given = arguments.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    taken = _take(given.folder, tuple(given.words), every_size=given.all_sizes)
    if not given.words and not given.all_sizes:
        _write_index(given.folder, taken)
    print(f"{len(taken)} pictures in {given.folder}")  # noqa: T201 - a command that says what it did


def _take(folder: Path, wanted: tuple[str, ...], *, every_size: bool) -> list[str]:
    page = Page()
    page.start("127.0.0.1", 0, lambda _touch: None)
    taken: list[str] = []
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
            tab = browser.new_page()
            tab.goto(page.address)
            for language in LANGUAGES:
                for name, screen in screens(language).items():
                    if wanted and not any(word in name for word in wanted):
                        continue
                    page.show(screen)
                    for size, (width, height) in SIZES.items():
                        if size and not every_size and name not in EVERY_SIZE:
                            continue
                        tab.set_viewport_size({"width": width, "height": height})
                        tab.locator(f".view-{screen.view.__struct_config__.tag}[lang={language}]").wait_for()
                        tab.wait_for_timeout(700)  # the flash of the answer has gone
                        file = "-".join(part for part in (name, size, language) if part) + ".png"
                        tab.screenshot(path=folder / file, animations="disabled")
                        shrink(folder / file)
                        taken.append(file)
            browser.close()
    finally:
        page.stop()
    return taken


def shrink(path: Path) -> None:
    """Keep a picture small: flat colours need no more than a palette."""
    with Image.open(path) as picture:
        small = picture.convert("RGB").quantize(colors=COLOURS, dither=Image.Dither.NONE)
    small.save(path, optimize=True)


def _write_index(folder: Path, taken: list[str]) -> None:
    rows = [HEADING]
    for name in screens("zh-CN"):
        rows.append(f"## {name}\n")
        ends = tuple(f"{name}-{rest}" for rest in ("zh", "en", "small", "portrait"))
        pictures = [file for file in taken if file.startswith(ends)]
        rows.extend(f'<img src="{file}" width="48%" alt="{file}">' for file in pictures)
        rows.append("")
    rows.append("## board\n")
    boards = sorted(path.name for path in FOLDER.glob("board-*.png"))
    rows.extend(f'<img src="{file}" width="48%" alt="{file}">' for file in boards)
    rows.append("")
    rows.append("## camera\n")
    cameras = sorted(path.name for path in FOLDER.glob("camera-*.png"))
    rows.extend(f'<img src="{file}" width="48%" alt="{file}">' for file in cameras)
    rows.append("")
    (folder / "index.md").write_text("\n".join(rows))


if __name__ == "__main__":
    main()
