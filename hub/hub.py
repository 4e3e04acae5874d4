"""The hub as one value: everything a page, an answer or a thread of it may need, built once in `app.py`."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # the parts know nothing of the whole; only the types are needed here
    from sqlalchemy import Engine

    from drivers.clock import Clock
    from hub.ingest import Ingest
    from hub.keyring import Keyring
    from hub.projector import Projector
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Hub:
    """A built hub. `engine` reads (one transaction each); only `store`, `ingest` and `projector` write the ledger."""

    settings: HubSettings
    keyring: Keyring
    engine: Engine
    store: EventLog
    ingest: Ingest
    projector: Projector
    clock: Clock
    subscribers: Subscribers = field(default_factory=Subscribers)
