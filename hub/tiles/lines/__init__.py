"""Every line of the plant: target and done, work in process and its age, what holds it up, how good the work is."""

from collections.abc import Mapping
from typing import Any

from hub.tile import Scope, Tile
from hub.views.floor import lines_now
from hub.views.names import NameBook

LINES_MAX = 14
"""More rows could not be read from ten metres: those that need somebody stand first, the rest is counted."""


def _query(scope: Scope) -> Mapping[str, Any]:
    lines = lines_now(scope.connection, scope.plant, scope.now, scope.zone)
    shown = lines
    if len(lines) > LINES_MAX:
        shown = tuple(sorted(lines, key=lambda one: (not one.is_behind, not one.calls, one.unit.code)))[
            :LINES_MAX
        ]
    names = NameBook()
    held_up = (one.held_up.operation for one in shown if one.held_up)
    names.read(scope.connection, scope.plant, "operation", held_up)
    return {"lines": shown, "names": names, "unshown": len(lines) - len(shown)}


TILE = Tile(name="lines", order=10, span=9, query=_query, board="floor", rows=2)
