"""Photos: what was wrong, to be seen. A fact names one by the digest of its bytes, which travel beside the log."""

import hashlib
import re

from domain.event import Event
from domain.events.production import HandoffJudged
from domain.events.quality import TicketOpened

PHOTO_PX_MAX = 1280
"""The longer side of a photo."""

PHOTO_BYTES_MAX = 300_000
PHOTOS_MAX = 4
"""Photos of one verdict, and of one quality ticket."""

_DIGEST = re.compile(r"[0-9a-f]{64}", re.ASCII)


def photo_digest(jpeg: bytes) -> str:
    """Return the name of a photo: the SHA-256 of its bytes, in hexadecimal."""
    return hashlib.sha256(jpeg).hexdigest()


def is_photo_digest(text: str) -> bool:
    """Tell whether a text can be the name of a photo, and so is safe to be one of a file."""
    return _DIGEST.fullmatch(text) is not None


def photos_of(event: Event) -> tuple[str, ...]:
    """Return the photos a fact names."""
    match event:
        case HandoffJudged(handoff=handoff):
            return handoff.photos
        case TicketOpened(photos=photos):
            return photos
        case _:
            return ()
