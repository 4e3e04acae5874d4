"""Changes not written yet: those of one event (undone if it fails), over a batch's, over what the tables hold."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from operator import attrgetter
from typing import Generic, Protocol, TypeVar

from msgspec import Struct
from msgspec.structs import astuple, fields
from sqlalchemy import Connection, Table, bindparam, select

from hub.store.bulk import Row, bulk_for

CACHED_MAX = 50_000
"""Rows one overlay remembers from batch to batch; beyond, it begins afresh."""

K = TypeVar("K")
V = TypeVar("V")
R = TypeVar("R", bound=Struct)


class Layer(Protocol):
    """Something that takes part in booking a batch."""

    def keep(self) -> None:
        """The event is booked: its changes join the batch's."""
        ...

    def drop(self) -> None:
        """The event failed: its changes never were."""
        ...

    def write(self, connection: Connection) -> None:
        """Write the batch's changes, each key once, in sorted order."""
        ...

    def settle(self) -> None:
        """The batch is committed: remember it."""
        ...

    def forget(self) -> None:
        """The batch was not committed, or others wrote: remember nothing."""
        ...


class Overlay(Generic[K, V]):
    """A value for each key, read through and written behind. `touched` hears of it when an event changes something."""

    def __init__(self, load: Callable[[K], V | None], touched: list[Layer]) -> None:
        self._load, self._touched = load, touched
        self.remembers = True
        """Whether a batch's values are asked for again in later ones; off where they are written and seldom read."""
        self._cached: dict[K, V | None] = {}
        self._batch: dict[K, V | None] = {}
        self._event: dict[K, V | None] = {}

    def get(self, key: K) -> V | None:
        """Return the value as it is now."""
        for layer in (self._event, self._batch, self._cached):
            if key in layer:
                return layer[key]
        value = self._cached[key] = self._load(key)
        return value

    def foresee(self, keys: Iterable[K], load: Callable[[Sequence[K]], Mapping[K, V]]) -> None:
        """Load at once those of `keys` that are not at hand; what `load` does not give is nowhere."""
        lacking = [key for key in keys if key not in self._batch and key not in self._cached]
        if lacking:
            found = load(lacking)
            self._cached.update((key, found.get(key)) for key in lacking)

    def put(self, key: K, value: V | None) -> None:
        """Give a key a value; None takes it away."""
        if not self._event:
            self._touched.append(self)
        self._event[key] = value

    def keep(self) -> None:
        self._batch.update(self._event)
        self._event.clear()

    def drop(self) -> None:
        self._event.clear()

    def write(self, connection: Connection) -> None:
        """An overlay without a table writes nothing."""

    def settle(self) -> None:
        if not self.remembers or len(self._cached) + len(self._batch) > CACHED_MAX:
            self._cached.clear()
        if self.remembers:
            self._cached.update(self._batch)
        self._batch.clear()

    def forget(self) -> None:
        self._cached.clear()
        self._batch.clear()
        self._event.clear()


class Rows(Overlay[Row, R], Generic[R]):
    """The rows of one table by primary key, as structs whose fields are the table's columns in order."""

    def __init__(
        self, table: Table, kind: type[R], connection: Callable[[], Connection], touched: list[Layer]
    ) -> None:
        super().__init__(self._select, touched)
        self._table, self._kind, self._connection = table, kind, connection
        keys = tuple(table.primary_key.columns)
        self._key_names = tuple(column.name for column in keys)
        self._key_of = attrgetter(*self._key_names)
        # Made once: putting a statement together takes longer than asking it.
        self._query = select(table).where(*(column == bindparam(column.name) for column in keys))

    def save(self, row: R) -> None:
        """Write a row, new or changed."""
        self.put(self._key_of(row), row)

    def write(self, connection: Connection) -> None:
        rows = sorted(astuple(row) for row in self._batch.values() if row is not None)
        bulk_for(connection).upsert(connection, self._table, rows)

    def _select(self, key: Row) -> R | None:
        given = dict(zip(self._key_names, key, strict=True))
        row = self._connection().execute(self._query, given).first()
        return self._kind(*row) if row else None


class Journal:
    """A table that is only added to."""

    def __init__(self, table: Table, touched: list[Layer]) -> None:
        self._table, self._touched = table, touched
        self._batch: list[Row] = []
        self._event: list[Row] = []

    def add(self, row: Row) -> None:
        """Add a row: its values in the order of the columns."""
        if not self._event:
            self._touched.append(self)
        self._event.append(row)

    def keep(self) -> None:
        self._batch += self._event
        self._event.clear()

    def drop(self) -> None:
        self._event.clear()

    def write(self, connection: Connection) -> None:
        bulk_for(connection).insert(connection, self._table, self._batch)

    def settle(self) -> None:
        self._batch.clear()

    def forget(self) -> None:
        self._batch.clear()
        self._event.clear()


def fits(table: Table, kind: type[Struct]) -> bool:
    """Tell whether a struct's fields are a table's columns, in order."""
    return [field.name for field in fields(kind)] == [column.name for column in table.columns]
