"""Pictures of board, desk, office and reports in both languages: a morning, a bad day, a silent hub (board-*.png)."""

import argparse
import io
import logging
import tempfile
from datetime import UTC, datetime, timedelta
from importlib import resources
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, ViewportSize, sync_playwright
from sqlalchemy import select, update

from domain.label_template import LabelTemplate
from domain.names import LANGUAGES
from hub.question import questions
from hub.store import tables
from hub.store.database import reading, writing
from hub.store.reference import Author, Record, write_records
from hub.store.values import instant_text
from hub.web.guard import SESSION_COOKIE
from tests.browser.gallery import COLOURS, FOLDER
from tests.hub.furniture import furnish, order_and_send
from tests.hub.lines import LATE, PADDED, handed_over, quality_week
from tests.hub.morning import PLANT, Plant, play, running_hub, served, sign_on
from tests.hub.submissions import APPROVER, COUNT, fill_groups, submit
from tests.hub.troubles import UNKNOWN, grow_old, trouble
from tests.tools import chromium

SIZE: ViewportSize = {"width": 1920, "height": 1080}
SHEETS = {"document": "/documents/CS20261122-G1-0001", "place": "/stock/Y-01-01", "event": "/events/SZ1/9"}
OFFICE = {
    "office": "/office",
    "office_list": "/office/raw_materials",
    "office_form": "/office/raw_materials/record?key=Y-40S-C",
    "office_order": "/office/purchase_orders/record?key=PO-4500123",
    "office_matrix": "/office/matrix?style=P2601",
    "office_order_matrix": "/office/sales_orders/matrix?key=SO-26-0377&style=P2601",
    "office_group": "/office/groups/record?key=LEAD",
    "office_person": "/office/persons/record?key=1060",
    "office_label": "/office/label_templates/record?key=badge",
    "office_label_order": "/office/label_orders/write?template=place&about=Y-01-01",
}
APPROVALS = {"approvals": "/approvals", "approval": f"/documents/{COUNT}"}
"""Seen by somebody who approves."""
REPORTS = {
    "reports": "/reports",
    **{f"report_{name}": f"/reports/{name}" for name in questions()},
    "plan": "/plans/PO-4500131",
    "plan_packing_list": "/plans/SO-26-0377",
    "trace": "/trace?code=86-0412",
    "months": "/months",
}
"""What people ask of the books."""
QUALITY = {
    "tickets": "/tickets",
    "ticket": f"/tickets/{LATE}",
    "ticket_disputed": f"/tickets/{PADDED}",
    "unanswered": "/unanswered",
    "calls": "/calls",
    "inspections": "/inspections",
    "voices": "/voices",
    "units": "/units",
    "orders": "/orders",
    "order": "/orders/WO-2026-0412",
}
"""Seen by who speaks for quality."""
MORNING_HOUR = 10


