"""What every printer language can do: say a picture in bytes, ask how the printer is, understand its answer.

A language is pure: no device, no clock, and no say in where anything lies. The languages are the files of
`languages/`.
"""

from collections.abc import Callable
from enum import StrEnum
from typing import Generic, Protocol, TypeVar, cast

import msgspec
from PIL import Image

from drivers import languages, registry
from drivers.errors import LanguageError
from drivers.profile import Profile

Said = TypeVar("Said")


class Condition(StrEnum):
    """What a printer says about itself; the words for people are in the catalogue.

    In the order in which they are mended: the first of several is the one a person is told.
    """

    HEAD_OPEN = "head_open"
    PAPER_OUT = "paper_out"
    RIBBON_OUT = "ribbon_out"
    JAMMED = "jammed"
    PAUSED = "paused"
    TOO_HOT = "too_hot"
    BUFFER_FULL = "buffer_full"
    FAULTY = "faulty"
    OFFLINE = "offline"
    NEAR_END = "near_end"
    TOO_COLD = "too_cold"
    PARTIAL_FORMAT = "partial_format"
    MEMORY_LOST = "memory_lost"


BLOCKING = frozenset(
    {
        Condition.HEAD_OPEN,
        Condition.PAPER_OUT,
        Condition.RIBBON_OUT,
        Condition.JAMMED,
        Condition.PAUSED,
        Condition.TOO_HOT,
        Condition.BUFFER_FULL,
        Condition.FAULTY,
        Condition.OFFLINE,
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
    def warnings(self) -> tuple[Condition, ...]:
        """The conditions that a person should see before they keep it from printing."""
        return tuple(condition for condition in self.conditions if condition is Condition.NEAR_END)

    @property
    def is_ready(self) -> bool:
        """It would print now."""
        return not self.blocked_by

    @property
    def is_idle(self) -> bool:
        """All it was given has come out."""
        begun = Condition.PARTIAL_FORMAT in self.conditions
        return not begun and self.formats_waiting == 0 and self.labels_remaining == 0


class Picture(msgspec.Struct, frozen=True, kw_only=True):
    """What a language has to say: the dots of a label (mode "1", 0 is burned), and the paper under them."""

    image: Image.Image
    dots_per_mm: int
    gap_dots: int = 0


class Inquiry(msgspec.Struct, Generic[Said], frozen=True, kw_only=True):
    """A question to a printer: the bytes that ask it and print nothing, and how its answer is understood."""

    query: bytes
    is_complete: Callable[[bytes], bool]
    parse: Callable[[bytes], Said]
    """Raises LanguageError for anything but an answer to this question."""

    tells_printed: bool = True
    """Of a status: whether it says that all the printer was given has come out."""


class Language(Protocol):
    """A module of `languages/`."""

    STATUS: Inquiry[PrinterStatus]
    """How is the printer? Understood by every printer of this language."""

    LONG_STATUS: Inquiry[PrinterStatus] | None
    """The same, asked of printers whose profile says that they tell more."""

    LABEL_COUNTER: Inquiry[int] | None
    """How many labels did it ever print? Asked of printers whose profile has a label counter."""

    def encode(self, picture: Picture, profile: Profile, copies: int) -> bytes:
        """The whole print job; raises LanguageError where these dots cannot be said."""
        ...


def not_understood(what: str, answer: bytes, language: str) -> LanguageError:
    """The error for an answer that is none."""
    return LanguageError(
        attempted=f"read the {what}",
        device="the printer",
        reason=f"it answered {answer[:80]!r}",
        advice=f"check that the printer speaks {language} and that its profile fits",
    )


def language_names() -> tuple[str, ...]:
    """Names of the printer languages this build knows, sorted."""
    return registry.kinds(languages)


def open_language(name: str) -> Language:
    """The language of that name; raises SettingsError with the nearest known one."""
    return cast("Language", registry.load(languages, name, key="language", source="printer profile"))
