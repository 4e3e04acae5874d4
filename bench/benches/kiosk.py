"""`noac bench kiosk`: from the scan to the stored and rendered answer, the start, and the memory.

A real kiosk process with a large plant's reference data, its data on the disk below the given folder, a scanner on its
socket (and one on a serial line), and a client on its page. Nothing is skipped: a scan counts when the pushed screen
says stored, and after the last one the plug is pulled and the log must hold every line that was confirmed.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from random import Random
from statistics import median

import msgspec

from bench import browser, floor, sewing_data, site_data
from bench.kiosk_clients import STORED, Scanner, ScreenError, SerialScanner, SocketScanner, Watcher
from bench.measurement import Result, percentile, result
from bench.programs import Program, free_port
from domain.barcode import ControlCommand
from domain.barcodes.house import HouseType, control_code, house_body, house_code
from domain.log import open_entry
from kiosk.store.log import Origin
from kiosk.store.store import Store

Say = Callable[[str], None]

LATENCY_MS_TARGET, READY_S_TARGET, MEMORY_MB_TARGET = 20.0, 2.0, 100.0
DEVICE = "bench"
PAUSE_S = (0.01, 0.09)
"""Between two scans, drawn evenly: faster than a person, and never in step with the kiosk's own clock."""
BROWSER_PAUSE_S = (0.15, 0.25)
LINES_PER_PLACE = 40
ENTRIES_MAX = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """How much is measured. The figures in a report stand on the defaults."""

    items: int = 100_000
    lots: int = 50_000
    scans: int = 2_000
    check_ins: int = 500
    serial_scans: int = 500
    browser_scans: int = 200
    starts: int = 5
    floor_times: int = 1_000


def run(folder: Path, seed: int, say: Say, sizes: Sizes | None = None) -> tuple[Result, ...]:
    """Measure one kiosk in `folder`."""
    sizes = sizes or Sizes()
    bench = _Bench(folder, seed, say, sizes)
    try:
        return tuple(bench.measure())
    finally:
        bench.close()


