"""Taking in uploads: stored, ordered and committed before the answer. One thread writes all that waits at once.

What is decided about an upload stands in `judge.py`; booking is the projector's. Whatever is taken in stays.
"""

import hashlib
import logging
import queue
import threading
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import msgspec
from sqlalchemy import Connection, Engine, insert, select, update

from domain.log import Envelope, Head
from domain.wire import Accepted, Acknowledgement, Fork, Upload
from drivers.clock import Clock
from hub.judge import Held, Judgement, Line, examine, judge
from hub.store.bulk import Row, bulk_for
from hub.store.database import StoreBusyError, generation_of, writing
from hub.store.devices import Device, Report, newest_epoch, note
from hub.store.event_log import Arrival, EventLog, Stored, digests_of, head_of
from hub.store.tables import discrepancies, heads
from hub.store.values import instant_text

WAITING_MAX = 512
"""Uploads that may wait for the writer; above, the sender is told to come back."""
GROUP_UPLOADS_MAX = 32
"""Uploads stored in one transaction."""
ANSWER_WAIT_S = 20.0
SUSPECTS_MAX = 1000
TYPE_CHARS_MAX = 60
"""A longer event type is none of ours."""
SOFTWARE_CHARS_MAX = 80
PENDING_MAX = 2**31 - 1

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ticket:
    """One upload that waits, and where its answer will be put."""

    device: Device
    upload: Upload
    lines: Sequence[Line]
    done: threading.Event = field(default_factory=threading.Event)
    answer: list[Acknowledgement | StoreBusyError] = field(
        default_factory=list[Acknowledgement | StoreBusyError]
    )

    def settle(self, answer: Acknowledgement | StoreBusyError) -> None:
        self.answer.append(answer)
        self.done.set()


_LogKey = tuple[str, str, int]


class Ingest:
    """The way in. `accept` may be called from any thread; `start` begins the one that writes."""

    def __init__(
        self,
        engine: Engine,
        log: EventLog,
        clock: Clock,
        *,
        appended: Callable[[str], None],
        lag: Callable[[str], int],
    ) -> None:
        """`appended(plant)` is called after each commit; `lag(plant)` says how many events wait to be booked."""
        self._engine, self._log, self._clock = engine, log, clock
        self._appended, self._lag = appended, lag
        self._waiting: queue.Queue[_Ticket | None] = queue.Queue(WAITING_MAX)
        self._suspects: dict[_LogKey, str] = {}
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
        ticket = _Ticket(device=device, upload=upload, lines=examine(upload))
        try:
            self._waiting.put_nowait(ticket)
        except queue.Full as error:
            raise StoreBusyError("too many uploads wait") from error
        if not ticket.done.wait(ANSWER_WAIT_S):
            raise StoreBusyError("the writer did not come to this upload in time")
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

    def _store(self, group: Sequence[_Ticket]) -> None:
        try:
            answers = self._write(group)
        except StoreBusyError as error:
            for ticket in group:
                ticket.settle(error)
        except Exception as error:  # noqa: BLE001 - one upload must end neither the thread nor its neighbours
            _log.exception("storing %d uploads together failed", len(group))
            if len(group) > 1:
                for ticket in group:
                    self._store([ticket])
            else:
                group[0].settle(StoreBusyError(f"this upload could not be stored: {type(error).__name__}"))
        else:
            for ticket, answer in zip(group, answers, strict=True):
                ticket.settle(answer)

    def _write(self, group: Sequence[_Ticket]) -> list[Acknowledgement]:
        now = self._clock.now()
        stored: dict[str, list[Stored]] = {}
        with writing(self._engine) as connection:
            work = _Transaction(connection, self._log, instant_text(now), self._suspects)
            generation = generation_of(connection)
            verdicts: dict[int, Judgement] = {}
            by_plant: dict[str, list[_Ticket]] = defaultdict(list)
            for ticket in group:
                by_plant[ticket.device.plant].append(ticket)
            for plant, tickets in sorted(
                by_plant.items()
            ):  # one order of locks, so that two hubs never wait in a ring
                work.lock(plant)
                verdicts.update({id(ticket): work.judge(ticket) for ticket in tickets})
                stored[plant] = work.append(plant)
            work.finish(
                [
                    _report(ticket, verdicts[id(ticket)], now_text=instant_text(now), now_s=now.timestamp())
                    for ticket in group
                ]
            )
        for plant, entries in stored.items():
            if entries:
                self._log.remember(plant, entries)
                self._appended(plant)
        self._suspects.update(work.suspects)
        while len(self._suspects) > SUSPECTS_MAX:
            self._suspects.pop(next(iter(self._suspects)))
        waits = {plant: _wait_s(self._lag(plant)) / len(group) for plant in stored}
        return [
            Acknowledgement(
                generation=generation,
                accepted=verdicts[id(ticket)].head,
                safe=Head(),  # until a backup has been restored and verified, nothing is safe to forget
                verdict=verdicts[id(ticket)].verdict,
                position=work.positions[ticket.device.plant],
                hub_time=now,
                # Those stored together come back one after the other, not together again.
                wait_s=waits[ticket.device.plant] * place,
            )
            for place, ticket in enumerate(group, 1)
        ]


