"""Bundles that set out for another workshop or plant: with whom, how protected, and whether they have come."""

from datetime import datetime, timedelta
from typing import Any, Literal

from msgspec import Struct
from sqlalchemy import Connection, Row, func, select, tuple_

from hub.calendar import begins_at
from hub.store.production_tables import goods_sent, handoffs
from hub.store.values import instant_of
from hub.views.days import Day, days_of
from hub.views.handoffs import GIVEN
from hub.views.page import Asked, Word, cut, decode_key, encode_key
from hub.views.stock import Plant, booked_position


class SentQuery(Asked, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which are asked for: those that set out on some days. `arrival`: whether the next operation took them over."""

    plant: Plant = ""
    since: Day = ""
    until: Day = ""
    destination: Word = ""
    operation: Word = ""
    bundle: Word = ""
    arrival: Literal["", "on_the_way", "arrived"] = ""


class SentRow(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A bundle that set out. `arrived_at`: when the next operation first said something of it after that."""

    bundle: str
    operation: str
    destination: str
    carrier: str
    container: str
    protection: str
    condition: str
    person: str
    at: datetime | None
    position: int
    arrived_at: datetime | None = None


class SentPage(Struct, frozen=True, kw_only=True):
    """A page of bundles that set out as of `position`, in the order they did."""

    plant: str
    position: int
    rows: tuple[SentRow, ...]
    next: str = ""


def sent_page(connection: Connection, plant: str, query: SentQuery, now: datetime) -> SentPage:
    """Return a page of bundles that set out, with what their next operation said. Raises CursorError."""
    sent, said = goods_sent.c, handoffs.c
    first, last = days_of(connection, plant, query, now)
    came = (
        select(func.min(said.at))
        .where(
            said.plant == sent.plant,
            said.bundle == sent.bundle,
            said.before == sent.operation,
            said.position > sent.position,
            said.verdict.in_(GIVEN),
        )
        .scalar_subquery()
    )
    where: list[Any] = [
        sent.plant == plant,
        sent.at >= begins_at(connection, plant, first),
        sent.at < begins_at(connection, plant, last + timedelta(days=1)),
        *(
            sent[name] == getattr(query, name)
            for name in ("destination", "operation", "bundle")
            if getattr(query, name)
        ),
    ]
    if query.arrival:
        where.append(came.is_(None) if query.arrival == "on_the_way" else came.is_not(None))
    key = (sent.at, sent.bundle, sent.position)
    asked = select(goods_sent, came.label("came")).where(*where).order_by(*key).limit(query.limit + 1)
    if query.after:
        asked = asked.where(tuple_(*key) > tuple_(*decode_key(query.after, tuple[str, str, int])))
    rows, more = cut(connection.execute(asked).all(), query.limit)
    return SentPage(
        plant=plant,
        position=booked_position(connection, plant),
        rows=tuple(_row(one) for one in rows),
        next=encode_key([rows[-1].at, rows[-1].bundle, rows[-1].position]) if more else "",
    )


def _row(row: Row[Any]) -> SentRow:
    return SentRow(
        bundle=row.bundle,
        operation=row.operation,
        destination=row.destination,
        carrier=row.carrier,
        container=row.container,
        protection=row.protection,
        condition=row.condition,
        person=row.person,
        at=instant_of(row.at),
        position=row.position,
        arrived_at=instant_of(row.came) if row.came else None,
    )
