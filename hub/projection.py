"""A projection folds the ledger into tables of its own. The folder `projections/` holds them and is the registry."""

import importlib
import pkgutil
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar

import msgspec

import hub.projections
from domain.event import Event
from domain.log import Envelope

if TYPE_CHECKING:  # the desk builds projections, a projection only talks to it
    from hub.desk import Desk


class Fact(msgspec.Struct, frozen=True, gc=False):
    """One event at its position, to be booked. `happened_at` is the device's clock, never later than the arrival."""

    plant: str
    position: int
    envelope: Envelope
    received_at: str
    event_time: str
    happened_at: str


Handler = Callable[[Fact, Any], None]
"""Books one event. What it raises undoes this event in all projections, and parks it."""


class NotBookableError(ValueError):
    """The event cannot be booked, for a reason of its own: it is parked under `code` (words of `board.code`)."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class Projection:
    """One fold. It keeps what it changes at the desk, so that one event can be undone and a batch is written set-wise.

    An instance serves one plant. What a handler decides may depend on the ledger and on what was known at the event's
    position, on nothing else: a rebuild must give the same rows.
    """

    name: ClassVar[str]

    def __init__(self, desk: "Desk") -> None:
        self.desk = desk

    def handlers(self) -> Mapping[type[Event], Handler]:
        """Return what is done for which event."""
        raise NotImplementedError

    def foresee(self, batch: Sequence[Envelope]) -> None:
        """Read at once what a batch is going to ask for. Only a hint: what is not foreseen is read when asked for."""


@cache
def projection_types() -> tuple[type[Projection], ...]:
    """Return every projection of the folder, in the order they book: by name."""
    modules = [
        importlib.import_module(f"hub.projections.{one.name}")
        for one in pkgutil.iter_modules(hub.projections.__path__)
    ]
    found: list[type[Projection]] = [module.PROJECTION for module in modules]
    return tuple(sorted(found, key=lambda one: one.name))
