"""Pictures of the boards of lines and of the subcontractor's page, in both languages (board-floor-*, board-line-*)."""

import argparse
import logging
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from domain.names import LANGUAGES
from hub.web.guard import SESSION_COOKIE
from tests.browser.board_gallery import SIZE, take
from tests.browser.gallery import FOLDER
from tests.hub.morning import running_hub, served, serving, sign_on
from tests.hub.sewing import Hall
from tests.hub.test_pay_pages import CLERK, LI, contested_month, paid_by_the_piece
from tests.scenarios.test_outside import Gate
from tests.tools import chromium

BOARDS = {
    "floor": "/board?board=floor",
    "line": "/board?board=line&subject=L03",
    "report_work_in_process_line": "/reports/work_in_process?line=L03",
}


def main() -> None:
    """Take the pictures."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--folder", type=Path, default=FOLDER)
    folder: Path = arguments.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    with tempfile.TemporaryDirectory() as data, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        hall = Hall(f"sqlite:///{data}/hub.sqlite")
        hall.fill()
        with hall.site(Path(data)) as (app, _), serving(app) as address:
            for language in LANGUAGES:
                for name, path in BOARDS.items():
                    page = browser.new_page(viewport=SIZE)
                    page.goto(f"{address}{path}&lang={language}")
                    take(page, folder / f"board-{name}-{language}.png")
                    page.close()
        hall.close()
        gate = Gate(Path(data) / "gate")
        with serving(gate.pages.app) as address:
            for language in LANGUAGES:
                page = browser.new_page(viewport={"width": 390, "height": 844})
                page.goto(f"{address}{gate.path}?lang={language}")
                take(page, folder / f"board-outside-{language}.png")
                page.close()
        gate.floor.close()
        _take_pay(browser, folder, Path(data) / "pay")
        browser.close()


def _take_pay(browser: Browser, folder: Path, data: Path) -> None:
    """Take a month of pay with a contested line, and one person's."""
    with running_hub(data) as plant:
        paid_by_the_piece(plant)
        month = contested_month(plant)
        with served(plant) as address:
            session = sign_on(plant, CLERK)
            for language in LANGUAGES:
                for name, path in {
                    "pay": f"/pay?period={month}",
                    "pay_person": f"/pay/{month}/{LI}?",
                }.items():
                    page = browser.new_page(viewport=SIZE)
                    page.context.add_cookies([{"name": SESSION_COOKIE, "value": session, "url": address}])
                    page.goto(f"{address}{path}&lang={language}")
                    take(page, folder / f"board-{name}-{language}.png")
                    page.close()


if __name__ == "__main__":
    main()
