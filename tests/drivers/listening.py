"""What the tests listen with: an `emit` that keeps everything and waits for what must come."""

import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

from drivers.scanner import Garbled, Scan, ScannerOutput, ScannerStatus

T = TypeVar("T")
PATIENCE_S = 10.0


class Listener(Generic[T]):
    """Keeps what is emitted, in order."""

    def __init__(self) -> None:
        self.heard: list[T] = []
        self._changed = threading.Condition()

    def __call__(self, output: T) -> None:
        with self._changed:
            self.heard.append(output)
            self._changed.notify_all()

    def waits_for(
        self, claim: Callable[[list[T]], bool], what: str = "", patience_s: float = PATIENCE_S
    ) -> None:
        with self._changed:
            if not self._changed.wait_for(lambda: claim(self.heard), patience_s):
                raise AssertionError(f"did not come in {patience_s} s: {what}; heard: {self.heard}")


class ScannerListener(Listener[ScannerOutput]):
    """Hears one or more scanners."""

    def texts(self, device: str | None = None) -> list[str]:
        return [o.text for o in self.heard if isinstance(o, Scan) and device in {None, o.device}]

    def states(self) -> list[str]:
        return [o.state for o in self.heard if isinstance(o, ScannerStatus)]

    def garbled(self) -> list[str]:
        return [o.reason for o in self.heard if isinstance(o, Garbled)]

    def waits_for_texts(self, *texts: str, device: str | None = None) -> None:
        self.waits_for(lambda _: self.texts(device) == list(texts), f"texts {texts}")

    def waits_for_state(self, state: str, times: int = 1) -> None:
        self.waits_for(lambda _: self.states().count(state) >= times, f"{times} x {state}")


def eventually(claim: Callable[[], bool], what: str, patience_s: float = PATIENCE_S) -> None:
    deadline_s = time.monotonic() + patience_s
    while not claim():
        assert time.monotonic() < deadline_s, f"not within {patience_s} s: {what}"
        time.sleep(0.01)
