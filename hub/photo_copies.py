"""Photos in a backup: copied once, under their digest, which proves each of them for itself; and back from there.

They are no part of what makes a backup count: a fact is whole without its photo, and a photo that is missing is said.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec
from sqlalchemy import Engine, select

from drivers.photo import PhotoFolder
from hub.photos import FOLDER
from hub.store.database import reading
from hub.store.production_tables import handoffs
from hub.store.quality_tables import quality_tickets


@dataclass(frozen=True, slots=True, kw_only=True)
class Copied:
    """How many photos were copied, and those that were not, since what is here is not what their digest says."""

    photos: int
    damaged: tuple[str, ...]


class _Named(msgspec.Struct, frozen=True):
    photos: tuple[str, ...] = ()


_tickets = msgspec.json.Decoder(tuple[str, ...])
_handoffs = msgspec.json.Decoder(_Named)


def in_backup(folder: Path, plant: str) -> PhotoFolder:
    """Return where a plant's photos are in a folder of backups."""
    return PhotoFolder(folder / plant / FOLDER)


def copy_new(source: PhotoFolder, target: PhotoFolder) -> Copied:
    """Copy what the target lacks. Raises OSError."""
    copied, damaged = 0, list[str]()
    for digest, _path in source.kept():
        if target.has(digest):
            continue
        jpeg = source.read(digest)
        if jpeg is None:
            damaged.append(digest)
            continue
        target.keep(jpeg)
        copied += 1
    return Copied(photos=copied, damaged=tuple(damaged))


def damaged_in(folder: PhotoFolder) -> Iterator[str]:
    """Yield the photos of a folder that are not what their digest says; all are read. Raises OSError."""
    for digest, _path in folder.kept():
        if folder.read(digest) is None:
            yield digest


def missing_in(engine: Engine, plant: str, folder: PhotoFolder) -> list[str]:
    """Return the photos a plant's facts name that are not here: on their way, or lost at a kiosk."""
    return [digest for digest in dict.fromkeys(_named(engine, plant)) if not folder.has(digest)]


def _named(engine: Engine, plant: str) -> Iterable[str]:
    ticket, handoff = quality_tickets.c, handoffs.c
    of_tickets = select(ticket.photos_json).where(ticket.plant == plant, ticket.photos_json != "[]")
    of_handoffs = select(handoff.handoff_json).where(
        handoff.plant == plant, handoff.handoff_json.contains('"photos":')
    )
    with reading(engine) as connection:
        for row in connection.execute(of_tickets):
            yield from _tickets.decode(row.photos_json)
        for row in connection.execute(of_handoffs):
            yield from _handoffs.decode(row.handoff_json).photos
