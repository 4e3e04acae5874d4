"""Fitting text into its place: break into lines, shrink, and only then cut, with … and a word about it."""

from collections.abc import Iterator
from dataclasses import dataclass

from labels import typeface

# GB/T 15834, section 5: these never begin a line.
_NO_LINE_START = frozenset("，。、；：？！）》」』】〉％%,.;:?!)]}’”…")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fitted:
    """Lines of one size; `is_cut` when the last one ends in … because not all of the text found room."""

    lines: tuple[str, ...]
    size_dots: int
    is_cut: bool


def fit(
    text: str, *, width_dots: int, height_dots: int, size_dots: int, size_min_dots: int, lines_max: int
) -> Fitted:
    """The largest size, `size_dots` down to `size_min_dots`, at which the text finds room; else cut there."""
    smallest = min(size_dots, size_min_dots)
    for size in range(size_dots, smallest - 1, -1):
        lines = _broken(text, size, width_dots, lines_max)
        if lines is not None and block_dots(len(lines), size) <= height_dots:
            return Fitted(lines=lines, size_dots=size, is_cut=False)
    rooms = [count for count in range(1, lines_max + 1) if block_dots(count, smallest) <= height_dots]
    lines = _cut(text, smallest, width_dots, max(rooms, default=1))
    return Fitted(lines=lines, size_dots=smallest, is_cut=True)


def block_dots(lines: int, size_dots: int) -> float:
    """The height of some lines, from the top of the first to the feet of the last."""
    body = (typeface.ASCENT_EM + typeface.DESCENT_EM) * size_dots
    return body + (lines - 1) * typeface.LINE_PITCH_EM * size_dots


def _broken(text: str, size: int, width: int, lines_max: int) -> tuple[str, ...] | None:
    """The text in at most `lines_max` lines, or None when that is not enough."""
    lines: list[str] = []
    rest = text
    while rest:
        if len(lines) == lines_max:
            return None
        taken = _line_end(rest, size, width)
        if taken == 0:
            return None
        lines.append(rest[:taken].rstrip())
        rest = rest[taken:].lstrip()
    return tuple(lines)


def _line_end(text: str, size: int, width: int) -> int:
    """How many characters stay on this line; breaks at the last good place, inside a word only if it must."""
    room = _room(text, size, width)
    if room == len(text):
        return room
    good = [place for place in _break_places(text[: room + 1]) if 0 < place <= room]
    return good[-1] if good else room


def _room(text: str, size: int, width: int) -> int:
    used = 0.0
    for count, character in enumerate(text):
        used += typeface.width_dots(character, size)
        if used > width:
            return count
    return len(text)


def _break_places(text: str) -> Iterator[int]:
    """Where a line may end: at a space, after a hyphen or the like, beside a Chinese character."""
    for place in range(1, len(text)):
        before, after = text[place - 1], text[place]
        if after in _NO_LINE_START:
            continue
        if after == " " or before in " -/·" or _is_wide(before) or _is_wide(after):
            yield place


def _is_wide(character: str) -> bool:
    return "\u2e80" <= character <= "\u9fff" or "\uf900" <= character <= "\uffef"


def _cut(text: str, size: int, width: int, lines_max: int) -> tuple[str, ...]:
    """As many lines as there is room for; the last one ends in …, shortened until that fits too."""
    lines: list[str] = []
    rest = text
    while rest and len(lines) < lines_max - 1:
        taken = _line_end(rest, size, width)
        lines.append(rest[:taken].rstrip())
        rest = rest[taken:].lstrip()
    room = _room(rest, size, width - int(typeface.width_dots(typeface.ELLIPSIS, size)) - 1)
    return (*lines, rest[:room].rstrip() + typeface.ELLIPSIS)
