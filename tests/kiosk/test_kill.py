"""A kiosk killed at any moment: no confirmed line is lost, none is doubled, the chain is whole.

`NOAC_KILLS=300` makes the long proof of it.
"""

from __future__ import annotations

import contextlib
import os
import queue
import random
import re
import threading
import time
from pathlib import Path
from typing import Any

import pytest
import socketio
from socketio.exceptions import SocketIOError

from domain.events.documents import LineRecorded
from domain.log import event_of
from tests.kiosk.process import KioskProcess, entries_of, write_settings
from tests.world import KEEPER, ORDER, badge_code, order_code, place_code

KILLS = int(os.environ.get("NOAC_KILLS", "30"))
LIFE_S_MAX = 0.4
ANSWER_TIMEOUT_S = 20.0
_LOT = re.compile(r"</i> (L\d+)</span>")


def roll(number: int) -> str:
    """Return the code of a roll of one gram, with a lot of its own."""
    return f"]C110L{number}\x1d240F-2041\x1d3103000001" + "3111000001"


class Watcher:
    """Sees the screen as a browser does: what it was told is what an operator was told."""

    def __init__(self, address: str) -> None:
        self._pushed: queue.Queue[str] = queue.Queue()
        self._client = socketio.Client(reconnection=False)
        self._client.on("screen", self._screen)
        self._client.connect(address, transports=["websocket"], wait_timeout=10)

    def _screen(self, message: dict[str, Any]) -> None:
        self._pushed.put(message["html"])

    def last_lot(self) -> str:
        """Return the lot of the line the newest screen pins, or nothing."""
        return _lot(self._pushed.get(timeout=ANSWER_TIMEOUT_S))

    def is_confirmed(self, lot: str, died: threading.Event) -> bool:
        """Wait for green with this lot; False when the kiosk died before."""
        deadline = time.monotonic() + ANSWER_TIMEOUT_S
        while time.monotonic() < deadline:
            try:
                html = self._pushed.get(timeout=0.02)
            except queue.Empty:
                if died.is_set() and self._pushed.empty():
                    return False
                continue
            if "tone-stored" in html and _lot(html) == lot:
                return True
        message = f"neither green nor dead after {ANSWER_TIMEOUT_S} s: {lot}"
        raise AssertionError(message)

    def close(self) -> None:
        self._client.disconnect()


def _lot(html: str) -> str:
    found = _LOT.search(html)
    return found[1] if found else ""


def live_and_die(folder: Path, settings: Path, chance: random.Random, number: int) -> tuple[int, set[str]]:
    """Start, receive rolls until the kill; returns the next roll and the lots that were confirmed."""
    kiosk = KioskProcess(folder, settings)
    died = threading.Event()
    confirmed: set[str] = set()
    watcher = Watcher(kiosk.ready.split()[-1])
    try:
        # What the screen shows after a start tells the operator whether the last roll was taken.
        if watcher.last_lot() == f"L{number}":
            number += 1

        def kill() -> None:
            kiosk.kill()
            died.set()

        killer = threading.Timer(chance.uniform(0.0, LIFE_S_MAX), kill)
        killer.start()
        while True:
            try:
                kiosk.scan(roll(number))
            except OSError:
                break
            if not watcher.is_confirmed(f"L{number}", died):
                break
            confirmed.add(f"L{number}")
            number += 1
        killer.join()
    finally:
        with contextlib.suppress(SocketIOError):
            watcher.close()
    return number, confirmed


@pytest.mark.slow
@pytest.mark.timeout(60 + 4 * KILLS)
@pytest.mark.fault("K1")
def test_no_confirmed_line_is_lost_and_none_is_doubled_however_often_it_is_killed(tmp_path: Path) -> None:
    settings = write_settings(tmp_path, page=True)
    chance = random.Random(20261122)
    first = KioskProcess(tmp_path, settings)
    first.scan(badge_code(KEEPER), order_code(ORDER), roll(0), place_code("RM-A-01"))
    watcher = Watcher(first.ready.split()[-1])
    while watcher.last_lot() != "L0":
        pass
    watcher.close()
    assert first.stop() == 0

    number, confirmed = 1, {"L0"}
    for _ in range(KILLS):
        number, seen = live_and_die(tmp_path, settings, chance, number)
        confirmed |= seen

    events = [event_of(entry.envelope) for entry in entries_of(tmp_path)]
    lots = [str(one.values["lot"]) for one in events if isinstance(one, LineRecorded)]
    units = [str(one.values["handling_unit"]) for one in events if isinstance(one, LineRecorded)]
    assert len(lots) == len(set(lots))
    assert len(units) == len(set(units))
    assert confirmed <= set(lots)
    assert len(confirmed) > KILLS
    # Nothing else is there than what the operator knows of: the last roll may wait for the next look.
    assert set(lots) <= {f"L{one}" for one in range(number + 1)}
