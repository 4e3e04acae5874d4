"""People at a kiosk: they receive rolls, move them, take back, scan twice, walk away, and look before they repeat."""

from __future__ import annotations

import itertools
import random
from decimal import Decimal
from typing import Literal

from domain.barcode import ControlCommand
from domain.barcodes.house import HouseType, control_code, house_code
from domain.event import Event
from domain.events.documents import LineRecorded, LineReversed
from domain.events.labels import LabelRequested
from domain.log import Envelope
from domain.quantity import Quantity
from tests.simulation.mirror import law
from tests.simulation.oracle import Act, Oracle, Roll
from tests.simulation.station import Result, Station
from tests.world import BUTTON, KEEPER, LEADER, ORDER, badge_code, order_code, place_code, unit_code

INPUTS_MAX = 14
"""After so many tries a person gives up and does something else."""
BINS = ("RM-A-01", "RM-A-02")
SUPPLIER = "S-HENGLI"
UNDO = control_code(ControlCommand.UNDO)
HOME = control_code(ControlCommand.HOME)
PRINT = control_code(ControlCommand.PRINT)
MOVE_CARD = house_code(HouseType.DOCUMENT, "YW")

Input = tuple[Literal["scan"], str] | tuple[Literal["touch"], str, str]


class Task:
    """Something a person wants to get done: what they do next, and whether a fact is what they wanted."""

    def next(self, station: Station) -> Input:
        raise NotImplementedError

    def is_it(self, event: Event) -> bool:
        raise NotImplementedError


class Receive(Task):
    """A roll came with a truck: the order, the supplier's code, the bin."""

    def __init__(self, lot: str, grams: int, bin_: str, *, place_first: bool) -> None:
        self.lot, self.bin, self._place_first = lot, bin_, place_first
        self.code = f"]C110{lot}\x1d240F-2041\x1d3103{grams:06d}3111000100"

    def next(self, station: Station) -> Input:
        document = station.loop.state.document
        if document is None or document.type != "CS":
            return "scan", order_code(ORDER) if document is None else HOME
        wanted = station.wanted()
        if wanted in ("plan", "partner", "countersign"):
            return "scan", order_code(ORDER)
        if wanted == "place" or self._place_first:
            self._place_first = False
            return "scan", place_code(self.bin)
        return "scan", self.code

    def is_it(self, event: Event) -> bool:
        return isinstance(event, LineRecorded) and event.values.get("lot") == self.lot


class Move(Task):
    """A roll goes to another bin: its label, the bin."""

    def __init__(self, roll: Roll, target: str) -> None:
        self.roll, self.bin = roll, target
        self._has_unit = False

    def next(self, station: Station) -> Input:
        document = station.loop.state.document
        if document is None or document.type != "YW":
            self._has_unit = False
            return "scan", MOVE_CARD if document is None else HOME
        self._has_unit = not self._has_unit
        return "scan", unit_code(self.roll.serial) if self._has_unit else place_code(self.bin)

    def is_it(self, event: Event) -> bool:
        return isinstance(event, LineRecorded) and event.values.get("handling_unit") == self.roll.serial


class MoveButtons(Task):
    """Buttons from bin to bin: more of them than the book knows, and they are there all the same."""

    def next(self, station: Station) -> Input:
        document = station.loop.state.document
        if document is None or document.type != "YW":
            return "scan", MOVE_CARD if document is None else HOME
        match station.wanted():
            case "source":
                return "scan", place_code(BINS[0])
            case "target":
                return "scan", place_code(BINS[1])
            case _:
                return "scan", BUTTON.number

    def is_it(self, event: Event) -> bool:
        return isinstance(event, LineRecorded) and event.values.get("item") == BUTTON.id


class Undo(Task):
    """The last line was a mistake: the UNDO card, until it is taken back or nothing is left to take back."""

    def next(self, station: Station) -> Input:
        return "scan", UNDO

    def is_it(self, event: Event) -> bool:
        return isinstance(event, LineReversed)


class PrintAgain(Task):
    """The label is printed a second time: from now on two of them name one roll."""

    def next(self, station: Station) -> Input:
        return "scan", PRINT

    def is_it(self, event: Event) -> bool:
        return isinstance(event, LabelRequested) and bool(event.reason)


