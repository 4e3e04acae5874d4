"""The thread that talks to the hub: sends what the log holds after the cursor, fetches what changed."""

import logging
import random
import threading
from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus

from domain.wire import BATCH_EVENTS_MAX, Acknowledgement
from drivers.clock import Clock
from kiosk import sync
from kiosk.hub_client import SLOW_S, HubClient, HubError
from kiosk.screen import Words
from kiosk.status import HubReport
from kiosk.store.errors import StoreError
from kiosk.store.store import Store

_LOG = logging.getLogger(__name__)
PULL_INTERVAL_S = 3.0
GREET_INTERVAL_S = 10.0
"""With nothing to send, the hub still hears this often that we are there."""

STOP_TIMEOUT_S = 20.0
SHARE_MIN = 1 / BATCH_EVENTS_MAX


class Courier:
    """Keeps the hub and the kiosk's file in step."""

    def __init__(
        self,
        *,
        store: Store,
        client: HubClient,
        clock: Clock,
        device: str,
        report: Callable[[HubReport], None],
    ) -> None:
        self._store = store
        self._client = client
        self._clock = clock
        self._device = device
        self._report = report
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="courier", daemon=True)
        self._failures = 0
        self._share = 1.0
        self._contact: datetime | None = None
        self._greet_due_ms = 0
        self._progress_ms = clock.monotonic_ms()
        self._last_told: HubReport | None = None

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def wake(self) -> None:
        """There is something to send."""
        self._wake.set()

    def stop(self) -> None:
        """End after the request at hand."""
        self._stopping.set()
        self._wake.set()
        self._thread.join(STOP_TIMEOUT_S)
        self._client.close()

    def _run(self) -> None:
        while not self._stopping.is_set():
            wait_s = self.exchange()
            # While the hub is away a new line does not shorten the wait; the next scan must not hammer it.
            if self._failures:
                self._stopping.wait(wait_s)
            else:
                self._wake.wait(wait_s)
            self._wake.clear()

    def exchange(self) -> float:
        """Send and fetch everything there is; returns how long to wait before the next time, in seconds."""
        try:
            self._send()
            self._fetch()
        except HubError as error:
            return self._failed(error)
        except (StoreError, ValueError) as error:
            _LOG.exception("what the hub sent cannot be kept")
            return self._failed(HubError("hub.not_kept", str(error)))
        self._failures = 0
        took_long = self._client.last_took_s > SLOW_S
        self._tell("slow" if took_long else "online", self._no_progress())
        return PULL_INTERVAL_S

    def _send(self) -> None:
        while not self._stopping.is_set():
            outgoing = self._outgoing()
            now_ms = self._clock.monotonic_ms()
            if not outgoing.bodies:
                self._progress_ms = now_ms
                if now_ms < self._greet_due_ms:
                    return
            body = sync.upload_of(outgoing, self._clock.now(), self._share)
            answer = self._client.upload(body)
            self._greet_due_ms = now_ms + int(GREET_INTERVAL_S * 1000)
            self._contact = self._clock.now()
            self._store.log.clock = sync.clock_quality(self._contact, answer.hub_time)
            if not self._settle(answer, outgoing) or not outgoing.bodies:
                return
            self._share = min(1.0, self._share * 2)
            if answer.wait_s:
                self._stopping.wait(min(answer.wait_s, sync.WAIT_MAX_S))

    def _outgoing(self) -> sync.Outgoing:
        with self._store.connection.lock:
            log = self._store.log
            acknowledged = log.head_at(log.acknowledged) if log.acknowledged else log.head_at(0)
            return sync.Outgoing(
                device=self._device,
                epoch=log.epoch,
                generation=self._store.reference.progress().generation,
                acknowledged=acknowledged,
                head=log.head,
                bodies=log.bodies_after(acknowledged.sequence, BATCH_EVENTS_MAX),
                clock=log.clock,
            )

    def _settle(self, answer: Acknowledgement, outgoing: sync.Outgoing) -> bool:
        """Do what an acknowledgement means; False when there is no sense in sending on at once."""
        with self._store.connection.lock:
            log = self._store.log
            if log.epoch != outgoing.epoch:
                return True
            outcome = sync.judge(answer, outgoing, log.head_at(answer.accepted.sequence))
            match outcome:
                case sync.Moved(sequence=sequence):
                    moved = sequence != log.acknowledged
                    if moved:
                        self._progress_ms = self._clock.monotonic_ms()
                        self._store.acknowledge(sequence)
                    return moved
                case sync.NewEpoch(epoch=epoch):
                    _LOG.warning("the hub holds other bytes under our numbers; beginning epoch %d", epoch)
                    self._store.begin_epoch(epoch)
                    return True
                case sync.Ignored(reason=reason):
                    _LOG.warning("an answer of the hub was ignored: %s", reason)
                    return False

    def _fetch(self) -> None:
        while not self._stopping.is_set():
            progress = self._store.reference.progress()
            page = self._client.changes(progress.cursor)
            self._contact = self._clock.now()
            if page.generation < progress.generation:
                _LOG.warning("a page of generation %d was ignored", page.generation)
                return
            self._store.apply(page)
            if not page.more:
                return

    def _failed(self, error: HubError) -> float:
        self._failures += 1
        if error.status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
            self._share = max(SHARE_MIN, self._share / 2)
        if self._failures == 1:
            _LOG.warning("the hub: %s", error)
        self._tell("offline", Words(key=error.says))
        wait_s = sync.back_off_s(self._failures, random.random())  # noqa: S311 spreads kiosks, keeps no secret
        return max(wait_s, min(error.retry_after_s, sync.WAIT_MAX_S))

    def _no_progress(self) -> Words | None:
        waited_s = (self._clock.monotonic_ms() - self._progress_ms) / 1000
        return Words(key="hub.no_progress") if waited_s > sync.NO_PROGRESS_S else None

    def _tell(self, state: str, says: Words | None) -> None:
        report = HubReport(
            state="online" if state == "online" else "slow" if state == "slow" else "offline",
            contact=self._contact,
            says=says,
        )
        if report != self._last_told:
            self._last_told = report
            self._report(report)
