"""Another release of the program runs here: whoever stands at the kiosk is told, and the log has it once."""

from __future__ import annotations

from pathlib import Path

import pytest

from domain.events.terminal import KioskStarted, ReleaseChanged
from kiosk.release_notes import changes_not_noted, note
from tests.terminal import Terminal
from tests.world import KEEPER, badge_code
from updates.starter import State

UPDATED = State(current="0.1.0").installed("0.2.0")
TAKEN_BACK = UPDATED.gone_back("0.1.0", "failed", "3 starts of 0.2.0 in a row did not prove healthy")


def starts_anew(terminal: Terminal, state: State) -> None:
    terminal.loop.begin("noac test", "boot-2", changes=changes_not_noted(state.changes, terminal.store))


@pytest.mark.fault("K9")
def test_an_update_that_was_taken_back_is_said_at_the_kiosk_with_what_was_stored_last(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path)
    terminal.scans(badge_code(KEEPER))
    starts_anew(terminal, TAKEN_BACK)
    assert terminal.says == "said.release.failed"
    assert "The update 0.2.0 did not start and was taken back: 0.1.0 works again" in terminal.spoken()
    assert [(one.after, one.reason) for one in terminal.events(ReleaseChanged)] == [
        ("0.2.0", "installed"),
        ("0.1.0", "failed"),
    ]
    assert terminal.unspoken() == []
    terminal.close()


@pytest.mark.parametrize(
    ("state", "key"), [(UPDATED, "installed"), (UPDATED.gone_back("0.1.0", "asked"), "asked")]
)
def test_an_update_and_a_step_back_by_hand_are_said_too(state: State, key: str, tmp_path: Path) -> None:
    terminal = Terminal(tmp_path)
    starts_anew(terminal, state)
    assert terminal.says == f"said.release.{key}"
    assert terminal.unspoken() == []
    terminal.close()


@pytest.mark.fault("K9")
def test_each_change_is_in_the_log_once_also_when_the_power_goes_before_it_is_noted(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path)
    starts_anew(terminal, UPDATED)
    starts_anew(terminal, UPDATED)  # the power went before `note`
    note(UPDATED.changes, terminal.store)
    starts_anew(terminal, TAKEN_BACK)
    note(TAKEN_BACK.changes, terminal.store)
    starts_anew(terminal, TAKEN_BACK)
    assert [one.reason for one in terminal.events(ReleaseChanged)] == ["installed", "failed"]
    assert len(terminal.events(KioskStarted)) == 5
    ids = [entry.envelope.event_id for entry in terminal.entries()]
    assert {one.id for one in TAKEN_BACK.changes} <= set(ids)
    terminal.close()
