"""A tile of the board: one question to the projections and the picture of its answer.

This file is the contract; each folder below `tiles/` is one tile: `__init__.py` with `TILE`, and `tile.html`.
"""

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

import hub.tiles


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What a tile may look at: one unchanging moment of one plant's projections. `zone` says what "today" is."""

    connection: Connection
    plant: str
    now: datetime
    zone: ZoneInfo


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """One tile. `query` reads projections and registers only, never the ledger; its answer fills the template.

    `order` is the tile's place on the board. `span` is how many of the board's twelve columns it takes.
    """

    name: str
    order: int
    span: int
    query: Callable[[Scope], Mapping[str, Any]]


@cache
def tiles() -> tuple[Tile, ...]:
    """Return every tile of the folder in the board's order."""
    found: list[Tile] = [
        importlib.import_module(f"hub.tiles.{one.name}").TILE
        for one in pkgutil.iter_modules(hub.tiles.__path__)
    ]
    return tuple(sorted(found, key=lambda tile: tile.order))
