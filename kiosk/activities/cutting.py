"""A lay: its order and colour, the sizes side by side, its rolls from the bottom up; then it is cut into bundles."""

from itertools import repeat

from msgspec.structs import replace

from domain.barcode import ControlCommand
from domain.bundle import BundleSerial
from domain.cutting import Lay, bundles, why_not
from domain.field import Clue, Input
from domain.fields.handling_unit import serial_of
from domain.problem import Severity, refusal
from domain.work_order import WorkOrder
from kiosk.activities import station
from kiosk.activity import Desk, Scanned, Turn
from kiosk.answers import answered, asked, refused
from kiosk.page import Touch
from kiosk.parts import Button, Choice, Words
from kiosk.screen import Tone
from kiosk.state import Question, State
from kiosk.work import overlays
from kiosk.work.cutting import (
    LENGTH,
    PIECES_MAX,
    PLIES,
    SIZE,
    cut_lay,
    lay_of,
    order_of,
    sizes_of,
    with_roll,
)
from kiosk.work.operations import person_name
from kiosk.work.state import Draft, LayDraft
from kiosk.work.views import CountTile, LayView

ORDERS_SHOWN_MAX = 50


def on_scan(state: State, scan: Scanned, desk: Desk) -> Turn | None:
    """Take a roll; DONE cuts the lay."""
    if scan.badge is not None:
        return None
    closed = replace(state, overlay=None)
    if scan.control is not None:
        match scan.control.command:
            case ControlCommand.DONE:
                return _cut(closed, desk, scan)
            case ControlCommand.UNDO | ControlCommand.NO:
                return station.back_to_station(closed)
            case _:
                return None
    order = order_of(closed.work.draft.lay, desk)
    if order is None or not closed.work.draft.lay.colour:
        return refused(closed, (refusal("lay_order_first"),), scan)
    return _take_roll(closed, scan, desk)


def _take_roll(state: State, scan: Scanned, desk: Desk) -> Turn:
    """Ask how many plies a roll gave; its dye lot is what the books say of it."""
    given = Input(text=scan.text, symbology=scan.raw.symbology)
    serial = serial_of(Clue(index=0, given=given, reading=scan.reading))
    unit = desk.knowledge.handling_unit(serial) if serial else None
    if unit is None:
        return refused(state, (refusal("unknown_unit", unit=serial or scan.text[:40]),), scan)
    lots = {one.goods.lot for one in unit.contents}
    held = desk.floor.held("roll", unit.serial) or next(
        (hold for lot in sorted(lots) if (hold := desk.floor.held("shade", lot))), None
    )
    if held:
        name = person_name(held.person, desk)
        time = f"{held.since.astimezone():%m-%d %H:%M}"
        problem = refusal("roll_on_hold", roll=unit.serial, name=name, time=time, reason=held.reason)
        return refused(state, (problem,), scan)
    lay = replace(state.work.draft.lay, roll=unit.serial, shade=", ".join(sorted(lots)))
    taken = _drafting(state, replace(state.work.draft, lay=lay))
    words = Words(key="said.roll_taken", parameters={"roll": unit.serial, "shade": lay.shade})
    return Turn(state=overlays.opened(answered(taken, Tone.NEUTRAL, words, scan), PLIES))


def on_touch(state: State, touch: Touch, desk: Desk) -> Turn | None:
    """Choose the order and colour, type a number, take a roll off again, or cut."""
    match overlays.on_overlay(state, touch):
        case overlays.Given() as given:
            return _given(replace(state, overlay=None), given)
        case State() as typed:
            return Turn(state=typed)
        case None:
            pass
    match touch.action:
        case "tile":
            return Turn(state=overlays.opened(state, touch.value))
        case "lay_cut":
            return _cut(state, desk)
        case "leave_draft":
            return station.back_to_station(state)
        case _:
            draft = _chosen(state.work.draft, touch, desk)
            return Turn(state=_drafting(state, draft)) if draft else None


def _chosen(draft: Draft, touch: Touch, desk: Desk) -> Draft | None:
    """Return the draft with an order or a colour chosen, or a roll taken off again."""
    match touch.action:
        case "lay_order" if desk.floor.order(touch.value):
            return Draft(counts=draft.counts, lay=LayDraft(order=touch.value))
        case "lay_colour":
            return replace(draft, lay=replace(draft.lay, colour=touch.value))
        case "lay_roll":
            kept = tuple(one for one in draft.lay.rolls if one.roll != touch.value)
            return replace(draft, lay=replace(draft.lay, rolls=kept))
        case _:
            return None