class Person:
    """Whoever works at one station. Lives by steps the schedule gives."""

    def __init__(self, station: Station, oracle: Oracle, numbers: itertools.count[int]) -> None:
        self.station, self.oracle, self._numbers = station, oracle, numbers
        self.rng = random.Random(f"{station.world.options.seed}/person/{station.name}")
        self.badge = badge_code(self.rng.choice((KEEPER, LEADER)))
        self.task: Task | None = None
        self._inputs = 0
        self._lines: list[str] = []
        self._on_paper: list[Receive] = []
        self.goes_home = False
        self.doubts = False
        """The screen shows again what was taken back already: the card is an older one."""

    def live(self) -> None:
        """Begin to work."""
        self._later(self.rng.uniform(1.0, 60.0))

    def _later(self, seconds: float) -> None:
        self.station.world.schedule.after(seconds, "", self.step)

    def step(self) -> None:
        """Do the next thing, then think."""
        if self.station.is_retired:
            return
        if self.goes_home and self.task is None:
            return
        if not self.station.is_on:
            self._later(self.rng.choice((20.0, 300.0)))
            return
        self._act()
        self._later(self._thinks_s())

    def _thinks_s(self) -> float:
        if self.task is not None:
            if not self.goes_home and self._strikes("walk_away", 0.05):
                return self.rng.choice((40.0, 130.0, 4_000.0))
            return self.rng.uniform(0.6, 4.0)
        return self.rng.choice((3.0, 10.0, 60.0, 600.0, 9_000.0, 40_000.0))

    def _strikes(self, name: str, chance: float) -> bool:
        return self.station.world.options.strikes(self.rng, name, chance)

    def _act(self) -> None:
        if self.task is None:
            self.task, self._inputs = self._choose(), 0
        station = self.station
        station.ticks()
        if not station.is_on or self._was_stored_after_all():
            return
        self._inputs += 1
        if self._inputs > INPUTS_MAX:
            self.task = None
            return
        result = self._give(self._next_input())
        self._heard(result)

    def _choose(self) -> Task:
        if self._on_paper:
            return self._on_paper.pop()
        rolls = sorted(self.oracle.rolls)
        chosen = self.rng.random()
        if rolls and chosen < 0.4:
            roll = self.oracle.rolls[self.rng.choice(rolls)]
            target = BINS[1] if roll.place == BINS[0] else BINS[0]
            if self._knows_better(roll) and not self._strikes("same_roll_twice", 0.7):
                return self._receive()
            return Move(roll, target)
        wants_undo = self.doubts and bool(self._lines)
        self.doubts = False
        if self._lines and self._strikes("undo", 1.0 if wants_undo else 0.15):
            self._keep_image()
            return Undo()
        if self._lines and self._strikes("label_printed_twice", 0.1):
            return PrintAgain()
        if self._strikes("more_than_there_is", 0.1):
            return MoveButtons()
        return self._receive()

    def _keep_image(self) -> None:
        """Somebody copies the card just before a line is taken back."""
        if self.station.is_on and "card_put_back" in self.station.world.options.on:
            self.station.images.append(self.station.image())

    def writes_on_paper(self) -> None:
        """A roll comes while the station is out of order: it is entered when the station works again."""
        self._on_paper.append(self._new_roll())

    def _receive(self) -> Task:
        return self._new_roll()

    def _new_roll(self) -> Receive:
        lot = f"L{next(self._numbers)}"
        grams = self.rng.randrange(1_000, 60_000)
        self.oracle.weights[lot] = Decimal(grams) / 1000
        is_first = self._strikes("wrong_order", 0.2)
        return Receive(lot, grams, self.rng.choice(BINS), place_first=is_first)

    def _knows_better(self, roll: Roll) -> bool:
        """Somebody else has moved it, and this kiosk has not heard of it."""
        known = self.station.store.facts.handling_unit(roll.serial)
        return known is not None and known.place != roll.place

    def _next_input(self) -> Input:
        assert self.task
        station, screen = self.station, self.station.screen
        if screen.question:
            return "touch", "yes", ""
        if screen.answer and screen.answer.needs_acknowledgement:
            return "touch", "acknowledge", ""
        if not station.loop.state.operator:
            return "scan", self.badge
        return self.task.next(station)

    def _give(self, given: Input) -> Result:
        station = self.station
        if given[0] == "touch":
            return station.touch(given[1], given[2])
        result = station.scan(given[1])
        if not result.died and self._strikes("double_scan", 0.15):
            station.world.schedule.now_s += 0.2
            again = station.scan(given[1])
            is_twice = any(isinstance(event, LineRecorded) for _, event in again.facts)
            law("S4", not is_twice, f"{station.name}: one pull of the trigger counted twice")
        return result

    def _heard(self, result: Result) -> None:
        for envelope, event in result.facts:
            self._note(envelope, event)

    def _note(self, envelope: Envelope, event: Event) -> None:
        """What the screen says was stored is what the hands now do, each roll with its own weight."""
        if isinstance(event, LineRecorded):
            self._lines.append(envelope.event_id)
            self.oracle.acts[envelope.event_id] = self._carry(event)
        elif isinstance(event, LineReversed):
            self._taken_back(envelope)
        if self.task and self.task.is_it(event):
            self.task = None

    def _carry(self, line: LineRecorded) -> Act:
        lot, serial, item = (str(line.values.get(name, "")) for name in ("lot", "handling_unit", "item"))
        if line.document_type == "CS":
            act = Act(
                item=item,
                unit="KGM",
                value=self.oracle.weights[lot],
                source=SUPPLIER,
                target=str(line.values["place"]),
                serial=serial,
            )
            self.oracle.serials[serial] += 1
            self.oracle.rolls[serial] = Roll(serial=serial, value=act.value, place=act.target)
            return act
        source, target = str(line.values["source"]), str(line.values["target"])
        if serial in self.oracle.rolls:
            self.oracle.rolls[serial].place = target
        # Of a roll that two kiosks moved, each without hearing of the other, the books know more than it weighs until
        # it moves again: what a person moves is what the screen says.
        quantity = line.values["quantity"]
        assert isinstance(quantity, Quantity)
        return Act(
            item=item, unit=quantity.unit, value=quantity.value, source=source, target=target, serial=serial
        )

    def _taken_back(self, envelope: Envelope) -> None:
        original = self.oracle.acts.get(envelope.corrects)
        if original is None:
            return
        self.oracle.acts[envelope.event_id] = Act(
            item=original.item,
            unit=original.unit,
            value=original.value,
            source=original.target,
            target=original.source,
            takes_back=envelope.corrects,
        )
        if envelope.corrects in self._lines:
            self._lines.remove(envelope.corrects)
        if original.source == SUPPLIER:
            self.oracle.rolls.pop(original.serial, None)
        elif original.serial in self.oracle.rolls:
            self.oracle.rolls[original.serial].place = original.source

    def _was_stored_after_all(self) -> bool:
        """Look at the lines on the screen before doing something again: the power may have gone in between."""
        before = self.task
        for envelope, event in self.station.newest_lines():
            if envelope.event_id not in self.oracle.acts:
                self.oracle.tell(envelope)
                self._note(envelope, event)
        return self.task is not before
