"""What people do that nobody planned for, where the fault lies between two machines."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from domain.plan import Plan, PlanLine, PlanRef
from hub.store.database import writing
from hub.store.reference import Record, write_records
from hub.store.tables import dispositions, document_lines, plan_progress
from tests.hub.plant import START, P, Plant, kg


@pytest.fixture
def plant(tmp_path: Path) -> Iterator[Plant]:
    made = Plant(f"sqlite:///{tmp_path / 'hub.sqlite'}")
    yield made
    made.close()


@pytest.mark.fault("U5")
def test_lines_scanned_after_the_office_closed_their_order_are_booked_with_their_true_time(
    plant: Plant,
) -> None:
    kiosk = plant.kiosk("K1")
    kiosk.opens("CS-K1")
    kiosk.receives("5", plan=PlanRef(number="PO1", line=1))
    plant.takes(kiosk)
    plant.books()
    line = PlanLine(line=1, item="I1", quantity=kg("100"))  # type: ignore[arg-type]
    closed = Plan(kind="purchase_order", number="PO1", partner="SUP", lines=(line,), closed=True)  # type: ignore[arg-type]
    with writing(plant.engine) as connection:
        write_records(connection, plant.log, P, [Record(kind="plan", key="PO1", body=closed)])
    sent = kiosk.head.sequence
    kiosk.receives("7", plan=PlanRef(number="PO1", line=1))
    plant.takes(kiosk, kiosk.upload(sent + 1))
    plant.books()
    assert [row["state"] for row in plant.rows(dispositions)] == []
    assert plant.balances()["A1", "I1"] == 12
    [progress] = plant.rows(plan_progress)
    assert progress["done"] == 12 * 10**6
    last = plant.rows(document_lines)[-1]
    assert last["event_time"].startswith((START + timedelta(seconds=sent)).strftime("%Y-%m-%dT%H:%M:%S"))
