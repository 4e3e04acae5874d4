"""The month: receipts, issues and balance of every item, and that a closed month's figures never change (law L14)."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from domain.events.documents import DocumentCompleted, LineRecorded, LineReversed
from domain.events.month import PeriodLocked
from domain.month import month_after, month_of, months_between
from domain.stock import Movement
from hub.calendar import keep_calendar
from hub.feed import changes
from hub.registers import Registrar
from hub.store import tables
from hub.store.database import reading
from hub.views.flows import FlowPage, FlowQuery, FlowRow, flow_page
from hub.views.journal import JournalQuery, journal_page
from tests.hub.plant import Kiosk, P, Plant, moved

ZONE = "Asia/Shanghai"
OCTOBER = datetime(2026, 10, 20, 3, tzinfo=UTC)
NOVEMBER = datetime(2026, 11, 20, 3, tzinfo=UTC)


@pytest.fixture
def plant(database_url: str) -> Iterator[Plant]:
    plant = Plant(database_url)
    keep_calendar(plant.engine, plant.log, [P], ZONE)
    yield plant
    plant.close()


def month(plant: Plant, **asked: Any) -> FlowPage:
    with reading(plant.engine) as connection:
        return flow_page(connection, P, FlowQuery(**asked))


def keep_registers(plant: Plant) -> None:
    registrar = Registrar(plant.engine, [P])
    while registrar.round(P):
        pass


def told(rows: tuple[FlowRow, ...]) -> dict[str, tuple[str, str, str, str, str]]:
    return {
        f"{row.item} {row.place}".strip(): (
            row.opening.text,
            row.receipts.text,
            row.issues.text,
            row.adjustments.text,
            row.closing.text,
        )
        for row in rows
    }


def books(plant: Plant, *kiosks: Kiosk) -> None:
    for kiosk in kiosks:
        plant.takes(kiosk)
    plant.books()


def receives(kiosk: Kiosk, value: str, at: datetime, to: str = "A1", **more: Any) -> None:
    movements = (moved("SUP", "RCV", value), moved("RCV", to, value))
    _line(kiosk, "CS", movements, at, **more)


def moves(kiosk: Kiosk, value: str, at: datetime, source: str, target: str) -> None:
    _line(kiosk, "YW", (moved(source, target, value),), at)


def counts(kiosk: Kiosk, value: str, at: datetime, source: str, target: str) -> None:
    event = DocumentCompleted(
        document="PD-1",
        document_type="PD",
        outcome="closed",
        lines=1,
        movements=(moved(source, target, value),),
    )
    kiosk.says(event, event_time=at, clock="synced", document="PD-1")


def _line(
    kiosk: Kiosk, kind: str, movements: tuple[Movement, ...], at: datetime, *, clock: str = "synced"
) -> None:
    first = movements[0]
    event = LineRecorded(
        document=f"{kind}-{kiosk.name}",
        document_type=kind,
        line=kiosk.head.sequence + 1,
        values={"item": first.goods.item, "quantity": first.quantity},
        movements=movements,
    )
    kiosk.says(event, event_time=at, clock=clock)


def closes(plant: Plant, office: Kiosk, period: str) -> None:
    office.says(PeriodLocked(period=period), event_time=plant.clock.now(), clock="synced", operator="1007")
    plant.takes(office)
    plant.books()


def the_office(plant: Plant) -> Kiosk:
    return plant.kiosk("OFFICE")


@pytest.mark.parametrize("is_registered", [False, True], ids=["beside the registers", "from the registers"])
def test_a_month_opens_with_what_the_one_before_closed_at(plant: Plant, is_registered: bool) -> None:
    kiosk = plant.kiosk("K1")
    receives(kiosk, "100", OCTOBER)
    moves(kiosk, "30", OCTOBER, "A1", "A2")
    receives(kiosk, "7", NOVEMBER, to="A2")
    counts(kiosk, "2", NOVEMBER, "A1", "LF")
    books(plant, kiosk)
    if is_registered:
        keep_registers(plant)
    assert told(month(plant, period="2026-10").rows) == {
        "I1 A1": ("0", "100", "30", "0", "70"),
        "I1 A2": ("0", "30", "0", "0", "30"),
    }
    november = month(plant, period="2026-11")
    assert told(november.rows) == {
        "I1 A1": ("70", "0", "0", "-2", "68"),
        "I1 A2": ("30", "7", "0", "0", "37"),
    }
    assert november.types == ("CS", "PD")
    assert told(month(plant).rows) == told(november.rows), "the newest month, where none is named"
    assert told(month(plant, period="2026-12").rows)["I1 A1"] == ("68", "0", "0", "0", "68")
    assert month(plant, period="2026-09").rows == ()


def test_goods_that_only_changed_their_place_were_not_received_by_the_warehouse(plant: Plant) -> None:
    kiosk = plant.kiosk("K1")
    receives(kiosk, "100", NOVEMBER)
    moves(kiosk, "30", NOVEMBER, "A1", "A2")
    books(plant, kiosk)
    assert told(month(plant, by="item").rows) == {"I1": ("0", "100", "0", "0", "100")}
    (row,) = month(plant, by="warehouse").rows
    assert (row.warehouse, row.receipts.text, row.issues.text) == ("W", "100", "0")


def test_a_line_taken_back_lessens_the_receipts(plant: Plant) -> None:
    kiosk = plant.kiosk("K1")
    there = (moved("SUP", "RCV", "5"), moved("RCV", "A1", "5"))
    entry = kiosk.moves(*there, line=1)
    kiosk.receives("8", line=2)
    event = LineReversed(
        document="CS-K1",
        document_type="CS",
        line=1,
        movements=tuple(one.inverse() for one in reversed(there)),
        quantity=there[0].quantity,
    )
    kiosk.says(event, corrects=entry.envelope.event_id)
    books(plant, kiosk)
    assert told(month(plant).rows) == {"I1 A1": ("0", "8", "0", "0", "8")}


def test_a_month_begins_at_midnight_of_the_plants_own_clock(plant: Plant) -> None:
    kiosk = plant.kiosk("K1")
    receives(kiosk, "1", datetime(2026, 10, 31, 15, 59, 59, tzinfo=UTC))
    receives(kiosk, "10", datetime(2026, 10, 31, 16, 0, tzinfo=UTC))
    books(plant, kiosk)
    assert told(month(plant, period="2026-10").rows)["I1 A1"][1] == "1"
    assert told(month(plant, period="2026-11").rows)["I1 A1"][1] == "10"


def test_a_clock_that_is_not_believed_counts_in_the_month_of_the_arrival(plant: Plant) -> None:
    kiosk = plant.kiosk("K1")
    receives(kiosk, "1", OCTOBER, clock="unsure")
    receives(kiosk, "2", datetime(1970, 1, 1, tzinfo=UTC))
    receives(kiosk, "4", datetime(2031, 1, 1, tzinfo=UTC))
    books(plant, kiosk)
    assert [row["period"] for row in plant.rows(tables.movements)] == ["2026-11"] * 6


@pytest.mark.parametrize("is_registered", [False, True], ids=["beside the registers", "from the registers"])
def test_what_comes_late_from_an_open_month_moves_the_opening_of_the_next(
    plant: Plant, is_registered: bool
) -> None:
    kiosk, away = plant.kiosk("K1"), plant.kiosk("K2")
    receives(kiosk, "100", NOVEMBER)
    books(plant, kiosk)
    if is_registered:
        keep_registers(plant)
    receives(away, "7", OCTOBER)
    receives(away, "1", OCTOBER - timedelta(days=40))
    books(plant, away)
    if is_registered:
        keep_registers(plant)
    assert told(month(plant, period="2026-09").rows)["I1 A1"] == ("0", "1", "0", "0", "1")
    assert told(month(plant, period="2026-10").rows)["I1 A1"] == ("1", "7", "0", "0", "8")
    assert told(month(plant, period="2026-11").rows)["I1 A1"] == ("8", "100", "0", "0", "108")


@pytest.mark.parametrize("is_registered", [False, True], ids=["beside the registers", "from the registers"])
def test_a_closed_month_never_changes(plant: Plant, is_registered: bool) -> None:
    kiosk, away, office = plant.kiosk("K1"), plant.kiosk("K2"), the_office(plant)
    receives(kiosk, "100", OCTOBER)
    receives(kiosk, "5", NOVEMBER)
    books(plant, kiosk)
    before = month(plant, period="2026-10")
    assert not before.closed
    closes(plant, office, "2026-10")
    receives(away, "7", OCTOBER)
    receives(away, "3", OCTOBER - timedelta(days=40))
    books(plant, away)
    if is_registered:
        keep_registers(plant)
    after = month(plant, period="2026-10")
    assert after.closed
    assert after.rows == before.rows
    assert told(month(plant, period="2026-11").rows)["I1 A1"] == ("100", "15", "0", "0", "115")
    held = plant.everything()
    plant.rebuilds()
    assert plant.everything() == held, "and a rebuild finds the same"
    assert month(plant, period="2026-10").rows == before.rows


def test_every_kiosk_is_told_of_a_closed_month(plant: Plant) -> None:
    closes(plant, the_office(plant), "2026-10")
    plant.kiosk("K1")
    told = changes(plant.engine, plant.device("K1"), "", 1000, plant.clock.now()).changes
    assert max(one.key for one in told if one.kind == "period") == "2026-10"
    assert {"period": "2026-10"} in [one.body for one in told if one.kind == "period"]


def test_only_the_office_closes_a_month(plant: Plant) -> None:
    kiosk = plant.kiosk("K1")
    kiosk.says(PeriodLocked(period="2026-10"), event_time=NOVEMBER, clock="synced")
    books(plant, kiosk)
    assert plant.rows(tables.periods) == []
    assert [row["state"] for row in plant.rows(tables.dispositions)] == ["parked"]


def test_registers_say_what_the_journal_says_at_every_step(plant: Plant) -> None:
    """Whatever part of the journal they hold: none of it, some, or all."""
    kiosks = [plant.kiosk(f"K{one}") for one in range(3)]
    random_ = random.Random(4)
    registrar = Registrar(plant.engine, [P])
    for _ in range(6):
        for kiosk in kiosks:
            _busy(kiosk, random_, lines=8)
            plant.takes(kiosk)
        plant.books()
        asked = [_everything_asked(plant)]
        registrar.round(P)
        asked.append(_everything_asked(plant))
        assert asked[0] == asked[1]


def _busy(kiosk: Kiosk, random_: random.Random, lines: int) -> None:
    places = ("SUP", "RCV", "A1", "A2", "QUA", "LF")
    for _ in range(lines):
        source, target = random_.sample(places, 2)
        value = str(Decimal(random_.randint(1, 999)) / 10)
        one = moved(source, target, value, item=random_.choice(("I1", "I2")), unit=random_.choice(("", "U7")))
        at = NOVEMBER - timedelta(days=random_.randrange(80))
        _line(kiosk, random_.choice(("CS", "YW", "LL")), (one,), at)


def _everything_asked(plant: Plant) -> object:
    with reading(plant.engine) as connection:
        flows = [
            flow_page(connection, P, FlowQuery(period=period, by=by)).rows
            for period in months_between("2026-08", "2026-12")
            for by in ("item", "place", "lot")
        ]
        named = (
            {"item": "I1"},
            {"place": "RCV"},
            {"type": "LL"},
            {"period": "2026-10", "handling_unit": "U7"},
        )
        return flows, [journal_page(connection, P, JournalQuery(limit=500, **one)).rows for one in named]


def test_pages_of_the_journal_join_without_gap_or_repeat(plant: Plant) -> None:
    kiosk = plant.kiosk("K1")
    _busy(kiosk, random.Random(5), lines=40)
    books(plant, kiosk)
    keep_registers(plant)
    _busy(kiosk, random.Random(6), lines=20)
    books(plant, kiosk)
    with reading(plant.engine) as connection:
        for asked in ({}, {"item": "I1"}, {"place": "A1", "type": "CS"}):
            whole = journal_page(connection, P, JournalQuery(limit=500, **asked)).rows
            joined, after = [], ""
            while True:
                page = journal_page(connection, P, JournalQuery(limit=7, after=after, **asked))
                joined += page.rows
                after = page.next
                if not after:
                    break
            assert tuple(joined) == whole
            assert len(whole) > 7


def test_months_are_counted_over_the_years() -> None:
    assert month_after("2026-12") == "2027-01"
    assert month_after("2026-01", -1) == "2025-12"
    assert list(months_between("2026-11", "2027-02")) == ["2026-11", "2026-12", "2027-01", "2027-02"]
    assert list(months_between("2026-11", "2026-10")) == []
    assert month_of("2026-10-31T16:00:00.000000Z", ZONE) == "2026-11"
