"""Label: what is on one label, in millimetres, ready to be laid out; `elements/` holds its kinds of part."""

import importlib
import pkgutil
from abc import abstractmethod
from functools import cache

import msgspec

import labels.elements
from labels.placement import Grid, Placement

LABEL_SIDE_MM_MAX = 300.0
LABEL_ELEMENTS_MAX = 200


class Element(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One thing on a label, in a rectangle of its own. Millimetres count from the label's top left corner."""

    x_mm: float
    y_mm: float
    width_mm: float
    height_mm: float

    def check(self) -> None:
        """Refuse what no data could make right: a fault of the template, found when it is loaded."""

    @abstractmethod
    def place(self, grid: Grid) -> Placement:
        """Decide on whole dots. Never raises for a content: what cannot be drawn becomes a problem."""
        raise NotImplementedError


class Label(msgspec.Struct, frozen=True, kw_only=True):
    """A label with its texts and codes filled in.

    `gap_mm` is the bare backing between two labels (0 for continuous media). `cut` names the texts that were
    too long even to be tried, so that the layout can report them.
    """

    width_mm: float
    height_mm: float
    gap_mm: float = 3.0
    elements: tuple[Element, ...]
    cut: tuple[str, ...] = ()


@cache
def element_kinds() -> dict[str, type[Element]]:
    """The kinds of element by name: every module of `elements/` shows its class as `ELEMENT`."""
    names = sorted(module.name for module in pkgutil.iter_modules(labels.elements.__path__))
    return {name: importlib.import_module(f"labels.elements.{name}").ELEMENT for name in names}
