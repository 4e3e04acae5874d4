"""A scanner pulled out and put in again, many times, in the middle of a code: what it read, how fast it was back."""

from __future__ import annotations

import random
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from drivers.scanner import open_scanner
from tests.drivers.listening import ScannerListener
from tests.scanners.guns import GUNS


@dataclass(frozen=True, slots=True, kw_only=True)
class Replugged:
    """What came of so many cycles. `wrong` are codes that were never scanned whole; `lost` whole ones not read."""

    kind: str
    cycles: int
    wrong: tuple[str, ...]
    lost: tuple[str, ...]
    back_s_max: float
    files_left: int
    threads_left: int
    took_s: float

    @property
    def line(self) -> str:
        return (
            f"| {self.kind} | {self.cycles:,} | {len(self.wrong)} | {len(self.lost)} | {self.back_s_max:.2f} s | "
            f"{self.files_left} | {self.threads_left} | {self.took_s:.0f} s |"
        )


def replug(kind: str, cycles: int, folder: Path, seed: int = 1) -> Replugged:
    """Each time: plug in, scan a whole code, pull the plug at any byte of the next one."""
    chance, listener = random.Random(seed), ScannerListener()
    gun = GUNS[kind](folder, "gun")
    files, threads, began_s = _files(), threading.active_count(), time.monotonic()
    scanner = open_scanner(gun.table)
    scanner.start(listener)
    back_s_max, whole = 0.0, list[str]()
    for cycle in range(1, cycles + 1):
        plugging = threading.Thread(target=gun.plug_in)
        plugged_s = time.monotonic()
        plugging.start()
        listener.waits_for_state("ready", cycle)
        plugging.join()
        back_s_max = max(back_s_max, time.monotonic() - plugged_s)
        whole.append(f"CODE{cycle:05}")
        gun.scans(whole[-1])
        listener.waits_for(lambda _, want=whole[-1]: want in listener.texts()[-1:], whole[-1])
        next_one = gun.bytes_of(f"HALF{cycle:05}")
        gun.sends(next_one[: chance.randrange(len(next_one) - 1)])
        gun.unplug()
        listener.waits_for_state("lost", cycle)
    scanner.stop()
    read = listener.texts()
    halves = {
        f"HALF{cycle:05}" for cycle in range(1, cycles + 1)
    }  # whole but for what a keyboard lets go of last
    return Replugged(
        kind=kind,
        cycles=cycles,
        wrong=tuple(text for text in read if text not in whole and not (kind == "hid" and text in halves)),
        lost=tuple(text for text in whole if text not in read),
        back_s_max=back_s_max,
        files_left=_files() - files,
        threads_left=threading.active_count() - threads,
        took_s=time.monotonic() - began_s,
    )


def _files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))
