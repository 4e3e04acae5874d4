"""The tickets of a lay come out wrong: the rest of them is cancelled in one touch, and nothing else is."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from domain.events.labels import LabelReported, LabelRequested
from kiosk.screen import ReprintView
from tests.scenarios.ticket_batch import cut_tickets
from tests.sewing import WANG, cutting_changes
from tests.terminal import Terminal
from tests.world import badge_code


@pytest.fixture
def table(tmp_path: Path) -> Iterator[Terminal]:
    """A lay was cut: its six tickets wait, after a command sheet that waits too."""
    made = Terminal(tmp_path, more=cutting_changes())
    made.scans(badge_code(WANG))
    made.touches("home")
    made.touches("reprint")
    made.touches("command_sheet")
    cut_tickets(made)
    made.touches("home")
    made.touches("reprint")
    yield made
    assert made.unspoken() == []
    made.close()


def asked_for(table: Terminal) -> list[str]:
    return [one.job for one in table.events(LabelRequested)]


def states(table: Terminal) -> list[str]:
    found = [table.store.jobs.job(job) for job in asked_for(table)]
    return [one.state for one in found if one]


def actions(table: Terminal) -> list[str]:
    assert isinstance(table.view, ReprintView)
    return [one.action for one in table.view.buttons]


def test_after_two_wrong_tickets_the_other_four_are_cancelled_in_one_touch(table: Terminal) -> None:
    _, *tickets = asked_for(table)
    assert len(tickets) == 6
    for job in tickets[:2]:
        table.store.jobs.mark(job, "sending", "")
        table.store.jobs.mark(job, "printed", "")
    table.touches("select_job", tickets[1])
    assert actions(table)[-1] == "cancel_batch"
    table.touches("cancel_batch")
    assert states(table) == ["waiting", "printed", "printed", *["cancelled"] * 4]
    assert table.says == "said.labels_cancelled"
    assert [one.job for one in table.events(LabelReported)] == tickets[2:]
    table.restarts()
    assert states(table) == ["waiting", "printed", "printed", *["cancelled"] * 4]


def test_a_ticket_on_its_way_comes_out_whatever_is_cancelled_behind_it(table: Terminal) -> None:
    _, first, *_ = asked_for(table)
    table.store.jobs.mark(first, "sending", "")
    table.touches("select_job", first)
    table.touches("cancel_batch")
    assert states(table) == ["waiting", "sending", *["cancelled"] * 5]
    assert table.store.jobs.mark(first, "printed", "")


def test_a_label_alone_is_no_batch(table: Terminal) -> None:
    sheet, *_ = asked_for(table)
    table.touches("select_job", sheet)
    assert actions(table) == ["label_number", "cancel_job"]


def test_a_second_touch_cancels_nothing_more(table: Terminal) -> None:
    _, first, *_ = asked_for(table)
    table.touches("select_job", first)
    table.touches("cancel_batch")
    table.touches("cancel_batch")
    assert len(table.events(LabelReported)) == 6
