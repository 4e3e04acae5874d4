"""Home: what may be done here, and what is open. An order scanned here begins its document at once."""

from collections import Counter

from msgspec.structs import replace

from domain.document import Happened, Input
from domain.label_order import ordered_labels
from domain.problem import refusal
from kiosk.activities import document, look_up
from kiosk.activity import Desk, Scanned, Turn
from kiosk.answers import answered, refused
from kiosk.document_switch import open_document_named, type_card, type_for_order
from kiosk.page import Touch
from kiosk.screen import Button, Choice, HomeView, Tone, Words
from kiosk.state import LabelPick, Question, State
from kiosk.store.jobs import JOBS_SHOWN_MAX
from kiosk.waiting import OPEN_PLAN, still_ours, what_waits
from kiosk.work import inspection
from kiosk.work.own_pay import open_pay


def on_scan(state: State, scan: Scanned, desk: Desk) -> Turn | None:
    """Go to an open document, begin one for an order, or look up anything else that we know."""
    if scan.control is not None or scan.badge is not None:
        return None
    named = open_document_named(state, scan, desk)
    if named is not None:
        return document.go_to(state, named, desk)
    card = type_card(scan, desk)
    if card is not None:
        return document.start(state, card.code, desk)
    ordered = type_for_order(scan, desk)
    if ordered is not None:
        given = Input(text=scan.text, symbology=scan.raw.symbology)
        return document.start_with(state, ordered[0].code, given, scan, desk)
    return look_up.on_scan(state, scan, desk)


def on_touch(state: State, touch: Touch, desk: Desk) -> Turn | None:
    """Begin a document, go on with an open one, or take up a tool."""
    match touch.action:
        case "open_document":
            return document.start(replace(state, paper=False), touch.value, desk, paper=state.paper)
        case "paper":
            return Turn(state=replace(state, paper=not state.paper, answer=None))
        case "open_plan":
            return _open_plan(state, touch.value, desk)
        case "print_order":
            return _print_order(state, touch.value, desk)
        case "go_to_document":
            return document.go_to(state, touch.value, desk)
        case _:
            return _go(state, touch, desk)


def _go(state: State, touch: Touch, desk: Desk) -> Turn | None:
    """Go to the screen of a button."""
    match touch.action:
        case "look_up":
            return Turn(state=replace(state, at="look_up", looked_up=None, answer=None))
        case "station" if desk.station.operations:
            return Turn(state=replace(state.without_draft(), at="station", answer=None))
        case "say" if desk.station.operations:
            return Turn(state=replace(state.without_draft(), at="statement", answer=None))
        case "inspection" if inspection.kinds_here(desk):
            return Turn(state=inspection.opened(state, desk))
        case "pay" if desk.station.operations:
            return open_pay(state, desk)
        case "reprint":
            return Turn(state=replace(state, at="reprint", picked=LabelPick(), answer=None))
        case "volume" if len(desk.volumes) > 1:
            return _next_volume(state, desk)
        case _:
            return None


def _open_plan(state: State, value: str, desk: Desk) -> Turn:
    """Begin the document that does what an order asks for, or go on with the one that does already."""
    code, _, number = value.partition(" ")
    kind = desk.knowledge.document_types().get(code)
    if kind is None:
        return refused(state, (refusal("not_at_this_station", document=f"document.{code}"),))
    begun = (one for one in state.documents if one.type == code and one.header.get(kind.plan_field) == number)
    if one := next(begun, None):
        return document.go_to(state, one.number, desk)
    return document.start_with(state, code, Input(text=number, field=kind.plan_field), None, desk)


def _next_volume(state: State, desk: Desk) -> Turn:
    """Be one step louder; after the loudest comes the softest. The answer is heard as loud as it is now."""
    louder = next((one for one in desk.volumes if one > desk.volume), desk.volumes[0])
    words = Words(key="said.volume", parameters={"volume": str(louder)})
    return Turn(state=answered(replace(state, volume=louder), Tone.STORED, words))


