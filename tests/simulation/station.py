"""A kiosk in one thread: its real loop, store, sync and print queue on a real file, and the plug somebody may pull."""

from __future__ import annotations

import os
import random
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from domain.event import Event
from domain.events.documents import LineRecorded
from domain.log import Envelope, event_of, open_entry
from drivers.job import PrinterReport
from drivers.scanner import Scan
from drivers.spooler import Spooler, SpoolerOutput
from kiosk.activities.document import case_of
from kiosk.form_view import Worked
from kiosk.hub_client import HubAddress, HubClient
from kiosk.loop import Loop, LoopInput, LoopSettings, Tick
from kiosk.mark import check_mark, keep_mark
from kiosk.page import Touch
from kiosk.screen import Screen, Tone
from kiosk.status import Status
from kiosk.store.connection import FILE_NAME
from kiosk.store.log import Origin
from kiosk.store.store import Store
from kiosk.sync import Sync
from kiosk.witness import Witness
from tests.simulation.card import Card, PowerCut
from tests.simulation.clocks import Pause, WrongClock
from tests.simulation.mirror import law
from tests.simulation.network import Network, Session
from tests.simulation.options import Options
from tests.simulation.oracle import Oracle
from tests.simulation.printing import PaperPrinter, plain_label
from tests.simulation.schedule import Schedule
from tests.terminal import RecordingPage, RecordingSound

PLANT = "P1"
SCREENS_KEPT = 5
NEWEST_MAX = 12
NEWER_TYPE, NEWER_SCHEMA = "LineRecorded", LineRecorded.schema + 1
REST_S_MAX = 30_000.0
PRINT_RESTS_S = (2.0, 30.0, 900.0)
STRETCHES = (1.0, 10.0, 100.0, 1_000.0, 5_000.0)
"""With nothing to send, rounds come more seldom than in truth: days must pass in a second."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What a person saw and heard after one input. `facts` are those they were told are stored."""

    tone: Tone | None
    facts: tuple[tuple[Envelope, Event], ...] = ()
    died: bool = False


@dataclass(slots=True, kw_only=True)
class Identity:
    """Who a kiosk is to the hub."""

    device: str
    key: bytes
    epoch: int = 1


@dataclass(slots=True, kw_only=True)
class World:
    """What every station shares."""

    schedule: Schedule
    options: Options
    oracle: Oracle
    network: Network
    new_id: Callable[[], str]
    wrote: Callable[[Station], None] = lambda _station: None
    folders: Path = field(default_factory=Path)


