"""Issuing a log again in a new epoch: same facts and ids, new chain; a few at a time, resumed after a cut."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from domain.log import Envelope, Head, seal
from kiosk.store.chain import Checked, Damage
from kiosk.store.connection import Connection
from kiosk.store.entries import add_entry, entry_rows
from kiosk.store.schema import OWN_TABLES

if TYPE_CHECKING:  # the log issues itself again
    from kiosk.store.log import Log

_KEY = "reissue"


class Reissue(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How far it is: every entry of `source` through `copied` stands in `target`, which ends at `head`.

    `wanted`: the epoch that is needed in the end, should a newer one have become necessary on the way.
    """

    source: int
    target: int
    wanted: int
    copied: Head | None = None
    head: Head = Head()


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What one step did. `is_last`: the source's end was reached."""

    reissue: Reissue
    damages: tuple[Damage, ...]
    is_last: bool


def reissue_under_way(connection: Connection) -> Reissue | None:
    """Return the re-issue that is not at its end yet."""
    body = connection.meta(_KEY)
    return msgspec.json.decode(body, type=Reissue) if body else None


def keep_reissue(connection: Connection, reissue: Reissue | None) -> None:
    """Write down how far it is. Inside the transaction that did it."""
    connection.remember(_KEY, msgspec.json.encode(reissue).decode() if reissue else "")


def reissue_step(connection: Connection, log: "Log", reissue: Reissue, limit: int) -> Step:
    """Issue the next entries again, what is spoilt left out: nothing damaged may get a fresh digest."""
    copied = reissue.copied or log.base
    rows = entry_rows(connection, reissue.source, copied.sequence, limit)
    checked = list(log.check(rows, copied))
    damages = tuple(damage for one in checked for damage in one.damages)
    if rows:
        copied = Head(sequence=rows[-1].sequence, digest=rows[-1].digest)
    is_last = len(rows) < limit
    if is_last:
        damages += log.missing_at_end(copied.sequence)
    head = _copy(connection, reissue, checked)
    return Step(reissue=replace(reissue, copied=copied, head=head), damages=damages, is_last=is_last)


def _copy(connection: Connection, reissue: Reissue, checked: Sequence[Checked]) -> Head:
    head = reissue.head
    moved: list[tuple[int, int, int, int]] = []
    for one in checked:
        if one.envelope is None:
            continue
        entry = seal(_again(one.envelope, reissue.target, head))
        add_entry(connection, entry)
        head = entry.head
        moved.append((reissue.target, head.sequence, reissue.source, one.row.sequence))
    for table in OWN_TABLES:
        connection.change_many(
            f"UPDATE {table} SET epoch = ?, sequence = ? WHERE epoch = ? AND sequence = ?",  # noqa: S608 our own names
            moved,
        )
    return head


def leave_behind(connection: Connection, epoch: int) -> None:
    """Take out of our own picture what was not issued again: the hub will never count it, or does already.

    Inside the transaction that goes over to the epoch.
    """
    for table in OWN_TABLES:
        connection.change(f"DELETE FROM {table} WHERE epoch <> ?", (epoch,))  # noqa: S608 our own names


def _again(envelope: Envelope, epoch: int, head: Head) -> Envelope:
    return replace(envelope, epoch=epoch, sequence=head.sequence + 1, previous_digest=head.digest)
