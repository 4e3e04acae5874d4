"""The first ticket of a lay is scanned back before the rest is printed: a bad head costs one label, not two hundred."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest

from domain.barcode import ControlCommand
from domain.barcodes.house import HouseType, control_code, house_code
from domain.events.labels import LabelBatchHeld, LabelBatchReleased, LabelReported, LabelRequested
from domain.events.production import JobStarted
from domain.wire import Change
from drivers.emulator import EmulatedPrinter
from kiosk.label_views import FirstLabelView, ReprintView
from kiosk.screen import Tone, Words
from kiosk.work.views import StationView
from tests.drivers.listening import eventually
from tests.drivers.printing import printed_numbers
from tests.scenarios.ticket_batch import cut_tickets, prints_tickets, signed_on_at_cutting, ticket_number
from tests.sewing import LI, WANG, cutting_changes
from tests.terminal import Terminal
from tests.world import badge_code


def changes() -> list[Change]:
    """The cutting table, where tickets are scanned back; Li may let a batch out unscanned."""
    told: list[Change] = []
    for one in cutting_changes():
        body = dict(one.body or {})
        if one.kind == "station":
            body["scan_first"] = ["bundle_ticket"]
        if one.kind == "person" and one.key == LI.number:
            body["rights"] = [*body.get("rights", ()), "label.release"]
        told.append(msgspec.structs.replace(one, body=body))
    return told


@pytest.fixture
def table(tmp_path: Path) -> Iterator[Terminal]:
    yield from signed_on_at_cutting(tmp_path, changes())


def comes_out(table: Terminal, label: LabelRequested) -> None:
    assert table.store.jobs.mark(label.job, "sending", "")
    assert table.store.jobs.mark(label.job, "printed", "")


def states(table: Terminal, labels: list[LabelRequested]) -> list[str]:
    found = [table.store.jobs.job(one.job) for one in labels]
    return [one.state for one in found if one]


def screen(table: Terminal) -> FirstLabelView:
    assert isinstance(table.view, FirstLabelView)
    return table.view


def queue(table: Terminal) -> ReprintView:
    assert isinstance(table.view, ReprintView)
    return table.view


def alarms(table: Terminal) -> list[str]:
    return [one.code for one in table.screen.frame.alarms]


def test_only_the_first_ticket_goes_out_and_the_screen_says_what_is_expected(table: Terminal) -> None:
    tickets = cut_tickets(table)
    assert len(tickets) == 6
    assert states(table, tickets) == ["waiting", *["unproven"] * 5]
    assert table.events(LabelBatchHeld) == [
        LabelBatchHeld(batch=tickets[0].job.rpartition(".")[0], first=tickets[0].job)
    ]
    assert screen(table).asks == Words(key="ask.first_label_comes")
    comes_out(table, tickets[0])
    table.waits(1)
    assert table.store.jobs.oldest("door") is None
    assert not table.store.jobs.mark(tickets[1].job, "sending", "")
    assert screen(table).asks == Words(key="ask.first_label")
    assert screen(table).label == tickets[0].serial
    assert screen(table).rest == Words(key="screen.first_label.rest", parameters={"count": "5"})
    assert alarms(table) == ["labels_unproven"]


def test_the_right_scan_lets_the_rest_out_and_does_nothing_else(table: Terminal) -> None:
    tickets = cut_tickets(table)
    comes_out(table, tickets[0])
    table.scans(tickets[0].data["code"])
    assert states(table, tickets) == ["printed", *["waiting"] * 5]
    assert table.events(LabelBatchReleased) == [LabelBatchReleased(batch=tickets[0].job.rpartition(".")[0])]
    assert (table.says, table.tone) == ("said.batch_released", Tone.STORED)
    assert isinstance(table.view, StationView), "the work goes on where it was"
    assert table.events(JobStarted) == []
    assert alarms(table) == []


@pytest.mark.parametrize("way", ["second", "foreign", "roll", "garbled"])
def test_a_wrong_label_is_told_and_costs_nothing(table: Terminal, way: str) -> None:
    tickets = cut_tickets(table)
    comes_out(table, tickets[0])
    before = len(table.events())
    wrong = {
        "second": tickets[1].data["code"],
        "foreign": "6901234567892",
        "roll": house_code(HouseType.HANDLING_UNIT, "R0001"),
        "garbled": tickets[0].data["code"][:-1],
    }[way]
    table.scans(wrong)
    assert table.tone is Tone.REFUSED
    assert [type(one).__name__ for one in table.events()[before:]] == ["ScanRefused"]
    assert states(table, tickets) == ["printed", *["unproven"] * 5]
    assert isinstance(table.view, FirstLabelView)
    table.scans(tickets[0].data["code"])
    assert states(table, tickets) == ["printed", *["waiting"] * 5]


def test_an_old_label_proves_nothing_before_the_new_one_came_out(table: Terminal) -> None:
    tickets = cut_tickets(table)
    table.scans(tickets[0].data["code"])
    assert table.says == "problem.first_label_not_out"
    assert states(table, tickets) == ["waiting", *["unproven"] * 5]


def test_one_that_cannot_be_read_is_printed_again_with_its_reason(table: Terminal) -> None:
    tickets = cut_tickets(table)
    comes_out(table, tickets[0])
    table.touches("first_again")
    again = table.events(LabelRequested)[-1]
    assert (again.serial, again.reason) == (tickets[0].serial, "unreadable")
    oldest = table.store.jobs.oldest("door")
    assert oldest is not None
    assert oldest.job_id == again.job, "it goes out before the rest"
    assert isinstance(table.view, FirstLabelView)
    comes_out(table, again)
    table.scans(again.data["code"])
    assert states(table, tickets) == ["printed", *["waiting"] * 5]


def test_the_rest_is_cancelled(table: Terminal) -> None:
    tickets = cut_tickets(table)
    comes_out(table, tickets[0])
    table.touches("cancel_batch")
    assert states(table, tickets) == ["printed", *["cancelled"] * 5]
    assert [one.state for one in table.events(LabelReported)] == ["cancelled"] * 5
    assert alarms(table) == []
    assert isinstance(table.view, StationView)


def test_who_may_lets_it_out_with_a_reason_that_is_recorded(table: Terminal) -> None:
    tickets = cut_tickets(table)
    comes_out(table, tickets[0])
    table.touches("release_batch")
    assert screen(table).asks == Words(key="ask.release_reason")
    table.touches("release_reason", "scanner_out_of_order")
    assert screen(table).asks == Words(key="ask.release_badge")
    table.scans(badge_code(WANG))
    assert table.says == "problem.may_not_release"
    assert states(table, tickets) == ["printed", *["unproven"] * 5]
    table.scans(badge_code(LI))
    assert table.events(LabelBatchReleased) == [
        LabelBatchReleased(
            batch=tickets[0].job.rpartition(".")[0], reason="scanner_out_of_order", released_by=LI.number
        )
    ]
    assert states(table, tickets) == ["printed", *["waiting"] * 5]


def test_who_may_and_is_signed_on_need_not_show_the_badge_again(table: Terminal) -> None:
    table.scans(badge_code(LI))
    tickets = cut_tickets(table)
    table.touches("release_batch")
    table.touches("release_reason", "urgent")
    assert table.events(LabelBatchReleased)[0].released_by == LI.number
    assert states(table, tickets) == ["waiting"] * 6


def test_left_for_later_it_is_asked_about_everywhere_and_scanned_anywhere(table: Terminal) -> None:
    tickets = cut_tickets(table)
    comes_out(table, tickets[0])
    table.scans(control_code(ControlCommand.NO))
    assert isinstance(table.view, StationView)
    assert alarms(table) == ["labels_unproven"]
    table.touches("home")
    table.touches("reprint")
    row = queue(table).jobs[0]
    assert row.state == Words(key="label.state.unproven")
    table.touches("select_job", row.job)
    table.touches("first_label", tickets[0].job.rpartition(".")[0])
    assert isinstance(table.view, FirstLabelView)
    table.touches("home")
    table.scans(tickets[0].data["code"])
    assert states(table, tickets) == ["printed", *["waiting"] * 5]
    assert table.says == "said.batch_released"


def test_a_range_printed_again_begins_with_its_first_label_too(table: Terminal) -> None:
    tickets = cut_tickets(table)
    comes_out(table, tickets[0])
    table.scans(tickets[0].data["code"])
    for one in tickets[1:]:
        comes_out(table, one)
    table.touches("home")
    table.touches("reprint")
    table.scans(tickets[2].data["code"])
    table.touches("label_to_end")
    table.touches("reprint_reason", "unreadable")
    again = table.events(LabelRequested)[-4:]
    assert states(table, again) == ["waiting", *["unproven"] * 3]
    table.scans(tickets[2].data["code"])
    assert table.says == "problem.first_label_not_out"


def test_one_ticket_alone_waits_for_nothing(table: Terminal) -> None:
    tickets = cut_tickets(table)
    comes_out(table, tickets[0])
    table.touches("cancel_batch")
    table.touches("home")
    table.touches("reprint")
    table.scans(tickets[0].data["code"])
    table.touches("reprint_reason", "damaged")
    assert states(table, table.events(LabelRequested)[-1:]) == ["waiting"]


def test_of_twenty_copies_one_comes_first_alone(table: Terminal) -> None:
    tickets = cut_tickets(table)
    comes_out(table, tickets[0])
    table.touches("cancel_batch")
    table.touches("home")
    table.touches("reprint")
    table.scans(tickets[0].data["code"])
    table.touches("label_number", "label_copies")
    table.types("20")
    table.touches("reprint_reason", "damaged")
    first, rest = table.events(LabelRequested)[-2:]
    assert (first.copies, rest.copies) == (1, 19)
    assert states(table, [first, rest]) == ["waiting", "unproven"]
    comes_out(table, first)
    table.scans(first.data["code"])
    assert states(table, [first, rest]) == ["printed", "waiting"]


STEPS: list[Callable[[Terminal, list[LabelRequested]], None]] = [
    lambda table, tickets: comes_out(table, tickets[0]),
    lambda table, _: table.touches("first_again"),
    lambda table, _: comes_out(table, table.events(LabelRequested)[-1]),
    lambda table, _: table.touches("release_batch"),
    lambda table, _: table.touches("release_reason", "other"),
    lambda table, tickets: table.scans(tickets[0].data["code"]),
]


@pytest.mark.fault("P1", "U9")
@pytest.mark.parametrize("pulled", range(len(STEPS) + 1))
def test_the_plug_is_pulled_at_each_step_and_nothing_goes_out_early_or_twice(
    table: Terminal, emulator: EmulatedPrinter, pulled: int
) -> None:
    tickets = cut_tickets(table)
    for number, step in enumerate(STEPS):
        if number == pulled:
            table.restarts()
        assert states(table, tickets)[1:] == ["unproven"] * 5
        step(table, tickets)
    if pulled == len(STEPS):
        table.restarts()
    assert states(table, tickets)[1:] == ["waiting"] * 5
    spooler = prints_tickets(table, emulator)
    try:
        eventually(lambda: table.store.jobs.queued("door") == 0, "the rest is out")
        eventually(lambda: len(printed_numbers(emulator)) == 5, "all five")
    finally:
        spooler.stop()
    assert printed_numbers(emulator) == [ticket_number(one.serial) for one in tickets[1:]]


def test_with_a_printer_the_second_label_comes_out_after_the_scan(
    table: Terminal, emulator: EmulatedPrinter
) -> None:
    tickets = cut_tickets(table)
    spooler = prints_tickets(table, emulator)
    try:
        eventually(lambda: states(table, tickets)[0] == "printed", "the first")
        assert len(printed_numbers(emulator)) == 1
        table.scans(tickets[0].data["code"])
        spooler.wake()
        eventually(lambda: len(printed_numbers(emulator)) == 6, "the rest")
    finally:
        spooler.stop()
    assert printed_numbers(emulator) == [ticket_number(one.serial) for one in tickets]
