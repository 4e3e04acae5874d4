"""How good the line's work is today, how even its operations are, and what it is late to answer for."""

from collections.abc import Mapping
from typing import Any

from hub.tile import Scope, Tile
from hub.tiles.line_output import line_of
from hub.views.names import NameBook


def _query(scope: Scope) -> Mapping[str, Any]:
    line, names = line_of(scope), NameBook()
    if line and line.held_up:
        names.read(scope.connection, scope.plant, "operation", [line.held_up.operation])
    return {"line": line, "names": names}


TILE = Tile(name="line_quality", order=20, span=4, query=_query, board="line")
