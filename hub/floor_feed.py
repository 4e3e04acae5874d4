"""What stations of the floor are told of: their line's bundles, what stands still, what their unit has to answer."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

import msgspec
from sqlalchemy import Connection, and_, or_, select

from domain.shop import Hold, Voice
from domain.wire import Change
from hub.feed_source import AnyRow, Source
from hub.slices import Slice
from hub.store.event_log import last_before
from hub.store.production_tables import IS_STANDING, bundle_at, bundles
from hub.store.quality_tables import holds, voices
from hub.store.values import instant_text

LATELY = timedelta(days=60)
"""A station that begins afresh is told of bundles that stand at its operations, and of those that were there lately."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """What a station has not heard of yet: positions `after` where it stands. Up to `old` they are long past."""

    after: int
    old: int


def stretch(connection: Connection, plant: str, after: int, through: int, now: datetime) -> Stretch:
    """Return what a station that stands at a position has not heard of. One that keeps up asks one row for it."""
    moment = instant_text(now - LATELY)
    if last_before(connection, plant, moment, min(after + 1, through)) <= after:
        return Stretch(after=after, old=after)
    return Stretch(after=after, old=last_before(connection, plant, moment, through))


def floor_sources(plant: str, own: Slice, unheard: Stretch) -> tuple[Source, ...]:
    """Return the sources of a station that does operations; none for any other."""
    if not own.operations:
        return ()
    said = (_holds(plant, own), *((_voices(plant, own.unit),) if own.unit else ()))
    lately = _bundles(plant, own)
    if unheard.old <= unheard.after:
        return (lately, *said)
    at = bundle_at.c
    standing = replace(lately, query=lately.query.where(IS_STANDING, at.position <= unheard.old))
    lately = replace(lately, query=lately.query.where(at.position > unheard.old))
    return (standing, lately, *said)


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


def _voices(plant: str, unit: str) -> Source:
    said = voices.c
    return Source(query=select(voices).where(said.plant == plant, said.unit == unit), read=_voice)


def _voice(row: AnyRow) -> Change:
    if row.answered_on is not None:
        return Change(kind="voice", key=row.name)
    voice = Voice(
        name=row.name,
        kind=row.kind,
        unit=row.unit,
        text=row.text,
        person=row.person,
        due=date.fromisoformat(row.due),
    )
    return Change(kind="voice", key=row.name, body=msgspec.to_builtins(voice))
