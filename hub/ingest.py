"""Taking in uploads: stored, ordered and committed before the answer. One thread writes all that waits at once.

What is decided about an upload stands in `judge.py`; booking is the projector's. Whatever is taken in stays.
"""

import logging
import queue
import threading
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence

from sqlalchemy import Connection, Engine

from domain.log import Head
from domain.wire import BATCH_EVENTS_MAX, LEASE_S, Acknowledgement, Upload
from drivers.clock import Clock
from hub.intake import Intake, Ticket, report_of
from hub.judge import Judgement, examine
from hub.store.backups import LogKey, safe_heads_of
from hub.store.database import StoreBusyError, generation_of, set_generation, writing
from hub.store.devices import Device
from hub.store.event_log import EventLog
from hub.store.values import instant_text

WAITING_MAX = 512
"""Uploads that may wait for the writer; above, the sender is told to come back."""
GROUP_UPLOADS_MAX = 32
"""Uploads stored in one transaction."""
WAITING_PER_DEVICE_MAX = 4
"""Uploads of one device that may wait: a flood from one keeps nobody else from the writer."""
WAITING_EVENTS_GOOD = 20_000
"""With more uploads waiting than make up this many events, each next one shall be smaller: all are answered in time."""
EVENTS_MAX_MIN = 20
GENERATION_LEAP_MAX = 1_000
"""A sender that heard of a generation further ahead than this is not believed."""
ANSWER_WAIT_S = 20.0
SUSPECTS_MAX = 1000

_log = logging.getLogger(__name__)


