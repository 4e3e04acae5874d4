"""What the emulator's parsers have in common: a stream of print data is read as a printer of that language does.

The parsers are the modules `<language>_stream.py` beside this one; each has a class `Stream`. A parser is pure and
never stopped by what it does not know; it counts every command that it saw, known or not.
"""

import importlib
import pkgutil
from collections import Counter
from collections.abc import Iterator
from typing import Literal, Protocol, cast

import msgspec
from PIL import Image

from drivers import emulator, registry
from drivers.language import Condition

DOTS_PER_MM_DEFAULT = 8
WIDTH_DOTS_MAX = 2_560
LENGTH_DOTS_MAX = 24_000
COMMAND_BYTES_MAX = 8_000_000
"""Longest single command a printer's memory would hold; a longer one is thrown away."""

Order = Literal["cancel_all", "pause", "resume", "reset"]

_SUFFIX = "_stream"


class PrinterState(Protocol):
    """What an answer is made of."""

    @property
    def conditions(self) -> tuple[Condition, ...]: ...
    @property
    def formats_waiting(self) -> int: ...
    @property
    def labels_remaining(self) -> int: ...
    @property
    def printed(self) -> int: ...


class Format(msgspec.Struct, frozen=True, kw_only=True):
    """One label arrived whole: the picture (1 bit, as PNG would show it) and how often it is wanted."""

    image: Image.Image
    copies: int


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """Something that wants an answer: at once, or `in_turn` when all that came before it has been printed."""

    about: str
    in_turn: bool = False


class Stream(Protocol):
    """The parser of one connection; it forgets at power-off."""

    says: frozenset[Condition]
    """The conditions for which the language has a word; in any other blocking one the printer stays silent."""

    commands: Counter[str]
    """Every command seen, by its name."""

    unknown: Counter[str]
    """Those of them that the printer does not know, or cannot obey."""

    def feed(self, data: bytes) -> Iterator[Format | Question | Order]:
        """Bytes as they came, cut anywhere; yields what they complete, in order."""
        ...

    def answer(self, question: Question, state: PrinterState) -> bytes:
        """What the printer answers."""
        ...

    def news(self, state: PrinterState) -> bytes:
        """What the printer says unasked when its state has changed; nothing as a rule."""
        ...

    def forget(self) -> None:
        """Power off: whatever was begun is gone."""
        ...


class _StreamModule(Protocol):
    def Stream(self, dots_per_mm: int) -> Stream: ...  # noqa: N802  the class in the module


def emulated_languages() -> tuple[str, ...]:
    """Names of the languages the emulator reads, sorted."""
    names = (module.name for module in pkgutil.iter_modules(emulator.__path__))
    return tuple(sorted(name.removesuffix(_SUFFIX) for name in names if name.endswith(_SUFFIX)))


def open_stream(language: str, dots_per_mm: int = DOTS_PER_MM_DEFAULT) -> Stream:
    """A parser for the language and a head of so many dots; raises SettingsError with the nearest known one."""
    known = emulated_languages()
    if language not in known:
        raise registry.unknown(language, known, key="language", source="printer emulator")
    module = importlib.import_module(f"drivers.emulator.{language}{_SUFFIX}")
    return cast("_StreamModule", module).Stream(dots_per_mm)
