"""What a recorded event changes in the kiosk's own picture, in the transaction that records it."""

from collections.abc import Sequence

import msgspec

from domain.barcodes.house import house_body
from domain.event import Event
from domain.events.documents import (
    DocumentApproved,
    DocumentCompleted,
    DocumentJoined,
    DocumentOpened,
    DocumentSentBack,
    DocumentUnapproved,
    DocumentVoided,
    LineRecorded,
    LineReversed,
    PlanLeft,
)
from domain.events.labels import (
    LabelBatchHeld,
    LabelBatchReleased,
    LabelReported,
    LabelRequested,
    MediaLoaded,
    PrinterHeld,
    PrinterReleased,
)
from domain.events.pins import PinAccepted, PinRefused
from domain.facts import OpenDocument, RecordedLine
from domain.line import counted
from domain.log import Envelope
from domain.plan import PlanRef
from domain.quantity import Quantity
from domain.stock import Balance, Movement, postings
from drivers.job import Job
from kiosk.store.amounts import posting_row, to_millionths
from kiosk.store.connection import Connection
from kiosk.store.media import load_media
from kiosk.store.own_records import keep_record
from kiosk.store.photos import keep_photos
from kiosk.store.schema import BATCH, GOODS_COLUMNS, OWN_TABLES, WAITING
from kiosk.store.work import keep_station_job, keep_work

_json = msgspec.json.Encoder()
_shared = msgspec.json.Decoder(OpenDocument)
_lines = msgspec.json.Decoder(RecordedLine)


def fold(connection: Connection, event: Event, envelope: Envelope, day: str) -> None:
    """Take one event of our own into the picture. `day` is the date on the wall where the kiosk stands."""
    match event:
        case LabelRequested():
            _want_label(connection, event, envelope)
        case LabelReported():
            _report_label(connection, event)
        case MediaLoaded():
            load_media(connection, event.printer, event.media)
        case LabelBatchHeld() | LabelBatchReleased():
            _hold_batch(connection, event)
        case PrinterHeld():
            connection.change("INSERT OR IGNORE INTO held_printer (printer) VALUES (?)", (event.printer,))
        case PrinterReleased():
            connection.change("DELETE FROM held_printer WHERE printer = ?", (event.printer,))
        case PinRefused():
            _count_wrong_pin(connection, event, envelope)
        case PinAccepted():
            connection.change("DELETE FROM wrong_pin WHERE person = ?", (event.person,))
        case _:
            keep_work(connection, event, envelope)
            keep_record(connection, event, envelope)
            keep_station_job(connection, event, envelope)
            keep_photos(connection, event, envelope)
            _fold_document(connection, event, envelope, day)


def _count_wrong_pin(connection: Connection, event: PinRefused, envelope: Envelope) -> None:
    connection.change(
        "INSERT OR REPLACE INTO wrong_pin (person, issue, failures, boot_id, monotonic_ms) VALUES (?, ?, ?, ?, ?)",
        (event.person, event.issue, event.failures, envelope.boot_id, envelope.monotonic_ms),
    )


def _fold_document(connection: Connection, event: Event, envelope: Envelope, day: str) -> None:
    match event:
        case DocumentOpened():
            _open_document(connection, event)
        case DocumentJoined():
            _join_document(connection, event)
        case LineRecorded():
            _record_line(connection, event, envelope, day)
        case LineReversed():
            _reverse_line(connection, event, envelope)
        case DocumentCompleted() | DocumentApproved():
            _take_effect(connection, event, envelope)
        case DocumentUnapproved():
            _take_back(connection, event, envelope)
        case DocumentSentBack():
            _set_status(connection, event.document, "open", ())
        case DocumentVoided():
            _set_status(connection, event.document, "void", ())
        case PlanLeft():
            _leave_plan(connection, event, envelope)
        case _:
            pass  # the other events change nothing that the kiosk shows


