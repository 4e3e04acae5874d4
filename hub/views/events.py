"""Events as stored: the exact bytes, their digest, and what became of each."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, Row, select

from domain.log import open_entry
from hub.store import tables
from hub.store.values import instant_of
from hub.views.page import PAGE_ROWS_DEFAULT, Limit, Position, Word, cut
from hub.views.stock import Plant, booked_position

Disposition = Literal["waiting", "booked", "booked_with_exception", "parked", "known"]


class EventQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which events are asked for: those after position `from_position`, in order."""

    plant: Plant = ""
    from_position: Position = 0
    limit: Limit = PAGE_ROWS_DEFAULT
    device: Word = ""
    type: Word = ""


class EventRow(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One event and its current disposition: `waiting` until the projector has come to it."""

    position: int
    device: str
    epoch: int
    sequence: int
    event_id: str
    type: str
    digest: str
    disposition: Disposition
    code: str = ""
    detail: str = ""
    received_at: datetime | None = None


class EventPage(Struct, frozen=True, kw_only=True):
    """A page of events. `next_position` is the `from_position` of the next page; 0 when this is the end for now."""

    plant: str
    position: int
    rows: tuple[EventRow, ...]
    next_position: int = 0


class EventView(Struct, frozen=True, kw_only=True):
    """One event whole: `body` is the text of the exact bytes; `envelope` is None where they cannot be read.

    `is_withheld`: it holds prices that the reader may not see, so the bytes are not there.
    """

    plant: str
    event: EventRow
    body: str
    body_bytes: int
    envelope: dict[str, Any] | None = None
    is_withheld: bool = False


def events_page(connection: Connection, plant: str, query: EventQuery) -> EventPage:
    """Return a page of events in order."""
    held = tables.events.c
    asked = select(tables.events).where(held.plant == plant, held.position > query.from_position)
    if query.device:
        asked = asked.where(held.device == query.device)
    if query.type:
        asked = asked.where(held.type == query.type)
    found = connection.execute(asked.order_by(held.position).limit(query.limit + 1)).all()
    rows, more = cut(found, query.limit)
    booked = booked_position(connection, plant)
    dispositions = _dispositions(connection, plant, [row.position for row in rows])
    return EventPage(
        plant=plant,
        position=booked,
        rows=tuple(_event_row(row, booked, dispositions) for row in rows),
        next_position=rows[-1].position if more else 0,
    )


def event_view(connection: Connection, plant: str, position: int) -> EventView | None:
    """Return one event with its bytes; None if there is none at this position."""
    held = tables.events.c
    asked = select(tables.events).where(held.plant == plant, held.position == position)
    row = connection.execute(asked).one_or_none()
    if row is None:
        return None
    body = bytes(row.body)
    booked = booked_position(connection, plant)
    return EventView(
        plant=plant,
        event=_event_row(row, booked, _dispositions(connection, plant, [position])),
        body=body.decode(errors="replace"),
        body_bytes=len(body),
        envelope=_envelope(body),
    )


def _dispositions(connection: Connection, plant: str, positions: Sequence[int]) -> dict[int, Row[Any]]:
    held = tables.dispositions.c
    asked = select(tables.dispositions).where(held.plant == plant, held.position.in_(positions))
    return {row.position: row for row in connection.execute(asked)}


def _event_row(row: Row[Any], booked: int, dispositions: dict[int, Row[Any]]) -> EventRow:
    special = dispositions.get(row.position)
    return EventRow(
        position=row.position,
        device=row.device,
        epoch=row.epoch,
        sequence=row.sequence,
        event_id=row.event_id,
        type=row.type,
        digest=row.digest,
        disposition=special.state if special else "booked" if row.position <= booked else "waiting",
        code=special.code if special else "",
        detail=special.detail if special else "",
        received_at=instant_of(row.received_at),
    )


def _envelope(body: bytes) -> dict[str, Any] | None:
    try:
        open_entry(body)
        return msgspec.json.decode(body, type=dict[str, Any])
    except ValueError:
        return None
