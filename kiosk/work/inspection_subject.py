"""What an inspection looks at: the ticket, order, roll, or any other code that is scanned for it. Pure."""

from datetime import timedelta

from msgspec import Struct
from msgspec.structs import replace

from domain.field import Clue, Input
from domain.fields.handling_unit import serial_of
from domain.inspection import InspectionType, Seen, Subject
from domain.problem import Problem, refusal
from domain.progress import Progress
from kiosk.activity import Desk, Scanned, Turn
from kiosk.answers import answered, refused, shown
from kiosk.document_switch import number_named
from kiosk.parts import Words
from kiosk.screen import Tone
from kiosk.state import State
from kiosk.work.inspection import InHand, looking, record
from kiosk.work.tickets import ticket_of, why_not_live

AGAIN = timedelta(seconds=5)
"""The same code within this time of being taken says nothing: somebody pulled the trigger twice."""


class Named(Struct, frozen=True, kw_only=True):
    """What a code names: a bundle, an order, or something that has a code of its own."""

    progress: Progress | None = None
    order: str = ""
    subject: str = ""

    @property
    def name(self) -> str:
        """Return its number."""
        return self.progress.bundle.serial if self.progress else self.order or self.subject

    def before(self, look: Seen) -> str:
        """Return what of this kind is in hand already."""
        return look.bundle if self.progress else look.order if self.order else look.subject


def named_by(scan: Scanned, kind: InspectionType, desk: Desk) -> Named | Problem:
    """Return what a code names of all that this kind of inspection looks at, or why it is none of it."""
    ticket = ticket_of(scan)
    if not isinstance(ticket, Problem) and Subject.BUNDLE in kind.subjects:
        serial, copy = ticket
        progress = desk.floor.progress(serial)
        return why_not_live(progress, serial, copy) or Named(progress=progress)
    order = desk.floor.order(number_named(scan)) if Subject.ORDER in kind.subjects else None
    if order:
        return Named(order=order.number)
    given = Input(text=scan.text, symbology=scan.raw.symbology)
    serial = serial_of(Clue(index=0, given=given, reading=scan.reading))
    if Subject.ROLL in kind.subjects and serial:
        unit = desk.knowledge.handling_unit(serial)
        return Named(subject=unit.serial) if unit else refusal("unknown_unit", unit=serial)
    if Subject.NAMED in kind.subjects and isinstance(ticket, Problem):
        return Named(subject=serial or number_named(scan) or shown(scan.text))
    return refusal("inspection_other_code", code=shown(scan.text), kind=f"quality.inspection.{kind.kind}")


def take(state: State, hand: InHand, named: Named, scan: Scanned, desk: Desk) -> Turn:
    """Take it in hand. The same again records; another one only where nothing would be lost by it."""
    kind, look = hand
    before = named.before(look)
    words = Words(key="said.look_at", parameters={"name": named.name})
    if before == named.name:
        is_echo = not look.is_begun and state.touched is not None and desk.now - state.touched < AGAIN
        return Turn(state=answered(state, Tone.TICK, words, scan)) if is_echo else record(state, desk, scan)
    if before and kind.goes_on:
        return _record_and_take(state, kind, named, scan, desk)
    if before and look.is_begun:
        return refused(state, (refusal("inspection_in_hand", name=before),), scan)
    kept = Seen(kind=look.kind, operation=look.operation) if before else look
    return Turn(state=answered(looking(state, _with(kept, kind, named)), Tone.NEUTRAL, words, scan))


def _record_and_take(state: State, kind: InspectionType, named: Named, scan: Scanned, desk: Desk) -> Turn:
    """Record what is in hand and take the next; where it cannot be recorded, it stays in hand."""
    recorded = record(state, desk, scan)
    fresh = recorded.state.work.look
    if fresh is None or fresh == state.work.look:
        return recorded
    work = replace(recorded.state.work, look=_with(fresh, kind, named))
    return Turn(state=replace(recorded.state, work=work), events=recorded.events)


def _with(look: Seen, kind: InspectionType, named: Named) -> Seen:
    """Return it of what was named; whoever worked on a bundle last made what is looked at."""
    if named.progress is None:
        return replace(look, order=named.order or look.order, subject=named.subject or look.subject)
    progress = named.progress
    newest = max(progress.jobs, key=lambda one: one.started_at, default=None)
    found = replace(
        look,
        bundle=progress.bundle.serial,
        pieces=progress.live(),
        order=progress.bundle.order,
        people=newest.people if newest else (),
    )
    return replace(found, operation=newest.operation) if newest and kind.is_of_maker else found
