"""The questions rules of production may ask of the shop floor. The kiosk answers from its file, tests from a dict."""

from datetime import date, datetime
from typing import Protocol

from msgspec import Struct

from domain.bundle import Bundle, BundleSerial
from domain.events.quality import HoldScope, VoiceKind
from domain.progress import Progress
from domain.route import Operation, OperationCode, Route
from domain.staff import Person
from domain.work_order import WorkOrder


class Hold(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Work must stand still on whatever `key` names: who said so, when and why. `ticket`: the one it belongs to."""

    name: str
    scope: HoldScope
    key: str
    person: str
    since: datetime
    reason: str
    ticket: str = ""


class Voice(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What somebody said to a unit, and what it has to answer by `due`."""

    name: str
    kind: VoiceKind
    unit: str
    text: str
    person: str
    due: date


class Shop(Protocol):
    """What is known of production here and now. Every answer is immediate and a few rows long at most."""

    def progress(self, serial: BundleSerial) -> Progress | None:
        """Return how far a bundle is, open or closed, our own newest events included."""
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

    def hold(self, bundle: Bundle, operation: OperationCode) -> Hold | None:
        """Return what holds a bundle, its dye lot, its order, or the operation; None where nothing does."""
        ...

    def person(self, number: str) -> Person | None:
        """Return a person by employee number."""
        ...

    def locked_period(self) -> str:
        """Return the last month that is closed (2026-10), all before it included; nothing where none is."""
        ...
