"""The photos of this kiosk: on the disk before anybody names them, and until nobody needs them any more.

A photo nobody named is let go after a day. One a fact names stays until the hub has it and the fact itself was
forgotten here, which only a fact is that a proven backup of the hub holds.
"""

import logging
import shutil
import time
from pathlib import Path

from domain.photo import is_photo_digest
from drivers.photo import NoPhotoError, PhotoFolder, made_anew
from kiosk.camera import CameraTrouble, NoPhotoTakenError
from kiosk.card import LOW_BYTES
from kiosk.store.connection import Connection
from kiosk.store.errors import StoreError
from kiosk.store.photos import PhotoNotes

FOLDER = "photos"
UNNAMED_S_MAX = 24 * 3600
"""How long a photo is kept that no verdict and no ticket names."""

ROOM_BYTES_MIN = 2 * LOW_BYTES
"""Less room on the card than this is for events alone."""

_log = logging.getLogger(__name__)


class Photos:
    """The photos of one kiosk. Safe to use from any thread."""

    def __init__(self, folder: Path, connection: Connection) -> None:
        self._folder = PhotoFolder(folder / FOLDER)
        self._data = folder
        self._notes = PhotoNotes(connection)

    def has(self, digest: str) -> bool:
        """Tell whether there is a photo of that digest."""
        return self._folder.has(digest)

    def take(self, given: bytes) -> str:
        """Keep a photo and return its digest; it is on the disk then. Raises NoPhotoTakenError."""
        try:
            jpeg = made_anew(given)
        except NoPhotoError as error:
            _log.warning("a photo was not taken: %s", error)
            too_large = error.code == "photo_too_large"
            raise NoPhotoTakenError("photo_too_large" if too_large else "photo_no_picture") from error
        trouble: CameraTrouble = "photo_not_stored"
        try:
            if shutil.disk_usage(self._data).free < ROOM_BYTES_MIN:
                trouble = "photo_no_room"
                raise NoPhotoTakenError(trouble)
            return self._folder.keep(jpeg)
        except OSError as error:
            _log.warning("a photo was not stored: %s", error)
            raise NoPhotoTakenError(trouble) from error

    def read(self, digest: str) -> bytes | None:
        """Return a photo; None where there is none, or it is damaged."""
        if not is_photo_digest(digest):
            return None
        try:
            return self._folder.read(digest)
        except OSError as error:
            _log.warning("photo %s cannot be read: %s", digest[:12], error)
            return None

    def waiting(self) -> list[str]:
        """Return the photos our facts name that the hub does not have yet, the oldest first."""
        return self._notes.waiting()

    def sent(self, digest: str) -> None:
        """Note that the hub has a photo."""
        self._notes.note(digest, "sent")

    def lost(self, digest: str) -> None:
        """Note that a photo cannot be sent any more."""
        _log.error("photo %s is gone or damaged and cannot be sent", digest[:12])
        self._notes.note(digest, "lost")

    def tidy(self, now_s: float | None = None) -> int:
        """Let go of what nobody needs any more; returns how many photos. Fails silently: it is tried again."""
        before_s = (time.time() if now_s is None else now_s) - UNNAMED_S_MAX
        gone = 0
        try:
            for digest in self._notes.done_with():
                self._folder.forget(digest)
                self._notes.forget(digest)
                gone += 1
            for path in self._folder.unfinished():
                if path.stat().st_mtime < before_s:
                    path.unlink(missing_ok=True)
            for digest, path in self._folder.kept():
                if path.stat().st_mtime < before_s and not self._notes.is_named(digest):
                    self._folder.forget(digest)
                    gone += 1
        except (OSError, StoreError) as error:
            _log.warning("photos were not tidied: %s", error)
        return gone
