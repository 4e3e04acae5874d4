"""Barcode: a code in whole dots, with its quiet zone, as large as its place allows."""

import math
import sys
from collections.abc import Iterator
from typing import Literal

from labels.elements.text import Text
from labels.label import Element
from labels.placement import Area, Grid, Modules, Placed, PlacedBox, PlacedCode, Placement, ProblemCode
from labels.symbology import Application, CaptionGroup, Limits, Symbology, SymbologyError, encode, symbology

BAR_HEIGHT_MM_MIN = 5.0  # lower bars are hard to hit with a hand scanner
_STRIP_EM = 1.25  # a caption and the white between it and the bars
_GUARD_EM = 0.5  # how far guard bars reach into the caption
_ROUNDING = 1e-6  # 0.25 mm at 12 dots per mm are 3 dots, whatever binary fractions say


class Barcode(Element, frozen=True, kw_only=True):
    """A code on a label; its rectangle includes the quiet zone.

    A module is as wide as fits, at most `module_mm`, at least `module_min_mm`, always whole dots and never outside what
    the symbology allows for its `application`. `shorter` holds contents to take, in that order, when the full one is
    empty, does not fit or cannot be carried. `caption_mm` is the size of the text under the code, 0 for none;
    `caption` replaces the content as that text. SymbologyError for a symbology that does not exist or is not for the
    application: a fault of the template, found when it is loaded.
    """

    symbology: str
    content: str
    shorter: tuple[str, ...] = ()
    application: Application = "house"
    module_mm: float = 0.5
    module_min_mm: float = 0.25
    align: Literal["left", "center", "right"] = "center"
    caption_mm: float = 0.0
    caption: str = ""

    @property
    def limits(self) -> Limits:
        """What the symbology allows for the application."""
        return symbology(self.symbology).limits_for(self.application)

    def check(self) -> None:
        _ = self.limits

    def place(self, grid: Grid) -> Placement:
        kind = symbology(self.symbology)
        contents = [content for content in (self.content, *self.shorter) if content]
        problems: list[tuple[ProblemCode, str, str]] = []
        for content in contents:
            if (longest := kind.longest) and (count := longest.chars(content)) > longest.chars_max:
                problems.append(("code_too_long", content, f"{count} > {longest.chars_max}"))
                continue
            try:
                modules = encode(kind.name, content)
            except SymbologyError as error:
                problems.append(("code_not_encodable", content, str(error)))
                continue
            module_dots = self._module_dots(kind, modules, grid)
            if module_dots is None:
                problems.append(
                    (self._misfit(kind, modules, grid), content, self._needs(kind, modules, grid))
                )
                continue
            code = self._code(kind, content, modules, module_dots, grid)
            return self._whole(kind, code, grid, wanted=contents[0])
        return Placement(problems=tuple(problems))

    def _module_dots(self, kind: Symbology, modules: Modules, grid: Grid) -> int | None:
        """The widest module that fits, in dots; None when even the narrowest does not."""
        room = self._bars(grid)
        limits = self.limits
        fits = min(room.width, _widest(kind, grid)) // (modules.width + sum(kind.quiet_sides))
        if not kind.is_linear:
            fits = min(fits, room.height // (modules.height + 2 * kind.quiet_above))
        elif room.height < grid.dots(BAR_HEIGHT_MM_MIN):
            return None
        widest = min(
            max(1, grid.dots(self.module_mm)),
            math.floor(limits.module_mm_max * grid.dots_per_mm + _ROUNDING),
        )
        narrowest = self._narrowest(grid)
        found = min(fits, max(widest, narrowest))
        return found if found >= narrowest else None

    def _narrowest(self, grid: Grid) -> int:
        """The narrowest module allowed here, in dots."""
        least = math.ceil(self.limits.module_mm_min * grid.dots_per_mm - _ROUNDING)
        return max(1, grid.dots(self.module_min_mm), least)

    def _misfit(self, kind: Symbology, modules: Modules, grid: Grid) -> ProblemCode:
        """Whether it is the standard that it is too wide for, whatever the label, or its place."""
        return (
            "code_too_wide" if self._least(kind, modules, grid) > _widest(kind, grid) else "code_does_not_fit"
        )

    def _least(self, kind: Symbology, modules: Modules, grid: Grid) -> int:
        """How wide it is with the narrowest bars, in dots."""
        return (modules.width + sum(kind.quiet_sides)) * self._narrowest(grid)

    def _needs(self, kind: Symbology, modules: Modules, grid: Grid) -> str:
        has_mm = min(self.width_mm, kind.longest.width_mm_max if kind.longest else self.width_mm)
        return f"needs {self._least(kind, modules, grid) / grid.dots_per_mm:.1f} mm, has {has_mm:.1f} mm"

    def _bars(self, grid: Grid) -> Area:
        """The place without the caption's strip."""
        return grid.area(self.x_mm, self.y_mm, self.width_mm, self.height_mm - self._strip_mm)

    @property
    def _strip_mm(self) -> float:
        return self.caption_mm * _STRIP_EM if self.caption_mm else 0.0

    def _code(
        self, kind: Symbology, content: str, modules: Modules, module_dots: int, grid: Grid
    ) -> PlacedCode:
        room = self._bars(grid)
        before, after = (side * module_dots for side in kind.quiet_sides)
        above = kind.quiet_above * module_dots
        width = modules.width * module_dots
        slack = room.width - width - before - after
        left = room.left + before + {"left": 0, "center": slack // 2, "right": slack}[self.align]
        if kind.is_linear:
            bearer = kind.bearer_modules * module_dots
            area = Area(left, room.top + bearer, left + width, room.bottom - bearer)
        else:
            height = modules.height * module_dots
            top = room.top + (room.height - height) // 2
            area = Area(left, top, left + width, top + height)
        return PlacedCode(
            symbology=kind.name,
            content=content,
            identifier=kind.identifier,
            modules=modules,
            module_dots=module_dots,
            area=area,
            quiet_area=Area(area.left - before, area.top - above, area.right + after, area.bottom + above),
            application=self.application,
        )

    def _whole(self, kind: Symbology, code: PlacedCode, grid: Grid, *, wanted: str) -> Placement:
        """The code with what belongs to it: bearer bars, guards, caption."""
        problems: tuple[tuple[ProblemCode, str, str], ...] = ()
        if code.content != wanted:
            problems = (("code_shortened", wanted, code.content),)
        items: list[Placed] = [code, *_bearers(kind, code)]
        if not self.caption_mm:
            return Placement(items=tuple(items), problems=problems)
        if not kind.caption_groups or self.caption:
            words = self._words(self.caption or code.content, self.x_mm, self.width_mm, self.align)
            placements = [words.place(grid)]
        else:
            items += _guards(kind, code, grid.dots(self.caption_mm * _GUARD_EM))
            placements = [self._group(code, group, grid) for group in kind.caption_groups]
        for placed in placements:
            items += placed.items
            problems += placed.problems
        return Placement(items=tuple(items), problems=problems)

    def _group(self, code: PlacedCode, group: CaptionGroup, grid: Grid) -> Placement:
        """A part of the caption under its own modules."""
        left = code.area.left + group.left * code.module_dots
        width = (group.right - group.left) * code.module_dots
        text = code.content[group.first : group.end]
        per_mm = grid.dots_per_mm
        return self._words(text, left / per_mm, width / per_mm, "center").place(grid)

    def _words(
        self, text: str, x_mm: float, width_mm: float, align: Literal["left", "center", "right"]
    ) -> Text:
        return Text(
            x_mm=x_mm,
            y_mm=self.y_mm + self.height_mm - self._strip_mm,
            width_mm=width_mm,
            height_mm=self._strip_mm,
            text=text,
            size_mm=self.caption_mm,
            align=align,
            valign="bottom",
        )


def _widest(kind: Symbology, grid: Grid) -> int:
    """How wide its standard lets a code be, quiet zones included, in dots."""
    return math.floor(kind.longest.width_mm_max * grid.dots_per_mm) if kind.longest else sys.maxsize


def _bearers(kind: Symbology, code: PlacedCode) -> Iterator[PlacedBox]:
    """The bars along top and bottom that spoil a slanting scan."""
    thick = kind.bearer_modules * code.module_dots
    if thick:
        area = code.area
        for top in (area.top - thick, area.bottom):
            yield PlacedBox(area=Area(area.left, top, area.right, top + thick), line_dots=None, ink="black")


def _guards(kind: Symbology, code: PlacedCode, reach_dots: int) -> Iterator[PlacedBox]:
    """The guard bars where they reach down between the digits."""
    area = code.area
    for first, end in kind.guards:
        for module in range(first, end):
            if code.modules.dark[module]:
                left = area.left + module * code.module_dots
                bar = Area(left, area.bottom, left + code.module_dots, area.bottom + reach_dots)
                yield PlacedBox(area=bar, line_dots=None, ink="black")


ELEMENT = Barcode
