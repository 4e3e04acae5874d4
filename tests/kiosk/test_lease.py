"""A kiosk the hub did not hear for too long: whoever works goes on, nobody new begins, and what is stored waits."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from domain.barcode import ControlCommand
from domain.barcodes.house import control_code
from domain.events.documents import DocumentApproved, LineRecorded
from domain.events.terminal import SignedOn
from kiosk.screen import ApprovalView
from tests.terminal import Terminal
from tests.world import BUTTON, KEEPER, LEADER, ORDER, badge_code, order_code, place_code

COTTON_ROLL = "]C1" + "10LOT7\x1d240F-2041\x1d" + "3103025500" + "3111000800"


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    made = Terminal(tmp_path)
    yield made
    made.close()


@pytest.mark.fault("A3", "N1")
def test_after_the_lease_nobody_new_signs_on_and_whoever_works_goes_on(terminal: Terminal) -> None:
    status = terminal.loop._status
    left = [1.0]
    status.lease_left_s = lambda: left[0]
    terminal.scans(badge_code(KEEPER), order_code(ORDER))
    left[0] = 0.0
    terminal.scans(COTTON_ROLL, place_code("RM-A-01"))
    assert len(terminal.events(LineRecorded)) == 1
    terminal.scans(badge_code(LEADER))
    assert [one.person for one in terminal.events(SignedOn)] == [KEEPER.number]
    screen = terminal.page.screens[-1]
    assert [one.code for one in screen.frame.alarms] == ["lease_over"]
    assert screen.answer
    assert "lease_over_sign_on" in str(screen.answer)
    left[0] = 1.0
    terminal.scans(badge_code(LEADER))
    assert terminal.events(SignedOn)[-1].person == LEADER.number
    assert terminal.page.screens[-1].frame.alarms == ()


@pytest.mark.fault("A3")
def test_after_the_lease_nothing_is_approved(terminal: Terminal) -> None:
    left = [1.0]
    terminal.loop._status.lease_left_s = lambda: left[0]
    terminal.scans(badge_code(KEEPER))
    terminal.touches("open_document", "PD")
    terminal.scans(place_code("RM-A-01"), BUTTON.number, control_code(ControlCommand.DONE))
    if not terminal.shows(ApprovalView):
        terminal.touches("yes")
    assert terminal.shows(ApprovalView)
    left[0] = 0.0
    terminal.scans(badge_code(LEADER))
    assert "lease_over_approval" in str(terminal.screen.answer)
    assert terminal.events(DocumentApproved) == []
    left[0] = 1.0
    terminal.scans(badge_code(LEADER))
    assert len(terminal.events(DocumentApproved)) == 1


def test_a_kiosk_that_never_talks_to_a_hub_has_no_lease_to_end(terminal: Terminal) -> None:
    assert not terminal.loop._status.is_lease_over
