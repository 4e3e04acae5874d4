"""Cuts a picture into bars and bitmaps that together have its black dots and as few bytes as can easily be had.

TSPL packs nothing: a bitmap costs a byte for eight dots, black or white. So white is left out, and what is made of
few rectangles (lines, frames, the bars of a code) is said as BAR commands, whose dots are exact.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

from PIL import Image, ImageChops

BITMAP_BYTES = 26
"""About what a BITMAP command costs beside its data; less white than this is not worth a cut."""

BAR_BYTES = 20
"""About what a BAR command costs."""

_WORTH_TRYING_BYTES = 4 * BAR_BYTES
"""A bitmap shorter than this is not taken apart any further."""

_BYTE_DOTS = 8
_BLACK = 255  # in the picture of the ink


@dataclass(frozen=True, slots=True)
class Bar:
    """A black rectangle; `right` and `bottom` are the first dots no longer in it."""

    left: int
    top: int
    right: int
    bottom: int


@dataclass(frozen=True, slots=True)
class Tile:
    """A part of the picture to be said as a bitmap."""

    left: int
    top: int
    bottom: int
    row_bytes: int

    @property
    def height(self) -> int:
        """Rows of dots."""
        return self.bottom - self.top

    def rows(self) -> Iterator["Tile"]:
        """The same as a tile for each row."""
        return (Tile(self.left, row, row + 1, self.row_bytes) for row in range(self.top, self.bottom))

    def bytes(self) -> Iterator["Tile"]:
        """The same as tiles of a byte's width."""
        return (Tile(self.left + _BYTE_DOTS * at, self.top, self.bottom, 1) for at in range(self.row_bytes))


Piece: TypeAlias = Bar | Tile
_Box: TypeAlias = tuple[int, int, int, int]


def tiles(image: Image.Image) -> list[Piece]:
    """The pieces of a mode "1" picture (0 is black). They may overlap: each has what the picture has there."""
    ink = ImageChops.invert(image.convert("L"))
    return _cut(ink, (0, 0, image.width, image.height))[0]


def _cut(ink: Image.Image, box: _Box) -> tuple[list[Piece], int]:
    """The pieces of a part and about how many bytes they take."""
    trimmed = ink.crop(box).getbbox()
    if trimmed is None:
        return [], 0
    left, top = box[0] + trimmed[0], box[1] + trimmed[1]
    box = (left, top, box[0] + trimmed[2], box[1] + trimmed[3])
    part = ink.crop(box)
    row_bytes = -(-part.width // _BYTE_DOTS)
    whole: list[Piece] = [Tile(left, top, box[3], row_bytes)]
    bitmap_bytes = BITMAP_BYTES + row_bytes * part.height
    if bitmap_bytes > BAR_BYTES and part.getextrema() == (_BLACK, _BLACK):
        return [Bar(*box)], BAR_BYTES
    if bitmap_bytes < _WORTH_TRYING_BYTES:
        return whole, bitmap_bytes
    pieces: list[Piece] = []
    used_bytes = 0
    for bar in (parts := _parts(part)).bars:
        pieces.append(Bar(left + bar[0], top + bar[1], left + bar[2], top + bar[3]))
        used_bytes += BAR_BYTES
    for inner in parts.others:
        if used_bytes >= bitmap_bytes:
            return whole, bitmap_bytes
        more, more_bytes = _cut(ink, (left + inner[0], top + inner[1], left + inner[2], top + inner[3]))
        pieces += more
        used_bytes += more_bytes
    if not pieces or used_bytes >= bitmap_bytes:
        return whole, bitmap_bytes
    return pieces, used_bytes


@dataclass(frozen=True, slots=True)
class _Parts:
    """What a part falls into: black rectangles, and others still to be cut."""

    bars: tuple[_Box, ...] = ()
    others: tuple[_Box, ...] = ()


def _parts(part: Image.Image) -> _Parts:
    """Cut at white, first across, then down; else at black lines, first across, then down; else not at all."""
    width, height = part.size
    columns, rows = part.getprojection()
    bands = list(_runs(rows, BITMAP_BYTES * _BYTE_DOTS // width + 1))
    if len(bands) > 1:
        return _Parts(others=tuple((0, first, width, last) for first, last in bands))
    blocks = list(_runs(columns, BITMAP_BYTES * _BYTE_DOTS // height + 1))
    if len(blocks) > 1:
        return _Parts(others=tuple((first, 0, last, height) for first, last in blocks))
    white_columns, white_rows = ImageChops.invert(part).getprojection()
    lines = list(_runs([not white for white in white_rows], 0))
    if lines:
        return _Parts(
            bars=tuple((0, first, width, last) for first, last in lines),
            others=tuple((0, first, width, last) for first, last in _between(lines, height)),
        )
    lines = list(_runs([not white for white in white_columns], 0))
    return _Parts(
        bars=tuple((first, 0, last, height) for first, last in lines),
        others=tuple((first, 0, last, height) for first, last in _between(lines, width)) if lines else (),
    )


def _runs(inked: list[int] | list[bool], gap: int) -> Iterator[tuple[int, int]]:
    """Stretches of ink, from and to; white of up to `gap` does not part them."""
    start: int | None = None
    last = 0
    for at, has_ink in enumerate(inked):
        if not has_ink:
            continue
        if start is None:
            start = at
        elif at - last - 1 > gap:
            yield start, last + 1
            start = at
        last = at
    if start is not None:
        yield start, last + 1


def _between(lines: list[tuple[int, int]], length: int) -> Iterator[tuple[int, int]]:
    at = 0
    for first, last in [*lines, (length, length)]:
        if first > at:
            yield at, first
        at = last
