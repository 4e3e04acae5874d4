"""Puts a turn on the card and knows for certain afterwards whether it is there.

A write that failed may have reached the card all the same. Then the file is let go, opened and read again: what stands
there now is what happened. Where even that fails, nothing can be promised, and people write on paper.
"""

import logging
from collections.abc import Callable, Sequence

from domain.log import open_entry
from kiosk.saving import SavingSign
from kiosk.store.errors import StoreError, StoreFault
from kiosk.store.log import Fact
from kiosk.store.store import Store

UNSURE: frozenset[StoreFault] = frozenset({"store_io", "store_damaged", "store_failed"})
"""Faults after which nobody knows what the card holds. Full and locked are plain: nothing was written."""

_LOG = logging.getLogger(__name__)


class Recorder:
    """Writes turns for the loop; `is_failing` while it is not known what the card holds."""

    def __init__(self, store: Store, *, saving: SavingSign, make_room: Callable[[], bool]) -> None:
        """`make_room` lets the ballast go and tells whether there was one."""
        self._store = store
        self._saving = saving
        self._make_room = make_room
        self.is_failing = False

    def record(self, facts: Sequence[Fact], session: bytes | None, day: str) -> None:
        """Write a turn; when this returns it is on the card. Raises StoreError, and then it is not, or nobody knows."""
        with self._saving:
            try:
                self._write(facts, session, day)
            except StoreError as error:
                if error.code not in UNSURE:
                    raise
                _LOG.error("unsure whether a turn was stored: %s", error)
                if not (self.recover() and self._is_there(facts, session)):
                    raise
                _LOG.warning("it was stored, as the file read anew says")

    def _write(self, facts: Sequence[Fact], session: bytes | None, day: str) -> None:
        try:
            self._store.record(facts, session, day)
        except StoreError as error:
            if error.code != "disk_full" or not self._make_room():
                raise
            self._store.record(facts, session, day)

    def recover(self) -> bool:
        """Open the file anew and write to it; tell whether it can be trusted again."""
        try:
            self._store.reopen()
        except StoreError as error:
            _LOG.error("the file cannot be opened anew: %s", error)
            self.is_failing = True
            return False
        self.is_failing = False
        return True

    def _is_there(self, facts: Sequence[Fact], session: bytes | None) -> bool:
        if not facts:
            return session is not None and self._store.session() == session
        log = self._store.log
        bodies = log.bodies_after(max(0, log.head.sequence - len(facts)), len(facts))
        written = [open_entry(body).envelope.event_id for body in bodies]
        return written == [fact.event_id for fact in facts]
