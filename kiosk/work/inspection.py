"""Inspections at a station: what is in hand, what each scan and touch makes of it, and recording it. Pure."""

from collections.abc import Mapping
from decimal import Decimal
from typing import NamedTuple, get_args

from msgspec.structs import replace

from domain.document import Happened
from domain.events.quality import InspectionKind, InspectionUndone, PiecesInspected
from domain.inspection import (
    MARKS_MAX,
    Entry,
    InspectionType,
    Judged,
    Mark,
    Seen,
    hold_of,
    inspected,
    inspection_types,
    judged,
)
from domain.problem import Problem, refusal
from domain.route import OperationCode
from kiosk.activity import Desk, Scanned, Turn
from kiosk.answers import answered, refused
from kiosk.parts import Words
from kiosk.screen import Tone
from kiosk.state import State
from kiosk.work.operations import operation_here
from kiosk.work.state import Looked, RecordedLook

_ALL: tuple[InspectionKind, ...] = get_args(InspectionKind)
KINDS: Mapping[str, InspectionKind] = {one: one for one in _ALL}
_BAD = frozenset({"red", "failed"})


class InHand(NamedTuple):
    """The inspection in hand, and its kind."""

    kind: InspectionType
    look: Seen


def in_hand(state: State) -> InHand | None:
    """Return the inspection in hand."""
    look = state.work.look
    return InHand(inspection_types()[look.kind], look) if look else None


def entry_of(state: State, field: str) -> Entry:
    """Return the number that is typed into a field: that of the inspection in hand, or else pieces."""
    hand = in_hand(state) if state.at == "inspection" else None
    return (hand.kind.entry(field) if hand else None) or Entry(name=field)


def kinds_here(desk: Desk) -> tuple[InspectionKind, ...]:
    """Return the kinds of inspection that are made here: those the station names, else all where work is done."""
    named: tuple[InspectionKind, ...] = tuple(KINDS[one] for one in desk.station.inspections if one in KINDS)
    return named or (_ALL if desk.station.operations else ())


def opened(state: State, desk: Desk) -> State:
    """Return the state at the inspections: at the one in hand, or at the only kind there is here."""
    shown = replace(state.without_draft(), at="inspection", overlay=None, answer=None)
    kinds = kinds_here(desk)
    return begun(shown, kinds[0], desk) if shown.work.look is None and len(kinds) == 1 else shown


def begun(state: State, kind: InspectionKind, desk: Desk) -> State:
    """Return the state with an inspection of a kind that nothing is told of yet."""
    before, is_of_maker = state.work.look, inspection_types()[kind].is_of_maker
    kept = before.operation if before and before.kind == kind and not is_of_maker else OperationCode("")
    return looking(state, Seen(kind=kind, operation=operation_here(state, desk) or kept))


def looking(state: State, look: Seen | None) -> State:
    """Return the state with an inspection as it is now."""
    return replace(state, work=replace(state.work, look=look), overlay=None, answer=None)


def with_number(look: Seen, entry: Entry, number: Decimal | int) -> Seen:
    """Return it with a number told anew."""
    rounded = Decimal(number).quantize(Decimal(1).scaleb(-entry.decimals))
    return replace(look, numbers={**look.numbers, entry.name: rounded})


def with_mark(look: Seen, kind: InspectionType, code: str) -> Seen | Problem:
    """Return it with one more defect; what was typed for the next mark is that one's."""
    if len(look.marks) >= MARKS_MAX:
        return refusal("inspection_marks", most=MARKS_MAX)
    of_mark = next((one.name for one in kind.entries if one.is_of_mark), "")
    kept = {name: number for name, number in look.numbers.items() if name != of_mark}
    mark = Mark(code=code, metre=look.numbers.get(of_mark))
    return replace(look, numbers=kept, marks=(*look.marks, mark))


def undo(state: State, hand: InHand) -> State | None:
    """Take the last mark back, then what was typed, then what is looked at; None where nothing is left to take back."""
    kind, look = hand
    if look.marks:
        return looking(state, replace(look, marks=look.marks[:-1]))
    if look.numbers or look.chosen:
        return looking(state, replace(look, numbers={}, chosen={}))
    return looking(state, Seen(kind=kind.kind, operation=look.operation)) if look.name else None


def record(state: State, desk: Desk, scan: Scanned | None = None) -> Turn:
    """Record what is in hand; the next one of its kind may be scanned."""
    hand = in_hand(state)
    if hand is None:
        return refused(state, (refusal("inspection_kind_first"),), scan)
    kind, look = hand
    judgement = judged(kind, look)
    if isinstance(judgement, Problem):
        return refused(state, (judgement,), scan)
    numbers, name = state.numbers.next_name("inspection", desk.station, desk.epoch)
    event = inspected(kind, look, judgement, name)
    counted = _counted(state, event, look, desk)
    next_one = begun(replace(counted, numbers=numbers), kind.kind, desk)
    told = {"kind": f"quality.inspection.{kind.kind}", "name": look.name}
    words = Words(key="said.inspected", parameters={**told, "result": f"quality.result.{judgement.result}"})
    tone = Tone.LOOK if judgement.result in _BAD else Tone.STORED
    advice = _advice(kind, judgement, is_held=hold_of(event) is not None)
    return Turn(state=answered(next_one, tone, words, scan, way_out=advice), events=(Happened(event=event),))


def _advice(kind: InspectionType, judgement: Judged, *, is_held: bool) -> Words | None:
    """Say what to do now about what is not right."""
    if judgement.result in ("green", "passed"):
        return None
    advice = f"said.inspected.{kind.kind}"
    return Words(key=f"{advice}.held" if is_held else advice)


def _counted(state: State, event: PiecesInspected, look: Seen, desk: Desk) -> State:
    before = state.work.looked_on(event.kind, desk.day)
    last = RecordedLook(inspection=event.inspection, by=state.operator, look=look, before=before)
    counted = _with_looked(state, event.kind, before.with_one(event), desk)
    return replace(counted, work=replace(counted.work, last_look=last))


def _with_looked(state: State, kind: InspectionKind, looked: Looked, desk: Desk) -> State:
    work = state.work
    others = work.looked if work.looked_day == desk.day else {}
    return replace(state, work=replace(work, looked={**others, kind: looked}, looked_day=desk.day))


def undo_recorded(state: State, desk: Desk) -> Turn | None:
    """Take back one's own newest inspection of today and have it in hand again; None where there is none."""
    last = state.work.last_look
    if last is None or last.by != state.operator or state.work.looked_day != desk.day:
        return None
    counted = _with_looked(looking(state, last.look), last.look.kind, last.before, desk)
    undone = replace(counted, work=replace(counted.work, last_look=None))
    told = {"kind": f"quality.inspection.{last.look.kind}", "name": last.look.name}
    return Turn(
        state=answered(undone, Tone.STORED, Words(key="said.inspection_undone", parameters=told)),
        events=(Happened(event=InspectionUndone(inspection=last.inspection)),),
    )
