"""What is not as it should be, from opening to closing: at most one open for each kind and key."""

import hashlib
from collections.abc import Callable, Iterable, Mapping

import msgspec
from msgspec.structs import replace
from sqlalchemy import Connection, select

from hub.exception import first_owner
from hub.overlay import Layer, Rows, Trail
from hub.projection import Fact
from hub.store.bulk import Write
from hub.store.tables import discrepancies

KEY_CHARS_MAX = 200
"""What events are counted under is told apart by this much of its name: an index refuses a text of any length."""
ONE_EVENT = 10**6
"""One event, where the amount is how many events are concerned: amounts are millionths."""

_Name = tuple[str, str]
"""Kind and key."""


class DiscrepancyRow(msgspec.Struct, frozen=True):
    """A row of `discrepancies`."""

    plant: str
    id: str
    kind: str
    key: str
    is_projected: bool
    opened_position: int
    position: int
    owner: str
    opened_at: str
    closed_at: str | None
    amount: int
    unit: str
    detail_json: str
    due: str = ""
    settled_position: int = 0


class Discrepancies:
    """The register of open and closed ones, of one plant; every change belongs to the event that is being booked."""

    def __init__(self, plant: str, connection: Callable[[], Connection], trail: Trail) -> None:
        self._plant = plant
        self._rows = Rows(discrepancies, DiscrepancyRow, connection, trail)
        # Those seen on arrival are written by others too, so they are read anew each time.
        self._arrived = _Arrived(discrepancies, DiscrepancyRow, connection, trail)
        self._arrived.remembers = False
        self._open_ids = _OpenIds(plant, connection, trail)
        self.layers: tuple[Layer, ...] = (self._rows, self._arrived, self._open_ids)

    def amount(self, kind: str, key: str) -> int | None:
        """Return the amount of the open one; None if none is open."""
        row = self._open(kind, key)
        return row.amount if row else None

    def open(
        self, fact: Fact, kind: str, key: str, *, detail: Mapping[str, str], amount: int = 0, unit: str = ""
    ) -> None:
        """Open one, or bring the open one up to date."""
        held = self._open(kind, key)
        if held:
            self._rows.save(replace(held, amount=amount, position=fact.position))
            return
        named = hashlib.sha256(f"{kind}\n{key}\n{fact.position}".encode()).hexdigest()[:16]
        row = DiscrepancyRow(
            plant=self._plant,
            id=named,
            kind=kind,
            key=key,
            is_projected=True,
            opened_position=fact.position,
            position=fact.position,
            owner=first_owner(kind, fact.envelope.operator, fact.envelope.device),
            opened_at=fact.received_at,
            closed_at=None,
            amount=amount,
            unit=unit,
            detail_json=msgspec.json.encode(detail, order="sorted").decode(),
        )
        self._rows.save(row)
        self._open_ids.put((kind, key), named)

    def count(self, fact: Fact, kind: str, key: str, *, detail: Mapping[str, str]) -> None:
        """Open one, or count one more event to the open one: what a hundred scans show is one cause, not a hundred."""
        key = _clip(key)
        held = self._open(kind, key)
        amount = held.amount + ONE_EVENT if held else ONE_EVENT
        self.open(fact, kind, key, detail=detail, amount=amount)

    def close(self, fact: Fact, kind: str, key: str) -> None:
        """Close the open one, if there is one; its last amount stays readable."""
        held = self._open(kind, key)
        if held:
            self._end(fact, held, settled_position=0)

    def find(self, named: str) -> DiscrepancyRow | None:
        """Return one by its id, open or closed."""
        row = self._rows.get((self._plant, named))
        return row if row and row.is_projected else self._arrived.get((self._plant, named))

    def find_open(self, kind: str, key: str) -> DiscrepancyRow | None:
        """Return the open one of a kind and key, of those that come from the ledger."""
        return self._open(kind, key)

    def settle(self, fact: Fact, row: DiscrepancyRow) -> bool:
        """Close one because somebody settled it; tells whether it was open until then."""
        if _was_closed(fact, row):
            return False
        self._end(fact, row, settled_position=fact.position)
        return True

    def assign(self, fact: Fact, row: DiscrepancyRow, owner: str, due: str) -> bool:
        """Give an open one to somebody; tells whether it was open."""
        if _was_closed(fact, row):
            return False
        if row.is_projected:
            row = replace(row, position=fact.position)
        self._save(replace(row, owner=owner, due=due))
        return True

    def reopen(self, fact: Fact, row: DiscrepancyRow) -> bool:
        """Open one again that somebody settled; not one that closed by itself, nor beside another open one."""
        name = (row.kind, row.key)
        if not row.is_projected or not row.settled_position or self._open(*name):
            return False
        self._save(replace(row, closed_at=None, settled_position=0, position=fact.position))
        self._open_ids.put(name, row.id)
        return True

    def _end(self, fact: Fact, row: DiscrepancyRow, *, settled_position: int) -> None:
        if row.is_projected:
            row = replace(row, position=fact.position)
            self._open_ids.put((row.kind, row.key), None)
        self._save(replace(row, closed_at=fact.received_at, settled_position=settled_position))

    def _save(self, row: DiscrepancyRow) -> None:
        (self._rows if row.is_projected else self._arrived).save(row)

    def _open(self, kind: str, key: str) -> DiscrepancyRow | None:
        named = self._open_ids.get((kind, key))
        return self._rows.get((self._plant, named)) if named else None


def _was_closed(fact: Fact, row: DiscrepancyRow) -> bool:
    """Tell whether one was closed before this fact.

    One that was seen on arrival is kept at a rebuild as it is: closed by this very fact it is not "closed before".
    """
    if row.is_projected or row.closed_at is None:
        return row.closed_at is not None
    return row.closed_at < fact.received_at or 0 < row.settled_position < fact.position


def _clip(key: str) -> str:
    return key[:KEY_CHARS_MAX].replace("\0", "�")


class _Arrived(Rows[DiscrepancyRow]):
    """Those seen on arrival: a rebuild does not empty the table of them."""

    def begin_afresh(self) -> None:
        self.forget()


class _OpenIds:
    """Which discrepancies are open now: read once, then kept; the floor's open ones are few."""

    def __init__(self, plant: str, connection: Callable[[], Connection], trail: Trail) -> None:
        self._plant, self._connection, self._trail = plant, connection, trail
        self._held: dict[_Name, str | None] | None = None

    def get(self, name: _Name) -> str | None:
        return self._all().get(name)

    def put(self, name: _Name, named: str | None) -> None:
        self._trail.change(self._all(), name, named)

    @property
    def held(self) -> int:
        """The rows themselves are counted."""
        return 0

    def begin_afresh(self) -> None:
        self._held = {}

    def begin(self) -> None:
        """What is open is kept in mind, not read again."""

    def take(self) -> Iterable[Write]:
        """The rows themselves say which are open."""
        return ()

    def settle(self) -> None:
        """Nothing is waited for."""

    def forget(self) -> None:
        self._held = None

    def _all(self) -> dict[_Name, str | None]:
        if self._held is None:
            self._held = self._read()
        return self._held

    def _read(self) -> dict[_Name, str | None]:
        column = discrepancies.c
        query = select(column.kind, column.key, column.id).where(
            column.plant == self._plant, column.is_projected, column.closed_at.is_(None)
        )
        return {(row.kind, row.key): row.id for row in self._connection().execute(query)}
