"""Approvals in the office: what people decide about documents, by the rules of the kiosks and in the kiosks' own words.

What is decided stands in the hub's log as it would in the log of a kiosk that took the document over: it joins the
document, then approves it, sends it back or takes it back. Kiosks, projections and replays need to know of no office.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import Connection, Engine, Row, select

from domain import life
from domain.decide import Case
from domain.document import Accepted, Decision, Document, Fresh, Status
from domain.event import Event
from domain.events.desk import OFFICE
from domain.events.documents import DocumentCompleted, DocumentJoined, Value
from domain.problem import Problem, refusal
from domain.staff import Person
from hub.booked_facts import BookedFacts, entry_at, said_at
from hub.calendar import zone_of
from hub.office import Hand, Office
from hub.rights.grants import person_of
from hub.store.database import reading
from hub.store.tables import document_joins, documents

REASON_CHARS_MAX = 300
_header = msgspec.json.Decoder(dict[str, Value])


class CannotDecideError(ValueError):
    """Nothing was decided, and `problem` says why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.code)
        self.problem = problem


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """Which document is meant: two kiosks may have made one number.

    `seen`: the position of what brought it to the state in which it was shown; 0: whichever that is.
    """

    number: str
    device: str
    seen: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """A document that is decided about, and who decides."""

    row: Row[Any]
    document: Document
    person: Person
    case: Case


class Approvals:
    """Decides about the documents of a hub."""

    def __init__(self, engine: Engine, office: Office, now: Callable[[], datetime]) -> None:
        self._engine, self._office, self._now = engine, office, now

    def approve(self, plant: str, hand: Hand, named: Named, unticked: frozenset[int] = frozenset()) -> bool:
        """Let a submitted document take effect, but for the movements (by their place) that were not ticked.

        Tells whether it is booked already. Raises CannotDecideError, StoreBusyError.
        """

        def decide(connection: Connection, asked: _Asked) -> Decision:
            submitted = said_at(connection, plant, asked.row.state_position)
            proposed = submitted.proposed if isinstance(submitted, DocumentCompleted) else ()
            ticked = frozenset(range(len(proposed))) - unticked
            return life.approve(asked.document, proposed, ticked, asked.person, asked.case)

        return self._decide(plant, hand, named, "closed", decide)

    def send_back(self, plant: str, hand: Hand, named: Named, reason: str) -> bool:
        """Give a submitted document back to whoever made it, with the reason. Otherwise as `approve`."""

        def decide(connection: Connection, asked: _Asked) -> Decision:
            entry = entry_at(connection, plant, asked.row.state_position)
            submission = entry.event_id if entry else ""
            return life.send_back(asked.document, submission, _typed(reason), asked.person, asked.case)

        return self._decide(plant, hand, named, "open", decide)

    def unapprove(self, plant: str, hand: Hand, named: Named, reason: str = "") -> bool:
        """Take a document back that took effect, by its exact inverse. Otherwise as `approve`."""

        def decide(_connection: Connection, asked: _Asked) -> Decision:
            return life.unapprove(asked.document, _typed(reason), asked.person, asked.case)

        return self._decide(plant, hand, named, "unapproved", decide)

    def _decide(
        self,
        plant: str,
        hand: Hand,
        named: Named,
        status: Status,
        decide: Callable[[Connection, _Asked], Decision],
    ) -> bool:
        """Write down what `decide` says, and see that the document came to this status: others decide too."""

        def facts(connection: Connection) -> Sequence[Event]:
            asked = self._asked(connection, plant, hand, named)
            decision = decide(connection, asked)
            if not isinstance(decision, Accepted):
                raise CannotDecideError(decision.problems[0])
            decided = [one.event for one in decision.events]
            return [*_joined(connection, plant, asked.row), *decided]

        is_booked = self._office.write(plant, hand, facts)
        if is_booked and not self._is_so(plant, hand, named, status):
            raise CannotDecideError(refusal("decided_meanwhile", document=named.number))
        return is_booked

    def _is_so(self, plant: str, hand: Hand, named: Named, status: Status) -> bool:
        """Tell whether the document stands as was decided: not where a kiosk's decision was in the ledger before."""
        with reading(self._engine) as connection:
            row = document_row(connection, plant, named.number, named.device)
        is_theirs = row is not None and (status != "closed" or row.approver == hand.person)
        return is_theirs and row is not None and row.status == status

    def _asked(self, connection: Connection, plant: str, hand: Hand, named: Named) -> _Asked:
        row = document_row(connection, plant, named.number, named.device)
        person = person_of(connection, plant, hand.person)
        if row is None:
            raise CannotDecideError(refusal("nothing_to_approve", document=named.number))
        if person is None:
            raise CannotDecideError(refusal("no_right", name=hand.person, right="right.approve"))
        if named.seen and named.seen != row.state_position:
            raise CannotDecideError(refusal("decided_meanwhile", document=named.number))
        document = Document(
            type=row.type, number=row.number, status=row.status, header=_header.decode(row.header_json)
        )
        case = Case(
            facts=BookedFacts(connection, plant, row),
            operator=person,
            fresh=Fresh(handling_unit="", job=""),
            now=self._now(),
            zone=ZoneInfo(zone_of(connection, plant)),
        )
        return _Asked(row=row, document=document, person=person, case=case)


def _typed(reason: str) -> str:
    """Return a reason as it is kept: no table takes a NUL, and nobody reads a page of it."""
    return reason.replace("\0", "").strip()[:REASON_CHARS_MAX]


def document_row(connection: Connection, plant: str, number: str, device: str) -> Row[Any] | None:
    """Return a document as it is booked."""
    held = documents.c
    asked = select(documents).where(held.plant == plant, held.number == number, held.device == device)
    return connection.execute(asked).first()


def _joined(connection: Connection, plant: str, row: Row[Any]) -> Sequence[Event]:
    """Return what lets the office take part in a document; nothing where it does so already."""
    held = document_joins.c
    asked = select(held.opened_on).where(
        held.plant == plant, held.number == row.number, held.device == OFFICE
    )
    if connection.execute(asked).scalar() == row.device:
        return ()
    joined = DocumentJoined(
        document=row.number,
        document_type=row.type,
        opened_on=row.device,
        header=_header.decode(row.header_json),
    )
    return (joined,)
