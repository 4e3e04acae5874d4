"""Quality tickets for those who read pages: whose turn each is, what is late, and one with its whole story."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import msgspec
from msgspec import Struct
from sqlalchemy import ColumnElement, Connection, Row, func, select

from domain.handoff import Defect
from domain.quality_ticket import Act, Ticket, TicketState
from hub.store.quality_tables import holds, quality_tickets, ticket_acts

OPEN_SHOWN_MAX = 200
CLOSED_SHOWN_MAX = 30
_defects = msgspec.json.Decoder(tuple[Defect, ...])
_photos = msgspec.json.Decoder(tuple[str, ...])
_act = msgspec.json.Decoder(Act)
_ticket = msgspec.json.Decoder(Ticket)


class TicketLine(Struct, frozen=True, kw_only=True):
    """A ticket in a list. `late_days`: how long it stands on the exposure list; 0 where it does not."""

    ticket: Ticket
    operation: str
    origin: str
    bundle: str
    work_order: str
    pieces: int
    defects: tuple[Defect, ...]
    photos: tuple[str, ...]
    note: str
    opened_by: str
    opened_at: datetime
    opened_position: int
    closed_on: str | None
    position: int
    late_days: int


class Done(Struct, frozen=True, kw_only=True):
    """Something somebody did about a ticket, until `due` at the latest. `late_days`: how much later it was."""

    position: int
    act: Act
    name: str
    person: str
    at: datetime
    owner: str
    outcome: str
    due: str
    late_days: int


class TicketLists(Struct, frozen=True, kw_only=True):
    """`exposed`: what nobody did in time, longest first; `waiting`: other open ones by date; `closed`: the newest."""

    exposed: tuple[TicketLine, ...]
    waiting: tuple[TicketLine, ...]
    closed: tuple[TicketLine, ...]
    open_count: int
    exposed_count: int


def is_exposed(today: date) -> ColumnElement[bool]:
    """Ask for tickets on the exposure list (`Ticket.is_exposed`): nobody did in time what was to be done."""
    held = quality_tickets.c
    return (held.state != TicketState.CLOSED) & (held.due < today.isoformat())


def ticket_lists(connection: Connection, plant: str, today: date, unit: str = "") -> TicketLists:
    """Return a plant's tickets; `unit`: only those found by, answered by or waiting for one."""
    held = quality_tickets.c
    of_plant = [held.plant == plant]
    if unit:
        of_plant.append((held.finder == unit) | (held.unit == unit) | (held.owner == unit))
    is_open, exposed = held.state != TicketState.CLOSED, is_exposed(today)

    def asked(*where: Any, order: Sequence[Any], limit: int) -> tuple[TicketLine, ...]:
        query = select(quality_tickets).where(*of_plant, *where).order_by(*order).limit(limit)
        return tuple(ticket_line(row, today) for row in connection.execute(query))

    def count(*where: Any) -> int:
        query = select(func.count()).select_from(quality_tickets).where(*of_plant, *where)
        return connection.execute(query).scalar_one()

    by_due = (held.due, held.number)
    newest = (held.position.desc(),)
    return TicketLists(
        exposed=asked(exposed, order=by_due, limit=OPEN_SHOWN_MAX),
        waiting=asked(is_open, ~exposed, order=by_due, limit=OPEN_SHOWN_MAX),
        closed=asked(~is_open, order=newest, limit=CLOSED_SHOWN_MAX),
        open_count=count(is_open),
        exposed_count=count(exposed),
    )


def ticket_line(row: Row[Any], today: date) -> TicketLine:
    """Return a ticket's row as it is shown."""
    ticket = _ticket.decode(row.ticket_json)
    return TicketLine(
        ticket=ticket,
        operation=row.operation,
        origin=row.origin,
        bundle=row.bundle,
        work_order=row.work_order,
        pieces=row.pieces,
        defects=_defects.decode(row.defects_json),
        photos=_photos.decode(row.photos_json),
        note=row.note,
        opened_by=row.opened_by,
        opened_at=datetime.fromisoformat(row.opened_at),
        opened_position=row.opened_position,
        closed_on=row.closed_on,
        position=row.position,
        late_days=(today - ticket.due).days if ticket.is_exposed(today) else 0,
    )


def story(connection: Connection, plant: str, number: str) -> tuple[Done, ...]:
    """Return everything that was done about a ticket, and what could not be, in the ledger's order."""
    held = ticket_acts.c
    asked = select(ticket_acts).where(held.plant == plant, held.ticket == number).order_by(held.position)
    return tuple(
        Done(
            position=row.position,
            act=_act.decode(row.act_json),
            name=row.act,
            person=row.person,
            at=datetime.fromisoformat(row.at),
            owner=row.owner,
            outcome=row.outcome,
            due=row.due,
            late_days=max(0, (date.fromisoformat(row.acted_on) - date.fromisoformat(row.due)).days),
        )
        for row in connection.execute(asked)
    )


def holds_of(connection: Connection, plant: str, number: str) -> Sequence[Row[Any]]:
    """Return the holds that were placed for a ticket."""
    held = holds.c
    asked = select(holds).where(held.plant == plant, held.ticket == number).order_by(held.since)
    return connection.execute(asked).all()
