"""Goods go back to who delivered them, by their receipt; and the same document turned round by a factory's own file."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from domain.barcode import ControlCommand
from domain.barcodes.house import control_code
from domain.events.documents import LineReversed
from domain.place import PlaceId
from domain.quantity import Quantity
from domain.stock import Balance, Goods
from hub.type_overrides import read_overrides
from kiosk.screen import HomeView, Tone
from tests.floor import Floor, FloorKiosk, document_code
from tests.stock import STOCK
from tests.world import COTTON, KEEPER, LEADER, ORDER, YARN, badge_code, order_code, place_code, unit_code

DONE, UNDO = control_code(ControlCommand.DONE), control_code(ControlCommand.UNDO)
RACK, BAD, SUPPLIER, LINE = "RM-A-01", "RM-Q", "S-HENGLI", "LINE-1"
OVERRIDES = Path(__file__).parents[2] / "config" / "documents"


@pytest.fixture
def floor(tmp_path: Path) -> Iterator[Floor]:
    made = Floor(tmp_path, plans=[ORDER])
    yield made
    assert [one for kiosk in made.kiosks for one in kiosk.unspoken()] == []
    made.close()


@pytest.fixture
def store(floor: Floor) -> FloorKiosk:
    """The door's kiosk: a roll and some yarn were received while the hub was away."""
    made = floor.kiosk("K1", "CS", "YT")
    floor.is_away = True
    made.scans(badge_code(KEEPER), order_code(ORDER))
    made.scans("(240)F-2041(10)D-118(3101)000214(3110)000095", place_code(RACK))
    made.scans("(240)Y-3201(10)L7(3100)000050", DONE)
    assert made.shows(HomeView)
    return made


def test_what_was_received_goes_back_and_no_more_than_that(floor: Floor, store: FloorKiosk) -> None:
    receipt = store.number()
    [roll] = [one.goods.handling_unit for one in store.store.facts.balances(PlaceId(RACK), item=COTTON.id)]
    store.scans(document_code(receipt), unit_code(roll))
    store.picks("reason", "shade")
    assert store.tone is Tone.STORED
    assert (store.at(RACK, COTTON.id), store.at(SUPPLIER, COTTON.id)) == (Decimal(0), Decimal(0))
    store.scans(UNDO)
    assert len(store.events(LineReversed)) == 1
    assert store.at(RACK, COTTON.id) == Decimal("21.4")
    store.scans(unit_code(roll))
    store.picks("reason", "shade")
    store.scans(place_code(RACK), "(240)Y-3201(10)L7(3100)000051")
    store.picks("reason", "surplus")
    assert (store.tone, store.says) == (Tone.REFUSED, "problem.over_ceiling")
    store.touches("clear_line")
    store.scans(place_code(RACK), "(240)Y-3201(10)L9(3100)000001")
    store.picks("reason", "surplus")
    assert (store.tone, store.says) == (Tone.REFUSED, "problem.other_goods_on_order"), (
        "another lot was not received"
    )
    store.touches("clear_line")
    store.scans(DONE)
    floor.syncs()
    assert (floor.held(RACK, COTTON.id), floor.held(RACK, YARN.id)) == (Decimal(0), Decimal(50))
    assert floor.held(SUPPLIER, COTTON.id) == Decimal(0)
    assert store.takes_back(receipt, LEADER) == "problem.built_upon"
    assert store.takes_back(store.number(), LEADER) == "said.document_unapproved"
    floor.syncs()
    assert floor.held(RACK, COTTON.id) == Decimal("21.4")
    assert store.takes_back(receipt, LEADER) == "said.document_unapproved"
    floor.syncs()
    assert floor.held(RACK) == Decimal(0)


def test_turned_round_it_brings_goods_back_from_a_department_and_asks_for_no_receipt(tmp_path: Path) -> None:
    left_over = Balance(
        place=PlaceId(LINE), goods=Goods(item=YARN.id, lot="L7"), quantity=Quantity(Decimal(8), "KGM")
    )
    floor = Floor(tmp_path, stock=[*STOCK, left_over], overrides=read_overrides(OVERRIDES))
    store = floor.kiosk("K1", "YT")
    floor.is_away = True
    store.scans(badge_code(KEEPER))
    store.touches("open_document", "YT")
    store.scans(place_code(SUPPLIER))
    assert store.says == "problem.place_not_fitting"
    store.scans(place_code(LINE), place_code(RACK), "(240)Y-3201(10)L7(3100)000009")
    store.picks("reason", "surplus")
    assert store.asked() == ["more_than_on_hand"], "the department has only 8 kg"
    store.touches("no")
    store.enters("quantity", "8")
    store.picks("reason", "surplus")
    assert store.tone is Tone.STORED
    store.scans(DONE)
    floor.syncs()
    assert (floor.held(LINE, YARN.id), floor.held(RACK, YARN.id)) == (Decimal(0), Decimal(58))
    assert store.takes_back(store.number(), LEADER) == "said.document_unapproved"
    floor.syncs()
    assert (floor.held(LINE, YARN.id), floor.held(RACK, YARN.id)) == (Decimal(8), Decimal(50))
    floor.close()