class _Bench:
    def __init__(self, folder: Path, seed: int, say: Say, sizes: Sizes) -> None:
        self._folder, self._seed, self._say, self._sizes = folder, seed, say, sizes
        self._random = Random(seed)
        self._serial = SerialScanner()
        self._port = free_port()
        self._kiosk: Program | None = None
        self._confirmed = 0
        codes = [site_data.gtin(index) for index in range(0, min(sizes.items, 200), 2)]
        self._codes = codes  # each scan another item of the order: nothing looks like a repeat
        self._scanned = 0

    def close(self) -> None:
        """Leave nothing running."""
        if self._kiosk:
            self._kiosk.kill()
        self._serial.close()

    def measure(self) -> list[Result]:
        """Do all of it, in the order in which a kiosk's life goes."""
        sizes = self._sizes
        self._say(f"writing reference data: {sizes.items} items, {sizes.lots} open lots")
        settings = self._write_files()
        floors = self._floors()
        first_s = self._first_start(settings)
        starts = self._starts(settings)
        self._kiosk = kiosk = self._start(settings)
        rested_mb = kiosk.memory_mb
        results = self._by_scanners(kiosk, floors)
        worked_mb = kiosk.memory_mb
        results += self._in_browser(kiosk, floors)
        kiosk.kill()  # a power cut: what was confirmed must be there
        lost = self._lost_lines()
        results += [
            result("start to ready, median", median(starts), "s", target=READY_S_TARGET),
            result("start to ready, slowest", max(starts), "s", target=READY_S_TARGET),
            result("first start with all reference data to take in", first_s, "s"),
            result("memory after the start", rested_mb, "MB", target=MEMORY_MB_TARGET),
            result(f"memory after {self._measured()} scans", worked_mb, "MB", target=MEMORY_MB_TARGET),
            result("lines confirmed and not in the log after a kill", lost, "lines", target=0),
        ]
        return [*results, *self._floor_results(floors)]

    def _measured(self) -> int:
        return self._sizes.scans + self._sizes.serial_scans

    def _write_files(self) -> Path:
        header = {
            "generation": 1,
            "cursor": "bench-1",
            "plant": site_data.PLANT,
            "device": DEVICE,
            "epoch": 1,
            "station": msgspec.to_builtins(sewing_data.station()),
        }
        with (self._folder / "reference.ndjson").open("wb") as file:
            file.write(msgspec.json.encode(header) + b"\n")
            told = site_data.changes(self._sizes.items, self._sizes.lots, self._seed)
            for change in chain(told, sewing_data.changes(self._sizes.check_ins)):
                if change.kind != "station":  # whose station it is stands in the header
                    file.write(msgspec.json.encode(change) + b"\n")
        settings = self._folder / "kiosk.toml"
        settings.write_text(
            f'data = "data"\nplant = "{site_data.PLANT}"\ndevice = "{DEVICE}"\nport = 0\n'
            'provision = "reference.ndjson"\nidle_lock_s = 3600\n[sound]\nplayer = []\n'
            f'[[scanner]]\nkind = "virtual"\nname = "gun"\nport = {self._port}\n'
            f'[[scanner]]\nkind = "serial_port"\nname = "line"\npath = "{self._serial.path}"\n',
            encoding="utf-8",
        )
        return settings

    def _floors(self) -> dict[str, list[float]]:
        self._say("measuring the floor: fsync and a SQLite commit")
        times = self._sizes.floor_times
        return {
            "fsync": floor.fsync_ms(self._folder, times),
            "commit": floor.sqlite_commit_ms(self._folder, times),
        }

    def _start(self, settings: Path) -> Program:
        kiosk = Program(["kiosk", "--config", str(settings)], self._folder / "kiosk.log")
        self._kiosk = kiosk
        kiosk.await_ready()
        return kiosk

    def _first_start(self, settings: Path) -> float:
        self._say("first start: the kiosk takes the reference data in")
        kiosk = self._start(settings)
        kiosk.stop()
        return kiosk.start_s

    def _starts(self, settings: Path) -> list[float]:
        taken: list[float] = []
        for number in range(1, self._sizes.starts + 1):
            kiosk = self._start(settings)
            kiosk.stop()
            taken.append(kiosk.start_s)
            self._say(f"start {number} of {self._sizes.starts}: ready after {kiosk.start_s:.2f} s")
        return taken

    def _by_scanners(self, kiosk: Program, floors: dict[str, list[float]]) -> list[Result]:
        watcher = Watcher(kiosk.address)
        gun = SocketScanner(self._port)
        try:
            self._say(f"{self._sizes.check_ins} check-ins of bundles through the scanner's socket")
            by_ticket = self._check_in_all(gun, watcher)
            self._open_document(gun, watcher)
            self._say(f"{self._sizes.scans} scans through the scanner's socket")
            by_socket = self._scan_all(gun, watcher, self._sizes.scans)
            self._say(f"{self._sizes.serial_scans} scans through the serial line")
            by_line = self._scan_all(self._serial, watcher, self._sizes.serial_scans)
        finally:
            gun.close()
            watcher.close()
        return [
            *_latencies("scan to stored and screen pushed", by_socket, floors["commit"]),
            *_latencies("the same through a serial line", by_line, floors["commit"]),
            *_latencies("a bundle's check-in", by_ticket, floors["commit"]),
        ]

    def _check_in_all(self, gun: SocketScanner, watcher: Watcher) -> list[float]:
        """Sign on at the station and check in on one bundle after the other; the time of each, in ms."""
        taken: list[float] = []
        badge = house_code(HouseType.STAFF, site_data.BADGE)
        for code in (badge, *(sewing_data.ticket(number) for number in range(self._sizes.check_ins))):
            time.sleep(self._random.uniform(*PAUSE_S))
            begun = gun.scan(code)
            moment, html = watcher.next_screen()
            gun.hear()
            if code == badge:
                continue
            if STORED not in html:
                raise ScreenError(f"the check-in of {code} was not stored")
            taken.append((moment - begun) * 1000)
            self._confirmed += 1
        gun.scan(control_code(ControlCommand.HOME))
        gun.hear()
        watcher.next_screen()
        return taken

    def _open_document(self, gun: SocketScanner, watcher: Watcher) -> None:
        """Sign on, open the order, and name the place: from then on each item's code is a whole line."""
        order = house_code(HouseType.DOCUMENT, house_body(site_data.ORDER))
        for code in (house_code(HouseType.STAFF, site_data.BADGE), order, self._codes[-1]):
            gun.scan(code)
            gun.hear()
            watcher.next_screen()
        self._change_place(gun, watcher, is_first=True)

    def _change_place(self, scanner: Scanner, watcher: Watcher, *, is_first: bool = False) -> None:
        place = f"BIN-{self._random.randrange(site_data.BINS):04d}"
        scanner.scan(house_code(HouseType.PLACE, house_body(place)))
        if isinstance(scanner, SocketScanner):
            scanner.hear()
        _, html = watcher.next_screen()
        if is_first and STORED not in html:
            raise ScreenError("the first line was not stored")
        self._confirmed += is_first

    def _next_code(self) -> str:
        self._scanned += 1
        return self._codes[self._scanned % len(self._codes)]

    def _scan_all(self, scanner: Scanner, watcher: Watcher, count: int) -> list[float]:
        """Return for each scan how long it took until the screen said stored, in ms."""
        taken: list[float] = []
        for number in range(count):
            if number % LINES_PER_PLACE == LINES_PER_PLACE - 1:
                self._change_place(scanner, watcher)
            time.sleep(self._random.uniform(*PAUSE_S))
            begun = scanner.scan(self._next_code())
            moment, html = watcher.next_screen()
            if STORED not in html:
                raise ScreenError(f"scan {number + 1} was not stored")
            if isinstance(scanner, SocketScanner):
                scanner.hear()
            taken.append((moment - begun) * 1000)
            self._confirmed += 1
        return taken

    def _in_browser(self, kiosk: Program, floors: dict[str, list[float]]) -> list[Result]:
        reason = browser.missing() if self._sizes.browser_scans else "no scans were asked for"
        if reason:
            self._say(f"not measured in a browser: {reason}")
            return []
        self._say(f"{self._sizes.browser_scans} scans with Chromium on the page")
        gun = SocketScanner(self._port)
        begun: list[float] = []
        try:
            with browser.open_tab(kiosk.address) as tab:
                for _ in range(self._sizes.browser_scans):
                    time.sleep(self._random.uniform(*BROWSER_PAUSE_S))
                    begun.append(time.time())
                    gun.scan(self._next_code())
                    gun.hear()
                time.sleep(BROWSER_PAUSE_S[1])
                seen = [one for one in tab.seen() if one.is_stored]
        finally:
            gun.close()
        # The document shows the last line's answer already when the page opens; what is observed comes after.
        shown = seen[-len(begun) :]
        if len(shown) != len(begun):
            raise ScreenError(f"{len(begun)} scans, but the browser showed {len(seen)} stored answers")
        self._confirmed += len(begun)
        taken = [(one.shown_s - at) * 1000 for one, at in zip(shown, begun, strict=True)]
        return _latencies("scan to the browser's document", taken, floors["commit"])

    def _lost_lines(self) -> int:
        """Count what was confirmed and the log does not hold. Raises ScreenError where its chain is broken."""
        origin = Origin(plant=site_data.PLANT, device=DEVICE, boot_id="", software="bench")
        store = Store(self._folder / "data", origin)
        try:
            damages = store.log.damages()
            bodies = store.log.bodies_after(0, ENTRIES_MAX)
            lines = sum(open_entry(body).envelope.type in ("LineRecorded", "JobStarted") for body in bodies)
        finally:
            store.close()
        if damages or lines > self._confirmed:
            raise ScreenError(
                f"{self._confirmed} lines confirmed, {lines} in the log, {len(damages)} damaged"
            )
        return self._confirmed - lines

    def _floor_results(self, floors: dict[str, list[float]]) -> list[Result]:
        names = {"fsync": "floor: append and fsync", "commit": "floor: one row, one SQLite commit"}
        return [
            result(f"{names[kind]}, p{share:g}", percentile(taken, share / 100), "ms")
            for kind, taken in floors.items()
            for share in (50, 99)
        ]


def _latencies(name: str, taken: Sequence[float], floor_ms: Sequence[float]) -> list[Result]:
    """Return p50, p95 and p99 beside the same percentile of the floor; the p99 has the target."""
    return [
        result(
            f"{name}, p{share:g}",
            percentile(taken, share / 100),
            "ms",
            target=LATENCY_MS_TARGET if share == 99 else None,  # noqa: PLR2004 - the share the target is for
            floor=percentile(floor_ms, share / 100),
        )
        for share in (50, 95, 99)
    ]
