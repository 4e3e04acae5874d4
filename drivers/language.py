"""What every printer language can do: say a label in bytes, ask how the printer is, understand its answer.

A language is pure: no device, no clock. The languages are the files of `languages/`.
"""

from enum import StrEnum
from typing import Protocol, cast

import msgspec

from drivers import languages, registry
from drivers.profile import Profile
from labels.layout import Layout


class Condition(StrEnum):
    """What a printer says about itself; the words for people are in the catalogue."""

    PAPER_OUT = "paper_out"
    RIBBON_OUT = "ribbon_out"
    HEAD_OPEN = "head_open"
    PAUSED = "paused"
    TOO_HOT = "too_hot"
    TOO_COLD = "too_cold"
    BUFFER_FULL = "buffer_full"
    PARTIAL_FORMAT = "partial_format"
    MEMORY_LOST = "memory_lost"


BLOCKING = frozenset(
    {
        Condition.PAPER_OUT,
        Condition.RIBBON_OUT,
        Condition.HEAD_OPEN,
        Condition.PAUSED,
        Condition.TOO_HOT,
        Condition.BUFFER_FULL,
    }
)
"""Conditions in which a printer prints nothing."""


class PrinterStatus(msgspec.Struct, frozen=True, kw_only=True):
    """How a printer says it is: its conditions, and what it has not yet printed."""

    conditions: tuple[Condition, ...] = ()
    formats_waiting: int = 0
    labels_remaining: int = 0

    @property
    def blocked_by(self) -> tuple[Condition, ...]:
        """The conditions that keep it from printing."""
        return tuple(condition for condition in self.conditions if condition in BLOCKING)

    @property
    def is_ready(self) -> bool:
        """It would print now."""
        return not self.blocked_by

    @property
    def is_idle(self) -> bool:
        """All it was given has come out."""
        begun = Condition.PARTIAL_FORMAT in self.conditions
        return not begun and self.formats_waiting == 0 and self.labels_remaining == 0


class Language(Protocol):
    """A module of `languages/`."""

    def encode(self, layout: Layout, profile: Profile, copies: int) -> bytes:
        """The whole print job; raises LanguageError where the printer cannot print it."""
        ...

    def status_query(self) -> bytes:
        """The bytes that ask for the status; they print nothing."""
        ...

    def status_is_complete(self, answer: bytes) -> bool:
        """Whether the whole answer to the status query has arrived."""
        ...

    def parse_status(self, answer: bytes) -> PrinterStatus:
        """What the answer says; raises LanguageError for anything else."""
        ...

    def counter_query(self) -> bytes:
        """The bytes that ask how many labels were ever printed; only for profiles with a label counter."""
        ...

    def counter_is_complete(self, answer: bytes) -> bool:
        """Whether the whole answer to the counter query has arrived."""
        ...

    def parse_counter(self, answer: bytes) -> int:
        """How many labels were ever printed; raises LanguageError for anything else."""
        ...


def language_names() -> tuple[str, ...]:
    """Names of the printer languages this build knows, sorted."""
    return registry.kinds(languages)


def open_language(name: str) -> Language:
    """The language of that name; raises SettingsError with the nearest known one."""
    return cast("Language", registry.load(languages, name, key="language", source="printer profile"))
