"""The heartbeat comes from the scan path: a loop that hangs is silent, a beat beside it would be a lie."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from drivers.clock import SystemClock
from kiosk import loop as loops
from kiosk.heartbeat import Heartbeat
from kiosk.loop import Loop, LoopSettings, Tick
from kiosk.status import Status
from kiosk.witness import Witness
from tests.kiosk.process import KioskProcess, write_settings
from tests.terminal import RecordingPage, RecordingSound, Terminal

WAIT_S = 20


@pytest.fixture
def manager(tmp_path: Path) -> Iterator[socket.socket]:
    """What systemd listens on."""
    made = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    made.bind(str(tmp_path / "notify"))
    made.settimeout(WAIT_S)
    yield made
    made.close()


def test_the_messages_are_those_of_sd_notify(manager: socket.socket) -> None:
    heartbeat = Heartbeat(manager.getsockname())
    heartbeat.ready("http://127.0.0.1:8001")
    heartbeat.alive()
    heartbeat.stopping()
    heartbeat.close()
    assert [manager.recv(200) for _ in range(3)] == [
        b"READY=1\nSTATUS=http://127.0.0.1:8001",
        b"WATCHDOG=1",
        b"STOPPING=1",
    ]


def test_an_address_that_begins_with_an_at_sign_is_an_abstract_one() -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind("")
        name = listening.getsockname()
        heartbeat = Heartbeat("@" + name[1:].decode())
        heartbeat.alive()
        assert listening.recv(50) == b"WATCHDOG=1"
        heartbeat.close()


def test_nobody_who_listens_and_a_manager_that_is_gone_stop_nothing(tmp_path: Path) -> None:
    Heartbeat().alive()
    gone = Heartbeat(str(tmp_path / "nobody"))
    gone.alive()
    gone.close()
    gone.alive()


@pytest.mark.fault("K4")
def test_a_loop_that_turns_beats_and_one_that_hangs_is_silent(
    tmp_path: Path, manager: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loops, "TICK_S", 0.02)
    terminal = Terminal(tmp_path / "data")
    heartbeat = Heartbeat(manager.getsockname())
    hung, go_on = threading.Event(), threading.Event()
    frame = terminal.loop._status.frame  # type: ignore[attr-defined]
    loop = Loop(
        store=terminal.store,
        page=RecordingPage(),
        sound=RecordingSound(),
        clock=SystemClock(),
        status=Status(terminal.store, scanners=[], printers=[], is_practice=False),
        witness=Witness(terminal._new_id),
        settings=LoopSettings(),
        beat=heartbeat.alive,
    )
    loop.begin("noac test", "boot")
    loop.start()
    try:
        for _ in range(3):
            assert manager.recv(50) == b"WATCHDOG=1"

        def hang(*given: object) -> object:
            hung.set()
            go_on.wait(WAIT_S)
            return frame(*given)  # type: ignore[arg-type]

        monkeypatch.setattr(loop._status, "frame", hang)
        loop.offer(Tick())
        assert hung.wait(WAIT_S)
        manager.setblocking(False)
        while True:  # what was said before
            try:
                manager.recv(50)
            except BlockingIOError:
                break
        assert not go_on.wait(0.3)  # fifteen ticks long
        with pytest.raises(BlockingIOError):
            manager.recv(50)
        go_on.set()
        manager.settimeout(WAIT_S)
        assert manager.recv(50) == b"WATCHDOG=1"
    finally:
        go_on.set()
        loop.stop()
        heartbeat.close()
        terminal.close()


@pytest.mark.fault("K4")
def test_the_service_is_watched_more_patiently_than_the_loop_ticks() -> None:
    unit = (Path(__file__).parents[2] / "systemd" / "noac-kiosk.service").read_text(encoding="utf-8")
    stated = dict(line.split("=", 1) for line in unit.splitlines() if "=" in line and line[0] != "#")
    assert stated["Type"] == "notify"
    assert stated["Restart"] == "always"
    assert 5 * loops.TICK_S <= int(stated["WatchdogSec"]) <= 10


@pytest.mark.fault("K4")
def test_a_real_kiosk_says_ready_then_beats_then_stops(tmp_path: Path, manager: socket.socket) -> None:
    environment = {"NOTIFY_SOCKET": manager.getsockname()}
    kiosk = KioskProcess(tmp_path, write_settings(tmp_path), environment)
    try:
        heard = [manager.recv(200) for _ in range(3)]
    finally:
        assert kiosk.stop() == 0
    assert sum(one.startswith(b"READY=1") for one in heard) == 1
    assert b"WATCHDOG=1" in heard
    rest: list[bytes] = []
    while b"STOPPING=1" not in rest:
        rest.append(manager.recv(200))
