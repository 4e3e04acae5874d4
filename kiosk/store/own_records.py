"""Records of the hub that our own newest events make or end: they hold here at once, the hub heard of or not."""

from collections.abc import Callable, Sequence
from typing import TypeVar

import msgspec

from domain.event import Event
from domain.events.quality import HoldLifted, HoldPlaced, InspectionUndone, PiecesInspected, VoiceAnswered
from domain.inspection import hold_of
from domain.log import Envelope
from domain.shop import Hold
from kiosk.store.connection import Connection
from kiosk.store.records import hold_lookups

T = TypeVar("T")
_encoder = msgspec.json.Encoder()


def keep_record(connection: Connection, event: Event, envelope: Envelope) -> None:
    """Keep the record that an event makes, or that it is over, until the hub counts the event itself."""
    match event:
        case HoldPlaced():
            _keep_hold(connection, envelope, event)
        case PiecesInspected() if placed := hold_of(event):
            _keep_hold(connection, envelope, placed)
        case InspectionUndone():
            _keep(connection, envelope, "hold", event.inspection)
        case HoldLifted():
            _keep(connection, envelope, "hold", event.hold)
        case VoiceAnswered():
            _keep(connection, envelope, "voice", event.voice)
        case _:
            pass  # the other events make no record


def _keep_hold(connection: Connection, envelope: Envelope, placed: HoldPlaced) -> None:
    hold = Hold(
        name=placed.hold,
        scope=placed.scope,
        key=placed.key,
        person=envelope.operator,
        since=envelope.event_time,
        reason=placed.reason,
        ticket=placed.ticket,
    )
    [(name, code)] = hold_lookups(hold)
    _keep(connection, envelope, "hold", hold.name, name, code, _encoder.encode(hold))


def _keep(  # noqa: PLR0917 one row, column by column
    connection: Connection,
    envelope: Envelope,
    kind: str,
    key: str,
    name: str = "",
    code: str = "",
    body: bytes | None = None,
) -> None:
    connection.change(
        "INSERT OR REPLACE INTO own_record (epoch, sequence, kind, key, name, code, body) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (envelope.epoch, envelope.sequence, kind, key, name, code, body),
    )


_STANDS = (
    "WHERE NOT EXISTS (SELECT 1 FROM own_record AS ended"
    " WHERE ended.kind = ? AND ended.key = found.key AND ended.body IS NULL) ORDER BY found.key LIMIT ?"
)


def standing(connection: Connection, kind: str, decode: Callable[[bytes], T], limit: int) -> Sequence[T]:
    """Return the records of a kind that stand, the hub's and our own, by key."""
    rows = connection.rows(
        f"""SELECT found.key, found.body FROM (
        SELECT key, body FROM reference WHERE kind = ?
        UNION ALL SELECT key, body FROM own_record WHERE kind = ? AND body IS NOT NULL) AS found {_STANDS}""",  # noqa: S608 our own words
        (kind, kind, kind, limit),
    )
    return [decode(body) for body in dict(rows).values()]


def standing_on(  # noqa: PLR0917 which kind, found by what, read how
    connection: Connection, kind: str, name: str, code: str, decode: Callable[[bytes], T], limit: int
) -> Sequence[T]:
    """Return the records of a kind that stand and are found by a code."""
    rows = connection.rows(
        f"""SELECT found.key, found.body FROM (
        SELECT reference.key AS key, reference.body AS body FROM lookup JOIN reference USING (kind, key)
        WHERE lookup.name = ? AND lookup.code = ? AND kind = ?
        UNION ALL SELECT key, body FROM own_record
        WHERE kind = ? AND name = ? AND code = ? AND body IS NOT NULL) AS found {_STANDS}""",  # noqa: S608 our own words
        (name, code, kind, kind, name, code, kind, limit),
    )
    return [decode(body) for body in dict(rows).values()]
