"""The database's shape: which version it has, and whether its projected tables are those this program folds into.

Projected tables carry no version. Instead `meta` holds a digest of how they were made: where this program would make
them otherwise, they are dropped, made anew and folded again from the ledger.
"""

import hashlib
from enum import Enum, auto
from functools import cache

import msgspec
from sqlalchemy import Connection, Dialect, Table, create_mock_engine, inspect, select, text, update
from sqlalchemy.schema import CreateIndex, CreateTable, ExecutableDDLElement

from hub.store.migration import schema_version
from hub.store.tables import FOLDED, meta
from hub.store.user_tables import metadata

_VERSION, _GENERATION, _FOLDS = "schema_version", "generation", "folds"
_LOCK_NUMBER = 727269
"""The key of PostgreSQL's advisory lock of whoever makes or changes tables."""

_compiled: dict[tuple[str, Table], tuple[str, ...]] = {}


class Folds(msgspec.Struct, frozen=True, kw_only=True):
    """How the projected tables of a database were made. `is_done`: the ledger was folded into them to its end."""

    digest: str = ""
    tables: tuple[str, ...] = ()
    is_done: bool = True


class SchemaState(Enum):
    """What a database is to this program."""

    EMPTY = auto()
    CURRENT = auto()
    OLDER = auto()
    """A step leads from it to what is needed, or its projected tables are to be made anew."""
    NEWER = auto()


def lock_schema(connection: Connection) -> None:
    """Let two that start at once make or change tables one after the other. SQLite has one writer anyway."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": _LOCK_NUMBER})


def state_of(connection: Connection) -> SchemaState:
    """Tell whether this program can work with a database as it is."""
    if not inspect(connection).has_table(meta.name):
        return SchemaState.EMPTY
    version = version_of(connection)
    if version > schema_version():
        return SchemaState.NEWER
    if version < schema_version() or not are_tables_current(connection):
        return SchemaState.OLDER
    return SchemaState.CURRENT


def create(connection: Connection) -> None:
    """Make every table of an empty database."""
    for statement in _statements(f"{connection.dialect.name}+{connection.dialect.driver}://"):
        connection.exec_driver_sql(statement)
    _note(connection, _VERSION, str(schema_version()))
    _note(connection, _GENERATION, "1")
    note_folds(connection, own_folds(connection.dialect))


def version_of(connection: Connection) -> int:
    """Return the version of a database's shape."""
    return int(_noted(connection, _VERSION))


def set_version(connection: Connection, version: int) -> None:
    """Say which version the database has now."""
    _note(connection, _VERSION, str(version))


def folds_of(connection: Connection) -> Folds:
    """Return how the projected tables were made; a database from before that was noted says nothing."""
    return msgspec.json.decode(_noted(connection, _FOLDS, "{}"), type=Folds)


def note_folds(connection: Connection, folds: Folds) -> None:
    """Say how the projected tables were made, and whether they are folded to the end."""
    _note(connection, _FOLDS, msgspec.json.encode(folds).decode())


def are_tables_current(connection: Connection) -> bool:
    """Tell whether the projected tables are those this program would make."""
    return folds_of(connection).digest == fold_digest(connection.dialect)


def own_folds(dialect: Dialect) -> Folds:
    """Return how this program makes the projected tables, all of them folded to the end."""
    return Folds(digest=fold_digest(dialect), tables=tuple(str(table.name) for table in FOLDED))


def fold_digest(dialect: Dialect) -> str:
    """Return the digest of how this program makes the projected tables, and of the `fold` each of them states."""
    made = [line for table in FOLDED for line in _told(table, dialect)]
    return hashlib.sha256("\n".join(made).encode()).hexdigest()


@cache
def _statements(url: str) -> tuple[str, ...]:
    """Return what makes every table of a kind of database; compiled once, however many are made."""
    made: list[str] = []

    def keep(statement: ExecutableDDLElement, *_: object, **__: object) -> None:
        made.append(str(statement.compile(dialect=kind.dialect)))

    kind = create_mock_engine(url, keep)
    metadata.create_all(kind, checkfirst=False)
    return tuple(made)


def _told(table: Table, dialect: Dialect) -> list[str]:
    return [
        " ".join(line.split()) for line in (*_making(table, dialect), f"fold {table.info.get('fold', 1)}")
    ]


def _making(table: Table, dialect: Dialect) -> tuple[str, ...]:
    """Return the statements that make a table; compiled once, however many databases are looked at."""
    made = _compiled.get((dialect.name, table))
    if made is None:
        indexes = sorted(str(CreateIndex(index).compile(dialect=dialect)) for index in table.indexes)
        made = _compiled[dialect.name, table] = (str(CreateTable(table).compile(dialect=dialect)), *indexes)
    return made


def _noted(connection: Connection, key: str, otherwise: str | None = None) -> str:
    found = connection.execute(select(meta.c.value).where(meta.c.key == key)).scalar()
    if found is None:
        if otherwise is None:
            raise LookupError(f"the database does not say its {key}")
        return otherwise
    return found


def _note(connection: Connection, key: str, value: str) -> None:
    if not connection.execute(update(meta).where(meta.c.key == key).values(value=value)).rowcount:
        connection.execute(meta.insert().values(key=key, value=value))
