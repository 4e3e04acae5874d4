"""Box: a frame, a filled band, or, when it is thin, a line."""

from labels.label import Element
from labels.placement import Grid, Ink, PlacedBox, Placement


class Box(Element, frozen=True, kw_only=True):
    """A rectangle: filled, or with `line_mm` only framed. A line is a thin box, never under one dot."""

    line_mm: float | None = None
    ink: Ink = "black"

    def place(self, grid: Grid) -> Placement:
        area = grid.area(self.x_mm, self.y_mm, self.width_mm, self.height_mm)
        thick = type(area)(
            area.left, area.top, max(area.right, area.left + 1), max(area.bottom, area.top + 1)
        )
        line_dots = None if self.line_mm is None else max(1, grid.dots(self.line_mm))
        return Placement(items=(PlacedBox(area=thick, line_dots=line_dots, ink=self.ink),))


ELEMENT = Box
