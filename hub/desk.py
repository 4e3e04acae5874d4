"""The desk where a plant's events are booked: each whole or not at all, a batch written at once, each key once."""

import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from time import monotonic, thread_time
from typing import TypeVar

import msgspec
from sqlalchemy import Connection, Table, select
from sqlalchemy.exc import SQLAlchemyError

from domain.event import Event, UnknownEventError, event_types
from domain.log import GENESIS_DIGEST, Envelope, event_of
from hub.discrepancies import Discrepancies
from hub.early_reversals import ParkedLineRow, parked_line
from hub.fitting import see_that_it_fits
from hub.known import Known
from hub.overlay import Journal, Layer, Rows, Trail
from hub.projection import Fact, Handler, NotBookableError, projection_types
from hub.releases import Releases
from hub.store.bulk import Row, Write
from hub.store.database import StoreError
from hub.store.event_log import Stored
from hub.store.tables import dispositions, parked_lines, withheld
from hub.store.values import instant_text

NOTES_MAX = 20
"""Exceptions named for one event; one cause is enough to find the others."""
EVENT_BUDGET_S = 2.0
"""An event that takes longer to handle is undone, parked, and not tried again before somebody asks for it.

By this thread's own work, not by the clock on the wall: a machine that was stopped or starved meanwhile is no fault of
the event's. What waits for the database has a time limit there.
"""
TRACE_CHARS = 12
"""How much of the event's own digest names a failure in the hub's log."""

L = TypeVar("L", bound=Layer)
R = TypeVar("R", bound=msgspec.Struct)
_log = logging.getLogger(__name__)


class TooSlowError(Exception):
    """Handling an event took longer than its budget."""

    def __init__(self, took_s: float) -> None:
        super().__init__(f"{took_s:.1f} s")
        self.took_s = took_s


