"""The buddy copy: while the hub is away, what it lacks also goes to one neighbour kiosk, sealed for the hub.

A card that dies takes nothing with it that the neighbour holds. The copy is only a copy: our own log goes on sending,
and whichever reaches the hub first, the other has no effect.
"""

import logging
from collections.abc import Callable
from typing import Protocol

import msgspec
import requests

from domain.parcel import PARCEL_BYTES_MAX, ParcelLabel, ParcelTaken, label_of
from domain.seal import seal_parcel
from domain.wire import (
    MAC_HEADER,
    UploadHeader,
    answer_mac,
    encode_upload,
    macs_match,
    request_mac,
    take_batch,
)
from kiosk.shelf import Shelf
from kiosk.store.entries import entry_rows
from kiosk.store.store import Store

BUDDY_TARGET = "/buddy/v1/parcel"
BATCH_EVENTS = 100
PARCELS_AT_ONCE = 20
ASK_TIMEOUT_S = 3.0
HAND_IN_EVERY_S = 60.0
"""After a hand-in that left something on the shelf: its forerunners may come from the neighbour itself."""
KEY_EVERY_S = 24 * 3600.0
_KEY = "neighbour_key"

_log = logging.getLogger(__name__)


class ParcelHub(Protocol):
    """What the buddy asks of the hub; every method may raise HubError."""

    def parcel(self, parcel: bytes) -> ParcelTaken:
        """Hand in a parcel."""
        ...

    def neighbour_key(self, device: str) -> bytes:
        """Ask for the key shared with another kiosk."""
        ...


class Taken(msgspec.Struct, frozen=True, kw_only=True):
    """A neighbour's answer: it has the parcel on its disk."""

    taken: bool = True


class Buddy:
    """Gives copies to the neighbour while the hub is away, and hands in the neighbour's when it is back.

    Only the sync's thread calls it.
    """

    def __init__(
        self,
        store: Store,
        hub: ParcelHub,
        shelf: Shelf,
        *,
        plant: str,
        neighbour: str,
        address: str,
        key: bytes,
        monotonic_s: Callable[[], float],
    ) -> None:
        """`address`: where the neighbour takes copies; empty: it takes none. `key` is our own, which the hub knows."""
        self._store, self._hub, self._shelf = store, hub, shelf
        self._plant, self._neighbour, self._address, self._key = plant, neighbour, address, key
        self._monotonic_s = monotonic_s
        self._given = (0, 0)
        self._hand_in_at_s = self._ask_key_at_s = 0.0
        self._session = requests.Session()
        self._session.trust_env = False

    def hub_is_here(self) -> None:
        """Keep the shared key fresh, and hand in what the neighbour gave us. Raises HubError, StoreError."""
        now_s = self._monotonic_s()
        if now_s >= self._ask_key_at_s:
            shared = self._hub.neighbour_key(self._neighbour).hex()
            if self._store.connection.meta(_KEY) != shared:
                with self._store.connection.transaction():
                    self._store.connection.remember(_KEY, shared)
            self._ask_key_at_s = now_s + KEY_EVERY_S
        if now_s >= self._hand_in_at_s and not self._hand_in():
            self._hand_in_at_s = now_s + HAND_IN_EVERY_S

    def shared_key(self) -> bytes:
        """Return the key we share with the neighbour; empty before the hub has said it."""
        return bytes.fromhex(self._store.connection.meta(_KEY) or "")

    def hub_is_away(self) -> int:
        """Give the neighbour copies of what the hub lacks, a few parcels at a time; returns how many it took."""
        shared = self.shared_key()
        if not (shared and self._address):
            return 0
        for count in range(PARCELS_AT_ONCE):
            parcel = self._next_parcel()
            if parcel is None or not self._gives(parcel, shared):
                return count
        return PARCELS_AT_ONCE

    def close(self) -> None:
        """Let go of the connection."""
        self._session.close()

    def _hand_in(self) -> bool:
        """Hand in the whole shelf; tells whether it is empty now."""
        is_empty = True
        for name, parcel in self._shelf.parcels():
            taken = self._hub.parcel(parcel)
            if taken.code:
                _log.warning("the hub can make nothing of the neighbour's parcel %s: %s", name, taken.code)
                self._shelf.remove(name)
            elif taken.accepted.sequence >= label_of(parcel).last:
                self._shelf.remove(name)
            else:
                is_empty = False
        return is_empty

    def _next_parcel(self) -> bytes | None:
        """Seal the next entries that neither the hub nor the neighbour has; None: there are none."""
        log = self._store.log
        with self._store.connection.lock:
            epoch, given = self._given
            start = max(log.acknowledged, given if epoch == log.epoch else 0)
            if log.reissue or start >= log.head.sequence:
                return None
            after = log.head_at(start)
            rows = entry_rows(self._store.connection, log.epoch, after.sequence, BATCH_EVENTS)
            end, epoch = log.head, log.epoch
        if any(one.damages for one in log.check(rows, after)):
            return None  # the sync sees to it when it comes to this place
        bodies = [row.body for row in rows]
        bodies = bodies[: take_batch(bodies)]
        label = ParcelLabel(
            plant=self._plant,
            device=self._store.device,
            epoch=epoch,
            first=after.sequence + 1,
            last=after.sequence + len(bodies),
        )
        header = UploadHeader(
            device=self._store.device,
            epoch=epoch,
            first_sequence=label.first,
            previous_digest=after.digest,
            events=len(bodies),
            head=end,
            generation=self._store.generation,
            pending=end.sequence - after.sequence,
        )
        return seal_parcel(self._key, label, encode_upload(header, bodies))

    def _gives(self, parcel: bytes, shared: bytes) -> bool:
        if len(parcel) > PARCEL_BYTES_MAX:
            return False
        mac = request_mac(shared, "POST", BUDDY_TARGET, parcel)
        try:
            answer = self._session.post(
                self._address.rstrip("/") + BUDDY_TARGET,
                data=parcel,
                headers={MAC_HEADER: mac, "Content-Type": "application/octet-stream"},
                timeout=ASK_TIMEOUT_S,
                allow_redirects=False,
            )
        except requests.RequestException as error:
            _log.info("the neighbour %s does not answer: %s", self._neighbour, error)
            return False
        expected = answer_mac(shared, mac, answer.status_code, answer.content)
        if answer.status_code != requests.codes.ok or not macs_match(
            expected, answer.headers.get(MAC_HEADER, "")
        ):
            _log.info("the neighbour %s did not take the copy: %d", self._neighbour, answer.status_code)
            return False
        label = label_of(parcel)
        self._given = (label.epoch, label.last)
        return True
