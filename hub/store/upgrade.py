"""Bringing a database to the shape this program works with, step by step. Run it with no hub on the database.

Each step is one transaction with its new version number, on SQLite as on PostgreSQL: wherever the program is ended, the
next start goes on from the last whole step. No statement that could change the ledger is let through.
"""

import logging
import re
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from typing import Any

import msgspec
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import Connection, Engine, MetaData, delete, event

from hub.store.database import NewerSchemaError, generation_of, set_generation, writing
from hub.store.metadata import NAMING_CONVENTION
from hub.store.migration import Migration, migrations
from hub.store.schema import (
    Folds,
    SchemaState,
    are_tables_current,
    folds_of,
    lock_schema,
    note_folds,
    own_folds,
    set_version,
    state_of,
    version_of,
)
from hub.store.tables import FOLDED, discrepancies, events, metadata, withheld

_log = logging.getLogger(__name__)

_LETS_THE_LEDGER_BE = re.compile(
    rf'(ALTER TABLE "?{events.name}"? ADD COLUMN [^,;]*|CREATE (UNIQUE )?INDEX \w+ ON "?{events.name}"? [^;]*'
    r"|SELECT [^;]*|PRAGMA [^;]*)",
    re.IGNORECASE | re.DOTALL,
)
"""Whatever else names the ledger is refused: a step adds to its table, and reads it."""


class LedgerTouchedError(Exception):
    """A step would change what stands in the ledger. It is a mistake of the program; nothing was written."""


def migrate(engine: Engine) -> Iterator[Migration]:
    """Take every step the database lacks, each when it is asked for; yield it once it is done for good.

    An empty database needs none. Raises NewerSchemaError, StoreError, LedgerTouchedError.
    """
    while step := _take_next(engine):
        yield step


def renew_tables(engine: Engine) -> bool:
    """Make the projected tables as this program has them, where the database's are others; tells whether it did.

    They are empty then, and nothing is booked. The generation grows, since rows may come out otherwise than a kiosk
    heard of them; events that were too slow have another try. It is one transaction.
    """
    with writing(engine) as connection:
        _prepare_step(connection)
        if are_tables_current(connection):
            return False
        own = {table.name for table in FOLDED}
        kept = set(metadata.tables) - own
        for name in sorted((own | set(folds_of(connection).tables)) - kept):
            connection.exec_driver_sql(f'DROP TABLE IF EXISTS "{name}"')
        metadata.create_all(connection, tables=FOLDED, checkfirst=False)
        connection.execute(delete(discrepancies).where(discrepancies.c.is_projected))
        connection.execute(delete(withheld))
        set_generation(connection, generation_of(connection) + 1)
        note_folds(connection, msgspec.structs.replace(own_folds(connection.dialect), is_done=False))
        return True


@contextmanager
def ledger_kept(connection: Connection) -> Generator[None]:
    """Refuse every statement that could change the ledger. Raises LedgerTouchedError."""

    def see(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        plain = " ".join(statement.split())
        if events.name in plain.lower() and not _LETS_THE_LEDGER_BE.fullmatch(plain):
            raise LedgerTouchedError(f"a step of the schema never changes the ledger: {plain}")

    event.listen(connection, "before_cursor_execute", see)
    try:
        yield
    finally:
        event.remove(connection, "before_cursor_execute", see)


def take(connection: Connection, step: Migration) -> None:
    """Take one step in the caller's transaction. Raises LedgerTouchedError."""
    names = {"target_metadata": MetaData(naming_convention=NAMING_CONVENTION)}
    with ledger_kept(connection):
        step.upgrade(Operations(MigrationContext.configure(connection, opts=names)))
    set_version(connection, step.version)
    if step.folds_again:
        note_folds(connection, Folds(tables=folds_of(connection).tables))


def _take_next(engine: Engine) -> Migration | None:
    with writing(engine) as connection:
        _prepare_step(connection)
        state = state_of(connection)
        if state is SchemaState.EMPTY:
            return None
        held = version_of(connection)
        if state is SchemaState.NEWER:
            raise NewerSchemaError(held)
        step = next((one for one in migrations() if one.version > held), None)
        if step:
            _log.warning("the database goes from schema version %d to %d: %s", held, step.version, step.tells)
            take(connection, step)
        return step


def _prepare_step(connection: Connection) -> None:
    lock_schema(connection)
    if connection.dialect.name == "postgresql":
        # An index over many millions of rows takes as long as it takes; nobody else is at work meanwhile.
        connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