def fold_stock_again(connection: Connection, event: Event, envelope: Envelope) -> None:
    """Count one event of our own once more, where the hub's figures do not contain it any more; nothing else of it."""
    for table in OWN_TABLES:
        connection.change_many(
            f"DELETE FROM {table} WHERE epoch = ? AND sequence = ?",  # noqa: S608 our own names
            [(envelope.epoch, envelope.sequence)],
        )
    keep_work(connection, event, envelope)
    keep_record(connection, event, envelope)
    match event:
        case LineRecorded():
            _move(connection, event.movements, envelope)
            _count_line(connection, event, envelope)
        case LineReversed():
            _move(connection, event.movements, envelope)
            _uncount_line(connection, event, envelope)
        case DocumentCompleted() | DocumentApproved():
            _move(connection, event.movements, envelope)
        case DocumentUnapproved():
            _uncount(connection, event, envelope)
        case PlanLeft():
            _leave_plan(connection, event, envelope)
        case _:
            pass  # the other events move nothing


def _open_document(connection: Connection, event: DocumentOpened) -> None:
    connection.change(
        "INSERT OR REPLACE INTO document (number, type, status, book, proposed) VALUES (?, ?, 'open', ?, ?)",
        (event.document, event.document_type, _encode(event.book), _encode(())),
    )


def _join_document(connection: Connection, event: DocumentJoined) -> None:
    """Take over what the hub tells of a colleague's document: how far it is, and what it is held against."""
    row = connection.row("SELECT body FROM reference WHERE kind = 'document' AND key = ?", (event.document,))
    told = _shared.decode(row[0]) if row else None
    connection.change(
        "INSERT OR REPLACE INTO document (number, type, status, book, proposed) VALUES (?, ?, ?, ?, ?)",
        (
            event.document,
            event.document_type,
            told.status if told else "open",
            _encode(told.book if told else ()),
            _encode(told.proposed if told else ()),
        ),
    )


def _keep_colleagues_lines(connection: Connection, document: str) -> None:
    """Keep the lines of colleagues that a document was finished with; the hub tells of them no longer."""
    rows = connection.rows(
        "SELECT reference.body FROM lookup JOIN reference USING (kind, key) WHERE name = 'line_of' AND code = ?",
        (document,),
    )
    kept = [(_lines.decode(row[0]), row[0]) for row in rows]
    connection.change_many(
        "INSERT OR REPLACE INTO shared_line (document, device, line, body) VALUES (?, ?, ?, ?)",
        [(document, line.device, line.line, body) for line, body in kept],
    )


def _set_status(connection: Connection, document: str, status: str, proposed: tuple[Movement, ...]) -> None:
    connection.change(
        "UPDATE document SET status = ?, proposed = ? WHERE number = ?", (status, _encode(proposed), document)
    )


def _note_submission(connection: Connection, event: DocumentCompleted, envelope: Envelope) -> None:
    """Remember which event submitted a document: what is sent back may be an earlier one."""
    if event.outcome == "submitted":
        connection.change(
            "INSERT OR REPLACE INTO submission (document, event_id) VALUES (?, ?)",
            (event.document, envelope.event_id),
        )


def _take_effect(
    connection: Connection, event: DocumentCompleted | DocumentApproved, envelope: Envelope
) -> None:
    """Move what the whole document moves, and keep it for the day it is taken back."""
    if isinstance(event, DocumentCompleted):
        _set_status(connection, event.document, event.outcome, event.proposed)
        _note_submission(connection, event, envelope)
    else:
        _set_status(connection, event.document, "closed", ())
    _keep_colleagues_lines(connection, event.document)
    _move(connection, event.movements, envelope)
    if event.movements:
        connection.change(
            "INSERT OR REPLACE INTO document_effect (document, body) VALUES (?, ?)",
            (event.document, _encode(event.movements)),
        )


