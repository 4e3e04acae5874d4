"""What an activity is: it takes one input and the state and answers with a turn. Pure. `activities/` is the registry.

The session routes: `state.at` names the module that handles the input and makes the view.
"""

import importlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Protocol, cast

from domain.barcode import BadgeCode, Control, Reading
from domain.document import Happened
from domain.log import RawScan, Strength
from domain.names import Language
from domain.place import Station
from domain.scanner_doctor import Ended
from domain.scanner_duty import ScannerDuty
from domain.staff import Person
from kiosk.camera import Camera
from kiosk.floor import Floor
from kiosk.knowledge import Knowledge, Labels
from kiosk.own_pay import NOBODYS, PaySeen
from kiosk.page import Touch
from kiosk.pins import PinCheck
from kiosk.scales import Shown
from kiosk.screen import View
from kiosk.state import At, Question, State


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What is known at this moment: facts, time, who is signed on. Read-only."""

    knowledge: Knowledge
    labels: Labels
    floor: Floor
    pins: PinCheck
    station: Station
    now: datetime
    epoch: int
    language: Language
    operator: Person | None = None
    is_lease_over: bool = False
    """The hub was silent for so long that nobody new signs on and nothing is approved."""

    is_in_touch: bool = True
    """The hub was heard of lately: what it did not tell of the floor has not happened."""

    scales: tuple[Shown, ...] = ()
    """What the scales of this kiosk show; empty where it has none."""

    printers: tuple[str, ...] = ()
    """The printers of this kiosk, by name."""

    pay: PaySeen = NOBODYS
    """The own pay of whoever looks at it here."""

    camera: Camera | None = None
    """The photos taken here; None: this kiosk has no camera."""

    pauses_close: frozenset[str] = frozenset()
    """The scanners whose codes end at Enter, Tab or a pause, whichever comes first, by name."""

    volume: int = 0
    """How loud this kiosk is, in percent."""

    volumes: tuple[int, ...] = ()
    """How loud it may be made by touch, the softest first; fewer than two: nothing can be chosen."""

    duties: Mapping[str, ScannerDuty] = field(default_factory=dict[str, ScannerDuty])
    """What the scanners here are for, by name; one that is not named is for everything."""

    @property
    def document_types(self) -> tuple[str, ...]:
        """Return the documents this station may write: those it names, all where it names none."""
        named = self.station.document_types
        return named or (tuple(self.knowledge.document_types()) if self.station.place else ())

    @property
    def day(self) -> str:
        """Return today's date on the wall here, yyyymmdd."""
        return f"{self.now.astimezone():%Y%m%d}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scanned:
    """One code, read: what it means, what the scanner really sent and what closed it."""

    reading: Reading
    raw: RawScan
    adapted: str | None = None
    ended: Ended | None = None

    @property
    def text(self) -> str:
        """Return the code as the label has it: as the scanner sent it, where nothing is undone in what it sends."""
        return self.raw.text if self.adapted is None else self.adapted

    @property
    def control(self) -> Control | None:
        """Return the command, if the code is a command card."""
        return next((one for one in self.reading.elements if isinstance(one, Control)), None)

    @property
    def badge(self) -> str | None:
        """Return the badge's code, if it is a badge."""
        return next((one.value for one in self.reading.elements if isinstance(one, BadgeCode)), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """What came of one input: the state as it is now, and what happened. Nothing holds before it is on the disk.

    `strength`: how it was proven who did it, where it was more than a badge.
    """

    state: State
    events: tuple[Happened, ...] = ()
    strength: Strength = "none"


OPEN_TO_ALL: frozenset[At] = frozenset({"sign_on", "scanner_doctor"})
"""Screens for whoever stands there, signed on or not."""

AS_SENT: frozenset[At] = frozenset({"scanner_doctor"})
"""Screens that want a scan before anything else looks at it, whatever it is and whichever scanner sent it."""


class Activity(Protocol):
    """A module of `activities/`. Somebody is signed on whenever it is asked, except those of `OPEN_TO_ALL`."""

    def on_scan(self, state: State, scan: Scanned, desk: Desk) -> Turn | None:
        """Take a scan; None where a badge or command is none of this activity's business."""
        ...

    def on_touch(self, state: State, touch: Touch, desk: Desk) -> Turn | None:
        """Take a touch; None where it is none of this activity's business."""
        ...

    def on_yes(self, state: State, question: Question, desk: Desk) -> Turn:
        """Go on after a yes; the question is already taken off the state."""
        ...

    def asks(self, state: State, desk: Desk) -> str:
        """Return the catalogue key of the one next step."""
        ...

    def view(self, state: State, desk: Desk) -> View:
        """Show the state."""
        ...


@cache
def activity(at: At) -> Activity:
    """Return the activity of that name from the folder."""
    return cast("Activity", importlib.import_module(f"kiosk.activities.{at}"))
