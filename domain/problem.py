"""What the floor is told when something is not right: a value, never an exception.

The words live in the catalogue under the problem's code, in every language; here is only what is wrong and
with what.
"""

from collections.abc import Mapping
from enum import StrEnum

import msgspec

PARAMETER_CHARS_MAX = 200
_SEEN = dict.fromkeys((*range(0x20), *range(0x7F, 0xA0)), "·")
"""C0 and C1 control characters, GS of element strings among them, and what stands for them in a sentence."""


class Severity(StrEnum):
    """How much a problem stops: from a remark to broken equipment."""

    info = "info"
    question = "question"
    refusal = "refusal"
    fault = "fault"


class Problem(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing that is not as it should be, and what the person can do next.

    `code` is the catalogue key of the words, `parameters` fill their blanks, `way_out` is the key of
    the next move (`<code>.way_out` unless given). A parameter longer than `PARAMETER_CHARS_MAX` characters is
    cut and ends in "…"; control characters in it become "·", so that the sentence can be read.
    """

    code: str
    severity: Severity
    parameters: Mapping[str, str] = msgspec.field(default_factory=dict[str, str])
    way_out: str = ""

    def __post_init__(self) -> None:
        clipped = {name: _clip(text.translate(_SEEN)) for name, text in self.parameters.items()}
        msgspec.structs.force_setattr(self, "parameters", clipped)
        msgspec.structs.force_setattr(self, "way_out", self.way_out or f"{self.code}.way_out")

    def __hash__(self) -> int:
        return hash((self.code, self.severity, frozenset(self.parameters.items()), self.way_out))


def info(code: str, /, *, way_out: str = "", **parameters: object) -> Problem:
    """Tell something that stops nobody."""
    return _problem(code, Severity.info, way_out, parameters)


def question(code: str, /, *, way_out: str = "", **parameters: object) -> Problem:
    """Ask: the work goes on after a yes."""
    return _problem(code, Severity.question, way_out, parameters)


def refusal(code: str, /, *, way_out: str = "", **parameters: object) -> Problem:
    """Say no: a rule is broken and this input changes nothing."""
    return _problem(code, Severity.refusal, way_out, parameters)


def fault(code: str, /, *, way_out: str = "", **parameters: object) -> Problem:
    """Report equipment or software that does not do its part."""
    return _problem(code, Severity.fault, way_out, parameters)


def _problem(code: str, severity: Severity, way_out: str, parameters: Mapping[str, object]) -> Problem:
    texts = {name: str(value) for name, value in parameters.items()}
    return Problem(code=code, severity=severity, parameters=texts, way_out=way_out)


def _clip(text: str) -> str:
    return text if len(text) <= PARAMETER_CHARS_MAX else text[: PARAMETER_CHARS_MAX - 1] + "…"
