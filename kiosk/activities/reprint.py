"""The print queue: cancel or hold what waits, say what came of a label nobody knows, print one again."""

from collections.abc import Sequence

from msgspec.structs import replace

from domain import command_sheet, pay_slip
from domain.document import Happened
from domain.events.labels import LabelReported, PrinterHeld, PrinterReleased
from domain.problem import refusal
from domain.words import has_words
from kiosk.activities import document, scanner_doctor
from kiosk.activity import Desk, Scanned, Turn
from kiosk.answers import answered, refused
from kiosk.document_switch import type_card
from kiosk.line_view import clock_time
from kiosk.page import Touch
from kiosk.screen import Button, LabelJobView, ReprintView, Tone, Words
from kiosk.state import Question, State
from kiosk.store.jobs import JOBS_SHOWN_MAX, LabelJob

REASONS = ("damaged", "lost", "not_printed", "unreadable", "other")
"""Why a label is printed again; the words are `choice.reprint.<code>`."""

CARD_REASON = "other"
NOT_PRINTED, SEEN = "not_printed", "seen"
"""What a person found of a label nobody knew about: it never came out, or it lies there."""


def reprint_last(state: State, desk: Desk, scan: Scanned | None) -> Turn:
    """Print the newest label once more, as the PRINT card asks."""
    newest = max(_everybodys(desk), key=lambda one: one.created, default=None)
    if newest is None:
        return refused(state, (refusal("no_label_yet"),), scan)
    return _print_again(state, newest, CARD_REASON, desk, scan)


def _print_again(state: State, job: LabelJob, reason: str, desk: Desk, scan: Scanned | None) -> Turn:
    if any(_is_the_same(one, job, reason) for one in desk.labels.latest(JOBS_SHOWN_MAX)):
        waits = answered(replace(state, selected_job=""), Tone.LOOK, Words(key="said.label_waits"), scan)
        return Turn(state=waits)
    numbers = replace(state.numbers, jobs=state.numbers.jobs + 1)
    fresh = state.numbers.fresh(desk.station, desk.epoch)
    event = replace(job.requested, job=f"{fresh.job}.1", reason=reason)
    asking = replace(state, numbers=numbers, selected_job="")
    said = answered(asking, Tone.STORED, Words(key="said.label_requested"), scan)
    return Turn(state=said, events=(*_found_of(job, reason), Happened(event=event)))


def _is_the_same(one: LabelJob, job: LabelJob, reason: str) -> bool:
    """Tell whether a label that waits already is what is asked for: a second tap is no second label."""
    return one.is_waiting and one.requested == replace(job.requested, job=one.requested.job, reason=reason)


def _found_of(job: LabelJob, reason: str) -> tuple[Happened, ...]:
    """Return what a person thereby says of a label nobody knew about."""
    if job.state != "unknown":
        return ()
    state = "failed" if reason == NOT_PRINTED else "printed"
    return (Happened(event=LabelReported(job=job.requested.job, state=state, detail=reason)),)


def on_scan(state: State, scan: Scanned, desk: Desk) -> Turn | None:
    """Find a label by the code on it; the goods themselves are not touched. A document's card leads on."""
    if scan.control is not None or scan.badge is not None:
        return None
    card = type_card(scan, desk)
    if card is not None:
        return document.start(state, card.code, desk)
    for job in _everybodys(desk):
        if scan.text in job.requested.data.values():
            return Turn(state=replace(state, selected_job=job.requested.job, answer=None))
    return refused(state, (refusal("no_label_for", code=scan.text[:40]),), scan)


def on_touch(state: State, touch: Touch, desk: Desk) -> Turn | None:
    """Choose a label, give the reason, or cancel one that waits."""
    match touch.action:
        case "select_job" if any(one.requested.job == touch.value for one in _everybodys(desk)):
            return Turn(state=replace(state, selected_job=touch.value, answer=None))
        case "reprint_reason":
            job = desk.labels.job(state.selected_job)
            if job is None or touch.value not in REASONS:
                return None
            return _print_again(state, job, touch.value, desk, None)
        case "cancel_job":
            return _cancel(state, desk.labels.job(touch.value or state.selected_job))
        case "cancel_batch" if state.selected_job:
            return _cancel_batch(state, desk)
        case "label_came_out":
            return _came_out(state, desk.labels.job(state.selected_job))
        case _:
            return _on_touch_of_no_label(state, touch, desk)


def _on_touch_of_no_label(state: State, touch: Touch, desk: Desk) -> Turn | None:
    """Print the commands, see to a scanner, or hold a printer and let it go."""
    match touch.action:
        case "command_sheet":
            return _print_commands(state, desk)
        case scanner_doctor.OPEN:
            return Turn(state=scanner_doctor.opened(state))
        case "hold_printer" | "release_printer" if touch.value in desk.printers:
            return _hold(state, touch, desk)
        case _:
            return None


def _cancel(state: State, job: LabelJob | None) -> Turn:
    if job is None or not job.is_waiting:
        return refused(state, (refusal("label_cannot_be_cancelled"),))
    event = LabelReported(job=job.requested.job, state="cancelled")
    said = answered(replace(state, selected_job=""), Tone.NEUTRAL, Words(key="said.label_cancelled"))
    return Turn(state=said, events=(Happened(event=event),))


def _cancel_batch(state: State, desk: Desk) -> Turn:
    """Cancel what still waits of the labels that were asked for together with the chosen one."""
    waiting = desk.labels.waiting_of_batch(state.selected_job)
    if not waiting:
        return refused(state, (refusal("label_cannot_be_cancelled"),))
    events = (LabelReported(job=one.requested.job, state="cancelled") for one in waiting)
    words = Words(key="said.labels_cancelled", parameters={"count": str(len(waiting))})
    said = answered(replace(state, selected_job=""), Tone.NEUTRAL, words)
    return Turn(state=said, events=tuple(Happened(event=one) for one in events))


