"""A roll goes to the dyer and comes back under a new label: what was sent is received, scrap, lost or outstanding."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from domain.barcode import ControlCommand
from domain.barcodes.house import control_code
from domain.events.documents import GoodsDerived, PlanLeft
from domain.events.labels import LabelRequested
from domain.plan import PlanRef
from hub.questions.subcontract import QUESTION
from hub.store.database import reading, writing
from hub.store.reference import Record, write_records
from hub.views.subcontract import SubcontractQuery, SubcontractRow
from kiosk.screen import ApprovalView, HomeView, Tone
from tests.floor import Floor, FloorKiosk, document_code
from tests.stock import STOCK
from tests.world import COTTON, KEEPER, LEADER, badge_code, place_code, unit_code

DONE, UNDO = control_code(ControlCommand.DONE), control_code(ControlCommand.UNDO)
RACK, OTHER_RACK, DYER, SCRAP = "RM-A-01", "RM-A-02", "D-DYER", "SCRAP"
DYED = "(240)F-2041(10)D-118(3103){:06d}(3110)000010"
SENT = Decimal("21.4")


@pytest.fixture
def floor(tmp_path: Path) -> Iterator[Floor]:
    made = Floor(tmp_path, stock=STOCK)
    yield made
    assert [one for kiosk in made.kiosks for one in kiosk.unspoken()] == []
    made.close()


@pytest.fixture
def store(floor: Floor) -> FloorKiosk:
    """The store's kiosk; the hub is away, and the roll is sent to be washed, on its card."""
    made = floor.kiosk("K1", "WF", "WS")
    floor.is_away = True
    made.scans(badge_code(KEEPER))
    made.touches("open_document", "WF")
    made.scans(place_code(DYER))
    made.picks("task", "operation")
    made.enters("operation", "WASHING")
    made.enters("card", "CARD7")
    made.scans(unit_code("R0001"))
    assert made.tone is Tone.STORED
    return made


def outstanding(store: FloorKiosk, sent: str) -> Decimal:
    """What is still with the dyer, as the kiosk has it."""
    return SENT - store.store.facts.plan_done(PlanRef(number=sent, line=1), "KGM").value


def settles(store: FloorKiosk, grams: int, result: str = "", grade: str = "", place: str = "") -> None:
    if result:
        store.picks("result", result)
    if grade:
        store.picks("grade", grade)
    store.scans(DYED.format(grams), *([place_code(place)] if place else []))


def test_a_roll_is_sent_as_its_goods_and_leaves_what_has_to_come_back(
    floor: Floor, store: FloorKiosk
) -> None:
    assert (store.at(RACK, COTTON.id), store.at(DYER)) == (Decimal(0), SENT)
    store.scans(UNDO)
    assert (store.at(RACK, COTTON.id), store.at(DYER)) == (SENT, Decimal(0))
    store.scans(unit_code("R0001"), DONE)
    [left] = store.events(PlanLeft)
    [line] = left.plan.lines
    assert (left.plan.kind, line.lot, line.handling_unit, line.place) == ("subcontract", "D-118", "", DYER)
    floor.syncs()
    assert floor.held(DYER, COTTON.id) == SENT
    assert store.takes_back(store.number(), LEADER) == "said.document_unapproved"
    floor.syncs()
    assert (floor.held(RACK, COTTON.id), floor.held(DYER)) == (SENT, Decimal(0))


