"""How the print queue is shown: a row for each batch, and what can be done with the labels that are chosen."""

from domain import pay_slip
from domain.words import has_words
from kiosk.activity import Desk
from kiosk.label_views import LabelJobView, ReprintView
from kiosk.line_view import clock_time
from kiosk.parts import Button, ButtonStyle, Words
from kiosk.print_again import REASONS, picked_labels
from kiosk.screen import Pad
from kiosk.state import State
from kiosk.store.jobs import LabelBatch, LabelJob
from kiosk.store.media import OtherMedia


def queue_view(state: State, desk: Desk, asks: str) -> ReprintView:
    """Show the newest batches, those with a label nobody knows about first."""
    shown = [one for one in desk.labels.batches() if one.first.requested.template != pay_slip.TEMPLATE]
    shown.sort(key=lambda one: one.state != "unknown")
    chosen = desk.labels.job(state.picked.job) if state.picked.job else None
    batch = desk.labels.batch(chosen.batch) if chosen else None
    labels = picked_labels(state, desk)
    reasons = tuple(
        Button(action="reprint_reason", value=code, label=Words(key=f"choice.reprint.{code}"))
        for code in REASONS
    )
    return ReprintView(
        asks=Words(key=asks),
        jobs=tuple(
            row_of(one, is_on_hold=desk.labels.is_on_hold(one.first.requested.printer)) for one in shown
        ),
        reasons=reasons if labels else (),
        selected=batch.first.requested.job if batch else "",
        range=_range_words(state, batch) if batch and labels else None,
        buttons=_of_chosen(state, batch, labels) if batch else _of_none(state, desk),
    )


def _range_words(state: State, batch: LabelBatch) -> Words | None:
    picked = state.picked
    if batch.total == 1:
        return None
    key = "screen.reprint.one_of" if picked.first == picked.last else "screen.reprint.some_of"
    numbers = {"first": picked.first, "last": picked.last, "total": batch.total}
    return Words(key=key, parameters={name: str(number) for name, number in numbers.items()})


def _of_chosen(state: State, batch: LabelBatch, labels: tuple[LabelJob, ...]) -> tuple[Button, ...]:
    """What can be done with what is chosen, besides printing it again."""
    unknown = sum(one.state == "unknown" for one in labels)
    buttons = [_button("label_came_out", "done", "primary")] if unknown else []
    if batch.total > 1:
        picked = state.picked
        buttons += [
            _number("label_first", picked.first),
            _number("label_last", picked.last),
            _button("label_to_end" if picked.first else "label_all", "next", action="label_to_end"),
        ]
    if batch.counts.get("unproven"):
        buttons.insert(0, _button("first_label", "scan", "primary", value=batch.first.batch))
    if labels or batch.total > 1:
        buttons.append(_number("label_copies", state.picked.copies))
    return (*buttons, *_cancels(batch, labels))


def _cancels(batch: LabelBatch, labels: tuple[LabelJob, ...]) -> tuple[Button, ...]:
    """Cancel the one label that is chosen, and all that wait, where those are more."""
    alone = labels[0] if len(labels) == 1 and labels[0].is_waiting else None
    one = _button("cancel_job", "clear", "danger", value=alone.requested.job) if alone else None
    more = batch.waiting > (1 if alone else 0)
    words = Words(key="button.cancel_batch", parameters={"count": str(batch.waiting)})
    every = Button(action="cancel_batch", label=words, icon="void", style="danger") if more else None
    return tuple(each for each in (one, every) if each)


def _of_none(state: State, desk: Desk) -> tuple[Button, ...]:
    return (
        *(_media_button(one) for one in desk.labels.other_media()),
        _button("command_sheet", "printer"),
        _number("label_copies", state.picked.copies),
        _button("scanner_doctor", "scanner"),
        *(_hold_button(name, is_on_hold=desk.labels.is_on_hold(name)) for name in desk.printers),
    )


def _button(
    name: str, icon: str, style: ButtonStyle = "plain", *, action: str = "", value: str = ""
) -> Button:
    return Button(
        action=action or name, value=value, label=Words(key=f"button.{name}"), icon=icon, style=style
    )


def _number(field: str, number: int) -> Button:
    """A number that is typed on the pad; it stands on its button."""
    badge = str(number) if number else "–"
    return Button(
        action="label_number", value=field, label=Words(key=f"field.{field}"), icon="pad", badge=badge
    )


def _media_button(other: OtherMedia) -> Button:
    parameters = {"media": other.media, "printer": other.printer, "count": str(other.labels)}
    return Button(
        action="media_loaded",
        value=f"{other.media} {other.printer}",
        label=Words(key="button.media_loaded", parameters=parameters),
        icon="label",
        style="primary",
    )


def _hold_button(printer: str, *, is_on_hold: bool) -> Button:
    action = "release_printer" if is_on_hold else "hold_printer"
    return Button(
        action=action,
        value=printer,
        label=Words(key=f"button.{action}", parameters={"printer": printer}),
        icon="next" if is_on_hold else "clock",
        style="primary" if is_on_hold else "plain",
    )


def pad_of(state: State) -> Pad | None:
    """The number pad, while a number is typed here."""
    overlay = state.overlay
    if overlay is None:
        return None
    picked = state.picked
    held = {"label_copies": picked.copies, "label_first": picked.first, "label_last": picked.last}
    current = held.get(overlay.field, 0)
    return Pad(
        field=overlay.field,
        label=Words(key=f"field.{overlay.field}"),
        typed=overlay.typed,
        current=str(current) if current else "",
        total=overlay.typed,
        only_replaces=True,
    )


def row_of(batch: LabelBatch, *, is_on_hold: bool = False) -> LabelJobView:
    """Show a batch in one row: how far it is, and why it does not go on."""
    label, state = batch.first, batch.state
    is_one = batch.total == 1
    finding, _, subject = batch.detail.partition(" ")
    is_refused = state == "failed" and has_words(finding)
    progress = Words(key="label.progress", parameters={"out": str(batch.out), "total": str(batch.labels)})
    return LabelJobView(
        job=label.requested.job,
        title=_title(label, is_one=is_one),
        state=Words(key=f"label.state.{state}"),
        time=clock_time(label.created),
        is_open=batch.waiting > 0,
        progress=progress if batch.labels > 1 else None,
        detail=_why(batch, is_on_hold=is_on_hold) or (label.requested.serial if is_one else ""),
        why=Words(key=finding, parameters={"subject": subject}) if is_refused else None,
        way_out=Words(key=f"{finding}.way_out") if is_refused else None,
    )


def _title(label: LabelJob, *, is_one: bool) -> str:
    data = label.requested.data
    title = (
        " ".join(data[name] for name in ("item_number", "lot", "code") if data.get(name)) if is_one else ""
    )
    return title or f"label.template.{label.requested.template}"


def _why(batch: LabelBatch, *, is_on_hold: bool) -> str:
    """Return why labels of a batch do not come out now, as devices say it; nothing where they do."""
    if not batch.waiting:
        return ""
    return "on_hold" if is_on_hold else batch.detail if batch.state in ("held", "aside") else ""
