"""Repeats: what stands on a label several times is written one time in its template, and counted off here.

A field with `repeat = 6` is six fields: in its texts `#` is the number, `samples` has one sample for each. An element
with `repeat = { count = 6, across = 2, dx_mm = 48, dy_mm = 22 }` is six elements, two beside each other, the next two
below them; in its texts `#` is the number too.
"""

from collections.abc import Iterator, Mapping
from typing import Any, cast

import msgspec

_NUMBER = "#"
_KEY = "repeat"
REPEATS_MAX = 40


class ElementRepeat(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How often an element stands on the label, how many beside each other, and how far apart."""

    count: int
    across: int = 1
    dx_mm: float = 0.0
    dy_mm: float = 0.0


def repeated(table: Mapping[str, Any]) -> dict[str, Any]:
    """The template's table with every repeat counted off; raises msgspec.ValidationError for one that is none."""
    return {
        key: [one for entry in cast("list[Any]", value) for one in _EXPANDED[key](entry)]
        if key in _EXPANDED and isinstance(value, list)
        else value
        for key, value in table.items()
    }


def _fields(entry: object) -> Iterator[object]:
    if not (isinstance(entry, dict) and _KEY in entry):
        yield entry
        return
    table = cast("dict[str, Any]", entry)
    samples = msgspec.convert(table.get("samples", []), list[str])
    rest = {key: value for key, value in table.items() if key not in (_KEY, "samples")}
    for number in range(1, _counted(msgspec.convert(table[_KEY], int)) + 1):
        sample = samples[number - 1] if number <= len(samples) else ""
        yield {**_numbered(rest, number), "sample": sample}


def _elements(entry: object) -> Iterator[object]:
    if not (isinstance(entry, dict) and _KEY in entry):
        yield entry
        return
    table = cast("dict[str, Any]", entry)
    repeat = msgspec.convert(table[_KEY], ElementRepeat)
    rest = {key: value for key, value in table.items() if key != _KEY}
    for place in range(_counted(repeat.count)):
        down, beside = divmod(place, max(1, repeat.across))
        yield {
            **_numbered(rest, place + 1),
            "x_mm": rest.get("x_mm", 0) + beside * repeat.dx_mm,
            "y_mm": rest.get("y_mm", 0) + down * repeat.dy_mm,
        }


_EXPANDED = {"fields": _fields, "elements": _elements}


def _counted(count: int) -> int:
    if not 1 <= count <= REPEATS_MAX:
        raise msgspec.ValidationError(f"repeat: {count} times; it may be 1 to {REPEATS_MAX}")
    return count


def _numbered(value: Any, number: int) -> Any:
    match value:
        case str():
            return value.replace(_NUMBER, str(number))
        case list():
            return [_numbered(one, number) for one in cast("list[Any]", value)]
        case dict():
            return {key: _numbered(one, number) for key, one in cast("dict[str, Any]", value).items()}
        case _:
            return value
