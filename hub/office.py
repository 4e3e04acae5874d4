"""The office's own hand in the ledger: what people settle at the discrepancy desk is sealed into a log of the hub's.

The log's device is OFFICE and its epoch the hub's generation, so that a hub that was put back begins a new one. It
comes in like any kiosk's upload; the projection `office` gives it its effect.
"""

import logging
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Protocol

from sqlalchemy import Connection, Engine, Row, select
from uuid_utils import uuid7

from domain.event import Event
from domain.events.desk import (
    OFFICE,
    DiscrepancyAssigned,
    DiscrepancyReopened,
    DiscrepancySettled,
    EventReleased,
    SettlingAct,
)
from domain.events.month import PeriodLocked
from domain.log import Envelope, Head, Recorded, Seen, Strength, encode_fact, seal
from domain.wire import Accepted, Upload, UploadHeader
from drivers.clock import Clock
from hub.early_reversals import with_reversals
from hub.exception import exception_kind
from hub.ingest import Ingest
from hub.months import see_that_it_closes
from hub.rights.grants import person_of
from hub.rights.matrix import DESK_ACTS, MONTH_RIGHT
from hub.slices import nowhere
from hub.store.database import StoreBusyError, generation_of, reading
from hub.store.devices import Device
from hub.store.event_log import head_of
from hub.store.tables import desk_acts, discrepancies, events

ORDERED_MAX = 1000
"""Discrepancies settled with one order."""
SENT_MAX = 100
"""Facts sealed and stored together."""
NOTE_CHARS_MAX = 500
OWNER_CHARS_MAX = 40
BOOKED_WAIT_MS = 10_000
"""How long the page waits to tell what came of it; stored it is at once."""
LOOK_AGAIN_S = 0.02
OTHER_REASON = "other"
"""A reason every kind takes; the note says which."""

_SETTLING: Mapping[str, SettlingAct] = {
    "accept": "accepted",
    "correct": "corrected",
    "set_aside": "set_aside",
}
_log = logging.getLogger(__name__)


