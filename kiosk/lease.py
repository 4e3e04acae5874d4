"""How long a kiosk may work without a word from the hub; then nobody new signs on until it is heard again.

The time is counted, not read off a clock: by the machine's monotonic clock while it runs, and across a restart by what
the clock on the wall went forward. A clock turned back gives nobody a day more.
"""

import logging
from collections.abc import Callable
from datetime import datetime

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from domain.wire import LEASE_S
from kiosk.store.connection import Connection
from kiosk.store.errors import StoreError

LEASE_S_MIN = 30 * 24 * 3600
"""A shorter word than this is raised to it; only an end at once, for a device that was revoked, is taken as it is."""
KEPT_EVERY_S = 600.0

_KEY = "lease"
_log = logging.getLogger(__name__)


class Moment(Struct, frozen=True, kw_only=True):
    """A moment by both clocks. `boot_id` says from when on `monotonic_s` counts."""

    boot_id: str
    monotonic_s: float
    wall: datetime


class Lease(Struct, frozen=True, kw_only=True):
    """What was granted, and how much of it was used as of a moment."""

    granted_s: float
    used_s: float
    at: Moment

    @property
    def left_s(self) -> float:
        """Return how much is left, in s; 0: it is over."""
        return max(0.0, self.granted_s - self.used_s)


def counted(lease: Lease, now: Moment) -> Lease:
    """Return the lease with the time since its moment used up."""
    before = lease.at
    if now.boot_id == before.boot_id and now.monotonic_s >= before.monotonic_s:
        passed_s = now.monotonic_s - before.monotonic_s
    else:
        # The machine has run for at least as long as its clock counts, whatever the clock on the wall says.
        passed_s = max((now.wall - before.wall).total_seconds(), now.monotonic_s)
    return replace(lease, used_s=lease.used_s + max(0.0, passed_s), at=now)


def granted(lease_s: float, now: Moment) -> Lease:
    """Return the lease that a word of the hub begins."""
    return Lease(granted_s=max(lease_s, LEASE_S_MIN) if lease_s > 0 else 0.0, used_s=0.0, at=now)


class LeaseBook:
    """Keeps the lease in the kiosk's file; asked from any thread."""

    def __init__(self, connection: Connection, now: Callable[[], Moment]) -> None:
        """A kiosk that never heard the hub begins with the usual lease."""
        self._connection, self._now = connection, now
        body = connection.meta(_KEY)
        self._lease = msgspec.json.decode(body, type=Lease) if body else granted(LEASE_S, now())
        self._kept = self._lease if body else None

    def left_s(self) -> float:
        """Return for how long the kiosk may still work unseen, in s."""
        with self._connection.lock:
            self._lease = counted(self._lease, self._now())
            return self._lease.left_s

    def hear(self, lease_s: float) -> None:
        """Take the hub's word: from now on, so long."""
        with self._connection.lock:
            self._lease = granted(lease_s, self._now())

    def keep(self) -> None:
        """Write it down if much changed since the last time: a power cut costs minutes of it."""
        with self._connection.lock:
            lease, kept = counted(self._lease, self._now()), self._kept
            same = kept and kept.granted_s == lease.granted_s and kept.at.boot_id == lease.at.boot_id
            if kept and same and abs(counted(kept, lease.at).used_s - kept.used_s) < KEPT_EVERY_S:
                return
            try:
                with self._connection.transaction():
                    self._connection.remember(_KEY, msgspec.json.encode(lease).decode())
            except StoreError as error:
                _log.warning("the lease was not written down, and is tried again: %s", error)
                return
            self._lease = self._kept = lease
