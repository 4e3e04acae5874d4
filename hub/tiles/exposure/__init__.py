"""The exposure list 曝光: quality tickets nobody answered in time, whose they are, and who leads that unit."""

from collections.abc import Mapping
from typing import Any

from hub.tile import Scope, Tile
from hub.views.names import NameBook
from hub.views.tickets import ticket_lists
from hub.work_units import work_units

TICKETS_MAX = 6


def _query(scope: Scope) -> Mapping[str, Any]:
    today = scope.now.astimezone(scope.zone).date()
    lists = ticket_lists(scope.connection, scope.plant, today)
    shown, units = lists.exposed[:TICKETS_MAX], work_units(scope.connection, scope.plant)
    heads = {one.ticket.number: units[one.ticket.owner].head for one in shown if one.ticket.owner in units}
    names = NameBook()
    names.read(scope.connection, scope.plant, "person", heads.values())
    return {"tickets": shown, "units": units, "heads": heads, "names": names, "count": lists.exposed_count}


TILE = Tile(name="exposure", order=30, span=3, query=_query, board="floor")
