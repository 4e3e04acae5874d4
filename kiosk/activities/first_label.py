"""The first label of a batch is asked for: scan it, print it again, or let the rest go without it or not at all."""

from msgspec.structs import replace

from domain.barcode import ControlCommand
from domain.events.labels import LabelBatchReleased
from domain.problem import refusal
from domain.staff import Person
from kiosk.activity import Desk, Scanned, Turn
from kiosk.answers import answered, refused
from kiosk.first_label import OUT, released
from kiosk.label_views import FirstLabelView
from kiosk.page import Touch
from kiosk.parts import Button, ButtonStyle, Words
from kiosk.print_again import cancel, print_again
from kiosk.screen import Tone
from kiosk.state import FirstLabel, LabelPick, Question, State
from kiosk.store.jobs import LabelJob

RELEASE_REASONS = ("scanner_out_of_order", "read_by_eye", "urgent", "other")
"""Why the rest goes out though nobody scanned the first label; the words are `choice.release.<code>`."""

RIGHT = ("label", "release")
"""What it takes to let a batch go out without it."""


def on_scan(state: State, scan: Scanned, desk: Desk) -> Turn | None:
    """Any code but that of the first label is of no use here, and nothing is done with it."""
    if scan.badge is not None:
        return _badge(state, scan, desk) if state.first_label.reason else None
    if scan.control is not None:
        command = scan.control.command
        return _later(state) if command in (ControlCommand.NO, ControlCommand.UNDO) else None
    first = desk.labels.first_of(state.first_label.batch)
    if first is None or not _rest(state, desk):
        return _later(state)
    if first.state not in OUT:
        return refused(state, (refusal("first_label_not_out", label=_name(first)),), scan)
    return refused(state, (refusal("not_the_first_label", code=scan.text[:40], label=_name(first)),), scan)


def _badge(state: State, scan: Scanned, desk: Desk) -> Turn:
    """Take the badge of who answers for it that the rest goes out unscanned."""
    person = desk.knowledge.person_by_badge(scan.badge or "")
    if person is None or person.disabled:
        return refused(state, (refusal("unknown_badge"),), scan)
    return _release(state, person, state.first_label.reason, desk, scan)


def _release(state: State, person: Person, reason: str, desk: Desk, scan: Scanned | None) -> Turn:
    if not person.may(*RIGHT):
        return refused(state, (refusal("may_not_release", name=person.names.of(desk.language)),), scan)
    batch = state.first_label.batch
    event = LabelBatchReleased(batch=batch, reason=reason, released_by=person.number)
    return released(state, batch, event, desk, scan)


def on_touch(state: State, touch: Touch, desk: Desk) -> Turn | None:
    """Print it again, ask for somebody who lets the rest go without, cancel the rest, or leave it for later."""
    asked = state.first_label
    first = desk.labels.first_of(asked.batch)
    match touch.action:
        case "leave_draft":
            return _later(state)
        case "first_again" if first and first.state in OUT:
            return print_again(replace(state, picked=LabelPick()), (first,), "unreadable", desk)
        case "release_batch" if not asked.is_release_asked:
            return Turn(state=replace(state, first_label=replace(asked, is_release_asked=True), answer=None))
        case "release_reason" if asked.is_release_asked and touch.value in RELEASE_REASONS:
            return _because(state, touch.value, desk)
        case "cancel_batch":
            return cancel(state, desk.labels.waiting_of_batch(asked.batch), then=_left(state))
        case _:
            return None


def _because(state: State, reason: str, desk: Desk) -> Turn:
    """Whoever is signed on lets it go, if they may; else the badge of somebody who may is asked for."""
    operator = desk.operator
    if operator and operator.may(*RIGHT):
        return _release(state, operator, reason, desk, None)
    asking = replace(state, first_label=replace(state.first_label, reason=reason))
    return Turn(state=answered(asking, Tone.LOOK, Words(key="ask.release_badge")))


def _later(state: State) -> Turn:
    """Go back to the work; the batch goes on waiting, and is asked about on every screen."""
    return Turn(state=answered(_left(state), Tone.NEUTRAL, Words(key="said.batch_waits")))


def _left(state: State) -> State:
    return replace(state, at=state.first_label.back, first_label=FirstLabel())


def on_yes(state: State, question: Question, desk: Desk) -> Turn:
    """Nothing is ever asked here."""
    return refused(state, (refusal("nothing_asked"),))


def asks(state: State, desk: Desk) -> str:
    """Return the one next step."""
    asked = state.first_label
    if asked.reason:
        return "ask.release_badge"
    if asked.is_release_asked:
        return "ask.release_reason"
    first = desk.labels.first_of(asked.batch)
    return "ask.first_label" if first and first.state in OUT else "ask.first_label_comes"


def view(state: State, desk: Desk) -> FirstLabelView:
    """Show which label is asked for, and how many wait for it."""
    asked = state.first_label
    first = desk.labels.first_of(asked.batch)
    rest = _rest(state, desk)
    reasons = (_button("release_reason", value=one, words=f"choice.release.{one}") for one in RELEASE_REASONS)
    return FirstLabelView(
        asks=Words(key=asks(state, desk)),
        title=Words(key=f"label.template.{first.requested.template}") if first else None,
        label=_name(first) if first else "",
        state=Words(key=f"label.state.{first.state}") if first else None,
        detail=first.detail if first and first.state == "held" else "",
        rest=Words(key="screen.first_label.rest", parameters={"count": str(rest)}),
        reasons=tuple(reasons) if asked.is_release_asked and not asked.reason else (),
        buttons=(
            *((_button("first_again", "printer"),) if first and first.state in OUT else ()),
            *(() if asked.is_release_asked else (_button("release_batch", "badge"),)),
            _button("leave_draft", "clock", words="button.first_label_later"),
            _cancel_button(rest),
        ),
    )


def _rest(state: State, desk: Desk) -> int:
    return sum(one.state == "unproven" for one in desk.labels.of_batch(state.first_label.batch))


def _name(label: LabelJob) -> str:
    """What stands on a label that a person can find it by."""
    return label.requested.serial or next(iter(label.requested.data.values()), "")


def _button(
    action: str, icon: str = "", style: ButtonStyle = "plain", *, value: str = "", words: str = ""
) -> Button:
    return Button(
        action=action, value=value, label=Words(key=words or f"button.{action}"), icon=icon, style=style
    )


def _cancel_button(rest: int) -> Button:
    words = Words(key="button.cancel_batch", parameters={"count": str(rest)})
    return Button(action="cancel_batch", label=words, icon="void", style="danger")
