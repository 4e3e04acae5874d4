"""The hub as one value: everything a page, an answer or a thread of it may need, built once in `app.py`."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from hub.quality_rules import QualityRules

if TYPE_CHECKING:  # the parts know nothing of the whole; only the types are needed here
    from sqlalchemy import Engine

    from drivers.clock import Clock
    from hub.ingest import Ingest
    from hub.keyring import Keyring
    from hub.settings import HubSettings
    from hub.store.event_log import EventLog

Subscriber = Callable[[str, int], None]
"""Is told (plant, position) after each commit of the projector. Must return at once: wake a thread, no more."""

_log = logging.getLogger(__name__)


class Subscribers:
    """Those who want to know that the projections moved on; safe to use from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._subscribers: tuple[Subscriber, ...] = ()

    def add(self, subscriber: Subscriber) -> None:
        """Tell `subscriber` of every commit from now on."""
        with self._lock:
            self._subscribers = (*self._subscribers, subscriber)

    def tell(self, plant: str, position: int) -> None:
        """Tell everyone; one that fails is logged and hinders nobody."""
        for subscriber in self._subscribers:
            try:
                subscriber(plant, position)
            except Exception:  # noqa: BLE001 - a page that cannot be drawn must never stop the booking
                _log.exception("a subscriber failed at %s position %d", plant, position)


class Booker(Protocol):
    """Books what was appended: a thread of this process, or a process of its own."""

    def start(self) -> None:
        """Begin to book."""
        ...

    def stop(self) -> None:
        """End after the batch in hand."""
        ...

    def wake(self, plant: str) -> None:
        """Say that something was appended."""
        ...

    def position(self, plant: str) -> int:
        """Return through which position a plant is booked, as far as this process knows."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Hub:
    """A built hub. `engine` reads; `ingest` writes the ledger, `projector` what follows from it."""

    settings: HubSettings
    keyring: Keyring
    engine: Engine
    store: EventLog
    ingest: Ingest
    projector: Booker
    clock: Clock
    subscribers: Subscribers = field(default_factory=Subscribers)
    quality: QualityRules = field(default_factory=QualityRules)
