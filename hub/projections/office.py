"""What people did at the discrepancy desk: settled, given to somebody, opened again, released to be booked."""

from collections.abc import Mapping

import msgspec
from sqlalchemy.exc import SQLAlchemyError

from domain.event import Event
from domain.events.desk import (
    OFFICE,
    DiscrepancyAssigned,
    DiscrepancyReopened,
    DiscrepancySettled,
    EventReleased,
)
from domain.log import event_of
from hub.exception import exception_kind
from hub.fitting import see_that_it_fits
from hub.projection import Fact, Handler, Projection
from hub.releases import RELEASE_FAILED, why_not
from hub.store.database import StoreError
from hub.store.event_log import Stored
from hub.store.tables import desk_acts
from hub.store.values import instant_text


class DeskActRow(msgspec.Struct, frozen=True, gc=False):
    """A row of `desk_acts`. `outcome` is `done`, or says why nothing changed (words of `desk.outcome`)."""

    plant: str
    position: int
    discrepancy: str
    act: str
    person: str
    at: str
    reason: str
    note: str
    outcome: str


class Office(Projection):
    """Lets each act of the office take effect once. Only the hub's own log is believed: from a kiosk it is parked."""

    name = "office"

    def handlers(self) -> Mapping[type[Event], Handler]:
        self._acts = self.desk.rows(desk_acts, DeskActRow)
        self._failure = ""
        return {
            DiscrepancySettled: self._settled,
            DiscrepancyAssigned: self._assigned,
            DiscrepancyReopened: self._reopened,
            EventReleased: self._released,
        }

    def _settled(self, fact: Fact, event: DiscrepancySettled) -> None:
        refuse_others(fact)
        row = self.desk.discrepancies.find(event.discrepancy)
        done = row is not None and self.desk.discrepancies.settle(fact, row)
        outcome = _said(event.kind, row, done=done)
        self._note(fact, event.discrepancy, event.act, event.reason, event.note, outcome)

    def _assigned(self, fact: Fact, event: DiscrepancyAssigned) -> None:
        refuse_others(fact)
        row = self.desk.discrepancies.find(event.discrepancy)
        done = row is not None and self.desk.discrepancies.assign(fact, row, event.owner, event.due)
        act = "count" if event.task == "count" else "assigned"
        note = " · ".join(part for part in (event.owner, event.due, event.note) if part)
        self._note(fact, event.discrepancy, act, "", note, _said(event.kind, row, done=done))

    def _reopened(self, fact: Fact, event: DiscrepancyReopened) -> None:
        refuse_others(fact)
        row = self.desk.discrepancies.find(event.discrepancy)
        done = row is not None and self.desk.discrepancies.reopen(fact, row)
        outcome = "done" if done else "not_settled_by_hand"
        self._note(fact, event.discrepancy, "reopened", "", event.note, outcome)

    def _released(self, fact: Fact, event: EventReleased) -> None:
        refuse_others(fact)
        self._failure = ""
        held = self.desk.discrepancies.find_open("parked", str(event.position))
        outcome = "closed_already"
        if held is not None:
            outcome = self._book(fact, event)
            if outcome in ("done", "known"):
                self.desk.discrepancies.settle(fact, held)
        if outcome == "known":
            self.desk.end_as("known", "", f"#{event.position}")
        elif outcome != "done":
            self.desk.end_as("parked", RELEASE_FAILED, self._failure or outcome)
        self._note(fact, event.discrepancy, "released", event.reason, event.note, outcome)

    def _book(self, fact: Fact, event: EventReleased) -> str:
        """Book the parked entry as of now; returns what came of it. What fails leaves no trace, and it stays parked."""
        parked = self.desk.releases.entry(event.position)
        reason = why_not(event, parked, fact.plant)
        if reason or parked is None or parked.envelope is None:
            return reason
        event_id = parked.envelope.event_id
        if self._is_booked(event_id, event.position, fact.position):
            return "known"
        try:
            said = event_of(parked.envelope)
            see_that_it_fits(parked.envelope, said)
            self.desk.handle(_as_of_now(fact, parked), said)
        except (StoreError, SQLAlchemyError):
            raise
        except Exception as error:  # noqa: BLE001 - as at the first time: it stays parked, named and shown
            self.desk.undo()
            self._failure = f"#{event.position} {type(error).__name__}: {error}"
            return "failed"
        self.desk.releases.note(event_id, event.position, fact.position)
        return "done"

    def _is_booked(self, event_id: str, parked_position: int, position: int) -> bool:
        """Tell whether the same fact was booked from another entry: released, or sent again and booked."""
        if self.desk.releases.released(event_id):
            return True
        other = self.desk.releases.first_booked(event_id, position)
        return other not in (0, parked_position) and not self.desk.discrepancies.find_open(
            "parked", str(other)
        )

    def _note(self, fact: Fact, named: str, act: str, reason: str, note: str, outcome: str) -> None:  # noqa: PLR0917 (a row's columns)
        self._acts.save(
            DeskActRow(
                fact.plant,
                fact.position,
                named[:16],
                act,
                fact.envelope.operator,
                fact.received_at,
                reason,
                note,
                outcome,
            )
        )


def refuse_others(fact: Fact) -> None:
    """Raise ValueError for a fact that does not come from the hub's own desk: it is parked then."""
    if fact.envelope.device != OFFICE:
        raise ValueError("only the hub's discrepancy desk may say this")


def _said(kind: str, row: object, *, done: bool) -> str:
    """Return what came of an act. Of what was seen on arrival the ledger knows nothing: there the act itself counts."""
    if done or exception_kind(kind).is_register:
        return "done"
    return "not_there" if row is None else "closed_already"


def _as_of_now(fact: Fact, parked: Stored) -> Fact:
    """Return the parked fact at the place in the ledger where it was released; its hour stays its own."""
    assert parked.envelope is not None  # noqa: S101 (why_not has looked)
    event_time = instant_text(parked.envelope.event_time)
    return Fact(
        fact.plant,
        fact.position,
        parked.envelope,
        fact.received_at,
        event_time,
        min(event_time, parked.received_at),
    )


PROJECTION = Office
