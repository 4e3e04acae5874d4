"""Many rows at once: two ways in, one contract.

SQLite takes statements of many rows, so the interpreter's lock is let go once for hundreds of rows and not once for
each: with threads beside it, row-by-row statements wait for the lock longer than they work. PostgreSQL takes COPY;
what may already be there is copied beside the table first.
"""

from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from itertools import chain
from typing import Any, Protocol

from sqlalchemy import Connection, Table

from hub.store.database import StoreError, driver_error

Row = tuple[Any, ...]
"""A row's values in the order of the table's columns."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Write:
    """Rows to be written to one table: `is_new` where none of them can be there yet, `adds` as `Bulk.upsert` has it."""

    table: Table
    rows: Sequence[Row]
    is_new: bool = False
    adds: Sequence[str] = ()

    def to(self, connection: Connection) -> None:
        """Write them. Raises RowsRefusedError, or StoreBusyError when it may succeed later."""
        bulk = bulk_for(connection)
        if self.is_new:
            bulk.insert(connection, self.table, self.rows)
        else:
            bulk.upsert(connection, self.table, self.rows, self.adds)


class RowsRefusedError(StoreError):
    """The database does not take these rows, now or later: a value is too long, or not of its column's kind."""


_CHUNKS = (512, 256, 128, 64, 32, 16, 8, 4, 2, 1)
"""Rows in a statement, largest first; a few sizes only, so that each statement is prepared once.

At 32,766 values at most (sqlite.org/limits.html, 9) 512 rows may have 63 columns.
"""


class Bulk(Protocol):
    """A way of writing many rows in a transaction that is open already."""

    def insert(self, connection: Connection, table: Table, rows: Sequence[Row]) -> None:
        """Write rows that are not there yet."""
        ...

    def upsert(
        self, connection: Connection, table: Table, rows: Sequence[Row], adds: Sequence[str] = ()
    ) -> None:
        """Write rows by primary key, each key once: new ones whole, known ones replaced, `adds` columns added to."""
        ...


def bulk_for(connection: Connection) -> Bulk:
    """Return the way that fits this database."""
    return _SQLITE if connection.dialect.name == "sqlite" else _POSTGRESQL


class _Sqlite:
    def insert(self, connection: Connection, table: Table, rows: Sequence[Row]) -> None:
        self._run(connection, table, "", rows)

    def upsert(
        self, connection: Connection, table: Table, rows: Sequence[Row], adds: Sequence[str] = ()
    ) -> None:
        self._run(connection, table, _on_conflict(table, tuple(adds)), rows)

    def _run(self, connection: Connection, table: Table, tail: str, rows: Sequence[Row]) -> None:
        width = len(table.columns)
        with _driver_errors(connection, table.name) as raw:
            for size, chunk in _chunks(rows):
                statement = _statement(table.name, tail, width, size)
                raw.execute(statement, list(chain.from_iterable(chunk)))


class _Postgresql:
    def insert(self, connection: Connection, table: Table, rows: Sequence[Row]) -> None:
        if rows:
            self._copy(connection, table.name, rows)

    def upsert(
        self, connection: Connection, table: Table, rows: Sequence[Row], adds: Sequence[str] = ()
    ) -> None:
        if not rows:
            return
        stage = f"stage_{table.name}"
        tail = _on_conflict(table, tuple(adds))
        make = f"CREATE TEMP TABLE IF NOT EXISTS {stage} (LIKE {table.name}) ON COMMIT DELETE ROWS"
        connection.exec_driver_sql(make)
        self._copy(connection, stage, rows)
        connection.exec_driver_sql(f"INSERT INTO {table.name} SELECT * FROM {stage} {tail}")  # noqa: S608 (our own names)
        connection.exec_driver_sql(f"DELETE FROM {stage}")  # noqa: S608 (our own names)

    def _copy(self, connection: Connection, name: str, rows: Sequence[Row]) -> None:
        with (
            _driver_errors(connection, name) as raw,
            raw.cursor() as cursor,
            cursor.copy(f"COPY {name} FROM STDIN") as copy,
        ):
            for row in rows:
                copy.write_row(row)


@contextmanager
def _driver_errors(connection: Connection, name: str) -> Generator[Any]:
    """Give the driver's own connection, and name what it complains about."""
    dialect = connection.dialect
    try:
        yield connection.connection.driver_connection
    except (dialect.loaded_dbapi.Error, OverflowError, ValueError) as error:
        busy = driver_error(error)
        raise busy or RowsRefusedError(f"{name} does not take these rows: {error}") from error


def _chunks(rows: Sequence[Row]) -> Iterator[tuple[int, Sequence[Row]]]:
    start = 0
    for size in _CHUNKS:
        while len(rows) - start >= size:
            yield size, rows[start : start + size]
            start += size


@cache
def _statement(name: str, tail: str, width: int, rows: int) -> str:
    one = f"({','.join('?' * width)})"
    return f"INSERT INTO {name} VALUES {','.join([one] * rows)} {tail}"  # noqa: S608 (our own names)


@cache
def _on_conflict(table: Table, adds: tuple[str, ...]) -> str:
    keys = [column.name for column in table.primary_key.columns]
    sets = [
        f"{name} = {table.name}.{name} + excluded.{name}" if name in adds else f"{name} = excluded.{name}"
        for name in (column.name for column in table.columns)
        if name not in keys
    ]
    return f"ON CONFLICT ({', '.join(keys)}) DO UPDATE SET {', '.join(sets)}"


_SQLITE, _POSTGRESQL = _Sqlite(), _Postgresql()
