"""Cartons leave for the customer as the packing list says; what is short or packed otherwise waits for an approval."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from domain.barcode import ControlCommand
from domain.barcodes.house import control_code
from kiosk.screen import ApprovalView, HomeView, Tone
from tests.fillings.cc import SALES_ORDER
from tests.floor import Floor, FloorKiosk
from tests.stock import shirts
from tests.world import KEEPER, LEADER, badge_code, order_code, place_code, unit_code

DONE, UNDO = control_code(ControlCommand.DONE), control_code(ControlCommand.UNDO)
STORE, CUSTOMER = "FG-B-02", "C-NORDIC"
LOOSE_M, LOOSE_L = "(240)TS-2611-NV-M(30)8", "(240)TS-2611-NV-L(30)4"


@pytest.fixture
def floor(tmp_path: Path) -> Iterator[Floor]:
    """Two cartons as ordered, a third packed otherwise, and loose pieces."""
    stock = [
        *shirts(STORE, 8, 4, carton="CT0001"),
        *shirts(STORE, 8, 4, carton="CT0002"),
        *shirts(STORE, 6, 2, carton="CT0003"),
        *shirts(STORE, 20, 20),
    ]
    made = Floor(tmp_path, stock=stock, plans=[SALES_ORDER])
    yield made
    assert [one for kiosk in made.kiosks for one in kiosk.unspoken()] == []
    made.close()


@pytest.fixture
def dock(floor: Floor) -> FloorKiosk:
    """The kiosk at the dock: the truck is there, the hub is away."""
    made = floor.kiosk("K1", "CC", warehouse="FG")
    floor.is_away = True
    made.scans(badge_code(KEEPER), order_code(SALES_ORDER))
    made.enters("vehicle", "A12345")
    made.enters("seal", "S778812")
    return made


def test_the_cartons_of_the_packing_list_leave_together(floor: Floor, dock: FloorKiosk) -> None:
    dock.scans(unit_code("CT0001"))
    assert (dock.tone, dock.says) == (Tone.STORED, "said.unit_recorded")
    dock.scans(unit_code("CT0001"))
    assert (dock.tone, dock.says) == (Tone.REFUSED, "problem.already_scanned")
    dock.scans(unit_code("CT0003"))
    assert (dock.tone, dock.says) == (Tone.REFUSED, "problem.carton_not_listed")
    dock.scans(unit_code("CT0002"), UNDO, unit_code("CT0002"))
    assert dock.at(CUSTOMER) == Decimal(0), "nothing leaves before the load is complete"
    dock.scans(DONE)
    assert dock.shows(HomeView), "as listed it needs nobody's approval"
    floor.syncs()
    assert floor.held(CUSTOMER) == Decimal(24)
    assert dock.takes_back(dock.number(), LEADER) == "said.document_unapproved"
    floor.syncs()
    assert (floor.held(CUSTOMER), floor.held(STORE)) == (Decimal(0), Decimal(72))


def test_a_short_load_waits_for_who_may_let_it_go(floor: Floor, dock: FloorKiosk) -> None:
    dock.scans(unit_code("CT0001"), DONE)
    assert dock.asked() == ["below_plan"]
    dock.touches("yes")
    assert dock.shows(ApprovalView)
    floor.syncs()
    assert floor.held(CUSTOMER) == Decimal(0), "the truck stands until somebody approved it"
    floor.is_away = True
    dock.scans(badge_code(LEADER))
    assert dock.tone is Tone.STORED
    floor.syncs()
    assert floor.held(CUSTOMER) == Decimal(12)
    assert dock.takes_back(dock.number(), LEADER) == "said.document_unapproved"
    floor.syncs()
    assert floor.held(CUSTOMER) == Decimal(0)


def test_loose_pieces_instead_of_cartons_are_asked_about_and_approved(floor: Floor, dock: FloorKiosk) -> None:
    dock.scans(unit_code("CT0001"), place_code(STORE), LOOSE_M, LOOSE_L, DONE)
    assert dock.asked() == ["packing_list_differs"]
    dock.touches("yes")
    assert dock.shows(ApprovalView)
    dock.scans(badge_code(LEADER))
    floor.syncs()
    assert floor.held(CUSTOMER) == Decimal(24)
