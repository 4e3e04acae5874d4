"""A stuck trigger at a whole kiosk: 200 codes a second, every one answered, nothing that grows, a page that lives."""

from __future__ import annotations

import gc
import http.client
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from domain.events.terminal import ScanRefused
from domain.log import event_of, open_entry
from drivers.scanner import Scan
from kiosk.app import Kiosk
from kiosk.loop import LoopInput
from kiosk.screen import Tone
from kiosk.settings import identity_of, read_settings
from tests.kiosk.process import write_settings
from tests.scanners.guns import GUNS
from tests.world import KEEPER, badge_code

PER_S = 200
PHASES: dict[str, Callable[[int], str]] = {
    "one code, again and again": lambda _: "JUNK",
    "two in turns": lambda number: f"JUNK{number % 2}",
    "every code another": lambda number: f"JUNK{number:06}",
}
LOOK_S = 0.25


@dataclass(frozen=True, slots=True, kw_only=True)
class Flooded:
    """What a flood of `sent` codes did. Memory in MB: after a fifth of it, and at its end."""

    kind: str
    sent: int
    taken: int
    tones: int
    suppressed: int
    refused: int
    unrecorded: int
    alarms: int
    inbox_max: int
    rest_s: float
    memory_early_mb: float
    memory_late_mb: float
    page_s_max: float
    took_s: float

    @property
    def line(self) -> str:
        return (
            f"| {self.kind} | {self.sent:,} | {self.suppressed:,} | {self.refused:,} + {self.unrecorded:,} "
            f"| {self.tones:,} | {self.inbox_max} | {self.memory_early_mb:.1f} → {self.memory_late_mb:.1f} MB "
            f"| {self.page_s_max * 1000:.0f} ms | {self.rest_s:.2f} s |"
        )


class Watched:
    """A kiosk of which everything is counted that goes in and comes out."""

    def __init__(self, folder: Path, kind: str) -> None:
        self.gun = GUNS[kind](folder, "flooder")
        table = "\n".join(
            f"{key} = {value}" if isinstance(value, int) else f'{key} = "{value}"'
            for key, value in self.gun.table.items()
        )
        path = write_settings(folder, f"[[scanner]]\n{table}\n", page=True)
        settings = read_settings(path)
        self.kiosk = Kiosk(settings, identity_of(settings, str(path)))
        self.taken, self.tones = Counter[str](), Counter[Tone]()
        self.inbox_max, self.page_s_max, self.alarms = 0, 0.0, 0
        self._over = threading.Event()
        loop, step, play = self.kiosk.loop, self.kiosk.loop.step, self.kiosk.loop._display.play

        def counted_step(given: LoopInput) -> None:
            if isinstance(given, Scan):
                self.taken[given.device] += 1
            step(given)

        def counted_play(tone: Tone) -> None:
            self.tones[tone] += 1
            play(tone)

        loop.step = counted_step  # type: ignore[method-assign]  it counts what the real one is given
        loop._display.play = counted_play  # type: ignore[method-assign]  the same

    def looks(self) -> None:
        """See from time to time how long the inbox is, and how long the page takes to answer."""
        port = int(self.kiosk.address.rpartition(":")[2])
        while not self._over.wait(LOOK_S):
            self.inbox_max = max(self.inbox_max, self.kiosk.loop._inbox.qsize())
            self.alarms = max(self.alarms, len(self.kiosk.loop.screen().frame.alarms))
            began_s = time.monotonic()
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
            connection.request("GET", "/")
            assert connection.getresponse().read()
            connection.close()
            self.page_s_max = max(self.page_s_max, time.monotonic() - began_s)

    def ends(self) -> None:
        self._over.set()


def flood(kind: str, seconds: float, folder: Path, per_s: int = PER_S) -> Flooded:
    """Pour out codes for so long, each way for its part of the time."""
    watched = Watched(folder, kind)
    kiosk, gun, trigger = watched.kiosk, watched.gun, watched.kiosk.loop._trigger
    plugging = threading.Thread(target=gun.plug_in)
    plugging.start()
    kiosk.start()
    plugging.join(10)
    gun.scans(badge_code(KEEPER))
    _until(lambda: watched.taken["flooder"] == 1 and kiosk.loop.wait_for_rest(1), 10)
    watched.taken.clear()
    watched.tones.clear()
    looking = threading.Thread(target=watched.looks)
    looking.start()
    count = int(per_s * seconds)
    began_s, early_mb = time.monotonic(), 0.0
    codes = list(PHASES.values())
    for number in range(count):
        time.sleep(max(0.0, began_s + number / per_s - time.monotonic()))
        gun.scans(codes[number * len(codes) // count](number))
        if number == count // 5:
            early_mb = _memory_mb()
    sent_s = time.monotonic()
    _until(lambda: sum(watched.taken.values()) == count and kiosk.loop.wait_for_rest(1), 30)
    rest_s = time.monotonic() - sent_s
    late_mb = _memory_mb()
    watched.ends()
    looking.join()
    bodies = kiosk.store.log.bodies_after(0, 1_000_000)
    refused = sum(isinstance(event_of(open_entry(body).envelope), ScanRefused) for body in bodies)
    kiosk.stop()
    gun.unplug()
    return Flooded(
        kind=kind,
        sent=count,
        taken=sum(watched.taken.values()),
        tones=sum(watched.tones.values()),
        suppressed=trigger.suppressed["flooder"],
        refused=refused,
        unrecorded=trigger.unrecorded["flooder"],
        alarms=watched.alarms,
        inbox_max=watched.inbox_max,
        rest_s=rest_s,
        memory_early_mb=early_mb,
        memory_late_mb=late_mb,
        page_s_max=watched.page_s_max,
        took_s=time.monotonic() - began_s,
    )


def _until(claim: Callable[[], bool], patience_s: float) -> None:
    deadline_s = time.monotonic() + patience_s
    while not claim():
        assert time.monotonic() < deadline_s, f"not within {patience_s} s"
        time.sleep(0.01)


def _memory_mb() -> float:
    gc.collect()
    resident = Path("/proc/self/statm").read_text(encoding="ascii").split()[1]
    return int(resident) * 4096 / 1e6
