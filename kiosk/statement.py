"""What a statement is: something said at a station of goods, of others' work or to others, one blank after the other.

The folder `statements/` is the registry. A statement says which blanks it has and what fills each of them, and what of
it is recorded once none is left; `activities/statement.py` asks for them, whichever statement it is. Pure.
"""

import importlib
import pkgutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

from domain.event import Event
from domain.problem import Problem
from domain.words import has_words, speak
from kiosk import statements as registry
from kiosk.activity import Desk
from kiosk.parts import Choice, Words
from kiosk.state import Numbers, State
from kiosk.work.overlays import TYPED
from kiosk.work.state import Draft

Scannable = Literal["ticket", "tickets", "roll"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Blank:
    """One blank and what fills it: a scan, one of the choices, a number or letters typed.

    `code`: what it is filled with, nothing where it is still blank; `reads`: the same for people. `is_needed`: without
    it nothing is recorded. `entry`: what can be typed besides. `is_marks`: each touch of a choice is one piece more.
    `label`: what it is called, where the plant says so; `asks`: the words that ask for it, where these are not its own.
    """

    name: str
    code: str = ""
    reads: str = ""
    scans: frozenset[Scannable] = frozenset()
    choices: tuple[Choice, ...] = ()
    entry: Literal["", "pieces", "text"] = ""
    is_needed: bool = True
    is_marks: bool = False
    label: str = ""
    asks: str = ""

    def spoken(self, desk: Desk) -> str:
        """Return what it was filled with as words in the language of who says it, to be read by anybody later."""
        return speak(desk.language, self.reads) if has_words(self.reads) else self.reads


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What is recorded, the numbers with those used that it needed, and what is answered."""

    event: Event
    numbers: Numbers
    says: Words


def _none(_desk: Desk) -> int:
    return 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One thing to say: a module of `statements/` declares it as `STATEMENT`. `rank`: where it stands in the list.

    `blanks`: in the order they are asked for, as far as they are filled. `said`: what is recorded once no needed one is
    left, or why it cannot be. `right`: what it takes to say it; empty: anybody may. `has_photos`: photos can be
    taken of it. `waits`: how many wait for it here.
    """

    rank: int
    icon: str
    blanks: Callable[[State, Desk], Sequence[Blank]]
    said: Callable[[State, Mapping[str, Blank], Desk], Said | Problem]
    right: str = ""
    has_photos: bool = False
    waits: Callable[[Desk], int] = _none


@cache
def statements() -> Mapping[str, Statement]:
    """Return every statement by its name, in the order of their ranks."""
    names = (one.name for one in pkgutil.iter_modules(registry.__path__))
    loaded: dict[str, Statement] = {
        name: importlib.import_module(f"kiosk.statements.{name}").STATEMENT for name in names
    }
    return dict(sorted(loaded.items(), key=lambda one: one[1].rank))


def may_say(statement: Statement, desk: Desk) -> bool:
    """Tell whether who is signed on may say it."""
    rights = desk.operator.all_rights if desk.operator else frozenset[str]()
    return not statement.right or statement.right in rights


def chosen(
    name: str, choices: Sequence[Choice], draft: Draft, *, can_type: bool = False, is_needed: bool = True
) -> Blank:
    """Return a blank that one of the choices fills, or, where it can be typed, letters in its place."""
    code, typed = draft.told.get(name, ""), draft.told.get(f"{name}{TYPED}", "") if can_type else ""
    found = next((one for one in choices if one.value == code), None)
    return Blank(
        name=name,
        code=typed or (code if found else ""),
        reads=typed or (found.title if found else ""),
        choices=tuple(choices),
        entry="text" if can_type else "",
        is_needed=is_needed,
    )


def counted(name: str, draft: Draft) -> Blank:
    """Return a blank that a number of pieces fills."""
    pieces = draft.told.get(name, "")
    return Blank(name=name, code=pieces, reads=pieces, entry="pieces")


def of_bundle(draft: Draft) -> Blank:
    """Return the blank that a bundle's ticket fills."""
    serial = draft.bundle
    return Blank(name="goods", code=serial, reads=serial, scans=frozenset({"ticket"}))
