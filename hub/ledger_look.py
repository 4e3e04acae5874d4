"""A look at a range of the ledger: bytes, chains, positions, and that what is parked stands on the desk."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, select

from domain.log import GENESIS_DIGEST, digest_of
from hub.releases import RELEASE_FAILED
from hub.store.event_log import digests_of, head_of
from hub.store.tables import discrepancies, dispositions, events, movements

FINDINGS_MAX = 50
"""Findings of one look; more of them say nothing new."""

Finding = Mapping[str, str]
"""What is wrong with one thing: `check` names the words, the rest is shown."""


class _Said(msgspec.Struct, frozen=True):
    """As much of an entry as says which it is and ties it to the one before it."""

    plant: str = ""
    device: str = ""
    epoch: int = 0
    sequence: int = 0
    event_id: str = ""
    type: str = ""
    previous_digest: str = ""


_decoder = msgspec.json.Decoder(_Said)


def event_key(position: int) -> str:
    """Return what a finding about an entry is called."""
    return f"event/{position}"


def entries(connection: Connection, plant: str, after: int, through: int) -> Sequence[Row[Any]]:
    """Return the entries of a range with their bytes."""
    if through <= after:
        return ()
    column = events.c
    asked = (
        select(
            column.position,
            column.device,
            column.epoch,
            column.sequence,
            column.digest,
            column.body,
            column.event_id,
            column.type,
            column.flaw,
        )
        .where(column.plant == plant, column.position > after, column.position <= through)
        .order_by(column.position)
    )
    rows: Sequence[Any] = connection.execute(asked).all()
    return rows


def look_at_chains(
    connection: Connection, plant: str, looked_at: Sequence[Row[Any]], found: dict[str, Finding]
) -> None:
    """Compare each entry with its digest, and with what the entry after it says of it."""
    digests = {(row.device, row.epoch, row.sequence): row.digest for row in looked_at}
    for row in looked_at:
        body = bytes(row.body)
        if digest_of(body) != row.digest:
            found[event_key(row.position)] = _wrong("bytes", row.position)
            continue
        said = _read(body)
        if not _is_row_of(row, plant, said):
            found[event_key(row.position)] = _wrong("row", row.position)
        if said is None:
            continue  # it was kept unread; its own digest stands in the entry after it
        before = (row.device, row.epoch, row.sequence - 1)
        held = digests.get(before) or _digest_before(connection, plant, before)
        if said.previous_digest != held:
            found[event_key(row.position)] = _wrong("chain", row.position)


def _is_row_of(row: Row[Any], plant: str, said: _Said | None) -> bool:
    """Tell whether the ledger's columns say what the bytes say; of an entry with a flaw they say less."""
    if row.flaw:
        return not row.event_id and not row.type
    if said is None or said.plant != plant:
        return False
    columns = (row.device, row.epoch, row.sequence, row.event_id, row.type)
    return columns == (said.device, said.epoch, said.sequence, said.event_id, said.type)


def _digest_before(connection: Connection, plant: str, before: tuple[str, int, int]) -> str:
    device, epoch, sequence = before
    if sequence == 0:
        return GENESIS_DIGEST
    return digests_of(connection, plant, device, epoch, first=sequence, last=sequence).get(sequence, "")


def _read(body: bytes) -> _Said | None:
    try:
        return _decoder.decode(body)
    except (msgspec.MsgspecError, ValueError):
        return None


def look_at_positions(
    looked_at: Sequence[Row[Any]], after: int, through: int, found: dict[str, Finding]
) -> None:
    """Positions are dense: every one of the range is there."""
    if len(looked_at) == through - after:
        return
    there = {row.position for row in looked_at}
    missing = [one for one in range(after + 1, through + 1) if one not in there]
    for position in missing[:FINDINGS_MAX]:
        found[event_key(position)] = _wrong("missing", position)


def look_at_heads(
    connection: Connection, plant: str, looked_at: Sequence[Row[Any]], found: dict[str, Finding]
) -> None:
    """Where we say a device's log ends is not before its newest entry, and names its bytes."""
    newest = {(row.device, row.epoch): row for row in looked_at}
    for (device, epoch), row in newest.items():
        head = head_of(connection, plant, device, epoch)
        is_other = head.sequence == row.sequence and head.digest != row.digest
        if head.sequence < row.sequence or is_other:
            found[event_key(row.position)] = _wrong("head", row.position)


def look_at_parked(
    connection: Connection, plant: str, after: int, through: int, found: dict[str, Finding]
) -> None:
    """What is parked stands on the desk, and has moved nothing."""
    held, shown, moved = dispositions.c, discrepancies.c, movements.c
    asked = select(held.position).where(
        held.plant == plant,
        held.state == "parked",
        held.code != RELEASE_FAILED,  # what it was to release is on the desk
        held.position > after,
        held.position <= through,
    )
    parked = list(connection.execute(asked).scalars())
    if not parked:
        return
    asked = select(shown.key).where(
        shown.plant == plant, shown.kind == "parked", shown.opened_position.between(after + 1, through)
    )
    on_desk = set(connection.execute(asked).scalars())
    asked = select(moved.position).where(
        moved.plant == plant, moved.position > after, moved.position <= through
    )
    have_moved = set(connection.execute(asked.distinct()).scalars())
    for position in parked:
        if str(position) not in on_desk:
            found[event_key(position)] = _wrong("unseen", position)
        elif position in have_moved:
            found[event_key(position)] = _wrong("parked_moved", position)


def _wrong(check: str, position: int) -> Finding:
    return {"check": check, "position": str(position)}
