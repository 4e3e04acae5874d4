"""How values stand in the tables: instants as text, amounts as whole millionths."""

from datetime import UTC, datetime
from decimal import Context, Decimal
from functools import lru_cache

MICROS_PER_UNIT = 10**6
"""Amounts are counted in these: a Quantity has at most six decimals."""

_DECIMALS = 6
HOUR_CHARS = len("2026-11-22T08")
"""As much of an instant's text as names its hour, in UTC."""
_LOCAL_CHARS = len("2026-11-22T08:30:00.123456")
_EXACT = Context(prec=40)


def instant_text(instant: datetime) -> str:
    """Write an aware instant as UTC text that sorts by time: `2026-11-22T08:30:00.123456Z`."""
    utc = instant if instant.tzinfo is UTC else instant.astimezone(UTC)
    return utc.isoformat(timespec="microseconds")[:_LOCAL_CHARS] + "Z"


def instant_of(text: str) -> datetime | None:
    """Read an instant back; None for the empty text."""
    return datetime.fromisoformat(text) if text else None


@lru_cache(maxsize=8192)  # the same few amounts come again and again: twice in each movement alone
def micros(value: Decimal) -> int:
    """Return an amount in whole millionths. Exact for what a Quantity can hold."""
    return int(value.scaleb(_DECIMALS, _EXACT))


def amount(whole: int) -> Decimal:
    """Return the amount that `whole` millionths are; a Quantity made of it has the canonical form."""
    return Decimal(whole).scaleb(-_DECIMALS, _EXACT)


def body_bytes(stored: bytes | memoryview | str) -> bytes:
    """Return an entry's bytes; SQLite gives back text where somebody wrote text there by hand."""
    return stored.encode() if isinstance(stored, str) else bytes(stored)
