"""A station of a line as tests tell of it: a real kiosk that knows only what a real hub told it, and a wire to cut."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import msgspec

from domain.bundle import Bundle
from domain.progress import Progress
from domain.wire import (
    Acknowledgement,
    Changes,
    Snapshot,
    UploadHeader,
    decode_upload,
    encode_upload,
)
from hub.feed import changes, snapshot
from kiosk.hub_client import HubUnreachableError
from kiosk.sync import Sync
from tests.hub.floor import Floor
from tests.hub.plant import START, P
from tests.terminal import Terminal

ROUNDS_MAX = 8


class Wire:
    """A kiosk's way to the hub, by the bytes that travel; it can be cut."""

    def __init__(self, floor: Floor, device: str) -> None:
        self.floor, self.device, self.is_cut = floor, device, False

    def _hub(self) -> Floor:
        if self.is_cut:
            raise HubUnreachableError("unreachable")
        return self.floor

    def upload(self, header: UploadHeader, bodies: list[bytes]) -> Acknowledgement:
        hub = self._hub()
        answer = hub.ingest.accept(hub.device(self.device), decode_upload(encode_upload(header, bodies)))
        hub.books()
        return msgspec.json.decode(msgspec.json.encode(answer), type=Acknowledgement)

    def changes(self, cursor: str, generation: int) -> Changes:
        hub = self._hub()
        page = changes(hub.engine, hub.device(self.device), cursor, 50, hub.clock.now())
        return msgspec.json.decode(msgspec.json.encode(page), type=Changes)

    def snapshot(self) -> Snapshot:
        hub = self._hub()
        return msgspec.json.decode(
            msgspec.json.encode(snapshot(hub.engine, hub.device(self.device), hub.clock.now())), type=Snapshot
        )

    def close(self) -> None:
        return None


class Station(Terminal):
    """A kiosk that knows only what the hub told it."""

    def __init__(self, folder: Path, floor: Floor, device: str) -> None:
        floor.kiosk(device)
        self.wire = Wire(floor, device)
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