def _print_order(state: State, number: str, desk: Desk) -> Turn:
    """Ask for the labels of an order of the office's: whoever touches it has put the right ones into the printer."""
    order = desk.labels.order(number)
    if order is None or order.closed:
        return refused(state, (refusal("label_order_gone", number=number),))
    if order.printer and order.printer not in desk.printers:
        return refused(state, (refusal("no_such_printer", number=number, printer=order.printer),))
    told = {"count": str(order.copies), "label": f"label.template.{order.template}"}
    said = answered(state, Tone.STORED, Words(key="said.labels_ordered", parameters=told))
    return Turn(state=said, events=tuple(Happened(event=one) for one in ordered_labels(order)))


def on_yes(state: State, question: Question, desk: Desk) -> Turn:
    """Nothing is ever asked here."""
    return refused(state, (refusal("nothing_asked"),))


def asks(state: State, desk: Desk) -> str:
    """Return the one next step."""
    return "ask.home_paper" if state.paper else "ask.home"


def view(state: State, desk: Desk) -> HomeView:
    """Show the menu; it derives from the station's document types and the operator's rights."""
    waiting = () if state.paper else what_waits(state, desk)
    plans = Counter(one.value.partition(" ")[0] for one in waiting if one.action == OPEN_PLAN)
    return HomeView(
        asks=Words(key=asks(state, desk)),
        is_paper=state.paper,
        documents=(
            *_station_buttons(state, desk),
            *(
                Button(
                    action="open_document",
                    value=kind.code,
                    label=Words(key=f"document.{kind.code}"),
                    icon=kind.code.lower(),
                    style="primary",
                    badge=str(plans[kind.code]) if kind.code in plans else "",
                )
                for kind in document.types_of(desk, paper=state.paper)
            ),
        ),
        open_documents=tuple(
            Choice(
                value=one.number,
                title=one.number,
                detail=Words(key=f"document.{one.type}"),
                badge=str(desk.knowledge.lines_in_effect(one.number)),
            )
            for one in reversed(still_ours(state, desk))
        ),
        waiting=tuple(waiting),
        tools=(
            *_paper_tool(state, desk),
            Button(action="look_up", label=Words(key="button.look_up"), icon="look_up"),
            Button(
                action="reprint", label=Words(key="button.reprint"), icon="label", badge=_labels_waiting(desk)
            ),
            *_volume_tool(desk),
            Button(action="help", label=Words(key="button.help"), icon="help"),
            Button(action="lock", label=Words(key="button.lock"), icon="lock"),
        ),
        recorded_today=desk.knowledge.lines_on(desk.day),
    )


def _station_buttons(state: State, desk: Desk) -> tuple[Button, ...]:
    """Offer what is done to bundles here, what can be said there, one's own pay, and inspections."""
    if state.paper:
        return ()
    works, inspects = bool(desk.station.operations), bool(inspection.kinds_here(desk))
    offered = (
        ("station", "station", "station", works),
        ("say", "say_home", "warn", works),
        ("pay", "pay", "badge", works),
        ("inspection", "inspection", "shield", inspects),
    )
    return tuple(
        Button(action=action, label=Words(key=f"button.{label}"), icon=icon, style="primary")
        for action, label, icon, is_offered in offered
        if is_offered
    )


def _paper_tool(state: State, desk: Desk) -> tuple[Button, ...]:
    """Offer paper to whoever may enter it; the same button leads back."""
    if not document.types_of(desk, paper=True):
        return ()
    label = Words(key="button.paper_off" if state.paper else "button.paper")
    return (Button(action="paper", label=label, icon="document"),)


def _volume_tool(desk: Desk) -> tuple[Button, ...]:
    """Offer the volume where the settings let it be chosen."""
    if len(desk.volumes) <= 1:
        return ()
    label = Words(key="button.volume", parameters={"volume": str(desk.volume)})
    return (Button(action="volume", label=label, icon="sound"),)


def _labels_waiting(desk: Desk) -> str:
    """Return how many of the newest labels have not come out yet; nothing where none waits."""
    waiting = sum(one.is_waiting for one in desk.labels.latest(JOBS_SHOWN_MAX))
    return str(waiting) if waiting else ""
