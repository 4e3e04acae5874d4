"""A kiosk to tell stories with: the real loop on the real file, a clock of our own, and a page that only remembers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeVar, overload

import msgspec

from domain.event import Event
from domain.item import Item
from domain.log import Recorded, event_of, open_entry
from domain.place import Place, Station
from domain.plan import Plan
from domain.staff import Person
from domain.stock import Balance
from domain.wire import Change
from domain.words import has_words, speak
from drivers.lamp import DARK, LampStatus, Shine
from drivers.scanner import Garbled, Scan
from kiosk.activities.document import case_of
from kiosk.form_view import Worked
from kiosk.lamps import Lamps
from kiosk.loop import Loop, LoopInput, LoopSettings, Tick
from kiosk.own_pay import OwnPay
from kiosk.page import Touch
from kiosk.photos import Photos
from kiosk.pins import Pins
from kiosk.scales import Scales
from kiosk.screen import Screen, Tone, View, Words
from kiosk.status import Status
from kiosk.store.log import Origin
from kiosk.store.reference import Progress
from kiosk.store.store import Store
from kiosk.witness import Witness
from tests.world import ITEMS, NOW, ORDER, PEOPLE, PLACES, STATION

E = TypeVar("E", bound=Event)


class VirtualClock:
    """A clock that only goes on when it is told to."""

    def __init__(self, start: datetime = NOW) -> None:
        self._start = start
        self._ms = 0

    def now(self) -> datetime:
        return self._start + timedelta(milliseconds=self._ms)

    def monotonic_ms(self) -> int:
        return self._ms

    def advance(self, seconds: float) -> None:
        self._ms += int(seconds * 1000)


class RecordingPage:
    """Remembers every screen."""

    address = ""

    def __init__(self) -> None:
        self.screens: list[Screen] = []

    def show(self, screen: Screen) -> None:
        self.screens.append(screen)

    def start(self, host: str, port: int, on_touch: Callable[[Touch], None]) -> None:
        pass

    def stop(self) -> None:
        pass


class RecordingSound:
    """Remembers every tone."""

    is_ready = True

    def __init__(self) -> None:
        self.tones: list[Tone] = []
        self.volume = 0

    def play(self, tone: Tone) -> None:
        self.tones.append(tone)

    def set_volume(self, volume: int) -> None:
        self.volume = volume

    def stop(self) -> None:
        pass


class RecordingLamp:
    """Remembers every flash, and what it stands at."""

    name = "tower"

    def __init__(self) -> None:
        self.flashes: list[Shine] = []
        self.stands = DARK

    def start(self, emit: Callable[[LampStatus], None]) -> None:
        pass

    def stop(self) -> None:
        pass

    def flash(self, shine: Shine) -> None:
        self.flashes.append(shine)

    def stand(self, shine: Shine) -> None:
        self.stands = shine


def reference_changes(
    *,
    items: Iterable[Item] = ITEMS,
    places: Iterable[Place] = PLACES,
    people: Iterable[Person] = PEOPLE,
    plans: Iterable[Plan] = (ORDER,),
    balances: Sequence[Balance] = (),
    station: Station = STATION,
    device: str = "K1",
) -> list[Change]:
    """Return what a hub would tell a kiosk of this world."""

    def change(kind: str, key: str, body: msgspec.Struct) -> Change:
        return Change(kind=kind, key=key, body=msgspec.to_builtins(body))

    return [
        change("station", device, station),
        *(change("item", one.id, one) for one in items),
        *(change("place", one.code, one) for one in places),
        *(change("person", one.number, one) for one in people),
        *(change("plan", one.number, one) for one in plans),
        *(change("balance", f"b{number}", one) for number, one in enumerate(balances)),
    ]


class Terminal:
    """One kiosk. `scans` and `touches` are answered at once; what is asked and shown can be looked at after each."""

    key = b""
    """What the hub knows it by."""
    boot_id = "boot-1"
    software = "noac test"
    volumes: tuple[int, ...] = ()
    pauses_close: frozenset[str] = frozenset()

    def __init__(
        self,
        folder: Path,
        *,
        balances: Sequence[Balance] = (),
        plans: Iterable[Plan] = (ORDER,),
        clock: VirtualClock | None = None,
        scales: Sequence[str] = (),
        plant: str = "P1",
        device: str = "K1",
        more: Sequence[Change] = (),
        has_camera: bool = False,
    ) -> None:
        """`more`: what the hub tells besides the usual world, or instead of a part of it."""
        self.scales, self.has_camera = scales, has_camera
        self.folder, self.plant, self.device = folder, plant, device
        self.clock = clock or VirtualClock()
        self._changes = [*reference_changes(balances=balances, plans=plans), *more]
        self._ids = 0
        self._open()
        try:
            self._begin()
        except BaseException:
            self.store.close()
            raise

    def _begin(self) -> None:
        if not self.store.reference.is_complete():
            with self.store.transaction():
                self.store.reference.take(self._changes)
                self.store.reference.provisioned(
                    Progress(generation=1, cursor="r1", hub_time=self.clock.now())
                )
        self.loop.begin("noac test", "boot-1")

    def _open(self) -> None:
        self.page, self.sound, self.lamp = RecordingPage(), RecordingSound(), RecordingLamp()
        self.store = Store(
            self.folder,
            Origin(plant=self.plant, device=self.device, boot_id=self.boot_id, software=self.software),
        )
        self._ids = self.store.log.head.sequence * 1000
        self.photos = Photos(self.folder, self.store.connection)
        self.woken: list[str] = []
        self.pay_asked: list[str] = []
        self.loop = Loop(
            store=self.store,
            page=self.page,
            sound=self.sound,
            clock=self.clock,
            status=Status(
                self.store, scanners=["gun"], printers=["door"], scales=self.scales, is_practice=False
            ),
            scales=Scales(self.scales, self.clock.monotonic_ms),
            pins=Pins(self.store.connection, self.key, self.boot_id, self.clock.monotonic_ms),
            camera=self.photos if self.has_camera else None,
            witness=Witness(self._new_id),
            settings=LoopSettings(volumes=self.volumes, pauses_close=self.pauses_close),
            wake=self.woken.append,
            own_pay=OwnPay(self.pay_asked.append),
            lamps=Lamps((self.lamp,)),
        )

    def _new_id(self) -> str:
        self._ids += 1
        return f"{self._ids:032x}"

    def restarts(self, after_s: float = 1.0) -> None:
        """The power goes and comes back."""
        self.store.close()
        self.clock.advance(after_s)
        self._open()
        self.loop.begin("noac test", "boot-2")

    def close(self) -> None:
        self.store.close()

    def scans(self, *texts: str, device: str = "gun", apart_s: float = 1.0) -> None:
        """Somebody pulls the trigger on each of these codes."""
        for text in texts:
            self.clock.advance(apart_s)
            scan = Scan(
                text=text,
                device=device,
                event_time=self.clock.now(),
                monotonic_ms=self.clock.monotonic_ms(),
            )
            self.loop.step(scan)

    def garbles(self) -> None:
        """A scan does not arrive whole."""
        self.loop.step(Garbled(device="gun", reason="events_dropped"))

    def touches(self, action: str, value: str = "", *, turn: int | None = None) -> None:
        """A finger touches the screen as it is."""
        self.clock.advance(0.5)
        self.loop.step(Touch(action=action, value=value, turn=self.screen.turn if turn is None else turn))

    def types(self, digits: str) -> None:
        """Fingers type on the pad or keyboard that is open, then touch OK."""
        for digit in digits:
            self.touches("pad_key" if self.screen.pad else "text_key", digit)
        self.touches("overlay_done")

    def takes(self, given: LoopInput) -> None:
        """Something else comes in."""
        self.loop.step(given)

    def waits(self, seconds: float) -> None:
        """Time passes with nobody there."""
        self.clock.advance(seconds)
        self.loop.step(Tick())

    @property
    def screen(self) -> Screen:
        return self.page.screens[-1]

    @property
    def view(self) -> View:
        return self.screen.view

    @property
    def tone(self) -> Tone | None:
        """How the screen answers now."""
        return self.screen.answer.tone if self.screen.answer else None

    @property
    def says(self) -> str:
        """The key of the answer on screen."""
        return self.screen.answer.says.key if self.screen.answer else ""

    def asks_for(self, field: str) -> bool:
        """Whether the one next step is this field."""
        document = self.loop.state.document
        if document is None:
            return False
        wanted = Worked(document, case_of(self.loop.state, self.loop.desk())).next_field
        return wanted is not None and wanted.name == field

    def shows(self, kind: type[View]) -> bool:  # type: ignore[valid-type]
        return isinstance(self.view, kind)

    def spoken(self) -> list[str]:
        """Every sentence of the answer in both languages; a key without words is in ⟦brackets⟧."""
        answer = self.screen.answer
        found = [answer.says, answer.way_out] if answer else []
        keys = [one for one in found if isinstance(one, Words)]
        return [speak(language, one.key, **one.parameters) for one in keys for language in ("zh-CN", "en")]

    def unspoken(self) -> list[str]:
        """The keys on the last answers of every screen that have no words."""
        keys: set[str] = set()
        for screen in self.page.screens:
            if screen.answer:
                keys.add(screen.answer.says.key)
                if screen.answer.way_out:
                    keys.add(screen.answer.way_out.key)
        return sorted(key for key in keys if not has_words(key))

    def entries(self) -> list[Recorded]:
        """The log so far, oldest first."""
        return [open_entry(body) for body in self.store.log.bodies_after(0, 100_000)]

    @overload
    def events(self) -> list[Event]: ...

    @overload
    def events(self, kind: type[E]) -> list[E]: ...

    def events(self, kind: type[Event] = Event) -> Sequence[Event]:
        """What happened so far."""
        happened = [event_of(entry.envelope) for entry in self.entries()]
        return [one for one in happened if isinstance(one, kind)]
