"""What stands at operations, and what was done there: the bundles and jobs behind the figures of the boards."""

from datetime import date, datetime, time, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, Row, and_, select, tuple_

from hub.calendar import zone_of
from hub.store.production_tables import IS_STANDING, bundle_at, bundles, jobs
from hub.store.values import instant_of, instant_text
from hub.views.page import Asked, Word, cut, decode_key, encode_key
from hub.views.stock import Plant, booked_position


class StandingQuery(Asked, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which work in process is asked for, by line and operation. `line` `-`: on no line yet."""

    plant: Plant = ""
    line: Word = ""
    operation: Word = ""
    work_order: Word = ""
    colour: Word = ""
    size: Word = ""
    component: Word = ""


class StandingRow(Struct, frozen=True, kw_only=True):
    """A bundle that stands at an operation: pieces that wait to be begun, and pieces at work; since when."""

    line: str
    operation: str
    bundle: str
    work_order: str
    colour: str
    size: str
    component: str
    waiting: int
    at_work: int
    since: datetime | None
    position: int


class StandingPage(Struct, frozen=True, kw_only=True):
    """A page of work in process as of `position`."""

    plant: str
    position: int
    rows: tuple[StandingRow, ...]
    next: str = ""


class DoneQuery(Asked, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which jobs are asked for, the newest first. `day`: begun on that day in the plant (2026-11-30)."""

    plant: Plant = ""
    unit: Word = ""
    operation: Word = ""
    work_order: Word = ""
    bundle: Word = ""
    day: Word = ""
    state: Literal["", "running", "paused", "finished", "withdrawn"] = ""


class DoneRow(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A bundle at an operation, from the check-in (`started_position`) to whatever was told of it last."""

    job: str
    bundle: str
    operation: str
    unit: str
    work_order: str
    people: tuple[str, ...]
    state: str
    received: int
    good: int
    seconds: int
    scrap: int
    missing: int
    started_at: datetime | None
    started_position: int
    position: int
    finished_at: datetime | None = None


class DonePage(Struct, frozen=True, kw_only=True):
    """A page of jobs as of `position`."""

    plant: str
    position: int
    rows: tuple[DoneRow, ...]
    next: str = ""


NO_LINE = "-"
_people = msgspec.json.Decoder(tuple[str, ...])


def standing_page(connection: Connection, plant: str, query: StandingQuery, _now: datetime) -> StandingPage:
    """Return a page of bundles that stand somewhere, line by line and operation by operation. Raises CursorError."""
    at, of = bundle_at.c, bundles.c
    key = (at.line, at.operation, at.serial)
    after = decode_key(query.after, tuple[str, str, str]) if query.after else ("", "", "")
    asked = (
        select(bundle_at, of.colour, of.size, of.component)
        .join(bundles, and_(of.plant == at.plant, of.serial == at.serial))
        .where(at.plant == plant, IS_STANDING, tuple_(*key) > tuple_(*after))
        .order_by(*key)
        .limit(query.limit + 1)
    )
    if query.line:
        asked = asked.where(at.line == ("" if query.line == NO_LINE else query.line))
    for table, names in ((at, ("operation", "work_order")), (of, ("colour", "size", "component"))):
        for name in names:
            if wanted := getattr(query, name):
                asked = asked.where(table[name] == wanted)
    rows, more = cut(connection.execute(asked).all(), query.limit)
    return StandingPage(
        plant=plant,
        position=booked_position(connection, plant),
        rows=tuple(_standing(row) for row in rows),
        next=encode_key([rows[-1].line, rows[-1].operation, rows[-1].serial]) if more else "",
    )


def _standing(row: Row[Any]) -> StandingRow:
    return StandingRow(
        line=row.line,
        operation=row.operation,
        bundle=row.serial,
        work_order=row.work_order,
        colour=row.colour,
        size=row.size,
        component=row.component,
        waiting=row.waiting,
        at_work=row.at_work,
        since=instant_of(row.since),
        position=row.position,
    )


def done_page(connection: Connection, plant: str, query: DoneQuery, _now: datetime) -> DonePage:
    """Return a page of jobs, the newest first. Raises CursorError."""
    held = jobs.c
    asked = select(jobs).where(held.plant == plant)
    for name in ("unit", "operation", "work_order", "bundle", "state"):
        wanted: str = getattr(query, name)
        if wanted:
            asked = asked.where(held[name] == wanted)
    if day := _day(query.day):
        begins = datetime.combine(day, time(), ZoneInfo(zone_of(connection, plant)))
        ends = instant_text(begins + timedelta(days=1))
        asked = asked.where(held.started_at >= instant_text(begins), held.started_at < ends)
    if query.after:
        asked = asked.where(
            tuple_(held.started_at, held.job) < tuple_(*decode_key(query.after, tuple[str, str]))
        )
    asked = asked.order_by(held.started_at.desc(), held.job.desc()).limit(query.limit + 1)
    rows, more = cut(connection.execute(asked).all(), query.limit)
    return DonePage(
        plant=plant,
        position=booked_position(connection, plant),
        rows=tuple(_done(row) for row in rows),
        next=encode_key([rows[-1].started_at, rows[-1].job]) if more else "",
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


def _done(row: Row[Any]) -> DoneRow:
    return DoneRow(
        job=row.job,
        bundle=row.bundle,
        operation=row.operation,
        unit=row.unit,
        work_order=row.work_order,
        people=_people.decode(row.people_json),
        state=row.state,
        received=row.received,
        good=row.good,
        seconds=row.seconds,
        scrap=row.scrap,
        missing=row.missing,
        started_at=instant_of(row.started_at),
        started_position=row.started_position,
        position=row.position,
        finished_at=instant_of(row.finished_at) if row.finished_at else None,
    )
