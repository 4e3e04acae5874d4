"""Long answers in pages: each page ends at a key, and the next begins after it."""

import base64
import binascii
from collections.abc import Sequence
from typing import Annotated, Any, TypeVar

import msgspec
from msgspec import Meta, Struct

PAGE_ROWS_MAX = 500
PAGE_ROWS_DEFAULT = 100
POSITION_MAX = 2**63 - 1
WORD_CHARS_MAX = 120

Limit = Annotated[int, Meta(ge=1, le=PAGE_ROWS_MAX, description="Rows on one page.")]
After = Annotated[
    str,
    Meta(
        max_length=1000,
        pattern="^[A-Za-z0-9_-]*$",
        description="`next` of the page before; empty: the first page.",
    ),
]
Word = Annotated[str, Meta(max_length=WORD_CHARS_MAX, pattern=r"^[^\x00]*$")]
Position = Annotated[int, Meta(ge=0, le=POSITION_MAX)]

T = TypeVar("T")


def whole_number(text: str) -> int:
    """Return the position or revision an address or a form says; 0 where it says none that there could be."""
    is_number = text.isascii() and text.isdecimal() and len(text) < len(str(POSITION_MAX))
    return int(text) if is_number else 0


class CursorError(ValueError):
    """The text is no `next` of a page of this list."""


class Asked(Struct, frozen=True, kw_only=True):
    """Which page of a list is wanted."""

    after: After = ""
    limit: Limit = PAGE_ROWS_DEFAULT


def encode_key(key: Sequence[str | int]) -> str:
    """Return a key as the opaque text of `next`."""
    return base64.urlsafe_b64encode(msgspec.json.encode(list(key))).decode().rstrip("=")


def decode_key(text: str, kind: Any) -> Any:
    """Return the key inside `after` as `kind`, a tuple type. Raises CursorError."""
    try:
        raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        key = msgspec.json.decode(raw, type=kind)
    except (binascii.Error, msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise CursorError("`after` is not the `next` of a page of this list") from error
    if any(isinstance(part, str) and "\x00" in part for part in key):
        raise CursorError("`after` is not the `next` of a page of this list")
    if any(isinstance(part, int) and not 0 <= part <= POSITION_MAX for part in key):
        raise CursorError("`after` is not the `next` of a page of this list")
    return key


def cut(rows: Sequence[T], limit: int) -> tuple[Sequence[T], bool]:
    """Return one page of `limit` + 1 rows read, and whether there are more."""
    return rows[:limit], len(rows) > limit
