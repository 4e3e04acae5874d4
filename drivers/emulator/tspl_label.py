"""The image buffer of a TSPL printer: what BAR, BOX, BITMAP, ERASE and REVERSE leave in it.

Source: TSC TSPL/TSPL2 Programming Manual (2013), chapters "Setup and System Commands" (SIZE, DIRECTION, REFERENCE,
CLS) and "Label Formatting Commands".
"""

import math

from PIL import Image, ImageChops, ImageDraw

from drivers.emulator.stream import LENGTH_DOTS_MAX, WIDTH_DOTS_MAX

MM_PER_INCH = 25.4
WIDTH_DOTS_DEFAULT, LENGTH_DOTS_DEFAULT = 800, 480


class TsplLabel:
    """The label that is being made; it stays after it has been printed, until CLS."""

    def __init__(self, dots_per_mm: int) -> None:
        self._dots_per_mm = dots_per_mm
        self.is_turned = False
        self.reference: tuple[int, int] = (0, 0)
        self._image = Image.new("1", (WIDTH_DOTS_DEFAULT, LENGTH_DOTS_DEFAULT), 1)

    def set_size(self, width: float, length: float | None, *, unit: str) -> None:
        """SIZE: in millimetres, in dots, or in inches when no unit is named; without a length it stays."""
        per_unit = {"mm": 1.0 * self._dots_per_mm, "dot": 1.0}.get(
            unit.lower(), MM_PER_INCH * self._dots_per_mm
        )
        size = (
            _within(width * per_unit, WIDTH_DOTS_MAX),
            self._image.height if length is None else _within(length * per_unit, LENGTH_DOTS_MAX),
        )
        self._image = Image.new("1", size, 1)

    def clear(self) -> None:
        """CLS: all white."""
        self._image = Image.new("1", self._image.size, 1)

    def fill(self, how: str, left: int, top: int, right: int, bottom: int) -> None:
        """BAR makes a rectangle black, ERASE white, REVERSE turns its dots over."""
        x, y = self.reference
        box = (
            max(left + x, 0),
            max(top + y, 0),
            min(right + x, self._image.width),
            min(bottom + y, self._image.height),
        )
        if box[0] >= box[2] or box[1] >= box[3]:
            return
        if how == "REVERSE":
            part = ImageChops.invert(self._image.crop(box).convert("L"))
            self._image.paste(part.convert("1", dither=Image.Dither.NONE), box)
        else:
            self._image.paste(0 if how == "BAR" else 1, box)

    def frame(self, left: int, top: int, right: int, bottom: int, line_dots: int) -> None:
        """BOX: a frame, its line inwards."""
        x, y = self.reference
        if left <= right and top <= bottom:
            ImageDraw.Draw(self._image).rectangle(
                (left + x, top + y, right + x, bottom + y), outline=0, width=line_dots
            )

    def paste(self, left: int, top: int, picture: Image.Image, mode: int) -> bool:
        """BITMAP: overwrite, or, exclusive or; False for a mode that does not exist."""
        place = (left + self.reference[0], top + self.reference[1])
        below = self._image.crop((*place, place[0] + picture.width, place[1] + picture.height))
        match mode:
            case 0:
                mixed = picture
            case 1:
                mixed = ImageChops.logical_and(below, picture)  # black is 0
            case 2:
                mixed = ImageChops.logical_xor(below, ImageChops.invert(picture.convert("L")).convert("1"))
            case _:
                return False
        self._image.paste(mixed, place)
        return True

    def picture(self) -> Image.Image:
        """What would be printed now."""
        return self._image.rotate(180) if self.is_turned else self._image.copy()


def _within(dots: float, dots_max: int) -> int:
    return min(max(math.floor(dots + 0.001), 1), dots_max)
