"""A tile of a board: one question to the projections and the picture of its answer.

This file is the contract; each folder below `tiles/` is one tile: `__init__.py` with `TILE`, and `tile.html`. Which
boards there are follows from what their tiles say.
"""

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any, Literal, TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

import hub.tiles

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What a tile may look at: one unchanging moment of one plant's projections. `zone` says what "today" is.

    `subject`: what the board is about, where it is about one thing: a line.
    """

    connection: Connection
    plant: str
    now: datetime
    zone: ZoneInfo
    subject: str = ""
    _made: dict[str, Any] = field(default_factory=dict[str, Any])

    def once(self, name: str, make: Callable[[], T]) -> T:
        """Return what `make` gives, worked out once for all tiles that look at this moment under that name."""
        if name not in self._made:
            self._made[name] = make()
        return self._made[name]


BoardName = Literal["goods", "floor", "line"]
"""Goods and doors of a plant; its lines; one line, its subject. Words: `board.title.<name>`."""
WITH_SUBJECT: frozenset[BoardName] = frozenset({"line"})
"""Boards about one thing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """One tile. `query` reads projections and registers only, never the ledger; its answer fills the template.

    `order` is the tile's place on its board. `span` is how many of the board's twelve columns it takes, `rows` how many
    of its two rows.
    """

    name: str
    order: int
    span: int
    query: Callable[[Scope], Mapping[str, Any]]
    board: BoardName = "goods"
    rows: int = 1


@cache
def tiles(board: BoardName = "goods") -> tuple[Tile, ...]:
    """Return every tile of a board, in its order."""
    found: list[Tile] = [
        importlib.import_module(f"hub.tiles.{one.name}").TILE
        for one in pkgutil.iter_modules(hub.tiles.__path__)
    ]
    return tuple(sorted((one for one in found if one.board == board), key=lambda tile: tile.order))
