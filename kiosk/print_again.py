"""Labels printed again: one of them, some, or the rest of a batch, each in so many copies and with the reason. Pure."""

from collections.abc import Sequence

import msgspec
from msgspec.structs import replace

from domain.document import Happened
from domain.events.labels import LabelReported, LabelRequested
from domain.problem import refusal
from kiosk.activity import Desk, Scanned, Turn
from kiosk.answers import answered, refused
from kiosk.screen import Tone, Words
from kiosk.state import LabelPick, State
from kiosk.store.jobs import LabelJob

REASONS = ("damaged", "lost", "not_printed", "unreadable", "other")
"""Why a label is printed again; the words are `choice.reprint.<code>`."""

COPIES_TYPED_MAX = 99
COMPARED_MAX = 1_000
"""So many of the newest labels are looked through for one that waits already."""

NOT_PRINTED = "not_printed"


def picked_labels(state: State, desk: Desk) -> tuple[LabelJob, ...]:
    """Return the labels that are chosen, in their order; none while it is not said which of a batch."""
    picked = state.picked
    chosen = desk.labels.job(picked.job) if picked.job and picked.first else None
    if chosen is None:
        return ()
    if picked.first == picked.last == chosen.place:
        return (chosen,)
    batch = desk.labels.of_batch(chosen.batch)
    return tuple(one for one in batch if picked.first <= one.place <= picked.last)


def print_again(
    state: State, labels: Sequence[LabelJob], reason: str, desk: Desk, scan: Scanned | None = None
) -> Turn:
    """Print labels again, as a batch of their own. What waits comes by itself and is not asked for a second time."""
    copies = state.picked.copies
    newest = desk.labels.latest(COMPARED_MAX)
    coming = {_likeness(one.requested) for one in newest if one.is_waiting}
    again = (replace(one.requested, reason=reason, copies=copies) for one in labels if not one.is_waiting)
    wanted = [one for one in again if _likeness(one) not in coming]
    asked = replace(state, picked=LabelPick())
    if not wanted:
        return Turn(state=answered(asked, Tone.LOOK, Words(key="said.label_waits"), scan))
    job = state.numbers.fresh(desk.station, desk.epoch).job
    asked = replace(asked, numbers=replace(state.numbers, jobs=state.numbers.jobs + 1))
    found = (event for one in labels for event in found_of(one, reason))
    events = (Happened(event=replace(one, job=f"{job}.{place}")) for place, one in enumerate(wanted, 1))
    said = answered(asked, Tone.STORED, requested_words(len(wanted) * copies), scan)
    return Turn(state=said, events=(*found, *events))


def _likeness(requested: LabelRequested) -> bytes:
    """Return what two requests for the same label have in common, so that a second tap is no second label."""
    return msgspec.json.encode(replace(requested, job=""), order="deterministic")


def requested_words(count: int) -> Words:
    """Say that so many labels were asked for."""
    if count == 1:
        return Words(key="said.label_requested")
    return Words(key="said.labels_requested", parameters={"count": str(count)})


def found_of(label: LabelJob, reason: str) -> tuple[Happened, ...]:
    """Return what a person thereby says of a label nobody knew about."""
    if label.state != "unknown":
        return ()
    state = "failed" if reason == NOT_PRINTED else "printed"
    return (Happened(event=LabelReported(job=label.requested.job, state=state, detail=reason)),)


def with_number(state: State, field: str, number: int, desk: Desk) -> Turn:
    """Take what was typed: how many copies, or the first or the last label of a batch."""
    typed = replace(state, overlay=None, answer=None)
    if field == "label_copies":
        if not 1 <= number <= COPIES_TYPED_MAX:
            return refused(typed, (refusal("label_copies", count=number, most=COPIES_TYPED_MAX),))
        return Turn(state=replace(typed, picked=replace(state.picked, copies=number)))
    chosen = desk.labels.job(state.picked.job)
    batch = desk.labels.batch(chosen.batch) if chosen else None
    if batch is None:
        return Turn(state=typed)
    if not 1 <= number <= batch.total:
        return refused(typed, (refusal("label_number", number=number, most=batch.total),))
    return Turn(state=replace(typed, picked=_ranged(state.picked, field, number)))


def _ranged(picked: LabelPick, field: str, number: int) -> LabelPick:
    """The end that was typed holds; the other one follows where it must."""
    if field == "label_first":
        return replace(picked, first=number, last=max(picked.last, number))
    return replace(picked, first=min(picked.first or 1, number), last=number)


def cancel(state: State, waiting: Sequence[LabelJob], *, then: State) -> Turn:
    """Print labels that still wait no more, and go on with `then`."""
    if not waiting:
        return refused(state, (refusal("label_cannot_be_cancelled"),))
    events = tuple(Happened(event=LabelReported(job=one.requested.job, state="cancelled")) for one in waiting)
    words = Words(key="said.labels_cancelled", parameters={"count": str(len(waiting))})
    return Turn(state=answered(then, Tone.NEUTRAL, words), events=events)
