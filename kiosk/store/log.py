"""The log: facts sealed into a chain of digests, never changed; forgotten only where a proven backup holds them."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from domain.event import Event
from domain.log import (
    ClockQuality,
    Envelope,
    Head,
    RawScan,
    Recorded,
    Seen,
    Strength,
    digest_of,
    encode_fact,
    open_entry,
    seal,
)
from kiosk.store.chain import Checked, Damage, EntryRow, check, missing_at_end
from kiosk.store.connection import Connection
from kiosk.store.entries import add_entry, entry_rows
from kiosk.store.reissue import Reissue, Step, keep_reissue, leave_behind, reissue_step, reissue_under_way

VERIFIED_AT_START_MAX = 1_000
READ_AT_ONCE = 500
ACKNOWLEDGED_KEPT_EVERY = 2_000
"""While much is being sent, the cursor is written down once for so many entries: a sync of the disk each time costs the
scans that come meanwhile."""


class Fact(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A fact about to be recorded: the event, and who, when, where; the log adds its place in the chain."""

    event: Event
    event_id: str
    event_time: datetime
    monotonic_ms: int = 0
    operator: str = ""
    session: str = ""
    strength: Strength = "none"
    read_point: str = ""
    biz_step: str = ""
    document: str = ""
    raw: RawScan | None = None
    corrects: str = ""


class Origin(Struct, frozen=True, kw_only=True):
    """What is the same in every envelope of this process."""

    plant: str
    device: str
    boot_id: str
    software: str


