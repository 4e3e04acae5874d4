"""What is wrong with data that somebody wants to bring in: where, and why, in the words of both languages."""

from dataclasses import dataclass, field

from msgspec import Struct

from domain.names import Language
from domain.problem import Problem
from domain.words import speak_problem


class Finding(Struct, frozen=True, kw_only=True):
    """One thing wrong: in which row (0: the whole, or a form), in which column, why. `field` is its name in code."""

    row: int
    column: str
    code: str
    zh: str
    en: str
    field: str = ""

    def of(self, language: Language) -> str:
        """Return the reason for a reader of `language`."""
        return self.zh if language == "zh-CN" else self.en


@dataclass(slots=True)
class Findings:
    """What has been found wrong so far."""

    found: list[Finding] = field(default_factory=list[Finding])

    def note(self, row: int, column: str, problem: Problem, *, name: str = "") -> None:
        """Add one. `column` is what people call the column, `name` what the code does."""
        self.found.append(
            Finding(
                row=row,
                column=column,
                code=problem.code,
                zh=speak_problem("zh-CN", problem),
                en=speak_problem("en", problem),
                field=name,
            )
        )

    def in_order(self) -> tuple[Finding, ...]:
        """Return them all by row."""
        return tuple(sorted(self.found, key=lambda one: one.row))
