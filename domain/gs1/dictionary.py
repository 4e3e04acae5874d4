"""The application identifiers, read from GS1's Barcode Syntax Dictionary; its own head describes how it is written.

A file that travels inside the package is read once; nothing else is.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Literal

from msgspec import Struct

AI_DIGITS = (2, 3, 4)
_FILE = "syntax_dictionary.txt"
_COMPONENT = re.compile(r"(?P<kind>[NXYZ])(?P<upto>\.\.)?(?P<chars>\d+)")
_FLAGS = frozenset("*?")
_PREDEFINED = "*"

CharacterSet = Literal["N", "X", "Y", "Z"]
"""N: digits. X: AI encodable character set 82. Y: set 39. Z: set 64 (base64url), padded with = at its end."""


class Component(Struct, frozen=True, kw_only=True):
    """One part of a value: its characters, how many, what else is checked; an optional one may be missing."""

    kind: CharacterSet
    chars_min: int
    chars_max: int
    is_optional: bool
    checks: tuple[str, ...]


class ApplicationIdentifier(Struct, frozen=True, kw_only=True):
    """One application identifier and the form of its value.

    `is_predefined`: its length is known by its first digits, so no separator need follow. `requires`: of each
    inner tuple one alternative must stand beside it, an alternative being identifiers that are all there;
    `excludes`: none of these may. In both an n stands for any digit. `qualifiers`: what may follow it in the path
    of a Digital Link, in this order, in one of these ways; None where it may not begin one. `is_attribute`: it may
    stand in the query of one.
    """

    ai: str
    title: str
    components: tuple[Component, ...]
    is_predefined: bool
    requires: tuple[tuple[tuple[str, ...], ...], ...]
    excludes: tuple[str, ...]
    qualifiers: tuple[tuple[str, ...], ...] | None

    @property
    def chars_max(self) -> int:
        """How long its value may be."""
        return sum(component.chars_max for component in self.components)

    @property
    def decimals(self) -> int | None:
        """How many digits stand behind the point, where the identifier's last digit says so (measures and amounts)."""
        is_scaled = self.ai[:2] in {"31", "32", "33", "34", "35", "36"} or self.ai[:3] in _SCALED_AMOUNTS
        return int(self.ai[3]) if is_scaled else None


_SCALED_AMOUNTS = frozenset({"390", "391", "392", "393", "394", "395"})


@cache
def application_identifiers() -> Mapping[str, ApplicationIdentifier]:
    """Every application identifier by its digits."""
    text = resources.files("domain.gs1").joinpath(_FILE).read_text(encoding="utf-8")
    return MappingProxyType({known.ai: known for line in text.splitlines() for known in _entries(line)})


def identifier(ai: str) -> ApplicationIdentifier | None:
    """Look up an application identifier; None if GS1 has not defined it."""
    return application_identifiers().get(ai)


def leading_identifier(text: str) -> ApplicationIdentifier | None:
    """Find the identifier a text begins with: at most one, because none is the beginning of another."""
    known = application_identifiers()
    return next((known[text[:digits]] for digits in AI_DIGITS if text[:digits] in known), None)


def _entries(line: str) -> Iterator[ApplicationIdentifier]:
    """Read one line: an identifier, or a range of them."""
    entry, _, title = line.partition("#")
    words = entry.split()
    if not words:
        return
    range_, words = words[0], words[1:]
    flags = words.pop(0) if words[0][0] in _FLAGS else ""
    components = tuple(_component(word) for word in words if _is_component(word))
    attributes = [word.partition("=") for word in words if not _is_component(word)]
    links = [value for name, _, value in attributes if name == "dlpkey"]
    for ai in _numbers(range_):
        yield ApplicationIdentifier(
            ai=ai,
            title=title.strip(),
            components=components,
            is_predefined=_PREDEFINED in flags,
            requires=tuple(_alternatives(value) for name, _, value in attributes if name == "req"),
            excludes=tuple(
                pattern for name, _, value in attributes if name == "ex" for pattern in value.split(",")
            ),
            qualifiers=tuple(tuple(way.split(",")) if way else () for way in links[0].split("|"))
            if links
            else None,
        )


def _is_component(word: str) -> bool:
    return _COMPONENT.match(word.lstrip("[")) is not None


def _component(word: str) -> Component:
    form, *checks = word.split(",")
    found = _COMPONENT.fullmatch(form.strip("[]"))
    if found is None:
        raise ValueError(f"the syntax dictionary has a component that cannot be read: {word}")
    kind, chars = found["kind"], int(found["chars"])
    return Component(
        kind=kind,  # pyright: ignore[reportArgumentType]  the pattern allows these four letters only
        chars_min=1 if found["upto"] else chars,
        chars_max=chars,
        is_optional=form.startswith("["),
        checks=tuple(checks),
    )


def _alternatives(value: str) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(together.split("+")) for together in value.split(","))


def _numbers(range_: str) -> Iterator[str]:
    first, _, last = range_.partition("-")
    for number in range(int(first), int(last or first) + 1):
        yield f"{number:0{len(first)}}"
