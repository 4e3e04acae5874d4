"""Databases as older programs made them: their tables as kept in tests/golden/schema, filled from one of today."""

from __future__ import annotations

import re
from typing import Any

from sqlalchemy import (
    Connection,
    MetaData,
    Table,
    create_engine,
    create_mock_engine,
    insert,
    inspect,
    select,
    text,
)

from domain.events.terminal import SignedOn
from hub.store.database import writing
from hub.store.migration import schema_version
from hub.store.tables import FOLDED, discrepancies, meta, metadata
from tests.conftest import GOLDEN_DIR
from tests.hub.plant import P, Plant, moved

SHAPES = GOLDEN_DIR / "schema"
KEPT = [table for table in metadata.sorted_tables if table not in FOLDED]
"""What is not folded from the ledger, and so has to be carried from version to version."""
_BETWEEN = "\n--\n"
_INDEX = re.compile("CREATE (UNIQUE )?INDEX")


def live(url: str) -> None:
    """Let a plant live a short day with everything a database keeps: a shortage, a parked fact, a fork."""
    plant = Plant(url)
    kiosk, other = plant.kiosk("K1"), plant.kiosk("K2")
    for value in ("1", "2.5", "3"):
        kiosk.receives(value)
    entry = kiosk.receives("4")
    kiosk.takes_back(entry, 4, moved("SUP", "RCV", "4"), moved("RCV", "A1", "4"))
    other.moves(moved("A1", "A2", "50"))
    other.says(SignedOn(person="1007"), schema=99)
    for one in (kiosk, other):
        plant.takes(one)
    plant.books()
    fork = {
        "id": "f" * 16,
        "kind": "fork",
        "key": "K1/1",
        "owner": "K1",
        "opened_at": "2026-11-22T20:00:00.000000Z",
    }
    told = {"closed_at": None, "amount": 0, "unit": "", "detail_json": "{}", "is_projected": False}
    with writing(plant.engine) as connection:
        at = {"plant": P, "opened_position": 3, "position": 3}
        connection.execute(insert(discrepancies).values(**fork, **told, **at))
    plant.close()


def shape_name(version: int, dialect: str) -> str:
    return f"schema/v{version:04d}.{dialect}.sql"


def kept_shape(dialect: str) -> str:
    """The statements that make today's kept tables."""
    made: list[str] = []

    def keep(statement: Any, *_: Any, **__: Any) -> None:
        lines = str(statement.compile(dialect=engine.dialect)).strip().replace("\t", "    ").splitlines()
        made.append("\n".join(line.rstrip() for line in lines))

    engine = create_mock_engine("sqlite://" if dialect == "sqlite" else "postgresql+psycopg://", keep)
    metadata.create_all(engine, tables=KEPT, checkfirst=False)
    version = insert(meta).values(key="schema_version", value=str(schema_version()))
    generation = insert(meta).values(key="generation", value="1")
    literal = {"literal_binds": True}
    told = [one.compile(dialect=engine.dialect, compile_kwargs=literal) for one in (version, generation)]
    indexes = sorted(one for one in made if _INDEX.match(one))  # a table has its own in no order
    tables = [one for one in made if one not in indexes]
    return _BETWEEN.join([*tables, *indexes, *map(str, told)]) + "\n"


def make_shape(url: str, version: int) -> None:
    """Make an empty database of an older version."""
    engine = create_engine(url)
    kept = (GOLDEN_DIR / shape_name(version, engine.dialect.name)).read_text(encoding="utf-8")
    with engine.begin() as connection:
        for statement in kept.split(_BETWEEN):
            connection.exec_driver_sql(statement)
    engine.dispose()


def fill(url: str, source: str) -> None:
    """Copy every row of a database of today that an older one has the tables and columns for."""
    ours, theirs = create_engine(source), create_engine(url)
    shape = MetaData()
    shape.reflect(theirs)
    with ours.connect() as held, theirs.begin() as older:
        for table in metadata.sorted_tables:
            if table.name in shape.tables and table.name != "meta":
                _copy(held, table, older, shape.tables[table.name])
    ours.dispose()
    theirs.dispose()


def _copy(held: Connection, table: Table, older: Connection, shape: Table) -> None:
    columns = [column for column in table.columns if column.name in shape.columns]
    rows = [dict(row) for row in held.execute(select(*columns)).mappings()]
    if rows:
        older.execute(insert(shape), rows)  # its own columns: today's would bring their defaults


def rows_of(url: str, *tables: Table) -> dict[str, list[dict[str, Any]]]:
    """All rows of some tables, by key."""
    engine = create_engine(url)
    with engine.connect() as connection:
        found = {
            table.name: sorted(
                (dict(row) for row in connection.execute(select(table)).mappings()),
                key=lambda row: [str(row[column.name]) for column in table.primary_key.columns],
            )
            for table in tables
        }
    engine.dispose()
    return found


def _readable(index: Any) -> dict[str, Any]:
    options = {key: str(value) for key, value in index.get("dialect_options", {}).items()}
    return {**index, "dialect_options": options}


def structure(url: str) -> dict[str, Any]:
    """What a database says of its tables: columns in order, keys, indexes, triggers."""
    engine = create_engine(url)
    look = inspect(engine)
    found: dict[str, Any] = {
        name: {
            "columns": [
                (one["name"], str(one["type"]), one["nullable"], one["default"])
                for one in look.get_columns(name)
            ],
            "primary": look.get_pk_constraint(name),
            "unique": sorted(look.get_unique_constraints(name), key=lambda one: str(one["name"])),
            "indexes": sorted(
                str(sorted(one.items(), key=str)) for one in map(_readable, look.get_indexes(name))
            ),
        }
        for name in look.get_table_names()
    }
    triggers = {
        "sqlite": "SELECT name, tbl_name, sql FROM sqlite_master WHERE type = 'trigger' ORDER BY name",
        "postgresql": "SELECT tgname, tgrelid::regclass::text, tgenabled FROM pg_trigger"
        " WHERE NOT tgisinternal ORDER BY tgname",
    }
    with engine.connect() as connection:
        rows = connection.execute(text(triggers[engine.dialect.name]))
        found["triggers"] = [tuple(row) for row in rows]
    engine.dispose()
    return found
