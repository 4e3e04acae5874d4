"""The manifest of an export or a backup: which files belong to it, what is in them, and a digest over all of that."""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import msgspec

from domain.log import GENESIS_DIGEST, Digest
from hub.chained import BrokenFileError, FileNote, write_whole

FORMAT = "noac-export"
FORMAT_VERSION = 1
MANIFEST_NAME = "manifest.json"
MANIFEST_BYTES_MAX = 16 * 1024 * 1024
"""Enough for 100,000 files."""


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What a folder holds, as of `position`. `last` is the digest of the entry there (zeros where there is none)."""

    plant: str
    generation: int
    position: int
    made_at: datetime
    software: str
    files: dict[str, FileNote]
    last: Digest = GENESIS_DIGEST
    revision: int = 0
    format: str = FORMAT
    version: int = FORMAT_VERSION

    def named(self, stem: str) -> list[str]:
        """Return the files of one kind, in order: `ledger-000001.ndjson.gz` is of the kind `ledger`."""
        return sorted(name for name in self.files if name.startswith((f"{stem}-", f"{stem}.")))


_sorted = msgspec.json.Encoder(order="sorted")


def software() -> str:
    """Return the version that writes."""
    try:
        return version("noac")
    except PackageNotFoundError:
        return "0"


def write_manifest(path: Path, manifest: Manifest) -> None:
    """Write a manifest; what it names must be on the disk already. Raises OSError."""
    data: dict[str, Any] = msgspec.to_builtins(manifest)
    data["digest"] = _digest(data)
    write_whole(path, msgspec.json.format(_sorted.encode(data), indent=1) + b"\n")


def read_manifest(path: Path) -> Manifest:
    """Read a manifest back. Raises BrokenFileError where it is none, or not the one that was written."""
    try:
        with path.open("rb") as file:
            data: dict[str, Any] = msgspec.json.decode(file.read(MANIFEST_BYTES_MAX), type=dict[str, Any])
        stated = data.pop("digest", "")
        manifest = msgspec.convert(data, Manifest)
    except OSError as error:
        raise BrokenFileError(path.name, 0, f"it cannot be read: {error.strerror}") from error
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise BrokenFileError(path.name, 0, f"it is no manifest: {error}") from error
    if (manifest.format, manifest.version) != (FORMAT, FORMAT_VERSION):
        told = f"{manifest.format} version {manifest.version} is not {FORMAT} version {FORMAT_VERSION}"
        raise BrokenFileError(path.name, 0, told)
    if stated != _digest(data):
        raise BrokenFileError(path.name, 0, "it is not the one that was written")
    return manifest


def _digest(data: Mapping[str, Any]) -> str:
    return hashlib.sha256(_sorted.encode(data)).hexdigest()
