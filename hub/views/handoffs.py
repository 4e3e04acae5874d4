"""What operations said of goods from the one before: added up by unit and verdict, and one by one down to the scan."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct
from sqlalchemy import ColumnElement, Connection, Row, func, select, tuple_

from domain.handoff import Defect
from hub.calendar import begins_at
from hub.store.production_tables import IS_REMARKED, handoffs
from hub.store.quality_tables import unit_verdicts
from hub.store.values import instant_of
from hub.views.days import Day, days_of
from hub.views.page import Asked, Word, cut, decode_key, encode_key
from hub.views.plans import today_of
from hub.views.stock import Plant, booked_position

Month = Annotated[str, Meta(pattern=r"^(\d{4}-\d{2})?$", description="A month; empty: this one.")]
Given = Literal["", "accept", "concession", "part", "reject"]
UNRATED: Literal["unrated"] = "unrated"
Rated = Literal["", "unrated", "A", "B", "C", "D", "E"]


class VerdictQuery(Asked, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whose goods, judged by whom, in which month."""

    plant: Plant = ""
    month: Month = ""
    unit_judged: Word = ""
    unit_judging: Word = ""
    verdict: Given = ""
    rating: Rated = ""


class VerdictRow(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What one unit said of another's goods in a month. `refused`: pieces sent back that did not break on the way.

    `miscounted`: handoffs to which another number came than was declared.
    """

    unit_judged: str
    unit_judging: str
    verdict: str
    handoffs: int
    received: int
    refused: int
    miscounted: int
    rating: str = ""


class VerdictPage(Struct, frozen=True, kw_only=True):
    """A page of sums as of `position`."""

    plant: str
    position: int
    month: str
    rows: tuple[VerdictRow, ...]
    next: str = ""


class HandoffQuery(VerdictQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which handoffs are asked for, unit by unit: of a month, or of some days where `since` or `until` says so.

    `before`, `operation`: between which operations.
    """

    since: Day = ""
    until: Day = ""
    before: Word = ""
    operation: Word = ""
    work_order: Word = ""
    bundle: Word = ""
    defect: Word = ""


class HandoffRow(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One verdict. `pieces`: taken over, of those `received`; `declared` by the sender."""

    unit_judged: str
    unit_judging: str
    before: str
    operation: str
    bundle: str
    work_order: str
    verdict: str
    declared: int
    received: int
    pieces: int
    at: datetime | None
    position: int
    rating: str = ""
    defects: tuple[Defect, ...] = ()
    reason: str = ""
    photos: tuple[str, ...] = ()


class HandoffPage(Struct, frozen=True, kw_only=True):
    """A page of handoffs as of `position`."""

    plant: str
    position: int
    rows: tuple[HandoffRow, ...]
    next: str = ""


class _Said(Struct, frozen=True):
    """As much of a `Handoff` as is shown."""

    defects: tuple[Defect, ...] = ()
    photos: tuple[str, ...] = ()


_said = msgspec.json.Decoder(_Said)


def verdict_page(connection: Connection, plant: str, query: VerdictQuery, now: datetime) -> VerdictPage:
    """Return a month's verdicts added up, from the sums of its days. Raises CursorError."""
    held, month = unit_verdicts.c, month_asked(connection, plant, query, now)
    key = (held.unit_judged, held.unit_judging, held.verdict, held.rating)
    sums = (held.handoffs, held.received, held.refused, held.miscounted)
    asked = (
        select(*key, *(func.sum(column).label(column.name) for column in sums))
        .where(held.plant == plant, held.month == month, *_chosen(held, query))
        .group_by(*key)
        .having(func.sum(held.handoffs) > 0)  # what was withdrawn leaves a row of nothing
        .order_by(*key)
        .limit(query.limit + 1)
    )
    if query.after:
        asked = asked.where(tuple_(*key) > tuple_(*decode_key(query.after, tuple[str, str, str, str])))
    rows, more = cut(connection.execute(asked).all(), query.limit)
    return VerdictPage(
        plant=plant,
        position=booked_position(connection, plant),
        month=month,
        rows=tuple(_verdict(row) for row in rows),
        next=encode_key([*rows[-1][:4]]) if more else "",
    )


def handoff_page(connection: Connection, plant: str, query: HandoffQuery, now: datetime) -> HandoffPage:
    """Return a page of verdicts, in the order of the index that finds them. Raises CursorError."""
    held = handoffs.c
    where: list[Any] = [held.plant == plant, ~held.is_silent, *_chosen(held, query)]
    if query.since or query.until:
        where += between(connection, plant, *days_of(connection, plant, query, now))
    else:
        where.append(held.month == month_asked(connection, plant, query, now))
    where += [
        held[name] == getattr(query, name)
        for name in ("before", "operation", "work_order", "bundle")
        if getattr(query, name)
    ]
    if query.defect:
        where.append(names_defect(held.handoff_json, query.defect))
    found_by, one = ["month", "unit_judged"], ["bundle", "before", "operation", "name"]
    form = tuple[str, str, str, str, str, str]
    if query.rating not in ("", UNRATED) or query.defect or query.verdict in ("part", "reject"):
        where.append(IS_REMARKED)
        found_by, form = [*found_by, "position"], tuple[str, str, int, str, str, str, str]
    key = [held[name] for name in (*found_by, *one)]
    asked = select(handoffs).where(*where).order_by(*key).limit(query.limit + 1)
    if query.after:
        asked = asked.where(tuple_(*key) > tuple_(*decode_key(query.after, form)))
    rows, more = cut(connection.execute(asked).all(), query.limit)
    return HandoffPage(
        plant=plant,
        position=booked_position(connection, plant),
        rows=tuple(_handoff(row) for row in rows),
        next=encode_key([getattr(rows[-1], column.name) for column in key]) if more else "",
    )


def between(connection: Connection, plant: str, first: date, last: date) -> list[ColumnElement[bool]]:
    """Ask for handoffs of some days of a plant; their months are what the index knows."""
    held, after = handoffs.c, begins_at(connection, plant, last + timedelta(days=1))
    return [
        held.month.between(first.isoformat()[:7], last.isoformat()[:7]),
        held.at >= begins_at(connection, plant, first),
        held.at < after,
    ]


def defects_of(handoff_json: str) -> tuple[Defect, ...]:
    """Return the defects a verdict names; its check-in alone names none."""
    return _told(handoff_json).defects


def _told(handoff_json: str) -> _Said:
    return _said.decode(handoff_json) if handoff_json else _Said()


def names_defect(column: Any, code: str) -> ColumnElement[bool]:
    """Ask for rows whose text of JSON names a kind of defect."""
    return column.contains(f'"code":{msgspec.json.encode(code).decode()}', autoescape=True)


def month_asked(connection: Connection, plant: str, query: VerdictQuery, now: datetime) -> str:
    """Return the month that is asked for; this one where none is."""
    return query.month or today_of(connection, plant, now).isoformat()[:7]


def _chosen(held: Any, query: VerdictQuery) -> Sequence[Any]:
    """Return what a query says of the columns that sums and single verdicts both have."""
    wanted = ("unit_judged", "unit_judging", "verdict", "rating")
    asked = {name: getattr(query, name) for name in wanted if getattr(query, name)}
    chosen = [held[name] == ("" if value == UNRATED else value) for name, value in asked.items()]
    return chosen if query.verdict else [*chosen, held.verdict.in_(GIVEN)]


GIVEN = ("accept", "concession", "part", "reject")
"""The verdicts that stand; one that went with its check-in is none."""


def _verdict(row: Row[Any]) -> VerdictRow:
    return VerdictRow(
        unit_judged=row.unit_judged,
        unit_judging=row.unit_judging,
        verdict=row.verdict,
        rating=row.rating,
        handoffs=int(row.handoffs),
        received=int(row.received),
        refused=int(row.refused),
        miscounted=int(row.miscounted),
    )


def _handoff(row: Row[Any]) -> HandoffRow:
    told = _told(row.handoff_json)
    return HandoffRow(
        unit_judged=row.unit_judged,
        unit_judging=row.unit_judging,
        before=row.before,
        operation=row.operation,
        bundle=row.bundle,
        work_order=row.work_order,
        verdict=row.verdict,
        rating=row.rating,
        declared=row.declared,
        received=row.received,
        pieces=row.pieces,
        defects=told.defects,
        photos=told.photos,
        reason=row.reason,
        at=instant_of(row.at),
        position=row.position,
    )
