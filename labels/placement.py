"""What an element becomes on the label: things at whole dots, and what did not work out.

Dots count from the top left corner of the label, to the right and down. One dot is one heating
element of the printer.
"""

import math
from dataclasses import dataclass
from typing import Literal, TypeAlias

DOTS_PER_MM_MIN = 6  # 152 dpi, the coarsest label printers
DOTS_PER_MM_MAX = 24  # 600 dpi, the finest

Ink = Literal["black", "white"]

Application = Literal["house", "retail", "distribution"]
"""Who scans a code: our own hand scanners, a shop's till, a conveyor or a gate in somebody's warehouse."""

ProblemCode = Literal[
    "code_not_encodable",  # the symbology has no way to say this content
    "code_does_not_fit",  # even with the narrowest bars allowed it is wider than its place
    "code_too_long",  # more characters than the symbology's standard lets one code say
    "code_too_wide",  # even with the narrowest bars allowed it is wider than its standard lets one code be
    "code_shortened",  # the full content did not fit; a shorter one, declared in the template, was taken
    "quiet_zone_disturbed",  # something else lies in the white that the code needs around it
    "code_unreadable",  # decoded at printer resolution it says nothing, or something else
    "text_cut",  # even at the smallest readable size the text is longer than its place; it ends in …
    "characters_missing",  # the font has no picture for some characters; each is drawn as ▨
    "outside_label",  # something reaches over the label's edge
]

_STOPS_PRINTING: frozenset[ProblemCode] = frozenset(
    {
        "code_not_encodable",
        "code_does_not_fit",
        "code_too_long",
        "code_too_wide",
        "quiet_zone_disturbed",
        "code_unreadable",
        "outside_label",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class LayoutProblem:
    """One thing on a label that is not as the template wants it.

    `element` is the element's place on the label, from 0 (-1: no one element); `subject` is the text or code
    concerned; `detail` the rest.
    """

    code: ProblemCode
    element: int
    subject: str
    detail: str = ""

    @property
    def stops_printing(self) -> bool:
        """Whether the label would be wrong or unreadable, not merely less beautiful."""
        return self.code in _STOPS_PRINTING


@dataclass(frozen=True, slots=True)
class Area:
    """A rectangle in dots; `right` and `bottom` are the first dots no longer in it."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def width(self) -> int:
        """Dots from side to side."""
        return self.right - self.left

    @property
    def height(self) -> int:
        """Dots from top to bottom."""
        return self.bottom - self.top

    def contains(self, other: "Area") -> bool:
        """Whether the other area lies wholly in this one."""
        return (
            self.left <= other.left
            and self.top <= other.top
            and other.right <= self.right
            and other.bottom <= self.bottom
        )

    def touches(self, other: "Area") -> bool:
        """Whether the two share at least one dot."""
        return (
            self.left < other.right
            and other.left < self.right
            and self.top < other.bottom
            and other.top < self.bottom
        )


@dataclass(frozen=True, slots=True)
class Grid:
    """Turns millimetres into whole dots, so that edges that meet on paper meet in dots."""

    dots_per_mm: int

    def dots(self, length_mm: float) -> int:
        """The nearest whole dot; halves go up."""
        return math.floor(length_mm * self.dots_per_mm + 0.5)

    def area(self, x_mm: float, y_mm: float, width_mm: float, height_mm: float) -> Area:
        """The rectangle in dots. Its edges are rounded, not its size."""
        return Area(self.dots(x_mm), self.dots(y_mm), self.dots(x_mm + width_mm), self.dots(y_mm + height_mm))


@dataclass(frozen=True, slots=True)
class Modules:
    """A code as its standard draws it: dark and light modules, no quiet zone.

    `dark` has one byte per module, row by row: 1 dark, 0 light. A linear code has one row.
    """

    width: int
    height: int
    dark: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedText:
    """One line of text. `x` is its left edge, `baseline` the line it stands on; `area` holds all its ink.

    `text` holds only characters the font can draw. For bold the outline is drawn `stroke_dots` thicker.
    """

    x: int
    baseline: int
    text: str
    size_dots: int
    stroke_dots: float
    ink: Ink
    area: Area


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedCode:
    """A code with its bars or squares in whole dots. `area` is the ink, `quiet_area` has the white round it.

    A module is `module_dots` wide; the bars of a linear code are `area.height` high. `content` is what a
    reader must say, preceded by `identifier` (AIM symbology identifier, ISO/IEC 15424).
    """

    symbology: str
    content: str
    identifier: str
    modules: Modules
    module_dots: int
    area: Area
    quiet_area: Area
    application: Application = "house"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedBox:
    """A filled rectangle, or with `line_dots` only its frame, drawn inwards."""

    area: Area
    line_dots: int | None
    ink: Ink


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedPicture:
    """A picture: `dots` has one byte per dot of `area`, row by row; 1 where ink goes, the others change nothing."""

    area: Area
    dots: bytes
    ink: Ink


Placed: TypeAlias = PlacedText | PlacedCode | PlacedBox | PlacedPicture


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """What one element came to: its things in drawing order, and its problems as (code, subject, detail)."""

    items: tuple[Placed, ...] = ()
    problems: tuple[tuple[ProblemCode, str, str], ...] = ()
