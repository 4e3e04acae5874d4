"""One group of uploads inside one transaction: what each brings, what is appended, and what is noticed on the way."""

import hashlib
import logging
import threading
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

import msgspec
from sqlalchemy import Connection, insert, select, update

from domain.log import Envelope, Head
from domain.wire import Accepted, Acknowledgement, Fork, Upload
from hub.judge import Held, Judgement, Line, judge
from hub.store.backups import LogKey
from hub.store.bulk import Row, bulk_for
from hub.store.database import StoreBusyError
from hub.store.devices import Device, Report, newest_epoch, note
from hub.store.event_log import Arrival, EventLog, digests_of, head_of
from hub.store.tables import discrepancies, heads
from hub.store.values import instant_text

TYPE_CHARS_MAX = 60
"""A longer event type is none of ours."""
SOFTWARE_CHARS_MAX = 80
PENDING_MAX = 2**31 - 1

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """One upload that waits, and where its answer will be put."""

    device: Device
    upload: Upload
    lines: Sequence[Line]
    done: threading.Event = field(default_factory=threading.Event)
    answer: list[Acknowledgement | StoreBusyError] = field(
        default_factory=list[Acknowledgement | StoreBusyError]
    )

    @property
    def log_key(self) -> LogKey:
        """Return which log it is of."""
        return (self.device.plant, self.device.device, self.upload.header.epoch)

    def settle(self, answer: Acknowledgement | StoreBusyError) -> None:
        """Give the one who waits an answer."""
        self.answer.append(answer)
        self.done.set()


class Intake:
    """One group's work inside one transaction: heads as they grow, what to append, what was noticed."""

    def __init__(self, connection: Connection, log: EventLog, now: str, suspects: dict[LogKey, str]) -> None:
        self._connection, self._log, self._now = connection, log, now
        self._heads: dict[LogKey, Head] = {}
        self._grown: set[LogKey] = set()
        self._arrivals: list[Arrival] = []
        self._fresh_digests: dict[LogKey, dict[int, str]] = defaultdict(dict)
        self._old_suspects = suspects
        self.suspects: dict[LogKey, str] = {}
        self.positions: dict[str, int] = {}

    def lock(self, plant: str) -> None:
        """Keep every other writer of a plant out."""
        self.positions[plant] = self._log.lock(self._connection, plant)

    def judge(self, ticket: Ticket) -> Judgement:
        """Decide about one upload, and keep what it brings to be appended."""
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
            self._note_fork(device, header.epoch, judged.verdict.sequence)
        elif judged.lines and header.epoch < newest_epoch(self._connection, device.plant, device.device):
            # A copy of a card, or an older one, goes on where that epoch ended: nothing contradicts it, but two logs of
            # one device are alive, and people have to know.
            self._note_fork(device, header.epoch, judged.head.sequence)
        elif (
            isinstance(judged.verdict, Accepted) and head.sequence == 0 and judged.lines and header.epoch > 1
        ):
            self._close_forks(device, header.epoch)
        return judged

    def append(self, plant: str) -> int:
        """Append everything kept, at once; return how many entries that were."""
        count = self._append(plant, self._arrivals) if self._arrivals else 0
        self._arrivals = []
        return count

    def append_one_by_one(self, plant: str) -> int:
        """Append with a savepoint for each entry; one the database refuses as it is goes in as unreadable."""
        count = len(self._arrivals)
        for arrival in self._arrivals:
            try:
                with self._connection.begin_nested():
                    self._append(plant, [arrival])
            except StoreBusyError:
                raise
            except Exception:  # noqa: BLE001 - whatever it is about this entry: it is kept, parked and shown
                _log.exception("entry %d of %s goes in unread", arrival.sequence, arrival.device)
                plain = msgspec.structs.replace(arrival, flaw="unreadable", envelope=None)
                self._append(plant, [plain])
        self._arrivals = []
        return count

    def _append(self, plant: str, arrivals: Sequence[Arrival]) -> int:
        position = self.positions[plant]
        self.positions[plant] = self._log.append(self._connection, plant, position, arrivals, self._now)
        return len(arrivals)

    def finish(self, reports: Sequence[Report]) -> None:
        """Write where the logs end now, and how their senders are."""
        rows: list[Row] = []
        for key in sorted(self._grown):
            head = self._heads[key]
            rows.append((*key, head.sequence, head.digest))
        bulk_for(self._connection).upsert(self._connection, heads, rows)
        newest = {(one.plant, one.device): one for one in reports}
        for _, report in sorted(newest.items()):
            note(self._connection, report)

    def _held(self, key: LogKey, head: Head, ticket: Ticket) -> Held:
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

    def _take(self, key: LogKey, judged: Judgement, device: Device) -> None:
        plant, name, epoch = key
        first = self._heads[key].sequence + 1
        fresh = self._fresh_digests[key]
        for sequence, line in enumerate(judged.lines, first):
            flaw = "revoked" if device.revoked else _flaw(line.envelope, plant, name, epoch)
            self._arrivals.append(Arrival(name, epoch, sequence, line.digest, line.body, flaw, line.envelope))
            fresh[sequence] = line.digest
        self._heads[key] = judged.head
        self._grown.add(key)

    def _note_fork(self, device: Device, epoch: int, sequence: int) -> None:
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
        detail = {"device": device.device, "epoch": epoch, "sequence": sequence}
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


def report_of(ticket: Ticket, judged: Judgement, now: datetime, *, is_careful: bool) -> Report:
    """Return what the upload says of its sender, what it brought itself counted as sent.

    `is_careful`: what it says of times is passed over, for it may be the trouble.
    """
    header, device = ticket.upload.header, ticket.device
    pending = min(max(header.pending, 0), PENDING_MAX)
    if not isinstance(judged.verdict, Fork):
        pending = min(pending, max(header.head.sequence - judged.head.sequence, 0))
    oldest = header.oldest_event_time if pending and not is_careful else None
    clock_time = header.clock_time if not is_careful else None
    last = ticket.lines[-1].envelope if ticket.lines else None
    software = last.software if last else ""
    return Report(
        plant=device.plant,
        device=device.device,
        epoch=header.epoch,
        last_seen=instant_text(now),
        clock_offset_s=clock_time.timestamp() - now.timestamp() if clock_time else None,
        clock=header.clock,
        pending=pending,
        oldest_event_time=instant_text(oldest) if oldest else "",
        software=software.replace("\0", "")[:SOFTWARE_CHARS_MAX],
    )
