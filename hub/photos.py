"""The hub's photos: kept under their digest as kiosks send them, one folder for each plant. No event waits for one."""

from http import HTTPStatus
from pathlib import Path

from domain.photo import is_photo_digest, photo_digest
from domain.wire import PhotoTaken
from drivers.photo import NoPhotoError, PhotoFolder, check_photo

FOLDER = "photos"
DISK_RETRY_AFTER_S = 300.0


class PhotoRefusedError(Exception):
    """A photo is not taken: with which status, under which code, and when it may come again (0: never like this)."""

    def __init__(self, status: HTTPStatus, code: str, message: str, retry_after_s: float = 0.0) -> None:
        super().__init__(message)
        self.status, self.code, self.retry_after_s = status, code, retry_after_s


def photo_folder(data_folder: Path, plant: str) -> PhotoFolder:
    """Return where a plant's photos are."""
    return PhotoFolder(data_folder / FOLDER / plant)


def take_photo(folder: PhotoFolder, digest: str, jpeg: bytes) -> PhotoTaken:
    """Put a photo on the disk; one that is there already is only named again. Raises PhotoRefusedError."""
    if not is_photo_digest(digest) or photo_digest(jpeg) != digest:
        message = (
            "the bytes are not those of that digest: they were altered on the way, or are another photo's"
        )
        raise PhotoRefusedError(HTTPStatus.BAD_REQUEST, "other_digest", message)
    try:
        check_photo(jpeg)
    except NoPhotoError as error:
        raise PhotoRefusedError(HTTPStatus.BAD_REQUEST, error.code, str(error)) from error
    try:
        return PhotoTaken(digest=folder.keep(jpeg))
    except OSError as error:
        message = f"the photo was not stored: {error.strerror or error}"
        raise PhotoRefusedError(
            HTTPStatus.SERVICE_UNAVAILABLE, "disk", message, DISK_RETRY_AFTER_S
        ) from error
