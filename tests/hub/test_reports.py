"""The questions people ask: as pages, files and API; and anything scanned opens to its history."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from flask.testing import FlaskClient
from python_calamine import CalamineWorkbook

from domain.barcodes.house import HouseType, house_body, house_code
from domain.events.labels import LabelRequested
from hub.api.openapi import PREFIX
from hub.question import questions
from hub.sheets import as_csv, as_xlsx
from hub.store import tables
from hub.store.database import reading, writing
from hub.store.reference import Record, write_records
from hub.views.levels import LevelQuery, level_page
from tests.hub.morning import PLANT, Plant, play, running_hub, signed_on

NASTY = "=HYPERLINK(1)"


class Office:
    """Whoever asks from a desk: `hub.shows` reads as people read the page."""

    def __init__(self, plant: Plant) -> None:
        self.plant = plant
        self.client: FlaskClient = signed_on(plant)

    def shows(self, path: str) -> str:
        answer = self.client.get(path + ("&" if "?" in path else "?") + "lang=en")
        assert answer.status_code == 200, path
        return " ".join(re.sub(r"<[^>]+>", " ", answer.text.split("<main", 1)[1]).split())

    def rows_of(self, name: str, **asked: str) -> list[dict[str, str]]:
        answer = self.client.get(f"/reports/{name}.csv", query_string={"lang": "en", **asked})
        assert answer.status_code == 200
        return list(csv.DictReader(io.StringIO(answer.get_data().decode("utf-8-sig"))))

    def told(self, path: str) -> Any:
        answer = self.client.get(PREFIX + path)
        assert answer.status_code == 200, answer.text
        return answer.get_json()


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with running_hub(tmp_path_factory.mktemp("hub")) as plant:
        play(plant)
        plant.kiosks["K2"].opens("CS-NASTY", "S-XINYI")
        plant.kiosks["K2"].receives(NASTY, "L-9", "12.5", "KGM", "F-02-04", "S-XINYI")
        plant.kiosks["K2"].tells(LabelRequested(job="J-7", template="roll", data={}, serial="HU-7"))
        plant.upload(plant.kiosks["K2"])
        yield Office(plant)


def test_the_reports_are_one_click_from_every_page(hub: Office) -> None:
    shown = hub.shows("/reports")
    for words in ("Stock on hand", "Journal of movements", "Receipts, issues, balance", "Age of stock"):
        assert words in shown
    assert 'action="/trace"' in hub.client.get("/stock").text


@pytest.mark.parametrize("name", list(questions()))
@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_every_question_has_a_page_in_both_languages(hub: Office, name: str, language: str) -> None:
    answer = hub.client.get(f"/reports/{name}", query_string={"lang": language})
    assert answer.status_code == 200
    assert f"/reports/{name}.xlsx" in answer.text
    assert "⟦" not in answer.text, "a word that no catalogue has"


@pytest.mark.parametrize("name", list(questions()))
def test_whatever_stands_in_a_filter_is_answered(hub: Office, name: str) -> None:
    for given in ("nobody", NASTY, "x" * 5000, "é\u0001", "2026-99"):
        for field in questions()[name].query.__struct_fields__:
            answer = hub.client.get(f"/reports/{name}", query_string={field: given})
            assert answer.status_code in (200, 404), (name, field, given)


def test_stock_of_an_item_lists_its_lots_and_opens_to_its_movements(hub: Office) -> None:
    shown = hub.shows("/reports/stock?item=F-PK-220&place=F-02-03")
    assert "86-0412" in shown
    assert "132 kg" in shown
    page = hub.client.get("/reports/stock?item=F-PK-220&lang=en").text
    assert re.search(r'href="/reports/movements\?[^"]*item=F-PK-220[^"]*lot=86-0412', page)


def test_stock_sorted_by_quantity_goes_through_its_pages_without_gap(hub: Office) -> None:
    for sort in ("place", "item", "newest", "oldest", "most", "least"):
        whole = hub.told(f"/stock?limit=500&sort={sort}")["rows"]
        joined, after = [], ""
        while True:
            page = hub.told(f"/stock?limit=3&sort={sort}&after={after}")
            joined += page["rows"]
            after = page["next"]
            if not after:
                break
        assert joined == whole, sort
    amounts = [Decimal(row["quantity"]["value"]) for row in hub.told("/stock?limit=500&sort=most")["rows"]]
    assert amounts == sorted(amounts, reverse=True)


def test_the_journal_tells_who_did_what_with_which_document(hub: Office) -> None:
    rows = hub.rows_of("movements", document="CS20261122-G2-0001")
    assert {row["Document"] for row in rows} == {"CS20261122-G2-0001"}
    assert {row["Type"] for row in rows} == {"Purchase receipt"}
    person = hub.told("/movements?document=CS20261122-G2-0001")["rows"][0]["operator"]
    assert hub.told(f"/movements?person={person}&limit=500")["rows"]
    assert hub.told("/movements?person=9999")["rows"] == []


def test_the_month_adds_up_in_every_row_and_each_figure_opens(hub: Office) -> None:
    rows = hub.told("/flows?by=lot&limit=500")["rows"]
    assert rows
    for row in rows:
        value = {
            name: Decimal(row[name]["value"]) for name in ("opening", "receipts", "issues", "adjustments")
        }
        closing = value["opening"] + value["receipts"] - value["issues"] + value["adjustments"]
        assert closing == Decimal(row["closing"]["value"])
    shown = hub.client.get("/reports/flows?lang=en").text
    assert re.search(r'href="/reports/movements\?[^"]*period=', shown)
    assert "Purchase receipt" in shown


def test_files_hold_what_the_page_shows_and_no_formula(hub: Office) -> None:
    (row,) = [one for one in hub.rows_of("stock", place="F-02-04") if one["Lot"] == "L-9"]
    assert row["Item"] == f"'{NASTY}"
    assert (row["Quantity"], row["Quantity: unit"]) == ("12.5", "kg")
    data = hub.client.get("/reports/stock.xlsx?place=F-02-04&lang=en").get_data()
    head, *cells = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python()
    (nasty,) = [line for line in cells if NASTY in line]
    assert nasty[head.index("Quantity")] == 12.5
    assert b"<f>" not in data


def test_a_number_no_spreadsheet_holds_exactly_is_written_as_text() -> None:
    data = as_xlsx("x", [["amount"], [Decimal("123456789012.345678")], [Decimal("0.1")]])
    rows = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python()
    assert rows[1:] == [["123456789012.345678"], [0.1]]
    assert as_csv([["-2"], [Decimal(-2)]]).decode("utf-8-sig") == "'-2\r\n-2\r\n"


def test_an_unknown_question_and_an_unknown_plant_are_said_kindly(hub: Office) -> None:
    assert hub.client.get("/reports/wages").status_code == 404
    assert hub.client.get("/reports/wages.xlsx").status_code == 404
    assert hub.client.get("/reports/stock?plant=P99").status_code == 404
    assert (
        hub.client.get("/reports/stock.csv?plant=P99").status_code == 403
    )  # no right reaches into another plant
    assert hub.client.get("/trace?plant=P99&code=1").status_code == 404


@pytest.mark.parametrize(
    ("code", "what"),
    [
        ("F-PK-220", "Item"),
        ("86-0412", "Lot"),
        ("F-02-03", "Place"),
        ("CS20261122-G2-0001", "Document"),
        ("PO-4500123", "Order"),
        ("1012", "Person"),
        (house_code(HouseType.DOCUMENT, house_body("CS20261122-G2-0001")), "Document"),
        ("(10)86-0412", "Lot"),
    ],
)
def test_anything_scanned_or_typed_says_what_it_is(hub: Office, code: str, what: str) -> None:
    assert f"{what} " in hub.shows(f"/trace?code={code}").split("Show", 1)[1]
    assert hub.client.get(f"{PREFIX}/trace", query_string={"code": code}).get_json()["finds"]


def test_a_label_scanned_long_after_opens_to_the_scan_that_asked_for_it(hub: Office) -> None:
    shown = hub.shows("/trace?code=HU-7")
    assert "Unit" in shown
    assert "Label" in shown


def test_what_nobody_knows_is_said_with_the_way_out(hub: Office) -> None:
    assert "Nothing here is called NEVER-SEEN" in hub.shows("/trace?code=NEVER-SEEN")


def test_stock_below_safety_above_maximum_and_uncounted_are_listed(hub: Office) -> None:
    records = [
        {"id": "Y-32S-C", "number": "Y-32S-C", "names": {}, "unit": "KGM", "safety_stock": "1000000"},
        {"id": "F-PK-220", "number": "F-PK-220", "names": {}, "unit": "KGM", "maximum_stock": "1"},
        {"id": "T-BTN-18", "number": "T-BTN-18", "names": {}, "unit": "C62", "stocktake_cycle": 30},
    ]
    engine = hub.plant.hub.engine
    with writing(engine) as connection:
        write_records(
            connection,
            hub.plant.hub.store,
            PLANT,
            [Record(kind="item", key=one["id"], body=one) for one in records],
        )
    found = {row["Item"]: row["What is wrong"] for row in hub.rows_of("levels")}
    assert found == {
        "Y-32S-C": "below safety stock",
        "F-PK-220": "above maximum",
        "T-BTN-18": "stocktake overdue",
    }
    assert [row["Item"] for row in hub.rows_of("levels", trouble="above")] == ["F-PK-220"]
    with writing(engine) as connection:
        given = {"plant": PLANT, "item": "T-BTN-18", "place": "T-01-01", "document": "PD-1", "position": 1}
        connection.execute(
            tables.item_counts.insert().values(counted_at="2026-01-01T00:00:00.000000Z", **given)
        )
    with reading(engine) as connection:
        (row,) = level_page(connection, PLANT, LevelQuery(trouble="overdue"), hub.plant.hub.clock.now()).rows
    assert row.overdue_days
    assert row.overdue_days > 100


def test_stock_that_came_this_month_is_of_this_month(hub: Office) -> None:
    rows = [row for row in hub.rows_of("ageing") if row["Item"] == "F-PK-220"]
    assert rows
    assert all(row["On hand"] == row["This month"] for row in rows)
