"""Line balance: earned minutes over worked minutes, and the operation with the longest queue to clear."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.line_balance import (
    Waiting,
    balance,
    bottleneck,
    efficiency,
    loads,
    target_until,
)
from domain.route import OperationCode

SEW, HEM, BUTTON = map(OperationCode, ("SEW", "HEM", "BUTTON"))
SMV = {SEW: Decimal("1.20"), HEM: Decimal("0.60"), BUTTON: Decimal("0.90")}
EIGHT = datetime(2026, 11, 20, 8, tzinfo=UTC)


def waiting(operation: OperationCode, pieces: int, at_work: int = 0) -> Waiting:
    since = EIGHT if pieces else None
    return Waiting(operation=operation, waiting=pieces, at_work=at_work, since=since)


def test_efficiency_is_earned_minutes_over_worked_minutes() -> None:
    # 100 pieces through all three: 270 minutes earned; 2 people for 3 hours: 360 worked
    assert efficiency(dict.fromkeys(SMV, 100), SMV, 2, Decimal(180)) == Decimal("75.0")
    assert efficiency({OperationCode("WASH"): 50}, SMV, 2, Decimal(180)) == Decimal("0.0")


@pytest.mark.parametrize(("workers", "minutes"), [(0, 480), (3, 0)])
def test_where_nobody_worked_nobody_was_inefficient(workers: int, minutes: int) -> None:
    assert efficiency({SEW: 10}, SMV, workers, Decimal(minutes)) is None


@pytest.mark.parametrize(("hours", "expected"), [(-1, 0), (0, 0), (1, 60), (4.5, 270), (8, 480), (11, 480)])
def test_the_target_grows_with_the_day_and_no_further(hours: float, expected: int) -> None:
    now = EIGHT + timedelta(hours=hours)
    assert target_until(480, EIGHT, EIGHT + timedelta(hours=8), now) == expected


def test_a_day_without_length_has_its_whole_target_at_once() -> None:
    assert target_until(480, EIGHT, EIGHT, EIGHT) == 480


def test_the_bottleneck_is_where_the_queue_takes_longest_not_where_it_is_largest() -> None:
    stations = {SEW: 4, HEM: 1, BUTTON: 2}
    found = loads([waiting(SEW, 100), waiting(HEM, 80, 10), waiting(BUTTON, 0)], SMV, stations)
    assert [(one.operation, one.minutes) for one in found] == [(HEM, Decimal("54.0")), (SEW, Decimal("30.0"))]
    held_up = bottleneck(found, Decimal(45))
    assert held_up
    assert held_up.operation == HEM
    assert bottleneck(found, Decimal(60)) is None


def test_an_operation_nobody_could_time_is_not_blamed() -> None:
    assert loads([waiting(OperationCode("WASH"), 900), waiting(HEM, 900)], SMV, {SEW: 1}) == ()


def test_how_long_the_oldest_has_been_there() -> None:
    now = EIGHT + timedelta(hours=2)
    assert waiting(SEW, 3).age(now) == timedelta(hours=2)
    assert waiting(SEW, 0).age(now) == timedelta()
    assert waiting(SEW, 3).age(EIGHT - timedelta(hours=1)) == timedelta()


@given(st.dictionaries(st.sampled_from((SEW, HEM, BUTTON)), st.integers(1, 9), min_size=1))
def test_a_line_is_balanced_at_most_fully(stations: dict[OperationCode, int]) -> None:
    found = balance(SMV, stations)
    assert found is not None
    assert 0 < found <= 100


def test_a_line_in_which_all_take_as_long_is_balanced() -> None:
    assert balance(SMV, {SEW: 4, HEM: 2, BUTTON: 3}) == Decimal("100.0")
    assert balance({}, {}) is None
