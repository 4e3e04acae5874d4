"""Checking entries of the log against the chain: what is sound, what the disk spoilt, what is gone. Changes nothing."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from domain.log import Envelope, Head, open_entry

DamageKind = Literal["damaged", "missing", "unlinked"]


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryRow:
    """An entry as the file has it; in a damaged one nothing needs to fit."""

    sequence: int
    digest: str
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Damage:
    """Where the log is not what was written. `body` holds the bytes that cannot be trusted any more.

    None: nothing is there (`missing`, through `last`), or the entry is sound and only the chain to it is broken.
    """

    epoch: int
    sequence: int
    last: int
    kind: DamageKind
    reason: str
    body: bytes | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """One entry with what it says (None: nothing that can be trusted) and what is wrong at it or before it."""

    row: EntryRow
    envelope: Envelope | None
    damages: tuple[Damage, ...]


def check(
    rows: Iterable[EntryRow], head: Head, *, epoch: int, stated: Callable[[int], str]
) -> Iterator[Checked]:
    """Check entries that should continue `head`.

    An entry is what was written if its digest is the one stored with it, or the one that `stated` gives for its number:
    what the next entry or the log's end says of it.
    """
    for row in rows:
        found: list[Damage] = []
        number = row.sequence
        if number != head.sequence + 1:
            found.append(_missing(epoch, head.sequence + 1, number - 1))
        digest, envelope = _read(row, stated)
        if isinstance(envelope, str):
            found.append(_damage(epoch, row, "damaged", envelope, row.body))
            yield Checked(row=row, envelope=None, damages=tuple(found))
        else:
            reason = _broken_link(row, envelope, digest, head, epoch)
            if reason and not found:
                found.append(_damage(epoch, row, "unlinked", reason, None))
            yield Checked(row=row, envelope=envelope, damages=tuple(found))
        head = Head(sequence=number, digest=digest)


def missing_at_end(head: Head, end: int, epoch: int) -> tuple[Damage, ...]:
    """Return what is gone when a log ends at `head` and should end at `end`."""
    return (_missing(epoch, head.sequence + 1, end),) if head.sequence < end else ()


def _missing(epoch: int, first: int, last: int) -> Damage:
    reason = f"the entries from here through {last} are missing"
    return Damage(epoch=epoch, sequence=first, last=last, kind="missing", reason=reason, body=None)


def _damage(epoch: int, row: EntryRow, kind: DamageKind, reason: str, body: bytes | None) -> Damage:
    return Damage(epoch=epoch, sequence=row.sequence, last=row.sequence, kind=kind, reason=reason, body=body)


def _read(row: EntryRow, stated: Callable[[int], str]) -> tuple[str, Envelope | str]:
    """Return the digest by which the next entry names this one, and what it says or why it cannot be trusted."""
    try:
        recorded = open_entry(row.body)
    except ValueError as error:
        return row.digest, str(error)
    if recorded.digest == row.digest or recorded.digest == stated(row.sequence):
        return recorded.digest, recorded.envelope
    return row.digest, "its bytes do not have the digest stored with them"


def _broken_link(row: EntryRow, envelope: Envelope, digest: str, head: Head, epoch: int) -> str:
    if digest != row.digest:
        return "the digest stored with it is not that of its bytes"
    if (envelope.epoch, envelope.sequence) != (epoch, row.sequence):
        return f"it says of itself that it is number {envelope.sequence} of epoch {envelope.epoch}"
    if envelope.previous_digest != head.digest:
        return "it names another entry before it than the one we hold"
    return ""
