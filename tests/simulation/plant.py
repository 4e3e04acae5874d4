"""A whole plant from one seed: kiosks, hub, printers, people and everything that goes wrong; then nothing does."""

from __future__ import annotations

import itertools
import random
import shutil
import sys
import tempfile
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any
from unittest import mock

from sqlalchemy import select

import hub.refold
from domain.event import Event, is_known
from domain.log import Envelope, event_of
from hub.store.database import open_database, reading, writing
from hub.store.devices import Device, enrol
from hub.store.event_log import EventLog
from hub.store.reference import Record, write_records
from hub.store.tables import PROJECTED, discrepancies
from tests.simulation import laws
from tests.simulation.card import flip_row, image_of, put_image
from tests.simulation.hubside import FILE, PLANT, HubSide, station_of
from tests.simulation.mirror import LawError, Mirror, law
from tests.simulation.network import Network
from tests.simulation.options import Options
from tests.simulation.oracle import Oracle
from tests.simulation.people import Person
from tests.simulation.schedule import Schedule
from tests.simulation.station import Identity, Station, World, as_known, is_newer
from tests.terminal import reference_changes
from tests.world import ORDER

KIOSKS_MAX = 4
FOLDER = Path("/dev/shm")  # noqa: S108 a folder of our own is made in it: memory is quicker than any disk
LIVENESS_S_MAX = 3_600.0
"""So long after the last fault everything must have come to rest by itself."""
QUIET_S = 4.0
BEGIN_S = 4.0
SPANS_S = (5.0, 10.0, 20.0, 30.0, 60.0, 60.0, 300.0, 1_800.0, 20_000.0)
BACKUP_SHARE = 0.04
BIG_ORDER_FACTOR = 10_000


class Failure(AssertionError):  # noqa: N818 it is what a reader looks for
    """A law broke: what was decided, what happened last, and how to see it again."""


@cache
def blank_hub() -> bytes:
    """Return the database of a hub that knows the plant and has heard of no event."""
    with tempfile.TemporaryDirectory(dir=_folder()) as folder:
        path = Path(folder) / FILE
        engine = open_database(f"sqlite:///{path}")
        with writing(engine) as connection:
            log = EventLog()
            records = [
                Record(kind=one.kind, key=one.key, body=one.body)
                for one in reference_changes(plans=(big_order(),))
                if one.kind != "station"
            ]
            write_records(connection, log, PLANT, records)
            for number in range(1, KIOSKS_MAX + 1):
                station = station_of(number)
                enrol(
                    connection,
                    Device(
                        plant=PLANT,
                        device=f"K{number}",
                        key=key_of(number),
                        number_code=station.number_code,
                        station=station,
                        epoch=1,
                        revoked=False,
                    ),
                    "2026-11-22T00:00:00.000000Z",
                )
        engine.dispose()
        return path.read_bytes()


def hub_modules(name: str) -> list[ModuleType]:
    """Return every module of the hub that uses a function by this name."""
    return [
        module
        for path, module in sorted(sys.modules.items())
        if path.startswith("hub.") and hasattr(module, name)
    ]


def big_order() -> Any:
    """Return the order everybody receives for: as good as endless."""
    from msgspec.structs import replace

    lines = tuple(
        replace(line, quantity=replace(line.quantity, value=line.quantity.value * BIG_ORDER_FACTOR))
        for line in ORDER.lines
    )
    return replace(ORDER, lines=lines)


def key_of(number: int) -> bytes:
    return bytes([number]) * 32


def _folder() -> Path | None:
    return FOLDER if FOLDER.is_dir() else None


