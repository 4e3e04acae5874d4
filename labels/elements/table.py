"""Table: rows and columns of short texts, such as the sizes of a carton; what is empty takes no room."""

from collections.abc import Iterator, Sequence
from itertools import accumulate, pairwise
from typing import Literal, TypeVar

import msgspec

from labels.elements.text import Text
from labels.label import Element
from labels.placement import Area, Grid, Ink, Placed, PlacedBox, PlacedText, Placement

_T = TypeVar("_T")


class Row(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How the texts of a row are written; `height` is its share of the table's height. White ink: on a black band."""

    height: float = 1.0
    size_mm: float = 3.0
    size_min_mm: float = 1.8
    bold: bool = False
    lines_max: int = 1
    ink: Ink = "black"


class Column(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How the texts of a column stand; `width` is its share of the table's width."""

    width: float = 1.0
    align: Literal["left", "center", "right"] = "left"


class Table(Element, frozen=True, kw_only=True):
    """Texts in rows and columns. All texts of a row have one size: the largest at which each of them fits.

    `cells` holds a list of texts per row; `rows` and `columns` say how they look, the last of each goes for all that
    follow. `drop` leaves out the rows or columns in which nothing stands; those that stay share the room, as if there
    were `shares_min` of them at least. `line_mm` (0: none) rules between rows, columns or both.
    """

    cells: tuple[tuple[str, ...], ...]
    rows: tuple[Row, ...] = (Row(),)
    columns: tuple[Column, ...] = (Column(),)
    drop: Literal["", "rows", "columns"] = ""
    shares_min: int = 1
    padding_mm: float = 0.6
    line_mm: float = 0.0
    rules: Literal["rows", "columns", "both"] = "rows"

    def place(self, grid: Grid) -> Placement:
        wide = max((len(row) for row in self.cells), default=0)
        cells = [(*row, *[""] * (wide - len(row))) for row in self.cells]
        down = [place for place, row in enumerate(cells) if self.drop != "rows" or any(map(str.strip, row))]
        across = [
            place
            for place in range(wide)
            if self.drop != "columns" or any(row[place].strip() for row in cells)
        ]
        if not down or not across:
            return Placement()
        rows = [_of(self.rows, place) for place in down]
        columns = [_of(self.columns, place) for place in across]
        lines_y = self._edges(self.y_mm, self.height_mm, [row.height for row in rows], "rows")
        lines_x = self._edges(self.x_mm, self.width_mm, [column.width for column in columns], "columns")
        placements: list[Placement] = []
        for row, place, (top, bottom) in zip(rows, down, pairwise(lines_y), strict=True):
            texts = [
                self._text(cells[place][cell], row, column, (left, top, right, bottom))
                for cell, column, (left, right) in zip(across, columns, pairwise(lines_x), strict=True)
            ]
            if row.ink == "white":
                band = grid.area(lines_x[0], top, lines_x[-1] - lines_x[0], bottom - top)
                placements.append(Placement(items=(PlacedBox(area=band, line_dots=None, ink="black"),)))
            placements += _alike(texts, grid)
        return Placement(
            items=(
                *(item for placed in placements for item in placed.items),
                *self._rules(lines_x, lines_y, grid),
            ),
            problems=tuple(problem for placed in placements for problem in placed.problems),
        )

    def _edges(self, start: float, length: float, shares: Sequence[float], dropped: str) -> list[float]:
        """Where rows or columns begin and end, in millimetres."""
        missing = max(0, self.shares_min - len(shares)) if self.drop == dropped else 0
        whole = sum(shares) + missing * shares[-1]
        return [start + length * share / whole for share in accumulate(shares, initial=0.0)]

    def _text(self, text: str, row: Row, column: Column, place: tuple[float, float, float, float]) -> Text:
        left, top, right, bottom = place
        return Text(
            x_mm=left + self.padding_mm,
            y_mm=top,
            width_mm=max(0.1, right - left - 2 * self.padding_mm),
            height_mm=bottom - top,
            text=text,
            size_mm=row.size_mm,
            size_min_mm=row.size_min_mm,
            bold=row.bold,
            lines_max=row.lines_max,
            align=column.align,
            ink=row.ink,
        )

    def _rules(self, lines_x: list[float], lines_y: list[float], grid: Grid) -> Iterator[Placed]:
        if not self.line_mm:
            return
        thick = max(1, grid.dots(self.line_mm))
        table = grid.area(lines_x[0], lines_y[0], lines_x[-1] - lines_x[0], lines_y[-1] - lines_y[0])
        if self.rules != "columns":
            for line in lines_y[1:-1]:
                y = grid.dots(line) - thick // 2
                yield PlacedBox(area=Area(table.left, y, table.right, y + thick), line_dots=None, ink="black")
        if self.rules != "rows":
            for line in lines_x[1:-1]:
                x = grid.dots(line) - thick // 2
                yield PlacedBox(area=Area(x, table.top, x + thick, table.bottom), line_dots=None, ink="black")


def _of(looks: tuple[_T, ...], place: int) -> _T:
    """The look of a row or column: its own, or the last one."""
    return looks[min(place, len(looks) - 1)]


def _alike(texts: list[Text], grid: Grid) -> list[Placement]:
    """The texts of a row, all in the size of the smallest."""
    placed = [text.place(grid) for text in texts]
    sizes = {item.size_dots for one in placed for item in one.items if isinstance(item, PlacedText)}
    if len(sizes) <= 1:
        return placed
    size_mm = min(sizes) / grid.dots_per_mm
    return [msgspec.structs.replace(text, size_mm=size_mm).place(grid) for text in texts]


ELEMENT = Table