class Station:
    """One kiosk's machine. It runs from `boot` to `power_cut`, as often as it takes."""

    def __init__(self, name: str, identity: Identity, world: World) -> None:
        self.name, self.identity, self.world = name, identity, world
        self.folder = world.folders / name
        self.clock = WrongClock(world.schedule)
        self.rng = random.Random(f"{world.options.seed}/{name}")
        self.printer = PaperPrinter("door", world.options, self.rng)
        self.images: list[dict[str, bytes]] = []
        self.boots = 0
        self._round_number = 0
        self._broken = ""
        self.is_on = False
        self.writes_newer = False
        self.is_retired = False

    # power

    def boot(self) -> None:
        """The machine starts and takes up its work, as `kiosk.app` does it."""
        if self.is_on or self.is_retired:
            return
        self.boots += 1
        self.clock.boots()
        self.card = Card()
        self.card.struck = lambda name: self.world.schedule.say(f"{self.name}: {name}")
        boot_id = f"boot-{self.name}-{self.boots}"
        self.store = Store(
            self.folder,
            Origin(plant=PLANT, device=self.identity.device, boot_id=boot_id, software="noac sim"),
        )
        self.is_on = True
        self._write_newer()
        self.store.care.new_id = self.world.new_id
        self.card.put_under(self.store)
        check_mark(self.store, self.identity.epoch, self.world.new_id())
        self.store.inspect(self.clock.now())
        self.store.at_least_epoch(self.identity.epoch, self.clock.now())
        keep_mark(self.store)
        self._build()
        self._taken_up(lambda: self.loop.begin("noac sim", boot_id))
        self._round_soon(self.rng.uniform(0.0, 1.0))
        self._print_soon()

    def _build(self) -> None:
        world = self.world
        self.page, self.sound = RecordingPage(), RecordingSound()
        self._watch_promises()
        self.loop = Loop(
            store=self.store,
            page=self.page,
            sound=self.sound,
            clock=self.clock,
            status=Status(self.store, scanners=["gun"], printers=["door"], is_practice=False),
            witness=Witness(world.new_id),
            settings=LoopSettings(),
            wake=self._wake,
        )
        identity = self.identity
        client = HubClient(
            HubAddress(url="http://127.0.0.1:1", plant=PLANT, device=identity.device, key=identity.key)
        )
        boot = self.boots
        client._session = Session(world.network, lambda: self._still_there(boot))  # type: ignore[assignment]
        self.sync = Sync(
            self.store,
            client,
            now=self.clock.now,
            monotonic_s=self.clock.monotonic_s,
            on_change=lambda _connectivity: None,
            seed=world.options.seed,
            retention_days=0,
            pause=world.schedule.elapse,
        )
        if world.options.strikes(self.rng, "small_batches", 0.5):
            self.sync._pace._size = self.rng.choice((1, 2, 5))
        self.spooler = Spooler(
            printer=self.printer,  # type: ignore[arg-type]
            queue=self.store.jobs,
            render=plain_label,
            emit=self._emitted,
            clock=self.clock,
        )
        self.spooler._stopping = Pause(world.schedule)  # type: ignore[assignment]
        self._is_talking = self._is_printing = self._has_settled = self._is_awake = False

    def _still_there(self, boot: int) -> None:
        if boot != self.boots or not self.is_on:
            raise PowerCut

    def _watch_promises(self) -> None:
        """Whatever is shown or sounded must stand on a commit."""
        show, play = self.page.show, self.sound.play

        def shown(screen: Screen) -> None:
            self._promised()
            show(screen)
            del self.page.screens[:-SCREENS_KEPT]

        def played(tone: Tone) -> None:
            self._promised()
            play(tone)

        self.page.show, self.sound.play = shown, played  # type: ignore[method-assign]

    def _promised(self) -> None:
        file: Any = self.store.connection._sqlite
        if file.in_transaction:  # the loop would swallow an exception here: it is kept for after the step
            self._broken = f"{self.name}: something was shown before it was committed"

    def image(self) -> dict[str, bytes]:
        """Return what the card holds at this moment, as somebody may copy it."""
        connection: Any = self.store.connection
        copy = sqlite3.connect(":memory:")
        getattr(connection._sqlite, "_real", connection._sqlite).backup(copy)
        data = copy.serialize()
        copy.close()
        return {FILE_NAME: data}

    def power_cut(self) -> None:
        """The plug is pulled: what was not committed never was."""
        if not self.is_on:
            return
        self.is_on, self.card.is_off = False, True
        connection: Any = self.store.connection
        real: sqlite3.Connection = getattr(connection._sqlite, "_real", connection._sqlite)
        if real.in_transaction:
            real.execute("ROLLBACK")
        real.close()
        os.close(connection._lock_file)

    def _write_newer(self) -> None:
        """A kiosk of the next version writes lines of a schema this hub does not know."""
        if not self.writes_newer:
            return
        from msgspec.structs import replace

        log: Any = self.store.log
        made = log._envelope

        def newer(fact: Any) -> Envelope:
            envelope = made(fact)
            return replace(envelope, schema=NEWER_SCHEMA) if envelope.type == NEWER_TYPE else envelope

        log._envelope = newer

    # inputs

    def scan(self, text: str) -> Result:
        """Somebody pulls the trigger."""
        self.world.schedule.say(f"{self.name}: scan {text!r}")
        return self.step(
            Scan(text=text, device="gun", event_time=self.clock.now(), monotonic_ms=self.clock.monotonic_ms())
        )

    def touch(self, action: str, value: str = "") -> Result:
        """A finger touches the screen as it is."""
        self.world.schedule.say(f"{self.name}: touch {action} {value}")
        return self.step(Touch(action=action, value=value, turn=self.page.screens[-1].turn))

    def step(self, given: LoopInput) -> Result:
        """Let the loop take one input; what it then shows and sounds is what the person knows."""
        if not self.is_on:
            return Result(tone=None, died=True)
        self.sound.tones.clear()
        log = self.store.log
        epoch, before = log.epoch, log.head.sequence
        if not self._taken_up(lambda: self.loop.step(given)):
            return Result(tone=None, died=True)
        facts = self._new_facts(epoch, before)
        tone = self.sound.tones[-1] if self.sound.tones else None
        law("R1", not self._broken, self._broken)
        law("R1", tone is not Tone.STORED or facts, f"{self.name}: green, and nothing was stored")
        answer = self.page.screens[-1].answer
        if answer and tone in (Tone.REFUSED, Tone.FAULT):
            self.world.schedule.say(f"{self.name}: {tone} {answer.says.key}")
        if tone is Tone.FAULT and self.page.screens[-1].answer:
            law("D3", not facts or self._knows_why(), f"{self.name}: answered by a fault, and stored")
        return Result(tone=tone, facts=facts)

    def _knows_why(self) -> bool:
        answer = self.page.screens[-1].answer
        return answer is not None and not answer.says.key.startswith("problem.store")

    def _taken_up(self, act: Callable[[], None]) -> bool:
        log = self.store.log
        epoch, before = log.epoch, log.head.sequence
        try:
            act()
        except PowerCut:
            self.power_cut()
            self.world.schedule.say(f"{self.name}: the power went in the middle of it")
            self.world.schedule.after(self.rng.choice((2.0, 60.0, 3_600.0)), f"{self.name} boots", self.boot)
            return False
        for envelope, _ in self._new_facts(epoch, before):
            self.world.oracle.tell(envelope)
        self.world.wrote(self)
        return True

    def _new_facts(self, epoch: int, before: int) -> tuple[tuple[Envelope, Event], ...]:
        log = self.store.log
        bodies = log.bodies_after(before if log.epoch == epoch else 0, 1_000)
        envelopes = [open_entry(body).envelope for body in bodies]
        return tuple((one, event_of(as_known(one))) for one in envelopes)

    def ticks(self) -> None:
        """Time has passed with nobody there."""
        self.step(Tick())

    @property
    def screen(self) -> Screen:
        return self.page.screens[-1]

    def wanted(self) -> str:
        """Return the field the screen asks for."""
        document = self.loop.state.document
        if document is None:
            return ""
        field_ = Worked(document, case_of(self.loop.state, self.loop.desk())).next_field
        return field_.name if field_ else ""

    def newest_lines(self) -> list[tuple[Envelope, Event]]:
        """Return the newest lines and reversals, as the document on the screen shows them."""
        log = self.store.log
        bodies = log.bodies_after(max(0, log.head.sequence - NEWEST_MAX), NEWEST_MAX)
        found: list[tuple[Envelope, Event]] = []
        for body in bodies:
            try:
                envelope = open_entry(body).envelope
                if envelope.type in ("LineRecorded", "LineReversed"):
                    found.append((envelope, event_of(as_known(envelope))))
            except ValueError:
                continue  # a bit of it turned over: the screen does not show it either
        return found

    # sync and labels

    def _wake(self, whom: str) -> None:
        if whom == "printers":
            self._print_soon()
        elif not self._is_awake and not self.sync._failures:
            self._is_awake = True
            self._round_soon(self.rng.uniform(0.05, 2.0))

    def _round_soon(self, delay_s: float) -> None:
        self._round_number += 1
        number = self._round_number
        self.world.schedule.after(delay_s, "", lambda: self._round(number))

    def _round(self, number: int) -> None:
        if number != self._round_number or not self.is_on or self._is_talking:
            return
        boot = self.boots
        rest_s = self.round()
        if boot == self.boots and self.is_on:
            stretch = 1.0 if self.world.network.is_healed else self.rng.choice(STRETCHES)
            self._round_soon(min(rest_s * stretch, REST_S_MAX))

    def round(self) -> float:
        """Talk to the hub once."""
        self._is_talking, self._is_awake = True, False
        try:
            rest_s = self.sync.round()
            log, how = self.store.log, self.sync.connectivity
            sent = f"epoch {log.epoch}, {log.acknowledged} of {log.head.sequence}"
            self.world.schedule.say(f"{self.name}: round {how.state} {how.reason}, {sent}")
        except PowerCut:
            self.power_cut()
            return 0.0
        finally:
            self._is_talking = False
        return rest_s

    def _print_soon(self) -> None:
        boot = self.boots
        self.world.schedule.after(self.rng.uniform(0.1, 1.0), "", lambda: self._print(boot))

    def _print(self, boot: int) -> None:
        if boot != self.boots or not self.is_on or self._is_printing:
            return
        self._is_printing = True
        spooler: Any = self.spooler
        try:
            if not self._has_settled:
                spooler._settle_interrupted()
                self._has_settled = True
            spooler._turn()
            is_waiting = bool(spooler._doubts) or self.store.jobs.oldest("door") is not None
        except PowerCut:
            self.power_cut()
            return
        except Exception:  # noqa: BLE001 the spooler's own loop logs it and tries again
            self._has_settled, is_waiting = False, True
        finally:
            self._is_printing = False
        if boot == self.boots and self.is_on and is_waiting:
            rest_s = 2.0 if self.printer.is_healed else self.rng.choice(PRINT_RESTS_S)
            self.world.schedule.after(rest_s, "", lambda: self._print(boot))

    def _emitted(self, output: SpoolerOutput) -> None:
        boot = self.boots

        def take() -> None:
            if boot == self.boots and self.is_on:
                self.step(output)

        if isinstance(output, PrinterReport):
            self.world.schedule.after(0.01, "", take)

    # looking into the file

    def held(self) -> set[str]:
        """Return the names of all facts this card still holds whole in the epoch it works in."""
        asked = (
            "SELECT digest, body FROM entry"
            " WHERE epoch = (SELECT CAST(value AS INTEGER) FROM meta WHERE key = 'epoch')"
            " OR NOT EXISTS (SELECT 1 FROM meta WHERE key = 'epoch')"
        )
        if self.is_on:
            rows = self.store.connection.rows(asked)
        else:
            file = sqlite3.connect(self.folder / FILE_NAME)
            rows = file.execute(asked).fetchall()
            file.close()
        found: set[str] = set()
        for digest, body in rows:
            try:
                entry = open_entry(body)
            except ValueError:
                continue
            if entry.digest == digest:
                found.add(entry.envelope.event_id)
        return found


def is_newer(name: str, schema: int) -> bool:
    """Tell whether an event is of the next version."""
    return (name, schema) == (NEWER_TYPE, NEWER_SCHEMA)


def as_known(envelope: Envelope) -> Envelope:
    """Return a line of the next version as this one reads it."""
    from msgspec.structs import replace

    return (
        replace(envelope, schema=NEWER_SCHEMA - 1) if is_newer(envelope.type, envelope.schema) else envelope
    )
