"""Cuts a picture into bars and bitmaps that together have its black dots and as few bytes as can easily be had.

TSPL packs nothing: a bitmap costs a byte for eight dots, black or white. So white is left out, and what is made of
few rectangles (lines, frames, the bars of a code) is said as BAR commands, whose dots are exact.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import TypeAlias

from PIL import Image, ImageChops

BITMAP_BYTES = 26
"""About what a BITMAP command costs beside its data; less white than this is not worth a cut."""

BAR_BYTES = 20
"""About what a BAR command costs."""

_WORTH_TRYING_BYTES = 4 * BAR_BYTES
"""A bitmap shorter than this is not taken apart any further."""

_BYTE_DOTS = 8
_SWAPPED = bytes([1, 0, *range(2, 256)])
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
    return _cut(ink, 0, 0)[0]


def _cut(part: Image.Image, left: int, top: int) -> tuple[list[Piece], int]:
    """The pieces of a part whose corner lies there, and about how many bytes they take."""
    trimmed = part.getbbox()
    if trimmed is None:
        return [], 0
    if trimmed != (0, 0, *part.size):
        part = part.crop(trimmed)
        left, top = left + trimmed[0], top + trimmed[1]
    row_bytes = -(-part.width // _BYTE_DOTS)
    bitmap_bytes = BITMAP_BYTES + row_bytes * part.height
    if part.getextrema() == (_BLACK, _BLACK):
        return [Bar(left, top, left + part.width, top + part.height)], BAR_BYTES
    whole: tuple[list[Piece], int] = [Tile(left, top, top + part.height, row_bytes)], bitmap_bytes
    if bitmap_bytes < _WORTH_TRYING_BYTES:
        return whole
    parts = _parts(part)
    pieces: list[Piece] = [
        Bar(left + bar[0], top + bar[1], left + bar[2], top + bar[3]) for bar in parts.bars
    ]
    used_bytes = BAR_BYTES * len(pieces)
    for inner in parts.others:
        if used_bytes >= bitmap_bytes:
            return whole
        more, more_bytes = _cut(part.crop(inner), left + inner[0], top + inner[1])
        pieces += more
        used_bytes += more_bytes
    return (pieces, used_bytes) if pieces and used_bytes < bitmap_bytes else whole


@dataclass(frozen=True, slots=True)
class _Parts:
    """What a part falls into: black rectangles, and others still to be cut."""

    bars: tuple[_Box, ...] = ()
    others: tuple[_Box, ...] = ()


def _parts(part: Image.Image) -> _Parts:
    """Cut at white, first across, then down; else at black lines, first across, then down; else not at all."""
    width, height = part.size
    columns, rows = (bytes(line) for line in part.getprojection())  # 1 where a column or a row has ink
    bands = _runs(rows, BITMAP_BYTES * _BYTE_DOTS // width + 1)
    if len(bands) > 1:
        return _Parts(others=tuple((0, first, width, last) for first, last in bands))
    blocks = _runs(columns, BITMAP_BYTES * _BYTE_DOTS // height + 1)
    if len(blocks) > 1:
        return _Parts(others=tuple((first, 0, last, height) for first, last in blocks))
    white_columns, white_rows = (bytes(line) for line in ImageChops.invert(part).getprojection())
    lines = _runs(white_rows.translate(_SWAPPED), 0)
    if lines:
        return _Parts(
            bars=tuple((0, first, width, last) for first, last in lines),
            others=tuple((0, first, width, last) for first, last in _between(lines, height)),
        )
    lines = _runs(white_columns.translate(_SWAPPED), 0)
    return _Parts(
        bars=tuple((first, 0, last, height) for first, last in lines),
        others=tuple((first, 0, last, height) for first, last in _between(lines, width)) if lines else (),
    )


def _runs(inked: bytes, gap: int) -> list[tuple[int, int]]:
    """Stretches of ones, from and to; zeros up to `gap` do not part them."""
    return [found.span() for found in _stretch(gap).finditer(inked)]


@cache
def _stretch(gap: int) -> re.Pattern[bytes]:
    return re.compile(rb"\x01(?:\x00{0,%d}\x01)*" % gap)


def _between(lines: list[tuple[int, int]], length: int) -> Iterator[tuple[int, int]]:
    at = 0
    for first, last in [*lines, (length, length)]:
        if first > at:
            yield at, first
        at = last
