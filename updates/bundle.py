"""A bundle: one file with a signed manifest and the wheels of a release, for a USB stick.

It is a tar file: `manifest.json`, `manifest.sig` (64 bytes, Ed25519, RFC 8032), then the files in the manifest's order.
Nothing of it is believed before the signature holds, and nothing is unpacked but what the manifest names.
"""

import hashlib
import io
import tarfile
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from msgspec import Struct

from updates.keys import is_signed
from updates.starter import Release, UpdateError, rank

FORMAT = 1
MANIFEST_NAME = "manifest.json"
SIGNATURE_NAME = "manifest.sig"
SIGNATURE_BYTES = 64
MANIFEST_BYTES_MAX = 1_000_000
FILES_MAX = 1_000
_CHUNK_BYTES = 1 << 20


class BundledFile(Struct, frozen=True, kw_only=True):
    """One wheel: its name, bytes and digest, and how much it takes when it is unpacked."""

    name: str
    size: int
    sha256: str
    unpacked: int


class Manifest(Struct, frozen=True, kw_only=True):
    """What is signed. `comes_from`: the lowest version that may be updated with it. `floor`, `schemas`: see Release.

    `python` ("3.11") and `machine` ("x86_64") say what the wheels were built for; empty where any will do.
    """

    format: int
    version: str
    comes_from: str = "0"
    floor: str = "0"
    schemas: dict[str, int] = {}
    python: str = ""
    machine: str = ""
    extras: tuple[str, ...] = ()
    files: tuple[BundledFile, ...] = ()

    @property
    def release(self) -> Release:
        """What an installed release says of itself."""
        return Release(version=self.version, floor=self.floor, schemas=self.schemas)


def write_bundle(path: Path, manifest: bytes, signature: bytes, files: Iterable[Path]) -> None:
    """Write a bundle. Raises OSError."""
    with tarfile.open(path, "w", format=tarfile.PAX_FORMAT) as tar:
        for name, content in ((MANIFEST_NAME, manifest), (SIGNATURE_NAME, signature)):
            tar.addfile(_entry(name, len(content)), io.BytesIO(content))
        for one in files:
            with one.open("rb") as content:
                tar.addfile(_entry(one.name, one.stat().st_size), content)


def _entry(name: str, size: int) -> tarfile.TarInfo:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = size, 0o644
    return entry


class Bundle:
    """An open bundle whose signature holds. `unpack` once."""

    def __init__(self, path: Path, tar: tarfile.TarFile, manifest: Manifest) -> None:
        self._path = path
        self._tar = tar
        self.manifest = manifest

    def unpack(self, folder: Path) -> None:
        """Write the files into a folder, each checked. Raises UpdateError for one that is not as signed, OSError."""
        for wanted in self.manifest.files:
            found = _next(self._tar, self._path, wanted.name)
            with (folder / wanted.name).open("wb") as out:
                if found.size != wanted.size or _copied(self._tar, found, out) != wanted.sha256:
                    raise UpdateError(
                        f"{self._path}: {wanted.name} is not as it was signed; copy the bundle anew"
                    )
        if self._tar.next() is not None:
            raise UpdateError(f"{self._path} holds more than was signed")


@contextmanager
def open_bundle(path: Path, keys: tuple[Ed25519PublicKey, ...]) -> Generator[Bundle]:
    """Open a bundle and check who signed it. Raises UpdateError, OSError."""
    try:
        with tarfile.open(path, "r|") as tar:
            manifest = _read(tar, path, MANIFEST_NAME, MANIFEST_BYTES_MAX)
            signature = _read(tar, path, SIGNATURE_NAME, SIGNATURE_BYTES)
            if not is_signed(manifest, signature, keys):
                raise UpdateError(
                    f"{path} is not signed with a key this machine trusts; nothing of it was used"
                )
            yield Bundle(path, tar, _decoded(path, manifest))
    except (tarfile.TarError, EOFError) as error:
        raise UpdateError(f"{path} is no bundle or is cut off ({error}); copy it anew") from error


def _read(tar: tarfile.TarFile, path: Path, name: str, bytes_max: int) -> bytes:
    found = _next(tar, path, name)
    content = io.BytesIO()
    if found.size > bytes_max:
        raise UpdateError(f"{path}: {name} is too large to be one")
    _copied(tar, found, content)
    return content.getvalue()


def _next(tar: tarfile.TarFile, path: Path, name: str) -> tarfile.TarInfo:
    found = tar.next()
    if found is None:
        raise UpdateError(f"{path} ends before {name}: it is cut off or altered; copy it anew")
    if found.name != name or not found.isreg():
        raise UpdateError(
            f"{path}: {found.name[:80]!r} stands where {name} should; it was altered, copy it anew"
        )
    return found


def _copied(tar: tarfile.TarFile, entry: tarfile.TarInfo, out: IO[bytes]) -> str:
    """Copy an entry; returns its digest."""
    digest, left = hashlib.sha256(), entry.size
    source = tar.extractfile(entry)
    while source is not None and left:
        piece = source.read(min(left, _CHUNK_BYTES))
        if not piece:
            raise EOFError(f"{entry.name} ends too soon")
        digest.update(piece)
        out.write(piece)
        left -= len(piece)
    return digest.hexdigest()


def _decoded(path: Path, content: bytes) -> Manifest:
    try:
        manifest = msgspec.json.decode(content, type=Manifest)
    except msgspec.MsgspecError as error:
        raise UpdateError(f"{path}: its manifest is signed but cannot be read: {error}") from error
    if manifest.format != FORMAT:
        raise UpdateError(
            f"{path} is of format {manifest.format}, this release reads {FORMAT}: update to one in between first"
        )
    for version in (manifest.version, manifest.comes_from, manifest.floor):
        rank(version)
    if len(manifest.files) > FILES_MAX or not all(_is_plain(one.name) for one in manifest.files):
        raise UpdateError(f"{path}: its manifest names files a bundle cannot have")
    return manifest


def _is_plain(name: str) -> bool:
    return PurePosixPath(name).name == name and name.endswith(".whl")
