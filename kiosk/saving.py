"""The sign "saving…": a card that takes long is seen on the screen, so that nobody scans a second time."""

import threading
import time
from collections.abc import Callable
from types import TracebackType

SHOWN_AFTER_MS = 300
LOOKS_EVERY_S = 0.1
"""How often it is looked whether a commit takes long: nothing is asked of a commit that does not."""


class SavingSign:
    """Wraps each commit. A thread of its own looks at it, since the loop itself is waiting for the card."""

    def __init__(self, show: Callable[[], None]) -> None:
        """`show` puts the sign on screen; the next screen takes it away."""
        self._show = show
        self._lock = threading.Lock()
        self._began_ms = 0
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin to look."""
        self._thread = threading.Thread(target=self._run, name="saving", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the thread."""
        self._stopping.set()
        if self._thread:
            self._thread.join(5)

    def __enter__(self) -> None:
        self._began_ms = _now_ms()

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        with self._lock:  # a sign on its way comes before the screen that ends it
            self._began_ms = 0

    def look(self, now_ms: int) -> None:
        """Show the sign if a commit has begun long ago and is not over."""
        with self._lock:
            if self._began_ms and now_ms - self._began_ms >= SHOWN_AFTER_MS:
                self._began_ms = 0  # once a commit
                self._show()

    def _run(self) -> None:
        while not self._stopping.wait(LOOKS_EVERY_S):
            self.look(_now_ms())


def _now_ms() -> int:
    return time.monotonic_ns() // 1_000_000
