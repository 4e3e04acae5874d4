"""Whether a value has the form its application identifier asks for, and what its parts are."""

import re
from collections.abc import Mapping
from typing import Final

from domain.gs1.checks import CHECKS
from domain.gs1.dictionary import ApplicationIdentifier, CharacterSet, Component

_CHARACTERS: Final[Mapping[CharacterSet, re.Pattern[str]]] = {
    # GS1's AI encodable character sets, as src/lint_cset{82,39,64}.c of the dictionary have them.
    "N": re.compile(r"[0-9]*", re.ASCII),
    "X": re.compile(r"""[!"%&'()*+,\-./0-9:;<=>?A-Z_a-z]*""", re.ASCII),
    "Y": re.compile(r"[#\-/0-9A-Z]*", re.ASCII),
    "Z": re.compile(r"[A-Za-z0-9\-_]*={0,2}", re.ASCII),
}
_PADDED_TO = 3
"""A padded base64url value is a multiple of this long, by GS1's reference check."""


def parts_of(known: ApplicationIdentifier, value: str) -> tuple[str, ...] | None:
    """Cut a value into the parts its identifier defines; None if it has not that form."""
    parts: list[str] = []
    rest = value
    for component in known.components:
        if component.is_optional and not rest:
            break
        part = rest[: component.chars_max]
        if not _fits(component, part):
            return None
        parts.append(part)
        rest = rest[len(part) :]
    return None if rest else tuple(parts)


def _fits(component: Component, part: str) -> bool:
    if len(part) < component.chars_min or _CHARACTERS[component.kind].fullmatch(part) is None:
        return False
    if component.kind == "Z" and part.endswith("=") and len(part) % _PADDED_TO:
        return False
    return all(CHECKS[name](part) for name in component.checks)
