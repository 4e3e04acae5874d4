"""A disk in memory that does what real ones do: it keeps what was synced, and of the rest whatever it likes.

Each file has two images: what programs see, and what is surely on the medium. At a power cut every 512-byte piece
written since the last sync survives or not, for itself and in any of its versions. Calls can be made to fail.
"""

from __future__ import annotations

import random
import threading
from collections import Counter
from dataclasses import dataclass, field
from typing import Literal

PIECE_BYTES = 512
PENDING_PIECES_TRIED = (0.0, 0.1, 0.5, 0.9, 1.0)
"""How likely a piece that was not synced survives; one of these for each cut, so that the extremes come too."""

Act = Literal["open", "read", "write", "truncate", "sync", "delete"]
Trouble = Literal["io_error", "disk_full", "short_write", "failed_sync", "read_only"]

CHANGES: frozenset[Act] = frozenset({"write", "truncate", "sync", "delete"})
_HITS: dict[Trouble, frozenset[Act]] = {
    "io_error": frozenset({"open", "read", "write", "truncate", "sync", "delete"}),
    "disk_full": frozenset({"write"}),
    "short_write": frozenset({"write"}),
    "failed_sync": frozenset({"sync"}),
    "read_only": CHANGES,
}


class DiskError(Exception):
    """A call did not do what was asked."""

    def __init__(self, trouble: Trouble, act: Act) -> None:
        super().__init__(f"{trouble} at {act}")
        self.trouble: Trouble = trouble
        self.act: Act = act


@dataclass(kw_only=True)
class Failure:
    """What is to go wrong: at the `nth` call it can hit, counted from 1; from then on for ever, or that once."""

    trouble: Trouble
    nth: int
    is_lasting: bool = False
    seen: int = 0
    hits: int = 0

    def strikes(self, act: Act) -> bool:
        """Count a call; tell whether it fails."""
        if act not in _HITS[self.trouble]:
            return False
        self.seen += 1
        struck = self.seen >= self.nth if self.is_lasting else self.seen == self.nth
        self.hits += struck
        return struck


@dataclass(kw_only=True, eq=False)
class File:
    """One file. `versions` holds, for each piece, what was written since the last sync, oldest first."""

    visible: bytearray = field(default_factory=bytearray)
    durable: bytearray = field(default_factory=bytearray)
    versions: dict[int, list[bytes]] = field(default_factory=dict)
    sizes: list[int] = field(default_factory=list)
    is_named: bool = False

    def write(self, offset: int, data: bytes) -> None:
        end = offset + len(data)
        if len(self.visible) < end:
            self.visible.extend(bytes(end - len(self.visible)))
            self.sizes.append(end)
        self.visible[offset:end] = data
        for piece in range(offset // PIECE_BYTES, (end - 1) // PIECE_BYTES + 1):
            start = piece * PIECE_BYTES
            self.versions.setdefault(piece, []).append(bytes(self.visible[start : start + PIECE_BYTES]))

    def truncate(self, size: int) -> None:
        del self.visible[size:]
        self.sizes.append(size)
        for piece in [one for one in self.versions if one * PIECE_BYTES >= size]:
            # What was cut off may still be there if the new length does not survive.
            self.versions[piece].append(b"")

    def sync(self) -> None:
        self.durable[:] = self.visible
        self.versions.clear()
        self.sizes.clear()

    def survivor(self, chance: random.Random, likely: float) -> bytes:
        """Return what is on the medium after a cut."""
        size = chance.choice([len(self.durable), *self.sizes]) if likely not in (0.0, 1.0) else None
        if size is None:
            size = len(self.visible) if likely else len(self.durable)
        image = bytearray(self.durable[:size])
        filler = chance.randbytes if chance.random() < 0.2 else bytes
        image.extend(filler(size - len(image)))
        for piece, versions in self.versions.items():
            start = piece * PIECE_BYTES
            if start >= size or chance.random() >= likely:
                continue
            kept = versions[-1] if likely == 1.0 else chance.choice(versions)
            image[start : min(start + len(kept), size)] = kept[: size - start]
        return bytes(image)


class Disk:
    """The files, and what happens to them. Safe for several threads."""

    def __init__(self, files: dict[str, bytes] | None = None) -> None:
        """`files` are on the medium from the beginning."""
        self.lock = threading.RLock()
        self.files = {
            name: File(visible=bytearray(content), durable=bytearray(content), is_named=True)
            for name, content in (files or {}).items()
        }
        self._deleted: dict[str, File] = {}
        self.failure: Failure | None = None
        self._cut_after: int | None = None
        self._cut_at: frozenset[Act] = CHANGES
        self.is_off = False
        self.counts: Counter[Act] = Counter()

    def cut(self, after: int, at: frozenset[Act] = CHANGES) -> None:
        """Let the power go at a change of these kinds, counted from 1 from now on."""
        self._cut_after, self._cut_at = after, at

    def call(self, act: Act) -> None:
        """Count a call and let it fail if it is its turn. Raises DiskError."""
        self.counts[act] += 1
        if self.is_off:
            raise DiskError("io_error", act)
        if self.failure and self.failure.strikes(act):
            raise DiskError(self.failure.trouble, act)

    def open(self, name: str, *, create: bool) -> File | None:
        """Return the file; None if there is none and none was to be made."""
        with self.lock:
            self.call("open")
            found = self.files.get(name)
            if found is None and create:
                found = self.files[name] = File()
            return found

    def read(self, file: File, offset: int, count: int) -> bytes:
        with self.lock:
            self.call("read")
            return bytes(file.visible[offset : offset + count])

    def write(self, file: File, offset: int, data: bytes) -> None:
        with self.lock:
            try:
                self.call("write")
            except DiskError as error:
                if error.trouble == "short_write" and len(data) > 1:
                    file.write(offset, data[: len(data) // 2])
                raise
            file.write(offset, data)
            self._changed("write")

    def truncate(self, file: File, size: int) -> None:
        with self.lock:
            self.call("truncate")
            file.truncate(size)
            self._changed("truncate")

    def sync(self, file: File) -> None:
        """Put a file on the medium; what the directory knows of new and deleted files goes with it."""
        with self.lock:
            self.call("sync")
            self._changed("sync")  # a cut in the middle of it: nothing is sure
            file.sync()
            for one in self.files.values():
                one.is_named = True
            self._deleted.clear()

    def delete(self, name: str, *, sync_folder: bool) -> bool:
        """Remove a file; False if there was none."""
        with self.lock:
            self.call("delete")
            if name not in self.files:
                return False
            gone = self.files.pop(name)
            if not sync_folder and gone.is_named:
                self._deleted[name] = gone
            self._changed("delete")
            return True

    def _changed(self, act: Act) -> None:
        if self._cut_after is None or act not in self._cut_at:
            return
        self._cut_after -= 1
        if self._cut_after <= 0:
            self.is_off = True
            raise DiskError("io_error", act)

    def after_cut(self, chance: random.Random) -> Disk:
        """Return the disk as it is when the power is back; this one stays off."""
        with self.lock:
            self.is_off = True
            likely = chance.choice(PENDING_PIECES_TRIED)
            files = {
                name: file.survivor(chance, likely)
                for name, file in self.files.items()
                if file.is_named or chance.random() < likely
            }
            for name, file in self._deleted.items():
                if name not in files and chance.random() >= likely:
                    files[name] = file.survivor(chance, likely)
            return Disk(files)

    def image(self) -> dict[str, bytes]:
        """Return every file as programs see it."""
        with self.lock:
            return {name: bytes(file.visible) for name, file in self.files.items()}
