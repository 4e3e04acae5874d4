"""A station of a line as tests tell of it: a real kiosk that knows only what a real hub told it, and a wire to cut."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from domain.bundle import Bundle
from domain.progress import Progress
from kiosk.sync import Sync
from tests.hub.floor import Floor
from tests.hub.plant import START, P
from tests.hub.wire import Wire
from tests.terminal import Terminal

ROUNDS_MAX = 8


class Station(Terminal):
    """A kiosk that knows only what the hub told it."""

    def __init__(self, folder: Path, floor: Floor, device: str) -> None:
        floor.kiosk(device)
        self.wire = Wire(lambda: floor, device)
        self._seconds = 0.0
        super().__init__(folder / device, plant=P, device=device)

    def _begin(self) -> None:
        self.sync = Sync(
            self.store,
            self.wire,
            now=lambda: START + timedelta(hours=1),
            monotonic_s=self._monotonic_s,
            on_change=lambda _: None,
            seed=1,
        )
        self.talks()
        self.loop.begin("noac test", "boot-1")

    def _new_id(self) -> str:
        self._ids += 1
        return f"{int.from_bytes(self.device.encode()):016x}{self._ids:016x}"

    def _monotonic_s(self) -> float:
        self._seconds += 0.001
        return self._seconds

    def talks(self) -> None:
        for _ in range(ROUNDS_MAX):
            self._seconds += 60.0  # whatever it waits for between two rounds is over
            self.sync.round()

    def knows(self, one: Bundle) -> Progress:
        progress = self.store.shop.progress(one.serial)
        assert progress is not None
        return progress
