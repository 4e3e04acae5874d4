"""The print queue in the storekeeper's hands: two taps are one label, and a label nobody knows about is asked about."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from domain.events.labels import LabelReported, LabelRequested
from drivers.job import JobState, PrinterReport
from kiosk.screen import ReprintView, Tone
from tests.terminal import Terminal
from tests.world import KEEPER, badge_code


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    made = Terminal(tmp_path)
    made.scans(badge_code(KEEPER))
    made.touches("reprint")
    made.touches("command_sheet")
    yield made
    assert made.unspoken() == []
    made.close()


def newest(terminal: Terminal) -> str:
    return terminal.events(LabelRequested)[-1].job


def becomes(terminal: Terminal, job: str, state: JobState, detail: str = "") -> None:
    """The spooler says what became of a label."""
    terminal.store.jobs.mark(job, state, detail)
    report = PrinterReport(
        job_id=job, printer="door", state=state, detail=detail, event_time=terminal.clock.now()
    )
    terminal.takes(report)


def buttons(terminal: Terminal) -> list[str]:
    assert isinstance(terminal.view, ReprintView)
    return [one.action for one in terminal.view.buttons]


def alarms(terminal: Terminal) -> list[str]:
    return [one.code for one in terminal.screen.frame.alarms]


def again(terminal: Terminal, job: str, reason: str) -> None:
    terminal.touches("select_job", job)
    terminal.touches("reprint_reason", reason)


def test_a_second_tap_while_the_label_waits_is_no_second_label(terminal: Terminal) -> None:
    becomes(terminal, newest(terminal), "sending")
    becomes(terminal, newest(terminal), "printed")
    first = newest(terminal)
    again(terminal, first, "damaged")
    wanted = len(terminal.events(LabelRequested))
    again(terminal, first, "damaged")
    assert len(terminal.events(LabelRequested)) == wanted
    assert (terminal.says, terminal.sound.tones[-1]) == ("said.label_waits", Tone.LOOK)
    becomes(terminal, newest(terminal), "printed")
    again(terminal, first, "damaged")
    assert len(terminal.events(LabelRequested)) == wanted + 1, "once it is out, the next tap is another label"


@pytest.mark.fault("P3")
def test_a_label_nobody_knows_about_is_asked_about_until_somebody_has_looked(terminal: Terminal) -> None:
    job = newest(terminal)
    becomes(terminal, job, "unknown", "power_lost")
    assert alarms(terminal) == ["labels_unknown"]
    terminal.restarts()
    assert alarms(terminal) == ["labels_unknown"]
    terminal.touches("select_job", job)
    assert buttons(terminal) == ["label_came_out", "label_number"]
    terminal.touches("label_came_out")
    assert terminal.says == "said.label_came_out"
    assert terminal.events(LabelReported)[-1] == LabelReported(job=job, state="printed", detail="seen")
    assert alarms(terminal) == []
    terminal.restarts()
    assert alarms(terminal) == []


@pytest.mark.fault("P3")
@pytest.mark.parametrize(
    ("reason", "became"), [("not_printed", "failed"), ("damaged", "printed"), ("unreadable", "printed")]
)
def test_printing_it_again_says_what_became_of_the_one_before(
    terminal: Terminal, reason: str, became: str
) -> None:
    job = newest(terminal)
    becomes(terminal, job, "unknown", "no_answer")
    again(terminal, job, reason)
    said = terminal.events(LabelReported)[-1]
    assert (said.job, said.state, said.detail) == (job, became, reason)
    fresh = terminal.events(LabelRequested)[-1]
    assert fresh.job != job
    assert fresh.reason == reason
    assert alarms(terminal) == []


def test_it_stands_first_in_the_list_however_many_labels_came_after(terminal: Terminal) -> None:
    job = newest(terminal)
    becomes(terminal, job, "unknown", "no_answer")
    for _ in range(3):
        terminal.touches("command_sheet")
        becomes(terminal, newest(terminal), "printed")
    assert isinstance(terminal.view, ReprintView)
    assert terminal.view.jobs[0].job == job


def test_nobody_is_asked_about_yesterdays_label_for_ever(terminal: Terminal) -> None:
    becomes(terminal, newest(terminal), "unknown", "no_answer")
    terminal.waits(25 * 3600)
    assert alarms(terminal) == []


def test_what_the_printer_knows_cannot_be_talked_over(terminal: Terminal) -> None:
    job = newest(terminal)
    becomes(terminal, job, "printed")
    told = len(terminal.events(LabelReported))
    terminal.touches("select_job", job)
    assert buttons(terminal) == ["label_number"]
    terminal.touches("label_came_out")
    assert len(terminal.events(LabelReported)) == told
