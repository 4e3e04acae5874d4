"""Quality tickets in the office: whoever's turn it is does what comes next, in the name of their unit or party.

What they do is the same fact that a kiosk writes; the rules are those of `domain.quality_ticket`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, select

from domain.event import Event
from domain.events.quality import TicketActed
from domain.problem import Problem, refusal
from domain.quality_ticket import (
    Act,
    Agree,
    Decide,
    Dispute,
    Explain,
    Mend,
    Party,
    Propose,
    Reopen,
    Ticket,
    TicketState,
    Verify,
    Vote,
    why_not,
)
from domain.staff import Person
from domain.work_unit import WorkUnit, units_of
from hub.office import Hand, Office
from hub.rights.grants import person_of
from hub.rights.matrix import TICKET_ACTS, TICKET_PARTIES
from hub.store.quality_tables import quality_tickets
from hub.work_units import work_units

TOLD_CHARS_MAX = 500

NEXT: Mapping[TicketState, tuple[str, ...]] = {
    TicketState.OPEN: ("propose",),
    TicketState.PROPOSED: ("agree", "dispute"),
    TicketState.DISPUTED: ("decide",),
    TicketState.AGREED: ("explain",),
    TicketState.EXPLAINED: ("mend",),
    TicketState.MENDED: ("verify", "not_mended"),
    TicketState.CLOSED: ("reopen",),
}
"""What can be done about a ticket in each state, the usual act first."""


class CannotActError(ValueError):
    """Nothing was done, and `problem` says why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.code)
        self.problem = problem


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What somebody wants done. `due`: by when the next act must come, as typed; `party`: for whom they decide."""

    ticket: str
    act: str
    due: str = ""
    unit: str = ""
    told: str = ""
    party: str = ""


def act_wanted(office: Office, plant: str, hand: Hand, wanted: Wanted) -> bool:
    """Do it; tells whether it is booked already. Raises CannotActError, StoreBusyError."""

    def facts(connection: Connection) -> Sequence[Event]:
        row, person = ticket_row(connection, plant, wanted.ticket), person_of(connection, plant, hand.person)
        if row is None:
            raise CannotActError(refusal("unknown_quality_ticket", ticket=wanted.ticket))
        ticket = msgspec.json.decode(row.ticket_json, type=Ticket)
        units = work_units(connection, plant)
        if person is None or not may_act(ticket, wanted.act, wanted.party, person, units):
            raise CannotActError(refusal("ticket_not_yours", ticket=ticket.number, name=hand.person))
        act = _act(ticket, wanted, units)
        if problem := why_not(ticket, act):
            raise CannotActError(problem)
        return [TicketActed(ticket=ticket.number, act=act)]

    return office.write(plant, hand, facts)


def ticket_row(connection: Connection, plant: str, number: str) -> Row[Any] | None:
    """Return a ticket as it is booked."""
    held = quality_tickets.c
    asked = select(quality_tickets).where(held.plant == plant, held.number == number)
    return connection.execute(asked).first() if "\0" not in number else None


def may_act(ticket: Ticket, act: str, party: str, person: Person, units: Mapping[str, WorkUnit]) -> bool:
    """Tell whether somebody may do an act about a ticket: for their unit, or as a party's voice."""
    if act == "decide":
        return party in parties_of(ticket, person, units)
    right = TICKET_ACTS.get(act)
    own = ticket.finder if act == "reopen" else ticket.owner
    return right in person.all_rights and own in units_of(person, units)


def parties_of(ticket: Ticket, person: Person, units: Mapping[str, WorkUnit]) -> tuple[Party, ...]:
    """Return for which parties somebody may decide about a disputed ticket."""
    speaks = {party for party, right in TICKET_PARTIES.items() if right in person.all_rights}
    if TICKET_ACTS["propose"] in person.all_rights and ticket.finder in units_of(person, units):
        speaks.add(Party.DOWNSTREAM)
    return tuple(party for party in Party if party in speaks)


def _act(ticket: Ticket, wanted: Wanted, units: Mapping[str, WorkUnit]) -> Act:
    """Return the act as a fact. Raises CannotActError for a date or a unit that is none."""
    told = wanted.told.replace("\0", "").strip()[:TOLD_CHARS_MAX]
    due = _due(wanted.due) if wanted.act != "verify" else ticket.due
    match wanted.act:
        case "propose":
            return Propose(by=ticket.finder, unit=_unit(wanted.unit, units), due=due)
        case "agree":
            return Agree(by=ticket.unit, due=due)
        case "dispute":
            return Dispute(by=ticket.unit, reason=told, due=due)
        case "decide":
            vote = Vote(unit=_unit(wanted.unit, units), due=due)
            return Decide(party=Party(wanted.party), vote=vote)
        case "explain":
            return Explain(by=ticket.unit, cause=told, due=due)
        case "mend":
            return Mend(by=ticket.unit, action=told, due=due)
        case "reopen":
            return Reopen(by=ticket.finder, due=due)
        case _:
            return Verify(by=ticket.finder, is_mended=wanted.act == "verify", due=due)


def _due(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise CannotActError(refusal("ticket_due", date=text[:40])) from error


def _unit(code: str, units: Mapping[str, WorkUnit]) -> str:
    if code not in units:
        raise CannotActError(refusal("ticket_unit", unit=code[:40]))
    return code
