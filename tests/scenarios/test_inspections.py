"""Inspections at a kiosk: scan what is looked at, touch what is wrong, record it."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from msgspec.structs import replace

from domain.barcode import ControlCommand
from domain.barcodes.house import control_code
from domain.events.production import JobStarted
from domain.events.quality import InspectionUndone, PiecesInspected
from domain.events.terminal import ScanRefused
from domain.handoff import Defect
from kiosk.screen import HomeView, Tone
from kiosk.work.views import InspectionView, StationView
from tests.sewing import (
    BUNDLE,
    HEM,
    LI,
    LINE_3,
    ORDER,
    OVERLOCK,
    SECOND,
    WANG,
    ZHAO,
    cutting_changes,
    floor_changes,
    sewn,
    ticket,
)
from tests.terminal import Terminal
from tests.world import badge_code, unit_code

TICKET, OTHER_TICKET = ticket(BUNDLE), ticket(SECOND)
DONE, UNDO, NO, REJECT = (
    control_code(one)
    for one in (ControlCommand.DONE, ControlCommand.UNDO, ControlCommand.NO, ControlCommand.REJECT)
)


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    made = Terminal(tmp_path, more=floor_changes(sewn(), sewn(SECOND)))
    made.scans(badge_code(WANG))
    yield made
    assert made.unspoken() == []
    made.close()


def begins(terminal: Terminal, kind: str) -> None:
    terminal.touches("inspection")
    terminal.touches("inspection_kind", kind)


def view(terminal: Terminal) -> InspectionView:
    shown = terminal.view
    assert isinstance(shown, InspectionView)
    return shown


def told(terminal: Terminal) -> PiecesInspected:
    [event] = terminal.events(PiecesInspected)
    return event


def types_in(terminal: Terminal, field: str, digits: str) -> None:
    terminal.touches("tile", field)
    terminal.types(digits)


def tiles(terminal: Terminal) -> list[str]:
    return [one.value for one in view(terminal).tiles]


def test_a_patrol_that_finds_nothing_is_two_scans(terminal: Terminal) -> None:
    begins(terminal, "patrol")
    terminal.scans(TICKET)
    assert (tiles(terminal), view(terminal).result) == (["7", "0"], "green")
    terminal.scans(DONE)
    assert (terminal.tone, terminal.says) == (Tone.STORED, "said.inspected")
    event = told(terminal)
    assert (event.inspection, event.kind, event.result) == ("S301I000001", "patrol", "green")
    assert (event.operation, event.people, event.order) == (OVERLOCK, (LI.number,), ORDER.number)
    assert (event.checked, event.defective) == (7, 0)


def test_a_red_patrol_holds_the_bundle_at_once_also_without_the_hub(terminal: Terminal) -> None:
    begins(terminal, "patrol")
    terminal.scans(TICKET)
    terminal.touches("defect", "skipped_stitch")
    assert view(terminal).result == "yellow"
    terminal.touches("defect", "oil")
    assert view(terminal).result == "red"
    terminal.scans(DONE)
    assert (terminal.tone, terminal.says) == (Tone.LOOK, "said.inspected")
    assert terminal.screen.answer
    assert terminal.screen.answer.way_out
    assert terminal.screen.answer.way_out.key == "said.inspected.patrol.held"
    event = told(terminal)
    assert set(event.defects) == {Defect(code="skipped_stitch", pieces=1), Defect(code="oil", pieces=1)}
    terminal.touches("leave_draft")
    terminal.scans(TICKET)
    assert terminal.says == "problem.on_hold"
    assert "巡检红灯" in terminal.spoken()[0]
    terminal.scans(OTHER_TICKET)
    assert [one.bundle for one in terminal.events(JobStarted)] == [SECOND.serial]


def test_what_was_recorded_by_mistake_is_taken_back_and_is_in_hand_again(terminal: Terminal) -> None:
    begins(terminal, "patrol")
    terminal.scans(TICKET)
    terminal.touches("defect", "oil")
    terminal.touches("defect", "oil")
    terminal.scans(DONE, UNDO)
    assert (terminal.tone, terminal.says) == (Tone.STORED, "said.inspection_undone")
    assert [one.inspection for one in terminal.events(InspectionUndone)] == [told(terminal).inspection]
    assert (tiles(terminal), [one.value for one in view(terminal).today]) == (["7", "2"], ["0"])
    terminal.scans(UNDO)
    assert view(terminal).result == "yellow"
    terminal.touches("leave_draft")
    terminal.scans(TICKET)
    assert [one.bundle for one in terminal.events(JobStarted)] == [BUNDLE.serial]  # it stands still no more


def test_nobody_takes_back_the_inspection_of_another(terminal: Terminal) -> None:
    begins(terminal, "end_line")
    terminal.scans(TICKET)
    terminal.touches("record")
    terminal.scans(badge_code(ZHAO), UNDO)
    assert isinstance(terminal.view, StationView)
    assert not terminal.events(InspectionUndone)


def test_a_patrol_of_a_person_asks_for_the_operation(terminal: Terminal) -> None:
    begins(terminal, "patrol")
    terminal.scans(badge_code(ZHAO))
    assert terminal.loop.state.operator == WANG.number
    terminal.touches("other_operation")
    terminal.scans(DONE)
    assert terminal.says == "problem.inspection_operation_first"
    terminal.touches("acknowledge")
    assert OVERLOCK in [one.value for one in view(terminal).choices]
    terminal.touches("inspection_operation", OVERLOCK)
    terminal.scans(REJECT, DONE)
    event = told(terminal)
    assert (event.people, event.operation, event.bundle, event.result) == (
        (ZHAO.number,),
        OVERLOCK,
        "",
        "yellow",
    )


def test_at_the_end_of_the_line_the_next_ticket_records_the_one_before(terminal: Terminal) -> None:
    begins(terminal, "end_line")
    terminal.scans(TICKET)
    for code in ("oil", "oil", "hem_wavy"):
        terminal.touches("defect", code)
    types_in(terminal, "defective", "2")
    terminal.scans(OTHER_TICKET)
    assert terminal.says == "said.inspected"
    event = told(terminal)
    assert (event.bundle, event.operation) == (BUNDLE.serial, HEM)
    assert (event.checked, event.defective, event.result) == (20, 2, "yellow")
    assert event.defects == (Defect(code="oil", pieces=2), Defect(code="hem_wavy", pieces=1))
    assert view(terminal).name == SECOND.serial
    terminal.scans(DONE)
    today = {one.label.key: one.value for one in view(terminal).today}
    assert today == {"field.looks": "2", "field.checked": "40", "field.dhu": "7.5", "field.rft": "95.0 %"}


def test_more_defective_than_were_looked_at_stays_in_hand(terminal: Terminal) -> None:
    begins(terminal, "end_line")
    terminal.scans(TICKET)
    types_in(terminal, "checked", "3")
    types_in(terminal, "defective", "4")
    terminal.scans(OTHER_TICKET)
    assert terminal.says == "problem.inspection_more_defective"
    types_in(terminal, "checked", "21")
    terminal.scans(DONE)
    assert terminal.says == "problem.inspection_number"
    assert view(terminal).name == BUNDLE.serial
    assert not terminal.events(PiecesInspected)


def test_two_pulls_of_the_trigger_are_one_ticket(terminal: Terminal) -> None:
    begins(terminal, "end_line")
    terminal.scans(TICKET, TICKET)
    assert not terminal.events(PiecesInspected)
    terminal.scans(TICKET, apart_s=6)
    assert told(terminal).result == "green"


def test_a_first_piece_with_a_defect_fails(terminal: Terminal) -> None:
    begins(terminal, "first_piece")
    assert [one.value for one in view(terminal).choices] == [ORDER.number]
    terminal.touches("inspection_order", ORDER.number)
    terminal.touches("defect", "oil")
    terminal.touches("record")
    event = told(terminal)
    assert (event.order, event.checked, event.defective, event.result) == (ORDER.number, 1, 1, "failed")


def test_a_lot_is_taken_or_rejected_by_the_printed_numbers(terminal: Terminal) -> None:
    begins(terminal, "final")
    terminal.scans(ORDER.number, unit_code("CTN1"))
    terminal.scans(DONE)
    assert terminal.says == "problem.inspection_untold"
    types_in(terminal, "lot_size", "1200")
    assert [one.value for one in view(terminal).figures] == ["80", "5 / 6", "7 / 8"]
    types_in(terminal, "major", "5")
    assert view(terminal).result == "passed"
    terminal.touches("option", "aql_major:1.5")
    assert [one.value for one in view(terminal).figures] == ["80", "3 / 4", "7 / 8"]
    assert view(terminal).result == "failed"
    terminal.touches("option", "level:I")
    terminal.touches("record")
    event = told(terminal)
    assert (event.order, event.subject, event.checked, event.defective) == (ORDER.number, "CTN1", 32, 5)
    assert event.result == "failed"
    assert event.figures == {
        "lot_size": "1200",
        "critical": "0",
        "major": "5",
        "minor": "0",
        "level": "I",
        "aql_major": "1.5",
        "aql_minor": "4.0",
    }


def test_a_roll_is_judged_by_its_points_on_a_hundred_square_metres(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path, more=cutting_changes())
    terminal.scans(badge_code(WANG))
    begins(terminal, "fabric")
    terminal.scans(unit_code("R9999"))
    assert terminal.says == "problem.unknown_unit"
    terminal.scans(unit_code("R0001"))
    types_in(terminal, "length_m", "50.5")
    types_in(terminal, "width_cm", "150")
    for points in "441":
        terminal.touches("defect", points)
    types_in(terminal, "metre", "7.1")
    terminal.touches("defect", "3")
    types_in(terminal, "metre", "7.9")
    terminal.touches("defect", "4")
    assert [one.value for one in view(terminal).figures] == ["13", "17.2"]  # metre 7 costs four at most
    terminal.scans(UNDO)
    assert [one.value for one in view(terminal).figures] == ["12", "15.8"]
    types_in(terminal, "limit", "15")
    terminal.scans(unit_code("R0002"))
    assert terminal.says == "problem.inspection_in_hand"
    terminal.scans(DONE)
    event = told(terminal)
    assert (event.subject, event.checked, event.result, event.points) == (
        "R0001",
        0,
        "failed",
        Decimal("15.8"),
    )
    assert event.figures == {
        "length_m": "50.5",
        "width_cm": "150.0",
        "limit": "15",
        "points_1": "1",
        "points_3": "1",
        "points_4": "2",
    }
    assert terminal.unspoken() == []
    terminal.close()


def test_a_needle_whose_fragments_are_missing_holds_the_bundle(terminal: Terminal) -> None:
    begins(terminal, "needle")
    terminal.touches("tile", "subject.text")
    terminal.types("M17")
    terminal.scans(TICKET, DONE)
    assert terminal.says == "problem.inspection_untold"
    terminal.scans(NO, DONE)
    event = told(terminal)
    assert (event.subject, event.bundle, event.result) == ("M17", BUNDLE.serial, "red")
    assert (event.checked, event.figures) == (0, {"fragments": "no"})
    terminal.touches("leave_draft")
    terminal.scans(TICKET)
    assert terminal.says == "problem.on_hold"


def test_what_was_told_outlives_a_power_cut_and_the_way_home(terminal: Terminal) -> None:
    begins(terminal, "end_line")
    terminal.scans(TICKET)
    terminal.touches("defect", "oil")
    terminal.restarts()
    assert (view(terminal).name, tiles(terminal)) == (BUNDLE.serial, ["20", "1"])
    terminal.touches("home")
    assert isinstance(terminal.view, HomeView)
    terminal.touches("inspection")
    terminal.touches("lock")
    terminal.scans(badge_code(WANG))
    assert (view(terminal).name, tiles(terminal)) == (BUNDLE.serial, ["20", "1"])
    terminal.scans(UNDO)
    assert tiles(terminal) == ["20", "0"]
    terminal.scans(UNDO)
    assert view(terminal).name == ""
    terminal.scans(UNDO)
    assert isinstance(terminal.view, StationView)
    assert not terminal.events(PiecesInspected)


def test_what_is_not_looked_at_is_refused_with_its_reason(terminal: Terminal) -> None:
    terminal.touches("inspection")
    terminal.scans(TICKET)
    assert terminal.says == "problem.inspection_kind_first"
    terminal.touches("acknowledge")
    terminal.touches("inspection_kind", "end_line")
    terminal.scans(ORDER.number)
    assert terminal.says == "problem.inspection_other_code"
    terminal.scans(ticket(BUNDLE, copy=2))
    assert terminal.says == "problem.ticket_void"
    terminal.scans(ticket(replace(BUNDLE, serial="C101000009")))
    assert terminal.says == "problem.unknown_bundle"
    terminal.scans(DONE)
    assert terminal.says == "problem.inspection_subject_first"
    assert len(terminal.events(ScanRefused)) == 5
    terminal.scans(TICKET)
    terminal.touches("defect", "oil")
    terminal.touches("other_kind")
    assert terminal.says == "problem.inspection_in_hand"


def test_a_station_offers_the_kinds_it_names_and_one_alone_at_once(tmp_path: Path) -> None:
    table = replace(LINE_3, operations=(), inspections=("fabric",))
    gate = Terminal(tmp_path, more=floor_changes(sewn(), station=table))
    gate.scans(badge_code(WANG))
    assert isinstance(gate.view, HomeView)
    assert "inspection" in [one.action for one in gate.view.documents]
    gate.touches("inspection")
    assert view(gate).kind
    assert gate.loop.state.work.look
    assert gate.loop.state.work.look.kind == "fabric"
    gate.touches("leave_draft")
    assert isinstance(gate.view, HomeView)
    gate.close()
