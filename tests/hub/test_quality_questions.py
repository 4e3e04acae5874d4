"""What people ask of quality: every figure opens to as many scans as it counts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from domain.events.production import GoodsSent
from domain.events.quality import (
    Answer,
    InspectionUndone,
    PiecesInspected,
    QuestionnaireAnswered,
    TicketOpened,
)
from domain.handoff import Defect, Leg, Rating, Verdict
from hub.quality_rules import SatisfactionRule
from hub.question import Column, questions
from hub.store.database import reading, writing
from hub.store.reference import Record, write_records
from hub.views.unit_profile import unit_profile
from tests.hub.chain import AFTER, CHECK, MONTH, Chain, cut
from tests.hub.floor import HEM, SEW, STITCH
from tests.hub.plant import START, P

NOVEMBER = {"since": "2026-11-01", "until": "2026-11-30"}


@pytest.fixture
def floor(database_url: str) -> Iterator[Chain]:
    made = Chain(database_url)
    made.clock.goes_to(AFTER)
    yield made
    made.close()


def asks(floor: Chain, name: str, **asked: str) -> list[Any]:
    """Return all rows of a question, page by page."""
    question = questions()[name]
    query = question.query(**asked, limit=2)
    with reading(floor.engine) as connection:
        pages = question.pages(connection, P, query, AFTER, lambda _right: True)
        return [row for page in pages for row in page.rows]


def opens(floor: Chain, name: str, column: str, row: Any, **asked: str) -> list[Any]:
    """Return the rows of the question a figure opens to."""
    question = questions()[name]
    query = question.query(**asked)
    found: Column = next(one for one in question.columns(query, None) if one.name == column)
    assert found.leads
    assert found.opens
    wanted = {field: value for field, value in found.opens(row, query).items() if value}
    return asks(floor, found.leads(row).removeprefix("/reports/"), **wanted)


def test_a_month_s_verdicts_open_to_as_many_handoffs(floor: Chain) -> None:
    bundles = cut(floor, "B1", "B2", "B3", "B4", "B5")
    floor.goes(bundles, SEW)
    floor.goes(bundles[:3], HEM)
    floor["H1"].judges(bundles[3], SEW, Verdict.REJECT)
    floor["H1"].judges(bundles[4], SEW, Verdict.ACCEPT, accepted=20, rating=Rating.B)
    floor.hears("H1")
    rows = asks(floor, "verdicts", month=MONTH)
    assert [(row.unit_judging, row.unit_judged, row.verdict, row.rating, row.handoffs) for row in rows] == [
        ("HEMMING", "SEWING", "accept", "", 3),
        ("HEMMING", "SEWING", "accept", "B", 1),
        ("HEMMING", "SEWING", "reject", "", 1),
    ]
    assert sum(row.refused for row in rows) == 20
    for row in rows:
        assert len(opens(floor, "verdicts", "handoffs", row, month=MONTH)) == row.handoffs
    assert len(asks(floor, "handoffs", **NOVEMBER)) == len(asks(floor, "handoffs", month=MONTH)) == 5
    [refused] = asks(floor, "handoffs", month=MONTH, verdict="reject")
    assert (refused.bundle, refused.pieces, refused.defects) == ("B4", 0, STITCH)
    assert asks(floor, "handoffs", month="2026-10") == []


def looks(floor: Chain, name: str, operation: Any, defective: int, *defects: Defect) -> None:
    seen = PiecesInspected(
        inspection=name,
        kind="end_line",
        operation=operation,
        checked=10,
        defective=defective,
        result="failed" if defects else "passed",
        defects=defects,
    )
    floor["K1"].says(seen, clock="synced")


def test_inspections_add_up_to_right_first_time_and_the_defects_there_are_most_of(floor: Chain) -> None:
    (one,) = cut(floor, "B1")
    floor.goes(one, SEW)
    floor["H1"].judges(one, SEW, Verdict.REJECT)
    floor.hears("H1")
    looks(floor, "I1", CHECK, 2, Defect(code="hole", pieces=1), Defect(code="stain", pieces=1))
    looks(floor, "I2", CHECK, 0)
    looks(floor, "I3", HEM, 3, Defect(code="hole", pieces=3))
    looks(floor, "I4", HEM, 9, Defect(code="hole", pieces=9))
    floor["K1"].says(InspectionUndone(inspection="I4"), clock="synced")
    floor.hears("K1")
    rows = asks(floor, "first_pass", **NOVEMBER)
    assert [(row.operation, row.looks, row.checked, row.rft, row.dhu) for row in rows] == [
        (CHECK, 2, 20, Decimal("90.0"), Decimal("10.0")),
        (HEM, 1, 10, Decimal("70.0"), Decimal("30.0")),
    ]
    for by in ("unit", "operation", "day"):
        for row in asks(floor, "first_pass", by=by, **NOVEMBER):
            assert len(opens(floor, "first_pass", "looks", row, by=by, **NOVEMBER)) == row.looks
    [undone] = asks(floor, "inspections", result="undone", **NOVEMBER)
    assert (undone.checked, undone.found) == (0, ())  # it is seen, and counts nothing
    defects = asks(floor, "defects", **NOVEMBER)
    pieces = STITCH[0].pieces
    assert [(row.defect, row.inspected, row.sent_back) for row in defects] == sorted(
        [("hole", 4, 0), ("stain", 1, 0), (STITCH[0].code, 0, pieces)],
        key=lambda each: (-(each[1] + each[2]), each[0]),
    )
    assert defects[-1].up_to_here == 100
    for row in defects:
        looked = opens(floor, "defects", "inspected", row, **NOVEMBER)
        back = opens(floor, "defects", "sent_back", row, **NOVEMBER)
        told = [defect for each in looked for defect in each.found]
        told += [defect for each in back for defect in each.defects]
        assert sum(defect.pieces for defect in told if defect.code == row.defect) == row.pieces


def test_what_is_late_is_exposed_with_whose_turn_it_is(floor: Chain) -> None:
    for number, due in (("QT1", date(2026, 11, 24)), ("QT2", date(2026, 12, 30))):
        ticket = TicketOpened(ticket=number, finder="PACKING", due=due, operation=HEM, origin=SEW)
        floor["P9"].says(ticket, clock="synced", event_time=START + timedelta(hours=3))
    floor.hears("P9")
    [row] = asks(floor, "exposure")
    assert (row.owner, row.open, row.exposed, row.late_days) == ("PACKING", 2, 1, 9)
    [late] = opens(floor, "exposure", "exposed", row)
    assert (late.number, late.late_days, late.age_days) == ("QT1", 9, 11)
    assert len(opens(floor, "exposure", "open", row)) == row.open
    assert asks(floor, "quality_tickets", state="closed") == []


def test_goods_that_set_out_are_on_the_way_until_the_next_operation_takes_them_over(floor: Chain) -> None:
    bundles = cut(floor, "B1", "B2")
    floor.goes(bundles, SEW)
    leg = Leg(carrier="A7", container="T12", protection="In boxes", condition="Clean and dry")
    serials = tuple(one.serial for one in bundles)
    floor["S1"].says(GoodsSent(leg=leg, bundles=serials, operation=SEW, destination="HEMMING"))
    floor.hears("S1")
    floor.goes(bundles[0], HEM)
    rows = asks(floor, "goods_sent", **NOVEMBER)
    assert [(row.bundle, row.arrived_at is not None) for row in rows] == [("B1", True), ("B2", False)]
    [waits] = asks(floor, "goods_sent", arrival="on_the_way", destination="HEMMING", **NOVEMBER)
    assert (waits.bundle, waits.carrier, waits.container) == ("B2", "A7", "T12")
    assert (waits.protection, waits.condition) == ("In boxes", "Clean and dry")
    assert [row.bundle for row in asks(floor, "goods_sent", arrival="arrived", **NOVEMBER)] == ["B1"]
    assert asks(floor, "goods_sent", bundle="B3") == []


def test_a_profile_shows_suppliers_customers_and_whether_the_year_s_target_is_attained(floor: Chain) -> None:
    bundles = cut(floor, "B1", "B2", "B3")
    floor.goes(bundles, SEW, HEM)
    floor.goes(bundles[:1], CHECK)
    floor["K1"].judges(bundles[1], HEM, Verdict.REJECT, people=("1015",))
    for month, points in (("2026-10", 4), ("2026-11", 5), ("2025-12", 1)):
        answers = (Answer(question="quality", points=points), Answer(question="counts", points=4))
        floor["K1"].says(
            QuestionnaireAnswered(judge="CHECKING", judged="HEMMING", period=month, answers=answers)
        )
    floor.hears("K1")
    line = {"code": "HEMMING", "workshop": "W", "names": {"en": "Hemming"}}
    with writing(floor.engine) as connection:
        write_records(connection, floor.log, P, [Record(kind="line", key="HEMMING", body=line)])
    strict = SatisfactionRule(targets={"2026/HEMMING": Decimal("4.3")})
    with reading(floor.engine) as connection:
        profile, other = (
            unit_profile(connection, P, "HEMMING", month=MONTH, now=AFTER, rule=rule)
            for rule in (SatisfactionRule(), strict)
        )
        assert unit_profile(connection, P, "NOBODY", month=MONTH, now=AFTER, rule=strict) is None
    assert profile
    assert other
    assert [(one.unit, one.handoffs, one.refused) for one in profile.suppliers] == [("SEWING", 3, 0)]
    assert [(one.unit, one.handoffs, one.refused) for one in profile.customers] == [("CHECKING", 2, 20)]
    assert [device for device, _ in profile.stations] == ["H1"]
    assert (profile.year.points, profile.year.answers) == (Decimal("4.25"), 4)
    assert profile.year.months == (("2026-10", Decimal("4.00")), ("2026-11", Decimal("4.50")))
    assert (profile.year.is_attained, other.year.is_attained) == (True, False)
