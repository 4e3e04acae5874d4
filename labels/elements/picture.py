"""Picture: a drawing or an imported picture, in black and white at the printer's dots."""

from functools import lru_cache
from typing import Annotated, Literal

from msgspec import Meta
from PIL import Image, ImageOps

from labels.drawing import drawn_svg, stored_picture
from labels.label import Element
from labels.placement import Area, Grid, Ink, PlacedPicture, Placement

_KEPT = 64  # pictures in dots; a template uses a few, at one or two sizes
_LEVELS = 256
_HALF = 128

Tone = Literal["threshold", "dither"]


class Picture(Element, frozen=True, kw_only=True):
    """A picture as large as fits, its shape kept, aligned in its rectangle.

    `picture` is its name; `source` what it is, filled in when the template is: an SVG drawing, or a picture as the
    template stores it. `threshold` (0 to 255) makes what is darker black: for drawings and logos. `dither` gives
    greys as patterns of dots: for photos. White ink: on a black band. An empty name is no picture.
    """

    picture: str
    source: str = ""
    tone: Tone = "threshold"
    threshold: Annotated[int, Meta(ge=0, le=_LEVELS - 1)] = _HALF
    align: Literal["left", "center", "right"] = "center"
    valign: Literal["top", "middle", "bottom"] = "middle"
    ink: Ink = "black"

    def check(self) -> None:
        if self.source:
            _in_dots(self.source, _HALF, _HALF, self.tone, self.threshold)

    def place(self, grid: Grid) -> Placement:
        room = grid.area(self.x_mm, self.y_mm, self.width_mm, self.height_mm)
        if not self.source or room.width < 1 or room.height < 1:
            return Placement()
        width, height, dots = _in_dots(self.source, room.width, room.height, self.tone, self.threshold)
        left = (
            room.left
            + {"left": 0, "center": (room.width - width) // 2, "right": room.width - width}[self.align]
        )
        top = (
            room.top
            + {"top": 0, "middle": (room.height - height) // 2, "bottom": room.height - height}[self.valign]
        )
        area = Area(left, top, left + width, top + height)
        return Placement(items=(PlacedPicture(area=area, dots=dots, ink=self.ink),))


@lru_cache(maxsize=_KEPT)
def _in_dots(source: str, width: int, height: int, tone: Tone, threshold: int) -> tuple[int, int, bytes]:
    """The picture in at most so many dots: its size, and a byte for each dot, 1 for ink."""
    if source.startswith("<"):
        grey = drawn_svg(source, width, height)
    else:
        grey = ImageOps.contain(stored_picture(source), (width, height), Image.Resampling.LANCZOS)
    if tone == "dither":
        grey = grey.convert("1").convert("L")  # Floyd and Steinberg
    limit = _HALF if tone == "dither" else threshold
    return grey.width, grey.height, bytes(1 if value < limit else 0 for value in grey.tobytes())


ELEMENT = Picture
