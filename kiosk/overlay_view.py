"""What lies over the screen now."""

from kiosk import label_queue_view
from kiosk.activities.document import case_of
from kiosk.activity import Desk
from kiosk.form_view import Worked, pad_of, picker_of, text_of
from kiosk.screen import Pad, Picker, TextEntry, WeightView
from kiosk.state import At, State
from kiosk.weighing import weight_views
from kiosk.work import overlays

_STATION: frozenset[At] = frozenset(
    {"station", "count", "handoff", "remake", "call", "cutting", "statement", "inspection", "pay"}
)


def overlays_of(state: State, desk: Desk) -> tuple[Pad | None, TextEntry | None, Picker | None]:
    """Return the pad, the keyboard or the list, whichever is open; a question hides them all."""
    document = state.document
    if state.overlay is None or state.question:
        return None, None, None
    if state.at == "reprint":
        return label_queue_view.pad_of(state), None, None
    if state.at in _STATION:
        return overlays.overlays_of(state, desk)
    if document is None or state.at != "document":
        return None, None, None
    worked = Worked(document, case_of(state, desk))
    return (
        pad_of(worked, state.overlay, desk),
        text_of(worked, state.overlay),
        picker_of(worked, state.overlay, desk),
    )


def weights_of(state: State, desk: Desk) -> tuple[WeightView, ...]:
    """Return what the scales show, while a mass is asked for; a question hides them."""
    document = state.document
    if not desk.scales or state.question or document is None or state.at != "document":
        return ()
    return weight_views(Worked(document, case_of(state, desk)), state.overlay, state.taken, desk)
