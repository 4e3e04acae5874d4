"""Receiving doors: who is working at which kiosk now, on which document, and when the last scan was."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select

from hub.store import tables
from hub.store.values import instant_of
from hub.tile import Scope, Tile
from hub.views.kiosks import KioskQuery, KioskRow, kiosks_page
from hub.views.names import NameBook

DOORS_MAX = 5
"""More rows could not be read from ten metres; the rest is counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """One kiosk at work. `lines` and `partner` are those of its document."""

    kiosk: KioskRow
    lines: int
    partner: str
    plan: str
    last_at: datetime | None


def _query(scope: Scope) -> Mapping[str, Any]:
    page = kiosks_page(scope.connection, scope.plant, KioskQuery(limit=500))
    working = [kiosk for kiosk in page.rows if kiosk.document and not kiosk.revoked]
    working.sort(key=lambda kiosk: kiosk.last_scan_at.timestamp() if kiosk.last_scan_at else 0, reverse=True)
    documents = _documents(scope, [kiosk.document for kiosk in working[:DOORS_MAX]])
    doors = [_door(kiosk, documents.get((kiosk.document, kiosk.device))) for kiosk in working[:DOORS_MAX]]
    names = NameBook()
    names.read(scope.connection, scope.plant, "person", (door.kiosk.operator for door in doors))
    names.read(scope.connection, scope.plant, "place", (door.partner for door in doors))
    idle = [kiosk for kiosk in page.rows if not kiosk.document and not kiosk.revoked]
    return {"doors": doors, "names": names, "idle": idle, "unshown": max(0, len(working) - DOORS_MAX)}


def _documents(scope: Scope, numbers: list[str]) -> Mapping[tuple[str, str], Row[Any]]:
    held = tables.documents.c
    asked = select(held.number, held.device, held.lines, held.partner, held.plan, held.last_at).where(
        held.plant == scope.plant, held.number.in_(numbers)
    )
    rows: list[Any] = [*scope.connection.execute(asked)]
    return {(row.number, row.device): row for row in rows}


def _door(kiosk: KioskRow, document: Row[Any] | None) -> Door:
    return Door(
        kiosk=kiosk,
        lines=document.lines if document else 0,
        partner=document.partner if document else "",
        plan=document.plan if document else "",
        last_at=kiosk.last_scan_at or (instant_of(document.last_at) if document else None),
    )


TILE = Tile(name="doors", order=10, span=7, query=_query)
