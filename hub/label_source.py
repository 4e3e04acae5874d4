"""What the office can order labels of: a template, and the records of master data that fill it in.

This file is the contract; the folder `label_sources/` holds one declaration a file and is the registry. Labels that a
process of the floor prints stand not in it: a second ticket of a bundle, say, has its own rules.
"""

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import hub.label_sources
from domain.label_words import in_both
from domain.names import Names
from hub.object import objects
from hub.reference import ReferenceData

Fill = Callable[[Any, ReferenceData], Mapping[str, str]]
"""Returns what a record says of a template's fields; what it does not know is left for the office to type."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelSource:
    """One label that can be ordered: its template is called like the file. `object`: whose records fill it in."""

    object: str
    fill: Fill


@cache
def label_sources() -> Mapping[str, LabelSource]:
    """Return every declaration of the folder by the name of its template."""
    names = sorted(one.name for one in pkgutil.iter_modules(hub.label_sources.__path__))
    return {name: importlib.import_module(f"hub.label_sources.{name}").SOURCE for name in names}


def called_in_both(name: str, key: str, known: ReferenceData) -> str:
    """Return what a record of an object is called, in both languages; its key where it is not known."""
    declared = objects()[name]
    record = known.records(declared.kind, declared.form).get(key)
    return in_both(getattr(record, "names", Names(zh=key, en=key)))
