"""The paper jams in a batch of tickets: it is seen as one, and what was spoilt is printed again, in so many copies."""

from __future__ import annotations

import random
from collections import Counter

import pytest

from domain.events.labels import LabelReported, LabelRequested
from drivers.emulator import EmulatedPrinter
from drivers.language import Condition
from kiosk.label_views import LabelJobView, ReprintView
from kiosk.screen import Tone, Words
from tests.drivers.listening import eventually
from tests.drivers.printing import printed_numbers
from tests.scenarios.ticket_batch import cut_tickets, prints_tickets, ticket_number
from tests.terminal import Terminal

SEEDS = range(3)
TAPS = 12


def queue(terminal: Terminal) -> ReprintView:
    assert isinstance(terminal.view, ReprintView)
    return terminal.view


def row(terminal: Terminal, label: LabelRequested) -> LabelJobView:
    """The row of the screen that a label's batch has."""
    [found] = [one for one in queue(terminal).jobs if one.job.startswith(label.job.rpartition(".")[0])]
    return found


def becomes(terminal: Terminal, labels: list[LabelRequested], state: str, detail: str = "") -> None:
    for one in labels:
        if state == "held":
            assert terminal.store.jobs.mark(one.job, "held", detail)
        else:
            terminal.store.jobs.mark(one.job, "sending", "")
            assert terminal.store.jobs.mark(one.job, state, detail)  # pyright: ignore[reportArgumentType]  # a state


def opens(terminal: Terminal, label: LabelRequested | None = None) -> None:
    terminal.touches("home")
    terminal.touches("reprint")
    if label:
        terminal.touches("select_job", row(terminal, label).job)


def types(terminal: Terminal, field: str, digits: str) -> None:
    terminal.touches("label_number", field)
    terminal.types(digits)


def again(terminal: Terminal, since: int) -> list[tuple[str, str, int]]:
    """What was asked for since then: whose label, why, and how often."""
    return [(one.serial, one.reason, one.copies) for one in terminal.events(LabelRequested)[since:]]


def test_a_batch_is_one_row_that_says_how_far_it_is_and_why_it_waits(table: Terminal) -> None:
    tickets = cut_tickets(table, pieces="1")
    assert len(tickets) == 75
    becomes(table, tickets[:37], "printed")
    becomes(table, tickets[37:38], "held", "paused")
    opens(table)
    assert len(queue(table).jobs) == 1
    shown = row(table, tickets[0])
    assert shown.progress == Words(key="label.progress", parameters={"out": "37", "total": "75"})
    assert (shown.title, shown.state.key, shown.detail) == (
        "label.template.bundle_ticket",
        "label.state.held",
        "paused",
    )
    table.touches("hold_printer", "door")
    assert row(table, tickets[0]).detail == "on_hold"
    table.restarts()
    assert row(table, tickets[0]).progress == shown.progress


def test_copies_are_counted_as_labels(table: Terminal) -> None:
    tickets = cut_tickets(table)
    becomes(table, tickets, "printed")
    opens(table, tickets[0])
    types(table, "label_last", "2")
    types(table, "label_copies", "30")
    table.touches("reprint_reason", "lost")
    again = table.events(LabelRequested)[-2:]
    becomes(table, again[:1], "printed")
    opens(table)
    assert row(table, again[0]).progress == Words(
        key="label.progress", parameters={"out": "30", "total": "60"}
    )


def test_from_the_scanned_label_to_the_end_after_a_jam(table: Terminal) -> None:
    tickets = cut_tickets(table)
    becomes(table, tickets, "printed")
    opens(table)
    table.scans(tickets[3].data["code"])
    assert queue(table).range == Words(
        key="screen.reprint.one_of", parameters={"first": "4", "last": "4", "total": "6"}
    )
    table.touches("label_to_end")
    since = len(table.events(LabelRequested))
    table.touches("reprint_reason", "damaged")
    assert again(table, since) == [(one.serial, "damaged", 1) for one in tickets[3:]]
    assert table.says == "said.labels_requested"
    assert len({one.job.rpartition(".")[0] for one in table.events(LabelRequested)}) == 2, (
        "a batch of its own"
    )


def test_from_one_number_to_another_after_the_ribbon_ran_out(table: Terminal) -> None:
    tickets = cut_tickets(table)
    becomes(table, tickets, "printed")
    opens(table, tickets[0])
    assert queue(table).asks == Words(key="ask.label_range")
    assert queue(table).reasons == ()
    types(table, "label_first", "2")
    types(table, "label_last", "4")
    since = len(table.events(LabelRequested))
    table.touches("reprint_reason", "unreadable")
    assert again(table, since) == [(one.serial, "unreadable", 1) for one in tickets[1:4]]


