"""Label media 标签纸: what a printer has in it, and which labels may be printed on it. Sizes are written 70x50 (mm)."""

import re

from msgspec import Struct

TOLERANCE_MM = 1.0
"""Makers say 70 mm of rolls that are 69.5 mm; a label of another size differs by more."""

_WRITTEN = re.compile(r"(\d{1,3}(?:\.\d)?)(?:x(\d{1,4}(?:\.\d)?))?", re.ASCII)


class Media(Struct, frozen=True, kw_only=True):
    """Labels of one size, across and along the web; `length_mm` None: a continuous web, cut where a label ends."""

    width_mm: float
    length_mm: float | None = None

    @property
    def text(self) -> str:
        """Return it as it is written in settings and asked for on the screen: 70x50, or 80 for a continuous web."""
        return f"{self.width_mm:g}" if self.length_mm is None else f"{self.width_mm:g}x{self.length_mm:g}"

    def takes(self, label: "Media") -> bool:
        """Tell whether a label may be printed on it: labels are of its size, a web is only wide enough."""
        if self.length_mm is None:
            return label.width_mm <= self.width_mm + TOLERANCE_MM
        length_mm = self.length_mm if label.length_mm is None else label.length_mm
        return (
            abs(label.width_mm - self.width_mm) <= TOLERANCE_MM
            and abs(length_mm - self.length_mm) <= TOLERANCE_MM
        )


def read_media(text: str) -> Media:
    """Read a size as it is written. Raises ValueError where it is none."""
    found = _WRITTEN.fullmatch(text)
    if found is None or float(found[1]) == 0 or (found[2] is not None and float(found[2]) == 0):
        raise ValueError(f"{text!r} is no size of media: write 70x50, or 80 for a continuous web (mm)")
    return Media(width_mm=float(found[1]), length_mm=float(found[2]) if found[2] else None)
