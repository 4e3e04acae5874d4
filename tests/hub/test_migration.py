"""A newer program on an older database: it brings it to its own shape, and the ledger stays as it was."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest
from alembic.operations import Operations
from click.testing import CliRunner, Result
from sqlalchemy import BigInteger, Column, Index, Integer, MetaData, String, Table, create_engine, text

import hub.store.schema
import hub.store.upgrade
from hub.cli import command
from hub.refold import bring_up_to_date
from hub.store.database import (
    NewerSchemaError,
    OlderSchemaError,
    connect,
    generation_of,
    open_database,
    reading,
    writing,
)
from hub.store.lock import holding
from hub.store.migration import FIRST_VERSION, Migration, migrations, schema_version
from hub.store.schema import folds_of, set_version, version_of
from hub.store.tables import FOLDED, events, metadata
from hub.store.upgrade import LedgerTouchedError, ledger_kept, take
from tests.conftest import Golden
from tests.hub.plant import P
from tests.hub.shapes import SHAPES, fill, kept_shape, live, make_shape, rows_of, shape_name, structure

OLDER = range(FIRST_VERSION, schema_version())
DIALECTS = ("sqlite", "postgresql")


@pytest.fixture
def database_url(empty_database_url: str) -> str:
    return empty_database_url


@pytest.fixture
def today(tmp_path: Path) -> str:
    """A database that was made by this program, and folded by it."""
    url = f"sqlite:///{tmp_path / 'today.sqlite'}"
    live(url)
    return url


def brought_up(url: str) -> list[str]:
    engine = connect(url)
    try:
        return list(bring_up_to_date(engine))
    finally:
        engine.dispose()


def noac_hub(data: Path, url: str, *arguments: str) -> Result:
    given = ["--data", str(data), "--database", url, "--plant", P, "--port", "0"]
    return CliRunner().invoke(command, [*given, *arguments])


@pytest.mark.fault("H8")
@pytest.mark.parametrize("version", OLDER)
def test_a_database_of_an_older_version_becomes_what_a_new_one_with_the_same_ledger_is(
    version: int, database_url: str, today: str
) -> None:
    make_shape(database_url, version)
    fill(database_url, today)
    ledger = rows_of(database_url, events)

    done = brought_up(database_url)

    assert [one.partition(":")[0] for one in done] == [
        *(f"schema version {number}" for number in range(version + 1, schema_version() + 1)),
        P,
    ]
    assert rows_of(database_url, events) == ledger
    tables = [
        table for table in metadata.sorted_tables if table.name not in {"meta", "safe_heads", "backups"}
    ]
    held, expected = rows_of(database_url, *tables), rows_of(today, *tables)
    for name in held:
        assert held[name] == expected[name], name
    engine = open_database(database_url)
    with reading(engine) as connection:
        assert version_of(connection) == schema_version()
        assert generation_of(connection) == 2, "kiosks begin afresh"
        assert folds_of(connection).is_done
    engine.dispose()
    assert brought_up(database_url) == [], "there is nothing left to do"


@pytest.mark.parametrize("version", OLDER)
def test_after_all_steps_the_tables_are_those_of_a_new_database(
    version: int, database_url: str, tmp_path: Path
) -> None:
    make_shape(database_url, version)
    brought_up(database_url)
    migrated = structure(database_url)
    engine = create_engine(database_url)
    if engine.dialect.name == "sqlite":
        fresh = f"sqlite:///{tmp_path / 'fresh.sqlite'}"
    else:
        with engine.begin() as connection:  # the same database, emptied
            connection.exec_driver_sql("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
        fresh = database_url
    engine.dispose()
    open_database(fresh).dispose()
    expected = structure(fresh)
    assert migrated.keys() == expected.keys()
    for name, told in expected.items():
        assert migrated[name] == told, name


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_table_that_is_not_folded_changes_only_with_a_step_and_a_kept_database_of_each_version(
    dialect: str, golden: Golden
) -> None:
    for version in OLDER:
        assert (SHAPES.parent / shape_name(version, dialect)).exists(), (
            f"no database of version {version} is kept"
        )
    # Where this differs: write a step in hub/store/migrations (the number grows with it), and `make golden` keeps the
    # new version's tables beside the older ones.
    golden.check(shape_name(schema_version(), dialect), kept_shape(dialect))


def test_the_steps_are_numbered_without_a_gap_and_each_tells_what_it_brings() -> None:
    assert [one.version for one in migrations()] == [*OLDER, schema_version()][1:]
    assert all(one.tells for one in migrations())


# --- what is folded from the ledger needs no step --------------------------------------------------------------------


def with_tables(monkeypatch: pytest.MonkeyPatch, *tables: Table) -> None:
    """Let the program be one that keeps other projected tables."""
    for module in (hub.store.schema, hub.store.upgrade):
        monkeypatch.setattr(module, "FOLDED", tables)


def test_a_program_with_a_new_projected_table_folds_the_ledger_again_by_itself(
    database_url: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    live(database_url)
    before = rows_of(database_url, *FOLDED)
    older = [table for table in FOLDED if table.name != "slips"]
    retired = Table("retired", MetaData(), Column("plant", String(40), primary_key=True))
    with monkeypatch.context() as as_older:
        with_tables(as_older, *older, retired)
        engine = connect(database_url)
        with writing(engine) as connection:
            connection.exec_driver_sql("CREATE TABLE retired (plant VARCHAR(40))")
            connection.exec_driver_sql("DROP TABLE slips")
            hub.store.schema.note_folds(connection, hub.store.schema.own_folds(engine.dialect))
        engine.dispose()
    with pytest.raises(OlderSchemaError, match="projections that this program makes otherwise"):
        open_database(database_url)

    with caplog.at_level(logging.WARNING):
        assert brought_up(database_url) == [f"{P}: 7 events folded again"]

    assert "folded again from the ledger" in caplog.text
    assert rows_of(database_url, *FOLDED) == before
    assert "retired" not in structure(database_url)
    open_database(database_url).dispose()


@pytest.mark.parametrize("dialect", DIALECTS)
def test_whatever_is_changed_in_a_projected_table_is_noticed(
    dialect: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = {"sqlite": "sqlite://", "postgresql": "postgresql+psycopg://"}[dialect]
    table, rest = FOLDED[1], FOLDED[2:]
    column, indexed, refolded = (table.to_metadata(MetaData()) for _ in range(3))
    column.append_column(Column("more", BigInteger, nullable=False))
    Index("ix_more", indexed.c.device)
    refolded.info["fold"] = 2
    digests = set[str]()
    for one in (table, column, indexed, refolded):
        with_tables(monkeypatch, one, *rest)
        digests.add(hub.store.schema.fold_digest(create_engine(url).dialect))
    with_tables(monkeypatch, *rest)
    digests.add(hub.store.schema.fold_digest(create_engine(url).dialect))
    assert len(digests) == 5


# --- what is refused -------------------------------------------------------------------------------------------------


@pytest.mark.fault("H8")
def test_an_older_program_on_a_newer_database_says_so_in_both_languages_and_changes_nothing(
    database_url: str, tmp_path: Path
) -> None:
    live(database_url)
    engine = open_database(database_url)
    with writing(engine) as connection:
        set_version(connection, schema_version() + 1)
    engine.dispose()
    held = rows_of(database_url, *metadata.sorted_tables)
    for arguments in ([], ["migrate"], ["devices"], ["rebuild"]):
        result = noac_hub(tmp_path, database_url, *arguments)
        assert result.exit_code == 2, arguments
        assert f"has schema version {schema_version() + 1}" in result.output
        assert "install the newer NOAC again" in result.output
        assert "请重新安装较新的 NOAC" in result.output
    with pytest.raises(NewerSchemaError):
        open_database(database_url)
    assert rows_of(database_url, *metadata.sorted_tables) == held


def test_what_goes_on_beside_a_hub_never_changes_an_older_database_but_says_what_does(
    database_url: str, today: str, tmp_path: Path
) -> None:
    make_shape(database_url, FIRST_VERSION)
    fill(database_url, today)
    before = structure(database_url)
    for arguments in (["devices"], ["export", "--to", str(tmp_path / "export")], ["rebuild"]):
        result = noac_hub(tmp_path, database_url, *arguments)
        assert result.exit_code == 2, arguments
        assert "noac hub migrate" in result.output
        assert f"has schema version {FIRST_VERSION}, this program needs {schema_version()}" in result.output
    assert structure(database_url) == before

    with holding(database_url):
        assert "another hub runs on it" in noac_hub(tmp_path, database_url, "migrate").output
    assert structure(database_url) == before

    result = noac_hub(tmp_path, database_url, "migrate")
    assert result.exit_code == 0, result.output
    assert f"{P}: 7 events folded again" in result.output
    assert f"up to date: schema version {schema_version()}" in result.output
    assert noac_hub(tmp_path, database_url, "devices").exit_code == 0
    assert "folded" not in noac_hub(tmp_path, database_url, "migrate").output


@pytest.mark.fault("H8")
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE events SET flaw = ''",
        "DELETE FROM events",
        "DROP TABLE events",
        "ALTER TABLE events DROP COLUMN flaw",
        "ALTER TABLE events RENAME COLUMN flaw TO fault",
        'ALTER TABLE "events" RENAME TO other',
        "ALTER TABLE events ADD COLUMN more TEXT, DROP COLUMN flaw",
        "CREATE TABLE other AS SELECT * FROM events",
        "INSERT INTO events SELECT * FROM events",
        "SELECT 1; DELETE FROM events",
        "DROP TRIGGER events_refuse_update",
        "DROP INDEX ix_events_plant_event_id",
    ],
)
def test_a_step_that_would_change_the_ledger_is_refused_before_the_database_hears_of_it(
    statement: str, database_url: str
) -> None:
    live(database_url)
    ledger, tables = rows_of(database_url, events), structure(database_url)
    engine = open_database(database_url)

    def upgrade(op: Operations) -> None:
        op.add_column("backups", Column("note", String(10)))
        op.execute(text(statement))

    with pytest.raises(LedgerTouchedError), writing(engine) as connection:
        take(connection, Migration(version=99, tells="a mistake", upgrade=upgrade))
    engine.dispose()
    assert rows_of(database_url, events) == ledger
    assert structure(database_url) == tables, "and nothing else of the step stays"


def test_a_step_may_not_copy_the_ledger_to_alter_it(database_url: str) -> None:
    live(database_url)
    engine = open_database(database_url)

    def upgrade(op: Operations) -> None:
        with op.batch_alter_table("events", recreate="always") as table:
            table.drop_column("flaw")

    with pytest.raises(LedgerTouchedError), writing(engine) as connection:
        take(connection, Migration(version=99, tells="a mistake", upgrade=upgrade))
    engine.dispose()


def test_a_step_may_add_a_column_and_an_index_to_the_ledger(database_url: str) -> None:
    live(database_url)
    ledger = rows_of(database_url, events)
    engine = open_database(database_url)
    with writing(engine) as connection, ledger_kept(connection):
        op = Operations(hub.store.upgrade.MigrationContext.configure(connection))
        op.add_column("events", Column("shift", Integer, nullable=True))
        op.create_index("ix_events_plant_shift", "events", ["plant", "shift"])
    engine.dispose()
    assert rows_of(database_url, events) == ledger
