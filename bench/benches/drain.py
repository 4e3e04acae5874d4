"""`noac bench drain`: a kiosk was alone for 30 days; the hub is back, 250,000 events go up, and scanning goes on.

A real kiosk process with a long log, and a real hub process that is started when the kiosk has been measured without
it. A scan counts when the pushed screen says stored.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from random import Random

import msgspec
from msgspec.structs import replace

from bench import floor, site_data
from bench.hub_eyes import BookingWatcher
from bench.hub_under_load import HubBenchError, Load, hub_arguments, prepare
from bench.kiosk_clients import STORED, ScreenError, SocketScanner, Watcher
from bench.kiosk_logs import KioskLog, Sender
from bench.measurement import Result, percentile, result
from bench.programs import Program, free_port
from domain.barcodes.house import HouseType, house_body, house_code
from hub.settings import HubSettings
from hub.store.database import open_database
from kiosk.store.log import Fact, Origin
from kiosk.store.store import Store

Say = Callable[[str], None]

EVENTS_PER_S_TARGET, LATENCY_MS_TARGET = 2_000.0, 20.0
FACTS_PER_WRITE = 1_000
PAUSE_S = (0.02, 0.1)
LOOK_EVERY_SCANS = 10
TIMEOUT_S = 900.0
PAST_CODE = "ZZ"
AWAY = timedelta(days=30)
"""How long the kiosk was without its hub."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """How much is measured. The figures in a report stand on the defaults."""

    items: int = 2_000
    events: int = 250_000
    scans_alone: int = 500
    floor_times: int = 1_000


def run(folder: Path, seed: int, say: Say, sizes: Sizes | None = None) -> tuple[Result, ...]:
    """Measure one drain."""
    sizes = sizes or Sizes()
    commit_ms = floor.sqlite_commit_ms(folder, sizes.floor_times)
    settings = HubSettings(
        data_folder=folder / "hub", port=free_port(), plants=(site_data.PLANT,), sockets_max=40
    )
    (sender,) = prepare(settings, Load(items=sizes.items, kiosks=1, events_per_kiosk=sizes.events))
    say(f"writing a log of {sizes.events} events the hub has not heard of")
    _fill(folder / "data", sender, sizes, seed)
    gun_port = free_port()
    config = _write_kiosk(folder, sender, settings, sizes, gun_port)
    kiosk = Program(["kiosk", "--config", str(config)], folder / "kiosk.log")
    with ExitStack() as stack:
        stack.callback(kiosk.kill)
        kiosk.await_ready()
        watcher = stack.enter_context(closing(Watcher(kiosk.address)))
        hand = stack.enter_context(closing(_Hand(gun_port, watcher, sizes.items, seed)))
        hand.open_document()
        say(f"{sizes.scans_alone} scans while the hub is away")
        alone_ms = [hand.scan() for _ in range(sizes.scans_alone)]
        engine = open_database(settings.database_url)
        stack.callback(engine.dispose)
        booking = stack.enter_context(closing(BookingWatcher(engine, site_data.PLANT)))
        hub = Program(hub_arguments(settings), folder / "hub.log")
        stack.callback(hub.stop)
        hub.await_ready()
        say("the hub is back; scanning goes on")
        draining_ms = _scan_while_draining(hand, booking, sizes.events)
        first, last = _span(booking, sizes.events)
        memory_mb = kiosk.memory_mb
    return (
        result(
            "drained and booked",
            (last[0] - first[0]) / (last[1] - first[1]),
            "events/s",
            target=EVENTS_PER_S_TARGET,
            better="higher",
        ),
        *_latencies("scan to stored and screen pushed, hub away", alone_ms, commit_ms),
        *_latencies("the same while draining", draining_ms, commit_ms),
        result("scans while draining", len(draining_ms), "scans"),
        result("memory of the kiosk after the drain", memory_mb, "MB"),
    )


class _Hand:
    """Somebody who scans, and looks at the screen after each scan."""

    def __init__(self, port: int, watcher: Watcher, items: int, seed: int) -> None:
        self._watcher, self._random = watcher, Random(seed)
        self._gun = SocketScanner(port)
        self._codes = [site_data.gtin(index) for index in range(0, min(items, 200), 2)]
        self._scanned = 0

    def open_document(self) -> None:
        """Sign on, open the order, name the place: from then on each item's code is a whole line."""
        order = house_code(HouseType.DOCUMENT, house_body(site_data.ORDER))
        place = house_code(HouseType.PLACE, house_body("BIN-0001"))
        for code in (house_code(HouseType.STAFF, site_data.BADGE), order, self._codes[-1], place):
            self._gun.scan(code)
            self._gun.hear()
            _, html = self._watcher.next_screen()
        if STORED not in html:
            raise ScreenError("the first line was not stored")

    def scan(self) -> float:
        """Scan one line; return how long it took until the screen said stored, in ms."""
        time.sleep(self._random.uniform(*PAUSE_S))
        self._scanned += 1
        begun = self._gun.scan(self._codes[self._scanned % len(self._codes)])
        while True:
            moment, html = self._watcher.next_screen()
            if STORED in html:  # a screen between says how it stands with the hub
                break
        self._gun.hear()
        return (moment - begun) * 1000

    def close(self) -> None:
        """Put the scanner away."""
        self._gun.close()


