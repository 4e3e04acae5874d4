"""Who calls from the line's stations, and which of them stand still."""

from collections.abc import Mapping
from typing import Any

from hub.tile import Scope, Tile
from hub.tiles.line_output import line_of
from hub.tiles.open_calls import calls_shown


def _query(scope: Scope) -> Mapping[str, Any]:
    line = line_of(scope)
    return calls_shown(scope, line.calls if line else ())


TILE = Tile(name="line_calls", order=30, span=3, query=_query, board="line")
