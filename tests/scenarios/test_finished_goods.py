"""Finished goods come into their store by the carton, by the piece and from outside, and go back to the line."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from domain.barcode import ControlCommand
from domain.barcodes.house import control_code
from domain.events.documents import LineRecorded, LineReversed
from domain.events.labels import LabelRequested
from hub.type_overrides import read_overrides
from kiosk.screen import HomeView, Tone
from tests.fillings.cr import PACKED
from tests.floor import Floor, FloorKiosk, document_code
from tests.stock import shirts
from tests.world import KEEPER, LEADER, SHIRT_L, SHIRT_M, badge_code, order_code, place_code, unit_code

DONE, UNDO = control_code(ControlCommand.DONE), control_code(ControlCommand.UNDO)
PACKING, STORE, SECONDS, SUPPLIER = "LINE-1", "FG-B-02", "FS-01", "S-HENGLI"
PIECES_M = "(240)TS-2611-NV-M(30){}"
OVERRIDES = Path(__file__).parents[2] / "config" / "documents"


@pytest.fixture
def floor(tmp_path: Path) -> Iterator[Floor]:
    """At packing stand a ratio carton and some loose pieces, three of them seconds."""
    stock = [
        *shirts(PACKING, 8, 4, carton="CT0001"),
        *shirts(PACKING, 30, 0),
        *shirts(PACKING, 3, 0, grade="second"),
    ]
    made = Floor(tmp_path, stock=stock, plans=[PACKED])
    yield made
    assert [one for kiosk in made.kiosks for one in kiosk.unspoken()] == []
    made.close()


@pytest.fixture
def store(floor: Floor) -> FloorKiosk:
    """A kiosk that serves all stores; the hub is away from now on."""
    made = floor.kiosk("K1", "CR", "TK", "SL", warehouse="")
    floor.is_away = True
    made.scans(badge_code(KEEPER))
    return made


def test_a_ratio_carton_comes_in_with_one_scan_and_gets_its_label(floor: Floor, store: FloorKiosk) -> None:
    store.scans(order_code(PACKED), place_code(STORE), unit_code("CT0001"))
    assert (store.tone, store.says) == (Tone.STORED, "said.unit_recorded")
    assert [line.values["item"] for line in store.events(LineRecorded)] == [SHIRT_L.id, SHIRT_M.id]
    [label] = store.events(LabelRequested)
    columns = {label.data[f"size_{one}"]: label.data[f"count_{one}"] for one in (1, 2)}
    assert columns == {"M": "8", "L": "4"}, "the label says the ratio"
    store.scans(UNDO)
    assert (store.says, len(store.events(LineReversed))) == ("said.unit_undone", 2)
    assert (store.at(STORE), store.at(PACKING, SHIRT_L.id)) == (Decimal(0), Decimal(4))
    store.scans(unit_code("CT0001"), DONE)
    assert store.shows(HomeView)
    floor.syncs()
    assert (floor.held(STORE, SHIRT_M.id), floor.held(STORE, SHIRT_L.id)) == (Decimal(8), Decimal(4))
    assert store.takes_back(store.number(), LEADER) == "said.document_unapproved"
    floor.syncs()
    assert (floor.held(STORE), floor.held(PACKING)) == (Decimal(0), Decimal(45))


def test_only_what_is_packed_comes_in_and_seconds_go_to_their_own_store(
    floor: Floor, store: FloorKiosk
) -> None:
    store.scans(order_code(PACKED), place_code(STORE), PIECES_M.format(30))
    assert store.tone is Tone.STORED
    store.scans(PIECES_M.format(19))
    assert (store.tone, store.says) == (Tone.REFUSED, "problem.over_ceiling"), "48 were packed"
    store.touches("clear_line")
    store.picks("grade", "second")
    store.scans(PIECES_M.format(3))
    assert (store.tone, store.says) == (Tone.REFUSED, "problem.other_grade_here")
    store.scans(place_code(SECONDS), PIECES_M.format(3))
    assert store.tone is Tone.STORED
    store.scans(DONE)
    floor.syncs()
    assert (floor.held(STORE), floor.held(SECONDS)) == (Decimal(30), Decimal(3))
    assert floor.held(PACKING) == Decimal(12), "the carton still stands at packing"


def test_goods_go_back_to_the_line_no_more_than_their_receipt_brought(
    floor: Floor, store: FloorKiosk
) -> None:
    store.scans(order_code(PACKED), place_code(STORE), PIECES_M.format(10), DONE)
    receipt = store.number()
    store.scans(document_code(receipt))
    store.picks("return_reason", "repack")
    store.scans(place_code(STORE), PIECES_M.format(11))
    assert (store.tone, store.says) == (Tone.REFUSED, "problem.over_ceiling")
    store.touches("clear_line")
    store.scans(place_code(STORE), PIECES_M.format(6))
    assert store.tone is Tone.STORED
    store.scans(UNDO)
    assert store.at(STORE) == Decimal(10)
    store.scans(PIECES_M.format(6), DONE)
    floor.syncs()
    assert floor.held(STORE) == Decimal(4)
    assert store.takes_back(receipt, LEADER) == "problem.built_upon"
    assert store.takes_back(store.number(), LEADER) == "said.document_unapproved"
    floor.syncs()
    assert floor.held(STORE) == Decimal(10)


def test_turned_round_by_the_factory_the_return_brings_goods_into_the_store(tmp_path: Path) -> None:
    floor = Floor(tmp_path, stock=shirts(PACKING, 30, 0), overrides=read_overrides(OVERRIDES))
    store = floor.kiosk("K1", "TK", warehouse="FG")
    floor.is_away = True
    store.scans(badge_code(KEEPER))
    store.touches("open_document", "TK")
    store.picks("return_reason", "count")
    store.scans(place_code(STORE), PIECES_M.format(31))
    assert store.asked() == ["more_than_on_hand"], "the line has only thirty"
    store.touches("no")
    store.touches("clear_line")
    store.scans(place_code(STORE), PIECES_M.format(12), DONE)
    floor.syncs()
    assert (floor.held(PACKING), floor.held(STORE)) == (Decimal(18), Decimal(12))
    assert store.takes_back(store.number(), LEADER) == "said.document_unapproved"
    floor.syncs()
    assert (floor.held(PACKING), floor.held(STORE)) == (Decimal(30), Decimal(0))
    floor.close()


def test_goods_made_outside_come_in_from_who_made_them(floor: Floor, store: FloorKiosk) -> None:
    store.touches("open_document", "SL")
    store.scans(place_code(SUPPLIER), place_code(STORE), PIECES_M.format(24))
    assert store.tone is Tone.STORED
    store.scans(PIECES_M.format(2), UNDO)
    assert store.at(STORE) == Decimal(24)
    store.picks("grade", "second")
    store.scans(place_code(SECONDS), PIECES_M.format(1), DONE)
    floor.syncs()
    assert (floor.held(STORE), floor.held(SECONDS), floor.held(SUPPLIER)) == (24, 1, -25)
    assert store.takes_back(store.number(), LEADER) == "said.document_unapproved"
    floor.syncs()
    assert (floor.held(STORE), floor.held(SUPPLIER)) == (Decimal(0), Decimal(0))
