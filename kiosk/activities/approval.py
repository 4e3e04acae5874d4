"""A submitted document: an entitled person who did not do the work ticks what may post, and shows the badge."""

from msgspec.structs import replace

from domain import life
from domain.document import Accepted, Decision, Document
from domain.place import PHYSICAL_ROLES
from domain.problem import refusal
from domain.staff import Person
from domain.stock import Movement
from kiosk.activities.document import case_of, put_away
from kiosk.activity import Desk, Scanned, Turn
from kiosk.answers import answered, refused
from kiosk.line_view import item_names, quantity_shown
from kiosk.page import Touch
from kiosk.proof import ask_pin, needs_pin
from kiosk.screen import ApprovalView, Button, ProposedView, Tone, Words
from kiosk.state import Question, State


def on_scan(state: State, scan: Scanned, desk: Desk) -> Turn | None:
    """Take the approver's badge; any other code is of no use here."""
    document = state.document
    if scan.control is not None:
        return None
    if document is None or scan.badge is None:
        return refused(state, (refusal("approval_waits"),), scan)
    if desk.is_lease_over:
        return refused(state, (refusal("lease_over_approval"),), scan)
    approver = desk.knowledge.person_by_badge(scan.badge)
    if approver is None:
        return refused(state, (refusal("unknown_badge"),), scan)
    decision = _decide(state, document, approver, desk)
    if isinstance(decision, Accepted) and needs_pin(document, approver, desk):
        asking = Question(ask="approve", problems=(), target=document.number)
        return ask_pin(state, asking, approver, desk, scan)
    return _answer(state, document, decision, scan)


def _decide(state: State, document: Document, approver: Person, desk: Desk) -> Decision:
    proposed = desk.knowledge.proposed(document.number)
    ticked = frozenset(range(len(proposed))) - frozenset(state.unticked)
    return life.approve(document, proposed, ticked, approver, case_of(state, desk))


def _answer(state: State, document: Document, decision: Decision, scan: Scanned | None) -> Turn:
    if not isinstance(decision, Accepted):
        return refused(put_away(state, decision.problems), decision.problems, scan)
    words = Words(key="said.document_approved", parameters={"document": document.number})
    done = replace(state.holding(decision.document), at="home", current="", unticked=())
    return Turn(state=answered(done, Tone.STORED, words, scan), events=decision.events)


def on_touch(state: State, touch: Touch, desk: Desk) -> Turn | None:
    """Tick or untick a difference."""
    match touch.action:
        case "tick" if touch.value.isascii() and touch.value.isdecimal():
            index = int(touch.value)
            kept = [one for one in state.unticked if one != index]
            unticked = kept if index in state.unticked else [*kept, index]
            return Turn(state=replace(state, unticked=tuple(sorted(unticked)), answer=None))
        case "approve":
            return Turn(state=answered(state, Tone.LOOK, Words(key="ask.approver")))
        case _:
            return None


def on_yes(state: State, question: Question, desk: Desk) -> Turn:
    """Approve: who was asked for the PIN has proven to be the one."""
    document, approver = state.document, desk.knowledge.person(question.proves)
    if (
        question.ask != "approve"
        or document is None
        or approver is None
        or document.number != question.target
    ):
        return refused(state, (refusal("nothing_asked"),))
    return _answer(state, document, _decide(state, document, approver, desk), None)


def asks(state: State, desk: Desk) -> str:
    """Return the one next step."""
    return "ask.approver"


def view(state: State, desk: Desk) -> ApprovalView:
    """Show the differences."""
    document = state.document
    if document is None:
        message = "an approval screen without a document in hand"
        raise LookupError(message)
    proposed = desk.knowledge.proposed(document.number)
    return ApprovalView(
        number=document.number,
        title=Words(key=f"document.{document.type}"),
        asks=Words(key="ask.approver"),
        proposed=tuple(
            _row(index, movement, desk, is_ticked=index not in state.unticked)
            for index, movement in enumerate(proposed)
        ),
        buttons=(Button(action="approve", label=Words(key="button.approve"), icon="done", style="primary"),),
    )


def _row(index: int, movement: Movement, desk: Desk, *, is_ticked: bool) -> ProposedView:
    number, names = item_names(movement.goods.item, desk)
    # What comes out of an account (lost and found, adjustment, conversion) is more than the book says lies there.
    source = desk.knowledge.place(movement.source)
    is_surplus = source is not None and source.role not in PHYSICAL_ROLES
    sign = "+" if is_surplus else "−"
    return ProposedView(
        index=index,
        item_number=number,
        item_names=names,
        lot=movement.goods.lot,
        unit_serial=movement.goods.handling_unit,
        difference=f"{sign}{quantity_shown(movement.quantity, desk)}",
        is_surplus=is_surplus,
        is_ticked=is_ticked,
    )
