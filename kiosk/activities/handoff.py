"""The customer's verdict: what was taken over is accepted, taken with a concession, in part, or sent back."""

from msgspec.structs import replace

from domain.barcode import ControlCommand
from domain.handoff import Leg, Rating, Verdict
from domain.problem import Problem, refusal
from domain.route import OperationCode
from kiosk.activities import station
from kiosk.activity import Desk, Scanned, Turn
from kiosk.answers import answered, refused
from kiosk.page import Touch
from kiosk.parts import Button, Words
from kiosk.screen import Tone
from kiosk.state import Question, State
from kiosk.work import overlays
from kiosk.work.cards import bundle_card, defect_choices, from_whom
from kiosk.work.operations import operation_here, operation_name, person_name, reason_title
from kiosk.work.photos import on_photo, photos_view
from kiosk.work.state import Draft
from kiosk.work.tickets import ticket_of
from kiosk.work.verdict import Case, accepted_of, case_of, judge, received_of
from kiosk.work.views import CountTile, HandoffView


def on_scan(state: State, scan: Scanned, desk: Desk) -> Turn | None:
    """Take the ticket the verdict is on, a verdict's card, or the badge of whoever allows a concession."""
    closed = replace(state, overlay=None)
    if scan.badge is not None:
        return _concede(closed, scan, desk)
    if scan.control is not None:
        return _card(closed, scan.control.command, scan, desk)
    match ticket_of(scan):
        case Problem() as problem:
            return refused(closed, (problem,), scan)
        case serial, copy if serial == state.work.draft.bundle:
            return judge(closed, Verdict.ACCEPT, desk, scan)
        case serial, copy:
            taken = _with(closed, Draft(bundle=serial, copy=copy))
            found = case_of(taken, desk)
            if isinstance(found, Problem):
                return refused(closed, (found,), scan)
            words = Words(key="said.ticket_taken", parameters={"bundle": serial})
            return Turn(state=answered(taken, Tone.NEUTRAL, words, scan))


def _card(state: State, command: ControlCommand, scan: Scanned, desk: Desk) -> Turn | None:
    match command:
        case ControlCommand.ACCEPT | ControlCommand.DONE:
            return _judge(state, Verdict.ACCEPT, desk, scan)
        case ControlCommand.REJECT:
            return _judge(state, Verdict.REJECT, desk, scan)
        case ControlCommand.UNDO | ControlCommand.NO:
            return station.back_to_station(state)
        case _:
            return None


def _judge(state: State, verdict: Verdict, desk: Desk, scan: Scanned | None = None) -> Turn:
    if not state.work.draft.bundle:
        return refused(state, (refusal("ticket_first"),), scan)
    return judge(state, verdict, desk, scan)


def _concede(state: State, scan: Scanned, desk: Desk) -> Turn | None:
    """Take the badge of who allows goods that are not as agreed; a badge before any ticket is a sign-on."""
    draft = state.work.draft
    person = desk.knowledge.person_by_badge(scan.badge or "")
    if not draft.bundle or person is None or person.disabled:
        return None
    if person.number == state.operator:
        return refused(state, (refusal("concede_yourself"),), scan)
    conceded = _with(state, replace(draft, conceded_by=person.number))
    if draft.reason:
        return judge(conceded, Verdict.CONCESSION, desk, scan)
    words = Words(key="said.conceded_by", parameters={"name": person.names.of(desk.language)})
    return Turn(state=answered(conceded, Tone.NEUTRAL, words, scan))


def on_touch(state: State, touch: Touch, desk: Desk) -> Turn | None:
    """Say the verdict, or what belongs to it."""
    match overlays.on_overlay(state, touch):
        case overlays.Given() as given:
            return _given(state, given, desk)
        case State() as typed:
            return Turn(state=typed)
        case None:
            pass
    if touch.action == "leave_draft":
        return station.back_to_station(state)
    return _touch_draft(state, touch, desk) if state.work.draft.bundle else None


def _touch_draft(state: State, touch: Touch, desk: Desk) -> Turn | None:
    draft = state.work.draft
    match touch.action:
        case "judge" if touch.value in set(Verdict):
            verdict = Verdict(touch.value)
            is_concession = verdict is Verdict.CONCESSION
            return _ask_concession(state, desk) if is_concession else judge(state, verdict, desk)
        case "rate" if touch.value in set(Rating):
            rating = Rating(touch.value)
            return Turn(state=_with(state, replace(draft, rating=None if rating is draft.rating else rating)))
        case "before":
            return Turn(state=_with(state, replace(draft, before=OperationCode(touch.value))))
        case "tile" if touch.value in ("received", "accepted"):
            return Turn(state=overlays.opened(state, touch.value))
        case "defect":
            return Turn(state=_with(state, draft.with_defect(touch.value, 1)))
        case "clear_draft":
            return Turn(state=_with(state, Draft(bundle=draft.bundle, copy=draft.copy)))
        case _:
            return on_photo(state, touch, desk) or _touch_fact(state, touch)


