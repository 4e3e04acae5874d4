"""Filling projected tables anew inside one transaction: emptied at once, their indexes made when they are full."""

from collections.abc import Generator, Sequence
from contextlib import contextmanager

from sqlalchemy import Connection, Table, delete, func, select, text


def empty(connection: Connection, tables: Sequence[Table], plant: str) -> None:
    """Take a plant's rows out of some tables; where nobody else has any, all at once."""
    for table in tables:
        if not _is_alone(connection, table, plant):
            connection.execute(delete(table).where(table.c.plant == plant))
        elif connection.dialect.name == "postgresql":
            connection.exec_driver_sql(f"TRUNCATE {table.name}")
        else:
            connection.execute(delete(table))


@contextmanager
def indexes_at_the_end(connection: Connection, tables: Sequence[Table], plant: str) -> Generator[None]:
    """Do without indexes until the tables are full: one sorting instead of a search for each row.

    Only where no other plant's rows would have to be sorted in as well.
    """
    indexes = [index for table in tables if _is_alone(connection, table, plant) for index in table.indexes]
    for index in indexes:
        index.drop(connection, checkfirst=True)
    yield
    for index in indexes:
        index.create(connection)


def without_time_limit(connection: Connection) -> None:
    """Let this transaction's statements take as long as they take: one may walk through a ledger of years."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET LOCAL statement_timeout = 0"))


def _is_alone(connection: Connection, table: Table, plant: str) -> bool:
    """Tell whether a table holds no other plant's rows."""
    ends = [select(end(table.c.plant)).scalar_subquery() for end in (func.min, func.max)]
    return all(held in (None, plant) for held in connection.execute(select(*ends)).one())
