"""Booking: in order, each event whole or not at all, nothing held up, and the same rows when it is all done again."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from domain.event import Event, event_types
from domain.events.documents import DocumentCompleted, LineRecorded, LineReversed
from domain.events.labels import LabelReported, LabelRequested
from domain.events.terminal import DeviceChanged, KioskStarted, ScanRefused, SignedOff, SignedOn
from domain.item import ItemId
from domain.log import seal
from domain.place import PlaceId
from domain.plan import Plan, PlanLine, PlanRef
from domain.quantity import Quantity
from domain.stock import Goods, Movement
from hub.desk import EVENT_BUDGET_S, Desk
from hub.discrepancies import DiscrepancyRow
from hub.overlay import fits
from hub.projection import Fact
from hub.projections.arrivals import ArrivalRow
from hub.projections.documents import DocumentLineRow, DocumentRow
from hub.projections.kiosks import KioskPartRow, KioskRow
from hub.projections.labels import LabelRow
from hub.projections.plans import PlanProgressRow
from hub.projections.stock import Stock
from hub.store import tables
from hub.store.database import writing
from hub.store.reference import Record, write_records
from hub.store.tables import (
    arrivals,
    discrepancies,
    dispositions,
    document_lines,
    documents,
    kiosks,
    labels,
    movements,
    plan_progress,
)
from tests.hub.plant import Kiosk, P, Plant, kg, moved, shuffled


@pytest.fixture
def plant(database_url: str) -> Iterator[Plant]:
    plant = Plant(database_url)
    yield plant
    plant.close()


def codes(plant: Plant) -> list[tuple[int, str, str]]:
    return [(row["position"], row["state"], row["code"]) for row in plant.rows(dispositions)]


def open_ones(plant: Plant, kind: str) -> list[dict[str, Any]]:
    return [row for row in plant.rows(discrepancies, kind=kind) if row["closed_at"] is None]


def test_row_types_are_the_tables_columns() -> None:
    pairs = {
        "arrivals": ArrivalRow,
        "document_lines": DocumentLineRow,
        "documents": DocumentRow,
        "kiosk_parts": KioskPartRow,
        "kiosks": KioskRow,
        "labels": LabelRow,
        "plan_progress": PlanProgressRow,
        "discrepancies": DiscrepancyRow,
    }
    assert [name for name, kind in pairs.items() if not fits(getattr(tables, name), kind)] == []


def test_a_receipt_is_a_document_with_lines_stock_progress_and_an_hour(plant: Plant) -> None:
    kiosk = plant.kiosk("K1")
    kiosk.opens("CS-K1")
    kiosk.receives("12.5", plan=PlanRef(number="PO1", line=1))
    kiosk.receives("7.5", to="A2", plan=PlanRef(number="PO1", line=1))
    kiosk.says(DocumentCompleted(document="CS-K1", document_type="CS", outcome="closed", lines=2))
    plant.takes(kiosk)
    assert plant.books() == 4
    (document,) = plant.rows(documents)
    assert (document["status"], document["lines"], document["partner"]) == ("closed", 2, "SUP")
    assert [row["value"] for row in plant.rows(document_lines)] == [12_500_000, 7_500_000]
    assert [row["done"] for row in plant.rows(plan_progress)] == [20_000_000]
    assert [(row["hour"], row["lines"], row["value"]) for row in plant.rows(arrivals)] == [
        ("2026-11-22T08", 2, 20_000_000)
    ]
    held = {(row["place"], row["value"]) for row in plant.rows(tables.balances)}
    assert held == {("SUP", -20_000_000), ("A1", 12_500_000), ("A2", 7_500_000)}
    assert len(plant.rows(movements)) == 4
    assert plant.told == [(P, 4)]
    assert codes(plant) == []


@pytest.mark.fault("U6")
def test_a_line_taken_back_leaves_nothing(plant: Plant) -> None:
    kiosk = plant.kiosk("K1")
    there = (moved("SUP", "RCV", "5"), moved("RCV", "A1", "5"))
    entry = kiosk.moves(*there, line=1)
    kiosk.takes_back(entry, 1, *there)
    kiosk.takes_back(entry, 1, *there)
    plant.takes(kiosk, kiosk.upload(1, 2))
    plant.books()
    assert plant.balances() == {}
    assert [(row["lines"], row["value"]) for row in plant.rows(arrivals)] == [(0, 0)]
    assert [row["reversed_position"] for row in plant.rows(document_lines)] == [2]
    plant.takes(kiosk)
    plant.books()
    assert codes(plant) == [(3, "booked_with_exception", "reversed_twice")]
    assert plant.balances() == {}, "what is taken back twice comes back once"


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"corrects": "f" * 32}, "does not name the line"),
        ({"value": "50"}, "moves something else"),
        ({"item": "I2"}, "moves something else"),
        ({"quantity": "4"}, "another quantity"),
    ],
)
def test_a_reversal_that_is_not_the_exact_opposite_of_its_line_is_parked(
    plant: Plant, change: dict[str, str], says: str
) -> None:
    kiosk = plant.kiosk("K1")
    entry = kiosk.receives("5", line=1)
    value, item = change.get("value", "5"), change.get("item", "I1")
    event = LineReversed(
        document="CS-K1",
        document_type="CS",
        line=1,
        movements=(moved("A1", "RCV", value, item=item), moved("RCV", "SUP", value, item=item)),
        quantity=kg(change.get("quantity", "5")),
    )
    kiosk.says(event, corrects=change.get("corrects", entry.envelope.event_id))
    plant.takes(kiosk)
    plant.books()
    ((_, state, code),) = codes(plant)
    assert (state, code) == ("parked", "bad_fact")
    assert says in plant.rows(dispositions)[0]["detail"]
    assert plant.balances() == {("SUP", "I1"): -5, ("A1", "I1"): 5}
    assert [row["reversed_position"] for row in plant.rows(document_lines)] == [0]


def test_a_line_that_was_parked_is_not_taken_back_from_stock(plant: Plant) -> None:
    kiosk = plant.kiosk("K1")
    there = (moved("SUP", "RCV", "5"), moved("RCV", "A1", "5"))
    entry = kiosk.says(SignedOn(person="1007"), type="LineRecorded")
    kiosk.takes_back(entry, 1, *there)
    plant.takes(kiosk)
    plant.books()
    assert [(state, code) for _, state, code in codes(plant)] == [
        ("parked", "bad_fact"),
        ("parked", "line_parked"),
    ]
    assert plant.balances() == {}


@pytest.mark.parametrize("size", [1, 2, 3])
def test_a_batch_counts_what_the_one_before_it_changed_though_that_is_still_being_written(
    plant: Plant, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    monkeypatch.setattr(plant.projector, "_batch_max", size)
    kiosk = plant.kiosk("K1")
    kiosk.opens("CS-K1")
    for line, value in enumerate(("4", "3", "2"), 1):
        kiosk.receives(value, line=line)
    for line, value in enumerate(("8", "5", "7"), 11):
        kiosk.moves(moved("A1", "A2", value), line=line)
    plant.takes(kiosk)
    assert plant.books(in_step=True) == 7
    (shortage,) = open_ones(plant, "shortage")
    assert shortage["amount"] == 11_000_000
    (document,) = plant.rows(documents, number="CS-K1")
    assert document["lines"] == 6
    before = plant.everything()
    plant.rebuilds()
    assert plant.everything() == before


def test_a_batch_that_is_refused_takes_the_next_one_with_it_and_both_are_booked(
    plant: Plant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plant.projector, "_batch_max", 2)
    kiosk = plant.kiosk("K1")
    for value in ("1", "666", "3", "4", "5"):
        kiosk.receives(value)
    write = Stock._write_journal

    def too_large(self: Stock, fact: Any, event: Any) -> None:
        write(self, fact, event)
        if event.movements[0].quantity.value == 666:
            self._journal.add((fact.plant, fact.position, 9, *("x",) * 8, 2**70, "", 0, *("x",) * 5, 0))

    monkeypatch.setattr(Stock, "_write_journal", too_large)
    plant.projector._desks[P] = type(plant.projector._desks[P])(P)
    plant.takes(kiosk)
    assert plant.books(in_step=True) == 5
    assert codes(plant) == [(2, "parked", "write_failed")]
    assert plant.balances() == {("SUP", "I1"): -13, ("A1", "I1"): 13}


@pytest.mark.fault("H3")
def test_a_poisoned_event_is_parked_and_the_next_ones_are_booked(
    plant: Plant, monkeypatch: pytest.MonkeyPatch
) -> None:
    kiosk = plant.kiosk("K1")
    for value in ("1", "666", "3"):
        kiosk.receives(value)
    move = Stock._move

    def poisoned(self: Stock, fact: Any, event: Any) -> None:
        move(self, fact, event)  # what was changed until it failed must go too
        if event.movements[0].quantity.value == 666:
            raise RuntimeError("a handler with a mistake")

    monkeypatch.setattr(Stock, "_move", poisoned)
    plant.projector._desks[P] = type(plant.projector._desks[P])(P)
    plant.takes(kiosk)
    assert plant.books() == 3
    assert plant.balances() == {("SUP", "I1"): -4, ("A1", "I1"): 4}
    ((position, state, code),) = codes(plant)
    assert (position, state, code) == (2, "parked", "handler_failed")
    (row,) = plant.rows(dispositions)
    assert kiosk.entries[1].digest[:12] in row["detail"]
    assert len(plant.rows(movements)) == 4
    assert [one["key"] for one in open_ones(plant, "parked")] == ["2"]


@pytest.mark.fault("H7")
def test_an_event_of_the_future_and_one_of_the_wrong_shape_are_parked(plant: Plant) -> None:
    kiosk = plant.kiosk("K1")
    good = kiosk.receives("1")
    kiosk.says(SignedOn(person="1007"), type="TeaBreakTaken")
    kiosk.says(SignedOn(person="1007"), schema=9)
    kiosk.says(SignedOn(person="1007"), type="LineRecorded")
    kiosk.receives("2")
    plant.takes(kiosk)
    plant.books()
    assert codes(plant) == [
        (2, "parked", "unknown_event"),
        (3, "parked", "unknown_event"),
        (4, "parked", "bad_fact"),
    ]
    assert plant.balances() == {("SUP", "I1"): -3, ("A1", "I1"): 3}
    assert good.envelope.sequence == 1


@pytest.mark.fault("H3")
def test_a_row_the_database_refuses_parks_only_its_own_event(
    plant: Plant, monkeypatch: pytest.MonkeyPatch
) -> None:
    kiosk = plant.kiosk("K1")
    for value in ("1", "666", "3"):
        kiosk.receives(value)
    write = Stock._write_journal

    def too_large(self: Stock, fact: Any, event: Any) -> None:
        write(self, fact, event)
        if event.movements[0].quantity.value == 666:
            self._journal.add((fact.plant, fact.position, 9, *("x",) * 8, 2**70, "", 0, *("x",) * 5, 0))

    monkeypatch.setattr(Stock, "_write_journal", too_large)
    plant.projector._desks[P] = type(plant.projector._desks[P])(P)
    plant.takes(kiosk)
    assert plant.books() == 3
    assert codes(plant) == [(2, "parked", "write_failed")]
    assert plant.balances() == {("SUP", "I1"): -4, ("A1", "I1"): 4}
    kiosk.receives("5")
    plant.takes(kiosk)
    plant.books()
    assert plant.balances() == {("SUP", "I1"): -9, ("A1", "I1"): 9}


@pytest.mark.fault("H3")
def test_what_a_database_refuses_among_many_parks_itself_alone(
    plant: Plant, monkeypatch: pytest.MonkeyPatch
) -> None:
    kiosk, refused = plant.kiosk("K1"), ("666", "777")
    for value in ("1", "2", refused[0], "3", "4", refused[1], "5", "6", "7"):
        kiosk.receives(value)
    write = Stock._write_journal

    def too_large(self: Stock, fact: Any, event: Any) -> None:
        write(self, fact, event)
        if str(event.movements[0].quantity.value) in refused:
            self._journal.add((fact.plant, fact.position, 9, *("x",) * 8, 2**70, "", 0, *("x",) * 5, 0))

    monkeypatch.setattr(Stock, "_write_journal", too_large)
    plant.projector._desks[P] = type(plant.projector._desks[P])(P)
    plant.takes(kiosk)
    assert plant.books() == 9
    assert codes(plant) == [(3, "parked", "write_failed"), (6, "parked", "write_failed")]
    assert plant.balances() == {("SUP", "I1"): -28, ("A1", "I1"): 28}


@pytest.mark.fault("H3")
def test_a_balance_beyond_what_a_table_holds_parks_the_line_that_would_go_there(plant: Plant) -> None:
    kiosk = plant.kiosk("K1")
    kiosk.receives("7")
    for _ in range(10):
        kiosk.receives("999000000000")
    kiosk.receives("8")
    plant.takes(kiosk)
    plant.books()
    assert codes(plant) == [(11, "parked", "write_failed")]
    held = 15 + 9 * 999_000_000_000
    assert plant.balances() == {("SUP", "I1"): -held, ("A1", "I1"): held}
    before = plant.everything()
    plant.rebuilds()
    assert plant.everything() == before


@pytest.mark.fault("A7")
def test_the_same_fact_again_is_known_and_another_under_its_name_is_parked(plant: Plant) -> None:
    first, second = plant.kiosk("K1"), plant.kiosk("K2")
    original = first.receives("4")
    same = original.envelope
    second.receives("4", document="CS-K1", line=1)
    del second.entries[0]
    second.entries.append(seal(replace(same, device="K2")))
    second.receives("9")
    other = second.entries.pop()
    second.entries.append(seal(replace(other.envelope, event_id=same.event_id)))
    plant.takes(first)
    plant.takes(second)
    plant.books()
    assert codes(plant) == [(2, "known", ""), (3, "parked", "id_reused")]
    assert plant.balances() == {("SUP", "I1"): -4, ("A1", "I1"): 4}


def test_names_nobody_knows_are_booked_with_an_exception(plant: Plant) -> None:
    kiosk = plant.kiosk("K1")
    kiosk.moves(moved("SUP", "A1", "1", item="I-NEW"))
    kiosk.moves(moved("SUP", "A9", "1"))
    kiosk.says(SignedOn(person="4711"))
    kiosk.moves(moved("SUP", "A1", "1"), plan=PlanRef(number="PO9", line=1))
    plant.takes(kiosk)
    plant.books()
    state = "booked_with_exception"
    assert codes(plant) == [
        (1, state, "unknown_item"),
        (2, state, "unknown_place"),
        (3, state, "unknown_person"),
        (4, state, "unknown_plan"),
    ]
    assert plant.balances()["A9", "I1"] == 1


@pytest.mark.fault("U4")
def test_less_than_nothing_is_one_shortage_of_that_amount_until_it_is_covered(plant: Plant) -> None:
    kiosk = plant.kiosk("K1")

    def amounts() -> list[int]:
        plant.takes(kiosk)
        plant.books()
        return [row["amount"] // 10**6 for row in open_ones(plant, "shortage")]

    kiosk.moves(moved("A1", "A2", "10"))
    assert amounts() == [10]
    kiosk.moves(moved("A1", "A2", "5"))
    assert amounts() == [15]
    kiosk.receives("9")
    assert amounts() == [6]
    kiosk.receives("6")
    assert amounts() == []
    kiosk.moves(moved("A1", "A2", "1"))
    assert amounts() == [1]
    assert len(plant.rows(discrepancies, kind="shortage")) == 2, "a new one, not the old one again"
    assert "SUP" not in str(plant.rows(discrepancies)), "a supplier owes us nothing"


def test_more_than_the_order_allows_is_a_discrepancy_until_it_is_less(plant: Plant) -> None:
    kiosk, ref = plant.kiosk("K1"), PlanRef(number="PO1", line=1)
    kiosk.receives("105", plan=ref)
    plant.takes(kiosk)
    plant.books()
    assert open_ones(plant, "over_plan") == [], "5 % are allowed"
    kiosk.receives("1", plan=ref)
    plant.takes(kiosk)
    plant.books()
    assert [row["amount"] for row in open_ones(plant, "over_plan")] == [6_000_000]


def test_the_lines_of_an_order_for_one_item_are_compared_together(plant: Plant) -> None:
    lines = tuple(PlanLine(line=line, item=ItemId("I1"), quantity=kg("50")) for line in (1, 2))
    plan = Plan(kind="purchase_order", number="PO2", partner=PlaceId("SUP"), lines=lines)
    with writing(plant.engine) as connection:
        write_records(connection, plant.log, P, [Record(kind="plan", key="PO2", body=plan)])
    kiosk = plant.kiosk("K1")
    kiosk.receives("100", plan=PlanRef(number="PO2", line=1))
    plant.takes(kiosk)
    plant.books()
    assert open_ones(plant, "over_plan") == []
    kiosk.receives("6", plan=PlanRef(number="PO2", line=2))
    plant.takes(kiosk)
    plant.books()
    assert [(row["key"], row["amount"]) for row in open_ones(plant, "over_plan")] == [
        ("PO2/1/KGM", 6_000_000)
    ]


def test_an_order_in_metres_is_counted_by_the_metres_of_goods_kept_in_kilograms(plant: Plant) -> None:
    line = PlanLine(line=1, item=ItemId("I1"), quantity=Quantity(Decimal(1000), "MTR"))
    plan = Plan(kind="purchase_order", number="PO-M", partner=PlaceId("SUP"), lines=(line,))
    with writing(plant.engine) as connection:
        write_records(connection, plant.log, P, [Record(kind="plan", key="PO-M", body=plan)])
    kiosk, ref, there = plant.kiosk("K1"), PlanRef(number="PO-M", line=1), moved("SUP", "A1", "25")
    entry = kiosk.says(
        LineRecorded(
            document="CS-1",
            document_type="CS",
            line=1,
            values={"item": "I1", "quantity": kg("25"), "second_quantity": Quantity(Decimal(1100), "MTR")},
            movements=(there,),
            plan=ref,
        )
    )
    plant.takes(kiosk)
    plant.books()

    def done() -> dict[str, int]:
        return {row["unit"]: row["done"] for row in plant.rows(plan_progress)}

    assert done() == {"KGM": 25_000_000, "MTR": 1_100_000_000}
    assert [(row["key"], row["amount"]) for row in open_ones(plant, "over_plan")] == [
        ("PO-M/1/MTR", 100_000_000)
    ]
    back = LineReversed(
        document="CS-1",
        document_type="CS",
        line=1,
        movements=(there.inverse(),),
        plan=ref,
        quantity=kg("25"),
    )
    kiosk.says(back, corrects=entry.envelope.event_id)
    plant.takes(kiosk)
    plant.books()
    assert codes(plant) == []
    assert done() == {"KGM": 0, "MTR": 0}
    assert open_ones(plant, "over_plan") == []
    before = plant.everything()
    plant.rebuilds()
    assert plant.everything() == before


def test_a_document_number_of_two_devices_is_reported_and_both_are_kept(plant: Plant) -> None:
    one, two = plant.kiosk("K1"), plant.kiosk("K2")
    one.opens("CS-1")
    two.opens("CS-1")
    plant.takes(one)
    plant.takes(two)
    plant.books()
    assert [row["device"] for row in plant.rows(documents)] == ["K1", "K2"]
    assert [row["key"] for row in open_ones(plant, "document_number")] == ["CS-1/K2"]


@pytest.mark.fault("P3")
def test_a_label_that_may_not_have_come_out_is_reported_until_it_did(plant: Plant) -> None:
    kiosk = plant.kiosk("K1")
    kiosk.says(LabelRequested(job="J1", template="roll", data={}, serial="H1"))
    kiosk.says(LabelReported(job="J1", state="unknown"))
    plant.takes(kiosk)
    plant.books()
    assert [row["key"] for row in open_ones(plant, "label")] == ["J1"]
    kiosk.says(LabelReported(job="J1", state="printed"))
    plant.takes(kiosk)
    plant.books()
    assert open_ones(plant, "label") == []
    assert [(row["state"], row["serial"]) for row in plant.rows(labels)] == [("printed", "H1")]


def test_the_board_sees_who_stands_where(plant: Plant) -> None:
    kiosk = plant.kiosk("K1")
    kiosk.says(KioskStarted(software="1.0"))
    kiosk.says(SignedOn(person="1007"))
    kiosk.says(DeviceChanged(device="P3", kind="printer", state="paper_out"))
    kiosk.opens("CS-1")
    kiosk.receives("1", document="CS-1")
    kiosk.says(ScanRefused(problem="unknown_code"))
    plant.takes(kiosk)
    plant.books()
    (row,) = plant.rows(kiosks)
    assert (row["operator"], row["document"], row["refusals"], row["software"]) == ("1007", "CS-1", 1, "1.0")
    kiosk.says(DocumentCompleted(document="CS-1", document_type="CS", outcome="closed", lines=1))
    kiosk.says(SignedOff(person="1007"))
    plant.takes(kiosk)
    plant.books()
    (row,) = plant.rows(kiosks)
    assert (row["operator"], row["document"]) == ("", "")


@pytest.mark.fault("B6")
def test_a_rebuild_gives_the_same_rows_whatever_the_batches_were(plant: Plant) -> None:
    kiosk = plant.kiosk("K1")
    for number in range(12):
        kiosk.opens(f"CS-{number}")
        kiosk.receives("3", plan=PlanRef(number="PO1", line=1), document=f"CS-{number}", line=1)
        kiosk.moves(moved("A1", "A2", "4"))
        kiosk.says(LabelReported(job=f"J{number}", state=("failed", "printed")[number % 2]))
        kiosk.moves(moved("SUP", "A1", "1", item=f"NEW{number % 3}"))
        plant.takes(kiosk, kiosk.upload(kiosk.head.sequence - 4))
        if number % 2:
            plant.books()
        if number == 6:  # what was not known then stays an exception, also when it is folded again
            body = {"id": "NEW1", "number": "NEW1", "names": {}, "unit": "KGM"}
            with writing(plant.engine) as connection:
                write_records(connection, plant.log, P, [Record(kind="item", key="NEW1", body=body)])
    plant.books()
    before = plant.everything()
    assert {code for _, _, code in codes(plant)} == {"unknown_item", "unknown_label"}
    plant.rebuilds()
    assert msgspec.json.encode(plant.everything()) == msgspec.json.encode(before)


@settings(
    max_examples=15,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    st.lists(
        st.tuples(st.integers(0, 2), st.integers(1, 9), st.sampled_from(["in", "move", "out"])), max_size=25
    ),
    st.integers(0, 2**32),
)
def test_the_order_of_arrival_does_not_matter_to_balances(
    tmp_path: Path, steps: list[tuple[int, int, str]], seed: int
) -> None:
    outcomes = []
    for order in (0, seed):
        folder = tmp_path / f"{seed}-{order}-{len(list(tmp_path.iterdir()))}"
        folder.mkdir()
        plant = Plant(f"sqlite:///{folder / 'hub.sqlite'}")
        try:
            devices = [plant.kiosk(f"K{number}") for number in range(3)]
            uploads = [
                (devices[who], devices[who].upload(*_step(devices[who], many, what)))
                for who, many, what in steps
            ]
            for kiosk, upload in shuffled(uploads, order):
                plant.takes(kiosk, upload)
            plant.books()
            outcomes.append(plant.balances())
            short = {row["key"]: row["amount"] // 10**6 for row in open_ones(plant, "shortage")}
            below = {
                place: -value
                for (place, _), value in plant.balances().items()
                if value < 0 and place != "SUP"
            }
            assert sorted(short.values()) == sorted(below.values())
            before = plant.everything()
            plant.rebuilds()
            assert plant.everything() == before
        finally:
            plant.close()
    assert outcomes[0] == outcomes[1]


def _step(kiosk: Kiosk, many: int, what: str) -> tuple[int, int]:
    match what:
        case "in":
            kiosk.receives(str(many))
        case "move":
            kiosk.moves(moved("A1", "A2", str(many)))
        case _:
            kiosk.moves(moved("A2", "SUP", str(many)))
    return kiosk.head.sequence, kiosk.head.sequence


def test_every_event_class_books_without_being_parked(plant: Plant) -> None:
    from tests.samples import log

    kiosk = plant.kiosk("K1")
    for entry in log():
        envelope = entry.envelope
        kiosk.entries.append(
            seal(
                replace(
                    envelope,
                    plant=P,
                    device="K1",
                    sequence=kiosk.head.sequence + 1,
                    previous_digest=kiosk.head.digest,
                )
            )
        )
    plant.takes(kiosk)
    plant.books()
    parked = {position for position, state, _ in codes(plant) if state == "parked"}
    office = {number for number, one in enumerate(log(), 1) if _is_office(one.envelope.type)}
    assert parked == office, "what only the hub's desk may say is not believed from a kiosk"
    assert LineRecorded.__name__ in {entry.envelope.type for entry in kiosk.entries}


def _is_office(name: str) -> bool:
    is_desk = event_types()[name].__module__ in {"domain.events.desk", "domain.events.month"}
    return is_desk or name in {"PayContestAnswered", "PayLocked", "PaySettled", "ScorePublished"}


# --- what fits no table, and what takes too long ---------------------------------------------------------------------


LONG = [
    ("a lot", {"lot": "L" * 121}),
    ("a lot in another script", {"lot": "染" * 121}),
    ("a place", {"target": "A" * 121}),
    ("a grade", {"grade": "G" * 41}),
    ("a document", {"document": "D" * 81}),
    ("a document type", {"document_type": "T" * 21}),
    ("a NUL", {"lot": "a\0b"}),
    ("an operator", {"operator": "9" * 41}),
    ("a line number", {"line": 2**31}),
]


def says_a_line(kiosk: Kiosk, changes: dict[str, Any]) -> None:
    goods = Goods(item=ItemId("I1"), lot=str(changes.get("lot", "L1")), grade=str(changes.get("grade", "")))
    target = PlaceId(str(changes.get("target", "A1")))
    movement = Movement(goods=goods, quantity=kg("1"), source=PlaceId("SUP"), target=target)
    event = LineRecorded(
        document=str(changes.get("document", "CS-K1")),
        document_type=str(changes.get("document_type", "CS")),
        line=int(changes.get("line", 1)),
        values={"item": "I1", "lot": goods.lot, "quantity": kg("1")},
        movements=(movement,),
    )
    envelope = {"operator": changes["operator"]} if "operator" in changes else {}
    kiosk.says(event, **envelope)


@pytest.mark.parametrize("changes", [changes for _, changes in LONG], ids=[name for name, _ in LONG])
def test_what_no_table_takes_is_parked_alike_on_every_database(plant: Plant, changes: dict[str, Any]) -> None:
    kiosk = plant.kiosk("K1")
    says_a_line(kiosk, changes)
    kiosk.receives("2")
    plant.takes(kiosk)
    plant.books()
    assert [(row["position"], row["state"], row["code"]) for row in plant.rows(dispositions)] == [
        (1, "parked", "bad_fact")
    ]
    assert plant.balances() == {("SUP", "I1"): -2, ("A1", "I1"): 2}


@pytest.mark.parametrize(
    "changes",
    [
        {"lot": "染" * 120},
        {"target": "A" * 120},
        {"grade": "G" * 40},
        {"document": "D" * 80},
        {"line": 2**31 - 1},
    ],
)
def test_what_just_fits_is_booked(plant: Plant, changes: dict[str, Any]) -> None:
    kiosk = plant.kiosk("K1")
    says_a_line(kiosk, changes)
    plant.takes(kiosk)
    plant.books()
    assert not [row for row in plant.rows(dispositions) if row["state"] == "parked"]
    assert plant.balances()["SUP", "I1"] == -1


@pytest.mark.fault("H4")
def test_a_machine_that_stood_still_while_an_event_was_handled_parks_nothing(
    plant: Plant, monkeypatch: pytest.MonkeyPatch
) -> None:
    kiosk = plant.kiosk("K1")
    kiosk.receives("1")
    plant.takes(kiosk)
    now_s = iter(range(0, 1_000_000, 60))
    monkeypatch.setattr("hub.desk.monotonic", lambda: float(next(now_s)))
    plant.books()
    assert codes(plant) == []


@pytest.mark.fault("H4")
def test_an_event_that_takes_too_long_is_parked_and_a_rebuild_on_a_quicker_machine_finds_the_same(
    plant: Plant, monkeypatch: pytest.MonkeyPatch
) -> None:
    from hub.refold import refold

    kiosk = plant.kiosk("K1")
    kiosk.receives("1")
    slow = kiosk.receives("2").envelope.event_id
    kiosk.receives("4")
    plant.takes(kiosk)
    handle, now_s = Desk.handle, [0.0]

    def crawls(desk: Desk, fact: Fact, event: Event) -> None:
        handle(desk, fact, event)
        if fact.envelope.event_id == slow:
            now_s[0] += EVENT_BUDGET_S + 1

    with monkeypatch.context() as slowly:
        slowly.setattr(Desk, "handle", crawls)
        slowly.setattr("hub.desk.monotonic", lambda: now_s[0])
        slowly.setattr("hub.desk.thread_time", lambda: now_s[0])
        plant.books()
    assert [(row["position"], row["code"]) for row in plant.rows(dispositions)] == [(2, "handler_slow")]
    assert plant.balances() == {("SUP", "I1"): -5, ("A1", "I1"): 5}
    before = plant.everything()
    plant.rebuilds()
    assert plant.everything() == before
    refold(plant.engine, P)
    assert plant.balances() == {("SUP", "I1"): -7, ("A1", "I1"): 7}, "asked for, it has another try"
