"""`noac bench labels`: how long a label takes from its data to bytes and to the printer, and how many bytes it is.

Every template, in every printer language and at both usual resolutions: laid out and encoded, and looked through
before. A batch of bundle tickets, each with its own data. Then a real kiosk with a printer on a socket: from the scan
of the PRINT card to the first byte of the label. Floors of the same run: what zlib alone takes for the same dots, and a
SQLite commit.
"""

import threading
import time
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from random import Random

import msgspec

from bench import floor, site_data
from bench.kiosk_clients import STORED, ScreenError, SocketScanner, Watcher
from bench.measurement import Result, percentile, result
from bench.programs import Program, free_port
from domain.barcode import ControlCommand
from domain.barcodes.house import HouseType, control_code, house_code
from drivers.emulator import EmulatedPrinter
from drivers.language import language_names
from drivers.print_data import encode
from drivers.profile import Profile, load_profile, profile_names
from labels.layout import Layout, lay_out
from labels.preflight import preflight
from labels.raster import rasterise
from labels.template import Template, bind, load_template, template_names

Say = Callable[[str], None]

BATCH = "bundle_ticket"
BATCH_S_TARGET, PREFLIGHT_MS_TARGET, FIRST_BYTE_MS_TARGET = 5.0, 50.0, 100.0
RESOLUTIONS = (8, 12)
"""Dots per mm: what is sold as 203 and 300 dpi."""

DEVICE, PRINTER, PROFILE = "bench", "dock", "emulator"
PAUSE_S = (0.15, 0.25)
"""Between two scans: the label before has come out, and a repeat of the trigger is none."""

LABEL_TIMEOUT_S = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """How much is measured. The figures in a report stand on the defaults."""

    rounds: int = 10
    batch: int = 1_000
    scans: int = 200
    floor_times: int = 300


def run(folder: Path, seed: int, say: Say, sizes: Sizes | None = None) -> tuple[Result, ...]:
    """Measure labels."""
    sizes = sizes or Sizes()
    return (
        *_by_language(say, sizes),
        *_looked_through(say, sizes),
        *_batch(say, sizes),
        *_to_the_printer(folder, seed, say, sizes),
    )


def _by_language(say: Say, sizes: Sizes) -> Iterator[Result]:
    """Lay out and encode every template that fits, `rounds` times."""
    templates = [load_template(name) for name in template_names()]
    for language in language_names():
        for dots_per_mm in RESOLUTIONS:
            profile = _profile_of(language, dots_per_mm)
            if profile is None:
                continue
            fitting = [one for one in templates if one.width_mm <= profile.width_mm_max]
            say(f"{len(fitting)} templates in {language} at {dots_per_mm} dots per mm")
            taken, lengths, floor_s = 0.0, list[int](), 0.0
            for template in fitting * sizes.rounds:
                begun = time.perf_counter()
                layout = lay_out(bind(template, template.samples), dots_per_mm)
                data = encode(layout, profile)
                taken += time.perf_counter() - begun
                lengths.append(len(data))
                floor_s += _zlib_s(layout)
            name = f"{language}, {dots_per_mm} dots per mm"
            yield result(
                f"{name}: laid out and encoded",
                len(lengths) / taken,
                "labels/s",
                floor=len(lengths) / floor_s,
                better="higher",
            )
            yield result(f"{name}: bytes of a label, mean", sum(lengths) / len(lengths), "bytes")


def _profile_of(language: str, dots_per_mm: int) -> Profile | None:
    """Return the widest model that speaks a language at a resolution; None where there is none."""
    fitting = [
        profile
        for profile in map(load_profile, profile_names())
        if (profile.language, profile.dots_per_mm) == (language, dots_per_mm)
    ]
    return max(fitting, key=lambda one: one.width_mm_max, default=None)


def _zlib_s(layout: Layout) -> float:
    """Return how long zlib alone takes for a label's dots, in s."""
    dots = rasterise(layout).tobytes()
    begun = time.perf_counter()
    zlib.compress(dots, 6)
    return time.perf_counter() - begun


def _looked_through(say: Say, sizes: Sizes) -> Iterator[Result]:
    for dots_per_mm in RESOLUTIONS:
        say(f"pre-flight of every template at {dots_per_mm} dots per mm")
        taken: dict[str, list[float]] = {}
        for name in template_names():
            template = load_template(name)
            layout = lay_out(bind(template, template.samples), dots_per_mm)
            for _ in range(sizes.rounds):
                begun = time.perf_counter()
                preflight(layout)
                taken.setdefault(name, []).append((time.perf_counter() - begun) * 1000)
        every = [one for each in taken.values() for one in each]
        slowest = max(taken, key=lambda name: percentile(taken[name], 0.5))
        name = f"pre-flight of a label, {dots_per_mm} dots per mm"
        yield result(f"{name}, p50", percentile(every, 0.5), "ms")
        yield result(f"{name}, p99", percentile(every, 0.99), "ms", target=PREFLIGHT_MS_TARGET)
        yield result(f"{name}, the slowest template ({slowest}), p50", percentile(taken[slowest], 0.5), "ms")