class Plant:
    """One seed's world. `run` lives it to its end and checks the laws on the way."""

    def __init__(self, options: Options) -> None:
        self.options = options
        self.schedule = Schedule()
        self.rng = random.Random(f"{options.seed}/plant")
        self.oracle = Oracle()
        self.folder = Path(tempfile.mkdtemp(prefix="noac-sim-", dir=_folder()))
        self.acknowledged: dict[tuple[str, int, int, str], int] = {}
        self.cursors: dict[str, tuple[int, int, int]] = {}
        self.proven: dict[tuple[str, int], tuple[int, str]] = {}
        """Where each log ended in the newest backup that was proven: so far a kiosk may forget."""
        self.bases: dict[str, tuple[int, int]] = {}
        self.is_healed = False
        self._ids = itertools.count(1)
        self._numbers = itertools.count(1)
        self.hub = HubSide(
            self.folder / "hub", self.schedule, options, random.Random(f"{options.seed}/hub"), blank_hub()
        )
        self.mirror = Mirror(self.hub.path, PLANT)
        self.hub.answered = lambda request, answer: laws.l17_an_answer_stands_on_a_commit(
            self, request, answer
        )
        self.network = Network(
            self.schedule, options, self.hub.handle, random.Random(f"{options.seed}/network")
        )
        self.world = World(
            schedule=self.schedule,
            options=options,
            oracle=self.oracle,
            network=self.network,
            new_id=self._new_id,
            folders=self.folder,
        )
        self.stations = [
            Station(f"K{number}", Identity(device=f"K{number}", key=key_of(number)), self.world)
            for number in range(1, options.kiosks + 1)
        ]
        self.people = [Person(station, self.oracle, self._numbers) for station in self.stations]
        self.schedule.after_step = self._after_step

    def _new_id(self) -> str:
        return f"{self.options.seed & 0xFFFFFFFF:08x}{next(self._ids) * 2654435761 % 2**64:024x}"

    # the story

    def run(self) -> None:
        """Live: a good first minute, a time with every fault, then none; and look whether the world is explained."""
        try:
            with ExitStack() as patched:
                for module in hub_modules("event_of"):
                    patched.enter_context(mock.patch.object(module, "event_of", self._decode))
                patched.enter_context(mock.patch.object(hub.refold, "is_known", self._knows))
                self._begin()
                self._safety()
                self._liveness()
                self._check_all()
        except Exception as error:
            raise Failure(self.report(error)) from error
        finally:
            self.close()

    def report(self, error: BaseException) -> str:
        """Return everything somebody needs to see this again."""
        steps = "\n".join(self.schedule.last_steps)
        again = f"make simulate SEED={self.options.seed}"
        return f"{type(error).__name__}: {error}\n{self.options.line()}\n{steps}\nagain: {again}"

    def close(self) -> None:
        """Leave nothing behind."""
        for station in self.stations:
            station.power_cut()
        self.hub.stop()
        self.mirror.let_go()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _decode(self, envelope: Envelope) -> Event:
        """Read an event as this hub's version does: the next version's lines only once it is upgraded."""
        return event_of(as_known(envelope) if self.hub.knows_newer else envelope)

    def _knows(self, name: str, schema: int) -> bool:
        return is_known(name, schema) or (self.hub.knows_newer and is_newer(name, schema))

    def _begin(self) -> None:
        self.network.is_healed = self.hub.is_healed = True
        for station in self.stations:
            station.boot()
        self.schedule.run_until(BEGIN_S)
        for station in self.stations:
            law("start", station.store.reference.is_complete(), f"{station.name} knows nothing")
            station.images.append(_image(station))
            station.boot()
        law("B5", self.back_up(), "the first backup was not proven")
        self.network.is_healed = self.hub.is_healed = False

    def _safety(self) -> None:
        for person in self.people:
            person.live()
        for _ in range(self.options.steps):
            self._trouble()
            if self.rng.random() < BACKUP_SHARE and self.hub.is_up:
                self.back_up()
            span_s = self.rng.choice(SPANS_S)
            self.schedule.elapse(span_s)

    def _trouble(self) -> None:
        """Perhaps something breaks now."""
        from tests.simulation import troubles

        chosen = self.rng.choice(sorted(troubles.ALL))
        station = self.rng.choice(self.stations)
        if self.rng.random() < 0.7 and chosen in self.options.on and troubles.ALL[chosen](self, station):
            self.options.hit(chosen)

    def back_up(self, *, breaks: bool = False) -> bool:
        """Make a backup. It counts unless it is broken (law B5), and then the kiosks may forget what it holds."""
        self.mirror.look()
        outcome = self.hub.back_up(breaks=breaks)
        law("B5", bool(outcome.problem) == breaks, f"a backup that {breaks=} says {outcome.problem!r}")
        if not breaks:
            self.proven = dict(self.mirror.heads)
        return True

    def _liveness(self) -> None:
        """Nothing breaks any more, and people have mended what people mend; then everything comes to rest by itself."""
        from tests.simulation import troubles

        self.is_healed = self.network.is_healed = True
        self.network.off_until_s = 0.0
        for person in self.people:
            person.goes_home = True
            self.schedule.after(1.0, "", person.step)
        troubles.mend(self)
        end_s = self.schedule.now_s + 86_400.0
        rested_s = self.schedule.now_s
        while not self._is_at_rest():
            self.schedule.elapse(QUIET_S)
            late_s = self.schedule.now_s - rested_s
            law("L20", late_s < LIVENESS_S_MAX, f"not at rest after {late_s:.0f} s: {self._waits()}")
        law("liveness", self.schedule.now_s < end_s, "it took a day")

    def _is_at_rest(self) -> bool:
        return not self._waits()

    def _waits(self) -> list[str]:
        found = [person.station.name for person in self.people if person.task is not None]
        for station in self.stations:
            if station.is_retired:
                continue
            if not station.is_on or station.store.log.pending or station.sync.connectivity.state == "offline":
                found.append(f"{station.name} pending")
            elif station.store.jobs.oldest("door") or station._is_printing:
                found.append(f"{station.name} labels")
            elif not station.store.reference.progress().cursor.endswith(f".p{self.mirror.cursor}"):
                found.append(f"{station.name} reference data")
        if not self.hub.is_up or self.mirror.cursor != self.mirror.position:
            found.append("hub")
        return found

    # the laws

    def _after_step(self) -> None:
        if self.hub.is_up:
            self.mirror.look()
        for station in self.stations:
            if station.is_on and not station.is_retired:
                laws.l17_a_cursor_moves_by_content(self, station)
                laws.r8_only_what_is_proven_is_forgotten(self, station)

    def _check_all(self) -> None:
        self.mirror.look()
        self.mirror.check_shortages(laws.PHYSICAL)
        for station in self.stations:
            if not station.is_retired:
                laws.l13_every_station_equals_the_hub(self, station)
        laws.l19_every_exception_is_visible(self)
        laws.l20_what_was_told_is_there_once(self)
        laws.l20_the_ledger_explains_the_floor(self)
        laws.l15_no_serial_is_given_twice(self)
        before = self._projected()
        self.hub.rebuild()
        laws.l3_a_rebuild_gives_the_same_rows(before, self._projected())

    def _projected(self) -> dict[str, list[Any]]:
        found: dict[str, list[Any]] = {}
        with reading(self.hub.engine) as connection:
            for table in (*PROJECTED, discrepancies):
                query = select(table).order_by(*table.primary_key.columns)
                found[table.name] = [tuple(row) for row in connection.execute(query)]
        return found


def _image(station: Station) -> dict[str, bytes]:
    station.power_cut()
    return image_of(station.folder)


__all__ = ["Failure", "LawError", "Plant", "flip_row", "put_image"]
