"""A real hub process and real kiosk files for the benches of network and processes: what is where, and counting it."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import select
from uuid_utils import uuid7

from domain.events.terminal import KioskStarted
from domain.log import open_entry
from hub.store.database import open_database, reading
from hub.store.tables import events
from kiosk.hub_client import HubAddress, HubClient
from kiosk.store.log import Fact, Origin
from kiosk.store.store import Store
from kiosk.sync import Sync
from tests.hub.plant import P, Plant

KEY = b"k" * 32
"""What `Plant.kiosk` enrols with."""
READY_S = 30.0
PATIENCE_S = 0.5
"""How long an impatient kiosk waits for an answer; the real one's 15 s would only make the tests slow."""
ROUNDS_MAX = 200


def make_hub(folder: Path, kiosks: Sequence[str]) -> None:
    """Make a hub's data folder with reference data and enrolled kiosks."""
    folder.mkdir(parents=True, exist_ok=True)
    plant = Plant(f"sqlite:///{folder / 'hub.sqlite'}")
    for name in kiosks:
        plant.kiosk(name)
    plant.close()


class HubProcess:
    """A real `noac hub` on a free port, or on `port`."""

    def __init__(
        self,
        folder: Path,
        *,
        port: int = 0,
        options: Sequence[str] = (),
        program: Sequence[str] = (sys.executable, "-m", "noac"),
    ) -> None:
        """`program`: another `noac` than that of this tree."""
        command = [
            *program,
            "hub",
            "--data",
            str(folder),
            "--port",
            str(port),
            "--plant",
            P,
        ]
        self.log = folder.parent / f"{folder.name}.log"
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [*command, *options],
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                start_new_session=True,
                cwd=Path(__file__).parents[2],
            )
        assert self.process.stdout
        self.said = self.process.stdout.readline()
        if "http://" not in self.said:
            self.kill()
            raise RuntimeError(f"the hub did not start: {self.said}{self.log.read_text(encoding='utf-8')}")
        self.address = self.said.split()[-1]
        host, _, port_text = self.address.removeprefix("http://").partition(":")
        self.target = (host, int(port_text))

    def signal(self, what: signal.Signals) -> None:
        """Send a signal to the whole process group: the server and its worker."""
        os.killpg(self.process.pid, what)

    def kill(self) -> None:
        """End it at once, as a power cut of the process."""
        with contextlib.suppress(ProcessLookupError):
            self.signal(signal.SIGKILL)
        self.process.wait(READY_S)
        if self.process.stdout:
            self.process.stdout.close()

    def stop(self) -> int:
        """Tell it to end."""
        self.process.terminate()
        code = self.process.wait(READY_S)
        assert self.process.stdout
        self.process.stdout.close()
        return code


@contextlib.contextmanager
def running_hub(folder: Path, *, port: int = 0, options: Sequence[str] = ()) -> Iterator[HubProcess]:
    """A hub process that is gone afterwards, whatever happens."""
    hub = HubProcess(folder, port=port, options=options)
    try:
        yield hub
    finally:
        hub.kill()


class ImpatientClient(HubClient):
    """The real client with a shorter time-out."""

    def _ask(self, method, target, body, kind, timeout_s=PATIENCE_S):  # type: ignore[override]
        return super()._ask(method, target, body, kind, PATIENCE_S)


class Terminal:
    """A kiosk without a screen: its real file and its real sync, one round at a time."""

    def __init__(self, folder: Path, name: str, url: str, *, key: bytes = KEY, patient: bool = False) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.name = name
        self.store = Store(folder, Origin(plant=P, device=name, boot_id="boot", software="test"))
        address = HubAddress(url=url, plant=P, device=name, key=key)
        self.client = HubClient(address) if patient else ImpatientClient(address)
        self.sync = Sync(
            self.store,
            self.client,
            now=lambda: datetime.now(UTC),
            monotonic_s=time.monotonic,
            on_change=lambda _: None,
            seed=1,
            pause=lambda _: None,
        )

    def records(self, count: int) -> None:
        """Write so many facts."""
        number = self.store.log.head.sequence
        facts = [
            Fact(
                event=KioskStarted(software=f"{self.name} {number + place}"),
                event_id=uuid7().hex,
                event_time=datetime.now(UTC),
            )
            for place in range(count)
        ]
        self.store.record(facts, None, "20261122")

    def drains(self, rounds_max: int = ROUNDS_MAX) -> int:
        """Take rounds until nothing is pending; returns how many it took."""
        for number in range(rounds_max):
            self.sync.round()
            if not self.store.log.pending and self.sync.connectivity.state != "offline":
                return number + 1
        raise AssertionError(f"{self.name}: {self.store.log.pending} pending, {self.sync.connectivity}")

    def ids(self) -> list[str]:
        """Every event it holds, in order."""
        return [open_entry(body).envelope.event_id for body in self.store.log.bodies_after(0, 1_000_000)]

    def close(self) -> None:
        self.client.close()
        self.store.close()


def held_by(folder: Path) -> dict[str, list[str]]:
    """The event ids of each kiosk's newest epoch in a hub's ledger, in its order.

    Positions are dense, and no epoch has an id twice; an older epoch's events come again in the next under new numbers.
    """
    engine = open_database(f"sqlite:///{folder / 'hub.sqlite'}")
    column = events.c
    try:
        with reading(engine) as connection:
            asked = select(column.position, column.device, column.epoch, column.event_id)
            rows = connection.execute(asked.order_by(column.position)).all()
    finally:
        engine.dispose()
    assert [row.position for row in rows] == list(range(1, len(rows) + 1))
    held: dict[tuple[str, int], list[str]] = {}
    for row in rows:
        held.setdefault((row.device, row.epoch), []).append(row.event_id)
    for ids in held.values():
        assert len(ids) == len(set(ids))
    return {device: ids for (device, _), ids in sorted(held.items())}
