"""What is in hand at a production station, as plain data kept with the session."""

from datetime import datetime
from decimal import Decimal
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from domain.bundle import BundleSerial, Tally
from domain.events.production import CallKind, RollSpread
from domain.events.quality import InspectionKind, PiecesInspected
from domain.handoff import Defect, Handoff, Leg, Rating
from domain.inspection import Seen, defects_of, dhu, right_first_time
from domain.job import Share
from domain.route import OperationCode

DraftAt = Literal["", "count", "handoff", "remake", "statement", "inspection"]
"""Screens on which something is told in several touches."""

CALLS_OPEN_MAX = 20
COUNT_MAX = 999_999


class LayDraft(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A lay as far as it was told of. `roll`, `shade`: the roll in hand, whose plies are still to be said."""

    order: str = ""
    colour: str = ""
    rolls: tuple[RollSpread, ...] = ()
    roll: str = ""
    shade: str = ""


class Draft(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What was scanned, typed and chosen so far for one act; it is put away with the screen.

    `bundle`, `copy`: the ticket in hand; `others`: those scanned besides it. `before`: the operation a verdict is on.
    `by` was signed off in the middle of it, at the screen `at`, and finds it there again. `statement`: the one that is
    made (`kiosk/statements/`), `told`: its blanks that are filled, by name, `asked`: the one touched to be told anew.
    `rejected`: the verdict just said, of which a quality ticket can be opened.
    """

    by: str = ""
    at: DraftAt = ""

    bundle: BundleSerial = BundleSerial("")
    copy: int = 0
    others: tuple[BundleSerial, ...] = ()
    before: OperationCode = OperationCode("")
    counts: dict[str, int] = {}
    defects: tuple[Defect, ...] = ()
    rating: Rating | None = None
    reason: str = ""
    conceded_by: str = ""
    leg: Leg | None = None
    photos: tuple[str, ...] = ()
    lay: LayDraft = LayDraft()
    statement: str = ""
    told: dict[str, str] = {}
    asked: str = ""
    rejected: Handoff | None = None

    def counting(self, name: str, pieces: int) -> "Draft":
        """Return the draft with a count told anew."""
        return replace(self, counts={**self.counts, name: min(pieces, COUNT_MAX)})

    def telling(self, told: dict[str, str]) -> "Draft":
        """Return the draft with blanks told anew; an empty one is a blank again."""
        kept = {name: value for name, value in (self.told | told).items() if value}
        return replace(self, told=kept, asked="")

    def with_defect(self, code: str, pieces: int) -> "Draft":
        """Return the draft with so many more pieces (fewer, below zero) of a kind of defect."""
        known = {one.code: one.pieces for one in self.defects}
        known[code] = known.get(code, 0) + pieces
        kept = tuple(Defect(code=name, pieces=count) for name, count in known.items() if count > 0)
        return replace(self, defects=kept)


class Stoppage(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The station stands still."""

    name: str
    kind: Literal["break", "stoppage"]
    since: datetime
    reason: str = ""


class OpenCall(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Somebody was called and it is not settled yet."""

    call: str
    kind: CallKind
    since: datetime
    is_answered: bool = False


class Looked(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What the inspections of one kind came to at this station today."""

    looks: int = 0
    checked: int = 0
    defective: int = 0
    defects: int = 0

    def with_one(self, event: PiecesInspected) -> "Looked":
        """Return it with one inspection more."""
        return Looked(
            looks=self.looks + 1,
            checked=self.checked + event.checked,
            defective=self.defective + event.defective,
            defects=self.defects + defects_of(event),
        )

    @property
    def dhu(self) -> Decimal | None:
        """Return the defects per hundred pieces."""
        return dhu(self.defects, self.checked)

    @property
    def rft(self) -> Decimal | None:
        """Return how many of a hundred were right first time."""
        return right_first_time(self.defective, self.checked)


class RecordedLook(Struct, frozen=True, kw_only=True):
    """The inspection recorded last, by whom, and what those of its kind came to `before`: it can be taken back."""

    inspection: str
    by: str
    look: Seen
    before: Looked


class Work(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Everything a production station must not forget in a power cut besides its log.

    `operation`: which of the station's is done here. `job`: the one on the screen, and `chosen_by` whom where it is
    not their own. `done`: of a job, the good pieces of people who left it. `pieces`: good pieces of each person on
    `day` (yyyymmdd), `made`: what became of all pieces, by operation. `look`: the inspection in hand, for whoever comes
    next too; `looked`: what inspections came to on `looked_day`, `last_look` being the newest of them.
    """

    operation: OperationCode = OperationCode("")
    job: str = ""
    chosen_by: str = ""
    done: dict[str, tuple[Share, ...]] = {}
    stoppage: Stoppage | None = None
    calls: tuple[OpenCall, ...] = ()
    day: str = ""
    pieces: dict[str, int] = {}
    made: dict[OperationCode, Tally] = {}
    draft: Draft = Draft()
    look: Seen | None = None
    looked: dict[InspectionKind, Looked] = {}
    looked_day: str = ""
    last_look: RecordedLook | None = None

    def looked_on(self, kind: InspectionKind, day: str) -> Looked:
        """Return what the inspections of a kind came to on a day."""
        return self.looked.get(kind, Looked()) if day == self.looked_day else Looked()

    def counted(
        self, shares: tuple[Share, ...], operation: OperationCode, told: Tally, day: str, sign: int = 1
    ) -> "Work":
        """Return the work with so many more pieces of each person today; fewer where a finish is taken back."""
        pieces = dict(self.pieces) if day == self.day else {}
        for share in shares:
            pieces[share.person] = max(0, pieces.get(share.person, 0) + sign * share.pieces)
        made = dict(self.made) if day == self.day else {}
        known = made.get(operation, Tally())
        if (
            sign > 0 or known.accounted >= told.accounted
        ):  # what was finished yesterday is not today's to take back
            made[operation] = known + (told if sign > 0 else -told)
        return replace(self, day=day, pieces=pieces, made=made)
