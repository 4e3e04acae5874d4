"""Reference data from a file, so that a kiosk works from its first scan without ever having seen the hub.

NDJSON: the first line says who it is for and how far it goes, each following line is one `domain.wire.Change`.
"""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import IO

import msgspec
from msgspec import Struct

from domain.place import Station
from domain.wire import Change
from kiosk.store.records import KNOWN_KINDS
from kiosk.store.reference import Progress
from kiosk.store.store import Store

LINE_BYTES_MAX = 1_000_000
_BATCH = 2_000


class ProvisionHeader(Struct, frozen=True, kw_only=True):
    """The first line. `device` empty: for any kiosk of the plant. `time` is when the file was made."""

    generation: int
    cursor: str
    plant: str
    device: str = ""
    epoch: int = 1
    station: Station | None = None
    time: datetime | None = None


class ProvisionError(ValueError):
    """The file is no reference data for this kiosk; the message says why, with the line."""


_headers = msgspec.json.Decoder(ProvisionHeader)
_changes = msgspec.json.Decoder(Change)


def provision(store: Store, path: Path, *, plant: str, device: str) -> int:
    """Take the whole file in one transaction; returns how many records. Raises ProvisionError, OSError, StoreError.

    A file already taken older than what is here changes nothing (0).
    """
    with path.open("rb") as file:
        header = _header(file, path)
        if header.plant != plant or header.device not in ("", device):
            message = f"{path} is for {header.plant}/{header.device}, not for {plant}/{device}"
            raise ProvisionError(message)
        known = store.reference.progress()
        if store.reference.is_complete() and _is_known(header, known):
            return 0
        count = 0
        with store.transaction():
            if header.generation != known.generation:
                store.reference.begin_anew()
            batch: list[Change] = []
            if header.station:
                body = msgspec.to_builtins(header.station)
                batch.append(Change(kind="station", key=device, body=body))
            for number, change in _lines(file, path):
                batch.append(change)
                if len(batch) >= _BATCH:
                    _take(store, batch, path, number)
                    count += len(batch)
                    batch = []
            _take(store, batch, path, 0)
            count += len(batch)
            store.reference.provisioned(
                Progress(generation=header.generation, cursor=header.cursor, hub_time=header.time)
            )
    return count


def _is_known(header: ProvisionHeader, known: Progress) -> bool:
    if header.generation != known.generation:
        return header.generation < known.generation
    is_older = header.time is not None and known.hub_time is not None and header.time <= known.hub_time
    return is_older or header.cursor == known.cursor


def _header(file: IO[bytes], path: Path) -> ProvisionHeader:
    try:
        return _headers.decode(file.readline(LINE_BYTES_MAX))
    except msgspec.MsgspecError as error:
        message = f"{path}, line 1: {error}"
        raise ProvisionError(message) from error


def _lines(file: IO[bytes], path: Path) -> Iterator[tuple[int, Change]]:
    number = 1
    while line := file.readline(LINE_BYTES_MAX):
        number += 1
        if not line.strip():
            continue
        try:
            yield number, _changes.decode(line)
        except msgspec.MsgspecError as error:
            message = f"{path}, line {number}: {error}"
            raise ProvisionError(message) from error


def _take(store: Store, batch: list[Change], path: Path, number: int) -> None:
    for strange in store.reference.take(batch):
        # A kind of a newer hub is kept apart; a wrong record of a known kind is somebody's mistake.
        if strange.kind in KNOWN_KINDS:
            message = f"{path}, before line {number}" if number else f"{path}"
            raise ProvisionError(f"{message}: {strange.kind} {strange.key}: {strange.detail}")
