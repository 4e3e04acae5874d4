"""The folder is the registry: which kinds a folder holds, and loading one by its name.

A module `<kind>_<part>` beside a module `<kind>` is a part of that kind and not a kind of its own.
"""

import difflib
import importlib
import pkgutil
from collections.abc import Iterable
from types import ModuleType

from domain.settings import SettingsError, SettingsProblem


def kinds(folder: ModuleType) -> tuple[str, ...]:
    """Names of the kinds in a package folder, sorted; nothing is imported to find them."""
    names = sorted(module.name for module in pkgutil.iter_modules(folder.__path__))
    return tuple(name for name in names if not any(name.startswith(f"{other}_") for other in names))


def load(folder: ModuleType, kind: object, *, key: str, source: str) -> ModuleType:
    """Import one kind of a folder; `key` and `source` name the setting that asks for it.

    Raises SettingsError with the nearest known name.
    """
    known = kinds(folder)
    if kind in known:
        return importlib.import_module(f"{folder.__name__}.{kind}")
    raise unknown(kind, known, key=key, source=source)


def unknown(word: object, known: Iterable[str], *, key: str, source: str) -> SettingsError:
    """The error for a word that is none of the known ones."""
    names = list(known)
    nearest = difflib.get_close_matches(str(word), names, n=1)
    problem = SettingsProblem(
        key=key,
        reason=f"{word!r} is not one of {', '.join(names)}",
        did_you_mean=nearest[0] if nearest else None,
    )
    return SettingsError(source, [problem])
