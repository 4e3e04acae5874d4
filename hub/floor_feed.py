"""What stations of the floor are told of: the bundles of their operations on their line, and what stands still."""

from datetime import datetime

import msgspec
from sqlalchemy import and_, or_, select

from domain.shop import Hold
from domain.wire import Change
from hub.feed_source import AnyRow, Source
from hub.slices import Slice
from hub.store.production_tables import bundle_at, bundles
from hub.store.quality_tables import holds


def floor_sources(plant: str, own: Slice) -> tuple[Source, ...]:
    """Return the sources of a station that does operations; none for any other."""
    return (_bundles(plant, own), _holds(plant, own)) if own.operations else ()


def _bundles(plant: str, own: Slice) -> Source:
    """Return the bundles that concern a station, each at the newest position that does.

    A poll reads the index from where the station stands: what other lines and operations do costs it nothing.
    """
    at, operations = bundle_at.c, sorted(own.operations)
    query = (
        select(at.position, at.serial, bundles.c.progress_json)
        .join(bundles, and_(bundles.c.plant == at.plant, bundles.c.serial == at.serial))
        .where(at.plant == plant, at.operation.in_(operations))
    )
    if own.unit:
        query = query.where(at.unit.in_(("", own.unit)))
    if len(operations) > 1:
        # What stands in `bundles` is the newest: told at an older position it would run ahead of the station's cursor.
        later = bundle_at.alias("later")
        is_later = and_(
            later.c.plant == at.plant,
            later.c.operation.in_(operations),
            later.c.serial == at.serial,
            later.c.position > at.position,
        )
        query = query.where(~select(later.c.serial).where(is_later).exists())
    return Source(query=query, read=_bundle)


def _bundle(row: AnyRow) -> Change:
    return Change(kind="bundle", key=row.serial, body=msgspec.json.decode(row.progress_json))


def _holds(plant: str, own: Slice) -> Source:
    held = holds.c
    concerns = or_(held.scope != "operation", held.key.in_(sorted(own.operations)))
    return Source(query=select(holds).where(held.plant == plant, concerns), read=_hold)


def _hold(row: AnyRow) -> Change:
    if row.lifted_at is not None:
        return Change(kind="hold", key=row.name)
    hold = Hold(
        name=row.name,
        scope=row.scope,
        key=row.key,
        person=row.person,
        since=datetime.fromisoformat(row.since),
        reason=row.reason,
        ticket=row.ticket,
    )
    return Change(kind="hold", key=row.name, body=msgspec.to_builtins(hold))
