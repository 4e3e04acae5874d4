"""What people say about each other's work, as the hub keeps it: tickets, holds, inspections, calls, voices, scores."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from domain.barcode import ControlCommand
from domain.barcodes.house import control_code
from domain.bundle import BundleSerial
from domain.events.desk import OFFICE
from domain.events.production import CallAnswered, CallMade, WorkResumed, WorkStopped
from domain.events.quality import (
    Answer,
    HoldLifted,
    HoldPlaced,
    InspectionUndone,
    PiecesInspected,
    QuestionnaireAnswered,
    ScorePublished,
    TicketActed,
    TicketOpened,
    UnitRated,
    VoiceAnswered,
    VoiceRaised,
)
from domain.handoff import Defect, Rating
from domain.quality_ticket import Act, Agree, Decide, Dispute, Explain, Mend, Party, Propose, Verify, Vote
from domain.route import OperationCode
from hub.overlay import fits
from hub.projections import calls, holds, inspections, scores, tickets, voices
from hub.store import quality_tables as tables
from hub.store.database import reading
from hub.store.tables import discrepancies, dispositions
from hub.verdict_tally import UnitVerdictRow
from hub.views.quality import inspected
from tests.hub.plant import Kiosk, P, Plant
from tests.sewing import BUNDLE as SEWN
from tests.sewing import WANG, floor_changes, sewn
from tests.sewing import ticket as ticket_code
from tests.terminal import Terminal
from tests.world import badge_code

HEM, OVERLOCK = OperationCode("HEM"), OperationCode("OVERLOCK")
NUMBER, BUNDLE = "QT20261122-A1-0001", BundleSerial("A101000001")
DUE = date(2026, 11, 25)


@pytest.fixture
def plant(database_url: str) -> Iterator[Plant]:
    made = Plant(database_url)
    yield made
    before = made.everything()
    made.rebuilds()
    assert made.everything() == before  # a rebuild finds the same
    made.close()


def opens(kiosk: Kiosk) -> None:
    """Line 3 finds skipped stitches at the hem, and thinks they come from the overlock."""
    stitch = Defect(code="skipped_stitch", pieces=2)
    kiosk.says(
        TicketOpened(
            ticket=NUMBER,
            finder="LINE-3",
            due=DUE,
            operation=HEM,
            origin=OVERLOCK,
            bundle=BUNDLE,
            defects=(stitch,),
        )
    )


def acts(kiosk: Kiosk, *done: Act) -> None:
    for one in done:
        kiosk.says(TicketActed(ticket=NUMBER, act=one))


def booked(plant: Plant, *kiosks: Kiosk) -> None:
    for kiosk in kiosks:
        plant.takes(kiosk)
    plant.books()


def ticket(plant: Plant) -> dict[str, Any]:
    [row] = plant.rows(tables.quality_tickets)
    return row


def test_a_ticket_goes_from_its_finder_to_who_answers_and_back_and_ends_there(plant: Plant) -> None:
    kiosk = plant.kiosk("K1")
    opens(kiosk)
    booked(plant, kiosk)
    assert (ticket(plant)["owner"], ticket(plant)["state"], ticket(plant)["pieces"]) == ("LINE-3", "open", 2)
    acts(kiosk, Propose(by="LINE-3", unit="LINE-2", due=DUE), Agree(by="LINE-2", due=DUE))
    booked(plant, kiosk)
    assert (ticket(plant)["owner"], ticket(plant)["due"]) == ("LINE-2", "2026-11-25")
    acts(
        kiosk,
        Explain(by="LINE-2", cause="worn needle", due=DUE),
        Mend(by="LINE-2", action="needles changed each morning", due=DUE),
        Verify(by="LINE-3", is_mended=True, due=DUE),
    )
    booked(plant, kiosk)
    held = ticket(plant)
    assert (held["owner"], held["state"], held["closed_on"]) == ("", "closed", "2026-11-22")
    told = [(row["act"], row["owner"], row["outcome"]) for row in plant.rows(tables.ticket_acts)]
    assert told == [
        ("propose", "LINE-3", "done"),
        ("agree", "LINE-2", "done"),
        ("explain", "LINE-2", "done"),
        ("mend", "LINE-2", "done"),
        ("verify", "LINE-3", "done"),
    ]


def test_what_was_not_its_turn_changes_nothing_and_somebody_looks_at_it(plant: Plant) -> None:
    kiosk = plant.kiosk("K1")
    opens(kiosk)
    acts(kiosk, Verify(by="LINE-3", is_mended=True, due=DUE))
    booked(plant, kiosk)
    assert ticket(plant)["state"] == "open"
    assert [row["outcome"] for row in plant.rows(tables.ticket_acts)] == ["ticket_not_now"]
    [found] = plant.rows(discrepancies)
    assert (found["kind"], found["key"], found["owner"]) == (
        "ticket_contradiction",
        NUMBER,
        "role:supervisor",
    )
    [disposed] = plant.rows(dispositions)
    assert disposed["state"] == "booked_with_exception"


def test_a_disputed_ticket_is_decided_by_three_together(plant: Plant) -> None:
    kiosk = plant.kiosk("K1")
    opens(kiosk)
    acts(
        kiosk,
        Propose(by="LINE-3", unit="LINE-2", due=DUE),
        Dispute(by="LINE-2", reason="cut crooked", due=DUE),
    )
    later = date(2026, 12, 2)
    votes = {Party.QUALITY: DUE, Party.PRODUCTION: later, Party.DOWNSTREAM: DUE}
    for party, due in votes.items():
        acts(kiosk, Decide(party=party, vote=Vote(unit="CUTTING", due=due)))
    booked(plant, kiosk)
    held = ticket(plant)
    assert (held["state"], held["unit"], held["owner"], held["due"]) == (
        "agreed",
        "CUTTING",
        "CUTTING",
        "2026-12-02",
    )
    assert [row["owner"] for row in plant.rows(tables.ticket_acts)][2:] == [
        "quality",
        "production",
        "downstream",
    ]


def test_an_act_about_a_ticket_nobody_opened_is_parked(plant: Plant) -> None:
    kiosk = plant.kiosk("K1")
    acts(kiosk, Agree(by="LINE-2", due=DUE))
    opens(kiosk)
    opens(kiosk)
    booked(plant, kiosk)
    assert [row["code"] for row in plant.rows(dispositions)] == ["unknown_number", "number_twice"]
    assert ticket(plant)["state"] == "open"


def test_a_hold_stands_until_it_is_lifted_once(plant: Plant) -> None:
    kiosk = plant.kiosk("K1")
    kiosk.says(HoldPlaced(hold="H1", scope="shade", key="D-118", reason="shade", ticket=NUMBER))
    booked(plant, kiosk)
    [held] = plant.rows(tables.holds)
    assert (held["scope"], held["key"], held["lifted_at"]) == ("shade", "D-118", None)
    kiosk.says(HoldLifted(hold="H1", reason="sorted"), operator="1050")
    kiosk.says(HoldLifted(hold="H1", reason="again"), operator="1051")
    booked(plant, kiosk)
    [held] = plant.rows(tables.holds)
    assert (held["lifted_by"], held["lift_reason"]) == ("1050", "sorted")


def looks(kiosk: Kiosk, name: str, defective: int, **rest: Any) -> None:
    result = ("green", "yellow", "red")[min(defective, 2)]
    values: dict[str, Any] = {
        "kind": "patrol",
        "operation": HEM,
        "checked": 7,
        "bundle": BUNDLE,
        "result": result,
    }
    kiosk.says(PiecesInspected(inspection=name, defective=defective, **(values | rest)))


def test_a_red_patrol_holds_its_bundle_and_a_yellow_one_does_not(plant: Plant) -> None:
    kiosk = plant.kiosk("K1")
    looks(kiosk, "I1", 1)
    looks(kiosk, "I2", 3, defects=(Defect(code="skipped_stitch", pieces=3), Defect(code="oil", pieces=2)))
    looks(kiosk, "I3", 9, result="red")
    booked(plant, kiosk)
    [held] = plant.rows(tables.holds)
    assert (held["name"], held["scope"], held["key"], held["reason"]) == (
        "I2",
        "bundle",
        BUNDLE,
        "red_patrol",
    )
    counts = [
        (row["name"], row["checked"], row["defective"], row["defects"])
        for row in plant.rows(tables.inspections)
    ]
    assert counts == [("I1", 7, 1, 1), ("I2", 7, 3, 5)]
    assert [row["code"] for row in plant.rows(dispositions)] == ["bad_fact"]  # nine of seven


def test_what_an_inspector_enters_at_a_kiosk_holds_the_bundle_here_too(plant: Plant, tmp_path: Path) -> None:
    terminal, kiosk = Terminal(tmp_path, more=floor_changes(sewn())), plant.kiosk("K1")
    terminal.scans(badge_code(WANG))
    terminal.touches("inspection")
    terminal.touches("inspection_kind", "needle")
    terminal.scans(ticket_code(SEWN), control_code(ControlCommand.NO), control_code(ControlCommand.DONE))
    [event] = terminal.events(PiecesInspected)
    terminal.close()
    kiosk.says(event, operator=WANG.number)
    booked(plant, kiosk)
    [row], [held] = plant.rows(tables.inspections), plant.rows(tables.holds)
    assert (row["name"], row["kind"], row["result"]) == (event.inspection, "needle", "red")
    assert (row["checked"], row["figures_json"]) == (0, '{"fragments":"no"}')
    assert (held["name"], held["key"], held["reason"]) == (event.inspection, SEWN.serial, "needle_fragment")


def test_an_inspection_that_is_taken_back_counts_nothing_and_holds_nothing(plant: Plant) -> None:
    kiosk = plant.kiosk("K1")
    looks(kiosk, "I1", 3, defects=(Defect(code="oil", pieces=3),))
    looks(kiosk, "I2", 0)
    for name in ("I1", "I2", "I3"):
        kiosk.says(InspectionUndone(inspection=name))
    booked(plant, kiosk)
    [held] = plant.rows(tables.holds)
    assert (held["lift_reason"], bool(held["lifted_at"])) == ("undone", True)
    counts = {(row["checked"], row["defects"], row["result"]) for row in plant.rows(tables.inspections)}
    assert counts == {(0, 0, "undone")}
    with reading(plant.engine) as connection:
        found = inspected(connection, P, date.min, date.max)
    assert (found.total.looks, len(found.newest)) == (0, 2), "seen, and not counted"
    assert [row["code"] for row in plant.rows(dispositions)] == [
        "unknown_number"
    ]  # nobody recorded the third


def test_a_call_is_open_until_what_was_called_for_is_settled(plant: Plant) -> None:
    kiosk = plant.kiosk("K1")
    kiosk.says(CallMade(call="C1", kind="mechanic", operation=HEM, reason="needle"))
    kiosk.says(CallAnswered(call="C1"), operator="1044")
    kiosk.says(WorkStopped(stoppage="P1", kind="stoppage", reason="machine"))
    booked(plant, kiosk)
    [call], [stop] = plant.rows(tables.calls), plant.rows(tables.stoppages)
    assert (call["answered_by"], call["over_at"], stop["ended_at"]) == ("1044", None, None)
    kiosk.says(CallAnswered(call="C1", is_over=True), operator="1045")
    kiosk.says(WorkResumed(stoppage="P1"))
    booked(plant, kiosk)
    [call], [stop] = plant.rows(tables.calls), plant.rows(tables.stoppages)
    assert (call["answered_by"], bool(call["over_at"]), bool(stop["ended_at"])) == ("1044", True, True)


def test_a_voice_has_a_date_and_an_answer(plant: Plant) -> None:
    kiosk = plant.kiosk("K1")
    kiosk.says(VoiceRaised(voice="V1", kind="suggestion", unit="LINE-2", text="tie by size " * 20, due=DUE))
    kiosk.says(VoiceAnswered(voice="V1", text="from Monday"), operator="1021")
    kiosk.says(VoiceAnswered(voice="V1", text="done", is_done=True), operator="1021")
    booked(plant, kiosk)
    [row] = plant.rows(tables.voices)
    assert (row["answer"], row["is_done"], row["due"]) == ("done", True, "2026-11-25")


def test_a_units_last_rating_of_a_month_counts_and_a_bad_one_says_why(plant: Plant) -> None:
    kiosk = plant.kiosk("K1")
    for rating, reason in ((Rating.B, ""), (Rating.D, "slow"), (Rating.E, "")):
        kiosk.says(UnitRated(judge="LINE-3", judged="MAINT", period="2026-11", rating=rating, reason=reason))
    kiosk.says(UnitRated(judge="LINE-3", judged="LINE-3", period="2026-11", rating=Rating.A))
    answers = (Answer(question="on_time", points=4), Answer(question="counts", points=2))
    kiosk.says(QuestionnaireAnswered(judge="LINE-3", judged="MAINT", period="2026-11", answers=answers))
    booked(plant, kiosk)
    assert [(row["rating"], row["reason"]) for row in plant.rows(tables.unit_ratings)] == [("D", "slow")]
    assert [row["points"] for row in plant.rows(tables.questionnaire_answers)] == [2, 4]
    assert [row["code"] for row in plant.rows(dispositions)] == ["bad_fact", "bad_fact"]


def test_a_month_is_published_by_the_office_alone_and_once(plant: Plant) -> None:
    kiosk, office = plant.kiosk("K1"), plant.kiosk(OFFICE)
    score = ScorePublished(
        period="2026-10",
        unit="LINE-2",
        objective=Decimal("91.5"),
        subjective=None,
        total=Decimal("91.5"),
        attainment=Decimal("0.98"),
        coefficient=Decimal("0.98"),
        ratings=0,
    )
    kiosk.says(score)
    office.says(score, operator="1002")
    office.says(score, operator="1002")
    booked(plant, kiosk, office)
    [row] = plant.rows(tables.published_scores)
    assert (row["period"], row["unit"], row["person"]) == ("2026-10", "LINE-2", "1002")
    assert [row["code"] for row in plant.rows(dispositions)] == ["bad_fact", "published_twice"]


def test_days_are_those_of_a_clock_that_is_set_else_of_the_arrival(plant: Plant) -> None:
    kiosk = plant.kiosk("K1")
    for number, clock in (("QT1", "synced"), ("QT2", "unsure")):
        event = TicketOpened(ticket=number, finder="LINE-3", due=DUE, operation=HEM)
        kiosk.says(event, clock=clock, event_time=datetime(2026, 11, 20, 8, tzinfo=UTC))
    booked(plant, kiosk)
    assert [row["opened_on"] for row in plant.rows(tables.quality_tickets)] == ["2026-11-20", "2026-11-22"]


def test_every_row_has_the_columns_of_its_table() -> None:
    kinds = (
        (tables.quality_tickets, tickets.TicketRow),
        (tables.ticket_acts, tickets.TicketActRow),
        (tables.holds, holds.HoldRow),
        (tables.inspections, inspections.InspectionRow),
        (tables.voices, voices.VoiceRow),
        (tables.fault_sessions, voices.FaultSessionRow),
        (tables.calls, calls.CallRow),
        (tables.stoppages, calls.StoppageRow),
        (tables.unit_ratings, scores.RatingRow),
        (tables.questionnaire_answers, scores.AnswerRow),
        (tables.unit_verdicts, UnitVerdictRow),
        (tables.published_scores, scores.ScoreRow),
    )
    assert [table.name for table, kind in kinds if not fits(table, kind)] == []
    assert {table for table, _ in kinds} == set(tables.QUALITY_PROJECTED)
