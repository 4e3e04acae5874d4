"""Plans people ask about: what was ordered, what is done, what is still to come, what is overdue."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, func, select

from domain.events.documents import DocumentUnapproved, LineRecorded, LineReversed, PlanLeft
from domain.item import ItemId
from domain.place import PlaceId
from domain.plan import Plan, PlanLine, PlanRef
from domain.quantity import Quantity
from hub import plan_register
from hub.api.openapi import PREFIX
from hub.calendar import CALENDAR, Calendar
from hub.registers import Registrar
from hub.store import tables
from hub.store.database import reading, writing
from hub.store.reference import Record, write_records
from hub.views.plans import PlanQuery, plan_page
from tests.hub.morning import PLANT, Plant, running_hub, signed_on

YARN, FABRIC, BUTTON = ItemId("Y-32S-C"), ItemId("F-PK-220"), ItemId("T-BTN-18")
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def order(number: str, *lines: tuple[ItemId, str, str], kind: str = "purchase_order", **said: Any) -> Record:
    partner = PlaceId(said.pop("partner", "S-DAHUA"))
    ordered = tuple(
        PlanLine(line=line, item=item, quantity=Quantity.of(value, unit))
        for line, (item, value, unit) in enumerate(lines, 1)
    )
    return Record(
        kind="plan", key=number, body=Plan(kind=kind, number=number, partner=partner, lines=ordered, **said)
    )


class Desk:
    """Whoever asks for plans: through pages, files and the API."""

    def __init__(self, plant: Plant) -> None:
        self.plant, self.kiosk = plant, plant.kiosks["K1"]
        self.client: FlaskClient = signed_on(plant)
        self.kiosk.signs_on("1007")

    def orders(self, *records: Record) -> None:
        with writing(self.plant.hub.engine) as connection:
            write_records(connection, self.plant.hub.store, PLANT, list(records))

    def receives(self, document: str, plan: str, line: int, **amounts: Quantity) -> None:
        """A line of a receipt counts towards an order."""
        if self.kiosk.document != document:
            self.kiosk.opens(document, "S-DAHUA", plan=plan)
        self.kiosk.lines += 1
        self.kiosk.tells(
            LineRecorded(
                document=document,
                document_type="CS",
                line=self.kiosk.lines,
                values={"item": "Y-32S-C", **amounts},
                movements=(),
                plan=PlanRef(number=plan, line=line),
            )
        )

    def books(self) -> None:
        self.plant.upload(self.kiosk)

    def told(self, path: str, status: int = 200) -> Any:
        answer = self.client.get(PREFIX + path)
        assert answer.status_code == status, answer.text
        return answer.get_json()

    def rows(self, **asked: str) -> list[dict[str, Any]]:
        return self.told("/plans?" + "&".join(f"{name}={value}" for name, value in asked.items()))["rows"]

    def lines(self, **asked: str) -> list[tuple[str, int]]:
        return [(row["number"], row["line"]) for row in self.rows(**asked)]

    def shows(self, path: str) -> str:
        answer = self.client.get(path + ("&" if "?" in path else "?") + "lang=en")
        assert answer.status_code == 200, path
        return " ".join(re.sub(r"<[^>]+>", " ", answer.text.split("<main", 1)[1]).split())

    def registers(self) -> None:
        """The register of plans catches up."""
        registrar = Registrar(self.plant.hub.engine, [PLANT])
        while registrar.plan_round(PLANT):
            pass


@pytest.fixture
def desk(tmp_path: Path, database_url: str) -> Iterator[Desk]:
    with running_hub(tmp_path, database=database_url) as plant:
        yield Desk(plant)


def kg(value: str) -> Quantity:
    return Quantity.of(value, "KGM")


def day(ahead: int) -> str:
    return (datetime.now(UTC).date() + timedelta(days=ahead)).isoformat()


def test_an_order_shows_what_is_done_and_what_is_still_to_come(desk: Desk) -> None:
    desk.orders(order("PO-1", (YARN, "100", "KGM"), (BUTTON, "500", "C62"), due=day(5)))
    desk.receives("CS-1", "PO-1", 1, quantity=kg("40"))
    desk.books()
    yarn, buttons = desk.rows(number="PO-1")
    assert (yarn["ordered"]["value"], yarn["done"]["value"], yarn["open"]["value"]) == ("100", "40", "60")
    assert (buttons["done"]["value"], buttons["open"]["value"]) == ("0", "500")
    assert "overdue_days" not in yarn
    desk.receives("CS-1", "PO-1", 1, quantity=kg("65"))
    desk.books()
    assert desk.lines(number="PO-1") == [("PO-1", 2)]
    (done,) = desk.rows(number="PO-1", state="done")
    assert (done["done"]["value"], done["open"]["value"]) == ("105", "0")


def test_a_line_taken_back_is_still_to_come_again(desk: Desk) -> None:
    desk.orders(order("PO-1", (YARN, "100", "KGM")))
    desk.receives("CS-1", "PO-1", 1, quantity=kg("100"))
    recorded = desk.kiosk.unsent[-1]
    desk.books()
    assert desk.lines(number="PO-1") == []
    desk.registers()
    ref = PlanRef(number="PO-1", line=1)
    taken_back = LineReversed(
        document="CS-1", document_type="CS", line=1, movements=(), plan=ref, quantity=kg("100")
    )
    desk.kiosk.tells(taken_back, corrects=recorded.envelope.event_id)
    desk.books()
    assert desk.rows(number="PO-1")[0]["open"]["value"] == "100"
    assert "struck" in desk.client.get("/plans/PO-1").text


def test_what_was_ordered_in_metres_is_counted_in_metres(desk: Desk) -> None:
    desk.orders(order("PO-2", (FABRIC, "800", "MTR")))
    desk.receives("CS-2", "PO-2", 1, quantity=kg("120"), second_quantity=Quantity.of("430", "MTR"))
    desk.books()
    (row,) = desk.rows(number="PO-2")
    assert row["done"] == {"value": "430", "unit": "MTR"}
    assert row["open"] == {"value": "370", "unit": "MTR"}
    assert "430 m" in desk.shows("/plans/PO-2")


def test_what_is_overdue_is_overdue_on_the_plants_own_day(desk: Desk) -> None:
    desk.orders(order("PO-3", (YARN, "1", "KGM"), due="2026-11-22"))
    late = datetime(2026, 11, 22, 17, tzinfo=UTC)  # in Suzhou it is the 23rd already
    for zone, days in (("UTC", None), ("Asia/Shanghai", 1)):
        desk.orders(Record(kind=CALENDAR, key="", body=Calendar(zone=zone)))
        for registered in (False, True):
            if registered:
                desk.registers()
            with reading(desk.plant.hub.engine) as connection:
                (row,) = plan_page(connection, PLANT, PlanQuery(number="PO-3"), late).rows
                overdue = plan_page(connection, PLANT, PlanQuery(number="PO-3", state="overdue"), late).rows
            assert row.overdue_days == days
            assert bool(overdue) == bool(days)


def test_plans_are_asked_for_by_kind_partner_item_number_and_state(desk: Desk) -> None:
    desk.orders(
        order("PO-1", (YARN, "1", "KGM"), due=day(-3)),
        order("PO-2", (FABRIC, "1", "KGM"), partner="S-XINYI"),
        order("PO-3", (YARN, "1", "KGM"), closed=True),
        order("SO-1", (FABRIC, "1", "KGM"), kind="sales_order", due=day(3)),
        order("RR-1", (FABRIC, "1", "KGM"), kind="return_request", pending=True),
    )
    for registered in (False, True):
        if registered:
            desk.registers()
        open_ones = [("PO-1", 1), ("SO-1", 1), ("PO-2", 1), ("PO-4500123", 1)]
        assert desk.lines() == open_ones
        assert desk.lines(state="overdue") == [("PO-1", 1)]
        assert desk.lines(state="closed") == [("PO-3", 1)]
        assert desk.lines(state="pending") == [("RR-1", 1)]
        assert sorted(desk.lines(state="all")) == sorted([*open_ones, ("PO-3", 1), ("RR-1", 1)])
        assert desk.lines(kind="sales_order") == [("SO-1", 1)]
        assert desk.lines(partner="S-XINYI") == [("PO-2", 1)]
        assert desk.lines(item="F-PK-220") == [("SO-1", 1), ("PO-2", 1)]
        assert desk.lines(number="PO-2") == [("PO-2", 1)]
    (overdue,) = desk.rows(state="overdue")
    assert overdue["overdue_days"] == 3


def test_what_a_document_left_is_a_plan_too_and_only_what_is_on_its_way_is_still_to_come(desk: Desk) -> None:
    for number, kind in (("YC-1", "transfer"), ("CS-9", "receipt")):
        line = PlanLine(line=1, item=YARN, quantity=kg("12"), lot="L-1")
        plan = Plan(kind=kind, number=number, partner=PlaceId("Y-01-01"), lines=(line,))
        desk.kiosk.tells(PlanLeft(document=number, document_type=number[:2], plan=plan))
    desk.books()
    assert ("YC-1", 1) in desk.lines()
    assert ("CS-9", 1) not in desk.lines()
    assert desk.lines(state="returnable") == [("CS-9", 1)]
    assert "Left by document YC-1" in desk.shows("/plans/YC-1")


def test_a_plan_that_is_taken_back_is_gone(desk: Desk) -> None:
    line = PlanLine(line=1, item=YARN, quantity=kg("12"))
    plan = Plan(kind="transfer", number="YC-1", partner=PlaceId("Y-01-01"), lines=(line,))
    desk.kiosk.opens("YC-1", "Y-01-01")
    desk.kiosk.tells(PlanLeft(document="YC-1", document_type="YC", plan=plan))
    desk.books()
    desk.registers()
    assert desk.lines(number="YC-1")
    desk.kiosk.tells(DocumentUnapproved(document="YC-1", document_type="YC", person="1050"))
    desk.books()
    for _ in range(2):
        assert desk.lines(number="YC-1", state="all") == []
        desk.registers()
    assert desk.told("/plans/YC-1", 404)["code"] == "not_found"


def test_pages_join_to_the_whole_list_whether_the_register_is_behind_or_not(desk: Desk) -> None:
    lines = tuple((YARN, str(number), "KGM") for number in range(1, 4))
    desk.orders(*(order(f"PO-{number:02}", *lines, due=day(number % 4 - 1)) for number in range(8)))
    for registered in (False, True):
        if registered:
            desk.registers()
            desk.orders(*(order(f"PO-{number:02}", *lines, due=day(9)) for number in range(3)))
        for state in ("open", "all", "overdue"):
            whole = desk.rows(state=state, limit="500")
            joined: list[Any] = []
            after = ""
            while True:
                page = desk.told(f"/plans?limit=5&state={state}&after={after}")
                joined += page["rows"]
                after = page["next"]
                if not after:
                    break
            assert joined == whole
            assert whole


def test_the_register_says_the_same_as_if_it_were_made_anew(desk: Desk) -> None:
    desk.orders(*(order(f"PO-{number}", (YARN, "10", "KGM")) for number in range(5)))
    desk.registers()
    for number in range(5):
        desk.receives(f"CS-{number}", f"PO-{number}", 1, quantity=kg(str(number * 3)))
    desk.books()
    desk.orders(
        order("PO-1", (YARN, "2", "KGM"), (FABRIC, "2", "KGM")), Record(kind="plan", key="PO-0", body=None)
    )
    desk.registers()
    engine = desk.plant.hub.engine

    def held() -> list[Any]:
        with reading(engine) as connection:
            return list(
                connection.execute(select(tables.plan_lines).order_by(*tables.plan_lines.primary_key))
            )

    kept = held()
    with writing(engine) as connection:
        connection.execute(tables.plans_registered.delete())
    desk.registers()
    assert held() == kept
    assert len(kept) == 6


def test_a_long_history_is_taken_in_by_rounds(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plan_register, "ROUND_CHANGES_MAX", 3)
    desk.orders(*(order(f"PO-{number}", (YARN, "10", "KGM")) for number in range(10)))
    for number in range(10):
        desk.receives(f"CS-{number}", f"PO-{number}", 1, quantity=kg("4"))
    desk.books()
    with reading(desk.plant.hub.engine) as connection:
        assert plan_register.is_behind(connection, PLANT)
    desk.registers()
    with reading(desk.plant.hub.engine) as connection:
        assert not plan_register.is_behind(connection, PLANT)
        done = func.count().filter(tables.plan_lines.c.done == 4_000_000)
        assert connection.execute(select(done)).scalar_one() == 10


@pytest.mark.parametrize(
    ("query", "index"),
    [
        (PlanQuery(), "plant_state_due"),
        (PlanQuery(kind="purchase_order"), "plant_kind_state_due"),
        (PlanQuery(partner="S-DAHUA"), "plant_partner_state_due"),
        (PlanQuery(item="Y-32S-C"), "plant_item_state_due"),
        (PlanQuery(number="PO-4500123"), "PRIMARY KEY"),
    ],
)
@pytest.mark.parametrize(
    "database_url", ["sqlite"], indirect=True
)  # PostgreSQL reads so small a table as a whole
def test_whatever_is_asked_is_read_along_an_index(desk: Desk, query: PlanQuery, index: str) -> None:
    desk.registers()
    statements: list[tuple[str, Any]] = []
    with reading(desk.plant.hub.engine) as connection:

        def note(_c: Any, _u: Any, statement: str, parameters: Any, *_: Any) -> None:
            if "FROM plan_lines" in statement:
                statements.append((statement, parameters))

        event.listen(connection, "before_cursor_execute", note)
        plan_page(connection, PLANT, query, NOON)
        event.remove(connection, "before_cursor_execute", note)
        ((statement, parameters),) = statements
        ways = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all()
    told = " ".join(str(row[-1]) for row in ways)
    assert index in told
    assert "TEMP B-TREE" not in told


def test_every_figure_of_a_plan_opens_to_its_documents_and_scans(desk: Desk) -> None:
    desk.orders(order("PO-1", (YARN, "100", "KGM"), due=day(-2)))
    desk.receives("CS-1", "PO-1", 1, quantity=kg("40"))
    desk.receives("CS-1", "PO-1", 1, quantity=kg("2.5"))
    desk.books()
    page = desk.client.get("/plans/PO-1?lang=en").text
    assert "overdue by 2 d" in page
    assert 'href="/documents/CS-1?' in page
    assert len(re.findall(rf'href="/events/{PLANT}/\d+', page)) == 2
    view = desk.told("/plans/PO-1")
    (line,) = view["lines"]
    assert line["done"]["value"] == "42.5"
    assert [scan["quantity"]["value"] for scan in line["scans"]] == ["2.5", "40"]
    assert {scan["device"] for scan in line["scans"]} == {"K1"}
    assert 'href="/plans/PO-1?' in desk.client.get("/documents/CS-1?lang=en").text
    assert 'href="/plans/PO-1?' in desk.client.get("/trace?code=PO-1").text
    assert 'href="/plans/PO-1?' in desk.client.get("/reports/plans").text
    assert "CS-1" in desk.shows("/documents?plan=PO-1")
    assert "CS-1" not in desk.shows("/documents?plan=PO-4500123")


def test_a_plan_nobody_knows_is_said_kindly(desk: Desk) -> None:
    for number in ("PO-NONE", "x" * 500, "%00"):
        assert desk.client.get(f"/plans/{number}").status_code == 404
    assert desk.told("/plans/PO-NONE", 404)["code"] == "not_found"


def test_a_packing_list_shows_its_cartons(desk: Desk) -> None:
    lines = tuple(
        PlanLine(line=line, item=FABRIC, quantity=Quantity.of("24", "C62"), packs=4, pack="A")
        for line in (1, 2)
    )
    plan = Plan(kind="sales_order", number="SO-1", partner=PlaceId("S-DAHUA"), lines=lines)
    desk.orders(Record(kind="plan", key="SO-1", body=plan))
    assert "4 cartons" in desk.shows("/plans/SO-1")
