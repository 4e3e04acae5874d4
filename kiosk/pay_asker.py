"""Asks the hub for somebody's own pay, on a thread of its own: neither the loop nor the sending waits for it."""

import logging
import queue
import threading
from collections.abc import Callable
from typing import Protocol

from domain.pay_sheet import PaySheet
from kiosk.hub_client import HubBusyError, HubError
from kiosk.own_pay import PayReport

TRIES_MAX = 8
"""A hub that has not booked the sign-on yet says so; it is asked again so often, then it counts as away."""

AGAIN_S_MAX = 2.0
_log = logging.getLogger(__name__)


class PayHub(Protocol):
    """What is asked of the hub."""

    def pay(self, person: str) -> PaySheet:
        """Ask for the own pay of whoever is signed on here. Raises HubError."""
        ...

    def close(self) -> None:
        """Let go of the connection."""
        ...


class PayAsker:
    """Asks the hub for one person's pay after the other; only the newest wish counts."""

    def __init__(self, hub: PayHub, tell: Callable[[PayReport], None]) -> None:
        self._hub, self._tell = hub, tell
        self._wishes: queue.Queue[str | None] = queue.Queue()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="own pay", daemon=True)

    def start(self) -> None:
        """Begin to wait for wishes."""
        self._thread.start()

    def stop(self) -> None:
        """End; an exchange under way may take as long as its time-out."""
        self._stopping.set()
        self._wishes.put(None)
        if self._thread.is_alive():
            self._thread.join(5)
        self._hub.close()

    def ask(self, person: str) -> None:
        """Wish for somebody's pay; returns at once."""
        self._wishes.put(person)

    def _run(self) -> None:
        while (person := self._wishes.get()) is not None:
            if self._wishes.empty():
                self._tell(PayReport(person=person, sheet=self._asked(person)))

    def _asked(self, person: str) -> PaySheet | None:
        for _ in range(TRIES_MAX):
            try:
                sheet = self._hub.pay(person)
            except HubBusyError as error:
                _log.info("pay: the hub says to ask again: %s", error)
                if self._stopping.wait(min(error.wait_s, AGAIN_S_MAX)) or not self._wishes.empty():
                    return None
                continue
            except HubError as error:
                _log.info("pay: the hub was not heard: %s", error)
                return None
            return sheet if sheet.person == person else None
        return None
