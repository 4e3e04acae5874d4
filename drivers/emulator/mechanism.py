"""The simulated printer behind the socket: paper, head, buffer, counter, and all that can go wrong there."""

import threading
from collections import deque
from collections.abc import Callable
from pathlib import Path

import msgspec

from drivers.clock import Clock
from drivers.emulator.label_folder import LabelFolder, LabelRecord
from drivers.emulator.stream import Format, Order
from drivers.language import BLOCKING, Condition

FORMATS_WAITING_MAX = 200
"""Formats the receive buffer holds; more are refused, and the buffer-full flag is up."""

MS_PER_LABEL_MAX = 60_000


class MechanismState(msgspec.Struct, frozen=True, kw_only=True):
    """How the printer is, for its page and for tests."""

    conditions: tuple[Condition, ...]
    formats_waiting: int
    labels_remaining: int
    printed: int
    ms_per_label: int
    paper_labels: int | None


class _Turn(msgspec.Struct, frozen=True, kw_only=True):
    """Something to be done when all formats that came before it are out."""

    do: Callable[[], None]


class Mechanism:
    """Prints formats in order in a thread of its own; power-off forgets all but the counter."""

    def __init__(
        self, folder: Path, clock: Clock, *, ms_per_label: int, tell: Callable[[], None] = lambda: None
    ) -> None:
        """`tell` is called after something that its sensors see has changed, holding no lock."""
        self._tell = tell
        self._store = LabelFolder(folder)
        self._clock = clock
        self._changed = threading.Condition()
        self._conditions: set[Condition] = set()
        self._waiting: deque[Format | _Turn] = deque()
        self._remaining = 0
        self._format_number = 0
        self._ms_per_label = ms_per_label
        self._paper_labels: int | None = None
        self._power_ons = 0
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="printer-mechanism", daemon=True)

    @property
    def labels(self) -> tuple[LabelRecord, ...]:
        """What came out, oldest first."""
        with self._changed:
            return tuple(self._store.labels)

    def start(self) -> None:
        """Switch on."""
        self._thread.start()

    def stop(self) -> None:
        """Switch off for good."""
        with self._changed:
            self._stopping = True
            self._changed.notify_all()
        self._thread.join(5)

    def state(self) -> MechanismState:
        """How it is now."""
        with self._changed:
            waiting = sum(isinstance(each, Format) for each in self._waiting)
            full = {Condition.BUFFER_FULL} if waiting >= FORMATS_WAITING_MAX else set[Condition]()
            return MechanismState(
                conditions=tuple(sorted(self._conditions | full)),
                formats_waiting=waiting,
                labels_remaining=self._remaining,
                printed=self._store.printed,
                ms_per_label=self._ms_per_label,
                paper_labels=self._paper_labels,
            )

    def take(self, label: Format) -> bool:
        """A format arrived whole; False when the buffer is full and it is lost."""
        with self._changed:
            if len(self._waiting) >= FORMATS_WAITING_MAX:
                return False
            self._waiting.append(label)
            self._changed.notify_all()
            return True

    def in_turn(self, do: Callable[[], None]) -> None:
        """Do this when all that arrived before it has come out; never, if it is forgotten before."""
        with self._changed:
            if len(self._waiting) < FORMATS_WAITING_MAX:
                self._waiting.append(_Turn(do=do))
                self._changed.notify_all()

    def obey(self, order: Order) -> None:
        """An immediate command arrived."""
        match order:
            case "cancel_all" | "reset":
                self.forget()
            case "pause":
                self.set_condition(Condition.PAUSED, on=True)
            case "resume":
                self.set_condition(Condition.PAUSED, on=False)

    def set_condition(self, condition: Condition, *, on: bool) -> None:
        """Somebody opened the head, took the paper, pressed pause, or mended it."""
        with self._changed:
            (self._conditions.add if on else self._conditions.discard)(condition)
            if condition is Condition.PAPER_OUT and not on:
                self._paper_labels = None
            self._changed.notify_all()
        self._tell()

    def load_paper(self, labels: int) -> None:
        """The roll has this many labels left; then paper is out."""
        with self._changed:
            self._paper_labels = labels
            self._conditions.discard(Condition.PAPER_OUT)
            if labels == 0:
                self._conditions.add(Condition.PAPER_OUT)
            self._changed.notify_all()
        self._tell()

    def set_speed(self, ms_per_label: int) -> None:
        """How long one label takes."""
        with self._changed:
            self._ms_per_label = min(max(ms_per_label, 0), MS_PER_LABEL_MAX)

    def forget(self) -> None:
        """Power off, or cancel all: buffer and the label under the head are gone."""
        with self._changed:
            self._waiting.clear()
            self._remaining = 0
            self._power_ons += 1
            self._changed.notify_all()

    def _run(self) -> None:
        while (taken := self._next()) is not None:
            label, power_ons = taken
            if isinstance(label, _Turn):
                label.do()
                continue
            for copy in range(1, label.copies + 1):
                if not self._print_one(label, copy, power_ons):
                    break

    def _next(self) -> tuple[Format | _Turn, int] | None:
        with self._changed:
            self._changed.wait_for(lambda: self._stopping or (bool(self._waiting) and self._may_print()))
            if self._stopping:
                return None
            label = self._waiting.popleft()
            if isinstance(label, Format):
                self._remaining = label.copies
                self._format_number += 1
            return label, self._power_ons

    def _print_one(self, label: Format, copy: int, power_ons: int) -> bool:
        """One copy comes out, when nothing keeps it; False when it was forgotten meanwhile."""

        def gone() -> bool:
            return self._stopping or self._power_ons != power_ons

        with self._changed:
            self._changed.wait_for(lambda: gone() or self._may_print())
            if gone() or self._changed.wait_for(gone, self._ms_per_label / 1000):
                return False
            self._changed.wait_for(lambda: gone() or self._may_print())
            if gone():
                return False
            now = self._clock.now()
            self._store.keep(label.image, format_number=self._format_number, copy=copy, time=now)
            self._remaining -= 1
            ran_out = self._use_paper()
        if ran_out:
            self._tell()
        return True

    def _use_paper(self) -> bool:
        """A label's worth of paper is gone; whether it was the last."""
        if self._paper_labels is None:
            return False
        self._paper_labels -= 1
        if self._paper_labels <= 0:
            self._conditions.add(Condition.PAPER_OUT)
        return self._paper_labels <= 0

    def _may_print(self) -> bool:
        return not (self._conditions & BLOCKING)
