"""Whether a fact fits into the tables, judged before it is booked: so that every database gives the same verdict.

SQLite takes any text and number into any column, PostgreSQL does not; a hub may move from the one to the other. Limits
stand here by the names facts use; a text under another name may be NAME_CHARS_MAX long.
"""

from collections.abc import Mapping
from typing import Any, cast

import msgspec

from domain.event import Event
from domain.log import Envelope

NAME_CHARS_MAX = 120
"""Items, lots, places, handling units, orders: anything scanned that names something."""
INTEGER_MAX = 2**31 - 1
_OPERATOR_CHARS = 40
_SOFTWARE_CHARS = 80

_LIMITS: Mapping[str, int] = {
    "document": 80,
    "document_type": 20,
    "grade": 40,
    "person": 40,
    "approver": 40,
    "state": 40,
    "kind": 40,
    "job": 80,
    "template": 80,
    "printer": 80,
    "software": 80,
}
_FREE = frozenset(
    {"note", "detail", "reason", "parameters", "data", "confirmed", "problem", "text", "cause", "action"}
)
"""Kept as text of any length; an entry itself is limited."""
_LARGE = frozenset({"position"})
"""Numbers that may be large."""

_SHORT_CHARS = 40
"""A fact without a longer run of anything between its quotes holds no text that is too long, but for the shortest."""
_LONG_RUN = b" " * (_SHORT_CHARS + 1)
_QUOTES_ONLY = bytes(byte if byte == ord('"') else ord(" ") for byte in range(256))
_NUL = rb"\u0000"


class MisfitError(ValueError):
    """The fact says something no table takes: a name too long, a NUL, a number too large."""


def see_that_it_fits(envelope: Envelope, event: Event) -> None:
    """Raise MisfitError where a database would refuse what this event says.

    Asked for every event: nearly all are let through by a look at the bytes.
    """
    if len(envelope.operator) > _OPERATOR_CHARS or len(envelope.software) > _SOFTWARE_CHARS:
        raise MisfitError("the operator or the software has too long a name")
    if "\0" in envelope.operator or "\0" in envelope.software or "\0" in envelope.document:
        raise MisfitError("the envelope holds a NUL")
    fact = bytes(envelope.fact)
    is_plain = (
        _LONG_RUN not in fact.translate(_QUOTES_ONLY)
        and _NUL not in fact
        and len(getattr(event, "document_type", "")) <= _LIMITS["document_type"]
        and getattr(event, "line", 0) <= INTEGER_MAX
    )
    if is_plain and len(envelope.document) <= _LIMITS["document"]:
        return
    _text("document", envelope.document, _LIMITS["document"])
    for name, value in msgspec.to_builtins(event).items():
        _walk(name, value)


def _walk(name: str, value: Any) -> None:
    if isinstance(value, str):
        _text(name, value, 0 if name in _FREE else _LIMITS.get(name, NAME_CHARS_MAX))
    elif isinstance(value, bool) or value is None:
        return
    elif isinstance(value, int):
        if abs(value) > INTEGER_MAX and name not in _LARGE:
            raise MisfitError(f"{name}: {value} is larger than {INTEGER_MAX}")
    elif isinstance(value, dict):
        for key, one in cast("dict[str, Any]", value).items():
            _text("a name", key, NAME_CHARS_MAX)
            _walk(name if name in _FREE else key, one)
    elif isinstance(value, (list, tuple)):
        for one in cast("list[Any]", value):
            _walk(name, one)


def _text(name: str, text: str, limit: int) -> None:
    """See that a text is at most `limit` characters long (0: any length) and holds no NUL."""
    if limit and len(text) > limit:
        raise MisfitError(f"{name}: a text of {len(text)} characters is longer than {limit}")
    if "\0" in text:
        raise MisfitError(f"{name}: it holds a NUL")
