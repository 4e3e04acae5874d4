"""What came in by paper and by safe mode stands at the hub once, and where it came twice somebody is told."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
import pytest

from domain.events.documents import LineRecorded
from domain.events.kept import ScanKept
from domain.log import RawScan, Recorded
from hub.exception import exception_kinds
from hub.store.tables import balances, discrepancies, dispositions, slips
from tests.hub.plant import Kiosk, Plant, moved


@pytest.fixture
def plant(database_url: str) -> Iterator[Plant]:
    plant = Plant(database_url)
    yield plant
    plant.close()


def from_paper(kiosk: Kiosk, slip: str, value: str, *, document: str, line: int) -> Recorded:
    movement = moved("SUP", "A1", value)
    return kiosk.says(
        LineRecorded(
            document=document,
            document_type="CS",
            line=line,
            values={
                "item": movement.goods.item,
                "quantity": movement.quantity,
                "slip": slip,
                "paper_time": "2026-11-22T06:55",
            },
            movements=(movement,),
        )
    )


def codes(plant: Plant) -> list[str]:
    return [row["code"] for row in sorted(plant.rows(dispositions), key=lambda row: row["position"])]


@pytest.mark.fault("U8")
def test_a_slip_entered_at_two_kiosks_is_booked_twice_and_told_and_its_own_lines_are_not(
    plant: Plant,
) -> None:
    first, second = plant.kiosk("K1"), plant.kiosk("K2")
    from_paper(first, "A1-0007", "5", document="CS-1", line=1)
    from_paper(first, "A1-0007", "6", document="CS-1", line=2)
    from_paper(second, "A1-0007", "5", document="CS-2", line=1)
    from_paper(second, "A1-0008", "5", document="CS-2", line=2)
    for kiosk in (first, second):
        plant.takes(kiosk)
    plant.books()
    assert codes(plant) == ["slip_twice"]
    [told] = plant.rows(discrepancies, kind="slip_twice")
    assert "A1-0007" in told["detail_json"]
    held = {row["slip"]: (row["document"], row["lines"]) for row in plant.rows(slips)}
    assert held == {"A1-0007": ("CS-1", 2), "A1-0008": ("CS-2", 1)}
    assert sum(row["value"] for row in plant.rows(balances) if row["place"] == "A1") == 21_000_000


@pytest.mark.fault("U8", "U6")
def test_a_slip_that_was_taken_back_may_be_entered_anew(plant: Plant) -> None:
    first, second = plant.kiosk("K1"), plant.kiosk("K2")
    entry = from_paper(first, "A1-0007", "5", document="CS-K1", line=1)
    first.takes_back(entry, 1, moved("SUP", "A1", "5"))
    first.takes_back(entry, 1, moved("SUP", "A1", "5"))
    from_paper(second, "A1-0007", "5", document="CS-K2", line=1)
    for kiosk in (first, second):
        plant.takes(kiosk)
    plant.books()
    assert codes(plant) == ["reversed_twice"]
    [held] = plant.rows(slips)
    assert (held["document"], held["lines"]) == ("CS-K2", 1)


@pytest.mark.fault("K6")
def test_each_scan_kept_in_safe_mode_is_somebodys_to_enter_and_moves_nothing(plant: Plant) -> None:
    kiosk = plant.kiosk("K1")
    for text in ("HLKA100001", "6901234567892"):
        kiosk.says(ScanKept(reason="settings", detail="port"), raw=RawScan(text=text, device="gun"))
    plant.takes(kiosk)
    plant.books()
    rows = plant.rows(discrepancies, kind="scan_kept")
    about = [msgspec.json.decode(row["detail_json"]) for row in rows]
    assert sorted(one["text"] for one in about) == ["6901234567892", "HLKA100001"]
    assert {one["code"] for one in about} == {"settings"}
    assert plant.rows(balances) == []
    assert exception_kinds()["scan_kept"].acts == ("correct", "accept")
