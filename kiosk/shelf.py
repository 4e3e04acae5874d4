"""The shelf for a neighbour's parcels: a bounded folder, each parcel whole on the disk before it is taken."""

import os
import re
import threading
from collections.abc import Iterator
from pathlib import Path

from domain.parcel import ParcelLabel

FOLDER = "parcels"
_NAME = re.compile(r"\d{7}-\d{12}-\d{12}\.parcel", re.ASCII)
_UNFINISHED = ".new"


def is_numbered(label: ParcelLabel) -> bool:
    """Tell whether a label's numbers are some a log can have."""
    return 0 < label.epoch < 10**7 and 0 < label.first <= label.last < 10**12


class ShelfFullError(Exception):
    """There is no room for another parcel."""


class Shelf:
    """Parcels of one neighbour, oldest first. Used by the thread that takes them and the one that hands them in."""

    def __init__(self, folder: Path, bytes_max: int) -> None:
        self._folder, self._bytes_max = folder / FOLDER, bytes_max
        self._lock = threading.Lock()

    def put(self, label: ParcelLabel, parcel: bytes) -> None:
        """Keep a parcel, durably; the same one again replaces itself. Raises ShelfFullError, OSError."""
        name = f"{label.epoch:07}-{label.first:012}-{label.last:012}.parcel"
        with self._lock:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if self._size() + len(parcel) > self._bytes_max:
                raise ShelfFullError(str(self._folder))
            unfinished = self._folder / f"{name}{_UNFINISHED}"
            with unfinished.open("wb") as file:
                file.write(parcel)
                file.flush()
                os.fsync(file.fileno())
            unfinished.rename(self._folder / name)
            folder = os.open(self._folder, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)

    def parcels(self) -> Iterator[tuple[str, bytes]]:
        """Yield name and content of each parcel, in the order of the log it is of."""
        for name in self._names():
            try:
                yield name, (self._folder / name).read_bytes()
            except FileNotFoundError:
                continue  # it was taken away meanwhile

    def remove(self, name: str) -> None:
        """Take a parcel away: the hub has what is in it, or can make nothing of it."""
        with self._lock:
            (self._folder / name).unlink(missing_ok=True)

    def _names(self) -> list[str]:
        if not self._folder.is_dir():
            return []
        return sorted(one.name for one in self._folder.iterdir() if _NAME.fullmatch(one.name))

    def _size(self) -> int:
        return sum(one.stat().st_size for one in self._folder.iterdir())
