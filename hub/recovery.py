"""Putting a hub back from its backups: into an empty database, or in place of one that is set aside, never over it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta, tzinfo
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import Connection, create_engine, delete, insert, inspect, select, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from hub.backup import NoBackupError, newest, plants_in
from hub.chained import write_whole
from hub.manifest import Manifest
from hub.rebuild import rebuild
from hub.restore import check_bytes, is_empty, load_plant
from hub.store.database import (
    StoreError,
    connect,
    generation_of,
    open_database,
    reading,
    set_generation,
    writing,
)
from hub.store.schema import SchemaState, state_of
from hub.store.tables import devices, metadata

GENERATION_NOTE = "generation.json"
"""Beside the backups: the highest generation anything restored from them was given."""
UNKNOWN_GENERATIONS = 100
"""More than a database goes through between two backups."""
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


class RestoreRefusedError(Exception):
    """The database is not put back like this; says what to do instead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """What was put back: each plant's position, the new generation, and where the old database is now (or nowhere)."""

    positions: Mapping[str, int]
    generation: int
    set_aside: str


def put_back(
    url: str, folder: Path, now: datetime, *, at: datetime | None = None, replace: bool = False
) -> Restored:
    """Restore every plant of `folder` as its newest backup has it (or the newest of a moment); hold the database.

    Nothing is touched before all files were seen to be intact. Raises RestoreRefusedError, NoBackupError,
    BrokenFileError, StoreError, OSError.
    """
    named = plants_in(folder)
    if not named:
        raise NoBackupError(f"{folder} holds no proven backup")
    chosen = {plant: newest(folder / plant, at) for plant in named}
    for plant, manifest in chosen.items():
        check_bytes(folder / plant, manifest)
    held, empty, enrolled = _look_at(url)
    if not empty and not replace:
        raise RestoreRefusedError(
            "the database is not empty; --replace sets it aside and puts the backup in its place"
        )
    # What was given after the backup was made stands in the old database alone; where it says nothing, leave room.
    step = 1 if held else UNKNOWN_GENERATIONS
    generation = max(held, _noted(folder), *(one.generation for one in chosen.values())) + step
    _note(folder, generation)
    aside = "" if empty else _set_aside(url, f"before_{now:%Y%m%dT%H%M%S}")
    engine = open_database(url)
    try:
        with writing(engine) as connection:
            for plant, manifest in chosen.items():
                load_plant(connection, folder / plant, manifest)
                _take_over(connection, plant, enrolled)
            set_generation(connection, generation)
        positions = {plant: rebuild(engine, plant) for plant in named}
    finally:
        engine.dispose()
    return Restored(positions=positions, generation=generation, set_aside=aside)


def moment(said: str, zone: tzinfo) -> datetime:
    """Read the moment somebody means: a day means its end, a time without a zone the plant's own. Raises ValueError."""
    found = datetime.fromisoformat(said)
    if _DAY.fullmatch(said):
        found = datetime.combine(found.date(), time()) + timedelta(days=1, microseconds=-1)
    return found if found.tzinfo else found.replace(tzinfo=zone)


def latest_of(folder: Path) -> Mapping[str, Manifest]:
    """Return the newest proven backup of each plant. Raises BrokenFileError."""
    return {plant: newest(folder / plant) for plant in plants_in(folder)}


_Enrolled = Sequence[Mapping[str, Any]]
"""Rows of the register of devices."""


def _look_at(url: str) -> tuple[int, bool, _Enrolled]:
    """Return the generation of the database there is (0: it says nothing), whether it is empty, and who is enrolled."""
    path = make_url(url).database
    if url.startswith("sqlite") and path and not Path(path).exists():
        return 0, True, ()
    engine = connect(url)  # of any version: what is only looked at is not brought to today's shape first
    try:
        with reading(engine) as connection:
            if state_of(connection) is SchemaState.EMPTY or is_empty(connection):
                return 0, True, ()
            # What a younger version added takes its default, as it does in a backup.
            held = {column["name"] for column in inspect(connection).get_columns(devices.name)}
            asked = [column for column in devices.columns if column.name in held]
            enrolled = [dict(row) for row in connection.execute(select(*asked)).mappings()]
            return generation_of(connection), False, enrolled
    except (StoreError, SQLAlchemyError):
        return 0, False, ()
    finally:
        engine.dispose()


def _take_over(connection: Connection, plant: str, enrolled: _Enrolled) -> None:
    """Let the devices be enrolled and revoked as the database before had it, for that is newer than any backup."""
    rows = [row for row in enrolled if row["plant"] == plant]
    if rows:
        connection.execute(delete(devices).where(devices.c.plant == plant))
        connection.execute(insert(devices), rows)


def _set_aside(url: str, name: str) -> str:
    """Keep the old database under another name: nothing of it is deleted. Returns where it is."""
    if not url.startswith("sqlite"):
        engine = create_engine(url)  # not ours to look into
        try:
            with engine.begin() as connection:
                _move_tables(connection, name)
        finally:
            engine.dispose()
        return f"schema {name}"
    path = Path(make_url(url).database or "")
    for part in ("", "-wal", "-shm"):
        beside = Path(f"{path}{part}")
        if beside.exists():
            beside.rename(f"{path}.{name}{part}")
    return f"{path}.{name}"


def _move_tables(connection: Connection, name: str) -> None:
    connection.execute(text(f"CREATE SCHEMA {name}"))
    for table in metadata.sorted_tables:
        connection.execute(text(f"ALTER TABLE IF EXISTS {table.name} SET SCHEMA {name}"))


def _noted(folder: Path) -> int:
    try:
        data = (folder / GENERATION_NOTE).read_bytes()
    except FileNotFoundError:
        return 0
    return msgspec.json.decode(data, type=dict[str, int])["generation"]


def _note(folder: Path, generation: int) -> None:
    """Write down a generation before it is used: no second restore may give the same one to something else."""
    write_whole(folder / GENERATION_NOTE, msgspec.json.encode({"generation": generation}))
