"""The change feed: what a kiosk should know since it last asked, in pages that end at one point of the ledger.

A page that says `more` is followed by others; the last one leaves the kiosk with exactly what the projections held at
its position. Every page on the way only adds what is newer, so a page lost or repeated does no harm.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from msgspec.structs import replace
from sqlalchemy import Connection, Engine, Select, select

from domain.item import ItemId, Lot
from domain.log import Head
from domain.place import PlaceId
from domain.quantity import Quantity
from domain.stock import Balance, Goods
from domain.wire import CHANGES_MAX, SNAPSHOT_CHANGES_MAX, Change, Changes, Snapshot
from hub.feed_source import AnyRow, Source
from hub.floor_feed import Stretch, floor_sources, stretch
from hub.known import read_plan
from hub.projector import cursor_of
from hub.rights.pins import with_pins
from hub.shared_documents import shared_document, shared_documents, shared_line, shared_lines
from hub.slices import KIOSK_KINDS, Slice, elsewhere, for_kiosks, made_elsewhere, slice_of
from hub.store.database import generation_of, reading
from hub.store.devices import Device
from hub.store.event_log import head_of
from hub.store.reference import revision_of
from hub.store.tables import (
    balances,
    dispositions,
    events,
    left_plans,
    lots,
    periods,
    plan_progress,
    reference,
)
from hub.store.values import amount

_CURSOR = re.compile(r"g(\d{1,9})\.r(\d{1,18})\.p(\d{1,18})", re.ASCII)


class SnapshotTooLongError(Exception):
    """There is too much for one answer: the kiosk takes it page by page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """Where a kiosk stands: the hub's generation, the revision of reference data, the position of projections."""

    generation: int
    revision: int = 0
    position: int = 0

    def __str__(self) -> str:
        """Write it as the cursor a kiosk carries."""
        return f"g{self.generation}.r{self.revision}.p{self.position}"


def changes(engine: Engine, device: Device, cursor: str, limit: int, now: datetime) -> Changes:
    """Return the page after `cursor` (empty: from the beginning), at most about `limit` changes long.

    A cursor of another generation, or none of ours, begins from the beginning. One event's rows are never cut apart, so
    a page may be a few longer.
    """
    with reading(engine) as connection:
        return changes_in(connection, device, cursor, min(max(limit, 1), CHANGES_MAX), now)


def changes_in(connection: Connection, device: Device, cursor: str, limit: int, now: datetime) -> Changes:
    """Return the page as one moment of the database has it."""
    generation = generation_of(connection)
    booked = cursor_of(connection, device.plant)
    start = read_cursor(cursor, generation, booked)
    own = slice_of(connection, device)
    found, revision, is_full = _reference(connection, device, own, start.revision, limit)
    position = start.position
    if not is_full:
        unheard = stretch(connection, device.plant, start.position, booked, now)
        newer, position = _projected(connection, device, own, unheard, booked, limit=limit - len(found))
        found += newer
    end = Point(generation=generation, revision=revision, position=position)
    more = is_full or position < booked
    return Changes(
        generation=generation,
        cursor=str(end),
        changes=tuple(found),
        epoch=device.epoch,
        complete_through=_complete_through(connection, device, position),
        position=position,
        more=more,
        hub_time=now,
    )


def snapshot(engine: Engine, device: Device, now: datetime) -> Snapshot:
    """Return everything a new kiosk needs, as one moment has it. Raises SnapshotTooLongError."""
    with reading(engine) as connection:
        gathered: list[Change] = []
        cursor = ""
        while True:
            page = changes_in(connection, device, cursor, CHANGES_MAX, now)
            gathered += page.changes
            if len(gathered) > SNAPSHOT_CHANGES_MAX:
                raise SnapshotTooLongError(f"a snapshot holds at most {SNAPSHOT_CHANGES_MAX} records")
            if not page.more:
                return Snapshot(
                    generation=page.generation,
                    cursor=page.cursor,
                    changes=tuple(gathered),
                    epoch=page.epoch,
                    complete_through=page.complete_through,
                    position=page.position,
                    hub_time=now,
                )
            cursor = page.cursor


def read_cursor(cursor: str, generation: int, booked: int) -> Point:
    """Read a kiosk's cursor; the beginning, where it is not of this generation or lies beyond what is booked."""
    parts = _CURSOR.fullmatch(cursor)
    if parts is None or int(parts[1]) != generation or int(parts[3]) > booked:
        return Point(generation=generation)
    return Point(generation=generation, revision=int(parts[2]), position=int(parts[3]))


def _reference(
    connection: Connection, device: Device, own: Slice, after: int, limit: int
) -> tuple[list[Change], int, bool]:
    """Return records written after a revision (of stations only its own), through which, and if they fill a page."""
    column = reference.c
    query = (
        select(column.kind, column.key, column.body_json, column.revision)
        .where(column.plant == device.plant, column.revision > after)
        .order_by(column.revision)
        .limit(limit)
    )
    rows = connection.execute(query).all()
    found: list[Change] = []
    if after == 0:  # the station it was enrolled with, until reference data say otherwise
        found.append(Change(kind="station", key=device.device, body=msgspec.to_builtins(device.station)))
    found += [
        Change(kind=row.kind, key=row.key, body=for_kiosks(row.kind, row.body_json))
        for row in rows
        if row.kind in KIOSK_KINDS
        and (row.kind != "station" or row.key == device.device)
        and own.has(row.kind, row.body_json)
    ]
    found = with_pins(connection, device, found)
    if len(rows) == limit:
        return found, rows[-1].revision, True
    return found, max(after, revision_of(connection, device.plant)), len(found) >= limit


