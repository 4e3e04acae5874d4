"""The folder is the registry: which kinds a folder holds, and loading one by its name.

A module `<kind>_<part>` beside a module `<kind>` is a part of that kind and not a kind of its own.
"""

import difflib
import importlib
import pkgutil
from collections.abc import Mapping
from types import ModuleType
from typing import Any, TypeVar

import msgspec

from drivers.errors import DriverSettingsError

SettingsT = TypeVar("SettingsT", bound=msgspec.Struct)


def kinds(folder: ModuleType) -> tuple[str, ...]:
    """Names of the kinds in a package folder, sorted; nothing is imported to find them."""
    names = sorted(module.name for module in pkgutil.iter_modules(folder.__path__))
    return tuple(name for name in names if not any(name.startswith(f"{other}_") for other in names))


def load(folder: ModuleType, kind: object, *, device: str) -> ModuleType:
    """Import one kind of a folder; raises DriverSettingsError with the nearest known name."""
    known = kinds(folder)
    if kind in known:
        return importlib.import_module(f"{folder.__name__}.{kind}")
    raise DriverSettingsError(
        attempted="use the settings",
        device=device,
        reason=f"{folder.__name__.rpartition('.')[2]} knows no {kind!r}",
        advice=did_you_mean(str(kind), known),
    )


def convert(settings: Mapping[str, Any], wanted: type[SettingsT], *, device: str) -> SettingsT:
    """Turn a table of settings into its struct; raises DriverSettingsError naming the key."""
    known = tuple(field.encode_name for field in msgspec.structs.fields(wanted))
    unknown = [key for key in settings if key not in known]
    if unknown:
        raise DriverSettingsError(
            attempted="use the settings",
            device=device,
            reason=f"unknown key {unknown[0]!r}",
            advice=did_you_mean(unknown[0], known),
        )
    try:
        return msgspec.convert(settings, wanted)
    except (msgspec.ValidationError, ValueError) as error:
        raise DriverSettingsError(
            attempted="use the settings", device=device, reason=str(error), advice=f"known keys: {', '.join(known)}"
        ) from error


def did_you_mean(word: str, known: tuple[str, ...]) -> str:
    """The advice for a word nobody knows: the nearest known one, or all of them."""
    nearest = difflib.get_close_matches(word, known, n=1)
    return f"did you mean {nearest[0]!r}?" if nearest else f"known are: {', '.join(known)}"
