"""Line: a rule across or down the label, solid, or dashed where something is to be cut or filled in."""

from labels.label import Element
from labels.placement import Area, Grid, Ink, PlacedBox, Placement


class Line(Element, frozen=True, kw_only=True):
    """A line along the longer side of its rectangle, through its middle; a side may be 0.

    `line_mm` is how thick it is, never under one dot. With `dash_mm` it is broken into dashes and gaps of that length.
    """

    line_mm: float = 0.3
    dash_mm: float = 0.0
    ink: Ink = "black"

    def place(self, grid: Grid) -> Placement:
        thick = max(1, grid.dots(self.line_mm))
        place = grid.area(self.x_mm, self.y_mm, self.width_mm, self.height_mm)
        is_across = self.width_mm >= self.height_mm
        start, end = (place.left, place.right) if is_across else (place.top, place.bottom)
        beside = (
            (place.top + place.bottom - thick) // 2 if is_across else (place.left + place.right - thick) // 2
        )
        beside = max(0, beside)  # a line on the label's edge lies on the label
        dash = max(1, grid.dots(self.dash_mm)) if self.dash_mm else max(1, end - start)
        spans = [(first, min(first + dash, end)) for first in range(start, end, 2 * dash)]
        return Placement(
            items=tuple(
                PlacedBox(
                    area=Area(first, beside, last, beside + thick)
                    if is_across
                    else Area(beside, first, beside + thick, last),
                    line_dots=None,
                    ink=self.ink,
                )
                for first, last in spans
            )
        )


ELEMENT = Line
