"""The session as plain data: who is here, what is in hand, what was asked. Kept with every turn."""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from domain.document import Document, Fresh
from domain.field import Input
from domain.paper import read_slip
from domain.place import Station
from domain.problem import Problem
from domain.scanner_doctor import Adaptation, SheetScan
from kiosk.screen import Answer, Words
from kiosk.work.state import Draft, Work

At = Literal[
    "sign_on",
    "home",
    "document",
    "approval",
    "look_up",
    "reprint",
    "station",
    "count",
    "handoff",
    "remake",
    "call",
    "cutting",
    "statement",
    "inspection",
    "pay",
    "scanner_doctor",
    "first_label",
]
Ask = Literal[
    "offer",
    "complete",
    "void",
    "switch",
    "open_plan",
    "change_operator",
    "take_back",
    "approve",
    "countersign",
    "pay",
]

DOCUMENTS_OPEN_MAX = 20
DAYS_REMEMBERED_MAX = 60
"""Days whose document numbers are remembered."""

Series = Literal["bundle", "job", "call", "stoppage", "lay", "hold", "voice", "inspection"]
_LETTERS: Mapping[Series, str] = {
    "bundle": "",
    "job": "W",
    "call": "C",
    "stoppage": "P",
    "lay": "Y",
    "hold": "H",
    "voice": "V",
    "inspection": "I",
}
"""What stands between a name's beginning and its number. A bundle has none: its ticket says it is one."""

_BASE36 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_EPOCH_DIGITS = 2
_SERIAL_DIGITS = 6


