"""Lines that were taken back while they were parked: the reversal is parked beside them, and goes with them.

A reversal moves the opposite of its line, so booked alone it would move what never moved; and a line released without
it would bring back what somebody took back. Whoever releases the line releases its reversal right after it.
"""

from collections.abc import Collection, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, select

from domain.events.documents import LineRecorded
from domain.log import Envelope
from hub.store.event_log import read_events
from hub.store.tables import discrepancies

LINE_PARKED = "line_parked"
"""Why a reversal is parked: a word of `board.code`."""


class ParkedLineRow(msgspec.Struct, frozen=True, gc=False):
    """A row of `parked_lines`."""

    plant: str
    event_id: str
    position: int


def parked_line(plant: str, position: int, envelope: Envelope | None) -> ParkedLineRow | None:
    """Return what is remembered of a parked entry, if it is a line that may be booked after all."""
    if envelope is None or envelope.type != LineRecorded.__name__:
        return None
    return ParkedLineRow(plant, envelope.event_id, position)


class _About(msgspec.Struct, frozen=True):
    """As much of what is said of a parked event as says why."""

    code: str = ""


def with_reversals(connection: Connection, plant: str, rows: Sequence[Row[Any]]) -> Sequence[Row[Any]]:
    """Return the parked events somebody releases, each reversal that waits for one of them among them, in order."""
    parked = [_entry(connection, plant, int(row.key)) for row in rows if row.kind == "parked"]
    lines = {one.event_id for one in parked if one}
    chosen = {row.id for row in rows}
    found = [
        row
        for row in (_waiting(connection, plant) if lines else ())
        if row.id not in chosen and _corrects(connection, plant, int(row.key)) in lines
    ]
    return sorted((*rows, *found), key=lambda row: (row.opened_position, row.id))


def _waiting(connection: Connection, plant: str) -> Collection[Row[Any]]:
    held = discrepancies.c
    asked = select(discrepancies).where(held.plant == plant, held.kind == "parked", held.closed_at.is_(None))
    return [
        row
        for row in connection.execute(asked.order_by(held.opened_position))
        if msgspec.json.decode(row.detail_json, type=_About).code == LINE_PARKED
    ]


def _corrects(connection: Connection, plant: str, position: int) -> str:
    entry = _entry(connection, plant, position)
    return entry.corrects if entry else ""


def _entry(connection: Connection, plant: str, position: int) -> Envelope | None:
    found = read_events(connection, plant, position - 1, 1)
    return found[0].envelope if found and found[0].position == position else None