def _take_back(connection: Connection, event: DocumentUnapproved, envelope: Envelope) -> None:
    """Undo all that a document did; its lines stay to be read, and none is in effect any more."""
    number = event.document
    end_effect(connection, number)
    connection.reference_changes()
    for table in ("lookup", "reference"):  # the hub says so too, by and by
        connection.change(
            f"DELETE FROM {table} WHERE kind = 'plan' AND key = ?",  # noqa: S608 our own names
            (number,),
        )
    _uncount(connection, event, envelope)


def end_effect(connection: Connection, number: str) -> None:
    """Let nothing of a document be in effect any more: it was taken back, here or by a colleague."""
    _set_status(connection, number, "unapproved", ())
    connection.change("UPDATE line SET is_reversed = 1 WHERE document = ?", (number,))
    for table in ("document_total", "document_effect", "own_plan"):
        connection.change(f"DELETE FROM {table} WHERE document = ?", (number,))  # noqa: S608 our own names


def _uncount(connection: Connection, event: DocumentUnapproved, envelope: Envelope) -> None:
    _move(connection, event.movements, envelope)
    for one in event.plans:
        _count_plan(connection, one.plan, -one.quantity, envelope)


def _record_line(connection: Connection, event: LineRecorded, envelope: Envelope, day: str) -> None:
    line = RecordedLine(
        document=event.document,
        document_type=event.document_type,
        line=event.line,
        event_id=envelope.event_id,
        values=event.values,
        event_time=envelope.event_time,
        operator=envelope.operator,
        movements=event.movements,
        plan=event.plan,
        measured=event.measured,
    )
    connection.change(
        "INSERT INTO line (document, line, day, is_reversed, body) VALUES (?, ?, ?, 0, ?)",
        (event.document, event.line, day, _json.encode(line)),
    )
    serial = event.values.get("handling_unit")
    if isinstance(serial, str) and serial:
        connection.change(
            "INSERT OR REPLACE INTO unit_origin (serial, document, operator, event_time) VALUES (?, ?, ?, ?)",
            (serial, event.document, envelope.operator, envelope.event_time.isoformat()),
        )
    slip = event.values.get("slip")
    if isinstance(slip, str) and slip:
        connection.change(
            "INSERT INTO slip (number, document, line, operator, event_time) VALUES (?, ?, ?, ?, ?)",
            (slip, event.document, event.line, envelope.operator, envelope.event_time.isoformat()),
        )
    _move(connection, event.movements, envelope)
    quantity = event.values.get("quantity")
    if isinstance(quantity, Quantity):
        _total(connection, event.document, quantity)
    _count_line(connection, event, envelope)


def _total(connection: Connection, document: str, quantity: Quantity) -> None:
    connection.change(
        "INSERT INTO document_total (document, unit, value) VALUES (?, ?, ?)"
        " ON CONFLICT (document, unit) DO UPDATE SET value = value + excluded.value",
        (document, quantity.unit, to_millionths(quantity.value)),
    )


def _reverse_line(connection: Connection, event: LineReversed, envelope: Envelope) -> None:
    connection.change(
        "UPDATE line SET is_reversed = 1 WHERE document = ? AND line = ?", (event.document, event.line)
    )
    _move(connection, event.movements, envelope)
    if event.quantity:
        _total(connection, event.document, -event.quantity)
    _uncount_line(connection, event, envelope)


def _move(connection: Connection, movements: Sequence[Movement], envelope: Envelope) -> None:
    rows = [
        (envelope.epoch, envelope.sequence, *posting_row(posting))
        for movement in movements
        for posting in postings(movement)
    ]
    connection.change_many(
        f"INSERT INTO own_balance (epoch, sequence, {GOODS_COLUMNS}, value, second)"  # noqa: S608 our own names
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        rows,
    )
    lots = dict.fromkeys((one.goods.item, one.goods.lot) for one in movements if one.goods.lot)
    since = envelope.event_time.isoformat()
    connection.change_many(
        "INSERT INTO own_lot (epoch, sequence, item, lot, since) SELECT ?, ?, ?, ?, ?"
        " WHERE NOT EXISTS (SELECT 1 FROM own_lot WHERE item = ? AND lot = ?)",
        [(envelope.epoch, envelope.sequence, *lot, since, *lot) for lot in lots],
    )


