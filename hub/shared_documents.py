"""Documents that have not ended, for kiosks whose people may go on with them: header, status, and the others' lines."""

from typing import Any

import msgspec
from sqlalchemy import Row, Select, and_, case, or_, select

from domain.events.documents import (
    DocumentCompleted,
    DocumentOpened,
    DocumentSentBack,
    LineRecorded,
    Value,
)
from domain.facts import OpenDocument, RecordedLine, SentBack
from domain.log import Envelope, event_of, open_entry
from domain.wire import Change
from hub.slices import Slice
from hub.store.devices import Device
from hub.store.tables import document_lines, documents, events
from hub.store.values import body_bytes, instant_of

NOT_ENDED = ("open", "submitted")
_header = msgspec.json.Decoder(dict[str, Value])


def shared_documents(device: Device, own: Slice, after: int) -> Select[*tuple[Any, ...]]:
    """Return the documents whose status changed, with the events that opened them and brought them there.

    That one has ended is told too. Who begins from the beginning hears only of his own that were taken back.
    """
    opened, stated, column = events.alias("opened"), events.alias("stated"), documents.c
    columns: tuple[Any, ...] = (
        column.number,
        column.type,
        column.status,
        column.device.label("maker"),
        column.header_json,
        column.operator,
        column.opened_at,
        column.state_position.label("position"),
        opened.c.body.label("opened_body"),
        stated.c.body.label("stated_body"),
    )
    query = (
        select(documents)
        .with_only_columns(*columns)
        .outerjoin(opened, and_(opened.c.plant == column.plant, opened.c.position == column.opened_position))
        .outerjoin(stated, and_(stated.c.plant == column.plant, stated.c.position == column.state_position))
        .where(column.plant == device.plant)
    )
    if own.document_types is not None:
        query = query.where(column.type.in_(sorted(own.document_types)))
    taken_back = and_(column.status == "unapproved", column.device == device.device)
    return query if after else query.where(or_(column.status.in_(NOT_ENDED), taken_back))


def shared_document(row: Row[Any]) -> Change:
    """Return what kiosks get of a document."""
    if row.status not in NOT_ENDED:
        ended = OpenDocument(number=row.number, type=row.type, device=row.maker, status=row.status)
        return Change(kind="document", key=row.number, body=msgspec.to_builtins(ended))
    opened, stated = _event(row.opened_body), _event(row.stated_body)
    told = OpenDocument(
        number=row.number,
        type=row.type,
        device=row.maker,
        status=row.status,
        header=_header.decode(row.header_json),
        operator=row.operator,
        opened_at=instant_of(row.opened_at),
        book=opened.book if isinstance(opened, DocumentOpened) else (),
        proposed=stated.proposed if isinstance(stated, DocumentCompleted) else (),
        sent_back=SentBack(person=stated.person, reason=stated.reason, submission=stated.submission)
        if isinstance(stated, DocumentSentBack)
        else None,
    )
    return Change(kind="document", key=row.number, body=msgspec.to_builtins(told))


def shared_lines(device: Device, own: Slice, after: int) -> Select[*tuple[Any, ...]]:
    """Return what other devices recorded or took back for documents that have not ended."""
    line, document = document_lines.c, documents.c
    changed = case((line.reversed_position > line.position, line.reversed_position), else_=line.position)
    columns: tuple[Any, ...] = (
        line.number,
        line.device,
        line.line,
        line.reversed_position,
        document.device.label("maker"),
        changed.label("position"),
        events.c.body,
    )
    query = (
        select(document_lines)
        .with_only_columns(*columns)
        .join(documents, and_(document.plant == line.plant, document.number == line.number))
        .join(events, and_(events.c.plant == line.plant, events.c.position == line.position))
        .where(
            document.plant == device.plant,
            document.status.in_(NOT_ENDED),
            document.position > after,
            line.device != device.device,
        )
    )
    return query if own.document_types is None else query.where(document.type.in_(sorted(own.document_types)))


def shared_line(row: Row[Any]) -> Change:
    """Return what kiosks get of a line of a colleague."""
    key = msgspec.json.encode((row.number, row.device, row.line)).decode()
    envelope = open_entry(body_bytes(row.body)).envelope
    line = recorded_line(envelope, device=row.device, is_reversed=row.reversed_position > 0)
    return Change(kind="document_line", key=key, body=msgspec.to_builtins(line) if line else None)


def recorded_line(envelope: Envelope, *, device: str, is_reversed: bool) -> RecordedLine | None:
    """Return a line as rules know it, of the entry that recorded it; None where that entry says something else."""
    event = event_of(envelope)
    if not isinstance(event, LineRecorded):
        return None
    return RecordedLine(
        document=event.document,
        document_type=event.document_type,
        line=event.line,
        event_id=envelope.event_id,
        values=event.values,
        event_time=envelope.event_time,
        operator=envelope.operator,
        movements=event.movements,
        plan=event.plan,
        is_reversed=is_reversed,
        measured=event.measured,
        device=device,
    )


def _event(body: bytes | memoryview | str | None) -> object:
    """Return what an entry of the ledger says; None where it cannot be read."""
    try:
        return event_of(open_entry(body_bytes(body)).envelope) if body is not None else None
    except ValueError:
        return None
