"""Sync with the hub: read after the cursor, send, move the cursor; then fetch what changed. The log is the outbox.

The decisions are pure (`judge`); a thread of its own carries them out and never blocks the loop. Only an accepted head
that equals our own digest at that number moves the cursor.
"""

import logging
import random
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol, assert_never

from domain.log import ClockQuality, Head, open_entry
from domain.wire import (
    BATCH_EVENTS_MAX,
    Accepted,
    Acknowledgement,
    Changes,
    Fork,
    Resend,
    UploadHeader,
    take_batch,
)
from kiosk.hub_client import (
    HubBusyError,
    HubError,
    HubRefusedError,
    UploadTooLargeError,
)
from kiosk.store.errors import StoreError
from kiosk.store.store import Store

ROUND_EVERY_S = 3.0
BACKOFF_S_MIN = 1.0
BACKOFF_S_MAX = 60.0
SLOW_ANSWER_S = 3.0
"""A hub that takes longer than this for an answer counts as slow: the screen says so, the work does not wait."""

GREET_EVERY_S = 10.0
"""With nothing to send, the hub still hears this often that we are there."""

CLOCK_SYNCED_S = 5.0
"""A clock no further than this from the hub's is called synced."""

STUCK_AFTER_S = 60.0
"""Connected, something pending, and the cursor has not moved for this long: begin again from the hub's head."""

HubState = Literal["online", "slow", "offline"]

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Advance:
    """The hub has everything through `sequence`, with our own digest there."""

    sequence: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Rewind:
    """Send again after `sequence`."""

    sequence: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEpoch:
    """The hub holds other bytes under our numbers: issue everything retained again in this epoch."""

    epoch: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Ignore:
    """The answer moves nothing."""

    reason: str


Judgement = Advance | Rewind | NewEpoch | Ignore


def judge(
    answer: Acknowledgement, *, digest_at: Callable[[int], Head], end: Head, epoch: int, generation: int
) -> Judgement:
    """Say what an answer means for the cursor. `digest_at` gives our own head as of a number, `end` our last one."""
    if answer.generation < generation:
        return Ignore(reason="the answer is of an older generation")
    match answer.verdict:
        case Fork(next_epoch=next_epoch):
            return NewEpoch(epoch=max(next_epoch, epoch + 1))
        case Accepted() | Resend() if answer.accepted.sequence > end.sequence:
            # The hub knows more of us than we do: our file is older than our past.
            return NewEpoch(epoch=epoch + 1)
        case Accepted() | Resend() if digest_at(answer.accepted.sequence) != answer.accepted:
            return NewEpoch(epoch=epoch + 1)
        case Resend(from_sequence=first):
            return Rewind(sequence=min(max(first - 1, 0), answer.accepted.sequence))
        case Accepted():
            return Advance(sequence=answer.accepted.sequence)
        case _:
            assert_never(answer.verdict)


def clock_quality(now: datetime, hub_time: datetime | None) -> ClockQuality:
    """Say how far our clock can be trusted, by the hub's."""
    if hub_time is None:
        return "unsure"
    return "synced" if abs((now - hub_time).total_seconds()) <= CLOCK_SYNCED_S else "unsure"


