"""What is wrong with a text that is no TOML: where, and which of a few mistakes, to be said in any language.

The parser is Python's own `tomllib`; its sentences are English, and this is the only place that knows them.
"""

import re
import tomllib
from dataclasses import dataclass
from typing import Literal

Mistake = Literal[
    "value",  # what stands after = is none of the values there are
    "equals",  # a name without =
    "name",  # a line that begins with what no name begins with
    "bracket",  # [, [[, { that is not closed
    "quote",  # a text whose quotation mark is missing
    "backslash",  # a backslash in a text that means nothing
    "twice",  # the same name a second time
    "line_end",  # something more behind what is complete
    "character",  # an invisible character
    "other",
]

BEGINNINGS: tuple[tuple[str, Mistake], ...] = (
    ("Invalid value", "value"),
    ("Invalid date", "value"),
    ("Expected '='", "equals"),
    ("Invalid initial character", "name"),
    ("Invalid statement", "name"),
    ("Expected ']", "bracket"),
    ("Unclosed", "bracket"),
    ("Unterminated string", "quote"),
    ("Illegal character '\\n'", "quote"),
    ("Unescaped", "backslash"),
    ("Invalid hex", "backslash"),
    ("Escaped character", "backslash"),
    ("Cannot ", "twice"),
    ("Duplicate", "twice"),
    ("Expected newline", "line_end"),
    ("Illegal character", "character"),
    ("Found invalid character", "character"),
)
_PLACE = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")


@dataclass(frozen=True, slots=True, kw_only=True)
class TomlFault:
    """Line and column are counted from 1; `detail` is the parser's own sentence."""

    line: int
    column: int
    mistake: Mistake
    detail: str


def toml_fault(text: str) -> TomlFault | None:
    """The first thing that keeps a text from being TOML; None where it is, or is nested too deeply to tell."""
    try:
        tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        said = str(error)
    except RecursionError:
        return None
    else:
        return None
    lines = text.split("\n")
    place = _PLACE.search(said)
    known: list[Mistake] = [one for begins, one in BEGINNINGS if said.startswith(begins)]
    at_end = place is None or place[1] is None
    return TomlFault(
        line=len(lines) if place is None or at_end else int(place[1]),
        column=len(lines[-1]) + 1 if place is None or at_end else int(place[2]),
        mistake=known[0] if known else "other",
        detail=_PLACE.sub("", said),
    )
