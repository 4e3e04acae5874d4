"""Files of chained lines, as exports and backups are made of: whatever is changed, missing or added is seen and named.

A line is `<digest> <JSON>` and a line feed. The digest is SHA-256 over the digest of the line before (64 zeros before
the first) and the JSON's exact bytes. `docs/export.md` describes the files for strangers.
"""

import gzip
import hashlib
import io
import os
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, BinaryIO, cast

import msgspec

FIRST_DIGEST = "0" * 64
GZIP_LEVEL = 3
"""Twice as fast as the default, and a tenth larger."""
LINE_BYTES_MAX = 1024 * 1024
"""No row of ours is longer: an entry of 64 KiB, every character of it escaped, is 384 KiB."""
BLOCK_BYTES = 256 * 1024
PART_SUFFIX = ".part"
_DIGEST_CHARS = 64


class FileNote(msgspec.Struct, frozen=True, kw_only=True):
    """What a manifest says of a file: how many lines, the digest of the last one, and of all its bytes."""

    lines: int
    end: str
    sha256: str


class BrokenFileError(Exception):
    """A file is not what was written. `line` is the first that is wrong, counted from 1; 0 where none can be named."""

    def __init__(self, name: str, line: int, reason: str) -> None:
        where = f"{name} line {line}" if line else name
        super().__init__(f"{where}: {reason}")
        self.name, self.line, self.reason = name, line, reason


class _Hashing(io.RawIOBase):
    """Counts a file's bytes into their digest on the way to the disk."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.sha256 = hashlib.sha256()

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self.sha256.update(data)
        return self._file.write(data)


def write_chained(path: Path, rows: Iterable[object], *, mode: int = 0o644) -> FileNote:
    """Write rows to a file that appears under its name only when it is whole and on the disk. Raises OSError."""
    beside = path.with_name(path.name + PART_SUFFIX)
    encoder = msgspec.json.Encoder()
    lines, before = 0, FIRST_DIGEST
    with beside.open("wb") as file:
        os.fchmod(file.fileno(), mode)
        hashing = _Hashing(file)
        packed = gzip.GzipFile("", "wb", GZIP_LEVEL, cast("BinaryIO", hashing), mtime=0)
        with io.BufferedWriter(cast("io.RawIOBase", packed), BLOCK_BYTES) as lined:
            for row in rows:
                text = encoder.encode(row)
                before = _link(before, text)
                lined.write(b"%s %s\n" % (before.encode(), text))
                lines += 1
        file.flush()
        os.fsync(file.fileno())
    put_in_place(beside, path)
    return FileNote(lines=lines, end=before, sha256=hashing.sha256.hexdigest())


def read_chained(path: Path, note: FileNote, kind: Any = dict[str, Any]) -> Iterator[Any]:
    """Yield the rows of a file as `kind`, each checked before it is given. Raises BrokenFileError, OSError.

    That it ends where it should is known only at its end: believe nothing of it before.
    """
    decoder = msgspec.json.Decoder(kind)
    count, before = 0, FIRST_DIGEST
    try:
        with gzip.open(path, "rb") as file:
            while line := file.readline(LINE_BYTES_MAX):
                count += 1
                digest, text = line[:_DIGEST_CHARS], line[_DIGEST_CHARS + 1 : -1]
                before = _link(before, text)
                if digest != before.encode() or line != b"%s %s\n" % (digest, text):
                    raise BrokenFileError(path.name, count, "the line is not the one that was written")
                yield decoder.decode(text)
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise BrokenFileError(path.name, count + 1, f"the file cannot be unpacked: {error}") from error
    except msgspec.MsgspecError as error:
        raise BrokenFileError(path.name, count, f"the row has another shape: {error}") from error
    except FileNotFoundError as error:
        raise BrokenFileError(path.name, 0, "the file is missing") from error
    if (count, before) != (note.lines, note.end):
        raise BrokenFileError(path.name, count, f"the file ends after {count} lines, not {note.lines}")


def is_intact(path: Path, note: FileNote) -> bool:
    """Tell whether a file still has the bytes that were written; read from the medium where the system lets us."""
    sha256 = hashlib.sha256()
    try:
        with path.open("rb") as file:
            forget_cached(file)
            while block := file.read(BLOCK_BYTES):
                sha256.update(block)
    except OSError:
        return False
    return sha256.hexdigest() == note.sha256


def forget_cached(file: BinaryIO) -> None:
    """Have the system forget what it holds of a file, so that reading it reads the medium."""
    if hasattr(os, "posix_fadvise"):
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def write_whole(path: Path, data: bytes, *, mode: int = 0o644) -> None:
    """Write a small file that appears under its name only when it is whole and on the disk. Raises OSError."""
    beside = path.with_name(path.name + PART_SUFFIX)
    with beside.open("wb") as file:
        os.fchmod(file.fileno(), mode)
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    put_in_place(beside, path)


def put_in_place(beside: Path, path: Path) -> None:
    """Give a written file its name, durably."""
    beside.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _link(before: str, text: bytes) -> str:
    return hashlib.sha256(before.encode() + text).hexdigest()