class Hub(Protocol):
    """What the sync asks of the hub; every method may raise HubError."""

    def upload(self, header: UploadHeader, bodies: list[bytes]) -> Acknowledgement:
        """Send a batch."""
        ...

    def changes(self, cursor: str, generation: int) -> Changes:
        """Ask for the next page of changes."""
        ...

    def close(self) -> None:
        """Let go of the connection."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Connectivity:
    """How it stands with the hub, for the screen. `since` is when this state began, `reason` a code with words."""

    state: HubState
    reason: str = ""
    since: datetime | None = None
    last_answer: datetime | None = None


class Sync:
    """Keeps the hub up to date with the log, and the kiosk with the hub. One thread, woken by new entries."""

    def __init__(
        self,
        store: Store,
        hub: Hub,
        *,
        now: Callable[[], datetime],
        monotonic_s: Callable[[], float],
        on_change: Callable[[Connectivity], None],
        seed: int | None = None,
    ) -> None:
        self._store = store
        self._hub = hub
        self._now = now
        self._monotonic_s = monotonic_s
        self._on_change = on_change
        self._random = random.Random(seed)  # noqa: S311 - jitter, not a secret
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._batch_max = BATCH_EVENTS_MAX
        self._failures = 0
        self._asked_wait_s = 0.0
        self._moved_at_s = monotonic_s()
        self._greet_at_s = 0.0
        self.connectivity = Connectivity(state="offline", reason="starting", since=now())

    def start(self) -> None:
        """Begin to talk to the hub."""
        self._thread = threading.Thread(target=self._run, name="sync", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the thread; an exchange under way may take as long as its time-out."""
        self._stopping.set()
        self._wake.set()
        if self._thread:
            self._thread.join(5)
        self._hub.close()

    def wake(self) -> None:
        """Say that there is something new to send."""
        self._wake.set()

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                pause_s = self.round()
            except Exception:  # noqa: BLE001 the thread must live: what is pending is tried again, and the screen says so
                _log.exception("sync: a round failed")
                pause_s = self._failed("offline", "not_understood", 0.0)
            # While the hub is away a new line does not shorten the rest: scanning must not hammer it.
            waited_for = self._stopping if self._failures else self._wake
            waited_for.wait(pause_s)
            self._wake.clear()

    def round(self) -> float:
        """Send everything that is pending and fetch everything that changed; returns how long to rest, in s."""
        begin_s = self._monotonic_s()
        try:
            slowest_s = max(self._send_all(), self._fetch_all())
        except HubBusyError as error:
            return self._failed("slow", error.reason, error.wait_s)
        except HubRefusedError as error:
            return self._failed("offline", error.reason, BACKOFF_S_MAX)
        except HubError as error:
            return self._failed("offline", error.reason, 0.0)
        except StoreError as error:
            _log.warning("sync: the kiosk's own file did not take it: %s", error)
            return self._failed("offline", "own_store", 0.0)
        except ValueError as error:
            _log.warning("sync: the hub sent a record of no known shape: %s", error)
            return self._failed("offline", "not_understood", 0.0)
        self._failures = 0
        self._heard("slow" if slowest_s > SLOW_ANSWER_S else "online", "")
        _log.debug("sync: round took %.3f s", self._monotonic_s() - begin_s)
        return ROUND_EVERY_S * self._random.uniform(0.7, 1.0)

    def _failed(self, state: HubState, reason: str, wait_s: float) -> float:
        self._failures += 1
        self._heard(state, reason)
        backoff_s = min(BACKOFF_S_MAX, BACKOFF_S_MIN * 2 ** min(self._failures - 1, 10))
        return max(wait_s, backoff_s * self._random.uniform(0.5, 1.0))

    def _heard(self, state: HubState, reason: str) -> None:
        now, before = self._now(), self.connectivity
        is_same = before.state == state and before.reason == reason
        self.connectivity = Connectivity(
            state=state,
            reason=reason,
            since=before.since if is_same else now,
            last_answer=before.last_answer if state == "offline" else now,
        )
        if not is_same:
            self._on_change(self.connectivity)

    def _send_all(self) -> float:
        """Upload until nothing is pending; returns the slowest answer, in s."""
        slowest_s = 0.0
        while not self._stopping.is_set() and self._store.log.pending:
            self._rewind_if_stuck()
            slowest_s = max(slowest_s, self._send_one())
            self._stopping.wait(self._asked_wait_s * self._random.uniform(1.0, 1.2))
        self._batch_max = BATCH_EVENTS_MAX
        if self._monotonic_s() >= self._greet_at_s:
            slowest_s = max(slowest_s, self._send_one())
        self._moved_at_s = self._monotonic_s()
        return slowest_s

    def _send_one(self) -> float:
        header, bodies = self._batch()
        begin_s = self._monotonic_s()
        try:
            answer = self._hub.upload(header, bodies)
        except UploadTooLargeError:
            if self._batch_max == 1:
                raise
            self._batch_max = max(1, self._batch_max // 2)
            return 0.0
        took_s = self._monotonic_s() - begin_s
        self._greet_at_s = self._monotonic_s() + GREET_EVERY_S
        self._asked_wait_s = min(max(answer.wait_s, 0.0), BACKOFF_S_MAX)
        self._store.log.clock = clock_quality(self._now(), answer.hub_time)
        self._obey(answer, header)
        return took_s

    def _batch(self) -> tuple[UploadHeader, list[bytes]]:
        """Return what to send next, as of one moment; with nothing pending only how we are."""
        with self._store.connection.lock:
            log = self._store.log
            if log.damages(log.acknowledged, self._batch_max):
                self._set_damages_apart()
            after = log.head_at(log.acknowledged)
            bodies = log.bodies_after(after.sequence, self._batch_max)
            bodies = bodies[: take_batch(bodies)] if bodies else []
            oldest = open_entry(bodies[0]).envelope.event_time if bodies else None
            header = UploadHeader(
                device=self._store.device,
                epoch=log.epoch,
                first_sequence=after.sequence + 1,
                previous_digest=after.digest,
                events=len(bodies),
                head=log.head,
                generation=self._store.reference.progress().generation,
                clock=log.clock,
                clock_time=self._now(),
                oldest_event_time=oldest,
                pending=log.pending,
            )
        return header, bodies

    def _set_damages_apart(self) -> None:
        """Leave out what the disk spoilt: it must neither reach the hub as a fact nor hold up what follows it."""
        for damage in self._store.inspect(self._now(), everything=True):
            _log.error(
                "log entry %d of epoch %d is damaged: %s", damage.sequence, damage.epoch, damage.reason
            )

    def _obey(self, answer: Acknowledgement, sent: UploadHeader) -> None:
        log = self._store.log
        if sent.epoch != log.epoch:
            return
        judgement = judge(
            answer,
            digest_at=log.head_at,
            end=log.head,
            epoch=sent.epoch,
            generation=self._store.reference.progress().generation,
        )
        match judgement:
            case Advance(sequence=sequence) | Rewind(sequence=sequence):
                if sequence == log.acknowledged and sent.events:
                    raise HubError("no_progress", "the hub answered, and its head stays where it was")
                self._moved_at_s = self._monotonic_s()
                if sequence != log.acknowledged:
                    self._store.acknowledge(sequence)
            case NewEpoch(epoch=next_epoch):
                _log.warning("sync: the hub holds another log of ours; epoch %d begins", next_epoch)
                self._store.begin_epoch(next_epoch, self._now())
            case Ignore(reason=reason):
                raise HubError("not_understood", reason)
            case _:
                assert_never(judgement)

    def _rewind_if_stuck(self) -> None:
        """Judge progress, not connection: a cursor that does not move is set back and asked anew."""
        if self._monotonic_s() - self._moved_at_s > STUCK_AFTER_S and self._store.log.acknowledged:
            self._moved_at_s = self._monotonic_s()
            self._store.acknowledge(0)

    def _fetch_all(self) -> float:
        """Take every page of changes; returns the slowest answer, in s."""
        slowest_s = 0.0
        while not self._stopping.is_set():
            progress = self._store.reference.progress()
            begin_s = self._monotonic_s()
            page = self._hub.changes(progress.cursor, progress.generation)
            slowest_s = max(slowest_s, self._monotonic_s() - begin_s)
            if page.generation < progress.generation:
                raise HubError("older_generation")
            self._store.apply(page)
            if not page.more:
                return slowest_s
        return slowest_s
