"""Labels: what was asked for, and what the printer said became of it."""

from datetime import datetime
from typing import Any

from msgspec import Struct
from sqlalchemy import Connection, Row, select

from hub.store import tables
from hub.store.values import instant_of
from hub.views.page import Asked, Word, cut, decode_key, encode_key
from hub.views.stock import Plant, booked_position


class LabelQuery(Asked, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which labels are asked for."""

    plant: Plant = ""
    serial: Word = ""
    document: Word = ""
    state: Word = ""


class LabelRow(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One label job; `requested_position` is the event that asked for it."""

    job: str
    state: str
    device: str
    template: str
    copies: int
    serial: str = ""
    document: str = ""
    printer: str = ""
    reason: str = ""
    detail: str = ""
    requested_at: datetime | None = None
    requested_position: int = 0


class LabelPage(Struct, frozen=True, kw_only=True):
    """A page of label jobs as of `position`, by job."""

    plant: str
    position: int
    rows: tuple[LabelRow, ...]
    next: str = ""


def labels_page(connection: Connection, plant: str, query: LabelQuery) -> LabelPage:
    """Return a page of label jobs. Raises CursorError."""
    held = tables.labels.c
    asked = select(tables.labels).where(held.plant == plant)
    for column, wanted in (
        (held.serial, query.serial),
        (held.document, query.document),
        (held.state, query.state),
    ):
        if wanted:
            asked = asked.where(column == wanted)
    if query.after:
        (after,) = decode_key(query.after, tuple[str])
        asked = asked.where(held.job > after)
    found = connection.execute(asked.order_by(held.job).limit(query.limit + 1)).all()
    rows, more = cut(found, query.limit)
    return LabelPage(
        plant=plant,
        position=booked_position(connection, plant),
        rows=tuple(_row(row) for row in rows),
        next=encode_key([rows[-1].job]) if more else "",
    )


def _row(row: Row[Any]) -> LabelRow:
    return LabelRow(
        job=row.job,
        state=row.state,
        device=row.device,
        template=row.template,
        copies=row.copies,
        serial=row.serial,
        document=row.document,
        printer=row.printer,
        reason=row.reason,
        detail=row.detail,
        requested_at=instant_of(row.requested_at),
        requested_position=row.requested_position,
    )
