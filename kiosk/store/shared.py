"""How far colleagues and the office brought this kiosk's documents: what the hub tells of them takes effect here."""

from collections.abc import Mapping

import msgspec

from domain.facts import OpenDocument
from kiosk.store.connection import Connection
from kiosk.store.folds import end_effect

_NOT_ENDED = ("open", "submitted")
_encoder = msgspec.json.Encoder()


def still_open(
    connection: Connection, prefix: str, records: Mapping[str, OpenDocument | None]
) -> Mapping[str, OpenDocument | None]:
    """Take over what is told, and return it to be kept; one that has ended is told of no more, nor its lines.

    `prefix`: of the tables that hold what the hub tells.
    """
    kept: dict[str, OpenDocument | None] = {}
    for number, told in records.items():
        kept[number] = told if told and told.status in _NOT_ENDED else None
        if told is None:
            continue
        if told.status == "submitted":
            connection.change(
                "UPDATE document SET status = 'submitted', proposed = ? WHERE number = ? AND status = 'open'",
                (_encoder.encode(told.proposed), number),
            )
        elif told.sent_back:
            _send_back(connection, number, told.sent_back.submission)
        elif told.status not in _NOT_ENDED:
            _end(connection, prefix, told)
    return kept


def _send_back(connection: Connection, number: str, submission: str) -> None:
    """Open a submitted document again; not where it was submitted anew since: that, nobody has decided about."""
    connection.change(
        "UPDATE document SET status = 'open', proposed = ? WHERE number = ? AND status = 'submitted'"
        " AND NOT EXISTS (SELECT 1 FROM submission WHERE document = number AND event_id <> ?)",
        (_encoder.encode(()), number, submission),
    )


def _end(connection: Connection, prefix: str, told: OpenDocument) -> None:
    if told.status == "unapproved":
        end_effect(connection, told.number)
    connection.change(
        "UPDATE document SET status = 'elsewhere' WHERE number = ? AND status IN ('open', 'submitted')",
        (told.number,),
    )
    ended = f"SELECT key FROM {prefix}lookup WHERE name = 'line_of' AND code = ?"  # noqa: S608 our own names
    connection.change(
        f"DELETE FROM {prefix}reference WHERE kind = 'document_line' AND key IN ({ended})",  # noqa: S608 our own names
        (told.number,),
    )
    connection.change(f"DELETE FROM {prefix}lookup WHERE name = 'line_of' AND code = ?", (told.number,))  # noqa: S608 our own names
