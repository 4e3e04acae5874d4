"""The log: facts sealed into a chain of digests, never changed, never deleted."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from msgspec import Struct
from msgspec.structs import replace

from domain.event import Event
from domain.log import (
    GENESIS_DIGEST,
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
from kiosk.store.connection import Connection

VERIFIED_AT_START_MAX = 1_000
READ_AT_ONCE = 500


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Damage:
    """Where the log is not what was written. `body` holds the bytes that cannot be trusted any more.

    None: the entry there is sound and stays a fact, only the chain is broken before it.
    """

    epoch: int
    sequence: int
    reason: str
    body: bytes | None


class Log:
    """The chain of one device. Every change happens inside the caller's transaction."""

    def __init__(self, connection: Connection, origin: Origin) -> None:
        self._connection = connection
        self._origin = origin
        self.clock: ClockQuality = "unsure"
        self.seen = Seen()
        self.reload()

    def reload(self) -> None:
        """Take epoch, head and cursor from the file: at start, and after a transaction that came to nothing."""
        self.epoch = int(self._connection.meta("epoch") or 1)
        self.acknowledged = int(self._connection.meta("acknowledged") or 0)
        self.head = self.head_at(None)

    def head_at(self, sequence: int | None) -> Head:
        """Return the head as of an entry of this epoch (None: the last); Head() for the empty log."""
        found = self._connection.row(
            "SELECT sequence, digest FROM entry WHERE epoch = ? AND sequence <= ? ORDER BY sequence DESC LIMIT 1",
            (self.epoch, 2**62 if sequence is None else sequence),
        )
        return Head(sequence=found[0], digest=found[1]) if found else Head()

    @property
    def pending(self) -> int:
        """Return how many entries the hub does not have yet."""
        return self.head.sequence - self.acknowledged

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
        self._connection.change(
            "INSERT INTO entry (epoch, sequence, digest, body) VALUES (?, ?, ?, ?)",
            (entry.envelope.epoch, entry.envelope.sequence, entry.digest, entry.body),
        )
        self.head = entry.head

    def _remember_head(self) -> None:
        """Keep the end of the log beside it, so that a cut there is seen as well."""
        self._connection.remember("head", f"{self.epoch} {self.head.sequence}")

    def _stated_end(self) -> int:
        """Return the last sequence there should be; 0 if nothing was said of this epoch."""
        epoch, _, sequence = (self._connection.meta("head") or "").partition(" ")
        return int(sequence) if epoch == str(self.epoch) else 0

    def bodies_after(self, sequence: int, limit: int) -> list[bytes]:
        """Return the exact bytes of the entries after `sequence` in this epoch."""
        found = self._connection.rows(
            "SELECT body FROM entry WHERE epoch = ? AND sequence > ? ORDER BY sequence LIMIT ?",
            (self.epoch, sequence, limit),
        )
        return [row[0] for row in found]

    def acknowledge(self, sequence: int) -> None:
        """Move the cursor: the hub has everything up to here."""
        self._connection.remember("acknowledged", str(sequence))
        self.acknowledged = sequence

    def damages(self, after: int = 0, limit: int | None = None) -> list[Damage]:
        """Check the chain after an entry, all of it or so many entries of it."""
        head = self.head_at(after) if after else Head()
        found: list[Damage] = []
        for sequence, digest, body in islice(self._entries(after), limit):
            read = self._read(sequence, digest, body)
            if isinstance(read, str):
                found.append(Damage(epoch=self.epoch, sequence=sequence, reason=read, body=body))
            elif (read.sequence, sequence) != (head.sequence + 1, head.sequence + 1):
                reason = f"the numbers do not continue from {head.sequence}"
                found.append(Damage(epoch=self.epoch, sequence=sequence, reason=reason, body=None))
            elif read.previous_digest != head.digest:
                reason = "it names another entry before it than the one we hold"
                found.append(Damage(epoch=self.epoch, sequence=sequence, reason=reason, body=None))
            head = Head(sequence=sequence, digest=digest)
        end = self._stated_end()
        if head.sequence == self.head.sequence < end:
            reason = f"the entries from here through {end} are missing"
            found.append(Damage(epoch=self.epoch, sequence=head.sequence + 1, reason=reason, body=None))
        return found

    def _read(self, sequence: int, digest: str, body: bytes) -> Envelope | str:
        """Read an entry whose bytes are what was written; say why if they are not."""
        try:
            envelope = open_entry(body).envelope
        except ValueError as error:
            return str(error)
        actual = digest_of(body)
        if actual == digest or actual == self._named_after(sequence):
            return envelope
        return "its bytes do not have the digest stored with them"

    def _named_after(self, sequence: int) -> str:
        """Return the digest that the entry after this one names."""
        for _, _, body in islice(self._entries(sequence), 1):
            try:
                return open_entry(body).envelope.previous_digest
            except ValueError:
                return ""
        return ""

    def _entries(self, after: int) -> Iterator[tuple[int, str, bytes]]:
        while True:
            rows = self._connection.rows(
                "SELECT sequence, digest, body FROM entry WHERE epoch = ? AND sequence > ? ORDER BY sequence LIMIT ?",
                (self.epoch, after, READ_AT_ONCE),
            )
            yield from ((row[0], row[1], _as_bytes(row[2])) for row in rows)
            if len(rows) < READ_AT_ONCE:
                return
            after = rows[-1][0]

    def quarantine(self, damage: Damage, now: datetime) -> bool:
        """Keep a damaged entry apart with the reason; False if it was known already."""
        added = self._connection.change(
            "INSERT OR IGNORE INTO damaged (epoch, sequence, reason, body, found) VALUES (?, ?, ?, ?, ?)",
            (damage.epoch, damage.sequence, damage.reason, damage.body, now.isoformat()),
        )
        return added > 0

    def reissue(self, epoch: int) -> None:
        """Begin a new epoch with everything of this one that is not kept apart: same facts and ids, new chain.

        Needed when the hub holds other bytes under our numbers, or when an entry it lacks is damaged.
        """
        old = self.epoch
        damaged = {
            row[0]
            for row in self._connection.rows(
                "SELECT sequence FROM damaged WHERE epoch = ? AND body IS NOT NULL", (old,)
            )
        }
        entries = self._entries(0)
        moved: list[tuple[int, int, int, int]] = []
        head = Head(sequence=0, digest=GENESIS_DIGEST)
        for sequence, _digest, body in entries:
            if sequence in damaged:
                continue
            envelope = replace(
                open_entry(body).envelope,
                epoch=epoch,
                sequence=head.sequence + 1,
                previous_digest=head.digest,
            )
            entry = seal(envelope)
            self._add(entry)
            head = entry.head
            moved.append((epoch, head.sequence, old, sequence))
        for table in ("own_balance", "own_plan_done"):
            self._connection.change_many(
                f"UPDATE {table} SET epoch = ?, sequence = ? WHERE epoch = ? AND sequence = ?",  # noqa: S608 our own names
                moved,
            )
        self._connection.remember("epoch", str(epoch))
        self.epoch, self.head = epoch, head
        self._remember_head()
        self.acknowledge(0)


def _as_bytes(value: object) -> bytes:
    """Return what a row holds; in a damaged one it may be anything."""
    return value if isinstance(value, bytes) else str(value).encode()
