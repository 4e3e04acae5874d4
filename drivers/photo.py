"""Photos as files: a picture is read with care, made anew with nothing in it but the picture, and kept durably.

A photo's file is named by the digest of its bytes, so that keeping it twice is keeping it once, and a damage is seen.
"""

import io
import os
import warnings
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image

from domain.photo import PHOTO_BYTES_MAX, PHOTO_PX_MAX, is_photo_digest, photo_digest

QUALITIES = (80, 65, 50, 35)
"""JPEG qualities, tried until the photo is small enough."""

_SUFFIX = ".jpg"
_PART = ".part"
_FANOUT_CHARS = 2


class NoPhotoError(ValueError):
    """The bytes are no picture that is taken. `code`: why, as the kiosk's catalogue says it."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code


def check_photo(jpeg: bytes) -> None:
    """See that bytes are one JPEG picture within the limits, all of it. Raises NoPhotoError."""
    _opened(jpeg)


def made_anew(jpeg: bytes) -> bytes:
    """Return the same picture without anything else that came in its file, small enough. Raises NoPhotoError."""
    given = _opened(jpeg)
    picture = Image.new("RGB", given.size)  # a copy would keep what the file said besides
    picture.paste(given)
    for quality in QUALITIES:
        out = io.BytesIO()
        picture.save(out, "JPEG", quality=quality, optimize=True)
        if len(out.getvalue()) <= PHOTO_BYTES_MAX:
            return out.getvalue()
    raise NoPhotoError("photo_too_large", f"the picture does not become smaller than {PHOTO_BYTES_MAX} bytes")


def _opened(jpeg: bytes) -> Image.Image:
    """Return the picture, decoded. How large it claims to be is looked at before a single pixel of it is made."""
    if len(jpeg) > PHOTO_BYTES_MAX:
        raise NoPhotoError("photo_too_large", f"a photo has at most {PHOTO_BYTES_MAX} bytes, not {len(jpeg)}")
    with _decoding():
        picture = Image.open(io.BytesIO(jpeg), formats=("JPEG",))
    if max(picture.size) > PHOTO_PX_MAX:
        raise NoPhotoError("photo_too_large", f"a side of {max(picture.size)} px is too long")
    with _decoding():
        picture.load()
    return picture


@contextmanager
def _decoding() -> Generator[None]:
    """Call it no picture, whatever a hostile file makes the decoder raise."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            yield
    except Exception as error:
        raise NoPhotoError("photo_no_picture", f"not a JPEG picture: {error}") from error


class PhotoFolder:
    """Photos on the disk, `<ab>/<digest>.jpg`. Safe to use from any thread."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, digest: str) -> Path:
        """Return where a photo is, or would be. Raises ValueError for what is no digest."""
        if not is_photo_digest(digest):
            message = f"{digest[:80]!r} is not the digest of a photo"
            raise ValueError(message)
        return self.folder / digest[:_FANOUT_CHARS] / f"{digest}{_SUFFIX}"

    def has(self, digest: str) -> bool:
        """Tell whether a photo is here; nothing is here under what is no digest."""
        return is_photo_digest(digest) and self.path(digest).is_file()

    def read(self, digest: str) -> bytes | None:
        """Return a photo; None where it is not here, or not any more what it was. Raises OSError."""
        try:
            jpeg = self.path(digest).read_bytes()
        except FileNotFoundError:
            return None
        return jpeg if photo_digest(jpeg) == digest else None

    def keep(self, jpeg: bytes) -> str:
        """Put a photo on the disk, whole and durably, and return its digest. Raises OSError; nothing is kept then."""
        digest = photo_digest(jpeg)
        path = self.path(digest)
        if self.read(digest) is not None:
            return digest
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_name(f"{path.name}.{os.getpid()}.{os.urandom(4).hex()}{_PART}")
        try:
            with beside.open("xb") as file:
                file.write(jpeg)
                file.flush()
                os.fsync(file.fileno())
            beside.replace(path)
        except OSError:
            beside.unlink(missing_ok=True)
            raise
        for folder in (path.parent, self.folder, self.folder.parent):  # the folders may be new as well
            _sync(folder)
        return digest

    def forget(self, digest: str) -> None:
        """Let a photo go. Raises OSError."""
        self.path(digest).unlink(missing_ok=True)

    def kept(self) -> Iterator[tuple[str, Path]]:
        """Yield every photo by its digest, in their order."""
        for path in sorted(self.folder.glob(f"*/*{_SUFFIX}")):
            if is_photo_digest(path.stem):
                yield path.stem, path

    def unfinished(self) -> Iterator[Path]:
        """Yield the files a power cut left half written."""
        yield from self.folder.glob(f"*/*{_PART}")


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