class _Transaction:
    """One group's work inside one transaction: heads as they grow, what to append, what was noticed."""

    def __init__(self, connection: Connection, log: EventLog, now: str, suspects: dict[_LogKey, str]) -> None:
        self._connection, self._log, self._now = connection, log, now
        self._heads: dict[_LogKey, Head] = {}
        self._grown: set[_LogKey] = set()
        self._arrivals: list[Arrival] = []
        self._fresh_digests: dict[_LogKey, dict[int, str]] = defaultdict(dict)
        self._old_suspects = suspects
        self.suspects: dict[_LogKey, str] = {}
        self.positions: dict[str, int] = {}

    def lock(self, plant: str) -> None:
        self.positions[plant] = self._log.lock(self._connection, plant)

    def judge(self, ticket: _Ticket) -> Judgement:
        device, header = ticket.device, ticket.upload.header
        key = (device.plant, device.device, header.epoch)
        head = self._heads.get(key)
        if head is None:
            head = self._heads[key] = head_of(self._connection, *key)
        judged = judge(self._held(key, head, ticket), header, ticket.lines)
        self.suspects[key] = judged.suspect
        if judged.lines:
            self._take(key, judged, device)
        if isinstance(judged.verdict, Fork):
            self._note_fork(device, header.epoch, judged.verdict)
        elif (
            isinstance(judged.verdict, Accepted) and head.sequence == 0 and judged.lines and header.epoch > 1
        ):
            self._close_forks(device, header.epoch)
        return judged

    def append(self, plant: str) -> list[Stored]:
        if not self._arrivals:
            return []
        position = self.positions[plant]
        stored = self._log.append(self._connection, plant, position, self._arrivals, self._now)
        self.positions[plant] = position + len(stored)
        self._arrivals = []
        return stored

    def finish(self, reports: Sequence[Report]) -> None:
        rows: list[Row] = []
        for key in sorted(self._grown):
            head = self._heads[key]
            rows.append((*key, head.sequence, head.digest))
        bulk_for(self._connection).upsert(self._connection, heads, rows)
        newest = {(one.plant, one.device): one for one in reports}
        for _, report in sorted(newest.items()):
            note(self._connection, report)

    def _held(self, key: _LogKey, head: Head, ticket: _Ticket) -> Held:
        header = ticket.upload.header
        digests: dict[int, str] = {}
        may_fork = header.first_sequence <= head.sequence or header.previous_digest != head.digest
        if header.first_sequence <= head.sequence:
            last = min(head.sequence, header.first_sequence + len(ticket.lines) - 1)
            digests.update(digests_of(self._connection, *key, first=header.first_sequence, last=last))
            digests.update(self._fresh_digests[key])
        return Held(
            head=head,
            next_epoch=newest_epoch(self._connection, key[0], key[1]) + 1 if may_fork else 0,
            digests=digests,
            suspect=self._old_suspects.get(key, ""),
        )

    def _take(self, key: _LogKey, judged: Judgement, device: Device) -> None:
        plant, name, epoch = key
        first = self._heads[key].sequence + 1
        fresh = self._fresh_digests[key]
        for sequence, line in enumerate(judged.lines, first):
            flaw = "revoked" if device.revoked else _flaw(line.envelope, plant, name, epoch)
            self._arrivals.append(Arrival(name, epoch, sequence, line.digest, line.body, flaw, line.envelope))
            fresh[sequence] = line.digest
        self._heads[key] = judged.head
        self._grown.add(key)

    def _note_fork(self, device: Device, epoch: int, fork: Fork) -> None:
        column, key = discrepancies.c, f"{device.device}/{epoch}"
        is_known = (
            column.plant == device.plant,
            column.kind == "fork",
            column.key == key,
            column.closed_at.is_(None),
        )
        if self._connection.execute(select(column.id).where(*is_known)).first():
            return
        position = self.positions[device.plant]
        named = hashlib.sha256(f"fork\n{key}\n{self._now}".encode()).hexdigest()
        detail = {"device": device.device, "epoch": epoch, "sequence": fork.sequence}
        self._connection.execute(
            insert(discrepancies).values(
                plant=device.plant,
                id=named[:16],
                kind="fork",
                key=key,
                is_projected=False,
                opened_position=position,
                position=position,
                owner=device.device,
                opened_at=self._now,
                closed_at=None,
                amount=0,
                unit="",
                detail_json=msgspec.json.encode(detail).decode(),
            )
        )

    def _close_forks(self, device: Device, epoch: int) -> None:
        """A new epoch has begun: everything retained comes again, so the older ones' forks are mended."""
        column = discrepancies.c
        self._connection.execute(
            update(discrepancies)
            .where(
                column.plant == device.plant,
                column.kind == "fork",
                column.key.in_([f"{device.device}/{older}" for older in range(1, epoch)][-100:]),
                column.closed_at.is_(None),
            )
            .values(closed_at=self._now, position=self.positions[device.plant])
        )