def _projected(
    connection: Connection, device: Device, own: Slice, unheard: Stretch, booked: int, *, limit: int
) -> tuple[list[Change], int]:
    """Return rows changed after a position, and the position through which they are complete."""
    position, after = booked, unheard.after
    pages: list[tuple[Source, Sequence[AnyRow]]] = []
    for source in _sources(device, own, unheard):
        rows = connection.execute(_page(source, after, limit)).all()
        if len(rows) > limit:
            # The row after the limit may be of the same event as the last: that event comes whole, with the next page,
            # unless it alone fills this one.
            cut = rows[limit].position - 1
            position = min(position, max(cut, rows[0].position))
        pages.append((source, rows))
    found: list[Change] = []
    for source, rows in pages:
        if rows and len(rows) > limit and rows[-1].position <= position:
            rows = connection.execute(_page(source, after, None, position)).all()  # noqa: PLW2901
        kept = [row for row in rows if row.position <= position]
        if source.is_of_places:
            away = elsewhere(connection, device.plant, own, {row.place for row in kept})
            kept = [row for row in kept if row.place not in away]
        if source.is_of_devices:
            away = made_elsewhere(connection, device.plant, own, {row.maker for row in kept})
            kept = [row for row in kept if row.maker not in away]
        found += map(source.read, kept)
    return found, position


def _page(
    source: Source, after: int, limit: int | None, through: int | None = None
) -> Select[*tuple[Any, ...]]:
    column = source.query.selected_columns["position"]
    query = source.query.where(column > after).order_by(column)
    if through is not None:
        query = query.where(column <= through)
    return query.limit(limit + 1) if limit is not None else query


def _sources(device: Device, slice_: Slice, unheard: Stretch) -> tuple[Source, ...]:
    own = dispositions.c
    found = [
        Source(
            query=select(balances).where(balances.c.plant == device.plant), read=_balance, is_of_places=True
        ),
        Source(
            query=select(dispositions).where(own.plant == device.plant, own.device == device.device),
            read=_disposition,
        ),
    ]
    if slice_.plan_kinds is None or slice_.plan_kinds:
        progress = select(plan_progress).where(plan_progress.c.plant == device.plant)
        found.append(Source(query=progress, read=_plan_done))
        left = select(left_plans).where(left_plans.c.plant == device.plant)
        if slice_.plan_kinds is not None:
            left = left.where(left_plans.c.kind.in_(sorted(slice_.plan_kinds)))
        found.append(Source(query=left, read=_left_plan))
    found += [
        Source(
            query=shared_documents(device, slice_, unheard.after), read=shared_document, is_of_devices=True
        ),
        Source(query=shared_lines(device, slice_, unheard.after), read=shared_line, is_of_devices=True),
    ]
    if slice_.lots:
        found.append(Source(query=select(lots).where(lots.c.plant == device.plant), read=_lot))
    found.append(Source(query=select(periods).where(periods.c.plant == device.plant), read=_period))
    found += floor_sources(device.plant, slice_, unheard)
    return tuple(found)


def _period(row: AnyRow) -> Change:
    return Change(kind="period", key=row.period, body={"period": row.period})


def _lot(row: AnyRow) -> Change:
    lot = Lot(item=ItemId(row.item), number=row.lot, since=datetime.fromisoformat(row.since))
    key = msgspec.json.encode((row.item, row.lot)).decode()
    return Change(kind="lot", key=key, body=msgspec.to_builtins(lot))


def _balance(row: AnyRow) -> Change:
    names = (row.place, row.item, row.lot, row.handling_unit, row.grade, row.owner, row.unit, row.second_unit)
    key = msgspec.json.encode(names).decode()
    if not row.value and not row.second:
        return Change(kind="balance", key=key)
    balance = Balance(
        place=PlaceId(row.place),
        goods=Goods(
            item=ItemId(row.item),
            lot=row.lot,
            handling_unit=row.handling_unit,
            grade=row.grade,
            owner=row.owner,
        ),
        quantity=Quantity(value=amount(row.value), unit=row.unit),
        second=Quantity(value=amount(row.second), unit=row.second_unit) if row.second_unit else None,
    )
    return Change(kind="balance", key=key, body=msgspec.to_builtins(balance))


def _plan_done(row: AnyRow) -> Change:
    done = Quantity(value=amount(row.done), unit=row.unit)
    body = {"number": row.number, "line": row.line, "done": msgspec.to_builtins(done)}
    return Change(kind="plan_done", key=f"{row.number}/{row.line}/{row.unit}", body=body)


def _left_plan(row: AnyRow) -> Change:
    if not row.body_json:
        return Change(kind="plan", key=row.number)
    plan = replace(read_plan(row.body_json), closed=row.lines_open <= 0)
    return Change(kind="plan", key=row.number, body=msgspec.to_builtins(plan))


def _disposition(row: AnyRow) -> Change:
    body = {
        "sequence": row.sequence,
        "epoch": row.epoch,
        "event_id": row.event_id,
        "state": row.state,
        "code": row.code,
        "detail": row.detail,
    }
    return Change(kind="disposition", key=f"{row.epoch}/{row.sequence}", body=body)


def _complete_through(connection: Connection, device: Device, position: int) -> int:
    """Return the last sequence of the device's epoch at or below a position: its events lie there in order."""
    head: Head = head_of(connection, device.plant, device.device, device.epoch)
    column = events.c
    query = (
        select(column.sequence)
        .where(
            column.plant == device.plant,
            column.device == device.device,
            column.epoch == device.epoch,
            column.position <= position,
            column.sequence <= head.sequence,
        )
        .order_by(column.sequence.desc())
        .limit(1)
    )
    return connection.execute(query).scalar() or 0
