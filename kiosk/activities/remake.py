"""Tickets in hand: printed anew, split, put together, or, at an operation that joins components, joined."""

from msgspec.structs import replace

from domain.barcode import ControlCommand
from domain.bundle import PARTS_MAX, BundleSerial
from domain.check_in import route_of
from domain.problem import Problem, refusal
from domain.progress import Progress
from kiosk.activities import station
from kiosk.activity import Desk, Scanned, Turn
from kiosk.answers import answered, refused
from kiosk.page import Touch
from kiosk.parts import Button, Words
from kiosk.screen import Tone
from kiosk.state import Question, State
from kiosk.work import overlays
from kiosk.work.cards import bundle_card
from kiosk.work.operations import operation_here
from kiosk.work.remake import put_together, renew_ticket, split_off
from kiosk.work.tickets import ticket_of, why_not_live
from kiosk.work.views import RemakeView


def on_scan(state: State, scan: Scanned, desk: Desk) -> Turn | None:
    """Take one more ticket in hand; components that are all there are joined at once."""
    closed = replace(state, overlay=None)
    if scan.badge is not None:
        return None
    if scan.control is not None:
        return _card(closed, scan.control.command, scan, desk)
    match ticket_of(scan):
        case Problem() as problem:
            return refused(closed, (problem,), scan)
        case serial, copy:
            progress = desk.floor.progress(serial)
            if problem := _why_not_taken(closed, progress, serial, copy):
                return refused(closed, (problem,), scan)
    draft = closed.work.draft
    draft = (
        replace(draft, others=(*draft.others, serial))
        if draft.bundle
        else replace(draft, bundle=serial, copy=copy)
    )
    taken = replace(closed, work=replace(closed.work, draft=draft))
    if _are_all_there(taken, desk):
        return put_together(taken, _in_hand(taken, desk), desk, scan)
    words = Words(key="said.ticket_taken", parameters={"bundle": serial})
    return Turn(state=answered(taken, Tone.NEUTRAL, words, scan))


def _card(state: State, command: ControlCommand, scan: Scanned, desk: Desk) -> Turn | None:
    parents = _in_hand(state, desk)
    match command:
        case ControlCommand.DONE if len(parents) > 1:
            return put_together(state, parents, desk, scan)
        case ControlCommand.UNDO | ControlCommand.NO:
            return station.back_to_station(state)
        case _:
            return None


def _why_not_taken(
    state: State, progress: Progress | None, serial: BundleSerial, copy: int
) -> Problem | None:
    draft = state.work.draft
    if problem := why_not_live(progress, serial, copy):
        return problem
    if serial in (draft.bundle, *draft.others) or len(draft.others) + 1 >= PARTS_MAX:
        return refusal("together_parts", most=PARTS_MAX)
    return None


def _in_hand(state: State, desk: Desk) -> list[Progress]:
    draft = state.work.draft
    serials = (draft.bundle, *draft.others) if draft.bundle else ()
    found = (desk.floor.progress(one) for one in serials)
    return [one for one in found if one and not one.became]


def _are_all_there(state: State, desk: Desk) -> bool:
    """Tell whether every component that is joined here is in hand."""
    parents = _in_hand(state, desk)
    route = route_of(parents[0].bundle, desk.floor) if len(parents) > 1 else None
    step = route.by_operation.get(operation_here(state, desk)) if route else None
    return step is not None and step.is_join and {one.bundle.component for one in parents} == set(step.takes)


def on_touch(state: State, touch: Touch, desk: Desk) -> Turn | None:
    """Print anew, split, or put together what is in hand."""
    parents = _in_hand(state, desk)
    match overlays.on_overlay(state, touch):
        case overlays.Given(field="reprint_reason", value=reason) if parents:
            return renew_ticket(state, parents[0], reason, desk)
        case overlays.Given(field="split") as given if parents:
            return split_off(state, parents[0], given.pieces, desk)
        case State() as typed:
            return Turn(state=typed)
        case _:
            pass
    match touch.action:
        case "leave_draft":
            return station.back_to_station(state)
        case "renew" if len(parents) == 1:
            return Turn(state=overlays.opened(state, "reprint_reason"))
        case "split" if len(parents) == 1:
            return Turn(state=overlays.opened(state, "split"))
        case "put_together" if len(parents) > 1:
            return put_together(state, parents, desk)
        case _:
            return None


def on_yes(state: State, question: Question, desk: Desk) -> Turn:
    """Nothing is ever asked here."""
    return refused(state, (refusal("nothing_asked"),))


def asks(state: State, desk: Desk) -> str:
    """Return the one next step."""
    return "ask.more_tickets" if state.work.draft.bundle else "ask.ticket_to_change"


def view(state: State, desk: Desk) -> RemakeView:
    """Show the tickets in hand."""
    parents = _in_hand(state, desk)
    count = len(parents)

    def button(action: str, icon: str) -> Button:
        return Button(action=action, label=Words(key=f"button.{action}"), icon=icon, style="primary")

    one = (button("renew", "printer"), button("split", "minus")) if count == 1 else ()
    many = (button("put_together", "plus"),) if count > 1 else ()
    back = Button(action="leave_draft", label=Words(key="button.back"), icon="close")
    return RemakeView(
        asks=Words(key=asks(state, desk)),
        cards=tuple(bundle_card(one, desk) for one in parents),
        buttons=(*one, *many, back),
    )