class Ingest:
    """The way in. `accept` may be called from any thread; `start` begins the one that writes."""

    def __init__(
        self,
        engine: Engine,
        log: EventLog,
        clock: Clock,
        *,
        appended: Callable[[str, int], None],
        behind_s: Callable[[str], float],
        lease_s: int = LEASE_S,
    ) -> None:
        """`appended(plant, position)` is told each commit; `behind_s(plant)` says how long booking needs."""
        self._engine, self._log, self._clock = engine, log, clock
        self._appended, self._behind_s, self._lease_s = appended, behind_s, lease_s
        self._waiting_of: Counter[tuple[str, str]] = Counter()
        self._counting = threading.Lock()
        self._has_leapt = False
        self._waiting: queue.Queue[Ticket | None] = queue.Queue(WAITING_MAX)
        self._suspects: dict[LogKey, str] = {}
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin to write."""
        self._thread = threading.Thread(target=self._work, name="ingest", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Finish what waits, then end."""
        if self._thread:
            self._waiting.put(None)
            self._thread.join()
            self._thread = None

    def accept(self, device: Device, upload: Upload) -> Acknowledgement:
        """Store an upload and answer; the answer stands on a durable commit.

        Raises StoreBusyError when the database is locked or full, or too many wait: nothing is stored then.
        """
        ticket = Ticket(device=device, upload=upload, lines=examine(upload))
        sender = (device.plant, device.device)
        with self._counting:
            if self._waiting_of[sender] >= WAITING_PER_DEVICE_MAX:
                raise StoreBusyError(f"{WAITING_PER_DEVICE_MAX} uploads of {device.device} wait already")
            self._waiting_of[sender] += 1
        try:
            self._waiting.put_nowait(ticket)
            if not ticket.done.wait(ANSWER_WAIT_S):
                raise StoreBusyError("the writer did not come to this upload in time")
        except queue.Full as error:
            raise StoreBusyError("too many uploads wait") from error
        finally:
            with self._counting:
                self._waiting_of[sender] -= 1
                if not self._waiting_of[sender]:
                    del self._waiting_of[sender]
        match ticket.answer[0]:
            case Acknowledgement() as acknowledgement:
                return acknowledgement
            case StoreBusyError() as error:
                raise error

    def waiting(self) -> int:
        """Return how many uploads wait for the writer, about."""
        return self._waiting.qsize()

    def _work(self) -> None:
        while (first := self._waiting.get()) is not None:
            group = [first]
            while len(group) < GROUP_UPLOADS_MAX:
                try:
                    one = self._waiting.get_nowait()
                except queue.Empty:
                    break
                if one is None:
                    self._waiting.put(None)
                    break
                group.append(one)
            self._store(group)

    def _store(self, group: Sequence[Ticket]) -> None:
        try:
            answers = self._write(group)
        except StoreBusyError as error:
            for ticket in group:
                ticket.settle(error)
        except Exception:  # noqa: BLE001 - one upload must end neither the thread nor its neighbours
            _log.exception("storing %d uploads together failed", len(group))
            if len(group) > 1:
                for ticket in group:
                    self._store([ticket])
            else:
                self._store_carefully(group[0])
        else:
            for ticket, answer in zip(group, answers, strict=True):
                ticket.settle(answer)

    def _store_carefully(self, ticket: Ticket) -> None:
        """Store an upload whose own content is the trouble: a line that will not go in as it is goes in unread.

        Its sender would bring it again for ever, and nothing after it would ever come.
        """
        try:
            (answer,) = self._write([ticket], is_careful=True)
        except StoreBusyError as error:
            ticket.settle(error)
        except Exception as error:  # noqa: BLE001 - as above; the sender keeps everything and comes again
            _log.exception("an upload of %s could not be stored at all", ticket.device.device)
            ticket.settle(StoreBusyError(f"this upload could not be stored: {type(error).__name__}"))
        else:
            ticket.settle(answer)

    def _write(self, group: Sequence[Ticket], *, is_careful: bool = False) -> list[Acknowledgement]:
        now = self._clock.now()
        grown: set[str] = set()
        with writing(self._engine) as connection:
            work = Intake(connection, self._log, instant_text(now), self._suspects)
            verdicts: dict[int, Judgement] = {}
            by_plant: dict[str, list[Ticket]] = defaultdict(list)
            for ticket in group:
                by_plant[ticket.device.plant].append(ticket)
            for plant, tickets in sorted(
                by_plant.items()
            ):  # one order of locks, so that two hubs never wait in a ring
                work.lock(plant)
                verdicts.update({id(ticket): work.judge(ticket) for ticket in tickets})
                if work.append_one_by_one(plant) if is_careful else work.append(plant):
                    grown.add(plant)
            work.finish([report_of(one, verdicts[id(one)], now, is_careful=is_careful) for one in group])
            generation = self._generation(connection, group)
            safe = safe_heads_of(connection, [ticket.log_key for ticket in group])
        for plant in grown:
            self._appended(plant, work.positions[plant])
        self._suspects.update(work.suspects)
        while len(self._suspects) > SUSPECTS_MAX:
            self._suspects.pop(next(iter(self._suspects)))
        waits = {plant: _wait_s(self._behind_s(plant)) / len(group) for plant in by_plant}
        events_max = _events_max(self.waiting())
        return [
            Acknowledgement(
                generation=generation,
                accepted=verdicts[id(ticket)].head,
                safe=safe.get(ticket.log_key, Head()),
                verdict=verdicts[id(ticket)].verdict,
                position=work.positions[ticket.device.plant],
                hub_time=now,
                # Those stored together come back one after the other, not together again.
                wait_s=waits[ticket.device.plant] * place,
                events_max=events_max,
                lease_s=0 if ticket.device.revoked else self._lease_s,
            )
            for place, ticket in enumerate(group, 1)
        ]

    def _generation(self, connection: Connection, group: Sequence[Ticket]) -> int:
        """Return the database's generation.

        A sender that heard of a later one proves that the database was put back by hand: then it grows beyond that one,
        as `noac hub restore` would have had it. Once: a database is put back with the hub stopped.
        """
        held = generation_of(connection)
        heard = max(
            (ticket.upload.header.generation for ticket in group if not ticket.device.revoked), default=0
        )
        if self._has_leapt or not held < heard <= held + GENERATION_LEAP_MAX:
            return held
        _log.warning("generation %d was heard of, the database says %d: it was put back by hand", heard, held)
        self._has_leapt = True
        set_generation(connection, heard + 1)
        return heard + 1


BEHIND_S_FREE = 0.1
"""No further behind, nobody is asked to slow down: one batch is folded and one written at any time."""
WAIT_PER_BEHIND = 3.0
"""For each second beyond that, so much rest: few events wait, and the board shows what was stored a moment ago."""
WAIT_MAX_S = 10.0


def _wait_s(behind_s: float) -> float:
    """Return how long a sender should wait before its next upload."""
    return min(WAIT_MAX_S, max(0.0, behind_s - BEHIND_S_FREE) * WAIT_PER_BEHIND)


def _events_max(uploads_waiting: int) -> int:
    """Return how many events the next upload may bring, so that all who wait are answered in time."""
    fair = WAITING_EVENTS_GOOD // max(uploads_waiting, 1)
    return min(BATCH_EVENTS_MAX, max(EVENTS_MAX_MIN, fair))
