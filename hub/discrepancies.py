"""What is not as it should be, from opening to closing: at most one open for each kind and key."""

import hashlib
from collections.abc import Callable, Mapping

import msgspec
from msgspec.structs import replace
from sqlalchemy import Connection, select

from hub.overlay import Layer, Rows
from hub.projection import Fact
from hub.store.tables import discrepancies

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


class Discrepancies:
    """The register of open and closed ones, of one plant; every change belongs to the event that is being booked."""

    def __init__(self, plant: str, connection: Callable[[], Connection], touched: list[Layer]) -> None:
        self._plant = plant
        self.rows = Rows(discrepancies, DiscrepancyRow, connection, touched)
        self.open_ids = _OpenIds(plant, connection, touched)

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
            self.rows.save(replace(held, amount=amount, position=fact.position))
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
            owner=fact.envelope.operator or fact.envelope.device,
            opened_at=fact.received_at,
            closed_at=None,
            amount=amount,
            unit=unit,
            detail_json=msgspec.json.encode(detail, order="sorted").decode(),
        )
        self.rows.save(row)
        self.open_ids.put((kind, key), named)

    def close(self, fact: Fact, kind: str, key: str) -> None:
        """Close the open one, if there is one; its last amount stays readable."""
        held = self._open(kind, key)
        if held:
            self.rows.save(replace(held, closed_at=fact.received_at, position=fact.position))
            self.open_ids.put((kind, key), None)

    def _open(self, kind: str, key: str) -> DiscrepancyRow | None:
        named = self.open_ids.get((kind, key))
        return self.rows.get((self._plant, named)) if named else None


class _OpenIds:
    """Which discrepancies are open now: read once, then kept; the floor's open ones are few."""

    def __init__(self, plant: str, connection: Callable[[], Connection], touched: list[Layer]) -> None:
        self._plant, self._connection, self._touched = plant, connection, touched
        self._held: dict[_Name, str | None] | None = None
        self._batch: dict[_Name, str | None] = {}
        self._event: dict[_Name, str | None] = {}

    def get(self, name: _Name) -> str | None:
        if name in self._event:
            return self._event[name]
        if name in self._batch:
            return self._batch[name]
        if self._held is None:
            self._held = self._read()
        return self._held.get(name)

    def put(self, name: _Name, named: str | None) -> None:
        if not self._event:
            self._touched.append(self)
        self._event[name] = named

    def keep(self) -> None:
        self._batch.update(self._event)
        self._event.clear()

    def drop(self) -> None:
        self._event.clear()

    def write(self, connection: Connection) -> None:
        """The rows themselves say which are open."""

    def settle(self) -> None:
        if self._held is not None:
            self._held.update(self._batch)
        self._batch.clear()

    def forget(self) -> None:
        self._held = None
        self._batch.clear()
        self._event.clear()

    def _read(self) -> dict[_Name, str | None]:
        column = discrepancies.c
        query = select(column.kind, column.key, column.id).where(
            column.plant == self._plant, column.is_projected, column.closed_at.is_(None)
        )
        return {(row.kind, row.key): row.id for row in self._connection().execute(query)}
