"""Discrepancies: what is open, whose it is, and how old; the oldest first."""

from collections.abc import Mapping
from typing import Any

from hub.tile import Scope, Tile
from hub.views.discrepancies import DiscrepancyQuery, discrepancies_page
from hub.views.names import NameBook

SHOWN_MAX = 5


def _query(scope: Scope) -> Mapping[str, Any]:
    page = discrepancies_page(scope.connection, scope.plant, DiscrepancyQuery(limit=SHOWN_MAX))
    names = NameBook()
    names.read(scope.connection, scope.plant, "person", (row.owner for row in page.rows))
    return {"rows": page.rows, "open": page.open, "unshown": page.open - len(page.rows), "names": names}


TILE = Tile(name="discrepancies", order=40, span=4, query=_query)
