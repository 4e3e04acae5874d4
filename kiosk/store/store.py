"""The kiosk's file as one thing: what a turn writes is written in one transaction, or not at all."""

import logging
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from domain.events.terminal import RecordsNotUnderstood
from domain.log import Recorded, Seen, event_of, open_entry
from domain.place import Station
from domain.wire import Changes, Snapshot
from kiosk.store.care import STEP_ENTRIES_MAX, LogCare
from kiosk.store.chain import Damage
from kiosk.store.connection import FILE_NAME, Connection
from kiosk.store.entries import entry_rows
from kiosk.store.errors import StoreError, StoreRefusedError
from kiosk.store.facts import SqliteFacts
from kiosk.store.folds import fold, fold_stock_again
from kiosk.store.jobs import Jobs
from kiosk.store.log import Fact, Log, Origin
from kiosk.store.photos import send_again
from kiosk.store.reference import Progress, Reference
from kiosk.store.schema import REFERENCE_TABLES
from kiosk.store.shop import SqliteShop
from kiosk.store.snapshot import BATCH_CHANGES, Staging
from kiosk.store.templates import Templates

_log = logging.getLogger(__name__)


class Store:
    """Log, session, picture, reference and print queue of one kiosk.

    The loop owns it; spoolers and sync use it through short transactions under the same lock.
    """

    def __init__(self, folder: Path, origin: Origin, station: Station | None = None) -> None:
        """Open or make the file. Raises StoreRefusedError (another process, another kiosk's file) or StoreError."""
        self.connection = Connection(folder)
        self.device = origin.device
        try:
            self._claim(origin)
            self.log = Log(self.connection, origin)
            self.reference = Reference(self.connection)
            self.jobs = Jobs(self.connection)
            self.templates = Templates(self.connection)
            self.facts = SqliteFacts(self.connection, origin.device, station)
            self.shop = SqliteShop(self.connection, self.facts)
            self.care = LogCare(self.connection, self.log, self.transaction)
            self._generation = int(self.connection.meta("generation") or 0)
            self._understand(origin.software)
            self._remember_cursor()
        except BaseException:
            self.connection.close()
            raise

    def _claim(self, origin: Origin) -> None:
        self._owner = name = f"{origin.plant}/{origin.device}"
        owner = self.connection.meta("owner")
        if owner not in (None, name):
            message = f"{self.connection.path} belongs to kiosk {owner}, not to {name}"
            raise StoreRefusedError(message)
        if owner is None:
            with self.connection.transaction():
                self.connection.remember("owner", name)

    def _understand(self, software: str) -> None:
        """Take what another version could not read: this one may; and keep apart what only another one could."""
        self.strange_now: Sequence[RecordsNotUnderstood] = ()
        """What this version cannot use any more, to be told as it begins."""
        if self.connection.meta("software") != software:
            with self.connection.transaction():
                self.reference.try_again()
                self.strange_now = self.reference.look_again()
                self.connection.remember("software", software)

    def knows_by(self, name: str) -> None:
        """See that what the hub makes for this kiosk's key alone was made for this key; else all is fetched again.

        `name`: of the key. So it is after the kiosk was enrolled anew, and after an older version that knew of none.
        """
        if self.connection.meta("key_name") != name:
            with self.transaction():
                self.reference.fetch_all_again()
                self.connection.remember("key_name", name)
            self._remember_cursor()

    def _remember_cursor(self) -> None:
        progress = self.reference.progress()
        self.log.seen = Seen(cursor=progress.cursor, generation=progress.generation)

    @contextmanager
    def transaction(self) -> Generator[None, None, None]:
        """All or nothing; after nothing, the log knows its true end again. Raises StoreError."""
        with self.connection.lock:
            try:
                with self.connection.transaction():
                    yield
            except BaseException:
                self._forget_unwritten()
                raise

    def _forget_unwritten(self) -> None:
        try:
            self.log.reload()
        except StoreError:
            return  # the file cannot even be read: the next transaction fails as well and says so

    def record(self, facts: Sequence[Fact], session: bytes | None, day: str) -> tuple[Recorded, ...]:
        """Write what a turn brought: the facts, what they change here, and the session as it is now.

        When this returns, it is on the disk. Raises StoreError, and then nothing was written.
        """
        with self.transaction():
            entries = self.log.append(facts)
            for fact, entry in zip(facts, entries, strict=True):
                fold(self.connection, fact.event, entry.envelope, day)
            if session is not None:
                self.connection.change(
                    "INSERT OR REPLACE INTO session (only_one, body) VALUES (1, ?)", (session,)
                )
        return entries

    def session(self) -> bytes | None:
        """Return the session as the last turn left it."""
        row = self.connection.row("SELECT body FROM session")
        return bytes(row[0]) if row else None

    @property
    def generation(self) -> int:
        """Return the newest generation of the hub we heard of."""
        return max(self._generation, self.reference.progress().generation)

    def hear_generation(self, generation: int) -> None:
        """Keep that the hub was put back so often; whatever an older one still answers is passed over."""
        if generation > self.generation:
            self._generation = generation
            self._try_to_write(lambda: self._note_generation(generation))
            self.care.forget_safe()

    def _note_generation(self, generation: int) -> None:
        self.connection.remember("generation", str(generation))
        send_again(self.connection)

    def apply(self, changes: Changes, now: datetime | None = None) -> None:
        """Take a page of the hub's changes; one of an older generation changes nothing. Raises StoreError."""
        if changes.generation < self.generation:
            return
        with self.transaction():
            self._tell_not_understood(self.reference.apply(changes, self.log.epoch), now or changes.hub_time)
        self._remember_cursor()

    def apply_snapshot(
        self, snapshot: Snapshot, now: datetime | None = None, breathe: Callable[[], object] = lambda: None
    ) -> None:
        """Take everything the hub lets us know in place of what we knew. Raises StoreError.

        `breathe` is called between the steps of writing it; it is put in place at once, in the last one.
        """
        if snapshot.generation < self.generation:
            return
        staging, changes = Staging(self.connection), snapshot.changes
        told_before = self.reference.strange_kinds()
        told: list[RecordsNotUnderstood] = []
        with self.transaction():
            staging.begin()
        for start in range(0, len(changes), BATCH_CHANGES):
            with self.transaction():
                told += staging.take(changes[start : start + BATCH_CHANGES])
            breathe()
        with self.transaction():
            staging.put_in_place()
            self.reference.apply(_last_page(snapshot), self.log.epoch, is_whole=True)
            news = [one for one in told if one.kind not in told_before]
            self._tell_not_understood(news, now or snapshot.hub_time)
        self._remember_cursor()
        for table in REFERENCE_TABLES:
            with self.transaction():
                staging.clear_away(table)
            breathe()

    def refold_some(self) -> bool:
        """Count a few of our own events again which a hub that was put back forgot; tells whether more wait.

        The hub gets them again by and by. Until then its figures lack them, and ours must not.
        """
        log, reference = self.log, self.reference
        with self.connection.lock:
            after = None if log.reissue else reference.refold_after(log.epoch)
            if after is None:
                return False
            rows = entry_rows(self.connection, log.epoch, after, STEP_ENTRIES_MAX)
            through = reference.complete_through(log.epoch)
            with self.transaction():
                for row in rows:
                    if row.sequence > through:
                        self._refold(row.body)
                is_last = len(rows) < STEP_ENTRIES_MAX
                reference.refolded(log.epoch, None if is_last else rows[-1].sequence)
        return not is_last

    def _refold(self, body: bytes) -> None:
        try:
            envelope = open_entry(body).envelope
            event = event_of(envelope)
        except ValueError:
            return  # damaged: it is kept apart when it is sent again
        fold_stock_again(self.connection, event, envelope)

    def _tell_not_understood(self, told: Sequence[RecordsNotUnderstood], now: datetime) -> None:
        """Record what the hub said and this version cannot read. Inside a transaction."""
        self.log.append([Fact(event=event, event_id=self.care.new_id(), event_time=now) for event in told])

    def inspect(self, now: datetime, *, everything: bool = False) -> Sequence[Damage]:
        """Check the newest entries of the log, or all; see `LogCare.inspect`."""
        return self.care.inspect(now, everything=everything)

    def begin_epoch(self, epoch: int, now: datetime) -> None:
        """Begin a new epoch and issue everything retained again, as the hub asked; a long log takes several steps."""
        self.care.begin_epoch(epoch, now)

    def at_least_epoch(self, epoch: int, now: datetime) -> None:
        """Begin with the epoch the hub enrolled us for, if it is a later one."""
        if epoch > self.log.newest_epoch:
            self.begin_epoch(epoch, now)

    def acknowledge(self, sequence: int) -> None:
        """Move the cursor: the hub has everything up to here.

        Not each step is on the disk at once, and a disk that is full must not keep the hub from getting the rest: after
        a restart a little is sent again, which does no harm.
        """
        with self.connection.lock:
            if self.log.acknowledge(sequence):
                self._try_to_write(self.log.keep_acknowledged)

    def _try_to_write(self, write: Callable[[], None]) -> None:
        """Write what is only a convenience to have on the disk."""
        try:
            with self.connection.transaction():
                write()
        except StoreError as error:
            _log.warning("not written, and tried again later: %s", error)

    def borrow_reference(self, folder: Path) -> None:
        """Take the reference data of the real kiosk over, for practice; nothing of its log. Raises StoreError."""
        path = folder / FILE_NAME
        if path.exists():
            self.connection.copy_tables(path, ("reference", "lookup", "hub_balance", "hub_plan_done"))
            with self.transaction():
                self.reference.provisioned(Progress())

    def reopen(self) -> None:
        """Open the file anew after a write of unsure outcome, and know again what stands in it. Raises StoreError."""
        with self.connection.lock:
            self.connection.reopen()
            if self.connection.meta("owner") != self._owner:
                raise StoreError("store_damaged", "another file lies where ours was")
            self.log.reload()
            self._remember_cursor()

    def close(self) -> None:
        """Let go of the file."""
        self.connection.close()


def _last_page(snapshot: Snapshot) -> Changes:
    """Return what a snapshot says besides its records, as a page of none."""
    return Changes(
        generation=snapshot.generation,
        cursor=snapshot.cursor,
        changes=(),
        epoch=snapshot.epoch,
        complete_through=snapshot.complete_through,
        position=snapshot.position,
        more=False,
        hub_time=snapshot.hub_time,
    )
