"""Stock by place: what lies where under our roof."""

from collections.abc import Mapping
from typing import Any

from domain.place import PHYSICAL_ROLES
from domain.quantity import Quantity
from hub.tile import Scope, Tile
from hub.views.names import NameBook, place_roles
from hub.views.stock import place_totals

PLACES_SHOWN_MAX = 5


def _query(scope: Scope) -> Mapping[str, Any]:
    roles = place_roles(scope.connection, scope.plant)
    by_place: dict[str, list[Quantity]] = {}
    moved: dict[str, int] = {}
    for total in place_totals(scope.connection, scope.plant):
        # A place nobody has registered is shown too: goods were scanned to it.
        if roles.get(total.place) is None or roles[total.place] in PHYSICAL_ROLES:
            by_place.setdefault(total.place, []).append(total.quantity)
            moved[total.place] = max(moved.get(total.place, 0), total.position)
    # A place below nothing must be seen; then where something moved last.
    below = {place for place, held in by_place.items() if any(one.is_negative for one in held)}
    shown = sorted(by_place, key=lambda place: (place not in below, -moved[place], place))[:PLACES_SHOWN_MAX]
    names = NameBook()
    names.read(scope.connection, scope.plant, "place", shown)
    return {
        "places": [
            {"code": place, "role": roles.get(place), "amounts": by_place[place][:3]}
            for place in sorted(shown)
        ],
        "names": names,
        "unshown": len(by_place) - len(shown),
    }


TILE = Tile(name="stock", order=30, span=3, query=_query)