def test_three_copies_of_one_label_are_counted_and_say_why(table: Terminal) -> None:
    tickets = cut_tickets(table)
    becomes(table, tickets, "printed")
    opens(table)
    table.scans(tickets[0].data["code"])
    types(table, "label_copies", "3")
    since = len(table.events(LabelRequested))
    table.touches("reprint_reason", "lost")
    assert again(table, since) == [(tickets[0].serial, "lost", 3)]
    opens(table)
    table.touches("command_sheet")
    assert table.events(LabelRequested)[-1].copies == 1, "what was typed holds once"


@pytest.mark.parametrize("digits", ["0", "100", "99999999999999999999"])
def test_too_many_copies_are_refused_and_nothing_is_lost(table: Terminal, digits: str) -> None:
    tickets = cut_tickets(table)
    becomes(table, tickets, "printed")
    opens(table)
    table.scans(tickets[0].data["code"])
    types(table, "label_copies", digits)
    assert (table.says, table.tone) == ("problem.label_copies", Tone.REFUSED)
    table.touches("reprint_reason", "lost")
    assert table.events(LabelRequested)[-1].copies == 1


def test_a_number_that_the_batch_has_not_is_refused(table: Terminal) -> None:
    tickets = cut_tickets(table)
    opens(table, tickets[0])
    types(table, "label_last", "7")
    assert table.says == "problem.label_number"
    assert queue(table).reasons == ()


def test_what_still_waits_comes_by_itself_and_not_twice(table: Terminal) -> None:
    tickets = cut_tickets(table)
    becomes(table, tickets[:4], "printed")
    opens(table, tickets[0])
    types(table, "label_first", "3")
    table.touches("label_to_end")
    since = len(table.events(LabelRequested))
    table.touches("reprint_reason", "damaged")
    assert [serial for serial, *_ in again(table, since)] == [one.serial for one in tickets[2:4]]


def test_a_second_tap_for_the_same_range_is_no_second_range(table: Terminal) -> None:
    tickets = cut_tickets(table)
    becomes(table, tickets, "printed")
    for _ in range(2):
        opens(table, tickets[0])
        table.touches("label_to_end")
        table.touches("reprint_reason", "damaged")
    assert len(table.events(LabelRequested)) == 12
    assert table.says == "said.label_waits"


@pytest.mark.fault("P3")
def test_what_nobody_knew_of_a_range_is_told_label_by_label(table: Terminal) -> None:
    tickets = cut_tickets(table)
    becomes(table, tickets[:3], "unknown", "power_lost")
    becomes(table, tickets[3:], "printed")
    opens(table, tickets[0])
    table.touches("label_to_end")
    assert queue(table).asks == Words(key="ask.label_came_out")
    table.touches("label_came_out")
    told = [(one.job, one.state) for one in table.events(LabelReported)]
    assert told == [(one.job, "printed") for one in tickets[:3]]


def test_a_roll_label_is_found_by_the_long_code_on_it(table: Terminal) -> None:
    tickets = cut_tickets(table)
    opens(table)
    table.scans("]C0" + tickets[2].data["code"])
    assert queue(table).range is not None


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.fault("P1", "P3")
def test_whatever_is_asked_again_and_cut_off_every_ticket_comes_out_as_often_as_asked(
    table: Terminal, emulator: EmulatedPrinter, seed: int
) -> None:
    fate = random.Random(seed)
    emulator.mechanism.set_speed(2)
    tickets = cut_tickets(table, pieces="5")
    spooler = prints_tickets(table, emulator)
    try:
        for _ in range(TAPS):
            match fate.randrange(4):
                case 0:
                    emulator.power_cycle(off_ms=10)
                case 1:
                    emulator.hang_up()
                case 2:
                    emulator.mechanism.set_condition(Condition.PAUSED, on=fate.random() < 0.5)
                case _:
                    spooler.stop()
                    table.restarts()
                    spooler = prints_tickets(table, emulator)
            opens(table, tickets[0])
            types(table, "label_first", str(fate.randint(1, len(tickets))))
            types(table, "label_last", str(fate.randint(1, len(tickets))))
            types(table, "label_copies", str(fate.randint(1, 4)))
            table.touches("reprint_reason", fate.choice(["damaged", "unreadable"]))
        emulator.mechanism.set_condition(Condition.PAUSED, on=False)
        asked = Counter[int]()
        for one in table.events(LabelRequested):
            asked[ticket_number(one.serial)] += one.copies
        spooler.wake()
        eventually(
            lambda: {one.state for one in table.store.jobs.latest(1_000)} == {"printed"}, "all are out", 20
        )
    finally:
        spooler.stop()
    assert Counter(printed_numbers(emulator)) == asked
