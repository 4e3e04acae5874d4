"""`noac bench floor`: a floor of 500 stations, each checking a bundle in every four seconds, and one hub.

A real hub process on PostgreSQL (SQLite where there is none), with years of bundles in its books beforehand.
Measured from the moment a check-in is due at its station until the board of lines shows it; how long the board's pages
take meanwhile; and a real kiosk's own answer, with the hub there and then without it.
"""

import time
from collections.abc import Callable
from contextlib import ExitStack, closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import msgspec

from bench import floor, floor_data, postgresql, site_data
from bench.floor_data import HEM, LAG_ROUNDS, SEW
from bench.hub_eyes import BoardWatcher, BookingWatcher, PageReader, Reached, behind_ms
from bench.hub_under_load import HubBenchError, hub_arguments, refuse_exceptions
from bench.kiosk_clients import STORED, ScreenError, SocketScanner, Watcher
from bench.kiosk_logs import Batch, Sender
from bench.measurement import Result, percentile, result
from bench.older_years import WEEK, OlderYears
from bench.paced_uploads import PacedUploads
from bench.programs import Program, free_port
from bench.uploaders import KioskConnection, Told
from domain.barcodes.house import HouseType, house_code
from domain.place import Station
from hub.app import build_hub
from hub.enrolment import enrol_kiosk
from hub.hub import Hub
from hub.settings import HubSettings
from hub.store.database import open_database, writing
from hub.store.reference import write_records

Say = Callable[[str], None]

