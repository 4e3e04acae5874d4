"""How each type of document is filled: what is scanned for it, for the laws that hold for all of them.

The folder `fillings/` holds one file for each type, named after its code, and is the registry.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import tests.fillings
from domain.field import Input
from domain.plan import Plan
from domain.stock import Balance
from tests.world import ORDER


@dataclass(frozen=True, slots=True, kw_only=True)
class Filling:
    """What fills a document: its header's inputs, and those of each line.

    Of the first line any order must do; only codes that fit the same field (from and to) keep theirs. `is_mixed_too`:
    header and first line may be mixed. `confirms`: the questions that completing it asks.
    """

    lines: Sequence[Sequence[Input]]
    balances: Sequence[Balance]
    header: Sequence[Input] = ()
    plans: Sequence[Plan] = (ORDER,)
    is_mixed_too: bool = True
    confirms: frozenset[str] = frozenset()


def scans(*texts: str) -> tuple[Input, ...]:
    """Return what is scanned, as inputs."""
    return tuple(Input(text=text) for text in texts)


@cache
def fillings() -> Mapping[str, Filling]:
    """Return how each type is filled, by its code."""
    names = [one.name for one in pkgutil.iter_modules(tests.fillings.__path__)]
    found = {name.upper(): importlib.import_module(f"tests.fillings.{name}").FILLING for name in names}
    return dict(sorted(found.items()))
