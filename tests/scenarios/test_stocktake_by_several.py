"""A bin counted by two people in turn while the hub is away: approved by a third, line by line, and taken back."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from msgspec.structs import replace

from domain.barcode import ControlCommand
from domain.barcodes.house import control_code
from domain.events.documents import DocumentCompleted
from hub.store.reference import Record
from kiosk.screen import ApprovalView, HomeView, Tone
from tests.floor import Floor, FloorKiosk
from tests.stock import STOCK
from tests.world import BUTTON, COTTON, KEEPER, LEADER, YARN, badge_code, place_code, unit_code

DONE, UNDO = control_code(ControlCommand.DONE), control_code(ControlCommand.UNDO)
RACK, LOST = "RM-A-01", "LOST"
CHIEF = replace(LEADER, number="1009", badge="P8W4")


@pytest.fixture
def floor(tmp_path: Path) -> Iterator[Floor]:
    made = Floor(tmp_path, stock=STOCK, plants={"P1": [Record(kind="person", key=CHIEF.number, body=CHIEF)]})
    yield made
    assert [one for kiosk in made.kiosks for one in kiosk.unspoken()] == []
    made.close()


@pytest.fixture
def counted(floor: Floor) -> FloorKiosk:
    """Two people counted the rack, the hub away: yarn 2 kg short, a box of buttons too many, the roll as it is."""
    made = floor.kiosk("K1", "PD")
    floor.is_away = True
    made.scans(badge_code(KEEPER))
    made.touches("open_document", "PD")
    made.scans(place_code(RACK), "(240)Y-3201(10)L7(3100)000047", UNDO, "(240)Y-3201(10)L7(3100)000048")
    made.scans(badge_code(LEADER))
    made.scans(unit_code("R0001"), control_code(ControlCommand.QUANTITY, "300"), BUTTON.number)
    assert made.tone is Tone.STORED
    made.scans(DONE)
    assert made.asked() == ["recount_advised"]
    made.touches("yes")
    assert made.shows(ApprovalView)
    return made


def test_only_what_a_third_person_ticks_is_posted(floor: Floor, counted: FloorKiosk) -> None:
    floor.syncs()
    assert (floor.held(RACK, YARN.id), floor.held(RACK, BUTTON.id)) == (Decimal(50), Decimal(288))
    floor.is_away = True
    for one in (KEEPER, LEADER):
        counted.scans(badge_code(one))
        assert counted.says in ("problem.no_right", "problem.own_work"), "who counted does not approve"
    view = counted.view
    assert isinstance(view, ApprovalView)
    [buttons] = [row.index for row in view.proposed if row.item_number == BUTTON.number]
    counted.touches("tick", str(buttons))
    counted.scans(badge_code(CHIEF))
    assert counted.shows(HomeView)
    floor.syncs()
    assert (floor.held(RACK, YARN.id), floor.held(RACK, BUTTON.id)) == (Decimal(48), Decimal(288))
    assert (floor.held(RACK, COTTON.id), floor.held(LOST)) == (Decimal("21.4"), Decimal(2))
    assert counted.takes_back(counted.number(), CHIEF) == "said.document_unapproved"
    floor.syncs()
    assert (floor.held(RACK, YARN.id), floor.held(LOST)) == (Decimal(50), Decimal(0))


def test_a_recount_above_the_tolerance_is_told_to_whoever_approves(counted: FloorKiosk) -> None:
    [completed] = counted.events(DocumentCompleted)
    assert completed.confirmed == ("recount_advised",)
    assert [one.goods.item for one in completed.proposed] == [BUTTON.id, YARN.id]