class Log:
    """The chain of one device. Every change happens inside the caller's transaction.

    `base` is where the retained part of the epoch begins: what lies before it was forgotten, since a proven backup of
    the hub holds it. `acknowledged` is through where the hub has everything, `issued_again` through where this epoch
    repeats the one before.
    """

    def __init__(self, connection: Connection, origin: Origin) -> None:
        self._connection = connection
        self._origin = origin
        self.clock: ClockQuality = "unsure"
        self.seen = Seen()
        self._heard = (0, 0)  # epoch and number: what the hub said holds also where the file does not take it
        self.reload()

    def reload(self) -> None:
        """Take epoch, base, head and cursor from the file: at start, and after a transaction that came to nothing."""
        self.epoch = int(self._connection.meta("epoch") or 1)
        self._kept_acknowledged = int(self._connection.meta("acknowledged") or 0)
        epoch, heard = self._heard
        self.acknowledged = heard if epoch == self.epoch else self._kept_acknowledged
        self.base = self.base_of(self.epoch)
        self.head = self._end()
        self.issued_again = int(self._connection.meta("reissued") or 0)
        self.reissue = reissue_under_way(self._connection)

    @property
    def boot_id(self) -> str:
        """Return which start of the machine this is."""
        return self._origin.boot_id

    @property
    def newest_epoch(self) -> int:
        """Return the epoch that names are made with: also of the one that is about to begin."""
        return max(self.epoch, self.reissue.wanted) if self.reissue else self.epoch

    def base_of(self, epoch: int) -> Head:
        """Return the last entry of an epoch that was forgotten; Head() if none was."""
        found = self._connection.row("SELECT sequence, digest FROM base WHERE epoch = ?", (epoch,))
        return Head(sequence=found[0], digest=found[1]) if found else Head()

    def head_at(self, sequence: int | None) -> Head:
        """Return the head as of an entry of this epoch (None: the last). Before the base it is the base."""
        found = self._connection.row(
            "SELECT sequence, digest FROM entry WHERE epoch = ? AND sequence <= ? AND typeof(sequence) = 'integer'"
            " ORDER BY sequence DESC LIMIT 1",
            (self.epoch, 2**62 if sequence is None else sequence),
        )
        return Head(sequence=found[0], digest=str(found[1])) if found else self.base

    def _end(self) -> Head:
        """Return the head of the log. Where the digest beside the last entry is spoilt, the one kept apart serves."""
        head, stated = self.head_at(None), self._stated_end()
        if head.sequence == stated.sequence and head.digest != stated.digest:
            rows = entry_rows(self._connection, self.epoch, head.sequence - 1, 1)
            if rows and digest_of(rows[0].body) == stated.digest:
                return stated
        return head

    @property
    def pending(self) -> int:
        """Return how many entries the hub does not have yet."""
        return max(0, self.head.sequence - self.acknowledged)

    def append(self, facts: Sequence[Fact]) -> tuple[Recorded, ...]:
        """Seal facts and add them to the chain."""
        entries: list[Recorded] = []
        for fact in facts:
            entry = seal(self._envelope(fact))
            self._add(entry)
            entries.append(entry)
        if entries:
            self._remember_head()
        return tuple(entries)

    def _envelope(self, fact: Fact) -> Envelope:
        return Envelope(
            plant=self._origin.plant,
            device=self._origin.device,
            epoch=self.epoch,
            sequence=self.head.sequence + 1,
            event_id=fact.event_id,
            previous_digest=self.head.digest,
            type=type(fact.event).__name__,
            schema=fact.event.schema,
            fact=encode_fact(fact.event),
            event_time=fact.event_time,
            monotonic_ms=fact.monotonic_ms,
            boot_id=self._origin.boot_id,
            clock=self.clock,
            operator=fact.operator,
            session=fact.session,
            strength=fact.strength,
            read_point=fact.read_point,
            biz_step=fact.biz_step,
            document=fact.document,
            raw=fact.raw,
            seen=self.seen,
            corrects=fact.corrects,
            software=self._origin.software,
        )

    def _add(self, entry: Recorded) -> None:
        add_entry(self._connection, entry)
        self.head = entry.head

    def _remember_head(self) -> None:
        """Keep the end of the log beside it, so that a cut there is seen as well."""
        self._connection.remember("head", f"{self.epoch} {self.head.sequence} {self.head.digest}")

    def _stated_end(self) -> Head:
        """Return where the log should end; Head() if nothing was said of this epoch."""
        epoch, _, rest = (self._connection.meta("head") or "").partition(" ")
        sequence, _, digest = rest.partition(" ")
        if epoch != str(self.epoch) or not sequence.isdecimal():
            return Head()
        return Head(sequence=int(sequence), digest=digest)

    def bodies_after(self, sequence: int, limit: int) -> list[bytes]:
        """Return the exact bytes of the entries after `sequence` in this epoch."""
        return [row.body for row in entry_rows(self._connection, self.epoch, sequence, limit)]

    def unsent(self, limit: int) -> tuple[Head, list[EntryRow]]:
        """Return where the hub's copy ends, and the next entries after it; to be checked before they are sent."""
        after = self.head_at(self.acknowledged)
        return after, entry_rows(self._connection, self.epoch, after.sequence, limit)

    def check(self, rows: Iterable[EntryRow], after: Head) -> Iterator[Checked]:
        """Check entries of this epoch that should follow `after`. Reads the file only where something is wrong."""
        return check(rows, after, epoch=self.epoch, stated=self._stated)

    def acknowledge(self, sequence: int) -> bool:
        """Move the cursor: the hub has everything up to here. Tells whether the file should hear of it now.

        It need not each time: after a power cut the hub is told a little again, which does no harm.
        """
        self.acknowledged = sequence
        self._heard = (self.epoch, sequence)
        step = sequence - self._kept_acknowledged
        return step < 0 or step >= ACKNOWLEDGED_KEPT_EVERY or (step > 0 and not self.pending)

    def keep_acknowledged(self) -> None:
        """Write the cursor into the file. Where that fails it is tried again with the next step."""
        self._kept_acknowledged = self.acknowledged
        self._connection.remember("acknowledged", str(self.acknowledged))

    def damages(self, after: int = 0) -> list[Damage]:
        """Check the chain after an entry, through its end. For a long log ask in quiet moments only."""
        head = self.head_at(after) if after > self.base.sequence else self.base
        found: list[Damage] = []
        for checked in self.check(self._entries(head.sequence), head):
            found += checked.damages
            head = Head(sequence=checked.row.sequence, digest=checked.row.digest)
        return [*found, *self.missing_at_end(head.sequence)]

    def missing_at_end(self, last: int) -> tuple[Damage, ...]:
        """Return what is gone after `last`, if that is where the log ends and it should end later."""
        if last < self.head.sequence:
            return ()
        return missing_at_end(Head(sequence=last), self._stated_end().sequence, self.epoch)

    def _stated(self, sequence: int) -> str:
        """Return the digest that the entry after this one names, or the word kept beside the log's end."""
        for row in entry_rows(self._connection, self.epoch, sequence, 1):
            try:
                return open_entry(row.body).envelope.previous_digest
            except ValueError:
                return ""
        end = self._stated_end()
        return end.digest if end.sequence == sequence else ""

    def _entries(self, after: int) -> Iterator[EntryRow]:
        while True:
            rows = entry_rows(self._connection, self.epoch, after, READ_AT_ONCE)
            yield from rows
            if len(rows) < READ_AT_ONCE:
                return
            after = rows[-1].sequence

    def quarantine(self, damage: Damage, now: datetime) -> bool:
        """Keep a damaged entry apart with the reason; False if it was known already."""
        added = self._connection.change(
            "INSERT INTO damaged (epoch, sequence, reason, body, found) VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT (epoch, sequence) DO UPDATE SET reason = excluded.reason, body = excluded.body,"
            " found = excluded.found WHERE damaged.body IS NULL AND excluded.body IS NOT NULL",
            (damage.epoch, damage.sequence, damage.reason, damage.body, now.isoformat()),
        )
        return added > 0

    def begin_epoch(self, epoch: int) -> None:
        """Decide that a new epoch begins, with everything of this one issued again; `reissue_some` does it by and by.

        Needed when the hub holds other bytes under our numbers, or when an entry it lacks is damaged. Until it is done
        new facts join the old epoch, and are issued again after the others.
        """
        target = self._free_epoch(max(epoch, self.epoch + 1))
        under_way = self.reissue or Reissue(source=self.epoch, target=target, wanted=target)
        self.reissue = replace(under_way, wanted=max(under_way.wanted, epoch))
        keep_reissue(self._connection, self.reissue)

    def _free_epoch(self, epoch: int) -> int:
        """Return this epoch, or the next of which the file holds nothing: a spoilt number must not stand in the way."""
        while self._connection.row("SELECT 1 FROM entry WHERE epoch = ? LIMIT 1", (epoch,)):
            epoch += 1
        return epoch

    def reissue_some(self, limit: int) -> Step | None:
        """Issue the next entries again, at most so many, and say what was found. After the last one `switch`."""
        if self.reissue is None:
            return None
        step = reissue_step(self._connection, self, self.reissue, limit)
        self.reissue = step.reissue
        keep_reissue(self._connection, step.reissue)
        return step

    def switch(self, done: Reissue) -> None:
        """Go over to the new epoch, which holds everything."""
        self.epoch, self.base, self.head = done.target, Head(), done.head
        self._connection.remember("epoch", str(self.epoch))
        leave_behind(self._connection, self.epoch)
        self.issued_again = self.head.sequence
        self._connection.remember("reissued", str(self.issued_again))
        self._remember_head()
        self.acknowledge(0)
        self.keep_acknowledged()
        self.reissue = None
        keep_reissue(self._connection, None)
        if done.wanted > self.epoch:
            self.begin_epoch(done.wanted)