def _touch_fact(state: State, touch: Touch) -> Turn | None:
    draft = state.work.draft
    match touch.action:
        case "reason":
            return Turn(state=overlays.opened(state, "reject_reason"))
        case "damaged":
            leg = draft.leg or Leg()
            return Turn(state=_with(state, replace(draft, leg=replace(leg, is_damaged=not leg.is_damaged))))
        case "carrier":
            return Turn(state=overlays.opened(state, "leg.carrier"))
        case _:
            return None


def _ask_concession(state: State, desk: Desk) -> Turn:
    """Ask for what a concession lacks: its reason, then the badge of who allows it."""
    draft = state.work.draft
    if not draft.reason:
        return Turn(state=overlays.opened(state, "concession_reason"))
    if not draft.conceded_by:
        return Turn(state=answered(state, Tone.LOOK, Words(key="ask.conceded_by")))
    return judge(state, Verdict.CONCESSION, desk)


def _given(state: State, given: overlays.Given, desk: Desk) -> Turn | None:
    draft = state.work.draft
    match given.field:
        case "received" | "accepted":
            return Turn(state=_with(state, draft.counting(given.field, given.pieces)))
        case "reject_reason":
            return Turn(state=_with(state, replace(draft, reason=given.value)))
        case "concession_reason":
            return _ask_concession(_with(state, replace(draft, reason=given.value)), desk)
        case "leg.carrier":
            leg = replace(draft.leg or Leg(), carrier=given.value)
            return Turn(state=_with(state, replace(draft, leg=leg)))
        case _:
            return None


def _with(state: State, draft: Draft) -> State:
    return replace(state, work=replace(state.work, draft=draft), overlay=None, answer=None)


def on_yes(state: State, question: Question, desk: Desk) -> Turn:
    """Nothing is ever asked here."""
    return refused(state, (refusal("nothing_asked"),))


def asks(state: State, desk: Desk) -> str:
    """Return the one next step."""
    return "ask.verdict" if state.work.draft.bundle else "ask.ticket_to_judge"


def view(state: State, desk: Desk) -> HandoffView:
    """Show what the verdict is on, and the verdicts."""
    back = Button(action="leave_draft", label=Words(key="button.back"), icon="close")
    found = case_of(state, desk) if state.work.draft.bundle else None
    if found is None or isinstance(found, Problem):
        return HandoffView(asks=Words(key="ask.ticket_to_judge"), buttons=(back,))
    draft, operation = state.work.draft, operation_here(state, desk)
    card = bundle_card(found.progress, desk, found.job, found.expected)
    return HandoffView(
        asks=Words(key="ask.verdict"),
        card=replace(card, from_whom=from_whom(found.progress, operation, desk)),
        befores=_befores(found, desk),
        tiles=(
            CountTile(label=Words(key="field.received"), pieces=received_of(state, found), field="received"),
            CountTile(label=Words(key="field.accepted"), pieces=accepted_of(state, found), field="accepted"),
        ),
        ratings=tuple(Button(action="rate", value=one, label=Words(key=f"rating.{one}")) for one in Rating),
        rating=draft.rating or "",
        facts=_facts(state, desk),
        defects=defect_choices(operation, draft, desk),
        photos=photos_view(draft, desk),
        buttons=(*_verdicts(), back),
    )


def _befores(found: Case, desk: Desk) -> tuple[Button, ...]:
    if len(found.befores) == 1:
        return ()
    return tuple(
        Button(
            action="before",
            value=one,
            label=Words(key="station.name", parameters={"name": operation_name(one, desk)}),
            style="primary" if one == found.before else "plain",
        )
        for one in found.befores
    )


def _facts(state: State, desk: Desk) -> tuple[Button, ...]:
    """Return what may be said besides: a reason, the way between, who allows it."""
    draft = state.work.draft
    leg = draft.leg or Leg()
    reason = draft.reason and reason_title(draft.reason, desk, "reject", "concession")
    carrier = Words(key="station.carrier", parameters={"name": leg.carrier}) if leg.carrier else None
    conceded = (
        (
            Button(
                action="conceded",
                label=Words(
                    key="said.conceded_by", parameters={"name": person_name(draft.conceded_by, desk)}
                ),
                is_enabled=False,
            ),
        )
        if draft.conceded_by
        else ()
    )
    return (
        Button(
            action="reason",
            label=Words(key="station.reason", parameters={"reason": reason})
            if reason
            else Words(key="button.reason"),
            icon="list",
        ),
        Button(
            action="damaged",
            label=Words(key="button.damaged"),
            icon="warn",
            style="danger" if leg.is_damaged else "plain",
        ),
        Button(action="carrier", label=carrier or Words(key="button.carrier"), icon="badge"),
        Button(action="clear_draft", label=Words(key="button.clear_counts"), icon="clear"),
        *conceded,
    )


def _verdicts() -> tuple[Button, ...]:
    def button(verdict: Verdict, icon: str, style: str) -> Button:
        return Button(
            action="judge",
            value=verdict,
            label=Words(key=f"verdict.{verdict}"),
            icon=icon,
            style="primary" if style == "primary" else "danger" if style == "danger" else "plain",
        )

    return (
        button(Verdict.ACCEPT, "done", "primary"),
        button(Verdict.CONCESSION, "shield", "plain"),
        button(Verdict.PART, "minus", "plain"),
        button(Verdict.REJECT, "no", "danger"),
    )
