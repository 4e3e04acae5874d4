"""How far booking is behind, told from commits alone."""

from __future__ import annotations

import pytest

from hub.backlog import RATE_AT_FIRST, Backlog
from tests.terminal import VirtualClock

P = "P1"


def test_a_hub_that_has_not_heard_of_booking_asks_nobody_to_wait() -> None:
    backlog = Backlog(VirtualClock())
    backlog.appended(P, 1_000_000)
    assert backlog.behind_s(P) == 0.0


def test_what_waits_takes_as_long_as_booking_was_fast_lately() -> None:
    clock = VirtualClock()
    backlog = Backlog(clock)
    backlog.booked(P, 1_000_000)
    backlog.appended(P, 1_003_000)
    assert backlog.behind_s(P) == pytest.approx(3_000 / RATE_AT_FIRST)
    position = 1_000_000
    for _ in range(200):
        backlog.appended(P, position + 3_000)
        clock.advance(0.05)
        position += 500
        backlog.booked(P, position)
    assert backlog.behind_s(P) == pytest.approx(0.25, rel=0.05)  # 2,500 wait, 10,000 a second


def test_a_quiet_hour_does_not_count_as_slow_booking() -> None:
    clock = VirtualClock()
    backlog = Backlog(clock)
    backlog.booked(P, 0)
    for position in range(1, 20):
        clock.advance(3_600)
        backlog.appended(P, 10 * position)
        clock.advance(0.001)
        backlog.booked(P, 10 * position)
    backlog.appended(P, 3_190)
    assert backlog.behind_s(P) <= 1.0


def test_when_all_is_booked_nothing_is_behind() -> None:
    backlog = Backlog(VirtualClock())
    backlog.booked(P, 5)
    backlog.appended(P, 9)
    backlog.booked(P, 9)
    assert backlog.behind_s(P) == 0.0
