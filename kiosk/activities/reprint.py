"""The print queue: cancel or hold what waits, say what came of a label nobody knows, print one or many again."""

from msgspec.structs import replace

from domain import command_sheet, pay_slip
from domain.barcode import BundleCode, HandlingUnitCode, PlaceCode
from domain.barcodes.house import HouseType, house_code
from domain.document import Happened
from domain.events.labels import LabelReported, MediaLoaded, PrinterHeld, PrinterReleased
from domain.problem import refusal
from kiosk.activities import document, scanner_doctor
from kiosk.activity import Desk, Scanned, Turn
from kiosk.answers import answered, refused
from kiosk.document_switch import type_card
from kiosk.label_queue_view import queue_view
from kiosk.label_views import ReprintView
from kiosk.overlay import type_key
from kiosk.page import Touch
from kiosk.print_again import (
    REASONS,
    cancel,
    found_of,
    picked_labels,
    print_again,
    requested_words,
    with_number,
)
from kiosk.screen import Tone, Words
from kiosk.state import FirstLabel, LabelPick, Overlay, Question, State
from kiosk.store.jobs import JOBS_SHOWN_MAX, LabelJob

CARD_REASON = "other"
SEEN = "seen"
"""What a person found of a label nobody knew about: it lies there."""

NUMBERS = ("label_copies", "label_first", "label_last")
"""What is typed on the pad here."""


def reprint_last(state: State, desk: Desk, scan: Scanned | None) -> Turn:
    """Print the newest label once more, as the PRINT card asks."""
    newest = next((one for one in desk.labels.latest(JOBS_SHOWN_MAX) if not _is_somebodys_own(one)), None)
    if newest is None:
        return refused(state, (refusal("no_label_yet"),), scan)
    return print_again(replace(state, picked=LabelPick()), (newest,), CARD_REASON, desk, scan)


def on_scan(state: State, scan: Scanned, desk: Desk) -> Turn | None:
    """Find a label by the code on it; the goods themselves are not touched. A document's card leads on."""
    if scan.control is not None or scan.badge is not None:
        return None
    card = type_card(scan, desk)
    if card is not None:
        return document.start(state, card.code, desk)
    found = [one for one in desk.labels.with_code(_codes_of(scan)) if not _is_somebodys_own(one)]
    if not found:
        return refused(state, (refusal("no_label_for", code=scan.text[:40]),), scan)
    chosen = desk.labels.job(state.picked.job) if state.picked.job else None
    label = next((one for one in found if chosen and one.batch == chosen.batch), found[0])
    return Turn(state=replace(state, picked=_pick(state, label), overlay=None, answer=None))


def _codes_of(scan: Scanned) -> tuple[str, ...]:
    """Return what may stand on the label that was scanned: its code, and the house codes in it."""
    types = {
        BundleCode: HouseType.BUNDLE,
        HandlingUnitCode: HouseType.HANDLING_UNIT,
        PlaceCode: HouseType.PLACE,
    }
    inside = (
        house_code(types[type(one)], one.value)
        for one in scan.reading.elements
        if isinstance(one, BundleCode | HandlingUnitCode | PlaceCode)
    )
    return tuple(dict.fromkeys((scan.text, *inside)))


def _pick(state: State, label: LabelJob) -> LabelPick:
    return LabelPick(job=label.requested.job, first=label.place, last=label.place, copies=state.picked.copies)


def on_touch(state: State, touch: Touch, desk: Desk) -> Turn | None:
    """Choose labels, give the reason, or cancel those that wait."""
    match touch.action:
        case "select_job":
            return _select(state, touch.value, desk)
        case "reprint_reason":
            labels = picked_labels(state, desk)
            return (
                print_again(state, labels, touch.value, desk) if labels and touch.value in REASONS else None
            )
        case "first_label":
            return _ask_first(state, touch.value, desk)
        case "cancel_job":
            return _cancel(state, desk.labels.job(touch.value or state.picked.job))
        case "cancel_batch" if state.picked.job:
            return _cancel_batch(state, desk)
        case "label_came_out":
            return _came_out(state, desk)
        case _:
            return _on_touch_of_numbers(state, touch, desk) or _on_touch_of_no_label(state, touch, desk)


def _ask_first(state: State, batch: str, desk: Desk) -> Turn | None:
    """Go to the screen that asks for the first label of a batch."""
    if batch not in desk.labels.unproven():
        return None
    asked = FirstLabel(batch=batch, back="reprint")
    return Turn(state=replace(state, at="first_label", first_label=asked, picked=LabelPick(), answer=None))


def _select(state: State, job: str, desk: Desk) -> Turn | None:
    """Choose a label, or a batch of which it is still to be said which labels are meant."""
    label = desk.labels.job(job)
    batch = desk.labels.batch(label.batch) if label else None
    if label is None or batch is None or _is_somebodys_own(label):
        return None
    picked = _pick(state, label) if batch.total == 1 else LabelPick(job=job, copies=state.picked.copies)
    return Turn(state=replace(state, picked=picked, answer=None))