def _fill(folder: Path, sender: Sender, sizes: Sizes, seed: int) -> None:
    """Write what happened while the hub was away, as the kiosk itself would have."""
    origin = Origin(plant=site_data.PLANT, device=sender.device, boot_id="", software="noac bench")
    store = Store(folder, origin, site_data.station(sender.number_code))
    begun = datetime.now(UTC) - AWAY
    try:
        facts = _facts(sender, sizes, seed, begun)
        while some := tuple(islice(facts, FACTS_PER_WRITE)):
            store.record(some, None, begun.date().isoformat())
    finally:
        store.close()


def _facts(sender: Sender, sizes: Sizes, seed: int, begun: datetime) -> Iterator[Fact]:
    random = Random(seed)
    step = AWAY / max(sizes.events, 1)
    # The log writes all its documents on one day: under a code of their own, today's numbers stay free.
    past = replace(sender, number_code=PAST_CODE)
    for number, event in enumerate(KioskLog(past, sizes.items, seed).events(sizes.events)):
        yield Fact(
            event=event,
            event_id=f"{random.getrandbits(128):032x}",
            event_time=begun + number * step,
            operator=site_data.keeper().number,
            strength="badge",
            read_point="RCV",
            biz_step="receiving",
            document=getattr(event, "document", ""),
        )


def _write_kiosk(folder: Path, sender: Sender, hub: HubSettings, sizes: Sizes, gun_port: int) -> Path:
    header = {
        "generation": 1,
        "cursor": "bench-1",
        "plant": site_data.PLANT,
        "device": sender.device,
        "epoch": 1,
        "station": msgspec.to_builtins(site_data.station(sender.number_code)),
    }
    with (folder / "reference.ndjson").open("wb") as file:
        file.write(msgspec.json.encode(header) + b"\n")
        for change in site_data.changes(sizes.items, 0, 1):
            file.write(msgspec.json.encode(change) + b"\n")
    (folder / "key").write_text(sender.key.hex(), encoding="ascii")
    path = folder / "kiosk.toml"
    path.write_text(
        f'data = "data"\nplant = "{site_data.PLANT}"\ndevice = "{sender.device}"\nport = 0\n'
        'provision = "reference.ndjson"\nidle_lock_s = 3600\n'
        f'[hub]\nurl = "http://{hub.host}:{hub.port}"\nkey_file = "key"\n[sound]\nplayer = []\n'
        f'[[scanner]]\nkind = "virtual"\nname = "gun"\nport = {gun_port}\n',
        encoding="utf-8",
    )
    return path


def _scan_while_draining(hand: _Hand, booking: BookingWatcher, events: int) -> list[float]:
    taken_ms: list[float] = []
    deadline = time.monotonic() + TIMEOUT_S
    while not (booking.booked and booking.booked[-1].position >= events):
        if time.monotonic() > deadline:
            raise HubBenchError(f"not drained in {TIMEOUT_S:g} s: {booking.booked[-1:]}")
        taken_ms += [hand.scan() for _ in range(LOOK_EVERY_SCANS)]
    return taken_ms


def _span(booking: BookingWatcher, events: int) -> tuple[tuple[int, float], tuple[int, float]]:
    """Return the first and the last booked position of the old log that were seen, each with its moment."""
    seen = [(one.position, one.moment_s) for one in booking.booked]
    end = next(index for index, (position, _) in enumerate(seen) if position >= events)
    return seen[0], seen[end]


def _latencies(name: str, taken_ms: list[float], floor_ms: list[float]) -> list[Result]:
    return [
        result(
            f"{name}, p{share}",
            percentile(taken_ms, share / 100),
            "ms",
            target=LATENCY_MS_TARGET if share == 99 else None,  # noqa: PLR2004 - the share the target is for
            floor=percentile(floor_ms, share / 100),
        )
        for share in (50, 99)
    ]
