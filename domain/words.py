"""The words of the floor in both languages: a catalogue key and its parameters become one sentence.

This file is the contract; the folder `catalogue/` holds one package per language, one module per subject, each a
plain table `WORDS`. Both languages have the same keys with the same blanks, and a test sees to it.
"""

import importlib
import pkgutil
import re
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from domain.names import LANGUAGES, Language
from domain.problem import Problem

SPOKEN_CHARS_MAX = 600
"""A sentence longer than this is cut: no text may fill a screen."""

_PACKAGES: Mapping[Language, str] = {"zh-CN": "zh_CN", "en": "en"}
_BLANK = re.compile(r"\{([a-z][a-z0-9_]*)\}")
# How a `Quantity` writes itself: a number and its UN/ECE code ("12.5 KGM").
_QUANTITY = re.compile(r"(-?\d{1,12}(?:\.\d{1,6})?) ([A-Z0-9]{2,3})", re.ASCII)


def speak(language: Language, key: str, /, **parameters: str) -> str:
    """Say a key's words, with its blanks filled. Never raises: a key without words comes back in ⟦brackets⟧.

    A parameter that is a catalogue key itself is spoken too, its blanks filled from the same parameters; a quantity
    ("12.5 KGM") is said with its unit's word.
    """
    template = _words(language).get(key)
    if template is None:
        return f"⟦{key[:SPOKEN_CHARS_MAX]}⟧"
    spoken = _BLANK.sub(lambda blank: _fill(language, blank[1], parameters), template)
    return spoken if len(spoken) <= SPOKEN_CHARS_MAX else f"{spoken[: SPOKEN_CHARS_MAX - 1]}…"


def speak_problem(language: Language, problem: Problem) -> str:
    """Say what is wrong: the thing, and the rule that stands against it."""
    return speak(language, f"problem.{problem.code}", **problem.parameters)


def speak_way_out(language: Language, problem: Problem) -> str:
    """Say what to do about a problem now."""
    return speak(language, f"problem.{problem.way_out}", **problem.parameters)


def speak_quantity(language: Language, text: str) -> str:
    """Say a quantity as it writes itself ("12.5 KGM") with its unit's word; any other text stays as it is."""
    found = _QUANTITY.fullmatch(text)
    unit = _words(language).get(f"unit.{found[2]}") if found else None
    return f"{found[1]} {unit}" if found and unit else text


def has_words(key: str) -> bool:
    """Tell whether every language has words for a key."""
    return all(key in _words(language) for language in LANGUAGES)


def spoken_under(language: Language, prefix: str) -> dict[str, str]:
    """Return all words whose keys begin with a prefix, by the rest of their keys: for a page that picks among them."""
    return {
        key.removeprefix(prefix): words for key, words in _words(language).items() if key.startswith(prefix)
    }


def keys(language: Language) -> frozenset[str]:
    """Return every key a language has words for."""
    return frozenset(_words(language))


def blanks(language: Language, key: str) -> frozenset[str]:
    """Return the names of the blanks in a key's words; none for a key without words."""
    return frozenset(_BLANK.findall(_words(language).get(key, "")))


def _fill(language: Language, name: str, parameters: Mapping[str, str]) -> str:
    value = parameters.get(name)
    if value is None:
        return f"⟦{name}⟧"
    words = _words(language).get(value)
    if words is None:
        return speak_quantity(language, value)
    return _BLANK.sub(lambda blank: parameters.get(blank[1], blank[0]), words)


@cache
def _words(language: Language) -> Mapping[str, str]:
    """Return a language's whole table; two modules that claim the same key are a defect."""
    package = importlib.import_module(f"domain.catalogue.{_PACKAGES[language]}")
    table: dict[str, str] = {}
    for module in sorted(pkgutil.iter_modules(package.__path__), key=lambda one: one.name):
        words: Mapping[str, str] = importlib.import_module(f"{package.__name__}.{module.name}").WORDS
        if twice := table.keys() & words.keys():
            message = f"{package.__name__}.{module.name} repeats {sorted(twice)}"
            raise ValueError(message)
        table.update(words)
    return MappingProxyType(table)
