"""A customer sends goods back as agreed, and they are refurbished: some are as new, some are seconds, one is scrap."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import select

from domain.barcode import ControlCommand
from domain.barcodes.house import control_code
from domain.events.documents import GoodsDerived
from hub.store.database import reading
from hub.store.tables import derivations
from kiosk.screen import ApprovalView, HomeView, Tone
from tests.fillings.th import RETURN
from tests.floor import Floor, FloorKiosk
from tests.world import KEEPER, LEADER, badge_code, order_code, place_code

DONE, UNDO = control_code(ControlCommand.DONE), control_code(ControlCommand.UNDO)
CUSTOMER, RETURNED, STORE, SECONDS, SCRAP = "C-NORDIC", "RT-01", "FG-B-02", "FS-01", "SCRAP"
PIECES = "(240)TS-2611-NV-M(30){}"


@pytest.fixture
def floor(tmp_path: Path) -> Iterator[Floor]:
    made = Floor(tmp_path, plans=[RETURN])
    yield made
    assert [one for kiosk in made.kiosks for one in kiosk.unspoken()] == []
    made.close()


@pytest.fixture
def store(floor: Floor) -> FloorKiosk:
    """A kiosk that serves all stores; the hub is away from now on."""
    made = floor.kiosk("K1", "TH", "CZ", warehouse="")
    floor.is_away = True
    made.scans(badge_code(KEEPER))
    return made


def returns(store: FloorKiosk, count: int) -> None:
    store.scans(PIECES.format(count), place_code(RETURNED))
    store.picks("return_reason", "defect")


def begins_refurbishing(store: FloorKiosk) -> None:
    store.touches("open_document", "CZ")
    store.picks("defect", "stain")
    store.enters("operation", "packing")
    store.picks("work", "washed")


def goes(store: FloorKiosk, side: str, count: int, place: str, grade: str = "") -> None:
    store.picks("side", side)
    if grade:
        store.picks("grade", grade)
    store.scans(PIECES.format(count), place_code(place))


def test_what_was_agreed_comes_back_into_the_store_of_returned_goods(floor: Floor, store: FloorKiosk) -> None:
    store.scans(order_code(RETURN), PIECES.format(13), place_code(STORE))
    assert (store.tone, store.says) == (Tone.REFUSED, "problem.other_store"), "never straight into stock"
    store.touches("clear_line")
    returns(store, 13)
    assert (store.tone, store.says) == (Tone.REFUSED, "problem.over_ceiling"), "twelve were agreed"
    store.touches("clear_line")
    returns(store, 12)
    assert store.tone is Tone.STORED
    store.scans(UNDO)
    assert store.at(RETURNED) == Decimal(0)
    returns(store, 12)
    store.scans(DONE)
    floor.syncs()
    assert (floor.held(CUSTOMER), floor.held(RETURNED)) == (Decimal(-12), Decimal(12))
    assert store.takes_back(store.number(), LEADER) == "said.document_unapproved"
    floor.syncs()
    assert floor.held(RETURNED) == Decimal(0)


def test_returned_goods_become_first_quality_seconds_and_scrap(floor: Floor, store: FloorKiosk) -> None:
    store.scans(order_code(RETURN))
    returns(store, 12)
    store.scans(DONE)
    begins_refurbishing(store)
    goes(store, "input", 12, RETURNED)
    assert store.tone is Tone.STORED
    goes(store, "output", 9, RETURNED)
    assert (store.tone, store.says) == (Tone.REFUSED, "problem.other_store")
    store.scans(place_code(STORE))
    goes(store, "output", 2, SECONDS, "second")
    goes(store, "output", 1, SCRAP)
    assert store.at(STORE) == Decimal(0), "nothing moves before it is finished"
    store.scans(DONE)
    assert store.shows(HomeView)
    [derived] = store.events(GoodsDerived)
    [one] = derived.derivations
    assert {goods.grade for goods in one.children} == {"", "second"}
    floor.syncs()
    assert [floor.held(one) for one in (RETURNED, STORE, SECONDS, SCRAP)] == [0, 9, 2, 1]
    with reading(floor.engine) as connection:
        assert {row.is_parent for row in connection.execute(select(derivations))} == {True, False}
    assert store.takes_back(store.number(), LEADER) == "said.document_unapproved"
    floor.syncs()
    assert [floor.held(one) for one in (RETURNED, STORE, SECONDS, SCRAP)] == [12, 0, 0, 0]


def test_pieces_that_do_not_come_out_again_need_an_approval(floor: Floor, store: FloorKiosk) -> None:
    store.scans(order_code(RETURN))
    returns(store, 12)
    store.scans(DONE)
    begins_refurbishing(store)
    goes(store, "input", 12, RETURNED)
    goes(store, "output", 11, STORE)
    store.scans(DONE)
    assert store.asked() == ["not_all_out"]
    store.touches("yes")
    assert store.shows(ApprovalView)
    floor.syncs()
    assert floor.held(RETURNED) == Decimal(12)
    store.scans(badge_code(LEADER))
    floor.syncs()
    assert (floor.held(RETURNED), floor.held(STORE)) == (Decimal(0), Decimal(11))
