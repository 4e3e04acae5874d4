"""Backups: a folder to which every backup adds only what is new, and which is proven each time before it counts.

For each plant there is a folder: segments of ledger and reference data that are never written again, and for each
backup a small manifest with the registers of that moment. A backup counts once it was read back from the medium and
restored on trial; only then the safe heads move, up to which kiosks may forget.
"""

import fcntl
import logging
import tempfile
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Table, select
from sqlalchemy.exc import DatabaseError

from domain.log import Head
from hub.chained import PART_SUFFIX, BrokenFileError, FileNote, put_in_place, write_chained
from hub.export import Heads, digest_at, head_rows, ledger_name, ledger_segments, reference_rows
from hub.manifest import Manifest, read_manifest, software, write_manifest
from hub.restore import check_bytes, load_plant, read_heads
from hub.store.backups import PROBLEM_CHARS_MAX, Tried, record_broken, record_proven
from hub.store.database import StoreError, generation_of, open_database, reading, writing
from hub.store.event_log import end_of
from hub.store.reference import revision_of
from hub.store.tables import devices, discrepancies, heads
from hub.store.values import instant_text

PROVEN = "manifest"
UNPROVEN = "unproven"
PRIVATE = "private"
KEEP = 400
"""Backups whose registers are kept, unless the settings say otherwise. Segments are never removed."""
_NUMBER_CHARS = 6

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of a backup: how far it reaches, and why it does not count (nothing where it does)."""

    plant: str
    position: int = 0
    events_new: int = 0
    problem: str = ""


class NoBackupError(Exception):
    """There is no backup to be found here."""


def back_up(
    engine: Engine,
    plant: str,
    folder: Path,
    now: datetime,
    *,
    keep: int = KEEP,
    written: Callable[[Path], None] = lambda _path: None,
) -> Outcome:
    """Add a backup of a plant to `folder`, prove it, and say in the database what became of it.

    `written` is told the manifest before the proof begins. A file that broke since it was proven is replaced by writing
    everything anew, and said once: the medium needs a look. Raises StoreError where the database itself fails.
    """
    outcome, found = Outcome(plant=plant), Heads()
    try:
        with _alone_in(folder / plant):
            base, problem = _base(folder / plant, engine, plant)
            path = _write(engine, plant, folder / plant, base, now)
            written(path)
            manifest = read_manifest(path)
            outcome = Outcome(
                plant=plant,
                position=manifest.position,
                events_new=manifest.position - (base.position if base else 0),
                problem=problem,
            )
            prove(folder / plant, manifest, base=base)
            found = read_heads(folder / plant, manifest)
            put_in_place(path, path.with_name(path.name.replace(UNPROVEN, PROVEN, 1)))
            _tidy(folder / plant, keep)
    except BrokenFileError as error:
        outcome = _failed(outcome, str(error))
    except OSError as error:
        outcome = _failed(outcome, f"{error.filename or folder}: {error.strerror or error}")
    except DatabaseError as error:  # what is only locked was named StoreBusyError, and goes on up
        outcome = _failed(outcome, f"the database cannot be read: {error.orig}")
    tried = Tried(
        plant=plant,
        made_at=instant_text(now),
        folder=str(folder),
        position=outcome.position,
        problem=outcome.problem[:PROBLEM_CHARS_MAX],
    )
    with writing(engine) as connection:
        if outcome.problem:
            _log.error("%s: the backup in %s does not count: %s", plant, folder, outcome.problem)
            record_broken(connection, tried)
        else:
            record_proven(connection, tried, found)
    return outcome


def prove(folder: Path, manifest: Manifest, *, base: Manifest | None = None) -> None:
    """Read a plant's backup back and restore it on trial; with `base` only what came after it. Raises BrokenFileError.

    `base` was proven before: that its files still have the same bytes, which the caller has seen, is proof enough.
    """
    check_bytes(folder, manifest, known=base.files if base else {})
    with tempfile.TemporaryDirectory(prefix="noac-trial-") as scratch:
        engine = open_database(f"sqlite:///{scratch}/trial.sqlite")
        try:
            with writing(engine) as connection:
                load_plant(connection, folder, manifest, base=base)
            with reading(engine) as connection:
                restored = _heads_in(connection, manifest.plant)
        except StoreError as error:
            raise BrokenFileError("trial", 0, f"it could not be restored on trial: {error}") from error
        finally:
            engine.dispose()
    if restored != read_heads(folder, manifest):
        raise BrokenFileError("heads", 0, "the restored logs do not end where they should")


def newest(folder: Path, before: datetime | None = None) -> Manifest:
    """Return the newest proven backup of a plant, made at or before a moment. Raises NoBackupError, BrokenFileError.

    A broken manifest is not passed over silently: an earlier one is taken only when it is asked for.
    """
    for path in reversed(manifests(folder)):
        if before is None or _made_at(path) <= before:
            return read_manifest(path)
    named = f" from before {before.isoformat()}" if before else ""
    raise NoBackupError(f"{folder} holds no proven backup{named}")


def manifests(folder: Path) -> list[Path]:
    """Return the manifests of all proven backups of a plant, oldest first."""
    return sorted(folder.glob(f"{PROVEN}-*.json"))


def plants_in(folder: Path) -> list[str]:
    """Return the plants a folder holds backups of."""
    return sorted(path.name for path in folder.iterdir() if path.is_dir() and manifests(path))


def _failed(outcome: Outcome, problem: str) -> Outcome:
    return Outcome(
        plant=outcome.plant, position=outcome.position, events_new=outcome.events_new, problem=problem
    )


def _base(folder: Path, engine: Engine, plant: str) -> tuple[Manifest | None, str]:
    """Return the newest proven backup that is intact and a beginning of what the database holds; and what is broken."""
    problem = ""
    with reading(engine) as connection:
        for path in reversed(manifests(folder)):
            try:
                manifest = read_manifest(path)
                is_ours = digest_at(connection, plant, manifest.position) == manifest.last
                if is_ours and manifest.revision <= revision_of(connection, plant):
                    check_bytes(folder, manifest)
                    return manifest, problem
            except BrokenFileError as error:
                problem = f"{error}; all of it was written anew, see to the medium"
    return None, problem


def _write(engine: Engine, plant: str, folder: Path, base: Manifest | None, now: datetime) -> Path:
    """Write what is new since `base`, and the registers as they are; return the manifest that names all of it."""
    stamp = f"{_next_number(folder, PROVEN, UNPROVEN):06d}-{now.astimezone(UTC):%Y%m%dT%H%M%S.%fZ}"
    files: dict[str, FileNote] = {
        name: note for name, note in (base.files if base else {}).items() if _is_segment(name)
    }
    held_position, held_revision = (base.position, base.revision) if base else (0, 0)
    with reading(engine) as connection:
        position, revision = end_of(connection, plant), revision_of(connection, plant)
        segments = ledger_segments(connection, plant, held_position, position, Heads())
        for number, rows in enumerate(segments, _next_number(folder, "ledger")):
            files[ledger_name(number)] = write_chained(folder / ledger_name(number), rows)
        if revision > held_revision:
            name = f"reference-{_next_number(folder, 'reference'):06d}.ndjson.gz"
            files[name] = write_chained(folder / name, reference_rows(connection, plant, held_revision))
        for stem, rows, mode in (
            ("heads", head_rows(_heads_in(connection, plant)), 0o644),
            ("discrepancies", _register(connection, plant, discrepancies, projected=False), 0o644),
            (f"{PRIVATE}/devices", _register(connection, plant, devices), 0o600),
        ):
            name = f"{stem}-{stamp}.ndjson.gz"
            files[name] = write_chained(folder / name, rows, mode=mode)
        manifest = Manifest(
            plant=plant,
            generation=generation_of(connection),
            position=position,
            made_at=now,
            software=software(),
            files=files,
            last=digest_at(connection, plant, position),
            revision=revision,
        )
    path = folder / f"{UNPROVEN}-{stamp}.json"
    write_manifest(path, manifest)
    return path


def _heads_in(connection: Connection, plant: str) -> Heads:
    column = heads.c
    rows = connection.execute(select(heads).where(column.plant == plant))
    return {(row.device, row.epoch): Head(sequence=row.sequence, digest=row.digest) for row in rows}


def _register(
    connection: Connection, plant: str, table: Table, *, projected: bool | None = None
) -> Iterator[dict[str, Any]]:
    """Yield a register's rows as they are, but for the plant's own name."""
    query = select(table).where(table.c.plant == plant).order_by(*table.primary_key.columns)
    if projected is not None:
        query = query.where(table.c.is_projected.is_(projected))
    for row in connection.execute(query).mappings():
        yield {name: value for name, value in row.items() if name != "plant"}


@contextmanager
def _alone_in(folder: Path) -> Generator[None]:
    """Keep a second backup out of the folder. Raises BlockingIOError (an OSError) where one is at work."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / PRIVATE).mkdir(mode=0o700, exist_ok=True)
    with (folder / "lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        for left in (*folder.glob(f"*{PART_SUFFIX}"), *folder.glob(f"{PRIVATE}/*{PART_SUFFIX}")):
            left.unlink()
        yield


def _tidy(folder: Path, keep: int) -> None:
    """Remove the registers of the oldest backups; a manifest goes first, so none ever names what is gone."""
    unproven = sorted(folder.glob(f"{UNPROVEN}-*.json"))
    for path in (*manifests(folder)[: -max(keep, 1)], *unproven[: -max(keep, 1)]):
        stamp = path.name.partition("-")[2].removesuffix(".json")
        path.unlink()
        for named in ("heads", "discrepancies", f"{PRIVATE}/devices"):
            (folder / f"{named}-{stamp}.ndjson.gz").unlink(missing_ok=True)


def _is_segment(name: str) -> bool:
    return name.startswith(("ledger-", "reference-"))


def _next_number(folder: Path, *stems: str) -> int:
    """Return a number no file of these kinds has here, broken and forsaken ones included."""
    taken = [
        path.name.removeprefix(f"{stem}-")[:_NUMBER_CHARS]
        for stem in stems
        for path in folder.glob(f"{stem}-*")
    ]
    return max((int(number) for number in taken if number.isdigit()), default=0) + 1


def _made_at(path: Path) -> datetime:
    stamp = path.name.rpartition("-")[2].removesuffix(".json")
    return datetime.strptime(stamp, "%Y%m%dT%H%M%S.%fZ").replace(tzinfo=UTC)