def _tickets(template: Template, count: int) -> list[dict[str, str]]:
    """Return the data of so many tickets of one lay, each another bundle."""
    serials = [f"C101{number:06d}" for number in range(1, count + 1)]
    return [
        {**template.samples, "serial": serial, "code": house_code(HouseType.BUNDLE, serial)}
        for serial in serials
    ]


def _batch(say: Say, sizes: Sizes) -> Iterator[Result]:
    template = load_template(BATCH)
    told = _tickets(template, sizes.batch)
    for language in language_names():
        profile = _profile_of(language, RESOLUTIONS[0])
        if profile is None or template.width_mm > profile.width_mm_max:
            continue
        say(f"{sizes.batch} bundle tickets to {language}")
        begun = time.perf_counter()
        for data in told:
            encode(lay_out(bind(template, data), profile.dots_per_mm), profile)
        taken_s = time.perf_counter() - begun
        target = BATCH_S_TARGET * sizes.batch / Sizes().batch
        yield result(f"{sizes.batch} bundle tickets to {language}", taken_s, "s", target=target)


class _TimedPrinter(EmulatedPrinter):
    """Knows when the first byte of each label came: of what is no question."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder=folder, ms_per_label=0)
        self.came_s: list[float] = []
        self.news = threading.Condition()

    def _receive(self, link: object, data: bytes) -> bool:
        if data.startswith(b"^XA"):
            with self.news:
                self.came_s.append(time.monotonic())
                self.news.notify()
        return super()._receive(link, data)  # pyright: ignore[reportArgumentType] - the socket the base hands in

    def await_label(self, count: int) -> float:
        """Return when label number `count` began to come. Raises ScreenError where it does not."""
        with self.news:
            if not self.news.wait_for(lambda: len(self.came_s) >= count, LABEL_TIMEOUT_S):
                raise ScreenError(f"label {count} did not come in {LABEL_TIMEOUT_S:g} s")
            return self.came_s[count - 1]


def _to_the_printer(folder: Path, seed: int, say: Say, sizes: Sizes) -> Iterator[Result]:
    """Measure a kiosk from the scan of its PRINT card to the label's first byte at the printer."""
    say(f"{sizes.scans} labels from the scan to the printer")
    random, commit_ms = Random(seed), floor.sqlite_commit_ms(folder, sizes.floor_times)
    with ExitStack() as stack:
        printer = _TimedPrinter(folder / "printed")
        printer.start()
        stack.callback(printer.stop)
        gun_port = free_port()
        kiosk = Program(
            ["kiosk", "--config", str(_write_kiosk(folder, printer, gun_port))], folder / "kiosk.log"
        )
        stack.callback(kiosk.kill)
        kiosk.await_ready()
        watcher = stack.enter_context(closing(Watcher(kiosk.address)))
        gun = stack.enter_context(closing(SocketScanner(gun_port)))
        _begin(gun, watcher)
        printer.await_label(1)
        taken: list[float] = []
        for number in range(2, sizes.scans + 2):
            time.sleep(random.uniform(*PAUSE_S))
            begun = gun.scan(control_code(ControlCommand.PRINT))
            gun.hear()
            _, html = watcher.next_screen()
            if STORED not in html:
                raise ScreenError(f"label {number} was not asked for")
            taken.append((printer.await_label(number) - begun) * 1000)
    yield from _shares("scan to the label's first byte at the printer", taken, commit_ms)


def _begin(gun: SocketScanner, watcher: Watcher) -> None:
    """Sign on and print the command cards: the label that is printed again and again."""
    gun.scan(house_code(HouseType.STAFF, site_data.BADGE))
    gun.hear()
    watcher.next_screen()
    for action in ("reprint", "command_sheet"):
        watcher.touch(action)
        watcher.next_screen()


def _write_kiosk(folder: Path, printer: EmulatedPrinter, gun_port: int) -> Path:
    header = {
        "generation": 1,
        "cursor": "bench-1",
        "plant": site_data.PLANT,
        "device": DEVICE,
        "epoch": 1,
        "station": msgspec.to_builtins(site_data.station()),
    }
    told = (one for one in site_data.changes(100, 0, 1) if one.kind != "station")
    lines = [msgspec.json.encode(header), *map(msgspec.json.encode, told)]
    (folder / "reference.ndjson").write_bytes(b"\n".join(lines) + b"\n")
    settings = folder / "kiosk.toml"
    settings.write_text(
        f'data = "data"\nplant = "{site_data.PLANT}"\ndevice = "{DEVICE}"\nport = 0\n'
        'provision = "reference.ndjson"\nidle_lock_s = 3600\nrepeat_window_s = 0\n[sound]\nplayer = []\n'
        f'[[scanner]]\nkind = "virtual"\nname = "gun"\nport = {gun_port}\n'
        f'[[printer]]\nname = "{PRINTER}"\nprofile = "{PROFILE}"\naddress = "{printer.address}"\n',
        encoding="utf-8",
    )
    return settings


def _shares(name: str, taken: Sequence[float], floor_ms: Sequence[float]) -> Iterator[Result]:
    for share, target in ((0.5, None), (0.99, FIRST_BYTE_MS_TARGET)):
        yield result(
            f"{name}, p{share * 100:g}",
            percentile(taken, share),
            "ms",
            target=target,
            floor=percentile(floor_ms, share),
        )
