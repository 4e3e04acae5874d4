"""A shift ends: what was made at the station today comes out on a slip that both who hand over sign."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import time
from pathlib import Path

import msgspec
import pytest

from domain.barcode import ControlCommand
from domain.barcodes.house import control_code
from domain.events.labels import LabelRequested
from domain.names import Names
from domain.shift_slip import Shift, shift_at
from domain.wire import Change
from kiosk.screen import Tone
from labels.layout import lay_out
from labels.preflight import preflight
from labels.template import bind, load_template
from tests.sewing import BUNDLE, SECOND, WANG, at_the_hem, ticket
from tests.terminal import Terminal
from tests.world import badge_code

EARLY = Shift(names=Names(zh="早班", en="Early"), begins="07:30", ends="16:30")
NIGHT = Shift(names=Names(zh="夜班", en="Night"), begins="22:00", ends="06:00")
SHIFTS = {
    "E": EARLY,
    "N": NIGHT,
    "X": Shift(names=Names(zh="停", en="Old"), begins="00:00", ends="23:59", disabled=True),
}


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    made = at_the_hem(tmp_path)
    made.scans(badge_code(WANG))
    yield made
    assert made.unspoken() == []
    made.close()


def slip(terminal: Terminal) -> dict[str, str]:
    terminal.touches("calls")
    terminal.touches("shift_slip")
    assert (terminal.tone, terminal.says) == (Tone.STORED, "said.shift_slip")
    asked = terminal.events(LabelRequested)[-1]
    assert asked.template == "shift_slip"
    layout = lay_out(bind(load_template(asked.template), asked.data), 8)
    assert preflight(layout).is_fit
    terminal.touches("leave_draft")
    return asked.data


def test_what_was_finished_and_what_is_still_at_work_stand_on_it(terminal: Terminal) -> None:
    terminal.scans(ticket(BUNDLE))
    terminal.waits(10)
    terminal.touches("count")
    terminal.touches("tile", "seconds")
    terminal.types("2")
    terminal.touches("finish")
    terminal.scans(ticket(SECOND))
    said = slip(terminal)
    assert (said["good_1"], said["bad_1"], said["left_1"]) == ("18", "2", str(SECOND.pieces))
    assert said["operation_1"] == "下摆卷边|Hem"
    assert said["handed_by"] == "王秀兰|Wang Xiulan"
    assert "operation_2" not in said
    assert said["shift"] == "当日|Day", "no shift is declared: the slip is of the day"


def test_a_finish_that_is_taken_back_is_not_on_it_and_yesterday_is_not_either(terminal: Terminal) -> None:
    terminal.scans(ticket(BUNDLE))
    terminal.waits(10)
    terminal.touches("finish")
    assert slip(terminal)["good_1"] == str(BUNDLE.pieces)
    terminal.scans(control_code(ControlCommand.UNDO))
    assert slip(terminal)["good_1"] == "0"
    terminal.touches("finish")
    terminal.restarts()
    assert slip(terminal)["good_1"] == str(BUNDLE.pieces)
    terminal.waits(24 * 3600)
    terminal.scans(badge_code(WANG))
    assert "good_1" not in slip(terminal)


def test_the_plants_shift_is_named(tmp_path: Path) -> None:
    terminal = at_the_hem(tmp_path)
    day = Shift(names=Names(zh="白班", en="Day shift"), begins="00:00", ends="23:59")
    with terminal.store.transaction():
        terminal.store.reference.take([Change(kind="shift", key="D", body=msgspec.to_builtins(day))])
    terminal.scans(badge_code(WANG))
    said = slip(terminal)
    assert (said["shift"], said["hours"]) == ("白班|Day shift", "00:00–23:59")
    assert said["barcode"].endswith("-D")
    terminal.close()


@pytest.mark.parametrize(
    ("clock", "expected"),
    [
        ("07:30", "E"),
        ("16:29", "E"),
        ("16:35", "E"),
        ("21:59", "E"),
        ("22:00", "N"),
        ("03:00", "N"),
        ("06:10", "N"),
    ],
)
def test_the_shift_is_the_one_that_is_on_or_that_ended_last(clock: str, expected: str) -> None:
    assert shift_at(SHIFTS, time.fromisoformat(clock)) == expected


def test_without_shifts_there_is_none() -> None:
    assert shift_at({}, time(12, 0)) == ""
