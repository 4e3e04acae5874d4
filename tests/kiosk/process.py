"""A real `noac kiosk` process with a virtual scanner, to start, feed, kill and look into."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from domain.log import Recorded, open_entry
from kiosk.store.log import Origin
from kiosk.store.store import Store
from tests.terminal import reference_changes
from tests.world import STATION

READY_TIMEOUT_S = 30.0
ORIGIN = Origin(plant="P1", device="K1", boot_id="", software="test")


def write_provision(path: Path) -> None:
    """Write the world's reference data as a provision file."""
    header = {
        "generation": 1,
        "cursor": "r1",
        "plant": "P1",
        "device": "K1",
        "epoch": 1,
        "station": msgspec.to_builtins(STATION),
    }
    lines = [msgspec.json.encode(one) for one in (header, *reference_changes())]
    path.write_bytes(b"\n".join(lines) + b"\n")


def write_settings(folder: Path, text: str = "", *, page: bool = False) -> Path:
    """Write settings for a kiosk in `folder`; returns the file."""
    write_provision(folder / "reference.ndjson")
    path = folder / "kiosk.toml"
    path.write_text(
        f'data = "data"\nplant = "P1"\ndevice = "K1"\nport = 0\npage = {str(page).lower()}\n'
        'provision = "reference.ndjson"\nidle_lock_s = 3600\nballast_mb = 1\n'
        f'{text}\n[sound]\nplayer = []\n\n[[scanner]]\nkind = "virtual"\nname = "gun"\nport = 0\n',
        encoding="utf-8",
    )
    return path


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


class KioskProcess:
    """One process. `scan` returns when the scanner has handed the code over, not when it is stored."""

    def __init__(
        self,
        folder: Path,
        settings: Path,
        environment: Mapping[str, str] | None = None,
        *,
        ready: str = "ready",
        port: int = 0,
        program: Sequence[str] = (sys.executable, "-m", "noac"),
    ) -> None:
        """`ready`: what its first line says. `port`: of the virtual scanner, where an earlier process chose it.

        `program`: another `noac` than that of this tree.
        """
        self.folder = folder
        self.port = port or free_port()
        text = settings.read_text(encoding="utf-8")
        own = settings.with_name("running.toml")
        own.write_text(
            text.replace('name = "gun"\nport = 0', f'name = "gun"\nport = {self.port}'), encoding="utf-8"
        )
        self.process = subprocess.Popen(
            [*program, "kiosk", "--config", str(own)],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env={**os.environ, **(environment or {})},
            cwd=Path(__file__).parents[2],
        )
        assert self.process.stdout
        said: list[str] = []
        while line := self.process.stdout.readline():  # what it logs comes before what it says
            said.append(line)
            if f"{ready}:" in line:
                break
        self.ready = "".join(said)
        if not line:
            self.process.wait(READY_TIMEOUT_S)
            message = f"the kiosk did not start: {self.ready}"
            raise RuntimeError(message)
        self._socket = self._connect()

    def _connect(self) -> socket.socket:
        deadline = time.monotonic() + READY_TIMEOUT_S
        while True:
            try:
                return socket.create_connection(("127.0.0.1", self.port), timeout=5)
            except OSError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.01)

    def scan(self, *texts: str) -> None:
        for text in texts:
            self._socket.sendall(json.dumps({"scan": text}).encode() + b"\n")
            if not self._socket.recv(4096):
                raise ConnectionResetError

    def kill(self) -> None:
        """As a power cut: no chance to tidy up."""
        self.process.send_signal(signal.SIGKILL)
        self._end()

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        self._end()
        return self.process.returncode

    def _end(self) -> None:
        self._socket.close()
        self.process.communicate(timeout=READY_TIMEOUT_S)


def entries_of(folder: Path) -> list[Recorded]:
    """Return the log a process left; every entry of the chain is checked."""
    store = Store(folder / "data", ORIGIN)
    try:
        assert store.log.damages() == []
        return [open_entry(body) for body in store.log.bodies_after(0, 1_000_000)]
    finally:
        store.close()
