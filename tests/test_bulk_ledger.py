"""What the bench for queries writes in bulk is what the hub's own projector and registers make of the same ledger."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Engine, select

from bench.bulk_ledger import PLANT, BulkLedger
from bench.long_history import LongHistory
from hub.projector import Projector
from hub.registers import Registrar
from hub.store import tables
from hub.store.bulk import bulk_for
from hub.store.database import open_database, reading, writing
from tests.hub.conftest import (  # noqa: F401 (fixtures)
    database_url,
    postgresql_folder,
    postgresql_pattern,
    postgresql_server,
    postgresql_url,
)

WRITTEN = (
    tables.balances,
    tables.cursors,
    tables.document_lines,
    tables.documents,
    tables.item_periods,
    tables.lots,
    tables.movements,
    tables.place_totals,
    tables.registered,
    tables.trails,
)
GIVEN = (tables.plants, tables.reference, tables.reference_history, tables.events)
MONTHS, MOVEMENTS = 4, 400


@pytest.fixture
def bulk(database_url: str) -> Iterator[Engine]:  # noqa: F811 (pytest's way)
    engine = open_database(database_url)
    history = LongHistory(items=40, cells=120, months=MONTHS, seed=7)
    ledger = BulkLedger(engine, history)
    ledger.begin()
    for _ in range(MONTHS):
        ledger.write_month(MOVEMENTS)
    ledger.finish()
    yield engine
    engine.dispose()


@pytest.fixture
def booked(bulk: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """The same ledger in a hub that books it, as it books everything."""
    engine = open_database(f"sqlite:///{tmp_path_factory.mktemp('booked') / 'hub.sqlite'}")
    with reading(bulk) as source, writing(engine) as target:
        for table in GIVEN:
            bulk_for(target).insert(target, table, [_plain(row) for row in source.execute(select(table))])
    projector = Projector(engine, [PLANT], booked=lambda *_one: None)
    while projector.book_waiting(PLANT):
        pass
    registrar = Registrar(engine, [PLANT])
    while registrar.round(PLANT):
        pass
    yield engine
    engine.dispose()


def _plain(row: Any) -> tuple[Any, ...]:
    return tuple(bytes(one) if isinstance(one, memoryview) else one for one in row)


def rows_of(engine: Engine, table: Any) -> list[tuple[Any, ...]]:
    with reading(engine) as connection:
        return sorted(_plain(row) for row in connection.execute(select(table)))


def test_each_table_has_the_rows_that_the_projector_leaves(bulk: Engine, booked: Engine) -> None:
    assert rows_of(booked, tables.dispositions) == []
    for table in WRITTEN:
        written = rows_of(bulk, table)
        assert written, table.name
        assert written == rows_of(booked, table), table.name
    types = {row[tables.movements.c.keys().index("document_type")] for row in rows_of(bulk, tables.movements)}
    assert types == {"CS", "YW", "CC"}
