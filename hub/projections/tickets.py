"""Quality tickets as they stand: the fold of what people did about them, and everything they did."""

from collections.abc import Mapping
from datetime import date

import msgspec
from msgspec.structs import replace

from domain.event import Event
from domain.events.quality import TicketActed, TicketOpened
from domain.month import day_of
from domain.problem import Problem
from domain.quality_ticket import Ticket, TicketState, act
from hub.projection import Fact, Handler, NotBookableError, Projection
from hub.store.quality_tables import quality_tickets, ticket_acts

CONTRADICTION = "ticket_contradiction"
_encoder = msgspec.json.Encoder(order="sorted", decimal_format="string")
_ticket = msgspec.json.Decoder(Ticket)


class TicketRow(msgspec.Struct, frozen=True, gc=False):
    """A row of `quality_tickets`."""

    plant: str
    number: str
    state: str
    finder: str
    unit: str
    owner: str
    due: str
    opened_on: str
    closed_on: str | None
    opened_by: str
    opened_at: str
    operation: str
    origin: str
    bundle: str
    work_order: str
    pieces: int
    defects_json: str
    photos_json: str
    note: str
    ticket_json: str
    device: str
    opened_position: int
    position: int

    @property
    def ticket(self) -> Ticket:
        """Return the ticket."""
        return _ticket.decode(self.ticket_json)


class TicketActRow(msgspec.Struct, frozen=True, gc=False):
    """A row of `ticket_acts`."""

    plant: str
    ticket: str
    position: int
    act: str
    person: str
    at: str
    acted_on: str
    owner: str
    due: str
    act_json: str
    outcome: str


class Tickets(Projection):
    """Lets each act take effect that is its turn; one that is not changes nothing, and somebody has to look at it."""

    name = "tickets"

    def handlers(self) -> Mapping[type[Event], Handler]:
        self._rows = self.desk.rows(quality_tickets, TicketRow)
        self._acts = self.desk.rows(ticket_acts, TicketActRow)
        return {TicketOpened: self._opened, TicketActed: self._acted}

    def _opened(self, fact: Fact, event: TicketOpened) -> None:
        held = self._rows.get((fact.plant, event.ticket))
        if held is not None:
            raise NotBookableError("number_twice", f"{event.ticket}: {held.device}, {fact.envelope.device}")
        ticket = Ticket(
            number=event.ticket,
            finder=event.finder,
            opened_on=date.fromisoformat(day_of_fact(self, fact)),
            due=event.due,
        )
        row = TicketRow(
            plant=fact.plant,
            number=event.ticket,
            state=ticket.state,
            finder=ticket.finder,
            unit="",
            owner=ticket.owner,
            due=ticket.due.isoformat(),
            opened_on=ticket.opened_on.isoformat(),
            closed_on=None,
            opened_by=fact.envelope.operator,
            opened_at=fact.happened_at,
            operation=event.operation,
            origin=event.origin,
            bundle=event.bundle,
            work_order=event.order,
            pieces=sum(defect.pieces for defect in event.defects),
            defects_json=_json(event.defects),
            photos_json=_json(event.photos),
            note=event.note,
            ticket_json=_json(ticket),
            device=fact.envelope.device,
            opened_position=fact.position,
            position=fact.position,
        )
        self._rows.save(row)

    def _acted(self, fact: Fact, event: TicketActed) -> None:
        row = self._rows.get((fact.plant, event.ticket))
        if row is None:
            raise NotBookableError("unknown_number", event.ticket)
        today = day_of_fact(self, fact)
        after = act(row.ticket, event.act)
        outcome = after.code if isinstance(after, Problem) else "done"
        self._acts.save(
            TicketActRow(
                plant=fact.plant,
                ticket=row.number,
                position=fact.position,
                act=str(event.act.__struct_config__.tag),
                person=fact.envelope.operator,
                at=fact.happened_at,
                acted_on=today,
                owner=row.owner,
                due=row.due,
                act_json=_json(event.act),
                outcome=outcome,
            )
        )
        if isinstance(after, Problem):
            self.desk.note(CONTRADICTION, row.number)
            return
        self._rows.save(
            replace(
                row,
                state=after.state,
                unit=after.unit,
                owner=after.owner,
                due=after.due.isoformat(),
                closed_on=today if after.state is TicketState.CLOSED else None,
                ticket_json=_json(after),
                position=fact.position,
            )
        )


def day_of_fact(projection: Projection, fact: Fact) -> str:
    """Return the day something happened on the plant's calendar: by the device's clock where that one was set."""
    believed = fact.happened_at if fact.envelope.clock == "synced" else fact.received_at
    return day_of(believed, projection.desk.known.zone(fact.position))


def _json(value: object) -> str:
    return _encoder.encode(value).decode()


PROJECTION = Tickets
