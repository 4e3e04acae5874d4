"""The first label of a batch is scanned back before the rest is printed: which batches wait, and what proves one. Pure.

A head that lost a dot, a ribbon of the wrong kind or a label of the wrong size is seen on the first label of two
hundred, not on the last. Which labels ask for it stands in the station's record (`Station.scan_first`).
"""

import dataclasses
from collections.abc import Iterable, Mapping, Sequence

from msgspec.structs import replace

from domain.barcode import (
    BundleCode,
    DocumentCode,
    Element,
    Gtin,
    HandlingUnitCode,
    PlaceCode,
    Sscc,
    read,
)
from domain.document import Happened
from domain.events.labels import LabelBatchHeld, LabelBatchReleased, LabelRequested
from kiosk.activity import Desk, Scanned, Turn
from kiosk.answers import answered
from kiosk.screen import Tone, Words
from kiosk.state import FirstLabel, State
from kiosk.store.jobs import LabelJob

IDENTITIES = (BundleCode, HandlingUnitCode, PlaceCode, DocumentCode, Sscc, Gtin)
"""What a code can say a label is: any other text of a label may stand on other things too, and proves nothing."""

OUT = frozenset({"sent", "printed", "unknown"})
"""States of a label that may lie in somebody's hand."""


def gated(turn: Turn, desk: Desk) -> Turn:
    """Let the rest of a batch wait for its first label, where this station wants that, and ask for it at once."""
    batches: dict[str, list[LabelRequested]] = {}
    for one in turn.events:
        if isinstance(one.event, LabelRequested) and one.event.template in desk.station.scan_first:
            batches.setdefault(one.event.job.rpartition(".")[0], []).append(one.event)
    firsts = {labels[0].job: labels for labels in batches.values() if _has_a_rest(labels)}
    if not firsts:
        return turn
    asked = FirstLabel(batch=next(iter(firsts)).rpartition(".")[0], back=turn.state.at)
    held = (LabelBatchHeld(batch=job.rpartition(".")[0], first=job) for job in firsts)
    return dataclasses.replace(
        turn,
        state=replace(turn.state, at="first_label", first_label=asked),
        events=(
            *(each for one in turn.events for each in _alone(one, firsts)),
            *(Happened(event=one) for one in held),
        ),
    )


def _has_a_rest(labels: Sequence[LabelRequested]) -> bool:
    """Tell whether more than one label comes of it, and the first has a code to scan back."""
    return sum(one.copies for one in labels) > 1 and bool(identities_of(labels[0]))


def _alone(happened: Happened, firsts: Mapping[str, Sequence[LabelRequested]]) -> tuple[Happened, ...]:
    """Return the first label of a batch as one label, and its copies as another job behind it."""
    event = happened.event
    if not isinstance(event, LabelRequested) or event.job not in firsts or event.copies == 1:
        return (happened,)
    place = len(firsts[event.job]) + 1
    copies = replace(event, job=f"{event.job.rpartition('.')[0]}.{place}", copies=event.copies - 1)
    return (Happened(event=replace(event, copies=1)), Happened(event=copies))


def identities_of(label: LabelRequested) -> frozenset[Element]:
    """Return what the codes on a label say that it is."""
    readings = (read(value) for value in label.data.values())
    return frozenset(one for reading in readings for one in _identities(reading.elements))


def _identities(elements: Iterable[Element]) -> Iterable[Element]:
    return (one for one in elements if isinstance(one, IDENTITIES))


def proves(label: LabelJob, scan: Scanned) -> bool:
    """Tell whether a scan reads this label: all that it says stands there, and more than the number of the item."""
    said, stands = frozenset(_identities(scan.reading.elements)), identities_of(label.requested)
    own = frozenset(one for one in stands if not isinstance(one, Gtin)) or stands
    return bool(said & own) and said <= stands


def proven(state: State, scan: Scanned, desk: Desk) -> Turn | None:
    """Let a batch go out whose first label is scanned, on whatever screen; None where the scan is of no such label."""
    if scan.control is not None or scan.badge is not None:
        return None
    for batch in desk.labels.unproven():
        first = desk.labels.first_of(batch)
        if first and first.state in OUT and proves(first, scan):
            return released(state, batch, LabelBatchReleased(batch=batch), desk, scan)
    return None


def released(
    state: State, batch: str, event: LabelBatchReleased, desk: Desk, scan: Scanned | None = None
) -> Turn:
    """Let the rest of a batch go out, and go on where the work was."""
    count = sum(one.state == "unproven" for one in desk.labels.of_batch(batch))
    is_asked = state.at == "first_label" and state.first_label.batch == batch
    left = replace(state, at=state.first_label.back if is_asked else state.at, first_label=FirstLabel())
    words = Words(key="said.batch_released", parameters={"count": str(count)})
    return Turn(state=answered(left, Tone.STORED, words, scan), events=(Happened(event=event),))
