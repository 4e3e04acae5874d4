"""The questions rules of production may ask of the shop floor. The kiosk answers from its file, tests from a dict."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from msgspec import Struct

from domain.bundle import Bundle, BundleSerial
from domain.job import Job
from domain.route import Operation, OperationCode, Route
from domain.staff import Person
from domain.work_order import WorkOrder


class Hold(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Work must stand still: who said so, when and why. `ticket`: the quality ticket it belongs to."""

    person: str
    since: datetime
    reason: str
    ticket: str = ""


class Shop(Protocol):
    """What is known of production here and now. Every answer is immediate and a few rows long at most."""

    def bundle(self, serial: BundleSerial) -> Bundle | None:
        """Return a bundle, open or closed."""
        ...

    def became(self, serial: BundleSerial) -> Sequence[BundleSerial]:
        """Return the bundles a closed one was split or joined into; nothing for one that is open."""
        ...

    def order(self, number: str) -> WorkOrder | None:
        """Return a work order."""
        ...

    def route(self, code: str, version: int) -> Route | None:
        """Return a route in one version."""
        ...

    def operation(self, code: OperationCode) -> Operation | None:
        """Return an operation."""
        ...

    def jobs(self, serial: BundleSerial) -> Sequence[Job]:
        """Return the jobs of a bundle and of those it was made from, the oldest first, our own newest ones included."""
        ...

    def hold(self, bundle: Bundle, operation: OperationCode) -> Hold | None:
        """Return what holds a bundle, its lot, or the operation; None where nothing does."""
        ...

    def person(self, number: str) -> Person | None:
        """Return a person by employee number."""
        ...

    def locked_period(self) -> str:
        """Return the last month that is closed (2026-10), all before it included; nothing where none is."""
        ...