def _flaw(envelope: Envelope | None, plant: str, device: str, epoch: int) -> str:
    if envelope is None or "\0" in envelope.type or len(envelope.type) > TYPE_CHARS_MAX:
        return "unreadable"
    if envelope.device != device or envelope.plant != plant or envelope.epoch != epoch:
        return "foreign_sender"
    return ""


def _report(ticket: _Ticket, judged: Judgement, *, now_text: str, now_s: float) -> Report:
    """Return what the upload says of its sender, what it brought itself counted as sent."""
    header, device = ticket.upload.header, ticket.device
    pending = min(max(header.pending, 0), PENDING_MAX)
    if not isinstance(judged.verdict, Fork):
        pending = min(pending, max(header.head.sequence - judged.head.sequence, 0))
    oldest = header.oldest_event_time if pending else None
    last = ticket.lines[-1].envelope if ticket.lines else None
    software = last.software if last else ""
    return Report(
        plant=device.plant,
        device=device.device,
        epoch=header.epoch,
        last_seen=now_text,
        clock_offset_s=header.clock_time.timestamp() - now_s if header.clock_time else None,
        clock=header.clock,
        pending=pending,
        oldest_event_time=instant_text(oldest) if oldest else "",
        software=software.replace("\0", "")[:SOFTWARE_CHARS_MAX],
    )


LAG_EVENTS_FREE = 500
"""Up to this many events waiting to be booked, nobody is asked to slow down."""
LAG_EVENTS_PER_S = 3_000
"""Slower than booking is, so that few events wait, and the board shows what was stored a moment ago."""
WAIT_MAX_S = 10.0


def _wait_s(lag: int) -> float:
    """Return how long a sender should wait before its next upload."""
    return min(WAIT_MAX_S, max(0, lag - LAG_EVENTS_FREE) / LAG_EVENTS_PER_S)
