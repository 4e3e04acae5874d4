"""A kiosk without a screen: the real rules on the real store, one decision after the other, and the real sync."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from domain import decide, life
from domain.decide import Case
from domain.document import (
    Accepted,
    Decision,
    Document,
    Happened,
    NeedsConfirmation,
    document_number,
)
from domain.facts import OpenDocument
from domain.field import Input
from domain.problem import Problem
from domain.staff import Person
from kiosk.activity import Desk
from kiosk.pins import Pins
from kiosk.state import State
from kiosk.store.log import Origin
from kiosk.store.store import Store
from kiosk.sync import Sync
from kiosk.witness import Witness, sealed

if TYPE_CHECKING:
    from tests.month.group import Group
    from tests.month.things import Warehouse

Agrees = Callable[[Problem], bool]
"""Whether somebody says yes to a question."""


class NotZeroError(AssertionError):
    """What one step booked at a kiosk does not sum to zero."""


class Kiosk:
    """One kiosk of the group. `is_offline`: nobody has plugged it in again yet."""

    def __init__(self, folder: Path, group: Group, *, plant: str, device: str, warehouse: Warehouse) -> None:
        self.plant, self.device, self.warehouse = plant, device, warehouse
        self.is_offline = False
        self._group, self._clock = group, group.clock
        self.store = Store(
            folder, Origin(plant=plant, device=device, boot_id="boot-1", software="noac month")
        )
        self.facts = self.store.facts
        self._ids = 0
        self._witness = Witness(self._new_id)
        self._pins = Pins(self.store.connection, b"", self.store.log.boot_id, self._clock.monotonic_ms)
        self.state = State()
        self._sync = Sync(
            self.store,
            group.line(device, plant),
            now=self._clock.now,
            monotonic_s=lambda: self._clock.monotonic_ms() / 1000,
            on_change=lambda _one: None,
            seed=1,
            pause=lambda _rest_s: None,
        )
        self.syncs()

    def _new_id(self) -> str:
        self._ids += 1
        return f"{self.device.encode().hex():0>16.16}{self._ids:016x}"

    def syncs(self) -> None:
        """Send all there is and fetch what is new, if there is a way to the hub."""
        if self.is_offline:
            return
        self._sync.round()
        while self.store.log.pending:
            self._sync.round()

    def restarts(self) -> None:
        """The power goes and comes back: what was in hand is what the file says."""
        self.store.reopen()
        self.state = self._witness.restored(self.store, self._clock.now())

    # documents

    def begins(self, code: str, person: Person) -> Document:
        """Take a new document in hand."""
        desk = self._desk(person)
        kind = self.facts.document_types()[code]
        numbers, day, serial = self.state.numbers.next_document(kind.prefix, desk.day)
        number = document_number(kind.prefix, day, desk.station.number_code, desk.epoch, serial)
        self.state = replace(self.state, numbers=numbers)
        return Document(type=code, number=number)

    def offers(self, document: Document, given: Input, person: Person, agrees: Agrees) -> Decision:
        """Give the document one scan or entry."""
        return self._does(person, lambda case: decide.offer(document, given, case), agrees)

    def completes(self, document: Document, person: Person, agrees: Agrees) -> Decision:
        """Finish the document."""
        return self._does(person, lambda case: life.complete(document, case), agrees)

    def undoes(self, document: Document, person: Person) -> Decision:
        """Take the last line back."""
        return self._does(person, lambda case: life.undo(document, case), _never)

    def voids(self, document: Document, person: Person) -> Decision:
        """Give the document up."""
        return self._does(person, lambda case: life.void(document, "", case), _never)

    def approves(self, document: Document, approver: Person, unticked: frozenset[int]) -> Decision:
        """An entitled person lets a submitted document take effect, but for what is unticked."""
        proposed = self.facts.proposed(document.number)
        ticked = frozenset(range(len(proposed))) - unticked
        return self._does(
            approver, lambda case: life.approve(document, proposed, ticked, approver, case), _never
        )

    def takes_back(self, document: Document, person: Person) -> Decision:
        """An entitled person takes back a document that took effect."""
        return self._does(person, lambda case: life.unapprove(document, "", person, case), _never)

    def joins(self, shared: OpenDocument, person: Person) -> Decision:
        """Take part in a colleague's document."""
        return self._does(person, lambda case: life.join(shared, case), _never)

    def _does(self, person: Person, act: Callable[[Case], Decision], agrees: Agrees) -> Decision:
        """Let the rules decide; what they ask is answered, and what they say happened is written down."""
        confirmed: frozenset[str] = frozenset()
        while True:
            desk = self._desk(person)
            case = Case(
                facts=self.facts,
                operator=person,
                fresh=self.state.numbers.fresh(desk.station, desk.epoch),
                now=desk.now,
                confirmed=confirmed,
            )
            decision = act(case)
            if not isinstance(decision, NeedsConfirmation):
                break
            if not all(agrees(problem) for problem in decision.problems):
                return decision
            confirmed |= {problem.code for problem in decision.problems}
        if isinstance(decision, Accepted) and decision.events:
            self._records(decision.events, desk)
        return decision

    def _records(self, events: tuple[Happened, ...], desk: Desk) -> None:
        operator = desk.operator.number if desk.operator else ""
        self.state = replace(
            self.state, operator=operator, numbers=self.state.numbers.used(), turn=self.state.turn + 1
        )
        made = self._witness.facts(
            events,
            self.state,
            self.state,
            desk,
            raw=None,
            monotonic_ms=self._clock.monotonic_ms(),
            printer="door",
        )
        entries = self.store.record(made, sealed(self.state), desk.day)
        self._sums_to_zero(entries[0].envelope.sequence)
        self._group.hears(self, made)

    def _sums_to_zero(self, first: int) -> None:
        """Each step moves, and makes or destroys nothing."""
        left = self.store.connection.rows(
            "SELECT item, unit, sum(value), sum(second) FROM own_balance WHERE epoch = ? AND sequence >= ?"
            " GROUP BY item, unit, second_unit HAVING sum(value) <> 0 OR sum(second) <> 0",
            (self.store.log.epoch, first),
        )
        if left:
            raise NotZeroError(f"{self.device}, entry {first}: {left}")

    def _desk(self, person: Person) -> Desk:
        return Desk(
            knowledge=self.facts,
            labels=self.store.jobs,
            floor=self.store.shop,
            station=self.facts.station(),
            now=self._clock.now(),
            epoch=self.store.log.newest_epoch,
            language="en",
            operator=person,
            pins=self._pins,
        )

    def close(self) -> None:
        self.store.close()


def _never(_problem: Problem) -> bool:
    return False