def _given(state: State, given: overlays.Given) -> Turn:
    draft = state.work.draft
    if given.field == PLIES:
        return Turn(state=_drafting(state, with_roll(draft, given.pieces)))
    return Turn(state=_drafting(state, draft.counting(given.field, given.pieces)))


def _drafting(state: State, draft: Draft) -> State:
    return replace(state, work=replace(state.work, draft=draft), answer=None)


def _cut(state: State, desk: Desk, scan: Scanned | None = None) -> Turn:
    order = order_of(state.work.draft.lay, desk)
    if order is None:
        return refused(state, (refusal("lay_order_first"),), scan)
    problems = why_not(lay_of(state.work.draft, order, desk), order, {})
    if problems and problems[0].severity is Severity.question:
        return Turn(state=asked(state, "complete", problems, scan.text if scan else "", target=order.number))
    return refused(state, problems, scan) if problems else cut_lay(state, order, desk)


def on_yes(state: State, question: Question, desk: Desk) -> Turn:
    """Cut more than was ordered."""
    order = order_of(state.work.draft.lay, desk)
    if question.ask != "complete" or order is None or order.number != question.target:
        return refused(state, (refusal("nothing_asked"),))
    return cut_lay(state, order, desk)


def asks(state: State, desk: Desk) -> str:
    """Return the one next step."""
    draft = state.work.draft
    order = order_of(draft.lay, desk)
    if order is None:
        return "ask.lay_order"
    if not draft.lay.colour:
        return "ask.lay_colour"
    lay = lay_of(draft, order, desk)
    if not (lay.marker and lay.pieces_max and draft.counts.get(LENGTH)):
        return "ask.lay_numbers"
    return "ask.lay_rolls" if not lay.rolls else "ask.lay_more_rolls"


def view(state: State, desk: Desk) -> LayView:
    """Show the lay as far as it was told of."""
    draft = state.work.draft
    order = order_of(draft.lay, desk)
    back = Button(action="leave_draft", label=Words(key="button.back"), icon="close")
    shown = LayView(asks=Words(key=asks(state, desk)), buttons=(back,))
    if order is None:
        choices = (
            Choice(value=one.number, title=one.number, badge=one.style, action="lay_order")
            for one in desk.floor.orders_open(ORDERS_SHOWN_MAX)
        )
        return replace(shown, choices=tuple(choices))
    shown = replace(shown, order=order.number, style=order.style, colour=draft.lay.colour)
    if not draft.lay.colour:
        colours = dict.fromkeys(line.colour for line in order.lines)
        choices = (Choice(value=one, title=one, action="lay_colour") for one in colours)
        return replace(shown, choices=tuple(choices))
    cut = Button(action="lay_cut", label=Words(key="button.lay_cut"), icon="done", style="primary")
    return _filled(replace(shown, buttons=(cut, back)), draft, order, desk)


def _filled(shown: LayView, draft: Draft, order: WorkOrder, desk: Desk) -> LayView:
    lay = lay_of(draft, order, desk)
    numbers = (LENGTH, PIECES_MAX)
    rolls = (
        Choice(
            value=one.roll,
            title=one.roll,
            detail=Words(key="lay.roll", parameters={"shade": one.shade, "metres": one.used.text}),
            badge=str(one.plies),
            action="lay_roll",
            icon="close",
        )
        for one in reversed(lay.rolls)
    )
    return replace(
        shown,
        tiles=tuple(
            CountTile(label=Words(key=f"field.{one}"), pieces=draft.counts.get(one, 0), field=one)
            for one in numbers
        ),
        sizes=tuple(
            CountTile(
                label=Words(key="station.name", parameters={"name": size}),
                pieces=draft.counts.get(f"{SIZE}{size}", 0),
                field=f"{SIZE}{size}",
            )
            for size in sizes_of(order, draft.lay.colour)
        ),
        sums=_sums(lay),
        rolls=tuple(rolls),
    )


def _sums(lay: Lay) -> tuple[CountTile, ...]:
    """Return what the lay comes to: plies, garments, bundles."""
    garments = sum(lay.pieces(size) for size in dict.fromkeys(one.size for one in lay.marker))
    can_be_cut = lay.pieces_max > 0 and all(one.plies > 0 for one in lay.rolls)
    made = len(bundles(lay, repeat(BundleSerial("")))) if can_be_cut else 0
    counts = {"lay_plies": lay.plies, "lay_garments": garments, "lay_bundles": made}
    return tuple(CountTile(label=Words(key=f"field.{name}"), pieces=count) for name, count in counts.items())
