"""Taking care of the log: what is damaged is kept apart and told, epochs are begun, old entries are forgotten.

Everything happens in short transactions, so that a scan that comes meanwhile waits for one of them at most.
"""

import logging
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from itertools import groupby

from uuid_utils import uuid7

from domain.events.terminal import DamageFound
from domain.log import Head
from kiosk.store.chain import Damage
from kiosk.store.connection import Connection
from kiosk.store.entries import entry_rows
from kiosk.store.errors import StoreError
from kiosk.store.forget import forget_some, mark, old_enough, oldest_epoch
from kiosk.store.log import VERIFIED_AT_START_MAX, Fact, Log

STEP_ENTRIES_MAX = 100
"""Entries issued again, forgotten or checked in one transaction."""
RETENTION_DAYS = 40
DETAIL_CHARS_MAX = 200

_log = logging.getLogger(__name__)


class LogCare:
    """Upkeep of one log. The sync calls it; each call is one step of bounded work."""

    def __init__(
        self, connection: Connection, log: Log, transaction: Callable[[], AbstractContextManager[None]]
    ) -> None:
        self._connection, self._log, self._transaction = connection, log, transaction
        self.new_id: Callable[[], str] = lambda: uuid7().hex
        """Names the facts it records itself."""
        self._safe = Head()
        self._safe_epoch = 0
        self._hub_time: datetime | None = None
        self._checked = 0

    # Damages

    def inspect(self, now: datetime, *, everything: bool = False) -> Sequence[Damage]:
        """Check the chain and keep damaged entries apart; a damage the hub's copy lacks makes a new epoch necessary.

        Looks at the newest entries, or at everything. Returns the damages not known before.
        """
        after = 0 if everything else max(0, self._log.head.sequence - VERIFIED_AT_START_MAX)
        found = self._log.damages(after)
        return self.set_apart(found, now) if found else ()

    def set_apart(self, found: Iterable[Damage], now: datetime) -> Sequence[Damage]:
        """Keep damages apart, record those not known before, and begin an epoch where the hub would miss something."""
        log = self._log
        with self._transaction():
            damages = list(found)
            head, acknowledged = log.head.sequence, log.acknowledged
            new = self._quarantine(damages, now)
            if any(one.last > acknowledged or one.sequence > head for one in damages) and not log.reissue:
                log.begin_epoch(log.epoch + 1)
                self._reissue_some(now)
        for one in new:
            _log.error("log entry %d of epoch %d: %s: %s", one.sequence, one.epoch, one.kind, one.reason)
        return new

    def check_some(self, now: datetime) -> None:
        """Check a few entries more, round and round: a card spoils also what nobody reads."""
        log = self._log
        with self._connection.lock:
            if log.reissue:
                return
            after = log.head_at(self._checked) if self._checked > log.base.sequence else log.base
            rows = entry_rows(self._connection, log.epoch, after.sequence, STEP_ENTRIES_MAX)
            end = rows[-1].sequence if rows else after.sequence
            missing = log.missing_at_end(end)
        found = [*(damage for one in log.check(rows, after) for damage in one.damages), *missing]
        self._checked = 0 if len(rows) < STEP_ENTRIES_MAX else end
        if found:
            self.set_apart(found, now)

    def _quarantine(self, damages: Iterable[Damage], now: datetime) -> Sequence[Damage]:
        """Keep damages apart and say each new one once, neighbours together. Inside a transaction."""
        log = self._log
        new = [damage for damage in damages if log.quarantine(damage, now)]
        facts: list[Fact] = []
        acknowledged = log.acknowledged
        for (kind, at_hub), group in groupby(new, lambda one: (one.kind, one.last <= acknowledged)):
            alike = list(group)
            event = DamageFound(
                reason=kind,
                epoch=alike[0].epoch,
                first=alike[0].sequence,
                last=alike[-1].last,
                count=sum(one.last - one.sequence + 1 for one in alike),
                at_hub=at_hub,
                detail=alike[0].reason[:DETAIL_CHARS_MAX],
            )
            facts.append(self._fact(event, now))
        log.append(facts)
        return new

    def _fact(self, event: DamageFound, now: datetime) -> Fact:
        return Fact(event=event, event_id=self.new_id(), event_time=now)

    # Epochs

    def begin_epoch(self, epoch: int, now: datetime, *, lost: tuple[int, int] | None = None) -> None:
        """Decide that a new epoch begins, and take the first step; a short log is through with it.

        `lost`: the first and last number of what was forgotten here and the hub does not hold any more.
        """
        log = self._log
        with self._transaction():
            if lost:
                first, last = lost
                event = DamageFound(
                    reason="forgotten", epoch=log.epoch, first=first, last=last, count=last - first + 1
                )
                log.append([self._fact(event, now)])
            log.begin_epoch(epoch)
            self._reissue_some(now)

    def reissue_some(self, now: datetime) -> bool:
        """Take the next step to a new epoch; tells whether there was one to take."""
        with self._connection.lock:
            if self._log.reissue is None:
                return False
            with self._transaction():
                self._reissue_some(now)
        return True

    def _reissue_some(self, now: datetime) -> None:
        """Take a step, and a second one only for what the first one had to say. Inside a transaction."""
        for _ in range(2):
            step = self._log.reissue_some(STEP_ENTRIES_MAX)
            if step is None:
                return
            told = self._quarantine(step.damages, now)
            if not step.is_last:
                return
            if not told:
                self._log.switch(step.reissue)
                return

    # Forgetting

    def hear(self, safe: Head, hub_time: datetime | None) -> None:
        """Take the hub's word on what a proven backup holds; believed only where it names our own digest."""
        log = self._log
        with self._connection.lock:
            self._hub_time = hub_time
            is_ours = log.base.sequence <= safe.sequence <= log.acknowledged
            if is_ours and log.head_at(safe.sequence) == safe:
                self._safe, self._safe_epoch = safe, log.epoch
            else:
                if is_ours:
                    _log.warning("the hub calls entry %d safe with a digest that is not ours", safe.sequence)
                self._safe_epoch = 0
            if hub_time and log.head.sequence > log.base.sequence and not log.reissue:
                try:
                    mark(self._connection, log.head, log.epoch, hub_time)
                except StoreError as error:
                    _log.warning("how old the log is was not noted, and is tried again: %s", error)

    def forget_safe(self) -> None:
        """Believe nothing safe until the hub says so again: it was put back."""
        self._safe_epoch = 0

    def forget_some(self, retention_days: int = RETENTION_DAYS) -> int:
        """Forget a few entries that are safe and old, earlier epochs after their copies; returns how many."""
        log = self._log
        with self._connection.lock:
            if self._hub_time is None or self._safe_epoch != log.epoch or log.reissue:
                return 0
            before = self._hub_time - timedelta(days=retention_days)
            through = min(
                self._safe.sequence, log.acknowledged, old_enough(self._connection, log.epoch, before)
            )
            with self._transaction():
                if through > log.base.sequence:
                    return self._forget(log.epoch, through)
                if log.base.sequence >= log.issued_again:
                    return self._forget_earlier()
        return 0

    def _forget(self, epoch: int, through: int) -> int:
        before = self._log.base_of(epoch)
        after = forget_some(self._connection, epoch, before, through, STEP_ENTRIES_MAX)
        if epoch == self._log.epoch:
            self._log.base = after
        return after.sequence - before.sequence

    def _forget_earlier(self) -> int:
        epoch = oldest_epoch(self._connection)
        return self._forget(epoch, 2**62) if 0 < epoch < self._log.epoch else 0
