"""Sync with the hub: read after the cursor, send, move the cursor; then fetch what changed. The log is the outbox.

The decisions are pure (`verdict.judge`); a thread of its own carries them out and never blocks the loop. Only an
accepted head that equals our own digest at that number moves the cursor.
"""

import logging
import random
import threading
from collections.abc import Callable
from datetime import datetime
from typing import assert_never

from domain.log import ClockQuality, Head
from domain.wire import Acknowledgement, UploadHeader, take_batch
from kiosk.hub_client import (
    HubBusyError,
    HubError,
    HubRefusedError,
    HubUnreachableError,
    UploadTooLargeError,
)
from kiosk.hub_port import BuddyPort, Connectivity, Hub, HubState
from kiosk.lease import LeaseBook, Moment
from kiosk.pace import Pace
from kiosk.store.care import RETENTION_DAYS
from kiosk.store.errors import StoreError
from kiosk.store.store import Store
from kiosk.verdict import Advance, Ignore, NewEpoch, Rewind, judge

ROUND_EVERY_S = 3.0
BACKOFF_S_MIN = 1.0
BACKOFF_S_MAX = 60.0
SLOW_ANSWER_S = 3.0
"""A hub that takes longer than this for an answer counts as slow: the screen says so, the work does not wait."""

GREET_EVERY_S = 10.0
"""With nothing to send, the hub still hears this often that we are there."""

CLOCK_SYNCED_S = 5.0
"""A clock no further than this from the hub's is called synced."""

BATCHES_BEFORE_CHANGES = 20
"""Uploads before a page of changes gets its turn."""

GIVE_WAY_S = 0.1
"""Before each step with work in it, how long whoever scans may go first: sending goes on all the same."""

BREATH_S = 0.002
"""Between two steps of a long work on our own file, so that a scan gets at it."""

EPOCHS_PER_HOUR_MAX = 8
"""New epochs the hub may ask for in an hour; then the kiosk waits, and the hub shows the fork."""
_HOUR_S = 3_600.0

STUCK_AFTER_S = 60.0
"""Connected, something pending, and the cursor has not moved for this long: begin again from the hub's head."""

_log = logging.getLogger(__name__)


