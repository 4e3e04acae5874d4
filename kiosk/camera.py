"""The camera of a kiosk, as the rest of it sees one: photos that were taken, each under its digest."""

from typing import Literal, Protocol, get_args

CameraTrouble = Literal[
    "no_camera", "photo_no_picture", "photo_too_large", "photo_no_room", "photo_not_stored"
]
"""Why there is no photo: codes with words."""

CAMERA_TROUBLES: frozenset[str] = frozenset(get_args(CameraTrouble))


class NoPhotoTakenError(Exception):
    """No photo was kept. `code`: one of CAMERA_TROUBLES."""

    def __init__(self, code: CameraTrouble) -> None:
        super().__init__(code)
        self.code = code


class Camera(Protocol):
    """What was photographed here and stands on the disk."""

    def has(self, digest: str) -> bool:
        """Tell whether there is a photo of that digest."""
        ...

    def take(self, given: bytes) -> str:
        """Keep a photo and return its digest; it is on the disk then. Raises NoPhotoTakenError."""
        ...

    def read(self, digest: str) -> bytes | None:
        """Return a photo; None where there is none."""
        ...
