"""Barcode: a code in whole dots, with its quiet zone, as large as its place allows."""

from typing import Literal

from labels.elements.text import Text
from labels.label import Element
from labels.placement import Area, Grid, Modules, PlacedCode, Placement, ProblemCode
from labels.symbology import Symbology, SymbologyError, encode, symbology

BAR_HEIGHT_MM_MIN = 5.0  # lower bars are hard to hit with a hand scanner


class Barcode(Element, frozen=True, kw_only=True):
    """A code on a label; its rectangle includes the quiet zone.

    A module is as wide as fits, at most `module_mm`, at least `module_min_mm`, always whole dots. `shorter`
    holds contents to take, in that order, when the full one is empty, does not fit or cannot be carried. `caption_mm`
    is the size of the text under the code, 0 for none; `caption` replaces the content as that text.
    SymbologyError for a symbology that does not exist: a fault of the template, found when it is loaded.
    """

    symbology: str
    content: str
    shorter: tuple[str, ...] = ()
    module_mm: float = 0.5
    module_min_mm: float = 0.25
    align: Literal["left", "center", "right"] = "center"
    caption_mm: float = 0.0
    caption: str = ""

    def place(self, grid: Grid) -> Placement:
        kind = symbology(self.symbology)
        contents = [content for content in (self.content, *self.shorter) if content]
        problems: list[tuple[ProblemCode, str, str]] = []
        for content in contents:
            try:
                modules = encode(kind.name, content)
            except SymbologyError as error:
                problems.append(("code_not_encodable", content, str(error)))
                continue
            module_dots = self._module_dots(kind, modules, grid)
            if module_dots is None:
                problems.append(("code_does_not_fit", content, self._needs(kind, modules)))
                continue
            code = self._code(kind, content, modules, module_dots, grid)
            return self._with_caption(code, grid, wanted=contents[0])
        return Placement(problems=tuple(problems))

    def _module_dots(self, kind: Symbology, modules: Modules, grid: Grid) -> int | None:
        """The widest module that fits, in dots; None when even the narrowest does not."""
        room = self._bars(grid)
        across = modules.width + 2 * kind.quiet_modules
        fits = room.width // across
        if not kind.is_linear:
            fits = min(fits, room.height // (modules.height + 2 * kind.quiet_modules))
        elif room.height < grid.dots(BAR_HEIGHT_MM_MIN):
            return None
        widest = max(1, grid.dots(self.module_mm))
        narrowest = max(1, grid.dots(self.module_min_mm))
        found = min(fits, widest)
        return found if found >= narrowest else None

    def _needs(self, kind: Symbology, modules: Modules) -> str:
        width_mm = (modules.width + 2 * kind.quiet_modules) * self.module_min_mm
        return f"needs {width_mm:.1f} mm, has {self.width_mm:.1f} mm"

    def _bars(self, grid: Grid) -> Area:
        """The place without the caption's strip."""
        strip_mm = self.caption_mm * 1.25 if self.caption_mm else 0.0
        return grid.area(self.x_mm, self.y_mm, self.width_mm, self.height_mm - strip_mm)

    def _code(
        self, kind: Symbology, content: str, modules: Modules, module_dots: int, grid: Grid
    ) -> PlacedCode:
        room = self._bars(grid)
        quiet = kind.quiet_modules * module_dots
        width = modules.width * module_dots
        slack = room.width - width - 2 * quiet
        shift = {"left": 0, "center": slack // 2, "right": slack}[self.align]
        left = room.left + shift + quiet
        if kind.is_linear:
            area = Area(left, room.top, left + width, room.bottom)
            quiet_area = Area(area.left - quiet, area.top, area.right + quiet, area.bottom)
        else:
            height = modules.height * module_dots
            top = room.top + (room.height - height) // 2
            area = Area(left, top, left + width, top + height)
            quiet_area = Area(left - quiet, top - quiet, area.right + quiet, area.bottom + quiet)
        return PlacedCode(
            symbology=kind.name,
            content=content,
            identifier=kind.identifier,
            modules=modules,
            module_dots=module_dots,
            area=area,
            quiet_area=quiet_area,
        )

    def _with_caption(self, code: PlacedCode, grid: Grid, *, wanted: str) -> Placement:
        problems: tuple[tuple[ProblemCode, str, str], ...] = ()
        if code.content != wanted:
            problems = (("code_shortened", wanted, code.content),)
        if not self.caption_mm:
            return Placement(items=(code,), problems=problems)
        strip_mm = self.caption_mm * 1.25
        words = Text(
            x_mm=self.x_mm,
            y_mm=self.y_mm + self.height_mm - strip_mm,
            width_mm=self.width_mm,
            height_mm=strip_mm,
            text=self.caption or code.content,
            size_mm=self.caption_mm,
            align=self.align,
            valign="bottom",
        ).place(grid)
        return Placement(items=(code, *words.items), problems=(*problems, *words.problems))


ELEMENT = Barcode
