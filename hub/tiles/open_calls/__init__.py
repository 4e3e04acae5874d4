"""Who calls for help, material, a mechanic or quality, and which stations stand still: the longest first."""

from collections.abc import Mapping
from typing import Any

from hub.tile import Scope, Tile
from hub.views.names import NameBook
from hub.views.quality import Call, open_calls

CALLS_MAX = 6


def calls_shown(scope: Scope, calls: tuple[Call, ...]) -> Mapping[str, Any]:
    """Return what the template needs to show calls."""
    shown = calls[:CALLS_MAX]
    names = NameBook()
    names.read(scope.connection, scope.plant, "station", (one.device for one in shown))
    names.read(scope.connection, scope.plant, "person", (one.person for one in shown))
    return {"calls": shown, "names": names, "count": len(calls)}


def _query(scope: Scope) -> Mapping[str, Any]:
    return calls_shown(scope, open_calls(scope.connection, scope.plant))


TILE = Tile(name="open_calls", order=20, span=3, query=_query, board="floor")
