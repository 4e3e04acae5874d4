"""Plans that documents leave, and documents that are taken back, as the hub keeps them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import msgspec
import pytest
from sqlalchemy import select

from domain.events.documents import (
    DocumentCompleted,
    DocumentOpened,
    DocumentUnapproved,
    GoodsDerived,
    LineRecorded,
    PlanLeft,
)
from domain.item import ItemId
from domain.place import PlaceId
from domain.plan import Plan, PlanLine, PlanRef
from domain.stock import Derivation, Goods, Movement
from hub.feed import changes
from hub.projections.plans import LeftPlanRow
from hub.store import tables
from hub.store.database import reading
from tests.hub.plant import START, Kiosk, Plant, kg, moved


@pytest.fixture
def plant(database_url: str) -> Iterator[Plant]:
    made = Plant(database_url)
    yield made
    made.close()


def codes(plant: Plant) -> list[tuple[str, str]]:
    return [(row["state"], row["code"]) for row in plant.rows(tables.dispositions)]


OUT, IN = "YC-1", "YCI-1"
SENT = Plan(
    kind="transfer",
    number=OUT,
    partner=PlaceId("A2"),
    lines=(PlanLine(line=1, item=ItemId("I1"), lot="L1", quantity=kg("30"), place=PlaceId("QUA")),),
)
"""What was sent; the quarantine area stands for the road here."""


def line_of(document: str, movement: Movement, number: int, plan: PlanRef | None = None) -> LineRecorded:
    return LineRecorded(
        document=document,
        document_type=document.partition("-")[0],
        line=number,
        values={"item": movement.goods.item, "quantity": movement.quantity},
        movements=(movement,),
        plan=plan,
    )


def sends(kiosk: Kiosk, kilos: str = "30") -> None:
    kiosk.receives("30", document="CS-1", line=1)
    kiosk.says(DocumentOpened(document=OUT, document_type="YC", header={"destination": "A2"}))
    kiosk.says(line_of(OUT, moved("A1", "QUA", kilos), 1))
    kiosk.says(DocumentCompleted(document=OUT, document_type="YC", outcome="closed", lines=1))
    kiosk.says(PlanLeft(document=OUT, document_type="YC", plan=SENT))


def takes_in(kiosk: Kiosk, kilos: str) -> None:
    ref = PlanRef(number=OUT, line=1)
    kiosk.says(DocumentOpened(document=IN, document_type="YCI", header={"plan": OUT}))
    kiosk.says(line_of(IN, moved("QUA", "A2", kilos), 1, ref))
    kiosk.says(DocumentCompleted(document=IN, document_type="YCI", outcome="closed", lines=1))


def plans_told(plant: Plant) -> list[Plan | None]:
    """Return what the feed says of plans, in order."""
    told = changes(plant.engine, plant.device("K1"), "", 1000, START + timedelta(hours=2)).changes
    return [
        msgspec.convert(one.body, Plan) if one.body else None
        for one in told
        if one.kind == "plan" and one.key == OUT
    ]


def test_a_plan_left_goes_to_other_kiosks_and_is_closed_once_all_of_it_arrived(plant: Plant) -> None:
    kiosk = plant.kiosk("K1")
    sends(kiosk)
    plant.takes(kiosk)
    plant.books()
    assert codes(plant) == []
    assert plans_told(plant) == [SENT]
    takes_in(kiosk, "20")
    plant.takes(kiosk)
    plant.books()
    assert [row["lines_open"] for row in plant.rows(tables.left_plans)] == [1]
    [missing] = plant.rows(tables.discrepancies, kind="transit_difference")
    assert (missing["key"], missing["closed_at"]) == (OUT, None)
    kiosk.says(line_of(IN, moved("QUA", "A2", "10"), 2, PlanRef(number=OUT, line=1)))
    plant.takes(kiosk)
    plant.books()
    [told] = plans_told(plant)
    assert told is not None
    assert told.closed
    [found] = plant.rows(tables.discrepancies, kind="transit_difference")
    assert found["closed_at"] is not None
    assert codes(plant) == []


def test_a_document_taken_back_leaves_nothing_and_its_plan_is_gone(plant: Plant) -> None:
    kiosk = plant.kiosk("K1")
    sends(kiosk)
    back = moved("QUA", "A1", "30")
    kiosk.says(DocumentUnapproved(document=OUT, document_type="YC", person="1002", movements=(back,)))
    plant.takes(kiosk)
    plant.books()
    assert codes(plant) == []
    assert {key[0]: value for key, value in plant.balances().items() if value} == {
        "SUP": -30,
        "A1": 30,
    }
    assert plans_told(plant) == [None]
    states = {row["number"]: (row["status"], row["lines"]) for row in plant.rows(tables.documents)}
    assert states[OUT] == ("unapproved", 0)


def test_what_was_received_is_still_to_come_when_the_receipt_is_taken_back(plant: Plant) -> None:
    kiosk = plant.kiosk("K1")
    sends(kiosk)
    takes_in(kiosk, "30")
    back = moved("A2", "QUA", "30")
    kiosk.says(DocumentUnapproved(document=IN, document_type="YCI", person="1002", movements=(back,)))
    plant.takes(kiosk)
    plant.books()
    assert codes(plant) == []
    assert [row["done"] for row in plant.rows(tables.plan_progress)] == [0]
    assert [row["lines_open"] for row in plant.rows(tables.left_plans)] == [1]


@pytest.mark.parametrize("kilos", ["29", "31"])
def test_taking_back_anything_but_the_exact_opposite_is_parked(plant: Plant, kilos: str) -> None:
    kiosk = plant.kiosk("K1")
    sends(kiosk)
    back = moved("QUA", "A1", kilos)
    kiosk.says(DocumentUnapproved(document=OUT, document_type="YC", person="1002", movements=(back,)))
    plant.takes(kiosk)
    plant.books()
    assert [code for state, code in codes(plant) if state == "parked"] == ["bad_fact"]
    assert {row["number"]: row["status"] for row in plant.rows(tables.documents)}[OUT] == "closed"


def test_a_document_is_taken_back_once(plant: Plant) -> None:
    kiosk = plant.kiosk("K1")
    sends(kiosk)
    back = DocumentUnapproved(
        document=OUT, document_type="YC", person="1002", movements=(moved("QUA", "A1", "30"),)
    )
    kiosk.says(back)
    kiosk.says(back)
    plant.takes(kiosk)
    plant.books()
    assert [code for state, code in codes(plant) if state == "parked"] == ["bad_fact"]


def test_parents_and_children_are_kept(plant: Plant) -> None:
    kiosk = plant.kiosk("K1")
    derived = Derivation(
        parents=(Goods(item=ItemId("I1"), lot="L1"),),
        children=(Goods(item=ItemId("I2"), handling_unit="R1"), Goods(item=ItemId("I2"), handling_unit="R2")),
    )
    kiosk.says(GoodsDerived(document="XT-1", document_type="XT", derivations=(derived,)))
    plant.takes(kiosk)
    plant.books()
    with reading(plant.engine) as connection:
        rows = connection.execute(select(tables.derivations)).all()
    assert [(row.is_parent, row.item, row.handling_unit) for row in rows] == [
        (True, "I1", ""),
        (False, "I2", "R1"),
        (False, "I2", "R2"),
    ]


def test_replaying_the_ledger_gives_the_same_plans(plant: Plant) -> None:
    kiosk = plant.kiosk("K1")
    sends(kiosk)
    takes_in(kiosk, "20")
    plant.takes(kiosk)
    plant.books()
    before = plant.everything()
    plant.rebuilds()
    assert plant.everything() == before


def test_row_of_plans_left_is_the_tables_columns() -> None:
    assert list(LeftPlanRow.__struct_fields__) == [one.name for one in tables.left_plans.columns]