def test_sent_is_good_seconds_scrap_loss_and_outstanding(floor: Floor, store: FloorKiosk) -> None:
    store.scans(DONE)
    sent = store.number()
    store.scans(document_code(sent))
    settles(store, 15_000, place=OTHER_RACK)
    assert store.tone is Tone.STORED
    settles(store, 2_000, grade="second", place=OTHER_RACK)
    settles(store, 1_000, "scrap")
    settles(store, 300, "loss")
    assert outstanding(store, sent) == SENT - Decimal("18.3")
    settles(store, 9_000, place=OTHER_RACK)
    assert (store.tone, store.says) == (Tone.REFUSED, "problem.over_ceiling"), "so much was never sent"
    store.touches("clear_line")
    store.scans(DONE)
    assert store.shows(HomeView)
    labels = store.events(LabelRequested)
    assert len({one.serial for one in labels if one.serial}) == 2, "what came back has new labels"
    floor.syncs()
    assert floor.held(OTHER_RACK) == Decimal(17)
    assert floor.held(SCRAP) == Decimal(1)
    assert floor.held(DYER) == outstanding(store, sent) == Decimal("3.1")
    children = {goods.grade for one in store.events(GoodsDerived)[-1].derivations for goods in one.children}
    assert children == {"", "second"}
    assert store.takes_back(sent, LEADER) == "problem.built_upon"
    assert store.takes_back(store.number(), LEADER) == "said.document_unapproved"
    floor.syncs()
    assert (floor.held(DYER), floor.held(OTHER_RACK), floor.held(SCRAP)) == (SENT, Decimal(0), Decimal(0))
    assert outstanding(store, sent) == SENT


@pytest.mark.parametrize(("result", "asked"), [("loss", ["large_loss"]), ("concession", [])])
def test_a_large_loss_and_a_concession_wait_for_an_approval(
    result: str, asked: list[str], floor: Floor, store: FloorKiosk
) -> None:
    store.scans(DONE)
    store.scans(document_code(store.number()))
    settles(store, 18_000, place=OTHER_RACK)
    settles(store, 2_000, result, place=OTHER_RACK if result == "concession" else "")
    store.scans(DONE)
    assert store.asked() == asked
    if asked:
        store.touches("yes")
    assert store.shows(ApprovalView)
    floor.syncs()
    assert floor.held(OTHER_RACK) == Decimal(0)
    floor.is_away = True
    store.scans(badge_code(LEADER))
    floor.syncs()
    assert floor.held(OTHER_RACK) == (Decimal(18) if asked else Decimal(20))
    assert floor.held(DYER) == Decimal("1.4")


def test_the_report_adds_up_to_what_was_sent_and_tells_the_fee_to_who_may_see_it(
    floor: Floor, store: FloorKiosk
) -> None:
    store.scans(DONE)
    sent = store.number()
    store.scans(document_code(sent))
    settles(store, 15_000, place=OTHER_RACK)
    settles(store, 2_000, grade="second", place=OTHER_RACK)
    settles(store, 1_000, "scrap")
    settles(store, 300, "loss")
    store.scans(DONE)
    floor.syncs()
    old, new, later = (
        {
            "names": {},
            "code": code,
            "subcontractor": DYER,
            "operation": "WASHING",
            "unit": "KGM",
            "fee": fee,
            "valid_from": day,
        }
        for code, fee, day in (
            ("W1", "2.10", "2026-01-01"),
            ("W2", "2.35", "2026-11-01"),
            ("W3", "9.99", "2026-12-01"),
        )
    )
    with writing(floor.engine) as connection:
        records = [Record(kind="processing_fee", key=one["code"], body=one) for one in (old, new, later)]
        write_records(connection, floor.log, floor.plants[0], records)
    [row] = report(floor, {"processing_fees.prices"})
    amounts = [row.good, row.concession, row.seconds, row.scrap, row.lost, row.open]
    assert [one.text for one in amounts] == ["15", "0", "2", "1", "0.3", "3.1"]
    assert sum((one.value for one in amounts), Decimal(0)) == row.sent.value == SENT
    assert (row.card, row.operation, row.lot, row.loss_share) == (
        "CARD7",
        "WASHING",
        "D-118",
        Decimal("0.016"),
    )
    assert row.fee == Decimal("35.25"), "15 kg of good work at the fee of November"
    assert [one.fee for one in report(floor, set())] == [None]
    names = {one.name for one in QUESTION.seen(None, None, frozenset().__contains__)}
    assert "fee" not in names


def report(floor: Floor, rights: set[str]) -> list[SubcontractRow]:
    with reading(floor.engine) as connection:
        asked = SubcontractQuery(state="all")
        page = QUESTION.ask(connection, floor.plants[0], asked, floor.clock.now(), rights.__contains__)
    return list(page.rows)
