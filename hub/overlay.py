"""What a batch changes, before it is written: read through to the tables, undone event by event, handed over at once.

While one batch is being written, the next is folded already: what was handed over stays here until it is committed,
because the next batch reads a moment of the database from before that.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from operator import attrgetter
from typing import Any, Generic, Protocol, TypeVar

from msgspec import Struct
from msgspec.structs import astuple, fields
from sqlalchemy import Connection, Table, bindparam, select

from hub.store.bulk import Row, Write

CACHED_MAX = 50_000
"""Rows one overlay remembers from batch to batch; beyond, it begins afresh."""

K = TypeVar("K")
V = TypeVar("V")
R = TypeVar("R", bound=Struct)

_ABSENT: Any = object()


class Trail:
    """What the event in hand changed, so that it can fail without a trace."""

    def __init__(self) -> None:
        self._steps: list[tuple[Any, Any, Any]] = []
        self.add = self._steps.append
        """Takes (dictionary, key, what it held) or (list, None, how long it was), before the change."""

    def keep(self) -> None:
        """The event is booked."""
        self._steps.clear()

    def roll_back(self) -> None:
        """The event failed: put everything back, last change first."""
        for held, key, before in reversed(self._steps):
            if key is None:
                del held[before:]
            elif before is _ABSENT:
                del held[key]
            else:
                held[key] = before
        self._steps.clear()

    def change(self, held: dict[K, V], key: K, value: V) -> None:
        """Put a value into a dictionary."""
        self.add((held, key, held.get(key, _ABSENT)))
        held[key] = value


class Layer(Protocol):
    """Something that takes part in booking a batch."""

    @property
    def held(self) -> int:
        """How many rows wait to be handed over."""
        ...

    def begin_afresh(self) -> None:
        """The table was emptied: until something is forgotten, what is not here is nowhere."""
        ...

    def begin(self) -> None:
        """A batch begins: what is read from now on is a later moment of the database."""
        ...

    def take(self) -> Iterable[Write]:
        """Hand over what changed since the last time, each key once, in sorted order."""
        ...

    def settle(self) -> None:
        """What was handed over is committed."""
        ...

    def forget(self) -> None:
        """It was not committed, or others wrote: remember nothing."""
        ...


class Overlay(Generic[K, V]):
    """A value for each key, read through and written behind."""

    def __init__(self, load: Callable[[K], V | None], trail: Trail) -> None:
        self._load, self._trail = load, trail
        self.remembers = True
        """Whether a batch's values are asked for again in later ones; off where they are written and seldom read."""
        self._values: dict[K, V | None] = {}
        self._changed: set[K] = set()
        self._handed_over: set[K] = set()
        self._is_all = False
        """Whether every value there is stands here, so that nobody need look in the table."""

    @property
    def held(self) -> int:
        return len(self._changed)

    def begin_afresh(self) -> None:
        self.forget()
        self._is_all = True

    def get(self, key: K) -> V | None:
        """Return the value as it is now."""
        try:
            return self._values[key]
        except KeyError:
            value = self._values[key] = None if self._is_all else self._load(key)
            return value

    def foresee(self, keys: Iterable[K], load: Callable[[Sequence[K]], Mapping[K, V]]) -> None:
        """Load at once those of `keys` that are not at hand; what `load` does not give is nowhere."""
        lacking = [] if self._is_all else [key for key in keys if key not in self._values]
        if lacking:
            found = load(lacking)
            self._values.update((key, found.get(key)) for key in lacking)

    def put(self, key: K, value: V | None) -> None:
        """Give a key a value; None takes it away."""
        values = self._values
        self._trail.add((values, key, values.get(key, _ABSENT)))
        values[key] = value
        self._changed.add(key)

    def begin(self) -> None:
        if not self.remembers or len(self._values) > CACHED_MAX:
            kept = [(key, self._values[key]) for key in self._handed_over if key in self._values]
            self._is_all = self._is_all and len(kept) == len(self._values)
            self._values.clear()
            self._values.update(kept)

    def take(self) -> Iterable[Write]:
        """Hand the changes over; an overlay without a table writes nothing."""
        self._handed_over, self._changed = self._changed, set()
        return ()

    def settle(self) -> None:
        self._handed_over = set()

    def forget(self) -> None:
        self._is_all = False
        self._values.clear()
        self._changed.clear()
        self._handed_over.clear()


class Rows(Overlay[Row, R], Generic[R]):
    """The rows of one table by primary key, as structs whose fields are the table's columns in order."""

    def __init__(
        self, table: Table, kind: type[R], connection: Callable[[], Connection], trail: Trail
    ) -> None:
        super().__init__(self._select, trail)
        self._table, self._kind, self._connection = table, kind, connection
        keys = tuple(table.primary_key.columns)
        self._key_names = tuple(column.name for column in keys)
        self._key_of = attrgetter(*self._key_names)
        # Made once: putting a statement together takes longer than asking it.
        self._query = select(table).where(*(column == bindparam(column.name) for column in keys))

    def save(self, row: R) -> None:
        """Write a row, new or changed."""
        key, values = self._key_of(row), self._values
        self._trail.add((values, key, values.get(key, _ABSENT)))  # as `put` does: this is asked most of all
        values[key] = row
        self._changed.add(key)

    def take(self) -> Iterable[Write]:
        super().take()
        rows = [self._values.get(key) for key in self._handed_over]
        return (Write(table=self._table, rows=sorted(astuple(row) for row in rows if row is not None)),)

    def _select(self, key: Row) -> R | None:
        given = dict(zip(self._key_names, key, strict=True))
        row = self._connection().execute(self._query, given).first()
        return self._kind(*row) if row else None


class Journal:
    """A table that is only added to."""

    def __init__(self, table: Table, trail: Trail) -> None:
        self._table, self._trail = table, trail
        self._rows: list[Row] = []

    def add(self, row: Row) -> None:
        """Add a row: its values in the order of the columns."""
        self._trail.add((self._rows, None, len(self._rows)))
        self._rows.append(row)

    @property
    def held(self) -> int:
        return len(self._rows)

    def begin_afresh(self) -> None:
        self._rows = []

    def begin(self) -> None:
        """Nothing is read."""

    def take(self) -> Iterable[Write]:
        rows, self._rows = self._rows, []
        return (Write(table=self._table, rows=rows, is_new=True),)

    def settle(self) -> None:
        """Nothing is remembered."""

    def forget(self) -> None:
        self._rows = []


def fits(table: Table, kind: type[Struct]) -> bool:
    """Tell whether a struct's fields are a table's columns, in order."""
    return [field.name for field in fields(kind)] == [column.name for column in table.columns]
