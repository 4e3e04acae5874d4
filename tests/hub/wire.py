"""A kiosk's way to a hub of the tests: no socket, and every byte that would travel."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from domain.wire import Acknowledgement, Changes, Snapshot, UploadHeader, decode_upload, encode_upload
from hub.feed import changes, snapshot
from kiosk.hub_client import HubUnreachableError
from tests.hub.plant import Plant


class Wire:
    """It can be cut; a hub that is away is None."""

    def __init__(self, hub: Callable[[], Plant | None], device: str) -> None:
        self.device, self.is_cut = device, False
        self._hub = hub

    def _plant(self) -> Plant:
        plant = self._hub()
        if self.is_cut or plant is None:
            raise HubUnreachableError("unreachable")
        return plant

    def upload(self, header: UploadHeader, bodies: list[bytes]) -> Acknowledgement:
        hub = self._plant()
        answer = hub.ingest.accept(hub.device(self.device), decode_upload(encode_upload(header, bodies)))
        hub.books()
        return msgspec.json.decode(msgspec.json.encode(answer), type=Acknowledgement)

    def changes(self, cursor: str, generation: int) -> Changes:
        hub = self._plant()
        page = changes(hub.engine, hub.device(self.device), cursor, 50, hub.clock.now())
        return msgspec.json.decode(msgspec.json.encode(page), type=Changes)

    def snapshot(self) -> Snapshot:
        hub = self._plant()
        return msgspec.json.decode(
            msgspec.json.encode(snapshot(hub.engine, hub.device(self.device), hub.clock.now())), type=Snapshot
        )

    def close(self) -> None:
        return None