def main() -> None:
    """Take the pictures."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--folder", type=Path, default=FOLDER)
    folder: Path = arguments.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    with (
        tempfile.TemporaryDirectory() as data,
        running_hub(Path(data), time_zone=_zone_of_a_morning()) as plant,
        served(plant) as address,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        boards = {language: browser.new_page(viewport=SIZE) for language in LANGUAGES}
        for language, page in boards.items():
            page.goto(f"{address}/board?lang={language}")
            take(page, folder / f"board-empty-{language}.png")
        play(plant)
        _leave_one_kiosk_behind(plant)
        for language, page in boards.items():
            page.wait_for_selector(".kiosk.silent")
            page.wait_for_function("() => !document.querySelector('.books-at').textContent.endsWith('#0')")
            take(page, folder / f"board-{language}.png")
            for name, path in SHEETS.items():
                sheet = browser.new_page(viewport={"width": 1280, "height": 800})
                sheet.goto(f"{address}{path}?lang={language}")
                take(sheet, folder / f"board-{name}-{language}.png")
                sheet.close()
        trouble(plant)
        grow_old(plant)
        desk = {
            "desk": "/desk",
            "desk_many": "/desk?kind=parked",
            "desk_one": f"/desk/{_unknown_item(plant)}",
        }
        for language in LANGUAGES:
            for name, path in desk.items():
                sheet = browser.new_page(viewport={"width": 1280, "height": 900})
                sheet.goto(f"{address}{path}{'&' if '?' in path else '?'}lang={language}")
                sheet.wait_for_function(
                    "() => !/:/.test(document.querySelector('time[data-age]').textContent)"
                )
                take(sheet, folder / f"board-{name}-{language}.png")
                sheet.close()
        furnish(plant)
        _write_own_label(plant)
        fill_groups(plant)
        submit(plant)
        order_and_send(plant)
        quality_week(plant)
        month = handed_over(plant)
        scores = {
            "scores": f"/scores?period={month}",
            "score": f"/scores?period={month}&unit=LINE-2",
            "unit": f"/units/LINE-2?month={month}",
            "report_verdicts": f"/reports/verdicts?month={month}",
            "report_handoffs": f"/reports/handoffs?month={month}",
        }
        seen_by = [("1050", one) for one in (OFFICE | REPORTS).items()]
        seen_by += [(APPROVER, one) for one in APPROVALS.items()]
        seen_by += [("2103", one) for one in (QUALITY | scores).items()]
        for language in LANGUAGES:
            for who, (name, path) in seen_by:
                sheet = browser.new_page(viewport={"width": 1280, "height": 900})
                sheet.context.add_cookies(
                    [{"name": SESSION_COOKIE, "value": sign_on(plant, who), "url": address}]
                )
                sheet.goto(f"{address}{path}{'&' if '?' in path else '?'}lang={language}")
                if sheet.locator("#label-canvas").count():
                    sheet.locator("#label-canvas[data-drawn]").wait_for()
                take(sheet, folder / f"board-{name}-{language}.png")
                sheet.close()
        plant.board.stop()
        for language, page in boards.items():
            page.wait_for_selector("body.stale", timeout=15_000)
            take(page, folder / f"board-stale-{language}.png")
        browser.close()
    print(f"{len(list(folder.glob('board-*.png')))} pictures of the board in {folder}")  # noqa: T201 - a command


def _zone_of_a_morning() -> str:
    """Return a time zone where it is about MORNING_HOUR now, so that the pictures show a day at work."""
    ahead = (MORNING_HOUR - datetime.now(UTC).hour + 12) % 24 - 12
    return f"Etc/GMT{-ahead:+d}" if ahead else "Etc/GMT"  # their sign is turned round: Etc/GMT-8 is China


def _leave_one_kiosk_behind(plant: Plant) -> None:
    long_ago = instant_text(datetime.now(UTC) - timedelta(minutes=25))
    with writing(plant.hub.engine) as connection:
        behind = update(tables.devices).where(tables.devices.c.device == "K2")
        connection.execute(behind.values(last_seen=long_ago, pending=37, oldest_event_time=long_ago))


def _write_own_label(plant: Plant) -> None:
    """The plant has its own badge, in its second version."""
    text = (resources.files("labels") / "templates" / "badge.toml").read_text(encoding="utf-8")
    author = Author(person="1050", at=instant_text(plant.hub.clock.now()), means="office")
    with writing(plant.hub.engine) as connection:
        for own in (text, text.replace("{员工卡|Staff}", "{来宾|Guest}")):
            record = Record(kind="label_template", key="badge", body=LabelTemplate(code="badge", text=own))
            write_records(connection, plant.hub.store, PLANT, [record], author)


def _unknown_item(plant: Plant) -> str:
    held = tables.discrepancies.c
    with reading(plant.hub.engine) as connection:
        return str(connection.execute(select(held.id).where(held.key == UNKNOWN)).scalar_one())


def take(page: Page, path: Path) -> None:
    """Write a picture small enough to keep."""
    image = Image.open(io.BytesIO(page.screenshot()))
    image.convert("RGB").quantize(COLOURS).save(path, optimize=True)


if __name__ == "__main__":
    main()
