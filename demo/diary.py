"""What happened, in plain words and both languages, newest first; for the page and for the terminal."""

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

LINES_MAX = 60
Kind = Literal["act", "noac", "good", "bad"]
"""What a viewer did, what NOAC did about it, that it is whole again, that something is not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """One line of the diary."""

    at: datetime
    kind: Kind
    zh: str
    en: str


class Diary:
    """Takes lines from many threads."""

    def __init__(self, told: Callable[[Note], None]) -> None:
        """`told` hears every line as it is written."""
        self._told = told
        self._lock = threading.Lock()
        self._lines: deque[Note] = deque(maxlen=LINES_MAX)

    def say(self, kind: Kind, zh: str, en: str) -> None:
        """Write a line."""
        line = Note(at=datetime.now(UTC), kind=kind, zh=zh, en=en)
        with self._lock:
            self._lines.appendleft(line)
        self._told(line)

    def lines(self) -> tuple[Note, ...]:
        """Return the lines, newest first."""
        with self._lock:
            return tuple(self._lines)
