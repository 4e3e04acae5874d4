"""Text: one line or several, shrunk to fit its place, cut with … when even the smallest size is too large."""

import math
from typing import Literal

from labels import typeface
from labels.fit import Fitted, block_dots, fit
from labels.label import Element
from labels.placement import Area, Grid, Ink, PlacedText, Placement, ProblemCode

# Chinese needs some 16 dots to be read; on a coarse printer that, not the millimetre, is the limit.
READABLE_DOTS_MIN = 14


class Text(Element, frozen=True, kw_only=True):
    """Words on a label.

    `size_mm` is the em: a Chinese character is about as high, a capital letter 0.7 of it. The text shrinks
    down to `size_min_mm` before it is cut. It is broken into `lines_max` lines at most.
    """

    text: str
    size_mm: float
    size_min_mm: float = 1.8
    bold: bool = False
    align: Literal["left", "center", "right"] = "left"
    valign: Literal["top", "middle", "bottom"] = "middle"
    lines_max: int = 1
    ink: Ink = "black"

    def place(self, grid: Grid) -> Placement:
        words, missing = typeface.drawable(self.text.strip())
        if not words:
            return Placement()
        area = grid.area(self.x_mm, self.y_mm, self.width_mm, self.height_mm)
        size_dots = max(1, grid.dots(self.size_mm))
        smallest = min(size_dots, max(READABLE_DOTS_MIN, grid.dots(self.size_min_mm)))
        stroke = math.ceil(typeface.stroke_dots(size_dots)) if self.bold else 0
        fitted = fit(
            words,
            width_dots=area.width - 2 * stroke,
            height_dots=area.height,
            size_dots=size_dots,
            size_min_dots=smallest,
            lines_max=self.lines_max,
        )
        problems: list[tuple[ProblemCode, str, str]] = []
        if missing:
            problems.append(("characters_missing", self.text, missing))
        if fitted.is_cut:
            problems.append(("text_cut", self.text, fitted.lines[-1]))
        return Placement(items=self._lines(fitted, area), problems=tuple(problems))

    def _lines(self, fitted: Fitted, area: Area) -> tuple[PlacedText, ...]:
        pitch = typeface.LINE_PITCH_EM * fitted.size_dots
        first = self._first_baseline(fitted, area, pitch)
        return tuple(
            self._line(line, fitted.size_dots, area, round(first + number * pitch))
            for number, line in enumerate(fitted.lines)
        )

    def _first_baseline(self, fitted: Fitted, area: Area, pitch: float) -> float:
        size = fitted.size_dots
        match self.valign:
            case "top":
                return area.top + typeface.ASCENT_EM * size
            case "middle":
                middle = (area.top + area.bottom) / 2
                return middle + typeface.MIDDLE_EM * size - (len(fitted.lines) - 1) * pitch / 2
            case "bottom":
                return area.bottom - block_dots(len(fitted.lines), size) + typeface.ASCENT_EM * size

    def _line(self, line: str, size_dots: int, area: Area, baseline: int) -> PlacedText:
        stroke = typeface.stroke_dots(size_dots) if self.bold else 0.0
        left, top, right, bottom = typeface.ink(line, size_dots, stroke)
        match self.align:
            case "left":
                x = area.left - left  # by its ink, so that captions and values above each other line up
            case "center":
                x = round((area.left + area.right - left - right) / 2)
            case "right":
                x = area.right - right
        return PlacedText(
            x=x,
            baseline=baseline,
            text=line,
            size_dots=size_dots,
            stroke_dots=stroke,
            ink=self.ink,
            area=Area(x + left, baseline + top, x + right, baseline + bottom),
        )


ELEMENT = Text
