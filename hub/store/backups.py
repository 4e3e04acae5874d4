"""What the database knows of its backups: safe heads, each that was tried, and the discrepancy of a bad one."""

import hashlib
from collections.abc import Mapping, Sequence

import msgspec
from sqlalchemy import Connection, delete, insert, select, tuple_, update

from domain.log import Head
from hub.exception import first_owner
from hub.store.event_log import end_of
from hub.store.tables import backups, discrepancies, safe_heads

PROBLEM_CHARS_MAX = 300
REGISTERED_MAX = 1_000
"""Backups the register remembers for each plant."""

LogKey = tuple[str, str, int]
"""Plant, device and epoch."""
Heads = Mapping[tuple[str, int], Head]
"""Where logs end, by device and epoch."""


class Tried(msgspec.Struct, frozen=True, kw_only=True):
    """A backup that was tried: `problem` is empty where it was proven."""

    plant: str
    made_at: str
    folder: str
    position: int
    problem: str


def safe_heads_of(connection: Connection, keys: Sequence[LogKey]) -> dict[LogKey, Head]:
    """Return through where logs are in a proven backup; nothing of a log of which nothing is."""
    column = safe_heads.c
    rows = connection.execute(
        select(safe_heads).where(tuple_(column.plant, column.device, column.epoch).in_(keys))
    )
    return {
        (row.plant, row.device, row.epoch): Head(sequence=row.sequence, digest=row.digest) for row in rows
    }


def record_proven(connection: Connection, tried: Tried, heads: Heads) -> None:
    """Write down a proven backup: the safe heads are its own, and what an earlier one left open is closed."""
    _register(connection, tried)
    connection.execute(delete(safe_heads).where(safe_heads.c.plant == tried.plant))
    rows = [
        {
            "plant": tried.plant,
            "device": device,
            "epoch": epoch,
            "sequence": head.sequence,
            "digest": head.digest,
        }
        for (device, epoch), head in sorted(heads.items())
    ]
    if rows:
        connection.execute(insert(safe_heads), rows)
    column = discrepancies.c
    connection.execute(
        update(discrepancies)
        .where(column.plant == tried.plant, column.kind == "backup", column.closed_at.is_(None))
        .values(closed_at=tried.made_at, position=end_of(connection, tried.plant))
    )


def record_broken(connection: Connection, tried: Tried) -> None:
    """Write down a backup that does not count: a discrepancy says why, and no safe head moves."""
    _register(connection, tried)
    column, position = discrepancies.c, end_of(connection, tried.plant)
    detail = msgspec.json.encode({"folder": tried.folder, "problem": tried.problem}).decode()
    is_open = (column.plant == tried.plant, column.kind == "backup", column.closed_at.is_(None))
    held = connection.execute(select(column.id).where(*is_open)).scalar()
    if held:
        changed = update(discrepancies).where(column.plant == tried.plant, column.id == held)
        connection.execute(changed.values(detail_json=detail, position=position))
        return
    named = hashlib.sha256(f"backup\n{tried.plant}\n{tried.made_at}".encode()).hexdigest()[:16]
    connection.execute(
        insert(discrepancies).values(
            plant=tried.plant,
            id=named,
            kind="backup",
            key="backup",
            is_projected=False,
            opened_position=position,
            position=position,
            owner=first_owner("backup", operator="", device=""),
            opened_at=tried.made_at,
            closed_at=None,
            amount=0,
            unit="",
            detail_json=detail,
        )
    )


def _register(connection: Connection, tried: Tried) -> None:
    column = backups.c
    of_plant = column.plant == tried.plant
    connection.execute(delete(backups).where(of_plant, column.made_at == tried.made_at))
    connection.execute(insert(backups).values(**msgspec.structs.asdict(tried)))
    oldest = select(column.made_at).where(of_plant).order_by(column.made_at.desc()).offset(REGISTERED_MAX)
    past = connection.execute(oldest.limit(1)).scalar()
    if past:
        connection.execute(delete(backups).where(of_plant, column.made_at <= past))