def _came_out(state: State, job: LabelJob | None) -> Turn | None:
    if job is None or job.state != "unknown":
        return None
    said = answered(replace(state, selected_job=""), Tone.STORED, Words(key="said.label_came_out"))
    return Turn(state=said, events=_found_of(job, SEEN))


def _hold(state: State, touch: Touch, desk: Desk) -> Turn | None:
    """Hold the labels of a printer, or let them go out again; what is on its way to it comes out."""
    holds = touch.action == "hold_printer"
    if desk.labels.is_on_hold(touch.value) == holds:
        return None
    event = PrinterHeld(printer=touch.value) if holds else PrinterReleased(printer=touch.value)
    key = "said.printer_held" if holds else "said.printer_released"
    said = answered(state, Tone.STORED, Words(key=key, parameters={"printer": touch.value}))
    return Turn(state=said, events=(Happened(event=event),))


def _print_commands(state: State, desk: Desk) -> Turn:
    """Print the command cards of this station, for whoever stands here."""
    job = state.numbers.fresh(desk.station, desk.epoch).job
    used = replace(state, numbers=replace(state.numbers, jobs=state.numbers.jobs + 1))
    event = command_sheet.command_sheet(desk.station, desk.operator, f"{job}.1")
    said = answered(used, Tone.STORED, Words(key="said.label_requested"))
    return Turn(state=said, events=(Happened(event=event),))


def on_yes(state: State, question: Question, desk: Desk) -> Turn:
    """Nothing is ever asked here."""
    return refused(state, (refusal("nothing_asked"),))


def asks(state: State, desk: Desk) -> str:
    """Return the one next step."""
    if not state.selected_job:
        return "ask.label"
    job = desk.labels.job(state.selected_job)
    return "ask.label_came_out" if job and job.state == "unknown" else "ask.label_reason"


def view(state: State, desk: Desk) -> ReprintView:
    """Show the queue and what came out."""
    jobs = _everybodys(desk)
    selected = next((one for one in jobs if one.requested.job == state.selected_job), None)
    reasons = tuple(
        Button(action="reprint_reason", value=code, label=Words(key=f"choice.reprint.{code}"))
        for code in REASONS
    )
    cancel = Button(
        action="cancel_job",
        value=state.selected_job,
        label=Words(key="button.cancel_job"),
        icon="clear",
        style="danger",
    )
    came_out = Button(
        action="label_came_out", label=Words(key="button.label_came_out"), icon="done", style="primary"
    )
    commands = Button(action="command_sheet", label=Words(key="button.command_sheet"), icon="printer")
    doctor = Button(action=scanner_doctor.OPEN, label=Words(key="button.scanner_doctor"), icon="scanner")
    return ReprintView(
        asks=Words(key=asks(state, desk)),
        jobs=tuple(_row(job) for job in jobs),
        reasons=reasons if selected else (),
        selected=selected.requested.job if selected else "",
        buttons=(*_buttons_of(selected, cancel=cancel, came_out=came_out), *_cancels_batch(selected, desk))
        if selected
        else (commands, doctor, *_holds(desk)),
    )


def _holds(desk: Desk) -> tuple[Button, ...]:
    return tuple(_hold_button(name, is_on_hold=desk.labels.is_on_hold(name)) for name in desk.printers)


def _hold_button(printer: str, *, is_on_hold: bool) -> Button:
    action = "release_printer" if is_on_hold else "hold_printer"
    return Button(
        action=action,
        value=printer,
        label=Words(key=f"button.{action}", parameters={"printer": printer}),
        icon="next" if is_on_hold else "clock",
        style="primary" if is_on_hold else "plain",
    )


def _buttons_of(job: LabelJob, *, cancel: Button, came_out: Button) -> tuple[Button, ...]:
    if job.state == "unknown":
        return (came_out,)
    return (cancel,) if job.is_waiting else ()


def _cancels_batch(job: LabelJob, desk: Desk) -> tuple[Button, ...]:
    """Offer it where labels besides this one would be cancelled by it."""
    waiting = desk.labels.waiting_of_batch(job.requested.job)
    if all(one.requested.job == job.requested.job for one in waiting):
        return ()
    words = Words(key="button.cancel_batch", parameters={"count": str(len(waiting))})
    return (Button(action="cancel_batch", label=words, icon="void", style="danger"),)


def _everybodys(desk: Desk) -> Sequence[LabelJob]:
    """Return the newest labels, those nobody knows about first; a slip of pay is its owner's alone to see."""
    latest = desk.labels.latest(JOBS_SHOWN_MAX)
    seen = [one for one in latest if one.requested.template != pay_slip.TEMPLATE]
    return sorted(seen, key=lambda one: one.state != "unknown")


def _row(job: LabelJob) -> LabelJobView:
    data = job.requested.data
    finding, _, subject = job.detail.partition(" ")
    is_refused = job.state == "failed" and has_words(finding)
    title = " ".join(data[name] for name in ("item_number", "lot", "code") if data.get(name))
    return LabelJobView(
        job=job.requested.job,
        title=title or f"label.template.{job.requested.template}",
        state=Words(key=f"label.state.{job.state}"),
        time=clock_time(job.created),
        is_open=job.is_waiting,
        detail=job.detail if job.state == "held" else job.requested.serial,
        why=Words(key=finding, parameters={"subject": subject}) if is_refused else None,
        way_out=Words(key=f"{finding}.way_out") if is_refused else None,
    )
