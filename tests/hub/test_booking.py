"""Booking in a process of its own: it follows what is appended, comes back when it dies, and ends when the hub does."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from hub.booking import BookingProcess, Order
from tests.hub.plant import P, Plant

pytestmark = pytest.mark.slow
WAIT_S = 30.0


class Heard:
    """What the process said."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._position = 0

    def booked(self, plant: str, position: int) -> None:
        assert plant == P
        with self._changed:
            self._position = position
            self._changed.notify_all()

    def reaches(self, position: int) -> bool:
        with self._changed:
            return self._changed.wait_for(lambda: self._position >= position, WAIT_S)


@pytest.fixture
def plant(database_url: str) -> Iterator[Plant]:
    plant = Plant(database_url)
    yield plant
    plant.close()


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
def booking(database_url: str, heard: Heard) -> Iterator[BookingProcess]:
    booking = BookingProcess(Order(database=database_url, plants=(P,)), booked=heard.booked)
    booking.start()
    yield booking
    booking.stop()
    assert booking.process_id is None


def becomes(claim: Callable[[], bool]) -> bool:
    end = time.monotonic() + WAIT_S
    while not claim():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


def test_what_is_appended_is_booked_by_the_other_process(
    plant: Plant, booking: BookingProcess, heard: Heard
) -> None:
    kiosk = plant.kiosk("K1")
    for number in range(1, 4):
        kiosk.receives("1")
        plant.takes(kiosk, kiosk.upload(number))
        booking.wake(P)
        assert heard.reaches(number)
    assert booking.position(P) == 3
    assert plant.balances() == {("SUP", "I1"): -3, ("A1", "I1"): 3}


@pytest.mark.fault("H1", "H2")
def test_a_booking_process_that_is_killed_is_followed_by_another_that_books_each_event_once(
    plant: Plant, booking: BookingProcess, heard: Heard
) -> None:
    kiosk = plant.kiosk("K1")
    for number in range(1, 6):
        kiosk.receives("1")
        plant.takes(kiosk, kiosk.upload(number))
        booking.wake(P)
        assert becomes(lambda: booking.process_id is not None)
        if number % 2:
            killed = booking.process_id
            assert killed
            os.kill(killed, signal.SIGKILL)
            assert becomes(lambda was=killed: booking.process_id not in (None, was))
        assert heard.reaches(number)
    assert plant.balances() == {("SUP", "I1"): -5, ("A1", "I1"): 5}


def test_stopping_the_service_with_a_signal_to_all_its_processes_leaves_the_end_to_the_hub(
    plant: Plant, booking: BookingProcess, heard: Heard
) -> None:
    assert becomes(lambda: booking.process_id is not None)
    kiosk = plant.kiosk("K1")
    kiosk.receives("1")
    plant.takes(kiosk)
    booking.wake(P)
    assert heard.reaches(1)
    process_id = booking.process_id
    assert process_id
    os.kill(process_id, signal.SIGTERM)
    kiosk.receives("1")
    plant.takes(kiosk, kiosk.upload(2))
    booking.wake(P)
    assert heard.reaches(2)
    assert booking.process_id == process_id
