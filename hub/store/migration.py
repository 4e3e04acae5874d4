"""One step from a version of the database's shape to the next. The folder `migrations/` holds them and is the registry.

A step is for what is not folded from the ledger: registers, reference data, discrepancies. Projected tables need none:
they are dropped, made anew and folded again whenever `tables.py` has them otherwise than the database
(`hub.store.schema`).

The file `vNNNN_subject.py` states, in `MIGRATION`, what changed with version NNNN, in words of its own: `tables.py`
goes on changing, a step never does. A new column of a kept table stands last in `tables.py`, for that is where a
database puts it, and rows are written by position. The ledger only ever gets columns and indexes more
(`hub.store.upgrade`).
"""

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from alembic.operations import Operations

import hub.store.migrations

FIRST_VERSION = 1
"""The shape that no step leads to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Migration:
    """A step to `version`. `upgrade` runs in one transaction together with the new number, and may be begun again.

    `folds_again`: the projections are to be made anew though their tables stay as they are.
    """

    version: int
    tells: str
    upgrade: Callable[[Operations], None]
    folds_again: bool = False


@cache
def migrations() -> tuple[Migration, ...]:
    """Return every step of the folder in order. Raises ValueError where a number is missing or stands twice."""
    modules = [
        importlib.import_module(f"hub.store.migrations.{one.name}")
        for one in pkgutil.iter_modules(hub.store.migrations.__path__)
    ]
    found: list[Migration] = sorted((module.MIGRATION for module in modules), key=lambda one: one.version)
    numbers = [one.version for one in found]
    if numbers != list(range(FIRST_VERSION + 1, FIRST_VERSION + 1 + len(found))):
        raise ValueError(
            f"steps of the schema are numbered from {FIRST_VERSION + 1} without a gap: {numbers}"
        )
    return tuple(found)


def schema_version() -> int:
    """Return the version this program works with: its newest step's."""
    return migrations()[-1].version
