"""The line's route as a picture: what waits and is at work at each operation, how long, and which one holds it up."""

from collections.abc import Mapping
from typing import Any

from hub.tile import Scope, Tile
from hub.tiles.line_output import line_of
from hub.views.floor import flow_of
from hub.views.names import NameBook

NODE = (170, 78)
"""A node's width and height in the picture's own units."""
GAP = (42, 24)


def _query(scope: Scope) -> Mapping[str, Any]:
    line = line_of(scope)
    flow = flow_of(scope.connection, scope.plant, scope.subject, scope.now, scope.zone)
    if flow is None:
        return {"flow": None}
    (width, height), (across, down) = NODE, GAP
    spots = {
        one.operation: (one.column * (width + across), one.row * (height + down)) for one in flow.layout.spots
    }
    names = NameBook()
    names.read(scope.connection, scope.plant, "operation", spots)
    minutes = {one.operation: one.minutes for one in line.loads} if line else {}
    return {
        "flow": flow,
        "subject": scope.subject,
        "spots": spots,
        "node": {"width": width, "height": height},
        "width": flow.layout.columns * (width + across) - across,
        "height": flow.layout.rows * (height + down) - down,
        "names": names,
        "minutes": minutes,
        "held_up": line.held_up.operation if line and line.held_up else "",
    }


TILE = Tile(name="line_flow", order=40, span=12, query=_query, board="line")
