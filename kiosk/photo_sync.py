"""Photos to the hub, one after the other, in a thread and over a line of their own: events never wait for a picture."""

import logging
import threading
from collections.abc import Callable
from typing import Protocol

from domain.wire import PhotoTaken
from kiosk.hub_client import HubBusyError, HubError
from kiosk.photos import Photos
from kiosk.store.errors import StoreError

ROUND_EVERY_S = 5.0
BREATH_S = 1.0
"""Between two photos."""

AGAIN_AFTER_S = 60.0
"""The hub did not take it: how long all photos rest, and at first this one, while the others go."""

ASIDE_S_MAX = 3_600.0
"""What the hub still does not take comes again this seldom: it may be the photo that is wrong."""

TIDY_EVERY_S = 3_600.0

_log = logging.getLogger(__name__)


class PhotoHub(Protocol):
    """What is asked of the hub; both may raise HubError."""

    def photo(self, digest: str, jpeg: bytes) -> PhotoTaken:
        """Send a photo."""
        ...

    def close(self) -> None:
        """Let go of the connection."""
        ...


class PhotoSync:
    """Sends the photos that acknowledged facts name, and tidies the folder."""

    def __init__(
        self,
        photos: Photos,
        hub: PhotoHub,
        *,
        may_send: Callable[[], bool],
        monotonic_s: Callable[[], float],
    ) -> None:
        """`may_send` tells whether the hub is there and has every event of ours."""
        self._photos, self._hub = photos, hub
        self._may_send, self._monotonic_s = may_send, monotonic_s
        self._failures: dict[str, int] = {}
        self._aside_until_s: dict[str, float] = {}
        self._tidy_at_s = 0.0
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin."""
        self._thread = threading.Thread(target=self._run, name="photos", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the thread; a photo under way may take as long as its time-out."""
        self._stopping.set()
        if self._thread:
            self._thread.join(5)
        self._hub.close()

    def _run(self) -> None:
        pause_s = ROUND_EVERY_S
        while not self._stopping.wait(pause_s):
            try:
                pause_s = self.round()
            except Exception:  # noqa: BLE001 the thread must live: the photos are on the disk and are tried again
                _log.exception("photos: a round failed")
                pause_s = AGAIN_AFTER_S

    def round(self) -> float:
        """Send one photo, if it is the moment for one; returns how long to rest, in s."""
        try:
            if self._may_send() and (digest := self._next()):
                return self._send(digest)
        except StoreError as error:
            _log.warning("photos: the kiosk's own file did not take it: %s", error)
            return AGAIN_AFTER_S
        now_s = self._monotonic_s()
        if now_s >= self._tidy_at_s:
            self._tidy_at_s = now_s + TIDY_EVERY_S
            self._photos.tidy()
        return ROUND_EVERY_S

    def _next(self) -> str:
        """Return the oldest photo that waits and is not put aside."""
        now_s = self._monotonic_s()
        return next(
            (one for one in self._photos.waiting() if self._aside_until_s.get(one, now_s) <= now_s), ""
        )

    def _send(self, digest: str) -> float:
        jpeg = self._photos.read(digest)
        if jpeg is None:
            self._photos.lost(digest)
            return 0.0
        try:
            taken = self._hub.photo(digest, jpeg)
        except HubBusyError as error:
            return max(error.wait_s, AGAIN_AFTER_S)
        except HubError as error:
            return self._put_aside(digest, str(error))
        if taken.digest != digest:
            return self._put_aside(digest, "the hub holds other bytes")
        self._failures.pop(digest, None)
        self._aside_until_s.pop(digest, None)
        self._photos.sent(digest)
        return BREATH_S

    def _put_aside(self, digest: str, reason: str) -> float:
        """Let the others go first, whoever's fault it is: what cannot be sent must not hold up what can."""
        failures = self._failures.get(digest, 0)
        _log.warning("photo %s was not taken: %s", digest[:12], reason)
        self._failures[digest] = failures + 1
        aside_s = min(ASIDE_S_MAX, AGAIN_AFTER_S * 2 ** min(failures, 10))
        self._aside_until_s[digest] = self._monotonic_s() + aside_s
        return AGAIN_AFTER_S
