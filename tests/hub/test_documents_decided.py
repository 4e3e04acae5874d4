"""Two people decide about one document, unknown to each other: it ends the same way, whoever's word comes first."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import permutations

import pytest

from domain.events.documents import (
    DocumentApproved,
    DocumentCompleted,
    DocumentJoined,
    DocumentOpened,
    DocumentSentBack,
    GoodsDerived,
    LineRecorded,
)
from domain.item import ItemId
from domain.stock import Derivation, Goods, Movement
from hub.store import tables
from tests.hub.plant import Kiosk, Plant, moved

NUMBER = "TZ20261122-K1-0001"


@pytest.fixture
def plant(database_url: str) -> Iterator[Plant]:
    made = Plant(database_url)
    yield made
    made.close()


def submits(kiosk: Kiosk, line: int, kilos: str) -> None:
    """The maker records a line and submits the document with what it comes to."""
    one = moved("A1", "LF", kilos)
    values = {"item": one.goods.item, "quantity": one.quantity}
    if line == 1:
        kiosk.says(DocumentOpened(document=NUMBER, document_type="TZ"))
    kiosk.says(LineRecorded(document=NUMBER, document_type="TZ", line=line, values=values))
    kiosk.says(
        DocumentCompleted(
            document=NUMBER, document_type="TZ", outcome="submitted", lines=line, proposed=(one,)
        )
    )


def joins(kiosk: Kiosk) -> Kiosk:
    kiosk.says(DocumentJoined(document=NUMBER, document_type="TZ", opened_on="K1"))
    return kiosk


def approves(kiosk: Kiosk, kilos: str = "2", person: str = "1003") -> Movement:
    one = moved("A1", "LF", kilos)
    kiosk.says(DocumentApproved(document=NUMBER, document_type="TZ", approver=person, movements=(one,)))
    return one


def sends_back(kiosk: Kiosk) -> None:
    kiosk.says(DocumentSentBack(document=NUMBER, document_type="TZ", person="1004", reason="no"))


def outcome(plant: Plant) -> tuple[str, str, set[str], int]:
    """Status, approver, what is open at the desk, and what lies in lost and found."""
    [row] = plant.rows(tables.documents)
    opened = {one["kind"] for one in plant.rows(tables.discrepancies) if one["closed_at"] is None}
    return row["status"], row["approver"], opened - {"shortage"}, int(plant.balances().get(("LF", "I1"), 0))


def hears(plant: Plant, *kiosks: Kiosk) -> None:
    for kiosk in kiosks:
        plant.takes(kiosk)
        plant.books()


def test_sent_back_it_is_open_and_approved_after_that_it_was_mended_all_is_well(plant: Plant) -> None:
    maker, leader = plant.kiosk("K1"), plant.kiosk("K2")
    submits(maker, 1, "2")
    hears(plant, maker)
    sends_back(joins(leader))
    hears(plant, leader)
    assert outcome(plant) == ("open", "", set(), 0)
    submits(maker, 2, "3")
    plant.takes(maker, maker.upload(first=4))
    plant.books()
    assert outcome(plant) == ("submitted", "", set(), 0)
    approves(leader, "3")
    plant.takes(leader, leader.upload(first=3))
    plant.books()
    assert outcome(plant) == ("closed", "1003", set(), 3)


@pytest.mark.parametrize("order", [("K2", "K3"), ("K3", "K2")])
def test_approved_and_sent_back_it_stays_approved_and_is_somebodys(
    plant: Plant, order: tuple[str, str]
) -> None:
    maker = plant.kiosk("K1")
    submits(maker, 1, "2")
    hears(plant, maker)
    others = {name: joins(plant.kiosk(name)) for name in ("K2", "K3")}
    approves(others["K2"])
    sends_back(others["K3"])
    hears(plant, *(others[name] for name in order))
    assert outcome(plant) == ("closed", "1003", {"decided_apart"}, 2)
    before = plant.everything()
    plant.rebuilds()
    assert plant.everything() == before


@pytest.mark.parametrize("order", list(permutations(("approval", "mending"))))
def test_an_approval_of_what_was_sent_back_and_mended_since_is_somebodys(
    plant: Plant, order: tuple[str, str]
) -> None:
    maker, leader, boss = (plant.kiosk(name) for name in ("K1", "K2", "K3"))
    submits(maker, 1, "2")
    hears(plant, maker)
    sends_back(joins(boss))
    hears(plant, boss)
    submits(maker, 2, "5")
    approves(joins(leader))
    for one in order:
        if one == "approval":
            plant.takes(leader)
        else:
            plant.takes(maker, maker.upload(first=4))
        plant.books()
    status, approver, kinds, moved_there = outcome(plant)
    assert (status, approver, moved_there) == ("closed", "1003", 2)
    assert "decided_apart" in kinds


def test_the_first_approval_counts_and_what_follows_from_a_second_is_parked_with_it(plant: Plant) -> None:
    maker = plant.kiosk("K1")
    submits(maker, 1, "2")
    hears(plant, maker)
    made = Derivation(
        parents=(Goods(item=ItemId("I1")),), children=(Goods(item=ItemId("I2"), handling_unit="R1"),)
    )
    for name, person in (("K2", "1003"), ("K3", "1004")):
        kiosk = joins(plant.kiosk(name))
        approves(kiosk, person=person)
        kiosk.says(GoodsDerived(document=NUMBER, document_type="TZ", derivations=(made,)))
        hears(plant, kiosk)
    assert outcome(plant) == ("closed", "1003", {"parked"}, 2)
    parked = [row["code"] for row in plant.rows(tables.dispositions) if row["state"] == "parked"]
    assert parked == ["approved_twice", "approved_twice"]
    assert len(plant.rows(tables.derivations)) == 2
    before = plant.everything()
    plant.rebuilds()
    assert plant.everything() == before


def test_the_office_is_no_kiosk(plant: Plant) -> None:
    maker = plant.kiosk("K1")
    submits(maker, 1, "2")
    hears(plant, maker)
    office = joins(plant.kiosk("OFFICE"))
    approves(office)
    hears(plant, office)
    assert outcome(plant) == ("closed", "1003", set(), 2)
    assert {row["device"] for row in plant.rows(tables.kiosks)} == {"K1"}