class Desk:
    """Books the events of one plant through every projection."""

    def __init__(self, plant: str) -> None:
        self.plant = plant
        self.known = Known(plant)
        self._ledger: Connection | None = None
        self._tables: Callable[[], Connection] | None = None
        self._rows: dict[str, Rows[msgspec.Struct]] = {}
        self._kinds: dict[Callable[..., Layer], Layer] = {}
        self._notes: list[tuple[str, str]] = []
        self._ending: tuple[str, str, str] | None = None
        self._worked_s = 0.0
        self.trail = Trail()
        self.discrepancies = Discrepancies(plant, self.connection, self.trail)
        self._dispositions = Journal(dispositions, self.trail)
        self._newly_withheld = Journal(withheld, self.trail)
        self._parked_lines = Rows(parked_lines, ParkedLineRow, self.connection, self.trail)
        self._withheld: set[int] | None = None
        self.releases = Releases(plant, self.connection, self.ledger, self.trail)
        self.layers: list[Layer] = [
            *self.discrepancies.layers,
            *self.releases.layers,
            self._dispositions,
            self._newly_withheld,
            self._parked_lines,
        ]
        self._handlers = self._gather()

    def connection(self) -> Connection:
        """Return the connection to read projected tables with while a batch is booked."""
        return self._tables() if self._tables else self.ledger()

    def ledger(self) -> Connection:
        """Return the connection to read all else with: what booking never changes."""
        if self._ledger is None:
            raise RuntimeError("nothing is being booked")
        return self._ledger

    def rows(self, table: Table, kind: type[R]) -> "Rows[R]":
        """Return the rows of a table, one overlay for whoever asks."""
        held = self._rows.get(table.name)
        if held is None:
            held = self._rows[table.name] = Rows(table, kind, self.connection, self.trail)
            self.layers.append(held)
        return held  # pyright: ignore[reportReturnType] (a table has one row type)

    def journal(self, table: Table) -> Journal:
        """Return a table that is only added to."""
        journal = Journal(table, self.trail)
        self.layers.append(journal)
        return journal

    def layer(self, kind: Callable[[str, Callable[[], Connection], Trail], L]) -> L:
        """Return the one layer of a kind that is no table's rows alone, for whoever asks."""
        held = self._kinds.get(kind)
        if held is None:
            held = self._kinds[kind] = kind(self.plant, self.connection, self.trail)
            self.layers.append(held)
        return held  # pyright: ignore[reportReturnType] (made by this very kind)

    def note(self, code: str, name: str) -> None:
        """Say that the event in hand is booked with an exception: its code, and what it is about."""
        if len(self._notes) < NOTES_MAX and (code, name) not in self._notes:
            self._notes.append((code, name))

    def is_parked(self, event_id: str) -> bool:
        """Tell whether the line of a document with this event id is parked, and may be booked yet."""
        row = self._parked_lines.get((self.plant, event_id))
        return row is not None and self.discrepancies.find_open("parked", str(row.position)) is not None

    def handle(self, fact: Fact, event: Event) -> None:
        """Let every projection book an event."""
        for handler in self._handlers[type(event)]:
            handler(fact, event)

    def end_as(self, state: str, code: str, detail: str) -> None:
        """Say what becomes of the event in hand, where it is not simply booked and shows nothing of its own."""
        self._ending = (state, code, detail)

    @property
    def held(self) -> int:
        """How many rows wait to be written."""
        return sum(layer.held for layer in self.layers)

    def begin_afresh(self) -> None:
        """The tables were emptied: until something is forgotten, nothing need be looked for in them."""
        for layer in self.layers:
            layer.begin_afresh()

    def begin(self, ledger: Connection, tables: Callable[[], Connection] | None = None) -> None:
        """Begin a batch: read with this connection, and projected tables with what `tables` gives, if it is given."""
        self._worked_s = thread_time()
        self._ledger, self._tables = ledger, tables
        self.known.refresh(ledger)
        for layer in self.layers:
            layer.begin()
        self.releases.begin()
        if self._withheld is None:
            named = select(withheld.c.position).where(withheld.c.plant == self.plant)
            self._withheld = set(ledger.execute(named).scalars())

    def foresee(self, batch: Sequence[Stored]) -> None:
        """Read at once what these entries, to be booked next, are going to ask for."""
        self._worked_s = thread_time()
        foreseen = [stored.envelope for stored in batch if stored.envelope and not stored.flaw]
        for projection in self._projections:
            projection.foresee(foreseen)

    def book(self, stored: Stored, earlier: Stored | None) -> None:
        """Book one entry. `earlier` is the entry that already bears its event id, if one does."""
        envelope = stored.envelope
        if earlier is None:
            earlier = self.releases.released(stored.event_id)
        if stored.flaw or envelope is None:
            self._park(stored, stored.flaw or "unreadable", "")
        elif self._withheld and stored.position in self._withheld:
            self._park(stored, "handler_slow", "")
        elif earlier is not None and earlier.envelope is not None:
            same = (earlier.envelope.type, bytes(earlier.envelope.fact)) == (
                envelope.type,
                bytes(envelope.fact),
            )
            if same:
                self._dispose(stored, "known", "", str(earlier.position))
            else:
                self._park(stored, "id_reused", str(earlier.position))
        else:
            self._fold(stored, envelope)

    def take(self) -> list[Write]:
        """Hand over everything the batch changed, to be written in one transaction."""
        return [write for layer in self.layers for write in layer.take() if write.rows]

    def settle(self) -> None:
        """What was handed over is committed."""
        for layer in self.layers:
            layer.settle()

    def forget(self) -> None:
        """What was handed over was not committed."""
        self.trail.keep()
        self._withheld = None
        for layer in self.layers:
            layer.forget()

    def park_unwritable(self, stored: Stored, reason: str) -> None:
        """Park an entry whose changes the database refused."""
        self._park(stored, "write_failed", reason)

    def _fold(self, stored: Stored, envelope: Envelope) -> None:
        self._notes.clear()
        try:
            fact = self._attempt_twice(stored, envelope)
        except (StoreError, SQLAlchemyError):
            raise
        except UnknownEventError as error:
            self.undo()
            self._park(stored, "unknown_event", str(error))
        except NotBookableError as error:
            self.undo()
            self._park(stored, error.code, str(error))
        except TooSlowError as error:
            self.undo()
            self._withhold(stored, error.took_s)
        except Exception as error:  # noqa: BLE001 - one bad event never holds up the next: it is parked, named and shown
            self.undo()
            trace = stored.digest[:TRACE_CHARS]
            if not isinstance(error, ValueError):
                _log.exception(
                    "%s position %d cannot be booked, trace %s", self.plant, stored.position, trace
                )
            code = "bad_fact" if isinstance(error, ValueError) else "handler_failed"
            self._park(stored, code, f"{type(error).__name__}: {error} [{trace}]")
        else:
            ending, self._ending = self._ending, None
            if ending:
                self._dispose(stored, *ending)
            elif self._notes:
                self._note_exceptions(stored, fact)
            self.trail.keep()

    def _attempt_twice(self, stored: Stored, envelope: Envelope) -> Fact:
        """Attempt it again where it took too long: a machine that was short of breath is no fault of the event's."""
        try:
            return self._attempt(stored, envelope)
        except TooSlowError:
            self.undo()
            self._worked_s = thread_time()
            return self._attempt(stored, envelope)

    def _attempt(self, stored: Stored, envelope: Envelope) -> Fact:
        """Let an event have its effect. Raises whatever is wrong with it, TooSlowError where it took too long."""
        began_s = monotonic()
        event = event_of(envelope)
        see_that_it_fits(envelope, event)
        fact = _fact(self.plant, stored, envelope)
        self.handle(fact, event)
        took_s = monotonic() - began_s
        # The thread's own clock is slow to read: once a batch, and then only where the quick one says "long".
        if took_s > EVENT_BUDGET_S and thread_time() - self._worked_s > EVENT_BUDGET_S:
            raise TooSlowError(took_s)
        return fact

    def _withhold(self, stored: Stored, took_s: float) -> None:
        """Park an event that is too slow, and remember it: clocks differ, and a rebuild must find the same."""
        _log.error("%s position %d took %.1f s and is parked", self.plant, stored.position, took_s)
        if self._withheld is not None:
            self._withheld.add(stored.position)
        self._newly_withheld.add((self.plant, stored.position, int(took_s * 1000)))
        self._park(stored, "handler_slow", "")

    def _note_exceptions(self, stored: Stored, fact: Fact) -> None:
        for code, name in self._notes:
            self.discrepancies.count(fact, code, name, detail={"name": _clip(name)})
        detail = "; ".join(f"{code} {name}" for code, name in self._notes)
        self._dispose(stored, "booked_with_exception", self._notes[0][0], detail)

    def _park(self, stored: Stored, code: str, detail: str) -> None:
        kind = stored.envelope.type if stored.envelope and not stored.flaw else ""
        about = {"code": code, "detail": _clip(detail), "type": kind, "device": stored.device}
        fact = _fact(self.plant, stored, _blank(self.plant, stored))
        self.discrepancies.open(fact, "parked", str(stored.position), detail=about)
        if line := parked_line(self.plant, stored.position, stored.envelope):
            self._parked_lines.save(line)
        self._dispose(stored, "parked", code, detail)

    def _dispose(self, stored: Stored, state: str, code: str, detail: str) -> None:
        row: Row = (
            self.plant,
            stored.position,
            stored.device,
            stored.epoch,
            stored.sequence,
            stored.event_id,
            state,
            code,
            _clip(detail),
        )
        self._dispositions.add(row)
        self.trail.keep()

    def undo(self) -> None:
        """Take back everything the event in hand changed."""
        self.trail.roll_back()
        self._notes.clear()
        self._ending = None

    def _gather(self) -> Mapping[type[Event], Sequence[Handler]]:
        gathered: dict[type[Event], list[Handler]] = {kind: [] for kind in event_types().values()}
        self._projections = [projection(self) for projection in projection_types()]
        for projection in self._projections:
            for kind, handler in projection.handlers().items():
                gathered[kind].append(handler)
        return gathered


DETAIL_CHARS_MAX = 500


def _clip(text: str) -> str:
    text = text.replace("\0", "�")
    return text if len(text) <= DETAIL_CHARS_MAX else text[: DETAIL_CHARS_MAX - 1] + "…"


def _fact(plant: str, stored: Stored, envelope: Envelope) -> Fact:
    event_time = instant_text(envelope.event_time)
    return Fact(
        plant, stored.position, envelope, stored.received_at, event_time, min(event_time, stored.received_at)
    )


def _blank(plant: str, stored: Stored) -> Envelope:
    """Return an envelope that says no more than where an entry stands: nothing in a parked one is believed."""
    return Envelope(
        plant=plant,
        device=stored.device,
        epoch=stored.epoch,
        sequence=stored.sequence,
        event_id="0" * 32,
        previous_digest=GENESIS_DIGEST,
        type="",
        schema=1,
        fact=msgspec.Raw(b"{}"),
        event_time=datetime.fromtimestamp(0, UTC),
    )