class Question(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A yes-or-no question on top of the screen: what it is about, and which scan (again) says yes.

    `given` is the input that waits for the answer, `target` the document, order or badge meant; `confirmed` holds the
    codes of the warnings confirmed before. `proves`: no yes answers it, but the PIN of this employee number
    (`proof.py`).
    """

    ask: Ask
    problems: tuple[Problem, ...]
    scanned: str = ""
    given: Input | None = None
    target: str = ""
    confirmed: tuple[str, ...] = ()
    proves: str = ""


class Overlay(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The number pad, keyboard or list that lies over a document, and what was typed so far."""

    kind: Literal["pad", "text", "list"]
    field: str
    typed: str = ""
    mode: Literal["replace", "add"] = "replace"


class Numbers(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How far each series of numbers has been used; never goes back, whatever the clock does.

    `documents` counts per day (yyyymmdd) and prefix; `slips` the paper slips of this kiosk; `series` what production
    names here.
    """

    documents: dict[str, dict[str, int]] = {}
    units: int = 0
    jobs: int = 0
    slips: int = 0
    series: dict[str, int] = {}

    def next_name(self, series: Series, station: Station, epoch: int) -> tuple["Numbers", str]:
        """Return the numbers with one more used of a series, and that name; unique for ever, made offline or not."""
        used = self.series.get(series, 0) + 1
        start = f"{station.number_code}{base36(epoch, _EPOCH_DIGITS)}"
        name = f"{start}{_LETTERS[series]}{base36(used, _SERIAL_DIGITS)}"
        return replace(self, series={**self.series, series: used}), name

    def next_document(self, prefix: str, day: str) -> tuple["Numbers", str, int]:
        """Return the numbers with one more used, and the day and serial of that one.

        A clock that jumped back to a day nobody remembers any more gets the newest day: no number is made twice.
        """
        days = dict(self.documents)
        if day not in days and len(days) >= DAYS_REMEMBERED_MAX:
            if day < min(days):
                day = max(days)
            else:
                days.pop(min(days))
        used = days.get(day, {})
        serial = used.get(prefix, 0) + 1
        days[day] = {**used, prefix: serial}
        return replace(self, documents=days), day, serial

    def fresh(self, station: Station, epoch: int) -> Fresh:
        """Return the names for what is born with the next line; unique for ever by number code, epoch and serial."""
        start = f"{station.number_code}{base36(epoch, _EPOCH_DIGITS)}"
        return Fresh(
            handling_unit=f"{start}{base36(self.units + 1, _SERIAL_DIGITS)}",
            job=f"{start}J{base36(self.jobs + 1, _SERIAL_DIGITS)}",
        )

    def with_slip(self, slip: str, number_code: str) -> "Numbers":
        """Return the numbers after a slip was entered: paper of this kiosk goes on behind its highest one."""
        read = read_slip(slip)
        if read is None or read[0] != number_code:
            return self
        return replace(self, slips=max(self.slips, read[1]))

    def used(self) -> "Numbers":
        """Return the numbers after a line that may have used both."""
        return replace(self, units=self.units + 1, jobs=self.jobs + 1)


class Stored(Struct, frozen=True, kw_only=True):
    """What was stored last, as it was said, and when: after a power cut nobody need wonder whether it happened."""

    says: Words
    at: datetime


class PayLook(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One's own pay on the screen: whether it is proven who looks, the line chosen, and those contested just now.

    Nothing of the pay itself stands here: the state is kept on the disk.
    """

    is_open: bool = False
    job: str = ""
    contested: tuple[str, ...] = ()


class DoctorVisit(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What one scanner sent for the sheet of the scanner doctor."""

    device: str = ""
    scans: tuple[SheetScan, ...] = ()


class LabelPick(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is chosen on the screen of labels: a label or a batch, from which of its labels to which, how often each.

    `job` is any label of the batch, empty where none is chosen; `first` and `last` count from 1, 0 is not said yet.
    """

    job: str = ""
    first: int = 0
    last: int = 0
    copies: int = 1


class FirstLabel(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The batch of which the first label is asked for on the screen, and where the work goes on behind it.

    `is_release_asked`: somebody wants the rest without it; `reason`: why, while the badge of who may is asked for.
    """

    batch: str = ""
    back: At = "home"
    is_release_asked: bool = False
    reason: str = ""


class State(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Everything that must outlive a power cut besides the log itself.

    `current` is the number of the document in hand; `unticked` the differences left out of an approval; `looked_up`
    what was scanned into the look-up last; `picked` the labels chosen; `first_label` the one to be scanned back;
    `paper`: home offers documents from paper; `taken` the load of each scale that was taken last (`Shown.rest_ms`);
    `touched` the last time; `stored` what was stored last; `work` what is in hand at a production station; `pay`
    one's own pay; `doctor` what the scanner doctor looks at; `adaptations`: what is undone in all that a scanner
    sends, by its name; `volume`: how loud somebody wants this kiosk, in percent (None: as the settings say).
    """

    turn: int = 0
    at: At = "sign_on"
    operator: str = ""
    session: str = ""
    documents: tuple[Document, ...] = ()
    current: str = ""
    answer: Answer | None = None
    question: Question | None = None
    overlay: Overlay | None = None
    unticked: tuple[int, ...] = ()
    looked_up: Input | None = None
    picked: LabelPick = LabelPick()
    first_label: FirstLabel = FirstLabel()
    paper: bool = False
    taken: dict[str, int] = {}
    numbers: Numbers = Numbers()
    touched: datetime | None = None
    stored: Stored | None = None
    work: Work = Work()
    pay: PayLook = PayLook()
    doctor: DoctorVisit = DoctorVisit()
    adaptations: dict[str, Adaptation] = {}
    volume: int | None = None

    @property
    def pay_of(self) -> str:
        """Return whose pay is on the screen; empty: nobody's."""
        return self.operator if self.at == "pay" and self.pay.is_open else ""

    @property
    def document(self) -> Document | None:
        """Return the document in hand."""
        return next((one for one in self.documents if one.number == self.current), None)

    def idle_s(self, now: datetime) -> int:
        """Return how long ago somebody did something here, in s; 0 where the clock went back."""
        return max(0, int((now - self.touched).total_seconds())) if self.touched else 0

    def holding(self, document: Document) -> "State":
        """Return the state with this document as it is now; one that has ended is put away."""
        kept = tuple(one for one in self.documents if one.number != document.number)
        if document.status in ("closed", "void"):
            return replace(self, documents=kept)
        return replace(self, documents=(*kept, document), current=document.number)

    def without_draft(self) -> "State":
        """Return the state without what was begun at a production station and is not recorded."""
        return replace(self, work=replace(self.work, draft=Draft()))

    def with_draft_aside(self) -> "State":
        """Return the state with what was being told at a production station put aside for whoever is signed on."""
        if self.at not in ("count", "handoff", "remake", "statement", "inspection"):
            return self.without_draft()
        draft = replace(self.work.draft, by=self.operator, at=self.at)
        return replace(self, work=replace(self.work, draft=draft))

    def without_empty_drafts(self) -> "State":
        """Return the state without drafts into which nothing was scanned: leaving a screen leaves nothing behind."""
        kept = tuple(
            one
            for one in self.documents
            if one.status != "draft"
            or len(one.header_inputs) > one.paper
            or any(not given.sticky for given in one.line_inputs)
        )
        return replace(self, documents=kept)


def base36(number: int, digits: int) -> str:
    """Return a number in 0-9 A-Z, at least `digits` long."""
    text = ""
    while number:
        number, rest = divmod(number, len(_BASE36))
        text = _BASE36[rest] + text
    return text.zfill(digits)