def clock_quality(now: datetime, hub_time: datetime | None) -> ClockQuality:
    """Say how far our clock can be trusted, by the hub's."""
    if hub_time is None:
        return "unsure"
    return "synced" if abs((now - hub_time).total_seconds()) <= CLOCK_SYNCED_S else "unsure"


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
        retention_days: int = RETENTION_DAYS,
        pause: Callable[[float], object] | None = None,
        give_way: Callable[[float], object] = lambda _timeout_s: None,
        buddy: BuddyPort | None = None,
    ) -> None:
        """`pause` rests for so many seconds, or less when everything stops; tests and simulations have their own.

        `give_way` waits while somebody's scan is in hand, for so many seconds at most.
        """
        self._store = store
        self._hub = hub
        self._now = now
        self._monotonic_s = monotonic_s
        self._on_change = on_change
        self._random = random.Random(seed)  # noqa: S311 - jitter, not a secret
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._pace = Pace()
        self._retention_days = retention_days
        self._pause = pause or self._stopping.wait
        self._give_way = give_way
        self._quiet_since = Head()
        self._no_snapshot_of = -1
        self._epochs_s: list[float] = []
        self._buddy = buddy
        self._failures = 0
        self._asked_wait_s = 0.0
        self._moved_at_s = monotonic_s()
        self._greet_at_s = 0.0
        self.connectivity = Connectivity(state="offline", reason="starting", since=now())
        boot_id = store.log.boot_id

        def moment() -> Moment:
            return Moment(boot_id=boot_id, monotonic_s=monotonic_s(), wall=now())

        self.lease = LeaseBook(store.connection, moment)

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
        if self._buddy:
            self._buddy.close()

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
        self.lease.keep()
        try:
            self._finish_epoch()
            slowest_s = self._exchange()
            self._tidy()
            if self._buddy:
                self._buddy.hub_is_here()
        except HubBusyError as error:
            return self._failed("slow", error.reason, error.wait_s)
        except HubUnreachableError as error:
            self._copy_to_buddy()
            return self._failed("offline", error.reason, 0.0)
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

    def _exchange(self) -> float:
        """Send and fetch in turns, so that neither keeps the other waiting; returns the slowest answer, in s."""
        slowest_s, is_drained, more = 0.0, False, True
        while not self._stopping.is_set() and (more or not is_drained):
            sent_s, is_drained = self._send_some()
            fetched_s, more = self._fetch_page()
            slowest_s = max(slowest_s, sent_s, fetched_s)
        self._moved_at_s = self._monotonic_s()
        return slowest_s

    def _finish_epoch(self) -> None:
        """Issue the log again where a new epoch was begun; between two steps a scan gets its turn."""
        while not self._stopping.is_set() and self._store.care.reissue_some(self._now()):
            self._pause(BREATH_S)
        while not self._stopping.is_set() and self._store.refold_some():
            self._pause(BREATH_S)

    def _tidy(self) -> None:
        """Look after the log once everything is sent: only in rounds in which nothing new was written."""
        end = self._store.log.head
        if end == self._quiet_since:
            self._store.care.forget_some(self._retention_days)
            self._store.care.check_some(self._now())
        self._quiet_since = end

    def _copy_to_buddy(self) -> None:
        """Give the neighbour what the hub lacks; a file that fails now is reported when the hub is asked again."""
        if self._buddy:
            try:
                self._buddy.hub_is_away()
            except StoreError as error:
                _log.warning("sync: no copy for the neighbour: %s", error)

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

    def _send_some(self) -> tuple[float, bool]:
        """Upload until nothing is pending, or for so many batches; returns the slowest answer and if all was sent."""
        slowest_s = 0.0
        for _ in range(BATCHES_BEFORE_CHANGES):
            if self._stopping.is_set() or not self._store.log.pending:
                break
            self._rewind_if_stuck()
            slowest_s = max(slowest_s, self._send_one())
            self._pause(self._asked_wait_s * self._random.uniform(1.0, 1.2))
        if self._store.log.pending:
            return slowest_s, False
        self._pace.drained()
        if self._monotonic_s() >= self._greet_at_s:
            slowest_s = max(slowest_s, self._send_one())
        return slowest_s, True

    def _send_one(self) -> float:
        self._give_way(GIVE_WAY_S)
        header, bodies = self._batch()
        begin_s = self._monotonic_s()
        try:
            answer = self._hub.upload(header, bodies)
        except UploadTooLargeError:
            if not self._pace.was_too_large(len(bodies)):
                raise
            return 0.0
        except HubUnreachableError:
            self._pace.failed()
            raise
        took_s = self._monotonic_s() - begin_s
        self._give_way(GIVE_WAY_S)
        self._greet_at_s = self._monotonic_s() + GREET_EVERY_S
        self._asked_wait_s = min(max(answer.wait_s, 0.0), BACKOFF_S_MAX)
        self._pace.answered(len(bodies), took_s, answer.events_max)
        self._obey(answer, header)
        self._failures = 0
        self._heard("slow" if took_s > SLOW_ANSWER_S else "online", "")
        return took_s

    def _batch(self) -> tuple[UploadHeader, list[bytes]]:
        """Return what to send next, as of one moment; with nothing pending only how we are.

        What the disk spoilt is left out: it must neither reach the hub as a fact nor hold up what follows it.
        """
        log = self._store.log
        while True:
            if log.reissue:
                raise HubError("own_store", "the log is being issued again")
            with self._store.connection.lock:
                after, rows = log.unsent(self._pace.events_max)
                end, pending = log.head, log.pending
            checked = list(log.check(rows, after))
            damages = [damage for one in checked for damage in one.damages]
            if not damages:
                break
            self._store.care.set_apart(damages, self._now())
            self._finish_epoch()
        bodies = [row.body for row in rows]
        bodies = bodies[: take_batch(bodies)] if bodies else []
        oldest = checked[0].envelope if checked else None
        header = UploadHeader(
            device=self._store.device,
            epoch=log.epoch,
            first_sequence=after.sequence + 1,
            previous_digest=after.digest,
            events=len(bodies),
            head=end,
            generation=self._store.generation,
            clock=log.clock,
            clock_time=self._now(),
            oldest_event_time=oldest.event_time if oldest else None,
            pending=pending,
        )
        return header, bodies

    def _obey(self, answer: Acknowledgement, sent: UploadHeader) -> None:
        log, store = self._store.log, self._store
        if sent.epoch != log.epoch:
            return
        judgement = judge(
            answer,
            digest_at=log.head_at,
            end=log.head,
            epoch=sent.epoch,
            generation=store.generation,
            base=log.base.sequence,
        )
        if isinstance(judgement, Ignore):
            raise HubError(judgement.reason, "the answer moves nothing")
        store.hear_generation(answer.generation)
        log.clock = clock_quality(self._now(), answer.hub_time)
        self.lease.hear(answer.lease_s)
        match judgement:
            case Advance(sequence=sequence) | Rewind(sequence=sequence):
                if sequence == log.acknowledged and sent.events:
                    raise HubError("no_progress", "the hub answered, and its head stays where it was")
                self._moved_at_s = self._monotonic_s()
                if sequence != log.acknowledged:
                    store.acknowledge(sequence)
                store.care.hear(answer.safe, answer.hub_time)
            case NewEpoch(epoch=next_epoch, lost=lost):
                self._bound_epochs()
                _log.warning("sync: the hub holds another log of ours; epoch %d begins", next_epoch)
                store.care.begin_epoch(next_epoch, self._now(), lost=lost)
                self._finish_epoch()
            case _:
                assert_never(judgement)

    def _bound_epochs(self) -> None:
        """Begin only so many epochs in an hour: two copies of one card would else chase each other for ever."""
        now_s = self._monotonic_s()
        self._epochs_s = [one for one in self._epochs_s if now_s - one < _HOUR_S]
        if len(self._epochs_s) >= EPOCHS_PER_HOUR_MAX:
            raise HubBusyError("no_progress", "a new epoch was asked for too often", BACKOFF_S_MAX)
        self._epochs_s.append(now_s)

    def _rewind_if_stuck(self) -> None:
        """Judge progress, not connection: a cursor that does not move is set back and asked anew."""
        log = self._store.log
        if self._monotonic_s() - self._moved_at_s > STUCK_AFTER_S and log.acknowledged > log.base.sequence:
            self._moved_at_s = self._monotonic_s()
            self._store.acknowledge(log.base.sequence)

    def _fetch_page(self) -> tuple[float, bool]:
        """Take the next page of changes, or a snapshot where everything is new; returns its time and if more waits."""
        store = self._store
        progress = store.reference.progress()
        begin_s = self._monotonic_s()
        is_new = not progress.cursor or progress.generation < store.generation
        if is_new and self._no_snapshot_of != store.generation and self._take_snapshot():
            return self._monotonic_s() - begin_s, True
        page = self._hub.changes(progress.cursor, store.generation)
        took_s = self._monotonic_s() - begin_s
        if page.generation < store.generation:
            raise HubError("older_generation")
        if page.generation > store.generation:
            # The hub was put back: what it holds of our log is asked at once, and all reference data come anew.
            is_first = store.generation == 0
            store.hear_generation(page.generation)
            self._greet_at_s = 0.0
            if not is_first:
                return took_s, True
        self._give_way(GIVE_WAY_S)
        store.apply(page)
        return took_s, page.more

    def _take_snapshot(self) -> bool:
        """Take everything at once, as one moment of the hub has it; tells whether that worked. If not, pages serve."""
        generation = self._store.generation
        try:
            snapshot = self._hub.snapshot()
        except (HubBusyError, HubRefusedError):
            raise
        except HubError as error:
            _log.info("sync: no snapshot (%s), page by page then", error)
            self._no_snapshot_of = generation
            return False
        if snapshot.generation < generation:
            raise HubError("older_generation")
        self._no_snapshot_of = snapshot.generation
        self._store.hear_generation(snapshot.generation)
        self._store.apply_snapshot(snapshot, breathe=lambda: self._pause(BREATH_S))
        return True