class OrderError(ValueError):
    """What was asked cannot be done at all; `key` are words of the catalogue."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


@dataclass(frozen=True, slots=True, kw_only=True)
class Hand:
    """Whose hand writes. `session` and `strength`: how it was proven; `seen`: the position their page showed."""

    person: str
    session: str = ""
    strength: Strength = "none"
    seen: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is wanted done about some discrepancies. `act`: an Act of `hub.exception`, `assign` or `reopen`.

    `owner` and `due` (2026-11-30, or empty): to whom it is given and by when.
    """

    act: str
    ids: tuple[str, ...]
    reason: str = ""
    note: str = ""
    owner: str = ""
    due: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of it for one: `done`, `stored` (to be booked), or a word of `desk.outcome` that says why not."""

    discrepancy: str
    outcome: str
    position: int = 0


class Booking(Protocol):
    """Whoever books: the projector, in this process or in one of its own."""

    def position(self, plant: str) -> int:
        """Return through which position a plant is booked."""
        ...


class Office:
    """Seals what people settle, one order after the other, and tells what came of it."""

    _lock = threading.Lock()
    """There is one log of the office's, whichever page or route writes into it."""

    def __init__(self, engine: Engine, ingest: Ingest, booking: Booking, clock: Clock) -> None:
        self._engine, self._ingest, self._booking, self._clock = engine, ingest, booking, clock
        self._pause = threading.Event()

    def carry_out(self, plant: str, hand: Hand, order: Order) -> tuple[Outcome, ...]:
        """Do what is ordered; what is closed already stays as it is. Raises OrderError, StoreBusyError."""
        _check(order)
        with self._lock:
            with reading(self._engine) as connection:
                right = DESK_ACTS.get(order.act, "desk.settle")  # what is no act is told so to who may settle
                if not _is_entitled(connection, plant, hand, right):
                    raise OrderError("desk.refused.no_right")
                if order.owner and not person_of(connection, plant, order.owner):
                    raise OrderError("desk.refused.nobody")
                facts, refused = _facts(connection, plant, order)
            outcomes = list(refused)
            for start in range(0, len(facts), SENT_MAX):
                outcomes += self._bring_in(plant, hand, facts[start : start + SENT_MAX])
        return tuple(outcomes)

    def close_month(self, plant: str, hand: Hand, period: str) -> bool:
        """Close a month, with every one before; tells whether it is booked already.

        Raises OrderError, CannotCloseError, StoreBusyError.
        """

        def decide(connection: Connection) -> Sequence[Event]:
            if not _is_entitled(connection, plant, hand, MONTH_RIGHT):
                raise OrderError("month.refused.no_right")
            see_that_it_closes(connection, plant, period, self._clock.now())
            return [PeriodLocked(period=period)]

        return self.write(plant, hand, decide)

    def write(self, plant: str, hand: Hand, decide: Callable[[Connection], Sequence[Event]]) -> bool:
        """Bring in what `decide` makes of the books as they are now; tells whether it is booked already.

        Raises what `decide` raises, StoreBusyError.
        """
        with self._lock:
            with reading(self._engine) as connection:
                facts = decide(connection)
            _, _, is_booked = self._store(plant, hand, facts)
        return is_booked

    def _bring_in(self, plant: str, hand: Hand, facts: Sequence[tuple[str, Event]]) -> Iterator[Outcome]:
        generation, head, is_booked = self._store(plant, hand, [event for _, event in facts])
        return self._told(plant, facts, generation, head, is_booked=is_booked)

    def _store(self, plant: str, hand: Hand, facts: Sequence[Event]) -> tuple[int, Head, bool]:
        """Seal facts and bring them in; returns the generation, the log's head before, and whether they are booked."""
        with reading(self._engine) as connection:
            generation = generation_of(connection)
            head = head_of(connection, plant, OFFICE, generation)
        entries = list(self._seal(plant, hand, head, generation, facts))
        header = UploadHeader(
            device=OFFICE,
            epoch=generation,
            first_sequence=head.sequence + 1,
            previous_digest=head.digest,
            events=len(entries),
            head=entries[-1].head,
            generation=generation,
            clock="synced",
            clock_time=self._clock.now(),
        )
        upload = Upload(header=header, bodies=tuple(entry.body for entry in entries))
        answer = self._ingest.accept(_device(plant, generation), upload)
        if not isinstance(answer.verdict, Accepted) or answer.accepted != entries[-1].head:
            _log.error("the office's log was not taken: %s", answer.verdict)
            raise StoreBusyError("the office's log was not taken")
        return generation, head, self._wait_until_booked(plant, answer.position)

    def _wait_until_booked(self, plant: str, position: int) -> bool:
        end = self._clock.monotonic_ms() + BOOKED_WAIT_MS
        while self._booking.position(plant) < position:
            if self._clock.monotonic_ms() > end:
                return False
            self._pause.wait(LOOK_AGAIN_S)
        return True

    def _seal(
        self, plant: str, hand: Hand, head: Head, generation: int, facts: Sequence[Event]
    ) -> Iterator[Recorded]:
        now = self._clock.now()
        for event in facts:
            entry = seal(
                Envelope(
                    plant=plant,
                    device=OFFICE,
                    epoch=generation,
                    sequence=head.sequence + 1,
                    event_id=uuid7().hex,
                    previous_digest=head.digest,
                    type=type(event).__name__,
                    schema=event.schema,
                    fact=encode_fact(event),
                    event_time=now,
                    clock="synced",
                    operator=hand.person,
                    session=hand.session,
                    strength=hand.strength,
                    read_point="desk",
                    document=getattr(event, "document", ""),
                    seen=Seen(cursor=f"p{hand.seen}", generation=generation),
                    software=_version(),
                )
            )
            head = entry.head
            yield entry

    def _told(
        self,
        plant: str,
        facts: Sequence[tuple[str, Event]],
        generation: int,
        before: Head,
        *,
        is_booked: bool,
    ) -> Iterator[Outcome]:
        """Return what the projection made of each fact."""
        held, act = events.c, desk_acts.c
        joined = events.outerjoin(desk_acts, (act.plant == held.plant) & (act.position == held.position))
        asked = (
            select(held.position, act.outcome)
            .select_from(joined)
            .where(
                held.plant == plant,
                held.device == OFFICE,
                held.epoch == generation,
                held.sequence.between(before.sequence + 1, before.sequence + len(facts)),
            )
            .order_by(held.sequence)
        )
        with reading(self._engine) as connection:
            rows = connection.execute(asked).all()
        for (named, _), row in zip(facts, rows, strict=True):
            outcome = (row.outcome or "failed") if is_booked else "stored"
            yield Outcome(discrepancy=named, outcome=outcome, position=row.position)


def _is_entitled(connection: Connection, plant: str, hand: Hand, right: str) -> bool:
    person = person_of(connection, plant, hand.person)
    return person is not None and right in person.all_rights


