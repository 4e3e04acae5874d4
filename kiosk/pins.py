"""What this kiosk knows of PINs: which it can check, and how often somebody guessed wrongly here.

Wrong ones are counted by facts (`PinRefused`), in the kiosk's file: neither a restart nor an empty session forgets
them. How long ago the last one was is told by the machine's own clock, which counts from its start: a clock on the wall
put forward shortens no wait, and after a restart of the machine the wait begins anew.
"""

from collections.abc import Callable
from typing import Protocol

from msgspec import Struct

from domain.pin import TRIES_MAX, is_pin, issue_of, wait_s
from domain.staff import Person
from kiosk.store.connection import Connection


class Guesses(Struct, frozen=True, kw_only=True):
    """Wrong PINs of one person in a row, and how long the next one is not looked at, in s."""

    failures: int = 0
    wait_left_s: int = 0

    @property
    def is_locked(self) -> bool:
        """Tell whether this PIN serves no more at this kiosk."""
        return self.failures >= TRIES_MAX


class PinCheck(Protocol):
    """What may be asked about PINs."""

    def guesses(self, person: Person) -> Guesses:
        """Return how often this person's PIN was guessed wrongly here."""
        ...

    def is_right(self, person: Person, digits: str) -> bool:
        """Tell whether these digits are the person's PIN; takes a good part of a second."""
        ...


class Pins:
    """Answers from the kiosk's file, with the key of this kiosk."""

    def __init__(
        self, connection: Connection, key: bytes, boot_id: str, monotonic_ms: Callable[[], int]
    ) -> None:
        """`key`: what the hub knows this kiosk by; `monotonic_ms` counts from the machine's start named `boot_id`."""
        self._connection = connection
        self._key = key
        self._boot_id = boot_id
        self._monotonic_ms = monotonic_ms

    def guesses(self, person: Person) -> Guesses:
        """Return how often this person's PIN was guessed wrongly here; those of an earlier PIN count no more."""
        row = self._connection.row(
            "SELECT issue, failures, boot_id, monotonic_ms FROM wrong_pin WHERE person = ?", (person.number,)
        )
        if row is None or row[0] != issue_of(person.pin):
            return Guesses()
        failures, since_ms = row[1], self._monotonic_ms()
        if row[2] == self._boot_id:
            since_ms -= row[3]
        left_s = wait_s(failures) - max(0, since_ms) // 1000
        return Guesses(failures=failures, wait_left_s=max(0, left_s))

    def is_right(self, person: Person, digits: str) -> bool:
        """Tell whether these digits are the person's PIN."""
        return bool(person.pin) and is_pin(person.pin, digits, self._key)
