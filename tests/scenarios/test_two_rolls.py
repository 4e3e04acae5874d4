"""One printer and two rolls: labels of the other size wait together, and are asked for before a byte goes out."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest

from domain.events.labels import LabelReported, LabelRequested, MediaLoaded
from domain.settings import SettingsError
from drivers.emulator import EmulatedPrinter
from drivers.printer import open_printer
from drivers.spooler import Spooler
from kiosk.screen import ReprintView, Tone
from tests.drivers.listening import eventually
from tests.drivers.printing import printed_numbers
from tests.scenarios.ticket_batch import OTHER, cut_tickets, prints_tickets, ticket_number
from tests.terminal import Terminal

TICKETS, SHEET = "70x50", "100x150"
SEEDS = range(3)
TAPS = 25


@pytest.fixture
def spooler(table: Terminal, emulator: EmulatedPrinter) -> Iterator[Spooler]:
    made = prints_tickets(table, emulator, TICKETS)
    yield made
    made.stop()


def sheet(table: Terminal) -> str:
    """Ask for the command sheet, which wants the large labels."""
    table.touches("home")
    table.touches("reprint")
    table.touches("command_sheet")
    return table.events(LabelRequested)[-1].job


def becomes(table: Terminal, job: str, state: str) -> None:
    def holds() -> bool:
        found = table.store.jobs.job(job)
        return found is not None and found.state == state

    eventually(holds, f"{job} {state}")


def offered(table: Terminal) -> list[str]:
    table.waits(1)
    assert isinstance(table.view, ReprintView)
    return [one.value for one in table.view.buttons if one.action == "media_loaded"]


def alarms(table: Terminal) -> list[str]:
    table.waits(1)
    return [one.code for one in table.screen.frame.alarms]


@pytest.mark.fault("P6")
def test_a_label_of_another_size_waits_and_the_others_go_on(
    table: Terminal, emulator: EmulatedPrinter, spooler: Spooler
) -> None:
    job = sheet(table)
    becomes(table, job, "aside")
    tickets = cut_tickets(table)
    spooler.wake()
    for one in tickets:
        becomes(table, one.job, "printed")
    assert printed_numbers(emulator) == [ticket_number(one.serial) for one in tickets]
    assert alarms(table) == ["labels_other_media"]


@pytest.mark.fault("P6")
def test_the_roll_is_changed_then_pressed_and_back_again(
    table: Terminal, emulator: EmulatedPrinter, spooler: Spooler
) -> None:
    first, second = sheet(table), sheet(table)
    for job in (first, second):
        becomes(table, job, "aside")
    assert offered(table) == [f"{SHEET} door"]
    table.touches("media_loaded", f"{SHEET} door")
    assert (table.says, table.tone) == ("said.media_loaded", Tone.STORED)
    assert table.events(MediaLoaded) == [MediaLoaded(printer="door", media=SHEET)]
    spooler.wake()
    becomes(table, second, "printed")
    assert printed_numbers(emulator) == [OTHER, OTHER]
    [ticket, *_] = cut_tickets(table)
    spooler.wake()
    becomes(table, ticket.job, "aside")
    table.touches("home")
    table.touches("reprint")
    assert offered(table) == [f"{TICKETS} door"]
    table.touches("media_loaded", f"{TICKETS} door")
    spooler.wake()
    becomes(table, ticket.job, "printed")
    assert alarms(table) == []


def test_what_was_said_to_be_in_the_printer_holds_after_a_power_cut(
    table: Terminal, emulator: EmulatedPrinter, spooler: Spooler
) -> None:
    job = sheet(table)
    becomes(table, job, "aside")
    spooler.stop()
    table.restarts()
    assert offered(table) == [f"{SHEET} door"]
    table.touches("media_loaded", f"{SHEET} door")
    table.restarts()
    again = prints_tickets(table, emulator, TICKETS)
    try:
        becomes(table, job, "printed")
    finally:
        again.stop()
    assert table.store.jobs.media("door") == SHEET


def test_other_settings_hold_before_what_was_said(
    table: Terminal, emulator: EmulatedPrinter, spooler: Spooler
) -> None:
    job = sheet(table)
    becomes(table, job, "aside")
    spooler.stop()
    again = prints_tickets(table, emulator, "")
    try:
        becomes(table, job, "printed")
    finally:
        again.stop()


def test_one_that_waits_for_other_media_is_cancelled(table: Terminal, spooler: Spooler) -> None:
    job = sheet(table)
    becomes(table, job, "aside")
    table.touches("cancel_job", job)
    assert table.events(LabelReported)[-1] == LabelReported(job=job, state="cancelled")
    assert offered(table) == []


def test_nobody_presses_for_media_that_no_label_waits_for(table: Terminal, spooler: Spooler) -> None:
    table.touches("home")
    table.touches("reprint")
    table.touches("media_loaded", f"{SHEET} door")
    table.touches("media_loaded", "nonsense")
    assert table.events(MediaLoaded) == []


@pytest.mark.fault("P6")
def test_a_label_taken_up_in_the_moment_of_the_change_does_not_go_onto_the_other_roll(
    table: Terminal,
) -> None:
    jobs = table.store.jobs
    jobs.declare("door", TICKETS)
    job = sheet(table)
    assert jobs.mark(job, "aside", SHEET, None, TICKETS)
    table.touches("media_loaded", f"{SHEET} door")
    assert not jobs.mark(job, "sending", "", None, TICKETS), "decided by the roll before"
    assert not jobs.mark(job, "aside", SHEET, None, TICKETS), "or it would wait for ever"
    assert jobs.mark(job, "sending", "", None, SHEET)


def test_a_size_that_is_none_is_refused_with_how_it_is_written() -> None:
    with pytest.raises(SettingsError, match="70x50"):
        open_printer({"name": "door", "profile": "emulator", "address": "tcp://127.0.0.1:9", "media": "A4"})


@pytest.mark.fault("P6")
@pytest.mark.parametrize("seed", SEEDS)
def test_whatever_is_asked_for_and_changed_each_label_comes_out_once_on_its_own_roll(
    table: Terminal, emulator: EmulatedPrinter, spooler: Spooler, seed: int
) -> None:
    fate = random.Random(seed)
    cut_tickets(table, pieces=str(fate.randint(4, 20)))
    for _ in range(TAPS):
        sheet(table)
        if fate.random() < 0.3:
            emulator.hang_up()
        spooler.wake()
        if (buttons := offered(table)) and fate.random() < 0.6:
            table.touches("media_loaded", fate.choice(buttons))
            cut_tickets(table)
    wanted = table.events(LabelRequested)

    def all_out() -> bool:
        table.touches("home")
        table.touches("reprint")
        for button in offered(table):
            table.touches("media_loaded", button)
        spooler.wake()
        found = [table.store.jobs.job(one.job) for one in wanted]
        return all(one is not None and one.state == "printed" for one in found)

    eventually(all_out, "every label is out", 20)
    numbers = [ticket_number(one.serial) if one.serial else OTHER for one in wanted]
    assert sorted(printed_numbers(emulator)) == sorted(numbers)
