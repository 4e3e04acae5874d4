"""docs/sync_client.py, the client for strangers, against a real hub process."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import signal
import subprocess
import sys
import time
import tomllib
import urllib.error
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import msgspec
import pytest

from domain.log import event_of, open_entry
from tests.conftest import GOLDEN_DIR
from tests.samples import EVENTS

ROOT = GOLDEN_DIR.parent.parent
START_TIMEOUT_S = 30
PATIENCE_S = 20
PLANT, DEVICE = "P1", "visitor-1"
STATION = ("--station", "参观", "--receiving", "RM-RCV", "--quarantine", "RM-Q", "--lost-and-found", "LOST")


def noac(*arguments: str | Path) -> list[str]:
    return [sys.executable, "-m", "noac", *map(str, arguments)]


class HubProcess:
    """`noac hub` as a plant runs it: a process of its own, on SQLite, on a free port."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.url = ""

    def start(self) -> None:
        self._process = subprocess.Popen(
            noac("hub", "--data", self.folder, "--port", "0"),
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=(self.folder.parent / "hub.log").open("ab"),
            text=True,
            start_new_session=True,
        )
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert "http://" in line, (self.folder.parent / "hub.log").read_text()
        self.url = line.split()[-1]

    def kill(self) -> None:
        """Pull the plug."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        assert self._process.stdout is not None
        self._process.stdout.close()

    def enrol(self) -> bytes:
        out = self.folder.parent / "credentials.toml"
        command = noac("hub", "--data", self.folder, "enrol", DEVICE, *STATION, "--out", out)
        subprocess.run(command, cwd=ROOT, check=True, capture_output=True, timeout=START_TIMEOUT_S)
        return bytes.fromhex(tomllib.loads(out.read_text())["key"])


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[HubProcess]:
    process = HubProcess(tmp_path / "hub")
    process.start()
    yield process
    process.kill()


@pytest.fixture(scope="module")
def client() -> ModuleType:
    spec = importlib.util.spec_from_file_location("sync_client", ROOT / "docs" / "sync_client.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def pulled(kiosk, through: int) -> list[dict[str, Any]]:
    """Pull until the hub has booked our events through a number."""
    found: list[dict[str, Any]] = []
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        found += kiosk.pull()
        if kiosk.complete_through >= through:
            return found
        time.sleep(0.05)
    raise AssertionError(f"booked only through {kiosk.complete_through} of {through}")


def record_all(kiosk) -> int:
    for event, _ in EVENTS:
        kiosk.record(type(event).__name__, msgspec.to_builtins(event))
    return len(EVENTS)


@pytest.mark.slow
def test_the_client_in_the_docs_brings_every_event_to_a_real_hub(hub: HubProcess, client: ModuleType):
    kiosk = client.Kiosk(hub.url, PLANT, DEVICE, hub.enrol())
    count = record_all(kiosk)
    kiosk.upload()
    assert kiosk.acknowledged == count
    changes = pulled(kiosk, count)
    assert [type(event_of(open_entry(body).envelope)) for body in kiosk.log] == [
        type(one) for one, _ in EVENTS
    ]

    stations = [one for one in changes if one["kind"] == "station"]
    assert stations[0]["key"] == DEVICE
    dispositions = {
        one["body"]["sequence"]: one["body"]["state"] for one in changes if one["kind"] == "disposition"
    }
    assert dispositions[4] == "booked_with_exception"  # its item is not registered here; the goods moved
    balances = [one for one in changes if one["kind"] == "balance" and "body" in one]
    assert {one["body"]["place"] for one in balances} >= {"S-HENGLI", "RM-A-01"}
    assert kiosk.pull() == []

    # Sent again, and after the plug was pulled: the same effect as once.
    hub.kill()
    hub.start()
    kiosk.hub = hub.url
    kiosk.acknowledged = 0
    kiosk.record("SignedOn", {"person": "1001"})
    kiosk.upload()
    assert kiosk.acknowledged == count + 1
    pulled(kiosk, count + 1)


@pytest.mark.slow
@pytest.mark.fault("D6", "D7")
def test_a_client_that_lost_its_past_begins_a_new_epoch_and_nothing_counts_twice(
    hub: HubProcess, client: ModuleType
):
    key = hub.enrol()
    kiosk = client.Kiosk(hub.url, PLANT, DEVICE, key)
    count = record_all(kiosk)
    kiosk.upload()
    pulled(kiosk, count)

    older = client.Kiosk(hub.url, PLANT, DEVICE, key)
    older.log = kiosk.log[:5]  # its card was put back to this morning
    older.record("SignedOff", {"person": "1001"})
    older.upload()
    assert older.epoch == 2
    assert older.acknowledged == 6
    changes = pulled(older, 6)
    states = {
        (one["body"]["epoch"], one["body"]["sequence"]): one["body"]["state"]
        for one in changes
        if one["kind"] == "disposition"
    }
    assert [states.get((2, number)) for number in range(1, 7)] == ["known"] * 5 + [None]
    assert [open_entry(body).envelope.event_id for body in older.log[:5]] == [
        open_entry(body).envelope.event_id for body in kiosk.log[:5]
    ]


@pytest.mark.slow
def test_a_gap_is_asked_for_and_a_stranger_is_told_nothing(hub: HubProcess, client: ModuleType):
    kiosk = client.Kiosk(hub.url, PLANT, DEVICE, hub.enrol())
    record_all(kiosk)
    kiosk.acknowledged = 3  # it believes that the hub has these
    kiosk.upload()
    assert kiosk.acknowledged == len(kiosk.log)

    stranger = client.Kiosk(hub.url, PLANT, DEVICE, bytes(32))
    stranger.record("SignedOn", {"person": "1001"})
    with pytest.raises(urllib.error.HTTPError) as refused:
        stranger.upload()
    assert refused.value.code == 401
    assert stranger.acknowledged == 0