def _count_line(connection: Connection, event: LineRecorded, envelope: Envelope) -> None:
    if event.plan:
        for quantity in counted(event.values):
            _count_plan(connection, event.plan, quantity, envelope)


def _uncount_line(connection: Connection, event: LineReversed, envelope: Envelope) -> None:
    """Take off what a line of ours counted: in each of its units, of which the reversal names only the first."""
    if event.plan is None or event.quantity is None:
        return
    at = (event.document, event.line)
    held = connection.row("SELECT body FROM line WHERE document = ? AND line = ?", at)
    for quantity in counted(_lines.decode(held[0]).values) if held else (event.quantity,):
        _count_plan(connection, event.plan, -quantity, envelope)


def _count_plan(connection: Connection, plan: PlanRef, quantity: Quantity, envelope: Envelope) -> None:
    connection.change(
        "INSERT INTO own_plan_done (epoch, sequence, number, line, unit, value) VALUES (?, ?, ?, ?, ?, ?)",
        (
            envelope.epoch,
            envelope.sequence,
            plan.number,
            plan.line,
            quantity.unit,
            to_millionths(quantity.value),
        ),
    )


def _leave_plan(connection: Connection, event: PlanLeft, envelope: Envelope) -> None:
    plan = event.plan
    connection.change(
        "INSERT OR REPLACE INTO own_plan (epoch, sequence, document, kind, number, code, body)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            envelope.epoch,
            envelope.sequence,
            event.document,
            plan.kind,
            plan.number,
            house_body(plan.number),
            _json.encode(plan),
        ),
    )


def _want_label(connection: Connection, event: LabelRequested, envelope: Envelope) -> None:
    job = Job(
        job_id=event.job,
        printer=event.printer,
        template=event.template,
        data=event.data,
        copies=event.copies,
        created=envelope.event_time,
        reprint_reason=event.reason or None,
    )
    connection.change(
        "INSERT INTO job (job_id, printer, state, detail, reported, created, body)"
        " VALUES (?, ?, 'waiting', '', '', ?, ?)",
        (job.job_id, job.printer, job.created.isoformat(), _json.encode(event)),
    )


def _hold_batch(connection: Connection, event: LabelBatchHeld | LabelBatchReleased) -> None:
    """Let all but the first of a batch wait for its proof, in the transaction that asks for them; or let them go."""
    change = f"UPDATE job SET state = ? WHERE {BATCH} = ? AND state = ? AND job_id <> ?"  # noqa: S608 our own names
    match event:
        case LabelBatchHeld():
            connection.change(change, ("unproven", event.batch, "waiting", event.first))
        case LabelBatchReleased():
            connection.change(change, ("waiting", event.batch, "unproven", ""))


def _report_label(connection: Connection, event: LabelReported) -> None:
    connection.change("UPDATE job SET reported = ? WHERE job_id = ?", (event.state, event.job))
    if event.state == "cancelled":
        connection.change(
            f"UPDATE job SET state = 'cancelled' WHERE job_id = ? AND state IN {WAITING}",  # noqa: S608 our own names
            (event.job,),
        )
    elif event.state in (
        "printed",
        "failed",
    ):  # a person looked; from the spooler the job has this state already
        connection.change(
            "UPDATE job SET state = ?, detail = ? WHERE job_id = ? AND state = 'unknown'",
            (event.state, event.detail, event.job),
        )


def _encode(rows: tuple[Balance, ...] | tuple[Movement, ...]) -> bytes:
    return _json.encode(rows)
