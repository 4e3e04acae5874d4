"""A device that is plugged in is looked for at once, where the kernel says so, and after a while where it does not."""

import os
import socket
import threading
import time
from pathlib import Path

import pytest

from drivers import plug_events
from drivers.plug_events import PlugEvents
from drivers.scanner import open_scanner
from tests.drivers.listening import ScannerListener

PLUG = Path("/sys/class/mem/null/uevent")
"""Written to, the kernel says `add` of a device that is always there."""


def says_add() -> None:
    try:
        PLUG.write_text("add")
    except OSError:
        pytest.skip("only root may have the kernel say something")


@pytest.fixture
def plugged():
    made = PlugEvents()
    yield made
    made.close()


def took_s(plugged: PlugEvents, timeout_s: float) -> tuple[bool, float]:
    began_s = time.monotonic()
    return plugged.wait(timeout_s), time.monotonic() - began_s


def test_the_kernels_word_ends_the_wait_and_is_heard_also_when_it_came_before(plugged):
    says_add()
    heard, waited_s = took_s(plugged, 20)
    assert heard
    assert waited_s < 5
    assert took_s(plugged, 0.02)[0] is False


def test_without_a_word_the_time_passes(plugged):
    heard, waited_s = took_s(plugged, 0.05)
    assert not heard or waited_s >= 0.05


def test_who_stops_does_not_wait(plugged):
    threading.Timer(0.05, plugged.interrupt).start()
    assert took_s(plugged, 20)[1] < 5
    assert took_s(plugged, 20)[1] < 5
    plugged.close()
    plugged.interrupt()
    plugged.close()


def test_without_the_kernels_socket_waiting_is_all_there_is(monkeypatch):
    def refuses(*_: object) -> socket.socket:
        raise PermissionError

    monkeypatch.setattr(plug_events.socket, "socket", refuses)
    plugged = PlugEvents()
    says_add()
    assert not plugged.wait(0.05)
    plugged.close()


def test_where_udev_runs_its_word_is_awaited_for_the_kernels_comes_before_the_rights(tmp_path):
    assert plug_events._group(tmp_path) == 2
    assert plug_events._group(tmp_path / "control") == 1


def test_a_flood_of_words_is_one_reason_to_look(plugged):
    for _ in range(500):
        says_add()
    assert plugged.wait(5)
    assert not plugged.wait(0.02)


@pytest.mark.fault("S1")
def test_a_scanner_that_looks_rarely_is_back_at_once_when_the_kernel_says_so(tmp_path):
    path, listener = tmp_path / "event7", ScannerListener()
    scanner = open_scanner({"kind": "hid", "name": "door", "path": str(path), "rescan_ms": 2_000})
    scanner.start(listener)
    listener.waits_for_state("searching")
    time.sleep(0.1)
    os.mkfifo(path)
    began_s = time.monotonic()
    says_add()
    listener.waits_for_state("ready")
    scanner.stop()
    assert time.monotonic() - began_s < 1.5
