"""Quality tickets as people ask for them: by state, age and whose turn it is, and who lets how many stand."""

from datetime import date, datetime
from typing import Any, Literal

from msgspec import Struct
from sqlalchemy import Connection, Row, func, select, tuple_

from domain.quality_ticket import TicketState
from hub.store.quality_tables import quality_tickets
from hub.store.values import instant_of
from hub.views.page import Asked, Word, cut, decode_key, encode_key
from hub.views.plans import today_of
from hub.views.stock import Plant, booked_position
from hub.views.tickets import is_exposed
from hub.work_units import work_units

State = Literal[
    "not_closed", "exposed", "open", "proposed", "disputed", "agreed", "explained", "mended", "closed"
]


class TicketQuery(Asked, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which tickets are asked for, what is due first standing first. `exposed`: what nobody did in time.

    `turn`: whose it is; `unit`: who answers for it; `finder`: who found it.
    """

    plant: Plant = ""
    state: State = "not_closed"
    turn: Word = ""
    unit: Word = ""
    finder: Word = ""
    operation: Word = ""
    work_order: Word = ""
    bundle: Word = ""


class TicketRow(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A ticket. `age_days`: since it was opened, until now or its end; `late_days`: on the exposure list."""

    number: str
    state: str
    owner: str
    unit: str
    finder: str
    origin: str
    operation: str
    bundle: str
    work_order: str
    pieces: int
    opened_on: str
    due: str
    age_days: int
    opened_at: datetime | None
    position: int
    late_days: int | None = None
    closed_on: str = ""


class TicketPage(Struct, frozen=True, kw_only=True):
    """A page of tickets as of `position`."""

    plant: str
    position: int
    rows: tuple[TicketRow, ...]
    next: str = ""


class ExposureQuery(Asked, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whose turn it is at the tickets that are counted."""

    plant: Plant = ""
    turn: Word = ""


class ExposureRow(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a unit, or a party of disputed tickets, has to do: `exposed` of `open` are late, `late_days` at most."""

    owner: str
    open: int
    exposed: int
    head: str = ""
    late_days: int | None = None


class ExposurePage(Struct, frozen=True, kw_only=True):
    """Who lets how many tickets stand, as of `position`."""

    plant: str
    position: int
    rows: tuple[ExposureRow, ...]
    next: str = ""


def ticket_page(connection: Connection, plant: str, query: TicketQuery, now: datetime) -> TicketPage:
    """Return a page of tickets. Raises CursorError."""
    held, today = quality_tickets.c, today_of(connection, plant, now)
    where = [held.plant == plant, *_in_state(query.state, today)]
    if query.turn:
        where.append(held.owner == query.turn)
    where += [
        held[name] == getattr(query, name)
        for name in ("unit", "finder", "operation", "work_order", "bundle")
        if getattr(query, name)
    ]
    key = (held.due, held.number)
    asked = select(quality_tickets).where(*where).order_by(*key).limit(query.limit + 1)
    if query.after:
        asked = asked.where(tuple_(*key) > tuple_(*decode_key(query.after, tuple[str, str])))
    rows, more = cut(connection.execute(asked).all(), query.limit)
    return TicketPage(
        plant=plant,
        position=booked_position(connection, plant),
        rows=tuple(_ticket(row, today) for row in rows),
        next=encode_key([rows[-1].due, rows[-1].number]) if more else "",
    )


def exposure_page(connection: Connection, plant: str, query: ExposureQuery, now: datetime) -> ExposurePage:
    """Return whose turn it is at how many tickets, who is latest standing first within the page. Raises CursorError."""
    held, today = quality_tickets.c, today_of(connection, plant, now)
    is_late = held.due < today.isoformat()
    asked = (
        select(
            held.owner,
            func.count().label("open"),
            func.count().filter(is_late).label("exposed"),
            func.min(held.due).label("oldest"),
        )
        .where(held.plant == plant, held.state != TicketState.CLOSED)
        .group_by(held.owner)
        .order_by(held.owner)
        .limit(query.limit + 1)
    )
    if query.turn:
        asked = asked.where(held.owner == query.turn)
    if query.after:
        asked = asked.where(held.owner > decode_key(query.after, tuple[str])[0])
    rows, more = cut(connection.execute(asked).all(), query.limit)
    units = work_units(connection, plant)
    found = [
        ExposureRow(
            owner=row.owner,
            head=units[row.owner].head if row.owner in units else "",
            open=int(row.open),
            exposed=int(row.exposed),
            late_days=_late(row.oldest, today) if row.exposed else None,
        )
        for row in rows
    ]
    return ExposurePage(
        plant=plant,
        position=booked_position(connection, plant),
        rows=tuple(sorted(found, key=lambda one: (-(one.late_days or 0), one.owner))),
        next=encode_key([rows[-1].owner]) if more else "",
    )


def _in_state(state: State, today: date) -> tuple[Any, ...]:
    held = quality_tickets.c
    match state:
        case "not_closed":
            return (held.state != TicketState.CLOSED,)
        case "exposed":
            return (is_exposed(today),)
        case _:
            return (held.state == state,)


def _late(due: str, today: date) -> int:
    return (today - date.fromisoformat(due)).days


def _ticket(row: Row[Any], today: date) -> TicketRow:
    ends = date.fromisoformat(row.closed_on) if row.closed_on else today
    is_late = not row.closed_on and row.due < today.isoformat()
    return TicketRow(
        number=row.number,
        state=row.state,
        owner=row.owner,
        unit=row.unit,
        finder=row.finder,
        origin=row.origin,
        operation=row.operation,
        bundle=row.bundle,
        work_order=row.work_order,
        pieces=row.pieces,
        opened_on=row.opened_on,
        due=row.due,
        age_days=(ends - date.fromisoformat(row.opened_on)).days,
        opened_at=instant_of(row.opened_at),
        position=row.position,
        late_days=_late(row.due, today) if is_late else None,
        closed_on=row.closed_on or "",
    )
