"""Folding the ledger again: the same rows in whatever portions, all of them or none, and nobody else's."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from sqlalchemy import Connection, inspect

from domain.events.labels import LabelReported
from domain.plan import PlanRef
from hub import rebuild as rebuilding
from hub.overlay import Overlay
from hub.projections.stock import Stock
from hub.rebuild import rebuild
from hub.store.bulk import Write
from hub.store.database import StoreBusyError, reading, writing
from hub.store.tables import PROJECTED, balances, cursors, dispositions
from tests.hub.plant import P, Plant, moved


@pytest.fixture
def plant(database_url: str) -> Iterator[Plant]:
    plant = Plant(database_url)
    yield plant
    plant.close()


def a_morning(plant: Plant) -> None:
    """Receipts, moves of more than is there, a line taken back late, a number made twice, labels, an id used twice."""
    first, second = plant.kiosk("K1"), plant.kiosk("K2")
    there = (moved("SUP", "RCV", "5"), moved("RCV", "A1", "5"))
    first.opens("CS-K1")
    early = first.moves(*there, line=1)
    for line in range(2, 6):
        first.receives("3", plan=PlanRef(number="PO1", line=1), line=line)
        first.moves(moved("A1", "A2", "9"), line=line + 10)
        first.receives("2", to="A1", line=line + 20)
    first.says(LabelReported(job="J1", state="failed"))
    second.opens("CS-K1")
    second.moves(moved("SUP", "A1", "1", item="NEW"), document="CS-K1", line=1)
    again = second.receives("4", document="CS-K2", line=1)
    second.says(LabelReported(job="J1", state="printed"))
    second.receives("4", document="CS-K2", line=2)
    second.says(LabelReported(job="J2", state="failed"), event_id=again.envelope.event_id)
    first.takes_back(early, 1, *there)
    first.moves(moved("A2", "A1", "40"), line=30)
    for kiosk, start, end in ((first, 1, 6), (second, 1, None), (first, 7, None)):
        plant.takes(kiosk, kiosk.upload(start, end))
    plant.books()


def indexes(plant: Plant) -> dict[str, set[str | None]]:
    look = inspect(plant.engine)
    return {table.name: {one["name"] for one in look.get_indexes(table.name)} for table in PROJECTED}


@pytest.mark.fault("B6")
@pytest.mark.parametrize(("events_max", "rows_max"), [(1, 0), (2, 5), (3, 0), (1_000, 10), (1_000, 50_000)])
@pytest.mark.parametrize("remembered_max", [0, 2, 50_000])
def test_a_rebuild_gives_the_same_rows_however_much_is_in_memory(
    plant: Plant, monkeypatch: pytest.MonkeyPatch, events_max: int, rows_max: int, remembered_max: int
) -> None:
    a_morning(plant)
    before, indexed = plant.everything(), indexes(plant)
    assert len(before["dispositions"]) >= 3
    assert {row["kind"] for row in before["discrepancies"]} >= {
        "shortage",
        "document_number",
        "label",
        "parked",
    }
    monkeypatch.setattr(rebuilding, "SLICE_EVENTS_MAX", events_max)
    monkeypatch.setattr(rebuilding, "SPAN_ROWS_MAX", rows_max)
    monkeypatch.setattr("hub.overlay.CACHED_MAX", remembered_max)
    monkeypatch.setattr("hub.balances.TOTALS_MAX", remembered_max)
    plant.rebuilds()
    assert plant.everything() == before
    assert indexes(plant) == indexed


def test_while_everything_is_in_memory_no_table_is_asked(
    plant: Plant, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_morning(plant)
    before = plant.everything()
    asked: list[object] = []

    def begin_afresh(self: Overlay[Any, Any]) -> None:
        begin(self)
        load = self._load
        self._load = lambda key: asked.append(key) or load(key)

    begin = Overlay.begin_afresh
    monkeypatch.setattr(Overlay, "begin_afresh", begin_afresh)
    plant.rebuilds()
    assert plant.everything() == before
    assert asked == []


@pytest.mark.fault("B6")
def test_a_rebuild_that_is_broken_off_leaves_the_old_rows(
    plant: Plant, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_morning(plant)
    before, indexed = plant.everything(), indexes(plant)
    write, written = rebuilding._write, list[int]()

    def write_some(connection: Connection, writes: Sequence[Write]) -> None:
        written.append(len(writes))
        if len(written) > 2:
            raise StoreBusyError("the disk is full")
        write(connection, writes)

    with monkeypatch.context() as full:
        full.setattr(rebuilding, "SLICE_EVENTS_MAX", 3)
        full.setattr(rebuilding, "SPAN_ROWS_MAX", 0)
        full.setattr(rebuilding, "_write", write_some)
        with pytest.raises(StoreBusyError):
            plant.rebuilds()
    assert written[0]
    assert plant.everything() == before
    assert indexes(plant) == indexed
    plant.rebuilds()
    assert plant.everything() == before


def test_whoever_reads_during_a_rebuild_sees_the_old_rows(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    plant = Plant(f"sqlite:///{tmp_path / 'hub.sqlite'}")
    a_morning(plant)
    before, write, seen = plant.everything(), rebuilding._write, list[bool]()

    def look_and_write(connection: Connection, writes: Sequence[Write]) -> None:
        write(connection, writes)
        seen.append(plant.everything() == before)

    monkeypatch.setattr(rebuilding, "_write", look_and_write)
    plant.rebuilds()
    plant.close()
    assert seen
    assert all(seen)


@pytest.mark.fault("H3")
def test_a_row_that_was_refused_is_refused_again_and_parks_the_same_event(
    plant: Plant, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = Stock._write_journal

    def too_large(self: Stock, fact: Any, event: Any) -> None:
        write(self, fact, event)
        if event.movements[0].quantity.value == 666:
            self._journal.add((fact.plant, fact.position, 9, *("x",) * 8, 2**70, "", 0, *("x",) * 5, 0))

    monkeypatch.setattr(Stock, "_write_journal", too_large)
    plant.projector._desks[P] = type(plant.projector._desks[P])(P)
    kiosk = plant.kiosk("K1")
    for value in ("1", "666", "3"):
        kiosk.receives(value)
    plant.takes(kiosk)
    plant.books()
    before = plant.everything()
    assert [(row["position"], row["code"]) for row in plant.rows(dispositions)] == [(2, "write_failed")]
    plant.rebuilds()
    assert plant.everything() == before


def test_another_plant_s_rows_stay_as_they_are(plant: Plant) -> None:
    a_morning(plant)
    other = ("P2", "A1", "I1", "", "", "", "", "KGM", "", 5, 0, 1)
    names = [column.name for column in balances.columns]
    with writing(plant.engine) as connection:
        connection.execute(balances.insert(), dict(zip(names, other, strict=True)))
        connection.execute(cursors.insert(), {"plant": "P2", "position": 1})
    before, indexed = plant.everything(), indexes(plant)
    plant.rebuilds()
    assert plant.everything() == before
    assert indexes(plant) == indexed


def test_an_empty_ledger_is_folded_to_nothing(plant: Plant) -> None:
    assert rebuild(plant.engine, P) == 0
    assert not any(plant.everything().values())
    with reading(plant.engine) as connection:
        assert connection.execute(cursors.select()).all() == []


def test_what_was_taken_in_after_a_rebuild_is_booked_on_it(plant: Plant) -> None:
    kiosk = plant.kiosk("K1")
    kiosk.receives("1")
    plant.takes(kiosk)
    plant.books()
    plant.rebuilds()
    kiosk.receives("2")
    plant.takes(kiosk, kiosk.upload(2))
    plant.projector._desks[P] = type(plant.projector._desks[P])(P)
    plant.books()
    assert plant.balances() == {("SUP", "I1"): -3, ("A1", "I1"): 3}
