"""Quality tickets 质量问题处理单: what was found wrong gets an owner and a date, and ends only when its finder says so.

open → responsibility proposed → agreed | disputed → cause → corrective action → verified by the finder → closed; opened
again if it comes back. Pure: a ticket is the fold of what people did about it.
"""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import assert_never

from msgspec import Struct, field
from msgspec.structs import replace

from domain.problem import Problem, refusal


class TicketState(StrEnum):
    """How far a ticket is, and so whose turn it is."""

    OPEN = "open"
    PROPOSED = "proposed"
    DISPUTED = "disputed"
    AGREED = "agreed"
    EXPLAINED = "explained"
    MENDED = "mended"
    CLOSED = "closed"


class Party(StrEnum):
    """Who decides together where the responsibility is disputed."""

    QUALITY = "quality"
    PRODUCTION = "production"
    DOWNSTREAM = "downstream"


class Vote(Struct, frozen=True, kw_only=True):
    """What one party says: which unit answers for it, and by when it is mended."""

    unit: str
    due: date


class Ticket(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A ticket as it stands. `finder` is the unit that found it, `unit` the one that answers for it.

    `due`: by when the next act must come; what is later stands on the exposure list.
    """

    number: str
    finder: str
    opened_on: date
    due: date
    state: TicketState = TicketState.OPEN
    unit: str = ""
    votes: Mapping[Party, Vote] = field(default_factory=dict[Party, Vote])
    cause: str = ""
    action: str = ""
    times_reopened: int = 0

    @property
    def owner(self) -> str:
        """Return the unit whose turn it is; nothing once it is closed. A disputed one is the three parties'."""
        match self.state:
            case TicketState.OPEN | TicketState.MENDED:
                return self.finder
            case TicketState.PROPOSED | TicketState.AGREED | TicketState.EXPLAINED:
                return self.unit
            case TicketState.DISPUTED:
                waiting = [party for party in Party if party not in self.votes]
                return (waiting or [Party.QUALITY])[0]
            case TicketState.CLOSED:
                return ""
            case _:
                assert_never(self.state)

    def is_exposed(self, today: date) -> bool:
        """Tell whether it stands on the exposure list 曝光: nobody did in time what was to be done."""
        return self.state is not TicketState.CLOSED and today > self.due


class Propose(Struct, frozen=True, kw_only=True, tag="propose"):
    """The finder says which unit it comes from; its own, where it is its own fault."""

    by: str
    unit: str
    due: date


class Agree(Struct, frozen=True, kw_only=True, tag="agree"):
    """The unit says: it is ours."""

    by: str
    due: date


class Dispute(Struct, frozen=True, kw_only=True, tag="dispute"):
    """The unit says: it is not ours, and why."""

    by: str
    reason: str
    due: date


class Decide(Struct, frozen=True, kw_only=True, tag="decide"):
    """One of the three parties says whose it is and by when; it is decided once all three say the same."""

    party: Party
    vote: Vote


class Explain(Struct, frozen=True, kw_only=True, tag="explain"):
    """The unit that answers for it says what caused it."""

    by: str
    cause: str
    due: date


class Mend(Struct, frozen=True, kw_only=True, tag="mend"):
    """The unit that answers for it says what it did so that it does not come back."""

    by: str
    action: str
    due: date


class Verify(Struct, frozen=True, kw_only=True, tag="verify"):
    """The finder looked: it is mended, or it is not."""

    by: str
    is_mended: bool
    due: date


class Reopen(Struct, frozen=True, kw_only=True, tag="reopen"):
    """It came back."""

    by: str
    due: date


Act = Propose | Agree | Dispute | Decide | Explain | Mend | Verify | Reopen

_FROM: Mapping[type[Act], frozenset[TicketState]] = {
    Propose: frozenset({TicketState.OPEN}),
    Agree: frozenset({TicketState.PROPOSED}),
    Dispute: frozenset({TicketState.PROPOSED}),
    Decide: frozenset({TicketState.DISPUTED}),
    Explain: frozenset({TicketState.AGREED}),
    Mend: frozenset({TicketState.EXPLAINED}),
    Verify: frozenset({TicketState.MENDED}),
    Reopen: frozenset({TicketState.CLOSED}),
}


def act(ticket: Ticket, done: Act) -> Ticket | Problem:
    """Return the ticket after somebody did something about it, or why that is not his to do now."""
    return why_not(ticket, done) or _after(ticket, done)


def why_not(ticket: Ticket, done: Act) -> Problem | None:
    """Say why something cannot be done about a ticket now, or not by this unit; None where it can."""
    if ticket.state not in _FROM[type(done)]:
        return refusal("ticket_not_now", ticket=ticket.number, state=f"ticket_state.{ticket.state}")
    match done:
        case Propose(by=by) | Verify(by=by) | Reopen(by=by) if by != ticket.finder:
            return refusal("ticket_finders", ticket=ticket.number, unit=ticket.finder)
        case Agree(by=by) | Dispute(by=by) | Explain(by=by) | Mend(by=by) if by != ticket.unit:
            return refusal("ticket_owners", ticket=ticket.number, unit=ticket.unit)
        case Dispute(reason=told) | Explain(cause=told) | Mend(action=told) if not told.strip():
            return refusal("ticket_reason", ticket=ticket.number)
        case _:
            return None


def _after(ticket: Ticket, done: Act) -> Ticket:
    match done:
        case Propose(unit=unit, due=due):
            # Whose own fault it is need not be asked whether he agrees.
            is_own = unit == ticket.finder
            return replace(
                ticket, unit=unit, due=due, state=TicketState.AGREED if is_own else TicketState.PROPOSED
            )
        case Decide(party=party, vote=vote):
            return _decided(ticket, {**ticket.votes, party: vote})
        case Agree(due=due):
            return replace(ticket, due=due, state=TicketState.AGREED)
        case Dispute(due=due):
            return replace(ticket, due=due, state=TicketState.DISPUTED, votes={})
        case Explain(cause=cause, due=due):
            return replace(ticket, cause=cause, due=due, state=TicketState.EXPLAINED)
        case Mend(action=action, due=due):
            return replace(ticket, action=action, due=due, state=TicketState.MENDED)
        case Verify() | Reopen():
            return _looked_at(ticket, done)
        case _:
            assert_never(done)


def _looked_at(ticket: Ticket, done: Verify | Reopen) -> Ticket:
    """Close it, or let the unit that answers for it begin anew."""
    if isinstance(done, Verify) and done.is_mended:
        return replace(ticket, state=TicketState.CLOSED)
    again = replace(ticket, due=done.due, state=TicketState.AGREED, cause="", action="")
    return replace(again, times_reopened=again.times_reopened + isinstance(done, Reopen))


def _decided(ticket: Ticket, votes: Mapping[Party, Vote]) -> Ticket:
    """A party may change its mind until all say the same; the latest of their dates is the date."""
    units = {vote.unit for vote in votes.values()}
    if len(votes) < len(Party) or len(units) > 1:
        return replace(ticket, votes=votes)
    due = max(vote.due for vote in votes.values())
    return replace(ticket, votes=votes, unit=units.pop(), due=due, state=TicketState.AGREED)