def _on_touch_of_numbers(state: State, touch: Touch, desk: Desk) -> Turn | None:
    """Type how many copies, or which labels of a batch."""
    overlay = state.overlay
    match touch.action:
        case "label_number" if touch.value in NUMBERS:
            return Turn(state=replace(state, overlay=Overlay(kind="pad", field=touch.value), answer=None))
        case "label_to_end":
            return _to_the_end(state, desk)
        case "pad_key" | "pad_mode" if overlay:
            return Turn(state=type_key(state, touch))
        case "overlay_close":
            return Turn(state=replace(state, overlay=None))
        case "overlay_done" if overlay and overlay.typed.isdecimal():
            return with_number(state, overlay.field, int(overlay.typed), desk)
        case _:
            return None


def _to_the_end(state: State, desk: Desk) -> Turn | None:
    """From the label that is chosen to the last of its batch; where none is, all of them."""
    chosen = desk.labels.job(state.picked.job) if state.picked.job else None
    batch = desk.labels.batch(chosen.batch) if chosen else None
    if batch is None:
        return None
    picked = replace(state.picked, first=state.picked.first or 1, last=batch.total)
    return Turn(state=replace(state, picked=picked, answer=None))


def _on_touch_of_no_label(state: State, touch: Touch, desk: Desk) -> Turn | None:
    """Print the commands, see to a scanner, or hold a printer and let it go."""
    match touch.action:
        case "command_sheet":
            return _print_commands(state, desk)
        case scanner_doctor.OPEN:
            return Turn(state=scanner_doctor.opened(state))
        case "media_loaded":
            return _load(state, touch.value, desk)
        case "hold_printer" | "release_printer" if touch.value in desk.printers:
            return _hold(state, touch, desk)
        case _:
            return None


def _cancel(state: State, job: LabelJob | None) -> Turn:
    if job is None or not job.is_waiting:
        return refused(state, (refusal("label_cannot_be_cancelled"),))
    event = LabelReported(job=job.requested.job, state="cancelled")
    said = answered(replace(state, picked=LabelPick()), Tone.NEUTRAL, Words(key="said.label_cancelled"))
    return Turn(state=said, events=(Happened(event=event),))


def _cancel_batch(state: State, desk: Desk) -> Turn:
    """Cancel what still waits of the labels that were asked for together with the chosen one."""
    chosen = desk.labels.job(state.picked.job)
    waiting = desk.labels.waiting_of_batch(chosen.batch) if chosen else ()
    return cancel(state, waiting, then=replace(state, picked=LabelPick()))


def _came_out(state: State, desk: Desk) -> Turn | None:
    events = tuple(event for one in picked_labels(state, desk) for event in found_of(one, SEEN))
    if not events:
        return None
    said = answered(replace(state, picked=LabelPick()), Tone.STORED, Words(key="said.label_came_out"))
    return Turn(state=said, events=events)


def _hold(state: State, touch: Touch, desk: Desk) -> Turn | None:
    """Hold the labels of a printer, or let them go out again; what is on its way to it comes out."""
    holds = touch.action == "hold_printer"
    if desk.labels.is_on_hold(touch.value) == holds:
        return None
    event = PrinterHeld(printer=touch.value) if holds else PrinterReleased(printer=touch.value)
    key = "said.printer_held" if holds else "said.printer_released"
    said = answered(state, Tone.STORED, Words(key=key, parameters={"printer": touch.value}))
    return Turn(state=said, events=(Happened(event=event),))


def _load(state: State, value: str, desk: Desk) -> Turn | None:
    """Take somebody's word that other media are in a printer; the labels that wait for them go out."""
    media, _, printer = value.partition(" ")
    waiting = [one for one in desk.labels.other_media() if (one.media, one.printer) == (media, printer)]
    if not waiting:
        return None
    parameters = {"media": media, "printer": printer, "count": str(waiting[0].labels)}
    said = answered(state, Tone.STORED, Words(key="said.media_loaded", parameters=parameters))
    return Turn(state=said, events=(Happened(event=MediaLoaded(printer=printer, media=media)),))


def _print_commands(state: State, desk: Desk) -> Turn:
    """Print the command cards of this station, for whoever stands here."""
    job, copies = state.numbers.fresh(desk.station, desk.epoch).job, state.picked.copies
    numbers = replace(state.numbers, jobs=state.numbers.jobs + 1)
    event = replace(command_sheet.command_sheet(desk.station, desk.operator, f"{job}.1"), copies=copies)
    used = replace(state, numbers=numbers, picked=LabelPick())
    return Turn(state=answered(used, Tone.STORED, requested_words(copies)), events=(Happened(event=event),))


def on_yes(state: State, question: Question, desk: Desk) -> Turn:
    """Nothing is ever asked here."""
    return refused(state, (refusal("nothing_asked"),))


def asks(state: State, desk: Desk) -> str:
    """Return the one next step."""
    if not state.picked.job:
        return "ask.label"
    labels = picked_labels(state, desk)
    if not labels:
        return "ask.label_range"
    return "ask.label_came_out" if any(one.state == "unknown" for one in labels) else "ask.label_reason"


def view(state: State, desk: Desk) -> ReprintView:
    """Show the queue and what came out."""
    return queue_view(state, desk, asks(state, desk))


def _is_somebodys_own(label: LabelJob) -> bool:
    """Tell whether it is a slip of pay, its owner's alone to see."""
    return label.requested.template == pay_slip.TEMPLATE