BOARD_MS_TARGET, ANSWER_MS_TARGET, PAGE_MS_TARGET = 1_000.0, 50.0, 100.0
SOCKETS_BESIDE = 32
MONTHS_SINCE = 13 * WEEK
"""Between the weeks of the past and today: nobody at a station need be told of them."""
PAUSE_S = (0.05, 0.15)
SYNC_TIMEOUT_S = 60.0
WAIT_TIMEOUT_S = 300.0
PAGES = {
    "board of all lines": "/board?board=floor",
    "board of one line": "/board?board=line&subject=LINE-01",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """How much is measured. The figures in a report stand on the defaults.

    `week`: bundles that went through both operations in a week of the past, each of four events; `weeks`: how many
    such weeks the ledger holds.
    """

    pairs: int = 250
    every_s: float = 4.0
    rounds: int = 45
    week: int = 50_000
    weeks: int = 50
    scans: int = 300
    floor_times: int = 300
    with_postgresql: bool = True


def run(folder: Path, seed: int, say: Say, sizes: Sizes | None = None) -> tuple[Result, ...]:
    """Measure one floor."""
    sizes = sizes or Sizes()
    say("measuring the floor of the machine: fsync and a SQLite commit")
    fsync_ms = floor.fsync_ms(folder, sizes.floor_times)
    commit_ms = floor.sqlite_commit_ms(folder, sizes.floor_times)
    reason = postgresql.missing() if sizes.with_postgresql else "it was not asked for"
    with ExitStack() as stack:
        if reason:
            say(f"measured on SQLite, not on PostgreSQL: {reason}")
            url = f"sqlite:///{folder / 'hub.sqlite'}"
        else:
            url = stack.enter_context(postgresql.cluster(folder))
        bench = _Bench(folder, url, seed, say, sizes)
        results = bench.measure(stack, fsync_ms, commit_ms)
    return (
        *results,
        result("floor: append and fsync, p99", percentile(fsync_ms, 0.99), "ms"),
        result("floor: one row, one SQLite commit, p99", percentile(commit_ms, 0.99), "ms"),
    )


class _Bench:
    def __init__(self, folder: Path, url: str, seed: int, say: Say, sizes: Sizes) -> None:
        self._folder, self._seed, self._say, self._sizes = folder, seed, say, sizes
        self._port, self._gun_port = free_port(), free_port()
        self._settings = HubSettings(
            data_folder=folder,
            database=url,
            port=self._port,
            plants=(site_data.PLANT,),
            sockets_max=2 * sizes.pairs + SOCKETS_BESIDE,
        )
        self._random = Random(seed)
        self._own_pair = sizes.pairs  # the measured kiosk's bundles
        self._old_pair = sizes.pairs + 1  # those of the years before

    def measure(self, stack: ExitStack, fsync_ms: list[float], commit_ms: list[float]) -> list[Result]:
        """Do all of it, in order."""
        sizes = self._sizes
        cutter, kiosk, plans = self._prepare()
        hub = Program(hub_arguments(self._settings), self._folder / "hub.log")
        stack.callback(hub.stop)
        hub.await_ready()
        engine = open_database(self._settings.database_url)
        stack.callback(engine.dispose)
        booking = stack.enter_context(closing(BookingWatcher(engine, site_data.PLANT)))
        self._await_booked(booking, self._deliver(cutter))
        program = Program(["kiosk", "--config", str(self._write_kiosk(kiosk))], self._folder / "kiosk.log")
        stack.callback(program.kill)
        program.await_ready()
        watcher = stack.enter_context(closing(Watcher(program.address)))
        gun = stack.enter_context(closing(SocketScanner(self._gun_port)))
        hand = _Hand(gun, watcher, self._own_pair, self._random)
        hand.begin()
        board = stack.enter_context(closing(BoardWatcher(hub.address, site_data.PLANT, "floor")))
        readers = {
            name: stack.enter_context(closing(PageReader(hub.address, site_data.PLANT, page)))
            for name, page in PAGES.items()
        }
        uploads = stack.enter_context(closing(PacedUploads(self._folder, self._port, plans, sizes.every_s)))
        uploads.begin()
        self._say(f"{2 * sizes.pairs} stations check in, each every {sizes.every_s:g} s")
        with_hub_ms = [hand.scan() for _ in range(sizes.scans)]
        seen = uploads.told(WAIT_TIMEOUT_S + sizes.rounds * sizes.every_s)
        self._await_booked(booking, max(one.position for one in seen))
        board.await_position(max(one.position for one in seen))
        pages = {name: list(reader.taken_s) for name, reader in readers.items()}
        events = booking.booked[-1].position
        refuse_exceptions(engine)
        hub.stop()
        self._say("the hub is gone; the kiosk works on")
        alone_ms = [hand.scan() for _ in range(sizes.scans)]
        return [
            *_board_results(seen, board, fsync_ms),
            *_answers("a station's own answer, the hub there", with_hub_ms, commit_ms),
            *_answers("the same without the hub", alone_ms, commit_ms),
            *_page_results(pages),
            result("events in the ledger at the end", events, "events"),
            result("check-ins uploaded meanwhile", len(seen), "uploads"),
        ]

    def _prepare(self) -> tuple[list[Batch], Sender, list[tuple[float, list[Batch]]]]:
        """Write the reference data, enrol everybody, live the past, make the uploads: what is cut, what comes."""
        sizes, host = self._sizes, f"127.0.0.1:{self._port}"
        hub = build_hub(self._settings)
        try:
            with writing(hub.engine) as connection:
                write_records(connection, hub.store, site_data.PLANT, list(floor_data.records()))
            cutter = _enrol(hub, "CUT", site_data.station(number_code=""))
            kiosk = _enrol(hub, "FLOOR", floor_data.station(self._own_pair, SEW))
            pairs = [
                (
                    pair,
                    {
                        code: _enrol(hub, f"{code}-{pair}", floor_data.station(pair, code))
                        for code in (SEW, HEM)
                    },
                )
                for pair in range(sizes.pairs)
            ]
            self._say(f"{2 * sizes.pairs} stations enrolled")
            self._live_the_past(hub)
        finally:
            hub.engine.dispose()
        self._say("writing what the stations tell")
        counts = dict.fromkeys(range(sizes.pairs), sizes.rounds) | {self._own_pair: 2 * sizes.scans + 1}
        told = floor_data.cutting(counts)
        cut = floor_data.uploads(cutter, [[one] for one in told], self._seed, host)
        plans: list[tuple[float, list[Batch]]] = []
        for pair, senders in pairs:
            first_s = sizes.every_s * pair / sizes.pairs
            for code, rounds, lag in ((SEW, sizes.rounds, 0), (HEM, sizes.rounds - LAG_ROUNDS, LAG_ROUNDS)):
                told = floor_data.check_ins(senders[code], pair, code, rounds)
                made = floor_data.uploads(senders[code], told, self._seed, host)
                plans.append((first_s + lag * sizes.every_s, made))
        return cut, kiosk, plans

    def _live_the_past(self, hub: Hub) -> None:
        """Fill the books with weeks that ended some months ago."""
        sizes, pair = self._sizes, self._old_pair
        if not sizes.weeks:
            return
        cutter = _enrol(hub, "OLD-CUT", site_data.station(number_code=""))
        logs = [("OLD-CUT", floor_data.entries(cutter, floor_data.cutting({pair: sizes.week}), self._seed))]
        for code in (SEW, HEM):
            sender = _enrol(hub, f"OLD-{code}", floor_data.station(pair, code))
            told = [event for one in floor_data.check_ins(sender, pair, code, sizes.week) for event in one]
            if code == HEM:
                del told[-1]  # the last one sewn is still in hand
            logs.append((sender.device, floor_data.entries(sender, told, self._seed)))
        past = OlderYears(hub.engine, datetime.now(UTC) - MONTHS_SINCE - sizes.weeks * WEEK)
        self._say(f"folding a week of the past, {sizes.week} bundles")
        past.lives_first_week(logs)
        self._say(f"and {sizes.weeks - 1} weeks like it")
        past.lives_on(sizes.weeks - 1)

    def _deliver(self, batches: list[Batch]) -> int:
        """Upload what came before as fast as the hub takes it; return the position of its end."""
        connection = KioskConnection(self._port)
        position = 0
        try:
            for batch in batches:
                told, wait_s = connection.deliver(batch)
                position = told.position
                time.sleep(wait_s)
        finally:
            connection.close()
        return position

    @staticmethod
    def _await_booked(booking: BookingWatcher, position: int) -> None:
        if booking.await_position(position, WAIT_TIMEOUT_S) is None:
            raise HubBenchError(
                f"not booked through {position} in {WAIT_TIMEOUT_S:g} s: {booking.booked[-1:]}"
            )

    def _write_kiosk(self, sender: Sender) -> Path:
        header = {
            "generation": 1,
            "cursor": "bench-1",
            "plant": site_data.PLANT,
            "device": sender.device,
            "epoch": 1,
            "station": msgspec.to_builtins(
                msgspec.structs.replace(
                    floor_data.station(self._own_pair, SEW), number_code=sender.number_code
                )
            ),
        }
        (self._folder / "reference.ndjson").write_bytes(msgspec.json.encode(header) + b"\n")
        (self._folder / "key").write_text(sender.key.hex(), encoding="ascii")
        path = self._folder / "kiosk.toml"
        path.write_text(
            f'data = "kiosk"\nplant = "{site_data.PLANT}"\ndevice = "{sender.device}"\nport = 0\n'
            'provision = "reference.ndjson"\nidle_lock_s = 3600\n'
            f'[hub]\nurl = "http://127.0.0.1:{self._port}"\nkey_file = "key"\n[sound]\nplayer = []\n'
            f'[[scanner]]\nkind = "virtual"\nname = "gun"\nport = {self._gun_port}\n',
            encoding="utf-8",
        )
        return path


class _Hand:
    """Somebody at the measured kiosk, who checks one bundle in after the other."""

    def __init__(self, gun: SocketScanner, watcher: Watcher, pair: int, random: Random) -> None:
        self._gun, self._watcher, self._pair, self._random = gun, watcher, pair, random
        self._scanned = 0

    def begin(self) -> None:
        """Sign on as soon as the kiosk knows people, and check in once it knows the bundles."""
        deadline = time.monotonic() + SYNC_TIMEOUT_S
        badge = house_code(HouseType.STAFF, site_data.BADGE)
        while time.monotonic() < deadline:
            for code in (badge, floor_data.ticket(self._pair, 0)):
                self._gun.scan(code)
                self._gun.hear()
                _, html = self._watcher.next_screen()
            if STORED in html:
                return
            time.sleep(1)
        raise ScreenError("the kiosk did not hear of its bundles")

    def scan(self) -> float:
        """Check the next bundle in; return how long it took until the screen said stored, in ms."""
        time.sleep(self._random.uniform(*PAUSE_S))
        self._scanned += 1
        begun = self._gun.scan(floor_data.ticket(self._pair, self._scanned))
        while True:
            moment, html = self._watcher.next_screen()
            if STORED in html:  # a screen between says how it stands with the hub
                break
        self._gun.hear()
        return (moment - begun) * 1000


def _enrol(hub: Hub, device: str, station: Station) -> Sender:
    with writing(hub.engine) as connection:
        enrolled = enrol_kiosk(connection, hub.store, device, station, datetime.now(UTC), replace=False)
    return Sender(device=device, number_code=enrolled.number_code, key=enrolled.key)


def _board_results(seen: list[Told], board: BoardWatcher, fsync_ms: list[float]) -> list[Result]:
    """Return how long after its time each check-in stood on the board, by the oldest of its tiles."""
    due = [Reached(position=one.position, moment_s=one.sent_s) for one in seen]
    taken_ms = behind_ms(due, board.tiles)
    waited_ms = [(one.answered_s - one.sent_s) * 1000 for one in seen]
    return [
        result("check-in to the board of lines, p50", percentile(taken_ms, 0.5), "ms"),
        result(
            "check-in to the board of lines, p99",
            percentile(taken_ms, 0.99),
            "ms",
            target=BOARD_MS_TARGET,
            floor=percentile(fsync_ms, 0.99),
        ),
        result(
            "check-in to the hub's acknowledgement, p99",
            percentile(waited_ms, 0.99),
            "ms",
            floor=percentile(fsync_ms, 0.99),
        ),
    ]


def _answers(name: str, taken_ms: list[float], floor_ms: list[float]) -> list[Result]:
    return [
        result(
            f"{name}, p{share}",
            percentile(taken_ms, share / 100),
            "ms",
            target=ANSWER_MS_TARGET if share == 99 else None,  # noqa: PLR2004 - the share the target is for
            floor=percentile(floor_ms, share / 100),
        )
        for share in (50, 99)
    ]


def _page_results(pages: dict[str, list[float]]) -> list[Result]:
    return [
        result(
            f"{name}, page, p{share}",
            percentile([one * 1000 for one in taken], share / 100),
            "ms",
            target=PAGE_MS_TARGET if share == 99 else None,  # noqa: PLR2004 - the share the target is for
        )
        for name, taken in pages.items()
        if taken
        for share in (50, 99)
    ]
