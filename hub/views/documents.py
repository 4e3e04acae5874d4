"""Documents as booked: the list, and one with its lines and the events behind them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal

import msgspec
from msgspec import Struct
from sqlalchemy import ColumnElement, Connection, Row, select, text

from domain.events.documents import Measured
from domain.log import envelope_of
from domain.quantity import Quantity
from hub.store import tables
from hub.store.values import instant_of
from hub.views.page import POSITION_MAX, Asked, Word, cut, decode_key, encode_key
from hub.views.stock import Plant, booked_position, quantity_of

LINES_MAX = 2000
"""A document shows this many lines; none on the floor comes near."""


class DocumentQuery(Asked, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which documents are asked for, newest first; empty: all of them."""

    plant: Plant = ""
    type: Word = ""
    status: Literal["", "draft", "open", "submitted", "closed", "unapproved", "void"] = ""
    device: Word = ""
    number: Word = ""
    plan: Word = ""


class DocumentRow(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One document. `lines` counts those in effect."""

    number: str
    type: str
    status: str
    device: str
    lines: int
    partner: str = ""
    plan: str = ""
    operator: str = ""
    approver: str = ""
    opened_at: datetime | None = None
    last_at: datetime | None = None
    opened_position: int = 0
    position: int = 0


class DocumentPage(Struct, frozen=True, kw_only=True):
    """A page of documents as of `position`."""

    plant: str
    position: int
    rows: tuple[DocumentRow, ...]
    next: str = ""


class LineRow(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One line. `position`: the scan event behind it; `reversed_position`: what took it back, 0 if nothing.

    `device`: the kiosk that recorded it, with its document's number and `line` the line's name.
    `measured`: how the masses given by hand came about, by field, as the event says.
    """

    line: int
    position: int
    device: str = ""
    item: str = ""
    lot: str = ""
    handling_unit: str = ""
    quantity: Quantity | None = None
    values: dict[str, Any] = {}
    plan: str = ""
    plan_line: int = 0
    event_id: str = ""
    operator: str = ""
    event_time: datetime | None = None
    reversed_position: int = 0
    measured: dict[str, Measured] = {}


class DocumentView(Struct, frozen=True, kw_only=True):
    """A document with its header and lines."""

    document: DocumentRow
    header: dict[str, Any]
    lines: tuple[LineRow, ...]


class DocumentViews(Struct, frozen=True, kw_only=True):
    """Every document of one number: more than one where two kiosks made the same number (a discrepancy)."""

    plant: str
    position: int
    documents: tuple[DocumentView, ...]


def documents_page(
    connection: Connection, plant: str, query: DocumentQuery, seen: ColumnElement[bool]
) -> DocumentPage:
    """Return a page of the documents that may be `seen`, newest first. Raises CursorError."""
    held = tables.documents.c
    asked = select(tables.documents).where(held.plant == plant, seen)
    for column, wanted in (
        (held.type, query.type),
        (held.status, query.status),
        (held.device, query.device),
        (held.number, query.number),
        (held.plan, query.plan),
    ):
        if wanted:
            asked = asked.where(column == wanted)
    if query.plan:
        asked = asked.where(text("plan <> ''"))  # so that the index over orders is known to serve
    if query.after:
        (before,) = decode_key(query.after, tuple[int])
        asked = asked.where(held.opened_position < min(before, POSITION_MAX))
    # Of a number or an order there are few: they are looked up and put in order, not met on the way through all.
    is_few = bool(query.number or query.plan)
    order = (held.opened_position + 0 if is_few else held.opened_position).desc()
    asked = asked.order_by(order).limit(query.limit + 1)
    rows, more = cut(connection.execute(asked).all(), query.limit)
    return DocumentPage(
        plant=plant,
        position=booked_position(connection, plant),
        rows=tuple(document_row(row) for row in rows),
        next=encode_key([rows[-1].opened_position]) if more else "",
    )


def documents_named(connection: Connection, plant: str, number: str) -> tuple[DocumentView, ...]:
    """Return the documents of one number, lines included; empty if there is none."""
    return tuple(document_view(connection, plant, row) for row in documents_rows(connection, plant, number))


def documents_rows(connection: Connection, plant: str, number: str) -> Sequence[Row[Any]]:
    """Return the documents of one number as they are booked."""
    held = tables.documents.c
    asked = select(tables.documents).where(held.plant == plant, held.number == number)
    # Put in order here: asked to, SQLite walks all documents in that order instead of looking up the number.
    return sorted(connection.execute(asked).all(), key=lambda row: row.opened_position)


def document_view(connection: Connection, plant: str, row: Row[Any]) -> DocumentView:
    """Return a document with its lines."""
    line_of = tables.document_lines.c
    lines = (
        select(tables.document_lines)
        .where(line_of.plant == plant, line_of.number == row.number, line_of.device.in_(_devices(row)))
        .order_by(line_of.position)
        .limit(LINES_MAX)
    )
    rows = connection.execute(lines).all()
    measured = _measured(connection, plant, [line.position for line in rows])
    return DocumentView(
        document=document_row(row),
        header=msgspec.json.decode(row.header_json or "{}"),
        lines=tuple(_line_row(line, measured.get(line.position, {})) for line in rows),
    )


def _devices(row: Row[Any]) -> tuple[str, ...]:
    """Return every device that records lines for a document."""
    return (row.device, *msgspec.json.decode(row.joined_json, type=tuple[str, ...]))


def document_row(row: Row[Any]) -> DocumentRow:
    """Return a row of the documents table as the API shows it."""
    return DocumentRow(
        number=row.number,
        type=row.type,
        status=row.status,
        device=row.device,
        lines=row.lines,
        partner=row.partner,
        plan=row.plan,
        operator=row.operator,
        approver=row.approver,
        opened_at=instant_of(row.opened_at),
        last_at=instant_of(row.last_at),
        opened_position=row.opened_position,
        position=row.position,
    )


class _Marks(Struct, frozen=True):
    """What a line's fact says of how its masses came about."""

    measured: dict[str, Measured] = {}


def _measured(connection: Connection, plant: str, positions: Sequence[int]) -> dict[int, dict[str, Measured]]:
    """Return the marks of the lines at these positions, from the events themselves; those without a mark have none."""
    held = tables.events.c
    asked = select(held.position, held.body).where(held.plant == plant, held.position.in_(positions))
    facts = ((row.position, envelope_of(bytes(row.body)).fact) for row in connection.execute(asked))
    marks = {position: msgspec.json.decode(fact, type=_Marks).measured for position, fact in facts}
    return {position: measured for position, measured in marks.items() if measured}


def _line_row(row: Row[Any], measured: dict[str, Measured]) -> LineRow:
    return LineRow(
        line=row.line,
        position=row.position,
        device=row.device,
        item=row.item,
        lot=row.lot,
        handling_unit=row.handling_unit,
        quantity=quantity_of(row.value, row.unit),
        values=msgspec.json.decode(row.values_json or "{}"),
        plan=row.plan,
        plan_line=row.plan_line,
        event_id=row.event_id,
        operator=row.operator,
        event_time=instant_of(row.event_time),
        reversed_position=row.reversed_position,
        measured=measured,
    )