def _check(order: Order) -> None:
    """Raise OrderError for what no discrepancy could take."""
    if not order.ids:
        raise OrderError("desk.refused.nothing_chosen")
    if len(order.ids) > ORDERED_MAX:
        raise OrderError("desk.refused.too_many")
    if len(order.note) > NOTE_CHARS_MAX or "\0" in order.note:
        raise OrderError("desk.refused.note")
    if order.act in _SETTLING and not order.reason:
        raise OrderError("desk.refused.reason")
    if order.act in _SETTLING and order.reason == OTHER_REASON and not order.note.strip():
        raise OrderError("desk.refused.other_needs_note")
    if order.act in ("assign", "count") and not order.owner:
        raise OrderError("desk.refused.nobody")
    if order.due:
        try:
            date.fromisoformat(order.due)
        except ValueError as error:
            raise OrderError("desk.refused.date") from error


def _facts(connection: Connection, plant: str, order: Order) -> tuple[list[tuple[str, Event]], list[Outcome]]:
    """Return the facts to seal, in the order of the ledger, and what cannot be done."""
    held = discrepancies.c
    rows: dict[str, Row[Any]] = {}
    wanted = list(dict.fromkeys(order.ids))
    for start in range(0, len(wanted), SENT_MAX):
        part = wanted[start : start + SENT_MAX]
        asked = select(discrepancies).where(held.plant == plant, held.id.in_(part))
        rows.update({row.id: row for row in connection.execute(asked)})
    facts: list[tuple[str, Event]] = []
    refused: list[Outcome] = []
    if order.act == "release":
        rows = {row.id: row for row in with_reversals(connection, plant, [*rows.values()])}
        wanted += [one for one in rows if one not in wanted]
    for named in sorted(wanted, key=lambda one: (rows[one].opened_position if one in rows else 0, one)):
        row = rows.get(named)
        reason = _why_not(row, order)
        event = None if reason or row is None else _fact(connection, plant, row, order)
        if event is None:
            refused.append(Outcome(discrepancy=named, outcome=reason or "not_that_entry"))
        else:
            facts.append((named, event))
    return facts, refused


def _why_not(row: Row[Any] | None, order: Order) -> str:
    """Return why this cannot be done to a discrepancy, a word of `desk.outcome`; empty where it can."""
    if row is None:
        return "not_there"
    kind = exception_kind(row.kind)
    if order.act == "reopen":
        return "" if row.settled_position and row.is_projected else "not_settled_by_hand"
    if row.closed_at is not None:
        return "closed_already"
    if order.act == "assign":
        return ""
    is_reason = order.act not in _SETTLING or order.reason in (*kind.reasons, OTHER_REASON)
    return "" if order.act in kind.acts and is_reason else "not_offered"


def _fact(connection: Connection, plant: str, row: Row[Any], order: Order) -> Event | None:
    match order.act:
        case "assign" | "count":
            return DiscrepancyAssigned(
                discrepancy=row.id,
                kind=row.kind,
                key=row.key,
                owner=order.owner[:OWNER_CHARS_MAX],
                due=order.due,
                task="count" if order.act == "count" else "look",
                note=order.note,
            )
        case "reopen":
            return DiscrepancyReopened(discrepancy=row.id, kind=row.kind, key=row.key, note=order.note)
        case "release":
            return _release(connection, plant, row, order)
        case _:
            return DiscrepancySettled(
                discrepancy=row.id,
                kind=row.kind,
                key=row.key,
                act=_SETTLING[order.act],
                reason=order.reason,
                note=order.note,
            )


def _release(connection: Connection, plant: str, row: Row[Any], order: Order) -> EventReleased | None:
    held = events.c
    asked = select(held.digest).where(held.plant == plant, held.position == int(row.key))
    digest = connection.execute(asked).scalar()
    if digest is None:
        return None
    return EventReleased(
        position=int(row.key), digest=digest, discrepancy=row.id, reason=order.reason, note=order.note
    )


def _device(plant: str, generation: int) -> Device:
    """Return the office as a device of the plant. It is enrolled nowhere: nobody can upload in its name."""
    return Device(
        plant=plant,
        device=OFFICE,
        key=b"",
        number_code="",
        station=nowhere(plant),
        epoch=generation,
        revoked=False,
    )


def _version() -> str:
    try:
        return version("noac")
    except PackageNotFoundError:
        return ""
