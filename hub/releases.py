"""Parked events that were booked after all: each once, and known when the same fact comes again."""

from collections.abc import Callable

import msgspec
from sqlalchemy import Connection, func, select

from domain.events.desk import EventReleased
from hub.overlay import Layer, Rows, Trail
from hub.store.event_log import Stored, read_events
from hub.store.tables import events, releases

RELEASE_FAILED = "release_failed"
"""What becomes of a release that changed nothing. Its cause is on the desk already: the event is still parked there."""


class ReleaseRow(msgspec.Struct, frozen=True):
    """A row of `releases`."""

    plant: str
    event_id: str
    parked_position: int
    position: int


class Releases:
    """What was released in one plant, by event id. Asked for each event that is booked, so the ids stay at hand."""

    def __init__(
        self,
        plant: str,
        connection: Callable[[], Connection],
        ledger: Callable[[], Connection],
        trail: Trail,
    ) -> None:
        self._plant, self._connection, self._ledger = plant, connection, ledger
        self._rows = Rows(releases, ReleaseRow, connection, trail)
        self._ids: set[str] | None = None
        """Every id that may have been released; whether it truly was, the row says."""
        self.layers: tuple[Layer, ...] = (self._rows,)

    def begin(self) -> None:
        """Read once what was released; later ones are noted here."""
        if self._ids is None:
            asked = select(releases.c.event_id).where(releases.c.plant == self._plant)
            self._ids = set(self._connection().execute(asked).scalars())

    def released(self, event_id: str) -> Stored | None:
        """Return the parked entry whose fact was booked under this event id, if one was."""
        if not self._ids or event_id not in self._ids:
            return None
        row = self._rows.get((self._plant, event_id))
        return self.entry(row.parked_position) if row else None

    def entry(self, position: int) -> Stored | None:
        """Return an entry of the ledger."""
        found = read_events(self._ledger(), self._plant, position - 1, 1)
        return found[0] if found and found[0].position == position else None

    def first_booked(self, event_id: str, before: int) -> int:
        """Return where an entry that could be believed bears this event id, below a position; 0 if none does."""
        column = events.c
        asked = select(func.min(column.position)).where(
            column.plant == self._plant, column.event_id == event_id, column.position < before
        )
        return int(self._ledger().execute(asked).scalar() or 0)

    def note(self, event_id: str, parked_position: int, position: int) -> None:
        """Write down that a parked fact is booked."""
        if self._ids is not None:
            self._ids.add(event_id)
        self._rows.save(ReleaseRow(self._plant, event_id, parked_position, position))


def why_not(event: EventReleased, parked: Stored | None, plant: str) -> str:
    """Return why an entry can never be booked: a code of `desk.outcome`, empty where nothing stands against it."""
    if parked is None or parked.digest != event.digest:
        return "not_that_entry"
    envelope = parked.envelope
    if envelope is None:
        return "unreadable"
    is_own = (envelope.plant, envelope.device, envelope.epoch) == (plant, parked.device, parked.epoch)
    return "" if is_own else "foreign_sender"
