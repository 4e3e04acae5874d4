"""Kiosks: what each is doing by its events, and how it is by its last upload."""

from datetime import datetime
from typing import Any

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, Row, select

from domain.place import Station
from hub.store import tables
from hub.store.values import instant_of
from hub.views.page import Asked, cut, decode_key, encode_key
from hub.views.stock import Plant, booked_position

PARTS_MAX = 1000


class KioskQuery(Asked, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which kiosks are asked for."""

    plant: Plant = ""


class PartRow(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A scanner or printer as last reported."""

    part: str
    kind: str
    state: str
    detail: str = ""
    event_time: datetime | None = None


class KioskRow(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One kiosk. `pending`: not yet sent at `last_seen`; `clock_offset_s`: its clock minus the hub's."""

    device: str
    station: Station | None
    epoch: int
    revoked: bool
    pending: int
    clock_offset_s: float
    clock: str
    last_seen: datetime | None = None
    oldest_event_time: datetime | None = None
    software: str = ""
    operator: str = ""
    document: str = ""
    document_type: str = ""
    last_scan_at: datetime | None = None
    refusals: int = 0
    parts: tuple[PartRow, ...] = ()


class KioskPage(Struct, frozen=True, kw_only=True):
    """A page of kiosks as of `position`."""

    plant: str
    position: int
    rows: tuple[KioskRow, ...]
    next: str = ""


def kiosks_page(connection: Connection, plant: str, query: KioskQuery) -> KioskPage:
    """Return a page of kiosks. Raises CursorError."""
    enrolled, doing = tables.devices, tables.kiosks
    joined = enrolled.outerjoin(
        doing, (doing.c.plant == enrolled.c.plant) & (doing.c.device == enrolled.c.device)
    )
    asked = (
        select(
            enrolled,
            doing.c.operator,
            doing.c.document,
            doing.c.document_type,
            doing.c.last_scan_at,
            doing.c.refusals,
        )
        .select_from(joined)
        .where(enrolled.c.plant == plant)
    )
    if query.after:
        (after,) = decode_key(query.after, tuple[str])
        asked = asked.where(enrolled.c.device > after)
    found = connection.execute(asked.order_by(enrolled.c.device).limit(query.limit + 1)).all()
    rows, more = cut(found, query.limit)
    parts = _parts(connection, plant)
    return KioskPage(
        plant=plant,
        position=booked_position(connection, plant),
        rows=tuple(_kiosk_row(row, parts.get(row.device, ())) for row in rows),
        next=encode_key([rows[-1].device]) if more else "",
    )


def _parts(connection: Connection, plant: str) -> dict[str, tuple[PartRow, ...]]:
    held = tables.kiosk_parts.c
    asked = select(tables.kiosk_parts).where(held.plant == plant).order_by(held.device, held.part)
    found: dict[str, tuple[PartRow, ...]] = {}
    for row in connection.execute(asked.limit(PARTS_MAX)):
        part = PartRow(
            part=row.part,
            kind=row.kind,
            state=row.state,
            detail=row.detail,
            event_time=instant_of(row.event_time),
        )
        found[row.device] = (*found.get(row.device, ()), part)
    return found


def _kiosk_row(row: Row[Any], parts: tuple[PartRow, ...]) -> KioskRow:
    return KioskRow(
        device=row.device,
        station=_station(row.station_json),
        epoch=row.epoch,
        revoked=row.revoked,
        pending=row.pending,
        clock_offset_s=row.clock_offset_s,
        clock=row.clock,
        last_seen=instant_of(row.last_seen),
        oldest_event_time=instant_of(row.oldest_event_time),
        software=row.software,
        operator=row.operator or "",
        document=row.document or "",
        document_type=row.document_type or "",
        last_scan_at=instant_of(row.last_scan_at or ""),
        refusals=row.refusals or 0,
        parts=parts,
    )


def _station(text: str) -> Station | None:
    try:
        return msgspec.json.decode(text, type=Station)
    except msgspec.MsgspecError:
        return None
