"""Which application identifiers must stand beside each other, and which must not.

One symbol alone may be right to lack one: the rules hold for all the symbols of a thing together, so a reading is
not refused for it. Source: the attributes req and ex of the Barcode Syntax Dictionary.
"""

from collections.abc import Collection, Iterator
from typing import Literal

from msgspec import Struct

from domain.gs1.dictionary import identifier


class Pairing(Struct, frozen=True, kw_only=True):
    """A rule that is broken: `ai` lacks one of `others` (each some identifiers together), or stands beside it."""

    ai: str
    kind: Literal["lacks", "excludes"]
    others: tuple[str, ...]


def broken_pairings(identifiers: Collection[str]) -> tuple[Pairing, ...]:
    """Return the rules that a set of application identifiers breaks, in their order; unknown ones have none."""
    return tuple(broken for ai in identifiers for broken in _broken(ai, identifiers))


def _broken(ai: str, identifiers: Collection[str]) -> Iterator[Pairing]:
    known = identifier(ai)
    if known is None:
        return
    for alternatives in known.requires:
        if not any(all(_is_there(one, identifiers) for one in together) for together in alternatives):
            yield Pairing(ai=ai, kind="lacks", others=tuple("+".join(together) for together in alternatives))
    beside = tuple(
        other for other in identifiers if other != ai and any(_fits(one, other) for one in known.excludes)
    )
    if beside:
        yield Pairing(ai=ai, kind="excludes", others=beside)


def _is_there(pattern: str, identifiers: Collection[str]) -> bool:
    return any(_fits(pattern, ai) for ai in identifiers)


def _fits(pattern: str, ai: str) -> bool:
    """An n of the pattern stands for any digit."""
    stem = pattern.rstrip("n")
    return len(pattern) == len(ai) and ai.startswith(stem)
