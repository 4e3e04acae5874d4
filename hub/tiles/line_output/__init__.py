"""What came off the line today, by the hour, against its target; how well its minutes were used."""

from collections.abc import Mapping
from typing import Any

from hub.tile import Scope, Tile
from hub.views.floor import Line, lines_now


def line_of(scope: Scope) -> Line | None:
    """Return the board's line; None where nobody knows it, or nothing is on it."""
    lines = scope.once("lines", lambda: lines_now(scope.connection, scope.plant, scope.now, scope.zone))
    return next((one for one in lines if one.unit.code == scope.subject), None)


def _query(scope: Scope) -> Mapping[str, Any]:
    line = line_of(scope)
    hours = line.hours if line else ()
    an_hour = line.day.target / len(hours) if line and hours else 0
    top = max([an_hour, *(one.pieces for one in hours)], default=0) or 1
    return {"line": line, "an_hour": an_hour, "top": top, "now": scope.now}


TILE = Tile(name="line_output", order=10, span=5, query=_query, board="line")
