"""Layout: a label decided down to the dot, one time, for preview and every printer language alike."""

from dataclasses import dataclass

from labels.label import LABEL_SIDE_MM_MAX, Label
from labels.placement import (
    DOTS_PER_MM_MAX,
    DOTS_PER_MM_MIN,
    Area,
    Grid,
    LayoutProblem,
    Placed,
    PlacedBox,
    PlacedCode,
    PlacedPicture,
    PlacedText,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Everything on the label at whole dots, in drawing order, and all that did not work out.

    `dots_per_mm` is the printer's: 8 (203 dpi), 12 (300 dpi), 24 (600 dpi). `elements` says of each item which element
    of the label it belongs to.
    """

    dots_per_mm: int
    width_dots: int
    height_dots: int
    gap_dots: int
    items: tuple[Placed, ...]
    problems: tuple[LayoutProblem, ...]
    elements: tuple[int, ...]

    @property
    def codes(self) -> tuple[PlacedCode, ...]:
        """The codes a scanner must be able to read."""
        return tuple(item for item in self.items if isinstance(item, PlacedCode))

    @property
    def overflows(self) -> tuple[str, ...]:
        """The texts that had to be cut and now end in …, in full."""
        return tuple(problem.subject for problem in self.problems if problem.code == "text_cut")

    @property
    def missing_characters(self) -> str:
        """The characters the font cannot draw, each once, in order of appearance."""
        found = (problem.detail for problem in self.problems if problem.code == "characters_missing")
        return "".join(dict.fromkeys("".join(found)))

    @property
    def is_printable(self) -> bool:
        """Whether the label may come out: every code is there, whole, and with its white around it."""
        return not any(problem.stops_printing for problem in self.problems)


def lay_out(label: Label, dots_per_mm: int) -> Layout:
    """Give every element its dots. ValueError for a size no printer has; all else is a problem within."""
    if not DOTS_PER_MM_MIN <= dots_per_mm <= DOTS_PER_MM_MAX:
        raise ValueError(f"{dots_per_mm} dots per mm: printers have {DOTS_PER_MM_MIN} to {DOTS_PER_MM_MAX}")
    if not (0 < label.width_mm <= LABEL_SIDE_MM_MAX and 0 < label.height_mm <= LABEL_SIDE_MM_MAX):
        raise ValueError(
            f"a label of {label.width_mm} x {label.height_mm} mm: each side must be over 0, "
            f"up to {LABEL_SIDE_MM_MAX}"
        )
    grid = Grid(dots_per_mm)
    paper = grid.area(0, 0, label.width_mm, label.height_mm)
    placements = [element.place(grid) for element in label.elements]
    problems = [
        LayoutProblem(code=code, element=number, subject=subject, detail=detail)
        for number, placement in enumerate(placements)
        for code, subject, detail in placement.problems
    ]
    problems += [LayoutProblem(code="text_cut", element=-1, subject=text) for text in label.cut]
    numbered = [(number, item) for number, placement in enumerate(placements) for item in placement.items]
    problems += _outside(numbered, paper)
    problems += _disturbed(numbered)
    return Layout(
        dots_per_mm=dots_per_mm,
        width_dots=paper.width,
        height_dots=paper.height,
        gap_dots=grid.dots(label.gap_mm),
        items=tuple(item for _, item in numbered),
        problems=tuple(problems),
        elements=tuple(number for number, _ in numbered),
    )


def _outside(numbered: list[tuple[int, Placed]], paper: Area) -> list[LayoutProblem]:
    return [
        LayoutProblem(code="outside_label", element=number, subject=_subject(item))
        for number, item in numbered
        if not paper.contains(item.quiet_area if isinstance(item, PlacedCode) else item.area)
    ]


def _disturbed(numbered: list[tuple[int, Placed]]) -> list[LayoutProblem]:
    """Codes whose quiet zone another thing reaches into. A frame counts only where its line runs."""
    return [
        LayoutProblem(
            code="quiet_zone_disturbed", element=number, subject=code.content, detail=_subject(other)
        )
        for number, code in numbered
        if isinstance(code, PlacedCode)
        for _, other in numbered
        if other is not code and _inks(other, code.quiet_area)
    ]


def _inks(item: Placed, white: Area) -> bool:
    if not item.area.touches(white):
        return False
    if not isinstance(item, PlacedBox) or item.line_dots is None:
        return True
    line, frame = item.line_dots, item.area
    inside = Area(frame.left + line, frame.top + line, frame.right - line, frame.bottom - line)
    return not inside.contains(white)


def _subject(item: Placed) -> str:
    match item:
        case PlacedText():
            return item.text
        case PlacedCode():
            return item.content
        case PlacedBox():
            return "box"
        case PlacedPicture():
            return "picture"
